r"""Masks of regions: what they should be, what wrong ones cost, and how they get back into the image.

Each region gets an M × M mask for every class, each pixel of it a sigmoid of its own, and pays only for the
mask of its true class. Classes do not compete for pixels: what it is has been decided elsewhere.

Source: K. He et al., "Mask R-CNN" (ICCV 2017), section 3.
"""

import torch
from torch import nn
from torch.nn import functional

from convnets.detection.arguments import check_boxes, check_classes, check_labels, check_masks
from convnets.detection.roi import roi_align, roi_align_loops

__all__ = [
    "MaskHead",
    "mask_loss",
    "mask_loss_loops",
    "mask_targets",
    "mask_targets_loops",
    "paste_masks",
    "paste_masks_loops",
]


def mask_targets(masks, regions, matches, size=28):
    """Cut the masks of objects to the regions that are to find them.

    Parameters
    ----------
    masks : Tensor of shape (B, H, W)
        bool.
    regions : Tensor of shape (P, 4)
        xyxy in pixels.
    matches : Tensor of shape (P,)
        int64: the object of each region.
    size : int
        M.

    Returns
    -------
    Tensor of shape (P, M, M)
        float32 of zeros and ones: whether the object covers half or more of the cell, by RoI align. Outside
        the image there is nothing.

    Raises
    ------
    TypeError, ValueError
        If masks, regions or matches do not fit, or a region is bad.
    """
    return _cut(masks, regions, matches, size, roi_align)


def _cut(masks, regions, matches, size, align):
    masks, regions = check_masks("masks", masks), check_boxes("regions", regions)
    matches = check_labels("matches", matches, len(regions))
    if len(matches) and not 0 <= int(matches.min()) <= int(matches.max()) < len(masks):
        raise ValueError(f"matches must be indices of {len(masks)} masks, got {matches.tolist()}")
    if not len(regions):
        return regions.new_zeros(0, size, size, dtype=torch.float32)
    padded = functional.pad(masks[:, None].float(), (1, 1, 1, 1))  # RoI align would repeat the border once
    indexed = torch.cat([matches[:, None].to(regions), regions + 1], dim=1)
    return (align(padded, indexed, size, aligned=True)[:, 0] >= 0.5).float()


def mask_targets_loops(masks, regions, matches, size=28):
    """Return what :func:`mask_targets` returns, sample by sample: the definition."""
    return _cut(masks, regions, matches, size, roi_align_loops)


def mask_loss(logits, targets, labels):
    """Binary cross-entropy of each pixel, in the mask of the true class only.

    Parameters
    ----------
    logits : Tensor of shape (P, C, M, M)
        Before the sigmoid.
    targets : Tensor of shape (P, M, M)
        Zeros and ones.
    labels : Tensor of shape (P,)
        int64: the class of each region, from 0, without the background.

    Returns
    -------
    Tensor of shape ()
        The mean over regions and pixels; 0, with a gradient of zeros, if P = 0.

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is of no class.
    """
    chosen = _of_true_class(logits, targets, labels)
    if not len(logits):
        return logits.sum()
    return functional.binary_cross_entropy_with_logits(chosen, targets)


def _of_true_class(logits, targets, labels):
    if logits.dim() != 4 or tuple(targets.shape) != (len(logits), *logits.shape[2:]):
        raise ValueError(
            f"logits and targets must have shapes (P, C, M, M) and (P, M, M), their shapes are "
            f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        )
    labels = check_labels("labels", labels, len(logits))
    check_classes("labels", labels, logits.shape[1])
    return logits[torch.arange(len(labels), device=logits.device), labels]


def mask_loss_loops(logits, targets, labels):
    """Return what :func:`mask_loss` returns, pixel by pixel: the definition."""
    _of_true_class(logits, targets, labels)
    total = 0.0
    for masks, target, label in zip(logits, targets, labels.tolist(), strict=True):
        for share, wanted in zip(masks[label].sigmoid().flatten(), target.flatten(), strict=True):
            total -= float((share if wanted else 1 - share).log())
    return torch.tensor(total / max(targets.numel(), 1)).to(logits.dtype)


