"""Three layers that look at an image, from everything at once to one small window everywhere.

A fully connected unit sees the whole image and has a weight for every pixel. A locally connected unit sees a
window, with weights of its own at each place. A convolutional unit sees a window with the same weights at
every place. Each step drops weights without dropping units.
"""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convnets.convolution import cross_correlate2d

__all__ = [
    "LayerCount",
    "convolution_layer",
    "count_convolution",
    "count_fully_connected",
    "count_locally_connected",
    "fully_connected",
    "locally_connected",
]


class LayerCount(NamedTuple):
    """What a layer consists of.

    Attributes
    ----------
    units : int
        How many numbers it computes for one image.
    weights : int
        How many numbers it learns, biases included where the layer has them.
    connections : int
        How many products one image costs, biases counted as products with one.
    """

    units: int
    weights: int
    connections: int


def count_fully_connected(in_shape, num_units, bias=False):
    """Count a layer in which every unit sees the whole image.

    Parameters
    ----------
    in_shape : tuple of int
        Channels, height and width (C_in, H, W) of the image.
    num_units : int
        Number of units.
    bias : bool
        Whether each unit has a bias.

    Returns
    -------
    LayerCount
        As many weights as connections: C_in · H · W for each unit, and one more with a bias.

    Raises
    ------
    ValueError
        If ``in_shape`` is not three positive numbers or ``num_units`` is less than 1.

    Examples
    --------
    >>> count_fully_connected((3, 200, 200), 1000).weights
    120000000
    """
    _check_in_shape(in_shape)
    if num_units < 1:
        raise ValueError(f"num_units must be at least 1, got {num_units}")
    weights = num_units * (prod(in_shape) + bias)
    return LayerCount(num_units, weights, weights)


def count_locally_connected(in_shape, out_channels, kernel_size, padding="valid", bias=False):
    """Count a layer in which every unit sees a window, with weights of its own.

    Parameters
    ----------
    in_shape : tuple of int
        Channels, height and width (C_in, H, W) of the image.
    out_channels : int
        Number of units C_out at each place.
    kernel_size : int or tuple of int
        Height and width (K_h, K_w) of a window, one number for a square.
    padding : {"valid", "same"}
        Whether windows stay inside the image, or there is one for every pixel, with zeros beyond the border;
        products with these zeros count as connections.
    bias : bool
        Whether each unit has a bias.

    Returns
    -------
    LayerCount
        As many weights as connections: C_in · K_h · K_w for each unit, and one more with a bias.

    Raises
    ------
    ValueError
        If a size is not positive, ``padding`` is unknown, or no window fits inside the image.

    Examples
    --------
    >>> count_locally_connected((1, 1000, 1000), 100, 10, padding="same").weights
    10000000000
    """
    units, per_unit = _count_windows(in_shape, out_channels, kernel_size, padding, bias)
    return LayerCount(units, units * per_unit, units * per_unit)


def count_convolution(in_shape, out_channels, kernel_size, padding="valid", bias=False):
    """Count a layer in which every unit sees a window, and units of one channel share their weights.

    Parameters
    ----------
    in_shape : tuple of int
        Channels, height and width (C_in, H, W) of the image.
    out_channels : int
        Number of filters C_out.
    kernel_size : int or tuple of int
        Height and width (K_h, K_w) of a filter, one number for a square.
    padding : {"valid", "same"}
        As in :func:`count_locally_connected`.
    bias : bool
        Whether each filter has a bias.

    Returns
    -------
    LayerCount
        C_out · C_in · K_h · K_w weights, and one more for each filter with a bias, whatever the image's size;
        units and connections as in the locally connected layer.

    Raises
    ------
    ValueError
        As :func:`count_locally_connected`.

    Examples
    --------
    >>> count_convolution((1, 1000, 1000), 100, 10, padding="same").weights
    10000
    """
    units, per_unit = _count_windows(in_shape, out_channels, kernel_size, padding, bias)
    return LayerCount(units, out_channels * per_unit, units * per_unit)


def _check_in_shape(in_shape):
    if len(in_shape) != 3 or min(in_shape) < 1:
        raise ValueError(f"in_shape must be three positive numbers (C_in, H, W), got {tuple(in_shape)}")


def _count_windows(in_shape, out_channels, kernel_size, padding, bias):
    _check_in_shape(in_shape)
    C_in, H, W = in_shape
    K_h, K_w = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    if min(out_channels, K_h, K_w) < 1:
        raise ValueError(
            f"out_channels and kernel_size must be positive, got {out_channels} and {kernel_size}"
        )
    if padding not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same', got {padding!r}")
    if padding == "valid":
        H, W = H - K_h + 1, W - K_w + 1
        if min(H, W) < 1:
            raise ValueError(f"no window of {K_h} × {K_w} fits into an image {tuple(in_shape)}")
    return out_channels * H * W, C_in * K_h * K_w + bias


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
