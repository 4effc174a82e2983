"""All windows of an image at once, without copying a pixel (chapter *Layers*)."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convnets.layers.arguments import out_sizes, pair

__all__ = ["windows"]


def windows(x, kernel_size, stride=1, dilation=1):
    """View images as their windows.

    Parameters
    ----------
    x : ndarray of shape (..., H, W)
        One image or many; pad them first if windows should reach over the border.
    kernel_size, stride, dilation : int or tuple of int
        Height and width (K_h, K_w) of a window, steps between windows, and steps inside one.

    Returns
    -------
    ndarray of shape (..., H_out, W_out, K_h, K_w)
        A read-only view: ``[..., i, j, s, t]`` is pixel
        ``[..., i * stride_h + s * dilation_h, j * stride_w + t * dilation_w]``. A pixel stands in many
        windows and is in memory once.

    Raises
    ------
    TypeError
        If a setting is not made of integers.
    ValueError
        If there are fewer than two axes, a setting is less than 1, or no window fits.

    Examples
    --------
    >>> windows(np.array([[1, 2, 3], [4, 5, 6]]), 2)[0, 1]
    array([[2, 3],
           [5, 6]])
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"x must have at least two axes (..., H, W), its shape is {x.shape}")
    kernel_size, stride = pair("kernel_size", kernel_size), pair("stride", stride)
    dilation = pair("dilation", dilation)
    sizes = out_sizes(x.shape[-2:], kernel_size, stride, (0, 0), dilation)
    *outer, down, right = x.strides
    steps = (*outer, down * stride[0], right * stride[1], down * dilation[0], right * dilation[1])
    return as_strided(x, (*x.shape[:-2], *sizes, *kernel_size), steps, writeable=False)