def paste_masks(shares, boxes, size, threshold=0.5):
    """Stretch masks over their boxes in the image.

    Parameters
    ----------
    shares : Tensor of shape (D, M, M)
        From 0 to 1.
    boxes : Tensor of shape (D, 4)
        xyxy in pixels; they may reach beyond the image.
    size : tuple of int
        (height, width) of the image.
    threshold : float
        A pixel belongs to the object if its centre is in the box and the mask, interpolated bilinearly there,
        is at least so much.

    Returns
    -------
    Tensor of shape (D, height, width)
        bool. A box without width or height gets an empty mask.

    Raises
    ------
    ValueError
        If there are not as many boxes as masks, or a box is bad.
    """
    boxes = _checked_pasting(shares, boxes)
    across, inside_x = _places(boxes[:, 0], boxes[:, 2], size[1])
    down, inside_y = _places(boxes[:, 1], boxes[:, 3], size[0])
    grid = torch.stack(
        [across[:, None].expand(-1, size[0], -1), down[:, :, None].expand(-1, -1, size[1])], dim=3
    )
    values = functional.grid_sample(shares[:, None], grid, padding_mode="border", align_corners=False)[:, 0]
    return (values >= threshold) & inside_x[:, None] & inside_y[:, :, None]


def _checked_pasting(shares, boxes):
    boxes = check_boxes("boxes", boxes).to(shares)
    if shares.dim() != 3 or len(shares) != len(boxes):
        raise ValueError(f"shares must have shape ({len(boxes)}, M, M), their shape is {tuple(shares.shape)}")
    return boxes


def _places(low, high, length):
    """Return where the centres of an axis' pixels are in each box, from -1 to 1, and which are inside."""
    centres = torch.arange(length, device=low.device) + 0.5
    inside = (centres >= low[:, None]) & (centres < high[:, None])
    extent = (high - low).clamp(min=torch.finfo(low.dtype).tiny)
    return torch.where(inside, 2 * (centres - low[:, None]) / extent[:, None] - 1, 0), inside


def paste_masks_loops(shares, boxes, size, threshold=0.5):
    """Return what :func:`paste_masks` returns, pixel by pixel: the definition."""
    boxes = _checked_pasting(shares, boxes)
    out = torch.zeros(len(boxes), *size, dtype=torch.bool)
    for index, (x1, y1, x2, y2) in enumerate(boxes.tolist()):
        for row in range(size[0]):
            for column in range(size[1]):
                x, y = column + 0.5, row + 0.5
                if x1 <= x < x2 and y1 <= y < y2:
                    side_y, side_x = shares.shape[1:]
                    place = (y - y1) / (y2 - y1) * side_y - 0.5, (x - x1) / (x2 - x1) * side_x - 0.5
                    out[index, row, column] = _interpolated(shares[index], *place) >= threshold
    return out


def _interpolated(share, y, x):
    height, width = share.shape
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    upper = share[top, left] * (left + 1 - x) + share[top, right] * (x - left)
    lower = share[bottom, left] * (left + 1 - x) + share[bottom, right] * (x - left)
    return float(upper * (top + 1 - y) + lower * (y - top))


class MaskHead(nn.Sequential):
    """Two 3×3 convolutions on the features of a region, twice as large by a transposed one, one map a class.

    Parameters
    ----------
    in_channels : int
        Channels of the features.
    num_maps : int
        Classes for masks, points for keypoints.
    width : int
        Channels in between.
    """

    def __init__(self, in_channels, num_maps, width=32):
        super().__init__(
            nn.Conv2d(in_channels, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(width, width, 2, stride=2),
            nn.ReLU(),
            nn.Conv2d(width, num_maps, 1),
        )
