"""How much boxes overlap: intersection, and its ratio to the union (chapter *Detection*, section boxes).

Generalised intersection over union is that of H. Rezatofighi et al., "Generalized intersection over union"
(CVPR 2019). Its successors, which add the distance of the centres and the aspect ratio, are left out.
"""

import torch

from convnets.detection.arguments import check_boxes

__all__ = [
    "box_intersection",
    "box_iou",
    "box_iou_loops",
    "generalized_box_iou",
    "generalized_box_iou_loops",
    "generalized_box_iou_loss",
    "iou_matrix",
    "iou_of_pair",
    "overlap_ratio",
]


def box_intersection(boxes1, boxes2):
    """Return the area that each of the one boxes shares with each of the others.

    Parameters
    ----------
    boxes1 : Tensor of shape (B1, 4)
    boxes2 : Tensor of shape (B2, 4)

    Returns
    -------
    Tensor of shape (B1, B2)

    Raises
    ------
    ValueError
        As :func:`box_area` does.
    """
    return _intersection(check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2))


def _intersection(boxes1, boxes2):
    return _shared_side(boxes1, boxes2, 0) * _shared_side(boxes1, boxes2, 1)


def _shared_side(boxes1, boxes2, axis):
    """Return how far boxes overlap along x (axis 0) or y (axis 1); unclamped, two gaps would make an area."""
    low = torch.maximum(boxes1[:, None, axis], boxes2[:, axis])
    high = torch.minimum(boxes1[:, None, axis + 2], boxes2[:, axis + 2])
    return (high - low).clamp(min=0)


def overlap_ratio(shared, whole):
    """Return shared / whole, and 0 where the whole is empty, and so what is shared."""
    return shared / torch.where(whole > 0, whole, 1)


def box_iou(boxes1, boxes2):
    r"""Intersection over union of each of the one boxes with each of the others.

    .. math:: \mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|}

    Parameters
    ----------
    boxes1 : Tensor of shape (B1, 4)
    boxes2 : Tensor of shape (B2, 4)

    Returns
    -------
    Tensor of shape (B1, B2)
        From 0 to 1; 0 for two boxes of no size. A few matrices of this size are all the memory it takes.

    Raises
    ------
    ValueError
        As :func:`box_area` does.
    """
    return iou_matrix(check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2))


def iou_matrix(boxes1, boxes2):
    """Return what :func:`box_iou` returns, of boxes that have been checked."""
    shared = _intersection(boxes1, boxes2)
    return overlap_ratio(shared, _area(boxes1)[:, None] + _area(boxes2) - shared)


def _area(boxes):
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def box_iou_loops(boxes1, boxes2):
    """Return what :func:`box_iou` returns, pair by pair: the definition."""
    boxes1, boxes2 = check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2)
    out = torch.zeros(len(boxes1), len(boxes2), dtype=boxes1.dtype)
    for i, one in enumerate(boxes1.tolist()):
        for j, other in enumerate(boxes2.tolist()):
            out[i, j] = iou_of_pair(one, other)
    return out


def iou_of_pair(one, other):
    """Return intersection over union of two boxes, each a list of four floats."""
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    shared = width * height
    union = _area_of(one) + _area_of(other) - shared
    return shared / union if union > 0 else 0.0


def _area_of(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def generalized_box_iou(boxes1, boxes2):
    r"""Intersection over union, less the share of empty space in the smallest box C around both.

    .. math:: \mathrm{GIoU}(A, B) = \mathrm{IoU}(A, B) - \frac{|C| - |A \cup B|}{|C|}

    Unlike IoU it still says how far two boxes are apart once they do not touch.

    Parameters
    ----------
    boxes1 : Tensor of shape (B1, 4)
    boxes2 : Tensor of shape (B2, 4)

    Returns
    -------
    Tensor of shape (B1, B2)
        From −1 to 1; −1 for two boxes of no size at opposite corners of C. Where C has no area, nothing is
        subtracted.

    Raises
    ------
    ValueError
        As :func:`box_area` does.
    """
    boxes1, boxes2 = check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2)
    return _generalized(boxes1[:, None], boxes2)


def _generalized(one, other):
    """Return GIoU of boxes (..., 4) that broadcast against one another."""
    low, high = torch.maximum(one[..., :2], other[..., :2]), torch.minimum(one[..., 2:], other[..., 2:])
    shared = (high - low).clamp(min=0).prod(dim=-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).prod(dim=-1) for boxes in (one, other)]
    union = areas[0] + areas[1] - shared
    around = torch.maximum(one[..., 2:], other[..., 2:]) - torch.minimum(one[..., :2], other[..., :2])
    enclosing = around.prod(dim=-1)
    return overlap_ratio(shared, union) - overlap_ratio(enclosing - union, enclosing)


def generalized_box_iou_loops(boxes1, boxes2):
    """Return what :func:`generalized_box_iou` returns, pair by pair: the definition."""
    boxes1, boxes2 = check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2)
    out = torch.zeros(len(boxes1), len(boxes2), dtype=boxes1.dtype)
    for i, one in enumerate(boxes1.tolist()):
        for j, other in enumerate(boxes2.tolist()):
            around = [
                min(one[0], other[0]),
                min(one[1], other[1]),
                max(one[2], other[2]),
                max(one[3], other[3]),
            ]
            width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
            height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
            union = _area_of(one) + _area_of(other) - width * height
            empty = (_area_of(around) - union) / _area_of(around) if _area_of(around) > 0 else 0.0
            out[i, j] = iou_of_pair(one, other) - empty
    return out


def generalized_box_iou_loss(boxes1, boxes2):
    """Return 1 − GIoU of each box with the other of its row, as a loss for box regression.

    Parameters
    ----------
    boxes1, boxes2 : Tensor of shape (B, 4)

    Returns
    -------
    Tensor of shape (B,)
        From 0, for equal boxes, to 2; 1 for equal boxes of no size. Differentiable, also where the boxes do
        not touch.

    Raises
    ------
    ValueError
        If there are not as many of the one as of the other, and as :func:`box_area` does.
    """
    boxes1, boxes2 = check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2)
    if len(boxes1) != len(boxes2):
        raise ValueError(f"boxes go row with row, got {len(boxes1)} and {len(boxes2)} of them")
    return 1 - _generalized(boxes1, boxes2)
