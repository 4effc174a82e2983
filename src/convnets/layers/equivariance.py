"""Does the output move along when the input moves? Measured, not assumed (chapter *Layers*)."""

from itertools import product
from numbers import Integral

import numpy as np

from convnets.layers.arguments import pair

__all__ = ["equivariance_gap", "shift"]


def shift(x, dy, dx, mode="zeros"):
    """Move images by whole pixels.

    Parameters
    ----------
    x : ndarray of shape (..., H, W)
        One image or many.
    dy, dx : int
        How far to move downwards and to the right; negative numbers move up and to the left.
    mode : {"zeros", "circular"}
        Whether zeros move in and what moves out is lost, or what moves out comes in on the other side.

    Returns
    -------
    ndarray of shape (..., H, W)
        The moved images, a copy in the same dtype.

    Raises
    ------
    ValueError
        If there are fewer than two axes or the mode is unknown.
    TypeError
        If ``dy`` or ``dx`` is not an integer.

    Examples
    --------
    >>> shift(np.array([[1, 2], [3, 4]]), 1, 0)
    array([[0, 0],
           [1, 2]])
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"x must have at least two axes (..., H, W), its shape is {x.shape}")
    for name, amount in (("dy", dy), ("dx", dx)):
        if isinstance(amount, bool) or not isinstance(amount, Integral):
            raise TypeError(f"{name} must be an integer, got {amount!r}")
    if mode == "circular":
        return np.roll(x, (dy, dx), axis=(-2, -1))
    if mode != "zeros":
        raise ValueError(f"mode must be 'zeros' or 'circular', got {mode!r}")
    out = np.zeros_like(x)
    H, W = x.shape[-2:]
    out[..., max(dy, 0) : max(H + dy, 0), max(dx, 0) : max(W + dx, 0)] = x[
        ..., max(-dy, 0) : max(H - dy, 0), max(-dx, 0) : max(W - dx, 0)
    ]
    return out


def equivariance_gap(layer, x, dy, dx, stride=1, mode="circular", margin=0):
    """Measure by how much a layer fails to move its output along with its input.

    The gap is ‖layer(shift(x)) − shift(layer(x))‖ / ‖layer(x)‖ with Euclidean norms over the whole batch,
    where the output is shifted by dy / stride and dx / stride. Where these are no whole numbers, the best of
    the whole shifts next to them counts.

    Parameters
    ----------
    layer : callable
        From an array (N, C_in, H, W) to an array (N, C_out, H_out, W_out).
    x : ndarray of shape (N, C_in, H, W)
        Images to try it with.
    dy, dx : int
        By how many pixels the input moves.
    stride : int or tuple of int or None
        How many pixels of the input one pixel of the output stands for; None if the output should not move
        at all: then the gap is one of *invariance*.
    mode : {"circular", "zeros"}
        As in :func:`shift`, for input and output.
    margin : int
        How many pixels of the output to leave out along each border, where other pixels have moved in.

    Returns
    -------
    float
        0 for perfect equivariance (up to rounding); about √2 where the two outputs have nothing in common. If
        the output is zero wherever one looks, 0 if it stays so and infinity otherwise.

    Raises
    ------
    TypeError, ValueError
        As :func:`shift`; ValueError too if ``margin`` is negative or leaves nothing.
    """
    out, moved = (np.asarray(layer(image), float) for image in (x, shift(x, dy, dx, mode)))
    H_out, W_out = out.shape[-2:]
    if not 0 <= 2 * margin < min(H_out, W_out):
        raise ValueError(f"margin must leave something of the {H_out} × {W_out} output, got {margin}")
    inside = (..., slice(margin, H_out - margin), slice(margin, W_out - margin))
    steps = (None, None) if stride is None else pair("stride", stride)
    whole = product(_whole(dy, steps[0]), _whole(dx, steps[1]))
    return min(_distance(moved[inside], shift(out, *by, mode)[inside]) for by in whole)


def _whole(distance, step):
    """Return the one or two whole numbers next to distance / step; 0 if nothing should move."""
    return {0} if step is None else {distance // step, -(-distance // step)}


def _distance(found, expected):
    """Return how far two arrays are apart, relative to the size of the second."""
    difference, size = np.linalg.norm(found - expected), np.linalg.norm(expected)
    return float(difference / size) if size else float("inf" if difference else 0)
