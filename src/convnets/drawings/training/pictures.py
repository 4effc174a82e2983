"""Photographs in many guises, with the boxes that came along, and where crops are taken from."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES

__all__ = ["framed_crops", "picture_grid"]


def picture_grid(pictures, columns=3, boxes=None):
    """Draw pictures in rows, each under its name.

    Parameters
    ----------
    pictures : mapping of str to array_like of shape (3, H, W)
        Values from 0 to 1.
    columns : int
        Pictures in a row.
    boxes : mapping of str to array_like of shape (4,), optional
        A box x1, y1, x2, y2 in pixels to be framed, for some of the names.

    Returns
    -------
    Drawing
    """
    ratios = [np.shape(picture)[1] / np.shape(picture)[2] for picture in pictures.values()]
    heights = [max(ratios[start : start + columns]) for start in range(0, len(ratios), columns)]
    height = sum(5.0 / columns * ratio + 0.32 for ratio in heights)
    layout = {"nrows": len(heights), "ncols": columns, "squeeze": False, "height_ratios": heights}
    with plots.figure(5.0, height, **layout) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, (name, picture) in zip(axes.flat, pictures.items(), strict=False):
            plots.draw_image(ax, np.moveaxis(np.asarray(picture), 0, -1), limits=(0, 1), title=name)
            if boxes is not None and name in boxes:
                _frame(ax, boxes[name], "bg", 4)
                _frame(ax, boxes[name], "orange", 2)
    return plots.drawing(fig)


def framed_crops(pictures, crops):
    """Draw pictures at their sizes on one scale, with frames where crops are taken.

    Parameters
    ----------
    pictures : mapping of str to array_like of shape (3, H, W)
        Values from 0 to 1, at most three.
    crops : mapping of str to array_like of shape (P, 4)
        Boxes x1, y1, x2, y2 in pixels, by the names of the pictures.

    Returns
    -------
    Drawing
    """
    shapes = [np.shape(picture)[1:] for picture in pictures.values()]
    ratios = {"width_ratios": [width for _, width in shapes]}
    total = sum(width for _, width in shapes)
    height = 5.0 * max(height for height, _ in shapes) / total + 0.5
    with plots.figure(5.0, height, ncols=len(pictures), squeeze=False, **ratios) as (fig, axes):
        for ax, (name, picture) in zip(axes.flat, pictures.items(), strict=True):
            H, W = np.shape(picture)[1:]
            plots.draw_image(
                ax, np.moveaxis(np.asarray(picture), 0, -1), limits=(0, 1), title=name, max_size=2000
            )
            ax.set(xlim=(-0.5, W - 0.5), ylim=(H - 0.5, -0.5))
            for hue, box in zip(HUES, crops[name], strict=False):
                _frame(ax, box, "bg", 4)
                _frame(ax, box, hue, 2)
    return plots.drawing(fig)


def _frame(ax, box, colour, width):
    """Frame a box; the edge of the first pixel is at −1/2 for matplotlib and at 0 for us."""
    x1, y1, x2, y2 = (float(value) - 0.5 for value in box)
    frame = mpl.patches.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, linewidth=width, clip_on=False)
    frame.set_edgecolor(plots.COLOURS[colour])
    ax.add_patch(frame)
