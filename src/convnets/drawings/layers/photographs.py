"""Photographs and what layers make of them."""

import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES
from convnets.layers import avg_pool2d, conv2d

__all__ = ["curves_by_shift", "depth_columns", "opposite_edges"]


def depth_columns(image, weight, names, places):
    """Draw an image, the feature maps that kernels make of it, and the depth columns at some places.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Grey values in 0..1.
    weight : array_like of shape (C_out, 1, K, K)
        An odd `K`; the image is padded by its border.
    names : sequence of str
        One for each kernel.
    places : mapping of str to (int, int)
        Row and column of each depth column, by a name for it.

    Returns
    -------
    Drawing
    """
    image = np.asarray(image, dtype=float)
    margin = np.shape(weight)[-1] // 2
    maps = conv2d(image[None, None], np.asarray(weight), padding=margin, padding_mode="replicate")[0]
    limit = np.abs(maps).max() / 2
    rows = -(-(len(maps) + 1) // 2)
    with plots.figure(5.0, 2.6 * rows + 2, nrows=rows + 1, ncols=2, height_ratios=[1.3] * rows + [1]) as (
        fig,
        axes,
    ):
        for ax in axes.flat:
            ax.axis("off")
        plots.draw_image(axes.flat[0], image, limits=(0, 1), title="the image")
        for ax, values, name in zip(axes.flat[1:], maps, names, strict=False):
            plots.draw_image(ax, values, limits=(-limit, limit), title=name)
        bars, width = fig.add_subplot(axes[0, 0].get_gridspec()[rows, :]), 0.8 / len(places)
        for index, (name, (row, column)) in enumerate(places.items()):
            colour = plots.COLOURS[HUES[index]]
            axes.flat[0].plot(column, row, "o", color=colour, markersize=9, markeredgecolor="white")
            at = np.arange(len(maps)) + (index - (len(places) - 1) / 2) * width
            bars.bar(at, maps[:, row, column], width, color=colour, linewidth=0, label=name)
        bars.axhline(0, color=plots.COLOURS["line"], linewidth=1)
        bars.set_xticks(range(len(maps)), names)
        bars.set_title("two depth columns" if len(places) == 2 else "depth columns")
        bars.legend(loc="best", fontsize=11)
    return plots.drawing(fig)


def opposite_edges(image, response, size):
    """Draw an image, a filter's response, and its averages over blocks without and with rectification.

    Parameters
    ----------
    image, response : array_like of shape (H, W)
    size : int
        Side of the blocks.

    Returns
    -------
    Drawing
    """
    response = np.asarray(response, dtype=float)[None, None]
    signed = avg_pool2d(response, size)[0, 0]
    rectified = avg_pool2d(np.maximum(response, 0), size)[0, 0]
    limit = np.abs(rectified).max()
    with plots.figure(5.0, 5.3, nrows=2, ncols=2) as (fig, axes):
        plots.draw_image(axes[0, 0], image, limits=(0, 1), title="the image")
        reach = np.abs(response).max() / 2
        plots.draw_image(axes[0, 1], response[0, 0], limits=(-reach, reach), title="Sobel")
        plots.draw_image(axes[1, 0], signed, limits=(-limit, limit), title="its averages")
        plots.draw_image(axes[1, 1], rectified, limits=(-limit, limit), title="averages after ReLU")
    return plots.drawing(fig)


def curves_by_shift(shifts, curves, label):
    """Draw a gap over the shift of the input, one curve for each layer.

    Parameters
    ----------
    shifts : array_like of shape (S,)
        In pixels.
    curves : mapping of str to array_like of shape (S,)
    label : str
        What the curves measure.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.6) as (fig, ax):
        for marker, colour, (name, values) in zip("os^Dv*", HUES, curves.items(), strict=False):
            ax.plot(shifts, values, f"{marker}-", color=plots.COLOURS[colour], markersize=6, label=name)
        ax.set(xlabel="shift of the input in pixels", ylabel=label)
        ax.set_ylim(bottom=-0.02)
        ax.set_xticks(shifts)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1)
    return plots.drawing(fig)
