"""Regions from the image alone, before any network (chapter *Detection*, section rcnn).

R-CNN takes 2000 regions an image from selective search. Two simpler ways are here: a window slid over the
image, and boxes around connected segments of like colour and around pairs of segments that touch, which is
the first step of selective search. Its merging by texture, size and fill is left out.

Sources: R. Girshick et al., "Rich feature hierarchies" (CVPR 2014), section 2.1; J. Uijlings et al.,
"Selective search for object recognition" (2013).
"""

import itertools
import math

import numpy as np
import torch
from scipy import sparse

from convnets.detection.anchors import anchor_shapes
from convnets.detection.arguments import as_floats

__all__ = ["colour_segments", "colour_segments_loops", "segment_proposals", "window_proposals"]


def window_proposals(size, sides, aspect_ratios=(1.0,), step=0.5):
    """Slide windows over an image.

    Parameters
    ----------
    size : tuple of int
        (height, width) of the image.
    sides : sequence of float
        Sides of the squares that have the areas of the windows, in pixels.
    aspect_ratios : sequence of float
        Height over width.
    step : float
        How far a window moves, as a part of its own height or width.

    Returns
    -------
    Tensor of shape (L, 4)
        xyxy in pixels: those that lie wholly inside, shape by shape, row by row. Windows larger than the
        image are left out.

    Raises
    ------
    ValueError
        If a side, a ratio or the step is not positive.
    """
    if step <= 0:
        raise ValueError(f"step must be positive, got {step}")
    boxes = []
    for width, height in anchor_shapes(sides, aspect_ratios).tolist():
        tops, lefts = _starts(size[0], height, step), _starts(size[1], width, step)
        boxes += [(x, y, x + width, y + height) for y, x in itertools.product(tops, lefts)]
    return torch.tensor(boxes).reshape(-1, 4)


def _starts(length, extent, step):
    num = math.floor((length - extent) / (step * extent) + 1e-9) + 1  # none where it is longer than the axis
    return [k * step * extent for k in range(max(num, 0))]


def colour_segments(image, tolerance):
    """Join neighbouring pixels of like colour.

    Parameters
    ----------
    image : Tensor of shape (C, H, W)
        From 0 to 1.
    tolerance : float
        Pixels above, below, left and right of one another are joined if no channel differs by more. Joining
        carries on from pixel to pixel: a segment may change its colour slowly.

    Returns
    -------
    Tensor of shape (H, W)
        int64: the number of each pixel's segment, in the order of their first pixels row by row.

    Raises
    ------
    TypeError, ValueError
        If the image is no tensor (C, H, W) of finite numbers, or the tolerance is negative.
    """
    image = _checked(image, tolerance)
    shape, nodes = image.shape[1:], np.arange(image[0].numel()).reshape(image.shape[1:])
    across, down = _joined(image, tolerance)
    first = np.concatenate([nodes[:, :-1][across], nodes[:-1][down]])
    second = np.concatenate([nodes[:, 1:][across], nodes[1:][down]])
    edges = sparse.coo_array((np.ones(len(first), bool), (first, second)), (nodes.size, nodes.size))
    _, labels = sparse.csgraph.connected_components(edges, directed=False)
    _, start, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(start))  # by first pixel, whatever order the components come in
    return torch.from_numpy(rank[inverse].reshape(shape).astype(np.int64))


def _checked(image, tolerance):
    image = as_floats("image", image, (None, None, None))
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance}")
    return image.detach().cpu()


def _joined(image, tolerance):
    """Return which pixels are joined with the next on the right, and which with the next below."""
    across = (image[:, :, 1:] - image[:, :, :-1]).abs().amax(dim=0) <= tolerance
    down = (image[:, 1:] - image[:, :-1]).abs().amax(dim=0) <= tolerance
    return across.numpy(), down.numpy()


def colour_segments_loops(image, tolerance):
    """Return what :func:`colour_segments` returns, by flooding from pixel to pixel: the definition."""
    image = _checked(image, tolerance)
    _, height, width = image.shape
    segments = torch.full((height, width), -1)
    num = 0
    for start in itertools.product(range(height), range(width)):
        if segments[start] >= 0:
            continue
        segments[start], flooded = num, [start]
        while flooded:
            y, x = flooded.pop()
            for there in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                inside = 0 <= there[0] < height and 0 <= there[1] < width
                if inside and segments[there] < 0:
                    distance = (image[:, *there] - image[:, y, x]).abs().amax()
                    if distance <= tolerance:
                        segments[there] = num
                        flooded.append(there)
        num += 1
    return segments


def segment_proposals(image, tolerances=(0.1, 0.2, 0.3), min_area=16):
    """Boxes around segments of like colour, and around pairs of segments that touch.

    Parameters
    ----------
    image : Tensor of shape (C, H, W)
        From 0 to 1.
    tolerances : sequence of float
        Each gives a segmentation of its own, from fine to coarse.
    min_area : int
        Segments of fewer pixels are left out.

    Returns
    -------
    Tensor of shape (L, 4)
        float32 xyxy in pixels, each box once, in rising order of x1, then y1, x2 and y2.

    Raises
    ------
    TypeError, ValueError
        As :func:`colour_segments` does.
    """
    found = [torch.zeros(0, 4)]
    for tolerance in tolerances:
        segments = colour_segments(image, tolerance)
        areas = segments.flatten().bincount()
        large = (areas >= min_area).nonzero()[:, 0]
        boxes = _boxes_of(segments, len(areas))
        pairs = _touching(segments, areas >= min_area)
        both = boxes[pairs]  # (P, 2, 4)
        united = torch.cat([both[..., :2].amin(dim=1), both[..., 2:].amax(dim=1)], dim=1)
        found += [boxes[large], united]
    return torch.cat(found).unique(dim=0)


def _boxes_of(segments, num):
    """Return the smallest box (num, 4) around each segment."""
    rows, columns = torch.meshgrid(*(torch.arange(n) for n in segments.shape), indexing="ij")
    index, sides = segments.flatten(), []
    for places, kind in ((columns, "amin"), (rows, "amin"), (columns + 1, "amax"), (rows + 1, "amax")):
        sides.append(
            torch.zeros(num).scatter_reduce(0, index, places.flatten().float(), kind, include_self=False)
        )
    return torch.stack(sides, dim=1)


def _touching(segments, wanted):
    """Return pairs (P, 2) of wanted segments with pixels side by side."""
    across = torch.stack([segments[:, :-1].flatten(), segments[:, 1:].flatten()], dim=1)
    down = torch.stack([segments[:-1].flatten(), segments[1:].flatten()], dim=1)
    pairs = torch.cat([across, down]).sort(dim=1).values
    return pairs[(pairs[:, 0] != pairs[:, 1]) & wanted[pairs].all(dim=1)].unique(dim=0)
