"""What lies beyond the border of an image: four ways to go on (chapter *Layers*)."""

from numbers import Integral

import numpy as np

from convnets.layers.arguments import pair

__all__ = ["MODES", "border", "filled", "pad"]

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""PyTorch's names of padding modes, and NumPy's."""


def border(padding):
    """Return any way to write a padding as ((top, bottom), (left, right)).

    Raises
    ------
    TypeError
        If there is anything but integers.
    ValueError
        If an amount is negative, or there are neither one nor two nor twice two.
    """
    if not isinstance(padding, Integral) and np.shape(padding) == (2, 2):
        return tuple(pair("padding", side, least=0) for side in padding)
    down, right = pair("padding", padding, least=0)
    return (down, down), (right, right)


def filled(x, amounts, value=0):
    """Return images with ``value`` around them, or the images themselves where nothing is to be added."""
    (top, bottom), (left, right) = amounts
    if not (top or bottom or left or right):
        return x
    H, W = x.shape[-2:]
    out = np.full((*x.shape[:-2], top + H + bottom, left + W + right), value, x.dtype)
    out[..., top : top + H, left : left + W] = x
    return out


def pad(x, padding, mode="zeros"):
    """Continue images beyond their borders.

    Parameters
    ----------
    x : ndarray of shape (..., H, W)
        One image or many.
    padding : int, (int, int) or ((int, int), (int, int))
        How many pixels to add: on all sides, (above and below, left and right), or
        ((above, below), (left, right)).
    mode : {"zeros", "reflect", "replicate", "circular"}
        What the new pixels are. For a row 1 2 3 padded by 2: 0 0 [1 2 3] 0 0; 3 2 [1 2 3] 2 1, the pixel at
        the border is not repeated; 1 1 [1 2 3] 3 3; 2 3 [1 2 3] 1 2.

    Returns
    -------
    ndarray of shape (..., top + H + bottom, left + W + right)
        The padded images in the same dtype; ``x`` itself, not a copy, where nothing is added.

    Raises
    ------
    TypeError
        If ``padding`` holds anything but integers.
    ValueError
        If an amount is negative, the mode is unknown, there are fewer than two axes, or an image is too small
        to give what is asked: "reflect" needs more pixels than are added, "circular" as many, "replicate"
        one.
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"x must have at least two axes (..., H, W), its shape is {x.shape}")
    amounts = border(padding)
    if mode not in MODES:
        raise ValueError(f"padding mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}")
    if mode == "zeros":
        return filled(x, amounts)
    for size, sides in zip(x.shape[-2:], amounts, strict=True):
        needed = {"reflect": max(sides) + 1, "circular": max(sides), "replicate": 1}[mode]
        if max(sides) and size < needed:
            raise ValueError(
                f"padding {sides} in mode {mode!r} needs at least {needed} pixels along the axis, "
                f"x of shape {x.shape} has {size}"
            )
    if amounts == ((0, 0), (0, 0)):
        return x
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + list(amounts), mode=MODES[mode])
