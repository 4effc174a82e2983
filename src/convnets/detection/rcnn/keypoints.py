"""Keypoints of regions: each is one cell of a small map, a class among M × M (chapter *Detection*).

Source: K. He et al., "Mask R-CNN" (ICCV 2017), section 5. Here the place of a keypoint is the centre of the
cell with the highest score; finding the maximum between cells is left out.
"""

import torch

from convnets.detection.arguments import check_boxes, check_labels
from convnets.detection.losses import class_loss

__all__ = ["decode_keypoints", "keypoint_loss", "keypoint_targets", "keypoint_targets_loops"]


def keypoint_targets(keypoints, regions, matches, size=28):
    """Return in which cell of its region each keypoint lies.

    Parameters
    ----------
    keypoints : Tensor of shape (B, K, 2)
        (x, y) in pixels of each object; NaN for those that it does not have.
    regions : Tensor of shape (P, 4)
        xyxy in pixels, each with an area.
    matches : Tensor of shape (P,)
        int64: the object of each region.
    size : int
        M.

    Returns
    -------
    Tensor of shape (P, K)
        int64: row · M + column, or -1 for keypoints that there are not or that lie outside the region.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, or a region is bad or has no area.
    """
    points, regions = _checked(keypoints, regions, matches)
    cells = (points - regions[:, None, :2]) / (regions[:, None, 2:] - regions[:, None, :2]) * size
    inside = ((cells >= 0) & (cells < size)).all(dim=2)
    cells = torch.where(inside[..., None], cells, 0).floor().long()
    return torch.where(inside, cells[..., 1] * size + cells[..., 0], -1)


def _checked(keypoints, regions, matches):
    """Return the keypoints (P, K, 2) that each region is to find, and the regions."""
    regions = check_boxes("regions", regions, zero_size=False)
    matches = check_labels("matches", matches, len(regions))
    if keypoints.dim() != 3 or keypoints.shape[2] != 2:
        raise ValueError(f"keypoints must have shape (B, K, 2), their shape is {tuple(keypoints.shape)}")
    if len(matches) and not 0 <= int(matches.min()) <= int(matches.max()) < len(keypoints):
        raise ValueError(f"matches must be indices of {len(keypoints)} objects, got {matches.tolist()}")
    return keypoints.to(regions)[matches], regions


def keypoint_targets_loops(keypoints, regions, matches, size=28):
    """Return what :func:`keypoint_targets` returns, point by point: the definition."""
    points, regions = _checked(keypoints, regions, matches)
    out = torch.full(points.shape[:2], -1)
    for p, (x1, y1, x2, y2) in enumerate(regions.tolist()):
        for k, (x, y) in enumerate(points[p].tolist()):
            if x1 <= x < x2 and y1 <= y < y2:
                column, row = int((x - x1) / (x2 - x1) * size), int((y - y1) / (y2 - y1) * size)
                out[p, k] = row * size + column
    return out


def keypoint_loss(logits, cells):
    """Cross-entropy over the M × M cells, of the keypoints that there are.

    Parameters
    ----------
    logits : Tensor of shape (P, K, M, M)
        Before the softmax over all cells of a map.
    cells : Tensor of shape (P, K)
        As :func:`keypoint_targets` returns them.

    Returns
    -------
    Tensor of shape ()
        The mean over keypoints; 0, with a gradient of zeros, if there are none.

    Raises
    ------
    ValueError
        If the shapes do not fit one another.
    """
    if logits.dim() != 4 or tuple(cells.shape) != tuple(logits.shape[:2]):
        shapes = f"{tuple(logits.shape)} and {tuple(cells.shape)}"
        raise ValueError(f"logits and cells must have shapes (P, K, M, M) and (P, K), got {shapes}")
    there = cells >= 0
    return class_loss(logits.flatten(2)[there], cells[there])


def decode_keypoints(logits, boxes):
    """Return the places of keypoints in the image.

    Parameters
    ----------
    logits : Tensor of shape (D, K, M, M)
    boxes : Tensor of shape (D, 4)
        xyxy in pixels.

    Returns
    -------
    points : Tensor of shape (D, K, 2)
        (x, y): the centre of the cell of highest score, of equals one of them.
    shares : Tensor of shape (D, K)
        The probability of that cell.

    Raises
    ------
    ValueError
        If there are not as many boxes as maps, or a box is bad.
    """
    boxes = check_boxes("boxes", boxes)
    if logits.dim() != 4 or len(logits) != len(boxes):
        raise ValueError(f"logits must have shape ({len(boxes)}, K, M, M), got {tuple(logits.shape)}")
    side = logits.shape[3]
    shares, cells = logits.detach().flatten(2).softmax(dim=2).max(dim=2)
    places = torch.stack([cells % side, cells // side], dim=2) + 0.5
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    return low + places / side * (high - low), shares
