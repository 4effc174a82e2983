"""Three layers that look at an image, from everything at once to one small window everywhere.

A fully connected unit sees the whole image and has a weight for every pixel. A locally connected unit sees a
window, with weights of its own at each place. A convolutional unit sees a window with the same weights at
every place. Each step drops weights without dropping units.
"""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convnets.convolution import cross_correlate2d

__all__ = [
    "convolution_layer",
    "fully_connected",
    "locally_connected",
]


def fully_connected(x, weight, bias=None):
    """Compute a fully connected layer: each unit is a weighted sum of the whole image.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images.
    weight : ndarray of shape (num_units, C_in * H * W)
        One row for each unit; pixels in the order of ``x[n].ravel()``.
    bias : ndarray of shape (num_units,), optional
        What is added to each unit.

    Returns
    -------
    ndarray of shape (N, num_units)
        The units.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    x, weight = _check_images(x), np.asarray(weight)
    num_inputs = prod(x.shape[1:])
    if weight.ndim != 2 or weight.shape[1] != num_inputs:
        raise ValueError(
            f"weight must have shape (num_units, {num_inputs}) for x {x.shape}, it has {weight.shape}"
        )
    return _add_bias(x.reshape(len(x), -1) @ weight.T, bias, weight.shape[:1])


def locally_connected(x, weight, bias=None):
    """Compute a locally connected layer: a window at each place, with the weights of that place.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images.
    weight : ndarray of shape (C_out, H_out, W_out, C_in, K_h, K_w)
        The weights of each unit, with H_out = H - K_h + 1 and W_out = W - K_w + 1.
    bias : ndarray of shape (C_out, H_out, W_out), optional
        What is added to each unit.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        The units; windows are multiplied without a flip, as in :func:`convolution_layer`.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    x, weight = _check_images(x), np.asarray(weight)
    if weight.ndim != 6:
        raise ValueError(
            f"weight must have shape (C_out, H_out, W_out, C_in, K_h, K_w), it has {weight.shape}"
        )
    C_in, K_h, K_w = weight.shape[3:]
    places = (x.shape[2] - K_h + 1, x.shape[3] - K_w + 1)
    if x.shape[1] != C_in or weight.shape[1:3] != places:
        raise ValueError(
            f"weight {weight.shape} does not match x {x.shape}: windows of {K_h} × {K_w} have "
            f"H_out, W_out = {places} places, and C_in is {x.shape[1]}"
        )
    windows = sliding_window_view(x, (K_h, K_w), axis=(2, 3))  # (N, C_in, H_out, W_out, K_h, K_w)
    return _add_bias(np.einsum("nchwij,ohwcij->nohw", windows, weight), bias, weight.shape[:3])


def convolution_layer(x, weight, bias=None):
    """Compute a convolutional layer: a window at each place, with the same weights everywhere.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images.
    weight : ndarray of shape (C_out, C_in, K_h, K_w)
        The filters.
    bias : ndarray of shape (C_out,), optional
        What is added to each channel.

    Returns
    -------
    ndarray of shape (N, C_out, H - K_h + 1, W - K_w + 1)
        The units. Filters are not flipped, as in the layers of every library: mathematically this is
        cross-correlation.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    x, weight = _check_images(x), np.asarray(weight)
    out = cross_correlate2d(x, weight)
    return _add_bias(out, None if bias is None else np.asarray(bias)[:, None, None], (len(weight), 1, 1))


def _check_images(x):
    x = np.asarray(x)
    if x.ndim != 4 or x.size == 0:
        raise ValueError(f"x must have shape (N, C_in, H, W) and hold at least one number, it has {x.shape}")
    return x


def _add_bias(out, bias, shape):
    if bias is None:
        return out
    bias = np.asarray(bias)
    if bias.shape != shape:
        raise ValueError(f"bias must have shape {shape}, it has {bias.shape}")
    return out + bias
