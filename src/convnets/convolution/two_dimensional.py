"""Convolution in two dimensions by its definition, three ways (chapter *Convolution*).

(x * w)[i, j] = sum over s, t of x[s, t] w[i - s, j - t]. As in one dimension, the order in which the sum is
read gives translate-and-scale, flip-and-filter, or a matrix: Toeplitz blocks in a Toeplitz arrangement.
These are the forms to read and to trust; the fast ones are in :mod:`convnets.convolution.fast`.
"""

import numpy as np

from convnets.convolution.arguments import as_numbers, over_channels
from convnets.convolution.modes import crop, output_size, zero_pad
from convnets.convolution.one_dimensional import toeplitz_matrix

__all__ = [
    "conv2d_doubly_block_toeplitz",
    "conv2d_flip_and_filter",
    "conv2d_translate_and_scale",
    "doubly_block_toeplitz",
]


@over_channels
def conv2d_translate_and_scale(x, weight, mode="full"):
    """Convolve an image with a kernel by adding up shifted, scaled copies of the image.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them: each channel is convolved with its own kernel and the results are
        summed over C_in.
    mode : {"full", "same", "valid"}
        Keep all (H + K_h - 1) × (W + K_w - 1) outputs, the H × W in the middle (the first argument's size,
        beginning at (K - 1) // 2 as in ``scipy.signal.convolve2d``), or the (H - K_h + 1) × (W - K_w + 1)
        that see no border.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution, in ``np.result_type(x, weight)``; integers stay exact unless that dtype overflows.

    Raises
    ------
    ValueError
        If an argument is empty, the shapes or channels do not match, the mode is unknown, or ``"valid"`` is
        asked with a kernel larger than the image.
    TypeError
        If an argument holds anything but integers or real floats.

    Examples
    --------
    >>> conv2d_translate_and_scale([[1, 3, 1], [0, -1, 1], [2, 2, -1]], [[1, 2], [0, -1]])
    array([[ 1,  5,  7,  2],
           [ 0, -2, -4,  1],
           [ 2,  6,  4, -3],
           [ 0, -2, -2,  1]])
    """
    H, W = x.shape
    K_h, K_w = weight.shape
    out = np.zeros((H + K_h - 1, W + K_w - 1), np.result_type(x, weight))
    for s in range(K_h):
        for t in range(K_w):
            out[s : s + H, t : t + W] += weight[s, t] * x
    return crop(out, x.shape, weight.shape, mode)


@over_channels
def conv2d_flip_and_filter(x, weight, mode="full"):
    """Convolve an image with a kernel by sliding the kernel, flipped in both directions, over the image.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them.
    mode : {"full", "same", "valid"}
        As in :func:`conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution, in ``np.result_type(x, weight)``.

    Raises
    ------
    ValueError, TypeError
        As :func:`conv2d_translate_and_scale`.
    """
    K_h, K_w = weight.shape
    padded = zero_pad(x, weight.shape, mode)
    flipped = weight[::-1, ::-1]
    out = np.empty((padded.shape[0] - K_h + 1, padded.shape[1] - K_w + 1), np.result_type(x, weight))
    for i, j in np.ndindex(*out.shape):
        out[i, j] = np.sum(padded[i : i + K_h, j : j + K_w] * flipped)
    return out


def doubly_block_toeplitz(weight, shape, mode="full"):
    """Build the matrix D for which ``D @ x.ravel()`` is the 2-D convolution of ``x`` with ``weight``.

    Row s of the kernel moves rows of the image down by s and convolves them with weight[s]. Moving rows is
    the Toeplitz matrix of a unit impulse at s, convolving a row is the Toeplitz matrix of weight[s], and
    doing both is their Kronecker product; D is the sum over s: Toeplitz in each block, and as a whole a
    Toeplitz arrangement of blocks.

    Parameters
    ----------
    weight : array_like of shape (K_h, K_w)
        The kernel.
    shape : tuple of int
        Height and width (H, W) of the images that the matrix will multiply.
    mode : {"full", "same", "valid"}
        Which rows to keep, as in :func:`conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out * W_out, H * W)
        The dense matrix, in the dtype of ``weight``. Mostly zeros: for looking at small images only.

    Raises
    ------
    ValueError
        If ``weight`` is empty or not a matrix, ``shape`` is not two positive numbers, or ``"valid"`` is asked
        with a kernel larger than the image.
    TypeError
        If ``weight`` holds anything but integers or real floats.
    """
    weight = as_numbers("weight", weight)
    if weight.ndim != 2:
        raise ValueError(f"weight must have shape (K_h, K_w), its shape is {weight.shape}")
    if len(shape) != 2:
        raise ValueError(f"shape must be (H, W), got {shape}")
    H, W = shape
    impulses = np.eye(len(weight), dtype=weight.dtype)
    return sum(
        np.kron(toeplitz_matrix(impulse, H, mode), toeplitz_matrix(row, W, mode))
        for impulse, row in zip(impulses, weight, strict=True)
    )


@over_channels
def conv2d_doubly_block_toeplitz(x, weight, mode="full"):
    """Convolve an image with a kernel as one product with a doubly block Toeplitz matrix.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images; keep them small, the matrix has
        H_out · W_out · H · W entries.
    weight : array_like of shape (K_h, K_w) or (C_out, C_in, K_h, K_w)
        The kernel, or a bank of them.
    mode : {"full", "same", "valid"}
        As in :func:`conv2d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution, in ``np.result_type(x, weight)``.

    Raises
    ------
    ValueError, TypeError
        As :func:`conv2d_translate_and_scale`.
    """
    sizes = zip(x.shape, weight.shape, strict=True)
    out_shape = [output_size(n, k, mode) for n, k in sizes]
    return (doubly_block_toeplitz(weight, x.shape, mode) @ x.ravel()).reshape(out_shape)
