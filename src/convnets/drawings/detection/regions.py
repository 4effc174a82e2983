"""What one bin of a region sees of the map of features: whole cells, or shares of them."""

import matplotlib as mpl
import numpy as np

from convnets import plots

__all__ = ["shares_of_bin"]

DEPTH = 0.4
"""How deep the colour of the largest share is: a number on it can be read in both themes."""


def shares_of_bin(bins, region):
    """Draw a map of features cell by cell, shaded by the shares that one bin takes, with the region.

    Parameters
    ----------
    bins : mapping of str to array_like of shape (H, W)
        Shares from 0 to 1, by what the panel is called; two of them at most.
    region : array_like of shape (4,)
        x1, y1, x2, y2 in cells, the first from 0 to 1.

    Returns
    -------
    Drawing
    """
    H, W = np.shape(next(iter(bins.values())))
    size = {"ncols": len(bins), "squeeze": False}
    with plots.figure(5.0, 5.0 / len(bins) * H / W + 0.35, **size) as (fig, axes):
        for ax, (name, shares) in zip(axes.flat, bins.items(), strict=True):
            ax.set(xlim=(-0.05, W + 0.05), ylim=(H + 0.05, -0.05), aspect="equal", title=name)
            ax.axis("off")
            shares = np.asarray(shares, dtype=float)
            for (row, column), share in np.ndenumerate(shares):
                _cell(ax, row, column, share, DEPTH * share / (shares.max() or 1))
            x1, y1, x2, y2 = (float(value) for value in region)
            frame = mpl.patches.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, linewidth=2)
            frame.set_edgecolor(plots.COLOURS["orange"])
            ax.add_patch(frame)
    return plots.drawing(fig)


def _cell(ax, row, column, share, depth):
    """Draw a cell; what is not there is not written."""
    ground = mpl.patches.Rectangle((column, row), 1, 1, facecolor=plots.COLOURS["blue"], linewidth=0)
    ground.set_alpha(depth)
    frame = mpl.patches.Rectangle((column, row), 1, 1, fill=False, linewidth=0.7)
    frame.set_edgecolor(plots.COLOURS["line"])
    ax.add_patch(ground)
    ax.add_patch(frame)
    if share:
        ax.text(
            column + 0.5,
            row + 0.5,
            "1" if share == 1 else f"{share:.2f}".removeprefix("0"),
            ha="center",
            va="center",
            fontsize=9,
        )
