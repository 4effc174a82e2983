"""Winograd's fast convolution with 3×3 kernels, its matrices derived, not given (chapter *Convolution*).

A product of polynomials is a convolution of their coefficients, and a polynomial of degree n - 1 is known
from n of its values. So evaluate both factors at n points, multiply value by value (n multiplications), and
interpolate: the Cook–Toom construction. Read backwards (transposed), the same three matrices compute m
outputs of a filter with r taps from n = m + r - 1 inputs with n multiplications instead of m · r; in two
dimensions with n² instead of m² r². For m = 2 and r = 3 that is 16 instead of 36, for m = 4 it is 36
instead of 144.

Sources: S. Winograd, *Arithmetic Complexity of Computations* (1980); A. Lavin and S. Gray, "Fast algorithms
for convolutional neural networks" (2016), for the use in networks; R. Blahut, *Fast Algorithms for Signal
Processing* (2010), for the construction.
"""

from fractions import Fraction
from functools import cache, reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convnets.convolution.arguments import floating_dtype, with_batch_axes
from convnets.convolution.modes import zero_pad

__all__ = ["conv2d_winograd", "winograd_matrices"]

POINTS = (0, 1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), 3, -3)
"""Where to evaluate, in order of use: small numbers make small entries and small rounding errors."""


def winograd_matrices(tile, kernel_size=3):
    """Derive the transforms of F(tile, kernel_size) by Cook and Toom's construction.

    The points are the first n - 1 of 0, 1, -1, 2, -2, ... and infinity, n = tile + kernel_size - 1.
    Evaluation of a polynomial with coefficients g at a is the product with (1, a, a², ...), at infinity its
    leading coefficient. Interpolation is Lagrange's: the polynomial that vanishes at all other points,
    divided by its value at this one; G takes the division, so that B_T stays free of fractions.

    Parameters
    ----------
    tile : int
        Number of outputs m computed together.
    kernel_size : int
        Number of taps r of the filter.

    Returns
    -------
    B_T : ndarray of shape (n, n)
        Transform of the input: row i holds the coefficients of the polynomial that vanishes at the other
        points.
    G : ndarray of shape (n, r)
        Transform of the kernel.
    A_T : ndarray of shape (m, n)
        Transform of the products back to outputs.

    All three hold exact ``fractions.Fraction`` objects (dtype object): for every kernel g and input d,
    ``A_T @ ((G @ g) * (B_T @ d))`` is the *cross-correlation* of d with g, exactly.

    Raises
    ------
    ValueError
        If a size is less than 1, or more than 9 finite points would be needed.
    """
    if tile < 1 or kernel_size < 1 or tile + kernel_size - 2 > len(POINTS):
        raise ValueError(
            f"tile and kernel_size must be at least 1 and their sum at most {len(POINTS) + 2}, "
            f"got {tile} and {kernel_size}"
        )
    n = tile + kernel_size - 1
    points = [Fraction(p) for p in POINTS[: n - 1]]
    B_T, G, A_T = (
        np.full((n, n), Fraction()),
        np.full((n, kernel_size), Fraction()),
        np.full((tile, n), Fraction()),
    )
    for i, point in enumerate(points):
        others = points[:i] + points[i + 1 :]
        scale = reduce(lambda product, other: product * (point - other), others, Fraction(1))
        B_T[i, : n - 1] = _vanishing_at(others)
        G[i] = [point**k / scale for k in range(kernel_size)]
        A_T[:, i] = [point**k for k in range(tile)]
    B_T[-1] = _vanishing_at(points)
    G[-1, -1] = A_T[-1, -1] = Fraction(1)
    return B_T, G, A_T


def _vanishing_at(roots):
    """Return the coefficients of the product of (z - root), constant term first."""
    coefficients = np.array([Fraction(1)])
    for root in roots:
        coefficients = np.convolve(coefficients, np.array([-root, Fraction(1)]))
    return coefficients


@with_batch_axes
def conv2d_winograd(x, weight, mode="full", tile=2):
    """Convolve images with 3×3 kernels by Winograd's F(tile × tile, 3 × 3).

    The output is cut into tiles; each needs (tile + 2)² inputs, and its transform has as many entries. There,
    convolving is multiplying, and the sum over C_in becomes one small matrix product per entry.

    Parameters
    ----------
    x : array_like of shape (H, W) or (N, C_in, H, W)
        One image of one channel, or a batch of images.
    weight : array_like of shape (3, 3) or (C_out, C_in, 3, 3)
        The kernel, or a bank of them; results are summed over C_in.
    mode : {"full", "same", "valid"}
        As in :func:`convnets.convolution.conv2d_translate_and_scale`.
    tile : {2, 4}
        Side of an output tile. 4 multiplies less and rounds more.

    Returns
    -------
    ndarray of shape (H_out, W_out) or (N, C_out, H_out, W_out)
        The convolution in floating point (float64 for integers).

    Raises
    ------
    ValueError
        If the kernel is not 3×3 or ``tile`` is neither 2 nor 4; otherwise as
        :func:`convnets.convolution.conv2d_translate_and_scale`.
    TypeError
        As :func:`convnets.convolution.conv2d_translate_and_scale`.
    """
    if weight.shape[2:] != (3, 3):
        raise ValueError(f"conv2d_winograd takes 3×3 kernels only, weight has shape {weight.shape}")
    if tile not in (2, 4):
        raise ValueError(f"tile must be 2 or 4, got {tile!r}")
    dtype = floating_dtype(x, weight)
    B_T, G, A_T = _rounded_matrices(tile, dtype)
    padded = zero_pad(x.astype(dtype), (3, 3), mode)
    H_out, W_out = padded.shape[2] - 2, padded.shape[3] - 2
    padded = np.pad(padded, [(0, 0), (0, 0), (0, -H_out % tile), (0, -W_out % tile)])

    n = tile + 2
    tiles = sliding_window_view(padded, (n, n), axis=(2, 3))[:, :, ::tile, ::tile]
    N, C_in, rows, columns = tiles.shape[:4]
    tiles = tiles.transpose(4, 5, 1, 0, 2, 3).reshape(
        n, n, -1
    )  # each tile a column: (n, n, C_in N rows columns)
    flipped = weight[:, :, ::-1, ::-1].astype(dtype).transpose(2, 3, 0, 1).reshape(3, 3, -1)
    kernels_hat = _transform(G, flipped).reshape(n, n, -1, C_in)
    tiles_hat = _transform(B_T, tiles).reshape(n, n, C_in, -1)
    out = _transform(A_T, kernels_hat @ tiles_hat)  # (tile, tile, C_out, N rows columns)
    out = out.reshape(tile, tile, -1, N, rows, columns).transpose(3, 2, 4, 0, 5, 1)
    return out.reshape(N, -1, rows * tile, columns * tile)[:, :, :H_out, :W_out]


@cache
def _rounded_matrices(tile, dtype):
    return tuple(matrix.astype(dtype) for matrix in winograd_matrices(tile))


def _transform(matrix, blocks):
    """Apply ``matrix`` to the first two axes of ``blocks``: M D Mᵀ for every block D at once."""
    shape = (len(matrix), len(matrix), *blocks.shape[2:])
    rows_done = matrix @ blocks.reshape(len(blocks), -1)
    return (matrix @ rows_done.reshape(len(matrix), blocks.shape[1], -1)).reshape(shape)
