"""Convolution in one dimension, three ways (chapter *Convolution*).

The definition is (a * b)[i] = sum over t of a[t] b[i - t]. Reading the sum over t first gives
translate-and-scale; reading it for one i at a time gives flip-and-filter; collecting the b[i - t] in a matrix
gives the product with a Toeplitz matrix. Sums are taken in the dtype NumPy gives to a product of the inputs:
integers stay exact integers, and wrap around like NumPy's where the dtype is too small (uint8 by uint8).
"""

import numpy as np

from convnets.convolution.arguments import as_numbers, check_signals
from convnets.convolution.modes import check_mode, crop, zero_pad

__all__ = ["conv1d_flip_and_filter", "conv1d_toeplitz", "conv1d_translate_and_scale", "toeplitz_matrix"]


def conv1d_translate_and_scale(a, b, mode="full"):
    """Convolve two signals by adding up shifted, scaled copies of the second.

    Each value a[t] puts a copy of b, multiplied by a[t], at position t; the copies are added where they
    overlap.

    Parameters
    ----------
    a : array_like of shape (N,)
        The signal.
    b : array_like of shape (K,)
        The kernel.
    mode : {"full", "same", "valid"}
        Keep all N + K - 1 outputs, the N in the middle (the first argument's size, as in
        ``scipy.signal.convolve``; ``numpy.convolve`` takes the longer one's), or the N - K + 1 that see no
        border.

    Returns
    -------
    ndarray of shape (N + K - 1,), (N,) or (N - K + 1,)
        The convolution, in ``np.result_type(a, b)``.

    Raises
    ------
    ValueError
        If an argument is empty or not one-dimensional, or ``"valid"`` is asked with K > N.
    TypeError
        If an argument holds anything but integers or real floats.

    Examples
    --------
    >>> conv1d_translate_and_scale([2, -1, 1], [1, 1, 2])
    array([ 2,  1,  4, -1,  2])
    """
    a, b = check_signals(a, b, mode)
    (N,), (K,) = a.shape, b.shape
    out = np.zeros(N + K - 1, np.result_type(a, b))
    for t in range(N):
        out[t : t + K] += a[t] * b
    return crop(out, a.shape, b.shape, mode)


def conv1d_flip_and_filter(a, b, mode="full"):
    """Convolve two signals by sliding the flipped kernel along the zero-padded signal.

    Each output is the sum of the products of the flipped kernel with the K values under it.

    Parameters
    ----------
    a : array_like of shape (N,)
        The signal.
    b : array_like of shape (K,)
        The kernel.
    mode : {"full", "same", "valid"}
        As in :func:`conv1d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (N + K - 1,), (N,) or (N - K + 1,)
        The convolution, in ``np.result_type(a, b)``.

    Raises
    ------
    ValueError, TypeError
        As :func:`conv1d_translate_and_scale`.

    Examples
    --------
    >>> conv1d_flip_and_filter([2, -1, 1], [1, 1, 2])
    array([ 2,  1,  4, -1,  2])
    """
    a, b = check_signals(a, b, mode)
    (K,) = b.shape
    padded = zero_pad(a, b.shape, mode)
    flipped = b[::-1]
    out = np.empty(len(padded) - K + 1, np.result_type(a, b))
    for i in range(len(out)):
        out[i] = padded[i : i + K] @ flipped
    return out


def toeplitz_matrix(b, length, mode="full"):
    """Build the matrix T for which ``T @ a`` is the convolution of ``a`` with ``b``.

    T[i, t] = b[i - t], and zero where b has no such index: constant along each diagonal. Every column is
    the kernel, moved down by one (translate-and-scale); every row is the flipped kernel (flip-and-filter).

    Parameters
    ----------
    b : array_like of shape (K,)
        The kernel.
    length : int
        Length N of the signals that the matrix will multiply.
    mode : {"full", "same", "valid"}
        Which rows to keep, as in :func:`conv1d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (N + K - 1, N), (N, N) or (N - K + 1, N)
        The matrix, in the dtype of ``b``.

    Raises
    ------
    ValueError
        If ``b`` is empty or not one-dimensional, ``length`` is less than 1, or ``"valid"`` is asked with
        K > N.
    TypeError
        If ``b`` holds anything but integers or real floats, or ``length`` is not an integer.
    """
    b = as_numbers("b", b)
    if b.ndim != 1:
        raise ValueError(f"b must be one-dimensional, its shape is {b.shape}")
    if not isinstance(length, int | np.integer):
        raise TypeError(f"length must be an integer, got {length!r}")
    if length < 1:
        raise ValueError(f"length must be at least 1, got {length}")
    check_mode(mode, (length,), b.shape)
    (K,) = b.shape
    matrix = np.zeros((length + K - 1, length), b.dtype)
    for t in range(length):
        matrix[t : t + K, t] = b
    return crop(matrix.T, (length,), b.shape, mode).T


def conv1d_toeplitz(a, b, mode="full"):
    """Convolve two signals as the product of a Toeplitz matrix with the first.

    Parameters
    ----------
    a : array_like of shape (N,)
        The signal.
    b : array_like of shape (K,)
        The kernel, from which :func:`toeplitz_matrix` is made.
    mode : {"full", "same", "valid"}
        As in :func:`conv1d_translate_and_scale`.

    Returns
    -------
    ndarray of shape (N + K - 1,), (N,) or (N - K + 1,)
        The convolution, in ``np.result_type(a, b)``.

    Raises
    ------
    ValueError, TypeError
        As :func:`conv1d_translate_and_scale`.

    Examples
    --------
    >>> conv1d_toeplitz([2, -1, 1], [1, 1, 2])
    array([ 2,  1,  4, -1,  2])
    """
    a, b = check_signals(a, b, mode)
    return toeplitz_matrix(b, len(a), mode) @ a
