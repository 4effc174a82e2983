"""Units, weights and connections of single layers (chapter *Sizing*, equations eq-convolution-counts).

A connection is one product; a product with a zero of the padding counts, because every usual implementation
computes it. Source of the three quantities: J. Ba, "CSC421/2516 Lecture 5".
"""

from math import prod
from typing import NamedTuple

from convnets.sizing.windows import output_size, pair, same_padding

__all__ = ["LayerCount", "count_convolution", "count_fully_connected", "count_locally_connected"]


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


def count_locally_connected(in_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, bias=False):
    """Count a layer in which every unit sees a window, with weights of its own.

    Parameters
    ----------
    in_shape : tuple of int
        Channels, height and width (C_in, H, W) of the image.
    out_channels : int
        Number of units C_out at each place.
    kernel_size : int or tuple of int
        Height and width (K_h, K_w) of a window, one number for a square.
    stride, dilation : int or tuple of int
        Step from window to window, and distance between the taps of a window.
    padding : int, tuple of int, or {"valid", "same"}
        Zeros at each border. ``"valid"`` is none; ``"same"``, at stride 1 only, gives one window for every
        pixel. Products with these zeros count as connections.
    bias : bool
        Whether each unit has a bias.

    Returns
    -------
    LayerCount
        As many weights as connections: C_in · K_h · K_w for each unit, and one more with a bias.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If a size is not positive, ``padding`` is unknown, ``"same"`` at another stride than 1, or no window
        fits inside the image.

    Examples
    --------
    >>> count_locally_connected((1, 1000, 1000), 100, 10, padding="same").weights
    10000000000
    """
    units = _count_units(in_shape, out_channels, kernel_size, stride, padding, dilation)
    connections = units * (in_shape[0] * prod(pair(kernel_size)) + bias)
    return LayerCount(units, connections, connections)


def count_convolution(
    in_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=False
):
    """Count a layer in which every unit sees a window, and units of one channel share their weights.

    Parameters
    ----------
    in_shape : tuple of int
        Channels, height and width (C_in, H, W) of the image.
    out_channels : int
        Number of filters C_out.
    kernel_size : int or tuple of int
        Height and width (K_h, K_w) of a filter, one number for a square.
    stride, padding, dilation
        As in :func:`count_locally_connected`.
    groups : int
        Into how many equal parts the channels are divided; a filter sees the channels of its part alone.
    bias : bool
        Whether each filter has a bias.

    Returns
    -------
    LayerCount
        C_out · (C_in / groups) · K_h · K_w weights, and one more for each filter with a bias, whatever the
        image's size; each filter's weights are used once for each of its units.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        As :func:`count_locally_connected`, and if ``groups`` does not divide both numbers of channels.

    Examples
    --------
    >>> count_convolution((1, 1000, 1000), 100, 10, padding="same").weights
    10000
    """
    units = _count_units(in_shape, out_channels, kernel_size, stride, padding, dilation)
    if groups < 1 or in_shape[0] % groups or out_channels % groups:
        raise ValueError(
            f"groups = {groups} must divide C_in = {in_shape[0]} and out_channels = {out_channels}"
        )
    per_unit = in_shape[0] // groups * prod(pair(kernel_size)) + bias
    return LayerCount(units, out_channels * per_unit, units * per_unit)


def _check_in_shape(in_shape):
    if len(in_shape) != 3 or min(in_shape) < 1:
        raise ValueError(f"in_shape must be three positive numbers (C_in, H, W), got {tuple(in_shape)}")


def _count_units(in_shape, out_channels, kernel_size, stride, padding, dilation):
    _check_in_shape(in_shape)
    kernel_size, stride, dilation = pair(kernel_size), pair(stride), pair(dilation)
    if min(out_channels, *kernel_size) < 1:
        raise ValueError(
            f"out_channels and kernel_size must be positive, got {out_channels} and {kernel_size}"
        )
    if padding == "same":
        for size, step, gap in zip(kernel_size, stride, dilation, strict=True):
            same_padding(size, step, gap)  # raises where the stride is not 1
        return out_channels * in_shape[1] * in_shape[2]
    if isinstance(padding, str) and padding != "valid":
        raise ValueError(f"padding must be integers, 'valid' or 'same', got {padding!r}")
    padding = (0, 0) if padding == "valid" else pair(padding)
    places = zip(in_shape[1:], kernel_size, stride, padding, dilation, strict=True)
    return out_channels * prod(output_size(*place) for place in places)
