"""The matrix of a layer both ways, the sums over its diagonals, and where gradients go."""

import numpy as np

from convnets import plots
from convnets.backprop import conv2d_input, max_pool2d_backward
from convnets.drawings.numbers import HUES, row_of_numbers
from convnets.layers import convolution_matrix, max_pool2d

__all__ = ["matrix_and_transpose", "spread_gradient", "tied_sums", "winners"]


def matrix_and_transpose(weight, size):
    """Draw the matrix of a one-dimensional layer and its transpose, a colour for each weight.

    Parameters
    ----------
    weight : array_like of shape (K,)
    size : int
        Length of the input.

    Returns
    -------
    Drawing
    """
    weight = np.asarray(weight, dtype=float)
    matrix = convolution_matrix(weight[None, None, None], (1, size))
    taps = np.subtract.outer(np.zeros(len(matrix), dtype=int), -np.arange(size))
    taps -= np.arange(len(matrix))[:, None]  # the entry of row t and column u holds weight u − t
    with plots.figure(5.0, 2.9, ncols=2, width_ratios=matrix.shape[::-1]) as (fig, axes):
        _coloured(axes[0], matrix, taps, weight.size)
        axes[0].set_title("$C$, forward")
        _coloured(axes[1], matrix.T, taps.T, weight.size)
        axes[1].set_title("$C^\\top$, backward")
    return plots.drawing(fig)


def _coloured(ax, matrix, taps, number):
    """Draw a matrix whose entries have the colour of their weight; the others stay white."""
    for (row, column), value in np.ndenumerate(matrix):
        tap = taps[row, column]
        colour = HUES[tap % len(HUES)] if 0 <= tap < number else "bg"
        row_of_numbers(ax, column, row, [value], colour)
    middle, half = matrix.shape[0] / 2, max(matrix.shape) / 2 + 0.1  # all squares of a figure are alike
    ax.set(xlim=(-0.1, matrix.shape[1] + 0.1), ylim=(middle + half, middle - half), aspect="equal")
    ax.axis("off")


def tied_sums(grad_output, x):
    """Draw the gradient of every entry of a layer's matrix, and the sums over the diagonals that are tied.

    Parameters
    ----------
    grad_output : array_like of shape (T_out,)
    x : array_like of shape (T,)
        As many weights are tied as make T_out windows fit: T − T_out + 1.

    Returns
    -------
    Drawing
    """
    grad_output, x = np.asarray(grad_output, dtype=float), np.asarray(x, dtype=float)
    entries = np.outer(grad_output, x)
    number = x.size - grad_output.size + 1
    taps = np.subtract.outer(-np.arange(grad_output.size), -np.arange(x.size))
    left = x.size + 1.4
    with plots.figure(5.0, 2.6) as (fig, ax):
        _coloured(ax, entries, taps, number)
        row_of_numbers(ax, 0, -1.5, x, "muted")
        ax.text(-0.3, -1, "$x$", ha="right", va="center")
        for row, value in enumerate(grad_output):
            row_of_numbers(ax, -1.5, row, [value], "muted")
        ax.text(-1, -1, "$\\bar y$", ha="center", va="center")
        for tap in range(number):
            row_of_numbers(ax, left + 1.7, tap, [np.trace(entries, tap)], HUES[tap % len(HUES)])
            ax.text(left + 1.5, tap + 0.5, f"$\\bar w_{tap}$ =", ha="right", va="center")
        ax.set(xlim=(-1.6, left + 2.8), ylim=(grad_output.size + 0.1, -1.6))
    return plots.drawing(fig)


def spread_gradient(grad_output, weight, stride):
    """Draw how a gradient gets back through a layer with a stride: zeros between, then all shifted kernels.

    Parameters
    ----------
    grad_output : array_like of shape (H_out, W_out)
    weight : array_like of shape (K, K)
    stride : int

    Returns
    -------
    Drawing
    """
    grad_output, weight = np.asarray(grad_output, dtype=float), np.asarray(weight, dtype=float)
    height, width = grad_output.shape
    spread = np.zeros(((height - 1) * stride + 1, (width - 1) * stride + 1))
    spread[::stride, ::stride] = grad_output
    size = tuple(length + weight.shape[0] - 1 for length in spread.shape)
    grad_x = conv2d_input((1, 1, *size), weight[None, None], grad_output[None, None], stride)[0, 0]
    places = [(i, j) for i in range(0, spread.shape[0], stride) for j in range(0, spread.shape[1], stride)]
    panels = (
        (grad_output, "$\\bar y$", ()),
        (spread, "with zeros between", places),
        (weight, "$w$", ()),
        (grad_x, "$\\bar x$", ()),
    )
    with plots.figure(5.0, 4.8, nrows=2, ncols=2) as (fig, axes):
        for ax, (values, title, framed) in zip(axes.flat, panels, strict=True):
            plots.draw_matrix(ax, values, title=title, highlight=framed)
            middle = (np.array(values.shape) - max(size)) / 2
            ax.set(xlim=(middle[1] - 0.05, middle[1] + max(size) + 0.05))
            ax.set(ylim=(middle[0] + max(size) + 0.05, middle[0] - 0.05))
    return plots.drawing(fig)


def winners(x, grad_output, kernel_size, stride):
    """Draw where max pooling sends its gradient: the winners of the windows, and what each receives.

    Parameters
    ----------
    x : array_like of shape (H, W)
    grad_output : array_like of shape (H_out, W_out)
    kernel_size, stride : int

    Returns
    -------
    Drawing
    """
    x, grad_output = np.asarray(x, dtype=float), np.asarray(grad_output, dtype=float)
    batch = x[None, None]
    pooled = max_pool2d(batch, kernel_size, stride)[0, 0]
    grad_x = max_pool2d_backward(grad_output[None, None], batch, kernel_size, stride)[0, 0]
    places = list(zip(*np.nonzero(grad_x), strict=True))
    panels = (
        (x, "$x$", places),
        (pooled, "$y$", ()),
        (grad_output, "$\\bar y$", ()),
        (grad_x, "$\\bar x$", places),
    )
    with plots.figure(5.0, 1.7, ncols=4, width_ratios=(4, 2.4, 2.4, 4)) as (fig, axes):
        for ax, (values, title, framed) in zip(axes, panels, strict=True):
            plots.draw_matrix(ax, values, title=title, highlight=framed)
    return plots.drawing(fig)
