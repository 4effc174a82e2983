"""What the forms of convolution accept, checked in one place, and how one image becomes a batch.

A form that is written for one image and one kernel is lifted to batches by :func:`over_channels`; a form
that is written for batches takes a single image through :func:`with_batch_axes`. Either way the reader of a
form sees the idea alone, and every form accepts the same arguments and complains in the same words.
"""

from functools import wraps

import numpy as np

from convnets.convolution.modes import check_mode

__all__ = ["as_numbers", "check_signals", "floating_dtype", "over_channels", "with_batch_axes"]


def as_numbers(name, values):
    """Return ``values`` as an array of integers or real floats; it is never copied without need.

    Raises
    ------
    TypeError
        If the values are of another kind (booleans, complex numbers, strings, objects).
    ValueError
        If there is no value at all, or the rows have different lengths.
    """
    array = np.asarray(values)
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold integers or real floats, its dtype is {array.dtype}")
    return array


def check_signals(a, b, mode, names=("a", "b")):
    """Return two signals as 1-D arrays after checking them and the mode."""
    a, b = as_numbers(names[0], a), as_numbers(names[1], b)
    for name, array in zip(names, (a, b), strict=True):
        if array.ndim != 1:
            raise ValueError(f"{name} must be one-dimensional, its shape is {array.shape}")
    check_mode(mode, a.shape, b.shape)
    return a, b


def floating_dtype(x, weight):
    """Return the dtype in which forms that divide compute: the inputs' own if it is a float, else float64."""
    dtype = np.result_type(x, weight)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _check_images(x, weight, mode):
    x, weight = as_numbers("x", x), as_numbers("weight", weight)
    if x.ndim != weight.ndim or x.ndim not in (2, 4):
        raise ValueError(
            "expected x (H, W) with weight (K_h, K_w), or x (N, C_in, H, W) with weight "
            f"(C_out, C_in, K_h, K_w); got x {x.shape} with weight {weight.shape}"
        )
    if x.ndim == 4 and x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"weight expects C_in = {weight.shape[1]}, x has {x.shape[1]} channels: "
            f"x {x.shape}, weight {weight.shape}"
        )
    check_mode(mode, x.shape[-2:], weight.shape[-2:])
    return x, weight


def over_channels(form):
    """Lift a form for matrices to batches: convolve channel by channel and sum over C_in."""

    @wraps(form)
    def lifted(x, weight, mode="full"):
        x, weight = _check_images(x, weight, mode)
        if x.ndim == 2:
            return form(x, weight, mode)
        return np.stack(
            [
                np.stack([sum(map(form, image, kernels, [mode] * len(image))) for kernels in weight])
                for image in x
            ]
        )

    return lifted


def with_batch_axes(form):
    """Let a form for batches take a single image and kernel: two axes of length one are added and removed."""

    @wraps(form)
    def lifted(x, weight, mode="full", *options, **named):
        x, weight = _check_images(x, weight, mode)
        if x.ndim == 4:
            return form(x, weight, mode, *options, **named)
        return form(x[None, None], weight[None, None], mode, *options, **named)[0, 0]

    return lifted
