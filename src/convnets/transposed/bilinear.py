"""Interpolation as a transposed convolution whose weights are given (chapter *Transposed*, eq-bilinear).

Source: J. Long, E. Shelhamer and T. Darrell, "Fully convolutional networks for semantic segmentation" (2015),
who initialise their upsampling layers so and then learn on.
"""

import numpy as np

from convnets.layers.arguments import pair

__all__ = ["bilinear_kernel"]


def bilinear_kernel(kernel_size, stride):
    """Return the kernel whose transposed convolution interpolates bilinearly.

    Along each axis the weights fall linearly from the kernel's centre to zero at a distance of ``stride``,
    whose multiples are the places of the pixels: 1 − |k − (K − 1) / 2| / stride. Output pixel o then shows
    the map at (o + padding − (K − 1) / 2) / stride, so that a ramp comes out as a ramp, except near borders,
    where a pixel to interpolate with is missing.

    Parameters
    ----------
    kernel_size, stride : int or (int, int)
        2 · stride for an even stride and 2 · stride − 1 for an odd one is enough and keeps the map centred,
        with a padding of (kernel_size − stride) // 2. Further weights are zeros.

    Returns
    -------
    ndarray of shape (K_h, K_w)
        In float64, for one channel. Each channel is enlarged on its own: use it with
        ``groups`` = C_in, ``np.broadcast_to(kernel, (C_in, 1, *kernel.shape))``.

    Raises
    ------
    TypeError
        If an argument is no integer or pair of them.
    ValueError
        If the stride is less than 1, or the kernel less than 2 · stride − 1: it would cut the slopes off.

    Examples
    --------
    >>> bilinear_kernel(4, 2)[0] * 4
    array([0.25, 0.75, 0.75, 0.25])
    """
    sides = zip(pair("kernel_size", kernel_size), pair("stride", stride), strict=True)
    return np.outer(*(_tent(size, step) for size, step in sides))


def _tent(kernel_size, stride):
    if kernel_size < 2 * stride - 1:
        raise ValueError(
            f"a stride of {stride} expects a kernel of at least 2 · {stride} − 1 taps, got {kernel_size}"
        )
    distance = np.abs(np.arange(kernel_size) - (kernel_size - 1) / 2)
    return np.maximum(0, 1 - distance / stride)
