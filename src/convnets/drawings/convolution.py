"""Figures of the chapter on convolution."""

import matplotlib as mpl
import numpy as np

from convnets import plots
from convnets.convolution import (
    KERNELS,
    conv1d_translate_and_scale,
    conv2d_translate_and_scale,
    conv2d_windows,
    cross_correlate2d,
    doubly_block_toeplitz,
    normalised,
    toeplitz_matrix,
)

__all__ = [
    "axis_of_sharpness",
    "copies_of_a_kernel",
    "copies_of_an_image",
    "crossover_chart",
    "doubly_block_picture",
    "flipped_windows",
    "kernel_gallery",
    "signs_of_sobel",
    "toeplitz_picture",
    "wrapped_sums",
]

_COLOURS = ("blue", "orange", "green", "purple", "red")


def _minus(value):
    return f"{value + 0.0:g}".replace("-", "−")  # + 0.0 turns −0.0 into 0.0


def copies_of_a_kernel(a, b):
    """Draw translate-and-scale: a scaled copy of `b` for each value of `a`, and the sum of their columns.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)

    Returns
    -------
    Drawing
    """
    a, b = np.asarray(a), np.asarray(b)
    total = conv1d_translate_and_scale(a, b)
    with plots.figure(4.8, 0.52 * (a.size + 1) + 0.2) as (fig, ax):
        for shift, weight in enumerate(a):
            _row(ax, shift, weight * b, shift, _COLOURS[shift % len(_COLOURS)])
            ax.text(-0.25, shift + 0.5, f"{_minus(weight)} × {_sequence(b)}", ha="right", va="center")
        _row(ax, a.size + 0.25, total, 0, "muted")
        ax.text(-0.25, a.size + 0.75, "sum of the columns", ha="right", va="center")
        ax.set(xlim=(-4.2, total.size + 0.1), ylim=(a.size + 1.35, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def _sequence(values):
    return "(" + ", ".join(_minus(value) for value in values) + ")"


def _row(ax, top, values, start, colour):
    for index, value in enumerate(values, start):
        box = mpl.patches.Rectangle(
            (index, top), 1, 1, facecolor=plots.COLOURS[colour], alpha=0.22, linewidth=0
        )
        frame = mpl.patches.Rectangle((index, top), 1, 1, fill=False, linewidth=0.8)
        frame.set_edgecolor(plots.COLOURS["line"])
        ax.add_patch(box)
        ax.add_patch(frame)
        ax.text(index + 0.5, top + 0.5, _minus(value), ha="center", va="center")


def flipped_windows(a, b):
    """Draw flip-and-filter: the flipped `b` below `a`, one row for each place where they meet.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)

    Returns
    -------
    Drawing
    """
    a, b = np.asarray(a), np.asarray(b)
    total = conv1d_translate_and_scale(a, b)
    with plots.figure(4.8, 0.5 * (total.size + 1) + 0.3) as (fig, ax):
        _row(ax, 0, a, 0, "blue")
        ax.text(-b.size - 0.2, 0.5, "a", ha="right", va="center", style="italic")
        for t, value in enumerate(total):
            top = t + 1.3
            _row(ax, top, b[::-1], t - b.size + 1, "orange")
            ax.text(-b.size - 0.2, top + 0.5, f"t = {t}", ha="right", va="center")
            ax.text(total.size + 0.4, top + 0.5, f"→ {_minus(value)}", ha="left", va="center")
        ax.vlines([0, a.size], 0, total.size + 1.3, color=plots.COLOURS["blue"], linewidth=1.5, linestyle=":")
        ax.set(xlim=(-b.size - 1.6, total.size + 1.9), ylim=(total.size + 1.4, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def toeplitz_picture(b, length):
    """Draw the Toeplitz matrix of `b`, one colour for each diagonal.

    Parameters
    ----------
    b : array_like of shape (k,)
    length : int
        Number of values of the signal that the matrix is applied to.

    Returns
    -------
    Drawing
    """
    b = np.asarray(b)
    matrix = toeplitz_matrix(b, length)
    with plots.figure(2.6, 2.9) as (fig, ax):
        for (row, column), value in np.ndenumerate(matrix):
            tap = row - column
            inside = 0 <= tap < b.size
            _row(ax, row, [value], column, _COLOURS[tap % len(_COLOURS)] if inside else "bg")
        ax.set(xlim=(-0.1, matrix.shape[1] + 0.1), ylim=(matrix.shape[0] + 0.1, -0.1), aspect="equal")
        ax.axis("off")
    return plots.drawing(fig)


def copies_of_an_image(x, weight):
    """Draw translate-and-scale in the plane: one shifted, scaled copy of `x` for each weight that is not 0.

    Parameters
    ----------
    x : array_like of shape (H, W)
    weight : array_like of shape (K_h, K_w)

    Returns
    -------
    Drawing
    """
    x, weight = np.asarray(x, dtype=float), np.asarray(weight, dtype=float)
    total = conv2d_translate_and_scale(x, weight)
    places = [place for place in np.ndindex(weight.shape) if weight[place]]
    with plots.figure(5.0, 5.0, nrows=2, ncols=-(-(len(places) + 1) // 2)) as (fig, axes):
        for ax, (down, right) in zip(axes.flat, places, strict=False):
            copy = np.full(total.shape, np.nan)
            copy[down : down + x.shape[0], right : right + x.shape[1]] = weight[down, right] * x
            _numbers(ax, copy, ~np.isnan(copy))
            ax.set_title(f"{_minus(weight[down, right])} × x, {down} down, {right} right")
        plots.draw_matrix(axes.flat[len(places)], total, colour="green", title="sum")
        for ax in axes.flat[len(places) + 1 :]:
            ax.axis("off")
    return plots.drawing(fig)


def _numbers(ax, array, shown):
    """Draw a matrix and write into it the numbers that are `shown`, a mask."""
    plots.draw_matrix(ax, np.where(shown, array, 0), fmt="")
    for row, column in np.argwhere(shown):
        ax.text(column + 0.5, row + 0.5, _minus(array[row, column]), ha="center", va="center")


def doubly_block_picture(weight, shape):
    """Draw the doubly block Toeplitz matrix of `weight`, with its blocks ruled off.

    Parameters
    ----------
    weight : array_like of shape (K_h, K_w)
    shape : (int, int)
        Height and width of the image that the matrix is applied to.

    Returns
    -------
    Drawing
    """
    weight = np.asarray(weight, dtype=float)
    matrix = doubly_block_toeplitz(weight, shape)
    block = (shape[1] + weight.shape[1] - 1, shape[1])
    with plots.figure(3.6, 5.4) as (fig, ax):
        _numbers(ax, matrix, matrix != 0)
        rule = {"color": plots.COLOURS["fg"], "linewidth": 1.8}
        ax.hlines(range(0, matrix.shape[0] + 1, block[0]), 0, matrix.shape[1], **rule)
        ax.vlines(range(0, matrix.shape[1] + 1, block[1]), 0, matrix.shape[0], **rule)
    return plots.drawing(fig)


def kernel_gallery(image, names):
    """Draw `image` beside its convolution with each named kernel, with the kernel's numbers.

    Kernels whose weights do not sum to zero are divided by their sum, so that brightness stays;
    the others are shown with zero as middle grey.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Grey values in 0..1.
    names : sequence of str
        Keys of `convnets.convolution.KERNELS`.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 2.5 * len(names), nrows=len(names), ncols=2, width_ratios=(1, 1.6)) as (fig, axes):
        for (left, right), name in zip(axes, names, strict=True):
            kernel = KERNELS[name]
            plots.draw_matrix(
                left, kernel.weights, title=f"{name.replace('_', ' ')}: sum {_minus(kernel.sum)}"
            )
            if kernel.sum:
                result, limits = conv2d_windows(image, normalised(kernel.weights), mode="valid"), (0, 1)
            else:
                result = conv2d_windows(image, kernel.weights, mode="valid")
                limits = (-1, 1)
            plots.draw_image(right, result, limits=limits)
    return plots.drawing(fig)


def axis_of_sharpness(image, laplacian, strengths):
    """Draw the image plus a multiple of its Laplacian, for several multiples.

    Parameters
    ----------
    image : array_like of shape (H, W)
        Grey values in 0..1.
    laplacian : array_like of shape (3, 3)
    strengths : sequence of (str, float)
        Label and multiple of each panel.

    Returns
    -------
    Drawing
    """
    with plots.figure(5.0, 2.0, ncols=len(strengths)) as (fig, axes):
        for ax, (label, strength) in zip(axes, strengths, strict=True):
            kernel = strength * np.asarray(laplacian, dtype=float)
            kernel[1, 1] += 1
            plots.draw_image(ax, conv2d_windows(image, kernel, mode="valid"), limits=(0, 1), title=label)
    return plots.drawing(fig)


def signs_of_sobel(step, kernel):
    """Draw a row of brightness and what convolution and cross-correlation with `kernel` make of it.

    Parameters
    ----------
    step : array_like of shape (W,)
        Brightness along a row of an image whose rows are all alike.
    kernel : array_like of shape (3, 3)

    Returns
    -------
    Drawing
    """
    image = np.tile(np.asarray(step, dtype=float), (3, 1))
    rows = (
        ("brightness along a row", image[1], 0, "muted"),
        ("convolution", conv2d_windows(image, kernel, mode="valid")[0], 1, "blue"),
        ("cross-correlation", cross_correlate2d(image, kernel, mode="valid")[0], 1, "orange"),
    )
    with plots.figure(5.0, 4.6, nrows=3, sharex=True) as (fig, axes):
        for ax, (title, values, start, colour) in zip(axes, rows, strict=True):
            plots.draw_signal(ax, values, start=start, colour=colour)
            ax.set_title(title, loc="left", pad=12)
            ax.set_yticks([])
            ax.spines["left"].set_visible(False)
        axes[-1].set_xticks(range(image.shape[1]))
        axes[-1].set_xlabel("column")
    return plots.drawing(fig)


def wrapped_sums(a, b, lengths):
    """Draw products of discrete Fourier transforms of several lengths: too short a length wraps around.

    Parameters
    ----------
    a, b : array_like of shape (n,), (k,)
    lengths : sequence of int

    Returns
    -------
    Drawing
    """
    right = conv1d_translate_and_scale(a, b)
    with plots.figure(4.6, 0.85 * len(lengths) + 0.2, nrows=len(lengths)) as (fig, axes):
        for ax, length in zip(axes, lengths, strict=True):
            product = np.fft.ifft(np.fft.fft(a, length) * np.fft.fft(b, length)).real.round(9) + 0.0
            wrong = [i for i in range(length) if i >= right.size or not np.isclose(product[i], right[i])]
            plots.draw_matrix(ax, product, highlight=[(0, i) for i in wrong if i < right.size])
            ax.set(xlim=(-2.3, max(lengths) + 0.05))
            ax.text(-0.3, 0.5, f"length {length}", ha="right", va="center")
    return plots.drawing(fig)


_FORMS = {
    "conv2d_im2col": ("im2col", "o-", "blue"),
    "conv2d_fft": ("FFT", "s-", "orange"),
    "conv2d_winograd tile=4": ("Winograd, 4 × 4", "*", "green"),
    "torch.nn.functional.conv2d": ("PyTorch", "^--", "purple"),
}


def crossover_chart(records, channels, size=64):
    """Draw the fast forms' processor time over the size of the kernel, a panel for each number of channels.

    Parameters
    ----------
    records : list of dict
        What :func:`convnets.convolution.benchmark.measure` returned.
    channels : sequence of int
    size : int
        Side of the images.

    Returns
    -------
    Drawing
        Medians, with a band from the lower to the upper quartile.
    """
    with plots.figure(5.0, 2.6 * len(channels) + 0.5, nrows=len(channels), sharex=True, squeeze=False) as (
        fig,
        axes,
    ):
        for ax, number in zip(axes[:, 0], channels, strict=True):
            for form, style in _FORMS.items():
                mine = [r for r in records if (r["form"], r["channels"], r["size"]) == (form, number, size)]
                _timings(ax, sorted(mine, key=lambda record: record["kernel_size"]), *style)
            ax.set_yscale("log")
            ax.set_ylabel("processor time in s")
            ax.set_title(f"{number} channel{'s' if number > 1 else ''}", loc="left")
        sizes = sorted({record["kernel_size"] for record in records if record["size"] == size})
        axes[-1, 0].set_xticks(sizes)
        axes[-1, 0].set_xlabel("side of the kernel in pixels")
        fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return plots.drawing(fig)


def _timings(ax, records, label, style, colour):
    sides, middle, low, high = (
        [record[key] for record in records]
        for key in ("kernel_size", "median_s", "lower_quartile_s", "upper_quartile_s")
    )
    size = 12 if style == "*" else 5
    ax.plot(sides, middle, style, color=plots.COLOURS[colour], markersize=size, label=label)
    ax.fill_between(sides, low, high, color=plots.COLOURS[colour], alpha=0.2, linewidth=0)
