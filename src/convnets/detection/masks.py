"""Masks: how much two of them overlap, and the boxes around them (chapter *Detection*, section masks).

A mask says of every pixel of the image whether it belongs to the object. Run-length encoding is left out.
"""

import torch

from convnets.detection.arguments import check_masks
from convnets.detection.overlaps import overlap_ratio

__all__ = ["check_same_size", "mask_intersection", "mask_iou", "mask_iou_loops", "masks_to_boxes"]


def mask_intersection(masks1, masks2):
    """Return how many pixels each of the one masks shares with each of the others.

    Parameters
    ----------
    masks1 : Tensor of shape (B1, H, W)
        bool.
    masks2 : Tensor of shape (B2, H, W)
        bool.

    Returns
    -------
    Tensor of shape (B1, B2)
        float64, in which counts of pixels are exact.

    Raises
    ------
    TypeError, ValueError
        If the masks are not boolean, or not of images of one size.
    """
    masks1, masks2 = check_masks("masks1", masks1), check_masks("masks2", masks2)
    check_same_size(masks1, masks2)
    return masks1.flatten(1).double() @ masks2.flatten(1).double().T


def check_same_size(masks1, masks2):
    """Raise ValueError unless masks (B1, H, W) and (B2, H, W) are of images of one size."""
    if masks1.shape[1:] != masks2.shape[1:]:
        sizes = f"{tuple(masks1.shape)} and {tuple(masks2.shape)}"
        raise ValueError(f"masks must be of images of one size (H, W), got {sizes}")


def mask_iou(masks1, masks2):
    """Intersection over union of each of the one masks with each of the others, counted in pixels.

    Parameters
    ----------
    masks1 : Tensor of shape (B1, H, W)
        bool.
    masks2 : Tensor of shape (B2, H, W)
        bool.

    Returns
    -------
    Tensor of shape (B1, B2)
        float64, from 0 to 1; 0 for two empty masks.

    Raises
    ------
    TypeError, ValueError
        As :func:`mask_intersection` does.
    """
    shared = mask_intersection(masks1, masks2)
    areas = [masks.flatten(1).double().sum(dim=1) for masks in (masks1, masks2)]
    return overlap_ratio(shared, areas[0][:, None] + areas[1] - shared)


def mask_iou_loops(masks1, masks2):
    """Return what :func:`mask_iou` returns, pair by pair: the definition."""
    masks1, masks2 = check_masks("masks1", masks1), check_masks("masks2", masks2)
    check_same_size(masks1, masks2)
    out = torch.zeros(len(masks1), len(masks2), dtype=torch.float64)
    for i, one in enumerate(masks1):
        for j, other in enumerate(masks2):
            union = int((one | other).sum())
            out[i, j] = int((one & other).sum()) / union if union else 0.0
    return out


def masks_to_boxes(masks):
    """Return the smallest box around each mask.

    Parameters
    ----------
    masks : Tensor of shape (B, H, W)
        bool.

    Returns
    -------
    Tensor of shape (B, 4)
        float32 xyxy; x2 and y2 are the edges behind the last pixel, where torchvision's function of this name
        returns the last pixel. The box of an empty mask is (0, 0, 0, 0).

    Raises
    ------
    TypeError, ValueError
        If the masks are not boolean or have not three axes.
    """
    masks = check_masks("masks", masks)
    boxes = torch.zeros(len(masks), 4, device=masks.device)
    for box, mask in zip(boxes, masks, strict=True):
        rows, columns = mask.any(dim=1).nonzero()[:, 0], mask.any(dim=0).nonzero()[:, 0]
        if len(rows):
            box[:] = torch.stack([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    return boxes
