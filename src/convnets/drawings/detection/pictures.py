"""Pictures with everything that a detector lays over them: grids, boxes, labels, masks and points."""

from typing import NamedTuple

import matplotlib as mpl
import numpy as np

from convnets import plots

__all__ = ["Panel", "panels"]

SHADE = 0.6
"""How much of a masked pixel is the colour of the mask."""


class Panel(NamedTuple):
    """A picture and what is drawn on it.

    Attributes
    ----------
    image : array_like of shape (3, H, W)
        Values from 0 to 1.
    boxes : mapping of str to array_like of shape (B, 4), optional
        xyxy in pixels, by the name of a colour in :data:`convnets.plots.COLOURS`. What reaches beyond the
        picture is cut off.
    labels : mapping of str to sequence of str, optional
        A word for each of the boxes of a colour.
    masks : mapping of str to array_like of shape (H, W), optional
        bool: pixels that are given the colour.
    points : mapping of str to array_like of shape (P, 2), optional
        (x, y) in pixels.
    grid : tuple of float, optional
        Height and width of cells in pixels.
    """

    image: object
    boxes: dict | None = None
    labels: dict | None = None
    masks: dict | None = None
    points: dict | None = None
    grid: tuple | None = None


def panels(pictures, columns=2):
    """Draw pictures in rows, each under its name, with what belongs on them.

    Parameters
    ----------
    pictures : mapping of str to Panel
    columns : int
        Pictures in a row.

    Returns
    -------
    Drawing
    """
    ratios = [np.shape(panel.image)[1] / np.shape(panel.image)[2] for panel in pictures.values()]
    heights = [max(ratios[start : start + columns]) for start in range(0, len(ratios), columns)]
    height = sum(5.0 / columns * ratio + 0.34 for ratio in heights)
    layout = {"nrows": len(heights), "ncols": columns, "squeeze": False, "height_ratios": heights}
    with plots.figure(5.0, height, **layout) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, (name, panel) in zip(axes.flat, pictures.items(), strict=False):
            _draw(ax, name, panel)
    return plots.drawing(fig)


def _draw(ax, name, panel):
    H, W = np.shape(panel.image)[1:]
    picture = _masked(np.moveaxis(np.asarray(panel.image), 0, -1), panel.masks or {})
    plots.draw_image(ax, picture, limits=(0, 1), title=name, max_size=2000)
    ax.set(xlim=(-0.5, W - 0.5), ylim=(H - 0.5, -0.5))  # the edge of the first pixel is at −1/2
    if panel.grid is not None:
        tall, wide = panel.grid
        rows, columns = np.arange(tall, H, tall) - 0.5, np.arange(wide, W, wide) - 0.5
        ax.hlines(rows, -0.5, W - 0.5, color=plots.COLOURS["bg"], linewidth=0.7)
        ax.vlines(columns, -0.5, H - 0.5, color=plots.COLOURS["bg"], linewidth=0.7)
    for colour, boxes in (panel.boxes or {}).items():
        words = (panel.labels or {}).get(colour, [])
        for index, box in enumerate(np.asarray(boxes)):
            _frame(ax, box, "bg", 3)
            _frame(ax, box, colour, 1.5)
            if index < len(words):
                _word(ax, box, words[index], colour)
    for colour, points in (panel.points or {}).items():
        x, y = np.asarray(points).reshape(-1, 2).T - 0.5
        ax.plot(x, y, "o", color=plots.COLOURS[colour], markersize=4, markeredgewidth=0)


def _masked(picture, masks):
    picture = np.array(picture, dtype=float)
    for colour, mask in masks.items():
        chosen = np.asarray(mask, dtype=bool)
        picture[chosen] += SHADE * (np.array(mpl.colors.to_rgb(plots.COLOURS[colour])) - picture[chosen])
    return picture


def _frame(ax, box, colour, width):
    x1, y1, x2, y2 = (float(value) - 0.5 for value in box)
    frame = mpl.patches.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, linewidth=width)
    frame.set_edgecolor(plots.COLOURS[colour])
    ax.add_patch(frame)


def _word(ax, box, word, colour):
    ground = {"facecolor": plots.COLOURS["bg"], "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
    text = ax.text(
        float(box[0]) - 0.5, float(box[1]) - 3, word, ha="left", va="bottom", fontsize=10, bbox=ground
    )
    text.set_color(plots.COLOURS[colour])
