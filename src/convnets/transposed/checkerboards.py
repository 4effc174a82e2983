"""Where checkerboards come from, counted and measured (chapter *Transposed*).

Source: A. Odena, V. Dumoulin and C. Olah, "Deconvolution and checkerboard artifacts" (2016).
"""

import numpy as np

from convnets.layers.arguments import pair
from convnets.transposed.forms import conv_transpose2d_scatter

__all__ = ["checkerboard", "overlap_counts", "phase_sums"]


def overlap_counts(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """Count for each output pixel of a transposed convolution how many stamps of the kernel reach it.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the small map.
    kernel_size, stride, padding, output_padding, dilation : int or (int, int)
        As for :func:`convnets.transposed.conv_transpose2d`.

    Returns
    -------
    ndarray of int, of shape (H_out, W_out)
        The transposed convolution of ones with ones. 0 where there is a hole between stamps.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.transposed.conv_transpose2d`.

    Examples
    --------
    >>> overlap_counts((1, 4), (1, 3), stride=2)
    array([[1, 1, 2, 1, 2, 1, 2, 1, 1]])
    """
    ones = np.ones((1, 1, *pair("size", size)), int)
    stamp = np.ones((1, 1, *pair("kernel_size", kernel_size)), int)
    options = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    return conv_transpose2d_scatter(ones, stamp, **options)[0, 0]


def phase_sums(weight, stride):
    """Sum the weights that meet in one output pixel, for each of the stride² phases of pixels.

    On a constant map all inputs are alike, so away from the borders an output is that constant times the sum
    of the weights that reach it: those whose indices agree up to multiples of the stride. A constant stays
    constant where all these sums are equal; otherwise a checkerboard appears, whatever is learnt elsewhere.

    Parameters
    ----------
    weight : array_like of shape (..., K_h, K_w)
        Kernels, without dilation.
    stride : int or (int, int)

    Returns
    -------
    ndarray of shape (..., s_h, s_w)
        At (i, j) the sum of all weights whose row is i and whose column is j up to multiples of the stride;
        0 where there is none, as for a stride beyond the kernel's size.

    Raises
    ------
    TypeError
        If the stride is no integer.
    ValueError
        If ``weight`` has fewer than two axes, or the stride is less than 1.

    Examples
    --------
    >>> phase_sums([[1, 1, 1]], (1, 2))
    array([[2, 1]])
    """
    weight, (s_h, s_w) = np.asarray(weight), pair("stride", stride)
    if weight.ndim < 2:
        raise ValueError(f"weight must have shape (..., K_h, K_w), its shape is {weight.shape}")
    phases = [[weight[..., i::s_h, j::s_w].sum(axis=(-2, -1)) for j in range(s_w)] for i in range(s_h)]
    return np.moveaxis(np.array(phases), (0, 1), (-2, -1))


def checkerboard(x, stride):
    """Measure how strongly a pattern with the period of the stride lies over an image.

    The image is cut into tiles of stride × stride pixels, and the tiles are averaged. What differs within
    the mean tile repeats all over the image; its standard deviation, divided by the root mean square of the
    image, is the meter's reading.

    Parameters
    ----------
    x : array_like of shape (..., H, W)
        Images or feature maps; several are read as one, with the mean tile of each for itself. Rows and
        columns that fill no tile are left out. Crop what the border disturbs first.
    stride : int or (int, int)

    Returns
    -------
    float
        0 if all phases have the same mean, at most 1; the same for an image and for a multiple of it. An
        image with no value but 0 reads 0. A pattern whose sign changes within an image cancels out.

    Raises
    ------
    TypeError
        If the stride is no integer.
    ValueError
        If there is no tile, or the stride is less than 1.

    Examples
    --------
    >>> checkerboard([[1, 3, 1, 3]], (1, 2)) == 1 / 5**0.5
    True
    """
    x, (s_h, s_w) = np.asarray(x, dtype=float), pair("stride", stride)
    if x.ndim < 2 or x.shape[-2] < s_h or x.shape[-1] < s_w or x.size == 0:
        raise ValueError(
            f"expected x (..., H, W) of at least one tile of stride × stride pixels, got x {x.shape} and "
            f"stride {stride}"
        )
    rows, columns = x.shape[-2] // s_h, x.shape[-1] // s_w
    tiles = x[..., : rows * s_h, : columns * s_w].reshape(*x.shape[:-2], rows, s_h, columns, s_w)
    mean_tile = tiles.mean(axis=(-4, -2))  # (..., s_h, s_w)
    square = (tiles**2).mean()
    return float(np.sqrt(mean_tile.var(axis=(-2, -1)).mean() / square)) if square else 0.0
