"""What kernels do to photographs, and to a row of brightness."""

import numpy as np

from convnets import plots
from convnets.convolution import KERNELS, conv2d_windows, cross_correlate2d, normalised
from convnets.drawings.numbers import minus

__all__ = ["axis_of_sharpness", "kernel_gallery", "signs_of_sobel"]


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
                left, kernel.weights, title=f"{name.replace('_', ' ')}: sum {minus(kernel.sum)}"
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
