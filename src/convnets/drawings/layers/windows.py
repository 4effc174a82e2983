"""Where windows lie, and which pixels a unit depends on."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.sizing import output_size, window_extent

__all__ = ["paths_to_a_unit", "window_positions"]


def window_positions(cases, *, columns=2):
    """Draw where the windows of a layer lie on square inputs.

    Dots are the middles of the windows, one for each output; the first window and its neighbour to the right
    are framed, pixels of the padding are dashed, and pixels that no window covers are struck out.

    Parameters
    ----------
    cases : sequence of (int, int, int, int, int)
        Side of the input, kernel size, stride, padding and dilation of each panel.
    columns : int
        Panels in a row.

    Returns
    -------
    Drawing
    """
    rows = -(-len(cases) // columns)
    with plots.figure(5.0, 2.75 * rows, nrows=rows, ncols=columns, squeeze=False) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, case in zip(axes.flat, cases, strict=False):
            _windows_panel(ax, *case)
    return plots.drawing(fig)


def _windows_panel(ax, size, kernel_size, stride, padding, dilation):
    count = output_size(size, kernel_size, stride, padding, dilation)
    extent = window_extent(kernel_size, dilation)
    seen = {start * stride + tap * dilation for start in range(count) for tap in range(kernel_size)}
    total = size + 2 * padding
    _grid(ax, 0, total, ":")
    inside = mpl.patches.Rectangle((padding, padding), size, size, linewidth=0)
    inside.set_facecolor(plots.COLOURS["soft"])
    ax.add_patch(inside)
    _grid(ax, padding, padding + size, "-")
    for row, column in np.ndindex(total, total):
        if min(row, column) >= padding and max(row, column) < padding + size and not {row, column} <= seen:
            ax.plot([column, column + 1], [row + 1, row], color=plots.COLOURS["line"], linewidth=1)
    middles = np.arange(count) * stride + extent / 2
    ax.plot(*np.meshgrid(middles, middles), "o", color=plots.COLOURS["fg"], markersize=4, zorder=4)
    for number, colour in enumerate(("blue", "orange")[:count]):
        pixels = np.ndindex(kernel_size, kernel_size) if dilation > 1 else [(0, 0)]
        side = 1 if dilation > 1 else extent
        for row, column in pixels:
            corner = (number * stride + column * dilation, row * dilation)
            tint = mpl.patches.Rectangle(corner, side, side, linewidth=0, alpha=0.28)
            tint.set_facecolor(plots.COLOURS[colour])
            ax.add_patch(tint)
        frame = mpl.patches.Rectangle((number * stride, 0), extent, extent, fill=False, linewidth=2, zorder=3)
        frame.set_edgecolor(plots.COLOURS[colour])
        ax.add_patch(frame)
    marks = [f"K {kernel_size}", f"S {stride}"] + [f"P {padding}"] * (padding > 0)
    marks += [f"D {dilation}"] * (dilation > 1)
    ax.set(xlim=(-0.1, total + 0.1), ylim=(total + 0.1, -0.1), aspect="equal")
    ax.set_title(f"{size}×{size}, {', '.join(marks)} → {count}×{count}")


def _grid(ax, start, end, style):
    ruling = {"color": plots.COLOURS["line"], "linewidth": 0.8, "linestyle": style}
    ax.hlines(range(start, end + 1), start, end, **ruling)
    ax.vlines(range(start, end + 1), start, end, **ruling)


def paths_to_a_unit(stacks, size):
    """Draw how many paths lead from each pixel to the unit in the middle of the last layer.

    Parameters
    ----------
    stacks : mapping of str to callable
        Functions of an array of shape (N, 1, size, size) that add up windows, by the title of the panel.
    size : int
        Side of the input; odd, so that there is a middle.

    Returns
    -------
    Drawing
        Pixels without a path are left empty.
    """
    impulses = np.eye(size * size).reshape(-1, 1, size, size)
    with plots.figure(5.0, 5.0 / len(stacks) + 0.5, ncols=len(stacks)) as (fig, axes):
        for ax, (title, stack) in zip(axes, stacks.items(), strict=True):
            answers = stack(impulses)[:, 0]
            paths = answers[:, answers.shape[1] // 2, answers.shape[2] // 2].reshape(size, size)
            plots.draw_matrix(ax, paths, fmt="", title=title)
    return plots.drawing(fig)
