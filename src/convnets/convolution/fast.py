"""The forms of 2-D convolution that are used in earnest (chapter *Convolution*).

All windows of an image at once and one sum of products; the same sum as one matrix product, which is what
libraries are best at; and the Fourier transform, which turns convolution into multiplication and no longer
cares how large the kernel is. The fourth, Winograd's, is in :mod:`convnets.convolution.winograd`.

Sources: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for
document processing" (2006), for the matrix product; M. Mathieu, M. Henaff and Y. LeCun, "Fast training of
convolutional networks through FFTs" (2014), for the transform in networks.
"""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from convnets.convolution.arguments import as_numbers, floating_dtype, with_batch_axes
from convnets.convolution.modes import crop, zero_pad

__all__ = ["conv2d_fft", "conv2d_im2col", "conv2d_windows", "im2col"]


@with_batch_axes
def conv2d_windows(x, weight, mode="full"):
    """Convolve images by one sum of products over all windows at once.

    The windows are a view of the padded images: no pixel is copied, whatever the kernel's size.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them; results are summed over C_in.
    mode : {"full", "same", "valid"}
        As in :func:`convnets.convolution.conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution, in ``np.result_type(x, weight)``.

    Raises
    ------
    ValueError, TypeError
        As :func:`convnets.convolution.conv2d_translate_and_scale`.
    """
    K_h, K_w = weight.shape[2:]
    padded = zero_pad(x, (K_h, K_w), mode)
    windows = sliding_window_view(padded, (K_h, K_w), axis=(2, 3))  # (N, C_in, H_out, W_out, K_h, K_w)
    return np.einsum("nchwij,ocij->nohw", windows, weight[:, :, ::-1, ::-1])


def im2col(x, kernel_size):
    """Lay the windows of one image out as the columns of a matrix.

    Parameters
    ----------
    x : array_like of shape (C_in, H, W)
        One image; pad it first if windows should reach over the border.
    kernel_size : tuple of int
        Height and width (K_h, K_w) of a window.

    Returns
    -------
    ndarray of shape (C_in * K_h * K_w, H_out * W_out)
        A copy: each pixel stands in up to K_h · K_w columns. Equals ``torch.nn.functional.unfold``.

    Raises
    ------
    ValueError
        If ``x`` is empty or not of three axes, or a window does not fit inside it.
    TypeError
        If ``x`` holds anything but integers or real floats.
    """
    x = as_numbers("x", x)
    K_h, K_w = kernel_size
    if x.ndim != 3:
        raise ValueError(f"x must have shape (C_in, H, W), its shape is {x.shape}")
    if not (1 <= K_h <= x.shape[1] and 1 <= K_w <= x.shape[2]):
        raise ValueError(f"a window of {K_h} × {K_w} does not fit into x of shape {x.shape}")
    windows = sliding_window_view(x, (K_h, K_w), axis=(1, 2))  # (C_in, H_out, W_out, K_h, K_w)
    return windows.transpose(0, 3, 4, 1, 2).reshape(len(x) * K_h * K_w, -1)


@with_batch_axes
def conv2d_im2col(x, weight, mode="full"):
    """Convolve images as one matrix product each: flipped kernels as rows, windows as columns.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them; results are summed over C_in.
    mode : {"full", "same", "valid"}
        As in :func:`convnets.convolution.conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution, in ``np.result_type(x, weight)``. The columns of one image at a time are in memory,
        K_h · K_w times the image's size.

    Raises
    ------
    ValueError, TypeError
        As :func:`convnets.convolution.conv2d_translate_and_scale`.
    """
    C_out, _, K_h, K_w = weight.shape
    padded = zero_pad(x, (K_h, K_w), mode)
    N, _, H, W = padded.shape
    rows = weight[:, :, ::-1, ::-1].reshape(C_out, -1)  # (C_out, C_in K_h K_w)
    out = np.empty((N, C_out, H - K_h + 1, W - K_w + 1), np.result_type(x, weight))
    for n in range(N):
        out[n] = (rows @ im2col(padded[n], (K_h, K_w))).reshape(out.shape[1:])
    return out


@with_batch_axes
def conv2d_fft(x, weight, mode="full"):
    """Convolve images by multiplying Fourier transforms.

    Both are padded with zeros to the size of the full convolution, so that what the transform wraps around
    the border is zero. The cost hardly depends on the kernel's size.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them; results are summed over C_in, by a matrix product
        at each frequency.
    mode : {"full", "same", "valid"}
        As in :func:`convnets.convolution.conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution in floating point (float64 for integers): zeros come out as rounding errors, of the
        size of the dtype's precision times the largest output.

    Raises
    ------
    ValueError, TypeError
        As :func:`convnets.convolution.conv2d_translate_and_scale`.
    """
    sizes, kernel_sizes = x.shape[2:], weight.shape[2:]
    dtype = floating_dtype(x, weight)
    full = [n + k - 1 for n, k in zip(sizes, kernel_sizes, strict=True)]
    fast = [scipy.fft.next_fast_len(n, real=True) for n in full]
    x_hat = scipy.fft.rfft2(x.astype(dtype), fast)  # (N, C_in, U, V)
    weight_hat = scipy.fft.rfft2(weight.astype(dtype), fast)  # (C_out, C_in, U, V)
    product = weight_hat.transpose(2, 3, 0, 1) @ x_hat.transpose(2, 3, 1, 0)  # (U, V, C_out, N)
    out = scipy.fft.irfft2(product.transpose(3, 2, 0, 1), fast)[..., : full[0], : full[1]]
    return crop(out, sizes, kernel_sizes, mode).astype(dtype)
