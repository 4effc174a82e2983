"""Figures of the chapter on seeing."""

import matplotlib as mpl
import numpy as np

from convnets import plots

__all__ = [
    "accuracy_by_shift",
    "correlation_by_distance",
    "filter_grid",
    "image_row",
    "patch_rows",
    "three_layers",
]

_COLOURS = ("blue", "orange", "green", "purple", "red", "yellow")


def image_row(images, titles, *, columns=3, limits=(0, 1)):
    """Draw images in rows, each under its title.

    Parameters
    ----------
    images : sequence of array_like of shape (H, W) or (H, W, 3)
    titles : sequence of str
    columns : int
        Images in a row.
    limits : (float, float), optional
        Grey values shown black and white.

    Returns
    -------
    Drawing
    """
    rows = -(-len(images) // columns)
    size = 5.0 / columns
    height = rows * (size * np.shape(images[0])[0] / np.shape(images[0])[1] + 0.3)
    with plots.figure(5.0, height, nrows=rows, ncols=columns, squeeze=False) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, image, title in zip(axes.flat, images, titles, strict=False):
            plots.draw_image(ax, image, limits=limits, title=title)
    return plots.drawing(fig)


def accuracy_by_shift(shifts, curves):
    """Draw accuracy over the shift of the test images, one curve for each network.

    Parameters
    ----------
    shifts : array_like of shape (S,)
        In pixels.
    curves : mapping of str to array_like of shape (S,)
        Accuracy of each network, between 0 and 1.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.4) as (fig, ax):
        for marker, colour, (name, accuracies) in zip("os^D", _COLOURS, curves.items(), strict=False):
            ax.plot(shifts, accuracies, f"{marker}-", color=plots.COLOURS[colour], markersize=5, label=name)
        ax.axhline(0.1, color=plots.COLOURS["muted"], linewidth=1, linestyle=":", label="guessing")
        ax.set(xlabel="shift of the test images in pixels", ylabel="accuracy", ylim=(0, 1.02))
        ax.set_xticks(shifts)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1)
    return plots.drawing(fig)


def correlation_by_distance(distances, curves):
    """Draw how alike two pixels of one row are, over their distance.

    Parameters
    ----------
    distances : array_like of shape (D,)
        In pixels.
    curves : mapping of str to array_like of shape (D,)
        Correlation coefficients by what is correlated.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 3.2) as (fig, ax):
        ax.axhline(0, color=plots.COLOURS["line"], linewidth=1)
        for marker, colour, (name, values) in zip("os^D", _COLOURS, curves.items(), strict=False):
            ax.plot(distances, values, f"{marker}-", color=plots.COLOURS[colour], markersize=5, label=name)
        ax.set_xscale("log", base=2)
        ax.set_xticks(distances, [str(distance) for distance in distances])
        ax.minorticks_off()
        ax.set(xlabel="distance in pixels", ylabel="correlation", ylim=(-0.15, 1.05))
        ax.legend(loc="upper right")
    return plots.drawing(fig)


def three_layers(num_inputs=7, kernel_size=3):
    """Draw which inputs each unit of a fully connected, a locally connected and a convolution layer sees.

    Lines of one colour carry the same weight; in the first two layers every line has a weight of its own.

    Parameters
    ----------
    num_inputs, kernel_size : int
        Units of the input, and how many of them a local unit sees.

    Returns
    -------
    Drawing
    """
    num_outputs = num_inputs - kernel_size + 1
    local = [(i + k, i, k) for i in range(num_outputs) for k in range(kernel_size)]
    full = [(j, i) for i in range(num_outputs) for j in range(num_inputs)]
    panels = (
        (f"fully connected: {len(full)} weights", [(j, i, "muted") for j, i in full]),
        (f"locally connected: {len(local)} weights", [(j, i, "muted") for j, i, _ in local]),
        (f"convolution: {kernel_size} weights", [(j, i, _COLOURS[k]) for j, i, k in local]),
    )
    with plots.figure(5.0, 5.4, nrows=3) as (fig, axes):
        for ax, (title, lines) in zip(axes, panels, strict=True):
            _connect(ax, num_inputs, num_outputs, lines)
            ax.set_title(title, loc="left")
    return plots.drawing(fig)


def _connect(ax, num_inputs, num_outputs, lines):
    start = (num_inputs - num_outputs) / 2
    for source, target, colour in lines:
        style = "-" if colour != "muted" else (0, (4, 1.5))
        ax.plot([source, start + target], [0, 1], color=plots.COLOURS[colour], linewidth=1.6, linestyle=style)
    for count, left, height in ((num_inputs, 0, 0), (num_outputs, start, 1)):
        for unit in range(count):
            circle = mpl.patches.Circle((left + unit, height), 0.16, zorder=3, linewidth=1.4)
            circle.set(facecolor=plots.COLOURS["bg"], edgecolor=plots.COLOURS["fg"])
            ax.add_patch(circle)
    ax.text(num_inputs - 0.5, 0, "input", va="center")
    ax.text(num_inputs - 0.5, 1, "output", va="center")
    ax.set(xlim=(-0.3, num_inputs + 0.7), ylim=(-0.25, 1.25), aspect=1.1)
    ax.axis("off")


def filter_grid(filters, *, columns=8):
    """Draw filters as small colour pictures, each on its own scale, with zero as middle grey.

    Parameters
    ----------
    filters : array_like of shape (F, K_h, K_w, 3)
    columns : int
        Filters in a row.

    Returns
    -------
    Drawing
    """
    filters = np.asarray(filters, dtype=float)
    rows = -(-len(filters) // columns)
    with plots.figure(5.0, 5.0 * rows / columns, nrows=rows, ncols=columns, squeeze=False) as (fig, axes):
        for ax in axes.flat:
            ax.axis("off")
        for ax, weights in zip(axes.flat, filters, strict=False):
            plots.draw_image(ax, 0.5 + 0.5 * weights / (np.abs(weights).max() or 1.0))
    return plots.drawing(fig)


def patch_rows(rows):
    """Draw rows of image patches, each patch as large as its pixels ask for.

    Parameters
    ----------
    rows : sequence of array_like of shape (P, K, K)
        Grey values in 0..1; `K` may differ from row to row.

    Returns
    -------
    Drawing
    """
    sizes = [np.shape(row)[1] for row in rows]
    num_patches = np.shape(rows[0])[0]
    with plots.figure(5.0, 5.0 / num_patches * sum(sizes) / max(sizes)) as (fig, ax):
        top = 0
        for size, row in zip(sizes, rows, strict=True):
            for index, patch in enumerate(row):
                left = index * (max(sizes) + 1)
                ax.imshow(patch, cmap="gray", vmin=0, vmax=1, extent=(left, left + size, top + size, top))
            top += size + 1
        ax.set(xlim=(-0.5, num_patches * (max(sizes) + 1)), ylim=(top, -0.5), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)
