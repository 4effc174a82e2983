"""Numbers as they are printed in figures, and rows of them in frames, the bricks of many figures."""

import matplotlib as mpl

from convnets import plots

__all__ = ["HUES", "minus", "row_of_numbers"]

HUES = ("blue", "orange", "green", "purple", "red", "yellow")


def minus(value):
    """Return a number as short text, with a real minus sign, and zero without any."""
    return f"{value + 0.0:g}".replace("-", "−")  # + 0.0 turns −0.0 into 0.0


def row_of_numbers(ax, left, top, values, colour):
    """Draw a row of unit squares with a number in each.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    left, top : float
        Where the first square starts.
    values : sequence of float
    colour : str
        A name in :data:`convnets.plots.COLOURS`.
    """
    for index, value in enumerate(values):
        box = mpl.patches.Rectangle((left + index, top), 1, 1, facecolor=plots.COLOURS[colour], alpha=0.22)
        frame = mpl.patches.Rectangle((left + index, top), 1, 1, fill=False, linewidth=0.8)
        box.set_linewidth(0)
        frame.set_edgecolor(plots.COLOURS["line"])
        ax.add_patch(box)
        ax.add_patch(frame)
        ax.text(left + index + 0.5, top + 0.5, minus(value), ha="center", va="center")
