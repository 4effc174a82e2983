"""Small arrays with their numbers: matrices, stamps, zeros between pixels, pixels out of channels."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES, minus
from convnets.layers import convolution_matrix
from convnets.sizing import output_size
from convnets.transposed import conv_transpose2d_scatter, insert_zeros, pixel_shuffle

__all__ = ["filter_matrices", "shuffled", "sizes_that_meet", "stamps", "zeros_between"]


def _cell(ax, row, column, text, colour=None, *, strength=0.3, muted=False):
    if colour:
        tint = {"facecolor": plots.COLOURS[colour], "alpha": strength, "linewidth": 0}
        ax.add_patch(mpl.patches.Rectangle((column, row), 1, 1, **tint))
    if text:
        shade = plots.COLOURS["muted" if muted else "fg"]
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=shade)


def _rule(ax, rows, columns, title=None):
    ax.set(xlim=(-0.06, columns + 0.06), ylim=(rows + 0.06, -0.06), aspect="equal")
    ax.axis("off")
    style = {"color": plots.COLOURS["line"], "linewidth": 0.7}
    ax.hlines(range(rows + 1), 0, columns, **style)
    ax.vlines(range(columns + 1), 0, rows, **style)
    if title:
        ax.set_title(title)


def _frame(ax, row, column, height, width, colour="fg", linewidth=2.5):
    frame = mpl.patches.Rectangle((column, row), width, height, fill=False, linewidth=linewidth, zorder=3)
    frame.set_edgecolor(plots.COLOURS[colour])
    ax.add_patch(frame)


def filter_matrices(cases, size, *, transposed=False):
    """Draw the matrices of convolutions, each weight in the colour of its row of the filter.

    Parameters
    ----------
    cases : mapping of str to (array_like of shape (K_h, K_w), int)
        Filter and stride, by the title of the matrix.
    size : int or (int, int)
        Height and width of the image that the matrices multiply.
    transposed : bool
        Whether to draw them transposed: side by side instead of below each other.

    Returns
    -------
    Drawing
    """
    matrices = {}
    for title, (weight, stride) in cases.items():
        weight = np.asarray(weight)
        rows = np.broadcast_to(np.arange(1, len(weight) + 1)[:, None], weight.shape)
        pair = [convolution_matrix(w[None, None], size, stride) for w in (weight, rows)]
        matrices[title] = [each.T if transposed else each for each in pair]
    shape = {"ncols": len(cases)} if transposed else {"nrows": len(cases)}
    extent = (3.6, 5.3) if transposed else (5.2, 1.75 * len(cases))
    with plots.figure(*extent, squeeze=False, **shape) as (fig, axes):
        for ax, (title, (values, rows)) in zip(axes.flat, matrices.items(), strict=True):
            for place in np.argwhere(rows):
                value, row = values[tuple(place)], rows[tuple(place)]
                _cell(ax, *place, minus(value), HUES[row - 1])
            _rule(ax, *values.shape, title)
    return plots.drawing(fig)


def stamps(x, weight, stride, padding):
    """Draw the stamps of a small map on their sheet: the map, the sums of the stamps, and what is kept.

    Parameters
    ----------
    x : array_like of shape (H, W)
        Zeros leave no stamp.
    weight : array_like of shape (K_h, K_w)
    stride, padding : int

    Returns
    -------
    Drawing
    """
    x, weight = np.asarray(x), np.asarray(weight)
    sheet = conv_transpose2d_scatter(x[None, None], weight[None, None], stride=stride)[0, 0]
    places = [tuple(place) for place in np.argwhere(x)]
    with plots.figure(5.0, 3.3, ncols=2, width_ratios=(x.shape[1], sheet.shape[1])) as (fig, (left, right)):
        for number, (row, column) in enumerate(places):
            hue = HUES[number % len(HUES)]
            _cell(left, row, column, "", hue, strength=0.35)
            corner = (row * stride, column * stride)
            tint = {"facecolor": plots.COLOURS[hue], "alpha": 0.2, "linewidth": 0}
            right.add_patch(mpl.patches.Rectangle(corner[::-1], *weight.shape[::-1], **tint))
            _frame(right, *corner, *weight.shape, hue, 1.6)
        for ax, values, title in ((left, x, "the map"), (right, sheet, "the sheet of stamps")):
            for place, value in np.ndenumerate(values):
                _cell(ax, *place, minus(value), muted=not value)
            _rule(ax, *values.shape, title)
        _frame(right, padding, padding, *(side - 2 * padding for side in sheet.shape), linewidth=3)
    return plots.drawing(fig)


def zeros_between(x, weight, stride, padding, place):
    """Draw a transposed convolution as a convolution: map, rotated filter, map with zeros, and result.

    Parameters
    ----------
    x : array_like of shape (H, W)
    weight : array_like of shape (K, K)
    stride, padding : int
    place : (int, int)
        Row and column of the output whose window is framed.

    Returns
    -------
    Drawing
    """
    x, weight = np.asarray(x), np.asarray(weight)
    around = len(weight) - 1 - padding
    spread = np.pad(insert_zeros(x, stride), around)
    is_pixel = np.pad(insert_zeros(np.ones_like(x), stride), around)
    result = conv_transpose2d_scatter(x[None, None], weight[None, None], None, stride, padding)[0, 0]
    with plots.figure(5.0, 4.9, nrows=2, ncols=2, width_ratios=(3, 5), height_ratios=(3, 6)) as (fig, axes):
        for ax, values, title in (
            (axes[0, 0], x, "the map"),
            (axes[0, 1], weight[::-1, ::-1], "the filter, rotated"),
            (axes[1, 0], result, f"the result, {len(result)} × {len(result)}"),
            (axes[1, 1], spread, f"zeros between and around: {len(spread)} × {len(spread)}"),
        ):
            pixels = is_pixel if values is spread else np.ones_like(values)
            for at, value in np.ndenumerate(values):
                colour = "blue" if pixels[at] and (values is x or values is spread) else None
                _cell(ax, *at, minus(value), colour, strength=0.25, muted=not pixels[at])
            _rule(ax, *values.shape, title)
        _frame(axes[1, 1], *place, *weight.shape, "orange", 3)
        _frame(axes[0, 1], 0, 0, *weight.shape, "orange", 3)
        _frame(axes[1, 0], *place, 1, 1, "green", 3)
    return plots.drawing(fig)


def sizes_that_meet(sizes, kernel_size, stride, padding):
    """Draw input sizes above the output sizes that a convolution makes of them, joined by lines.

    Parameters
    ----------
    sizes : sequence of int
    kernel_size, stride, padding : int

    Returns
    -------
    Drawing
    """
    outputs = [output_size(size, kernel_size, stride, padding) for size in sizes]
    centre = {out: np.mean([s for s, o in zip(sizes, outputs, strict=True) if o == out]) for out in outputs}
    with plots.figure(5.0, 1.9) as (fig, ax):
        for size, out in zip(sizes, outputs, strict=True):
            hue = plots.COLOURS[HUES[out % 2]]
            ax.plot([size, centre[out]], [0.82, 0.18], color=hue)
            ax.text(size, 0.92, str(size), ha="center", va="center")
        for out, at in centre.items():
            ax.text(at, 0.06, str(out), ha="center", va="center", weight="bold")
        ax.text(sizes[0] - 0.6, 0.92, "from", ha="right", va="center", color=plots.COLOURS["muted"])
        ax.text(sizes[0] - 0.6, 0.06, "to", ha="right", va="center", color=plots.COLOURS["muted"])
        ax.set(xlim=(sizes[0] - 1.8, sizes[-1] + 0.4), ylim=(0, 1))
        ax.axis("off")
    return plots.drawing(fig)


def shuffled(x, factor):
    """Draw channels, one colour each, and the image that a pixel shuffle makes of them.

    Parameters
    ----------
    x : array_like of shape (factor², H, W)
    factor : int

    Returns
    -------
    Drawing
    """
    x = np.asarray(x)
    result = pixel_shuffle(x[None], factor)[0, 0]
    channel = pixel_shuffle(np.broadcast_to(np.arange(len(x))[:, None, None], x.shape)[None], factor)[0, 0]
    with plots.figure(5.0, 2.6) as (fig, outer):
        outer.axis("off")
        grid = outer.get_gridspec()[0].subgridspec(factor, factor + 1, width_ratios=[1] * factor + [2.4])
        for number, values in enumerate(x):
            ax = fig.add_subplot(grid[divmod(number, factor)])
            for place, value in np.ndenumerate(values):
                _cell(ax, *place, minus(value), HUES[number % len(HUES)])
            _rule(ax, *values.shape)
        ax = fig.add_subplot(grid[:, factor])
        for place, value in np.ndenumerate(result):
            _cell(ax, *place, minus(value), HUES[channel[place] % len(HUES)])
        _rule(ax, *result.shape)
    return plots.drawing(fig)
