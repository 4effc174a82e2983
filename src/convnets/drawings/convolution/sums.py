"""The sum itself: copies that are added, windows that slide, and the matrices of both."""

import numpy as np

from convnets import plots
from convnets.convolution import (
    conv1d_translate_and_scale,
    conv2d_translate_and_scale,
    doubly_block_toeplitz,
    toeplitz_matrix,
)
from convnets.drawings.numbers import HUES, minus, row_of_numbers

__all__ = [
    "copies_of_a_kernel",
    "copies_of_an_image",
    "doubly_block_picture",
    "flipped_windows",
    "toeplitz_picture",
    "wrapped_sums",
]


def copies_of_a_kernel(a, b):
    """Draw translate-and-scale: a scaled copy of `b` for each value of `a`, and the sum of their columns.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)

    Returns
    -------
    Drawing
    """
    a, b = np.asarray(a), np.asarray(b)
    total = conv1d_translate_and_scale(a, b)
    with plots.figure(4.8, 0.52 * (a.size + 1) + 0.2) as (fig, ax):
        for shift, weight in enumerate(a):
            row_of_numbers(ax, shift, shift, weight * b, HUES[shift % len(HUES)])
            ax.text(-0.25, shift + 0.5, f"{minus(weight)} × {_sequence(b)}", ha="right", va="center")
        row_of_numbers(ax, 0, a.size + 0.25, total, "muted")
        ax.text(-0.25, a.size + 0.75, "sum of the columns", ha="right", va="center")
        ax.set(xlim=(-4.2, total.size + 0.1), ylim=(a.size + 1.35, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def _sequence(values):
    return "(" + ", ".join(minus(value) for value in values) + ")"


def flipped_windows(a, b):
    """Draw flip-and-filter: the flipped `b` below `a`, one row for each place where they meet.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)

    Returns
    -------
    Drawing
    """
    a, b = np.asarray(a), np.asarray(b)
    total = conv1d_translate_and_scale(a, b)
    with plots.figure(4.8, 0.5 * (total.size + 1) + 0.3) as (fig, ax):
        row_of_numbers(ax, 0, 0, a, "blue")
        ax.text(-b.size - 0.2, 0.5, "a", ha="right", va="center", style="italic")
        for t, value in enumerate(total):
            top = t + 1.3
            row_of_numbers(ax, t - b.size + 1, top, b[::-1], "orange")
            ax.text(-b.size - 0.2, top + 0.5, f"t = {t}", ha="right", va="center")
            ax.text(total.size + 0.4, top + 0.5, f"→ {minus(value)}", ha="left", va="center")
        ax.vlines([0, a.size], 0, total.size + 1.3, color=plots.COLOURS["blue"], linewidth=1.5, linestyle=":")
        ax.set(xlim=(-b.size - 1.6, total.size + 1.9), ylim=(total.size + 1.4, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def toeplitz_picture(b, length):
    """Draw the Toeplitz matrix of `b`, one colour for each diagonal.

    Parameters
    ----------
    b : array_like of shape (k,)
    length : int
        Number of values of the signal that the matrix is applied to.

    Returns
    -------
    Drawing
    """
    b = np.asarray(b)
    matrix = toeplitz_matrix(b, length)
    with plots.figure(2.6, 2.9) as (fig, ax):
        for (row, column), value in np.ndenumerate(matrix):
            tap = row - column
            inside = 0 <= tap < b.size
            row_of_numbers(ax, column, row, [value], HUES[tap % len(HUES)] if inside else "bg")
        ax.set(xlim=(-0.1, matrix.shape[1] + 0.1), ylim=(matrix.shape[0] + 0.1, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def copies_of_an_image(x, weight):
    """Draw translate-and-scale in the plane: one shifted, scaled copy of `x` for each weight that is not 0.

    Parameters
    ----------
    x : array_like of shape (H, W)
    weight : array_like of shape (K_h, K_w)

    Returns
    -------
    Drawing
    """
    x, weight = np.asarray(x, dtype=float), np.asarray(weight, dtype=float)
    total = conv2d_translate_and_scale(x, weight)
    places = [place for place in np.ndindex(weight.shape) if weight[place]]
    with plots.figure(5.0, 5.0, nrows=2, ncols=-(-(len(places) + 1) // 2)) as (fig, axes):
        for ax, (down, right) in zip(axes.flat, places, strict=False):
            copy = np.full(total.shape, np.nan)
            copy[down : down + x.shape[0], right : right + x.shape[1]] = weight[down, right] * x
            _numbers(ax, copy, ~np.isnan(copy))
            ax.set_title(f"{minus(weight[down, right])} × x, {down} down, {right} right")
        plots.draw_matrix(axes.flat[len(places)], total, colour="green", title="sum")
        for ax in axes.flat[len(places) + 1 :]:
            ax.axis("off")
    return plots.drawing(fig)


def _numbers(ax, array, shown):
    """Draw a matrix and write into it the numbers that are `shown`, a mask."""
    plots.draw_matrix(ax, np.where(shown, array, 0), fmt="")
    for row, column in np.argwhere(shown):
        ax.text(column + 0.5, row + 0.5, minus(array[row, column]), ha="center", va="center")


def doubly_block_picture(weight, shape):
    """Draw the doubly block Toeplitz matrix of `weight`, with its blocks ruled off.

    Parameters
    ----------
    weight : array_like of shape (K_h, K_w)
    shape : (int, int)
        Height and width of the image that the matrix is applied to.

    Returns
    -------
    Drawing
    """
    weight = np.asarray(weight, dtype=float)
    matrix = doubly_block_toeplitz(weight, shape)
    block = (shape[1] + weight.shape[1] - 1, shape[1])
    with plots.figure(3.6, 5.4) as (fig, ax):
        _numbers(ax, matrix, matrix != 0)
        rule = {"color": plots.COLOURS["fg"], "linewidth": 1.8}
        ax.hlines(range(0, matrix.shape[0] + 1, block[0]), 0, matrix.shape[1], **rule)
        ax.vlines(range(0, matrix.shape[1] + 1, block[1]), 0, matrix.shape[0], **rule)
    return plots.drawing(fig)


def wrapped_sums(a, b, lengths):
    """Draw products of discrete Fourier transforms of several lengths: too short a length wraps around.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)
    lengths : sequence of int

    Returns
    -------
    Drawing
    """
    right = conv1d_translate_and_scale(a, b)
    with plots.figure(4.6, 0.85 * len(lengths) + 0.2, nrows=len(lengths)) as (fig, axes):
        for ax, length in zip(axes, lengths, strict=True):
            product = np.fft.ifft(np.fft.fft(a, length) * np.fft.fft(b, length)).real.round(9) + 0.0
            wrong = [i for i in range(length) if i >= right.size or not np.isclose(product[i], right[i])]
            plots.draw_matrix(ax, product, highlight=[(0, i) for i in wrong if i < right.size])
            ax.set(xlim=(-2.3, max(lengths) + 0.05))
            ax.text(-0.3, 0.5, f"length {length}", ha="right", va="center")
    return plots.drawing(fig)
