"""Backward through padding: what reached the border is folded back (chapter *Backprop*).

A padded pixel is a copy of a pixel inside, or a zero that depends on nothing. Backward, the gradient of each
copy is added to the pixel it was copied from; the gradient of a zero is dropped.
"""

import numpy as np

from convnets.backprop.arguments import as_floats
from convnets.layers.padding import border, pad

__all__ = ["pad_backward"]


def pad_backward(grad_output, padding, mode="zeros"):
    """Return the gradient at the input of :func:`convnets.layers.pad`: its transpose.

    Parameters
    ----------
    grad_output : array_like of shape (..., top + H + bottom, left + W + right)
        Gradient at the padded images.
    padding, mode
        As in :func:`convnets.layers.pad`.

    Returns
    -------
    ndarray of shape (..., H, W)
        For zeros the middle of ``grad_output``; otherwise the margins are added to it as well.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.pad`; ValueError too if nothing is left inside the margins.
    """
    grad = as_floats("grad_output", grad_output)
    (top, bottom), (left, right) = border(padding)
    H, W = grad.shape[-2] - top - bottom if grad.ndim > 1 else 0, grad.shape[-1] - left - right
    if min(H, W) < 1:
        raise ValueError(
            f"grad_output {grad.shape} holds no image inside margins {(top, bottom)} and {(left, right)}"
        )
    if mode == "zeros":
        return grad[..., top : top + H, left : left + W]
    rows = pad(np.arange(H)[:, None], ((top, bottom), (0, 0)), mode)[:, 0]  # which row stands where
    columns = pad(np.arange(W)[None], ((0, 0), (left, right)), mode)[0]
    return _fold(_fold(grad, rows, -2), columns, -1)


def _fold(grad, sources, axis):
    """Add up, along one axis, all entries that are copies of the same source."""
    grad = np.moveaxis(grad, axis, 0)
    folded = np.zeros((sources.max() + 1, *grad.shape[1:]), grad.dtype)
    for source, entries in zip(sources, grad, strict=True):
        folded[source] += entries
    return np.moveaxis(folded, 0, axis)
