"""Anchors: boxes laid out over the image before it is looked at (chapter *Detection*, section anchors).

At every cell of a map of features the same few shapes are centred, and a detector says how far each is from
an object. Source: S. Ren et al., "Faster R-CNN" (2015), section 3.1.1. Torchvision's anchors are rounded to
whole pixels and centred on the upper left corners of the cells; these are neither.
"""

import torch

from convnets.detection.arguments import as_floats, check_boxes

__all__ = ["anchor_shapes", "anchors_inside", "grid_anchors", "grid_anchors_loops"]


def anchor_shapes(sizes, aspect_ratios=(0.5, 1.0, 2.0)):
    r"""Return width and height of anchors of given areas and ratios.

    With a ratio r = height / width, a size s stands for the area s², whatever the ratio:

    .. math:: w = s / \sqrt{r}, \qquad h = s \sqrt{r}

    Parameters
    ----------
    sizes : sequence of float
        Sides of the squares of the same areas, in pixels.
    aspect_ratios : sequence of float
        Height over width.

    Returns
    -------
    Tensor of shape (A, 2)
        float32 (width, height): all ratios of the first size, then all of the second.

    Raises
    ------
    ValueError
        If a size or a ratio is not positive.
    """
    if not all(value > 0 for value in (*sizes, *aspect_ratios)):
        raise ValueError(f"sizes and ratios must be positive, got {tuple(sizes)} and {tuple(aspect_ratios)}")
    shapes = [(size / ratio**0.5, size * ratio**0.5) for size in sizes for ratio in aspect_ratios]
    return torch.tensor(shapes).reshape(-1, 2)


def grid_anchors(feature_size, stride, shapes):
    """Centre every shape on every cell of a grid.

    The cell in row i and column j is stride pixels wide and high, and its centre is at
    x = (j + ½) · stride, y = (i + ½) · stride.

    Parameters
    ----------
    feature_size : tuple of int
        (H, W) of the map of features.
    stride : float or tuple of float
        How many pixels of the image one step on the map is; one number, or one along H and one along W.
    shapes : Tensor of shape (A, 2)
        (width, height) in pixels, as :func:`anchor_shapes` returns them.

    Returns
    -------
    Tensor of shape (H · W · A, 4)
        xyxy in pixels: row by row, in a row cell by cell, in a cell shape by shape. Anchors at the border
        reach beyond the image.

    Raises
    ------
    ValueError
        If a size of the map is negative, or a stride, width or height not positive.
    """
    (height, width), strides, shapes = _checked(feature_size, stride, shapes)
    steps = {"dtype": shapes.dtype, "device": shapes.device}
    y = (torch.arange(height, **steps) + 0.5) * strides[0]
    x = (torch.arange(width, **steps) + 0.5) * strides[1]
    centres = torch.cartesian_prod(y, x).flip(1)[:, None]  # (H · W, 1, 2)
    return torch.cat([centres - shapes / 2, centres + shapes / 2], dim=2).reshape(-1, 4)


def grid_anchors_loops(feature_size, stride, shapes):
    """Return what :func:`grid_anchors` returns, anchor by anchor: the definition."""
    (height, width), strides, shapes = _checked(feature_size, stride, shapes)
    boxes = []
    for row in range(height):
        for column in range(width):
            for w, h in shapes.tolist():
                x, y = (column + 0.5) * strides[1], (row + 0.5) * strides[0]
                boxes.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return torch.tensor(boxes, dtype=shapes.dtype).reshape(-1, 4)


def _checked(feature_size, stride, shapes):
    shapes = as_floats("shapes", shapes, (None, 2))
    strides = tuple(stride) if isinstance(stride, tuple | list) else (stride, stride)
    if len(feature_size) != 2 or min(feature_size) < 0:
        raise ValueError(f"feature_size must be (H, W), none negative, got {tuple(feature_size)}")
    if len(strides) != 2 or not all(step > 0 for step in strides):
        raise ValueError(f"stride must be positive, one number or (along H, along W), got {stride}")
    if bool((shapes <= 0).any()):
        raise ValueError(f"widths and heights of shapes must be positive, the least is {float(shapes.min())}")
    return tuple(feature_size), strides, shapes


def anchors_inside(anchors, size):
    """Return which anchors lie wholly in the image: Faster R-CNN trains on no others.

    Parameters
    ----------
    anchors : Tensor of shape (A, 4)
    size : tuple of int
        (height, width) of the image.

    Returns
    -------
    Tensor of shape (A,)
        bool.

    Raises
    ------
    ValueError
        If the anchors are bad boxes (:func:`~convnets.detection.box_area`).
    """
    anchors = check_boxes("anchors", anchors)
    limits = anchors.new_tensor([size[1], size[0]])
    return ((anchors[:, :2] >= 0) & (anchors[:, 2:] <= limits)).all(dim=1)
