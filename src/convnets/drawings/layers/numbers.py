"""Small arrays with their numbers: maps of a layer, padded rows, pooled blocks."""

import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES, row_of_numbers
from convnets.layers import avg_pool2d, conv1d, max_pool2d, pad

__all__ = ["maps_of_a_layer", "padding_rows", "pooled_numbers"]


def maps_of_a_layer(x, weight):
    """Draw a one-dimensional layer: for each output map, every input map with its kernel, and the sum.

    Parameters
    ----------
    x : array_like of shape (J, T)
    weight : array_like of shape (I, J, K)

    Returns
    -------
    Drawing
    """
    x, weight = np.asarray(x, dtype=float), np.asarray(weight, dtype=float)
    num_outputs, num_inputs, taps = weight.shape
    middle, right = x.shape[1] + 1.4, x.shape[1] + taps + 2.8
    block = 1.15 * (num_inputs + 1) + 0.5
    with plots.figure(5.0, 0.36 * num_outputs * block) as (fig, ax):
        for i in range(num_outputs):
            for j in range(num_inputs):
                top = i * block + 1.15 * j
                part = conv1d(x[None, j : j + 1], weight[i : i + 1, j : j + 1])[0, 0]
                colour = HUES[j % len(HUES)]
                row_of_numbers(ax, 0, top, x[j], colour)
                row_of_numbers(ax, middle, top, weight[i, j], colour)
                row_of_numbers(ax, right, top, part, colour)
                ax.text(-0.3, top + 0.5, f"$x_{{{j + 1}}}$", ha="right", va="center")
                ax.text(middle - 0.7, top + 0.5, "⋆", ha="center", va="center")
                ax.text(right - 0.7, top + 0.5, "=", ha="center", va="center")
            top = i * block + 1.15 * num_inputs
            row_of_numbers(ax, right, top, conv1d(x[None], weight[i : i + 1])[0, 0], "muted")
            ax.text(right - 0.7, top + 0.5, f"sum $y_{{{i + 1}}}$", ha="right", va="center")
        ax.set(xlim=(-1.2, right + x.shape[1] - taps + 1.1), ylim=(num_outputs * block - 0.4, -0.1))
        ax.set_aspect("equal")
        ax.axis("off")
    return plots.drawing(fig)


def padding_rows(values, margin, modes):
    """Draw one row of numbers with what each padding mode puts around it.

    Parameters
    ----------
    values : array_like of shape (W,)
    margin : int
        Numbers added at each end.
    modes : sequence of str
        Names of padding modes.

    Returns
    -------
    Drawing
    """
    values = np.asarray(values, dtype=float)
    with plots.figure(5.0, 0.5 * len(modes)) as (fig, ax):
        for index, mode in enumerate(modes):
            top = 1.25 * index
            padded = pad(values[None, None, None], (0, margin), mode=mode)[0, 0, 0]
            row_of_numbers(ax, 0, top, padded[:margin], "orange")
            row_of_numbers(ax, margin, top, values, "blue")
            row_of_numbers(ax, margin + values.size, top, padded[margin + values.size :], "orange")
            ax.text(-0.4, top + 0.5, mode, ha="right", va="center")
        ax.set(xlim=(-3.2, values.size + 2 * margin + 0.1), ylim=(1.25 * len(modes) - 0.15, -0.1))
        ax.set_aspect("equal")
        ax.axis("off")
    return plots.drawing(fig)


def pooled_numbers(x):
    """Draw a 4 × 4 array and what three poolings make of it, each output in the colour of its window.

    Parameters
    ----------
    x : array_like of shape (4, 4)

    Returns
    -------
    Drawing
    """
    x = np.asarray(x, dtype=float)
    batch = x[None, None]
    results = (
        ("max, K 2, S 2", max_pool2d(batch, 2)[0, 0], True),
        ("average, K 2, S 2", avg_pool2d(batch, 2)[0, 0], True),
        ("max, K 3, S 1", max_pool2d(batch, 3, stride=1)[0, 0], False),
    )
    with plots.figure(5.0, 4.6, nrows=2, ncols=2) as (fig, axes):
        blocks = np.repeat(np.repeat(np.arange(4).reshape(2, 2), 2, axis=0), 2, axis=1)
        _coloured(axes[0, 0], x, blocks, "input")
        for ax, (title, values, coloured) in zip(axes.flat[1:], results, strict=True):
            _coloured(ax, values, np.arange(4).reshape(2, 2) if coloured else None, title)
    return plots.drawing(fig)


def _coloured(ax, values, blocks, title):
    for (row, column), value in np.ndenumerate(values):
        colour = "muted" if blocks is None else HUES[blocks[row, column]]
        row_of_numbers(ax, column, row, [value], colour)
    margin = (4 - values.shape[0]) / 2
    ax.set(xlim=(-margin - 0.05, 4.05 - margin), ylim=(4.05 - margin, -margin - 0.05), aspect="equal")
    ax.axis("off")
    ax.set_title(title)
