"""Boxes: the ways they are written, and where the image cuts them off (chapter *Detection*, section boxes).

A box is (x1, y1, x2, y2) in pixels; x2 and y2 are the edges behind its last pixel, so that its width is
x2 − x1, and not one more as in the annotations of PASCAL VOC. A box of no size, as two in the data set BCCD
are, has area 0 and overlap 0 with every box, itself included. Boxes may reach beyond the image until
:func:`clip_boxes_to_image` cuts them off. Rotated boxes are left out.
"""

import torch

from convnets.detection.arguments import as_floats, check_boxes

__all__ = [
    "box_area",
    "box_cxcywh_to_xyxy",
    "box_xywh_to_xyxy",
    "box_xyxy_to_cxcywh",
    "box_xyxy_to_xywh",
    "clip_boxes_to_image",
    "remove_small_boxes",
]


def box_cxcywh_to_xyxy(boxes):
    """Turn (centre x, centre y, width, height) into (x1, y1, x2, y2).

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)

    Returns
    -------
    Tensor of shape (..., 4)

    Raises
    ------
    ValueError
        If the shape is another, a number is not finite, or a width or height is negative.
    """
    centre, size = _with_sizes(boxes)
    return torch.cat([centre - size / 2, centre + size / 2], dim=-1)


def box_xywh_to_xyxy(boxes):
    """Turn (x1, y1, width, height) into (x1, y1, x2, y2); raises as :func:`box_cxcywh_to_xyxy` does.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)

    Returns
    -------
    Tensor of shape (..., 4)
    """
    corner, size = _with_sizes(boxes)
    return torch.cat([corner, corner + size], dim=-1)


def _with_sizes(boxes):
    place, size = as_floats("boxes", boxes, (..., 4)).split(2, dim=-1)
    if bool((size < 0).any()):
        raise ValueError(
            f"widths and heights of boxes must not be negative, the least is {float(size.min())}"
        )
    return place, size


def box_xyxy_to_cxcywh(boxes):
    """Turn (x1, y1, x2, y2) into (centre x, centre y, width, height).

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)

    Returns
    -------
    Tensor of shape (..., 4)

    Raises
    ------
    ValueError
        As :func:`box_area` does.
    """
    low, high = _corners(boxes)
    return torch.cat([(low + high) / 2, high - low], dim=-1)


def box_xyxy_to_xywh(boxes):
    """Turn (x1, y1, x2, y2) into (x1, y1, width, height); raises as :func:`box_area` does.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)

    Returns
    -------
    Tensor of shape (..., 4)
    """
    low, high = _corners(boxes)
    return torch.cat([low, high - low], dim=-1)


def _corners(boxes):
    boxes = as_floats("boxes", boxes, (..., 4))
    check_boxes("boxes", boxes.reshape(-1, 4))
    return boxes.split(2, dim=-1)


def clip_boxes_to_image(boxes, size):
    """Cut off what reaches beyond the image.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
    size : tuple of int
        (height, width) of the image.

    Returns
    -------
    Tensor of shape (B, 4)
        A box wholly outside becomes one of no width or no height on the border.

    Raises
    ------
    ValueError
        If the boxes are bad (:func:`box_area`) or the image has no pixel.
    """
    boxes, (height, width) = check_boxes("boxes", boxes), size
    if min(height, width) <= 0:
        raise ValueError(f"size must be (height, width) with both positive, got {tuple(size)}")
    x, y = boxes[:, 0::2].clamp(0, width), boxes[:, 1::2].clamp(0, height)
    return torch.stack([x, y], dim=2).reshape(-1, 4)


def remove_small_boxes(boxes, min_size):
    """Return the indices (K,) of the boxes (B, 4) whose sides are both at least `min_size` long."""
    boxes = check_boxes("boxes", boxes)
    return (boxes[:, 2:] - boxes[:, :2] >= min_size).all(dim=1).nonzero()[:, 0]


def box_area(boxes):
    """Return the areas of boxes.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)

    Returns
    -------
    Tensor of shape (B,)

    Raises
    ------
    TypeError
        If the boxes are no tensor of real numbers.
    ValueError
        If the shape is another, a number is NaN or infinite, or a box has x2 < x1 or y2 < y1.
    """
    boxes = check_boxes("boxes", boxes)
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
