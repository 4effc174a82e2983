"""What layers accept, checked in one place and complained about in the same words."""

from numbers import Integral

import numpy as np

from convnets.sizing import output_size

__all__ = [
    "IMAGES",
    "as_array",
    "check_bias",
    "check_convolution",
    "check_groups",
    "divisible",
    "out_sizes",
    "pair",
]

IMAGES = ("N", "C_in", "H", "W")


def as_array(name, values, axes):
    """Return ``values`` as an array of numbers with the axes named; it is never copied without need.

    Raises
    ------
    TypeError
        If the values are neither integers nor real floats.
    ValueError
        If there are more or fewer axes.
    """
    array = np.asarray(values)
    if array.ndim != len(axes):
        raise ValueError(f"{name} must have shape ({', '.join(axes)}), its shape is {array.shape}")
    return _numbers(name, array)


def _numbers(name, array):
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold integers or real floats, its dtype is {array.dtype}")
    return array


def pair(name, value, least=1):
    """Return one whole number, or two of them, as two: for the height and for the width.

    Raises
    ------
    TypeError
        If there is anything but whole numbers.
    ValueError
        If there are not one or two, or one is less than ``least``.
    """
    numbers = tuple(value) if isinstance(value, tuple | list | np.ndarray) else (value, value)
    if len(numbers) != 2:
        raise ValueError(f"{name} must be one number or a pair (height, width), got {value!r}")
    if not all(isinstance(number, Integral) and not isinstance(number, bool) for number in numbers):
        raise TypeError(f"{name} must hold integers, got {value!r}")
    if min(numbers) < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return int(numbers[0]), int(numbers[1])


def out_sizes(sizes, kernel_size, stride=(1, 1), padding=(0, 0), dilation=(1, 1), rounding="floor"):
    """Return the height and the width of what comes out of a layer of windows: H_out and W_out."""
    settings = zip(sizes, kernel_size, stride, padding, dilation, strict=True)
    return tuple(output_size(*axis, rounding) for axis in settings)


def check_convolution(x, weight, bias, groups, images=IMAGES):
    """Return the arrays of a convolution layer after checking that their channels match."""
    x = as_array("x", x, images)
    window = ("K_h", "K_w") if images == IMAGES else ("K",)
    weight = as_array("weight", weight, ("C_out", "C_in / groups", *window))
    check_groups(groups, C_out=len(weight))
    if x.shape[1] != groups * weight.shape[1]:
        of_groups = f" in {groups} groups of {weight.shape[1]}" if groups > 1 else ""
        raise ValueError(
            f"weight expects C_in = {groups * weight.shape[1]}{of_groups}, x has {x.shape[1]} channels: "
            f"x {x.shape}, weight {weight.shape}"
        )
    return x, weight, check_bias(bias, weight.shape[:1])


def check_groups(groups, **channels):
    """Raise TypeError where ``groups`` is no integer, ValueError where it does not divide all channels."""
    if isinstance(groups, bool) or not isinstance(groups, Integral):
        raise TypeError(f"groups must be an integer, got {groups!r}")
    for name, number in channels.items():
        if groups < 1 or number % groups:
            raise ValueError(f"groups must divide {name} = {number}, got {groups}")


def check_bias(bias, shape):
    """Return the bias as an array of ``shape``, or None if there is none."""
    if bias is None:
        return None
    bias = np.asarray(bias)
    if bias.shape != shape:
        raise ValueError(f"bias must have shape {shape}, it has {bias.shape}")
    return _numbers("bias", bias)


def divisible(x):
    """Return the dtype in which ``x`` can be averaged: its own if it is a float, else float64."""
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
