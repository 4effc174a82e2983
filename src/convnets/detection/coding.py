r"""Boxes as corrections of anchors, and back (chapter *Detection*, section anchors).

A network does not say where a box is but how it differs from an anchor (or region), in units of the anchor:

.. math:: t_x = w_x \frac{c_x - c_x^a}{w^a}, \quad t_y = w_y \frac{c_y - c_y^a}{h^a}, \quad
          t_w = w_w \log\frac{w}{w^a}, \quad t_h = w_h \log\frac{h}{h^a}

Source: R. Girshick et al., "Rich feature hierarchies" (2014), appendix C; the weights, which bring the four
numbers to about the same spread, came with Fast R-CNN. SSD's "variances" 0.1 and 0.2 are weights 10 and 5.
"""

import math

import torch

from convnets.detection.arguments import as_floats, check_boxes

__all__ = ["MAX_LOG_SIZE", "decode_boxes", "decode_boxes_loops", "encode_boxes", "encode_boxes_loops"]

MAX_LOG_SIZE = math.log(1000 / 16)
"""An untrained network may ask for e⁵⁰ times an anchor's width; it gets 62.5 times at most."""


def encode_boxes(boxes, anchors, weights=(1.0, 1.0, 1.0, 1.0)):
    """Return how boxes differ from anchors, each from the anchor of its row.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
    anchors : Tensor of shape (B, 4)
    weights : tuple of four float
        w_x, w_y, w_w and w_h.

    Returns
    -------
    Tensor of shape (B, 4)
        (t_x, t_y, t_w, t_h).

    Raises
    ------
    TypeError, ValueError
        If a box or an anchor is bad (:func:`~convnets.detection.box_area`) or has no width or no height,
        which have no logarithm; if there are not as many of both; if a weight is not positive.
    """
    boxes, anchors = _same_number(check_boxes("boxes", boxes, zero_size=False), _anchors(anchors))
    (centre, size), (centre_a, size_a) = _centre_and_size(boxes), _centre_and_size(anchors)
    deltas = torch.cat([(centre - centre_a) / size_a, torch.log(size / size_a)], dim=1)
    return deltas * deltas.new_tensor(_positive(weights))


def decode_boxes(deltas, anchors, weights=(1.0, 1.0, 1.0, 1.0), max_log_size=MAX_LOG_SIZE):
    """Return the boxes that differ so from anchors: the inverse of :func:`encode_boxes`.

    Parameters
    ----------
    deltas : Tensor of shape (B, 4) or (B, K, 4)
        (t_x, t_y, t_w, t_h); with K of them for each anchor where a network has its own for each class.
    anchors : Tensor of shape (B, 4)
    weights : tuple of four float
        As given to :func:`encode_boxes`.
    max_log_size : float
        The logarithm of how many times as wide and high as its anchor a box may become.

    Returns
    -------
    Tensor of the shape of `deltas`
        xyxy in pixels, not clipped to any image. Differentiable.

    Raises
    ------
    TypeError, ValueError
        If the deltas are not finite, the anchors bad or without width or height, the numbers of both differ,
        or a weight is not positive.
    """
    deltas, anchors = _same_number(_deltas(deltas), _anchors(anchors))
    centre, size = _centre_and_size(anchors if deltas.dim() == 2 else anchors[:, None])
    deltas = deltas / deltas.new_tensor(_positive(weights))
    centre = centre + deltas[..., :2] * size
    size = size * torch.exp(deltas[..., 2:].clamp(max=max_log_size))
    return torch.cat([centre - size / 2, centre + size / 2], dim=-1)


def encode_boxes_loops(boxes, anchors, weights=(1.0, 1.0, 1.0, 1.0)):
    """Return what :func:`encode_boxes` returns, box by box: the definition."""
    boxes, anchors = _same_number(check_boxes("boxes", boxes, zero_size=False), _anchors(anchors))
    wx, wy, ww, wh = _positive(weights)
    rows = []
    for (x1, y1, x2, y2), (a1, b1, a2, b2) in zip(boxes.tolist(), anchors.tolist(), strict=True):
        tx = wx * ((x1 + x2) / 2 - (a1 + a2) / 2) / (a2 - a1)
        ty = wy * ((y1 + y2) / 2 - (b1 + b2) / 2) / (b2 - b1)
        tw = ww * math.log((x2 - x1) / (a2 - a1))
        th = wh * math.log((y2 - y1) / (b2 - b1))
        rows.append((tx, ty, tw, th))
    return torch.tensor(rows, dtype=boxes.dtype).reshape(-1, 4)


def decode_boxes_loops(deltas, anchors, weights=(1.0, 1.0, 1.0, 1.0), max_log_size=MAX_LOG_SIZE):
    """Return what :func:`decode_boxes` returns, box by box: the definition."""
    deltas, anchors = _same_number(_deltas(deltas), _anchors(anchors))
    wx, wy, ww, wh = _positive(weights)
    rows = []
    by_class = deltas if deltas.dim() == 3 else deltas[:, None]
    for (a1, b1, a2, b2), classes in zip(anchors.tolist(), by_class.tolist(), strict=True):
        for tx, ty, tw, th in classes:
            x, y = (a1 + a2) / 2 + tx / wx * (a2 - a1), (b1 + b2) / 2 + ty / wy * (b2 - b1)
            w = (a2 - a1) * math.exp(min(tw / ww, max_log_size))
            h = (b2 - b1) * math.exp(min(th / wh, max_log_size))
            rows.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return torch.tensor(rows, dtype=deltas.dtype).reshape(deltas.shape)


def _centre_and_size(boxes):
    low, high = boxes.split(2, dim=-1)
    return (low + high) / 2, high - low


def _anchors(anchors):
    return check_boxes("anchors", anchors, zero_size=False)


def _deltas(deltas):
    classes = (None,) if isinstance(deltas, torch.Tensor) and deltas.dim() == 3 else ()
    return as_floats("deltas", deltas, (None, *classes, 4))


def _same_number(rows, anchors):
    if len(rows) != len(anchors):
        raise ValueError(
            f"rows go with anchors one to one, got shapes {tuple(rows.shape)} and {tuple(anchors.shape)}"
        )
    return rows, anchors


def _positive(weights):
    if len(weights) != 4 or not all(weight > 0 for weight in weights):
        raise ValueError(f"weights must be four positive numbers, got {tuple(weights)}")
    return weights
