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
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convnets.convolution.arguments import floating_dtype, with_batch_axes
from convnets.convolution.modes import pad_amounts

__all__ = ["conv2d_winograd", "correlate_tiles", "winograd_matrices"]

POINTS = (0, 1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), 3, -3)
"""Where to evaluate, in order of use: small numbers make small entries and small rounding errors."""
TILES_AT_ONCE = 64
"""Large enough for efficient matrix products, small enough for their factors to stay in a fast cache."""
MOST_TRANSFORMED = 2**20
"""How many entries the transforms of filters may have in memory at once."""


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
    padding = [pad_amounts(size, mode) for size in (3, 3)]
    return correlate_tiles(x, weight[:, :, ::-1, ::-1], tile, padding)


def correlate_tiles(x, weight, tile, padding=((0, 0), (0, 0)), bias=None):
    """Cross-correlate images with 3×3 filters, tile by tile; what :func:`conv2d_winograd` does in earnest.

    Everything is a matrix product, as these are what libraries do best. The transforms of a block of tiles
    stay in a fast cache until they have become outputs, and results take the place of what they came from.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images.
    weight : ndarray of shape (C_out, C_in, 3, 3)
        The filters, not to be flipped.
    tile : {2, 4}
        Side of an output tile.
    padding : ((int, int), (int, int))
        How many zeros to add above and below, to the left and to the right.
    bias : ndarray of shape (C_out,), optional
        What to add to each channel of the output.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        In floating point (float64 for integers). Nothing is checked.
    """
    (top, bottom), (left, right) = padding
    N, C_in, H, W = x.shape
    H_out, W_out = H + top + bottom - 2, W + left + right - 2
    rows, columns, n = -(-H_out // tile), -(-W_out // tile), tile + 2
    dtype = floating_dtype(x, weight)
    B_T, G, A_T = _rounded_matrices(tile, dtype)
    out = np.empty((N, len(weight), rows * tile, columns * tile), dtype)
    memory, parts = _Memory(dtype), _parts(len(weight), n * n * C_in)
    if len(parts) == 1:
        kernels_hat = _transformed(G, weight, memory)
    depth, height = _block(N, rows, columns, TILES_AT_ONCE * len(parts))
    frames = np.zeros((depth, C_in, rows * tile + 2, columns * tile + 2), dtype)
    tiles = sliding_window_view(frames, (n, n), axis=(2, 3))[:, :, ::tile, ::tile]
    tiles = tiles.transpose(4, 5, 1, 0, 2, 3)  # (n, n, C_in, depth, rows, columns)
    for image, row in product(range(0, N, depth), range(0, rows, height)):
        images, lines = slice(image, min(image + depth, N)), slice(row, row + height)
        if row == 0:
            frames[: images.stop - image, :, top : top + H, left : left + W] = x[images]
        block = memory.copy("tiles", tiles[:, :, :, : images.stop - image, lines])
        tiles_hat = memory.transform(B_T, block.reshape(n, n, -1), "products", "tiles")
        for part in parts:
            if len(parts) > 1:
                kernels_hat = _transformed(G, weight[part], memory)
            products = memory.product(kernels_hat, tiles_hat.reshape(n * n, C_in, -1), "products")
            if bias is not None:  # a constant is known by its value at 1, the second of the points
                products[n + 1] += bias[part, None]
            found = memory.transform(A_T, products.reshape(n, n, -1), "half done", "found")
            found = found.reshape(tile, tile, -1, *block.shape[3:])
            _lay_out(found, out[images, part, row * tile : (row + height) * tile])
    return np.ascontiguousarray(out[:, :, :H_out, :W_out])


class _Memory:
    """Memory that the blocks use one after the other: fresh memory costs as much time as filling it."""

    def __init__(self, dtype):
        self.dtype, self.arrays = dtype, {}

    def _empty(self, name, shape):
        if name not in self.arrays or self.arrays[name].size < prod(shape):
            self.arrays[name] = np.empty(prod(shape), self.dtype)
        return self.arrays[name][: prod(shape)].reshape(shape)

    def copy(self, name, values):
        out = self._empty(name, values.shape)
        out[...] = values
        return out

    def product(self, left, right, name):
        shape = (*right.shape[:-2], left.shape[-2], right.shape[-1])
        return np.matmul(left, right, out=self._empty(name, shape))

    def transform(self, matrix, blocks, half, whole):
        """Apply ``matrix`` to the first two axes of ``blocks``: M D Mᵀ for every block D at once."""
        half_done = self.product(matrix, blocks, half)
        flat = half_done.reshape(len(blocks), -1)
        return self.product(matrix, flat, whole).reshape(len(matrix), len(matrix), -1)


def _transformed(G, weight, memory):
    """Return the transforms of filters: for each entry, a matrix of shape (C_out, C_in)."""
    flat = weight.reshape(-1, 9).astype(G.dtype, copy=False)
    return memory.product(np.kron(G, G), flat.T, "kernels").reshape(-1, *weight.shape[:2])


def _lay_out(found, out):
    """Put tiles of shape (tile, tile, C_out, N, rows, columns) in their places, a column of all at a time."""
    tile, columns = len(found), found.shape[-1]
    out = out.reshape(*out.shape[:2], -1, tile, columns, tile)
    for j in range(tile):
        out[..., j] = found[:, j].transpose(2, 1, 3, 0, 4)


def _parts(C_out, entries):
    """Cut the filters, of so many transformed entries each, into parts that stay in a fast cache."""
    size = max(1, MOST_TRANSFORMED // entries)
    size = -(-C_out // -(-C_out // size))  # as many parts, but of equal size
    return [slice(first, first + size) for first in range(0, C_out, size)]


def _block(N, rows, columns, size):
    """Return the images and rows of a block of about ``size`` tiles: some rows of one, or all of several."""
    height = min(rows, max(1, size // columns))
    height = -(-rows // -(-rows // height))
    return max(1, min(N, size // (rows * columns))), height


@cache
def _rounded_matrices(tile, dtype):
    return tuple(matrix.astype(dtype) for matrix in winograd_matrices(tile))
