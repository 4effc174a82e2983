"""Two ways to enlarge without uneven overlap, both transposed convolutions at heart (chapter *Transposed*).

Sources: A. Odena, V. Dumoulin and C. Olah, "Deconvolution and checkerboard artifacts" (2016), for resizing
before convolving; W. Shi et al., "Real-time single image and video super-resolution using an efficient
sub-pixel convolutional neural network" (2016), for the pixel shuffle; A. Aitken et al., "Checkerboard
artifact free sub-pixel convolution" (2017), for when it starts without checkerboards.

Left out: resizing by other interpolations than the nearest pixel.
"""

import numpy as np

from convnets.layers import conv2d
from convnets.layers.arguments import pair

__all__ = ["pixel_shuffle", "pixel_shuffle_weight", "pixel_unshuffle", "resize_conv2d"]


def resize_conv2d(x, weight, bias=None, scale_factor=2, padding=0, groups=1):
    """Enlarge maps by repeating each pixel, then convolve at stride 1.

    Parameters
    ----------
    x : array_like of shape (N, C_in, H, W)
    weight : array_like of shape (C_out, C_in / groups, K_h, K_w)
        The weight of an ordinary convolution.
    bias : array_like of shape (C_out,), optional
    scale_factor : int or (int, int)
        How often each row and column is repeated.
    padding, groups : int or (int, int), int
        Of the convolution.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        H_out = scale · H + 2 · padding − K_h + 1. Every phase of the output uses the same weights, summed
        differently: a constant comes out constant.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.conv2d`, and for a scale below 1.
    """
    x, (r_h, r_w) = _maps(x), _factor("scale_factor", scale_factor)
    return conv2d(x.repeat(r_h, axis=2).repeat(r_w, axis=3), weight, bias, padding=padding, groups=groups)


def pixel_shuffle(x, upscale_factor):
    """Make r × r pixels of one channel out of one pixel of r² channels, as PyTorch does.

    Parameters
    ----------
    x : array_like of shape (N, C · r², H, W)
    upscale_factor : int
        r.

    Returns
    -------
    ndarray of shape (N, C, r · H, r · W)
        Channel c · r² + a · r + b becomes row a, column b of each r × r tile of channel c.

    Raises
    ------
    TypeError
        If the factor is no integer.
    ValueError
        If ``x`` has not four axes, the factor is less than 1, or its square does not divide the channels.
    """
    x, (r, _) = _maps(x), _factor("upscale_factor", upscale_factor, square=True)
    N, channels, H, W = x.shape
    if channels % r**2:
        raise ValueError(f"x expects a multiple of {r}² channels, has {channels}: its shape is {x.shape}")
    tiles = x.reshape(N, channels // r**2, r, r, H, W)
    return tiles.transpose(0, 1, 4, 2, 5, 3).reshape(N, channels // r**2, H * r, W * r)


def pixel_unshuffle(x, downscale_factor):
    """Undo :func:`pixel_shuffle`, as PyTorch does.

    Parameters
    ----------
    x : array_like of shape (N, C, r · H, r · W)
    downscale_factor : int
        r.

    Returns
    -------
    ndarray of shape (N, C · r², H, W)

    Raises
    ------
    TypeError
        If the factor is no integer.
    ValueError
        If ``x`` has not four axes, or the factor is less than 1 or does not divide height and width.
    """
    x, (r, _) = _maps(x), _factor("downscale_factor", downscale_factor, square=True)
    N, C, H, W = x.shape
    if H % r or W % r:
        raise ValueError(f"x expects a height and width that {r} divides, its shape is {x.shape}")
    tiles = x.reshape(N, C, H // r, r, W // r, r)
    return tiles.transpose(0, 1, 3, 5, 2, 4).reshape(N, C * r**2, H // r, W // r)


def pixel_shuffle_weight(weight, upscale_factor):
    """Rearrange the weight of a convolution before a pixel shuffle into that of one transposed convolution.

    ``pixel_shuffle(conv2d(x, weight, padding=P), r)`` equals ``conv_transpose2d(x,
    pixel_shuffle_weight(weight, r), stride=r, padding=r * (K - 1 - P))`` for square kernels of side K > P.

    Parameters
    ----------
    weight : array_like of shape (C_out · r², C_in, K_h, K_w)
        Of the convolution before the shuffle.
    upscale_factor : int
        r.

    Returns
    -------
    ndarray of shape (C_in, C_out, r · K_h, r · K_w)
        The same numbers in another order: the kernels, rotated by 180°, interleaved.

    Raises
    ------
    TypeError
        If the factor is no integer.
    ValueError
        If ``weight`` has not four axes or r² does not divide C_out · r².
    """
    turned = _maps(weight, "weight")[..., ::-1, ::-1]
    return pixel_shuffle(turned.swapaxes(0, 1), upscale_factor)


def _maps(x, name="x"):
    x = np.asarray(x)
    if x.ndim != 4:
        raise ValueError(f"{name} expects four axes, its shape is {x.shape}")
    return x


def _factor(name, value, square=False):
    if square and np.ndim(value):
        raise TypeError(f"{name} expects an integer, got {value!r}")
    return pair(name, value)
