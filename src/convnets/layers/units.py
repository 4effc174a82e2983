"""Layers that do not share weights, and layers that have none (chapter *Layers*)."""

from math import prod

import numpy as np

from convnets.layers.arguments import IMAGES, as_array, check_bias, pair
from convnets.layers.padding import pad
from convnets.layers.windows import windows

__all__ = ["flatten", "linear", "local2d", "relu", "tanh"]


def linear(x, weight, bias=None):
    """Compute a fully connected layer: every unit is a weighted sum of all inputs.

    Parameters
    ----------
    x : ndarray of shape (N, D_in)
        A batch of inputs; N may be 0.
    weight : ndarray of shape (D_out, D_in)
        One row for each unit.
    bias : ndarray of shape (D_out,), optional
        What is added to each unit.

    Returns
    -------
    ndarray of shape (N, D_out)
        ``x @ weight.T + bias``.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats.
    ValueError
        If the shapes do not match.
    """
    x, weight = as_array("x", x, ("N", "D_in")), as_array("weight", weight, ("D_out", "D_in"))
    if weight.shape[1] != x.shape[1]:
        raise ValueError(
            f"weight must have shape (D_out, {x.shape[1]}) for x {x.shape}, it has {weight.shape}"
        )
    bias = check_bias(bias, weight.shape[:1])
    out = x @ weight.T
    return out if bias is None else out + bias


def local2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    """Compute a locally connected layer: windows as in a convolution, but weights of its own at each place.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images; N may be 0.
    weight : ndarray of shape (C_out, H_out, W_out, C_in, K_h, K_w)
        The weights of each unit.
    bias : ndarray of shape (C_out, H_out, W_out), optional
        What is added to each unit.
    stride, padding, dilation : int or tuple of int
        As in :func:`conv2d`; padding adds zeros.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        The units, in ``np.result_type(x, weight)``.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats, or a setting anything but integers.
    ValueError
        If the shapes do not match, a setting is out of range, or no window fits.
    """
    x = as_array("x", x, IMAGES)
    weight = as_array("weight", weight, ("C_out", "H_out", "W_out", "C_in", "K_h", "K_w"))
    places, (C_in, K_h, K_w) = weight.shape[1:3], weight.shape[3:]
    padded = pad(x, pair("padding", padding, least=0))
    seen = windows(padded, (K_h, K_w), stride, dilation)  # (N, C_in, H_out, W_out, K_h, K_w)
    if x.shape[1] != C_in or seen.shape[2:4] != places:
        raise ValueError(
            f"weight {weight.shape} does not match x {x.shape}: windows of {K_h} × {K_w} have "
            f"H_out, W_out = {seen.shape[2:4]} places, and C_in is {x.shape[1]}"
        )
    bias = check_bias(bias, weight.shape[:3])
    out = np.einsum("nchwij,ohwcij->nohw", seen, weight)
    return out if bias is None else out + bias


def relu(x):
    """Keep what is positive and set the rest to zero.

    Parameters
    ----------
    x : ndarray
        Of any shape.

    Returns
    -------
    ndarray
        The larger of ``x`` and 0, in the dtype of ``x``.
    """
    return np.maximum(x, np.zeros((), np.asarray(x).dtype))


def tanh(x):
    """Squash numbers between −1 and 1.

    Parameters
    ----------
    x : ndarray
        Of any shape.

    Returns
    -------
    ndarray
        The hyperbolic tangent, in the dtype of ``x`` if it is a float, else float64.
    """
    return np.tanh(x)


def flatten(x):
    """Lay each image of a batch out as one row.

    Parameters
    ----------
    x : ndarray of shape (N, ...)
        A batch; N may be 0.

    Returns
    -------
    ndarray of shape (N, D)
        A view where the memory allows; numbers in the order of ``x[n].ravel()``.

    Raises
    ------
    ValueError
        If there is no axis of images.
    """
    x = np.asarray(x)
    if x.ndim < 1:
        raise ValueError("x must have shape (N, ...), it is a single number")
    return x.reshape(len(x), prod(x.shape[1:]))
