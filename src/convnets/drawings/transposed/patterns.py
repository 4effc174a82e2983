"""Overlaps, checkerboards on photographs, and how tents add up to an interpolation."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.drawings.numbers import HUES
from convnets.drawings.seeing import image_row
from convnets.transposed import bilinear_kernel, checkerboard, conv_transpose2d, overlap_counts

__all__ = ["checkerboards", "overlaps", "tents", "with_readings"]


def overlaps(cases, size):
    """Draw the stamps of a row of pixels, one below the other, and how many reach each place.

    Parameters
    ----------
    cases : sequence of (int, int)
        Kernel size and stride of each picture.
    size : int
        Pixels in the row.

    Returns
    -------
    Drawing
    """
    widest = max(stride * (size - 1) + kernel for kernel, stride in cases)
    with plots.figure(5.0, 1.75 * len(cases), nrows=len(cases), squeeze=False) as (fig, axes):
        for ax, (kernel, stride) in zip(axes[:, 0], cases, strict=True):
            counts = overlap_counts((1, size), (1, kernel), (1, stride))[0]
            for i in range(size):
                bar = mpl.patches.Rectangle((i * stride + 0.06, i * 0.34), kernel - 0.12, 0.26, linewidth=0)
                bar.set_facecolor(plots.COLOURS[HUES[i % len(HUES)]])
                ax.add_patch(bar)
            top = size * 0.34 + 0.15
            for place, count in enumerate(counts):
                tint = {"facecolor": plots.COLOURS["fg"], "alpha": 0.14 * count, "linewidth": 0}
                ax.add_patch(mpl.patches.Rectangle((place, top), 1, 0.9, **tint))
                ax.text(place + 0.5, top + 0.45, str(count), ha="center", va="center")
            ax.set(xlim=(-0.1, widest + 0.1), ylim=(top + 1, -0.1))
            ax.set_title(f"kernel {kernel}, stride {stride}", loc="left")
            ax.axis("off")
    return plots.drawing(fig)


def checkerboards(image, cases):
    """Draw a photograph enlarged by stamps of equal weights, for several kernels and strides.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Grey values in 0..1.
    cases : sequence of (int, int)
        Kernel size and stride. The weights sum to stride², so that the mean grey stays; what the border
        disturbs is cut off.

    Returns
    -------
    Drawing
        Titles give kernel, stride and the reading of :func:`convnets.transposed.checkerboard`.
    """
    x = np.asarray(image, dtype=float)[None, None]
    images, titles = [], []
    for kernel, stride in cases:
        weight = np.full((1, 1, kernel, kernel), stride**2 / kernel**2)
        large = conv_transpose2d(x, weight, stride=stride)[0, 0]
        border = -(-kernel // stride) * stride
        images.append(large[border:-border, border:-border])
        titles.append(f"k {kernel}, s {stride}: {checkerboard(images[-1], stride):.2f}")
    return image_row(images, titles, columns=2, limits=(0, 1.2))


def with_readings(images, stride, *, limits=(0, 1)):
    """Draw images, each with its name and the reading of the checkerboard meter.

    Parameters
    ----------
    images : mapping of str to array_like of shape (H, W)
    stride : int
        Period that the meter looks for.
    limits : (float, float)
        Grey values shown black and white.

    Returns
    -------
    Drawing
    """
    titles = [f"{name}: {checkerboard(image, stride):.2f}" for name, image in images.items()]
    return image_row(list(images.values()), titles, columns=2, limits=limits)


def tents(values, stride):
    """Draw the stamps of a bilinear kernel along one axis, and their sum, which joins the values by lines.

    Parameters
    ----------
    values : array_like of shape (L,)
    stride : int

    Returns
    -------
    Drawing
    """
    values = np.asarray(values, dtype=float)
    kernel = bilinear_kernel((1, 2 * stride - 1), (1, stride))
    centres = np.arange(values.size) * stride
    total = conv_transpose2d(values[None, None, None], kernel[None, None], stride=(1, stride))[0, 0, 0]
    at = np.arange(total.size) - (stride - 1)
    with plots.figure(5.0, 2.9) as (fig, ax):
        for number, (centre, value) in enumerate(zip(centres, values, strict=True)):
            places = centre + np.arange(-stride, stride + 1)
            height = value * np.maximum(0, 1 - np.abs(places - centre) / stride)
            ax.fill_between(
                places, 0, height, color=plots.COLOURS[HUES[number % len(HUES)]], alpha=0.35, linewidth=0
            )
        ax.plot(at, total, "o-", color=plots.COLOURS["fg"], markersize=4.5)
        ax.axhline(0, color=plots.COLOURS["line"], linewidth=1)
        ax.set_xticks(centres, [f"{value:g}" for value in values])
        ax.set_xlabel("values of the map, at their places in the enlarged one")
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
    return plots.drawing(fig)
