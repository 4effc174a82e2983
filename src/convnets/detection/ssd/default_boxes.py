"""The boxes that SSD starts from: small ones on fine maps, large ones on coarse maps."""

import torch

from convnets.detection.anchors import anchor_shapes, grid_anchors

__all__ = ["default_boxes", "default_boxes_loops", "default_scales"]


def default_scales(num_maps, smallest=0.2, largest=0.9):
    r"""Return the scale of each map's boxes, and one more.

    .. math:: s_k = s_{min} + \frac{s_{max} - s_{min}}{m - 1} (k - 1), \qquad k = 1, \dots, m + 1

    Parameters
    ----------
    num_maps : int
        m; with a single map the second scale is `largest`.
    smallest, largest : float
        Scales of the first and of the last map, as parts of the shorter side of the image.

    Returns
    -------
    tuple of m + 1 float
        The last is for the extra square of the last map.

    Raises
    ------
    ValueError
        If there is no map, or not 0 < smallest < largest.
    """
    if num_maps < 1 or not 0 < smallest < largest:
        raise ValueError(
            f"expected num_maps >= 1 and 0 < smallest < largest, got {num_maps}, {smallest} and {largest}"
        )
    step = (largest - smallest) / max(num_maps - 1, 1)
    return tuple(smallest + step * k for k in range(num_maps + 1))


def default_boxes(feature_sizes, size, scales, aspect_ratios, squares=()):
    r"""Return the default boxes of all maps.

    A map of scale s has on each cell one box of every ratio r, with the area of a square of side s, and one
    square more, of side :math:`\sqrt{s_k s_{k+1}}`. A detector with a single map needs further squares, for
    objects of all sizes.

    Parameters
    ----------
    feature_sizes : sequence of m tuples of int
        (H, W) of each map, from the finest to the coarsest.
    size : tuple of int
        (height, width) of the image.
    scales : sequence of m + 1 float
        As :func:`default_scales` returns them.
    aspect_ratios : sequence of m sequences of float
        Height over width of each map's boxes.
    squares : sequence of float
        Scales of further squares, the same on all maps.

    Returns
    -------
    Tensor of shape (A, 4)
        xyxy in pixels, not cut off at the border: map by map, in a map row by row, in a row cell by cell, on
        a cell ratio by ratio, then the extra square, then the further ones.

    Raises
    ------
    ValueError
        If the numbers of maps differ, or a scale or a ratio is not positive.
    """
    boxes = [
        grid_anchors(feature_size, strides, shapes)
        for feature_size, strides, shapes in _maps(feature_sizes, size, scales, aspect_ratios, squares)
    ]
    return torch.cat(boxes)


def _maps(feature_sizes, size, scales, aspect_ratios, squares):
    """Return (H, W), the two strides and the shapes (A, 2) of each map."""
    num = len(feature_sizes)
    if num < 1 or len(scales) != num + 1 or len(aspect_ratios) != num:
        raise ValueError(
            f"{num} maps have {num + 1} scales and {num} tuples of ratios, got {len(scales)} and "
            f"{len(aspect_ratios)}"
        )
    maps = []
    for k, (height, width) in enumerate(feature_sizes):
        side, following = scales[k] * min(size), scales[k + 1] * min(size)
        extra = [(max(side, 0) * max(following, 0)) ** 0.5, *(scale * min(size) for scale in squares)]
        shapes = torch.cat([anchor_shapes([side], aspect_ratios[k]), anchor_shapes(extra, [1.0])])
        maps.append(((height, width), (size[0] / height, size[1] / width), shapes))
    return maps


def default_boxes_loops(feature_sizes, size, scales, aspect_ratios, squares=()):
    """Return what :func:`default_boxes` returns, box by box: the definition."""
    boxes = []
    for k, (height, width) in enumerate(feature_sizes):
        side, following = scales[k] * min(size), scales[k + 1] * min(size)
        shapes = [(side / ratio**0.5, side * ratio**0.5) for ratio in aspect_ratios[k]]
        shapes.append(((side * following) ** 0.5,) * 2)
        shapes += [(scale * min(size),) * 2 for scale in squares]
        for row in range(height):
            for column in range(width):
                x, y = (column + 0.5) * size[1] / width, (row + 0.5) * size[0] / height
                boxes += [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for w, h in shapes]
    return torch.tensor(boxes).reshape(-1, 4)
