"""Pooling: one number for a window of each map (chapter *Layers*).

Sources: K. Fukushima, "Neocognitron" (1980), for averages that let features move; Y. LeCun, L. Bottou,
Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998), section II.B, for
subsampling with a coefficient; R. Zhang, "Making convolutional networks shift-invariant again" (2019), for
the blur.
"""

from itertools import product

import numpy as np

from convnets.layers.arguments import IMAGES, as_array, check_bias, divisible, out_sizes, pair
from convnets.layers.padding import border, filled, pad

__all__ = [
    "avg_pool2d",
    "avg_pool2d_loops",
    "binomial",
    "blur_pool2d",
    "check_pooling",
    "max_pool2d",
    "max_pool2d_loops",
    "pixels_counted",
    "reach",
    "subsample2d",
    "taps_of",
]


def max_pool2d_loops(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Take the largest number of each window, window by window.

    Parameters, value and errors are those of :func:`max_pool2d`.
    """
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, padding)
    dilation = pair("dilation", dilation)
    N, C, H, W = x.shape
    sizes = out_sizes((H, W), kernel_size, stride, padding, dilation, "ceil" if ceil_mode else "floor")
    out = np.empty((N, C, *sizes), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        rows = [i * stride[0] - padding[0] + s * dilation[0] for s in range(kernel_size[0])]
        columns = [j * stride[1] - padding[1] + t * dilation[1] for t in range(kernel_size[1])]
        inside = [(s, t) for s, t in product(rows, columns) if 0 <= s < H and 0 <= t < W]
        out[n, c, i, j] = max((x[n, c, s, t] for s, t in inside), default=_lowest(x.dtype))
    return out


def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Take the largest number of each window, in each map on its own.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of maps; N may be 0.
    kernel_size : int or tuple of int
        Height and width (K_h, K_w) of a window.
    stride : int or tuple of int, optional
        Step from one window to the next; ``kernel_size`` if None, so that windows do not overlap.
    padding, dilation : int or tuple of int
        As in :func:`conv2d`. What is added never wins: it is −∞, not 0.
    ceil_mode : bool
        Whether a last window may hang over the border.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out)
        The largest numbers, in the dtype of ``x``; nan where a window holds one. A dilated window that steps
        over all pixels gives −∞, for integers the lowest number there is.

    Raises
    ------
    TypeError
        If ``x`` holds anything but integers or real floats, or a setting anything but integers.
    ValueError
        If ``x`` has other axes, a setting is out of range, no window fits, or padding is more than half a
        window: one could lie wholly outside.
    """
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, padding)
    dilation = pair("dilation", dilation)
    sizes = out_sizes(x.shape[2:], kernel_size, stride, padding, dilation, "ceil" if ceil_mode else "floor")
    padded = filled(x, reach(x, sizes, kernel_size, stride, padding, dilation), _lowest(x.dtype))
    taps = taps_of(padded, sizes, kernel_size, stride, dilation)
    out = next(taps).copy()
    for tap in taps:
        np.maximum(out, tap, out=out)
    return out


def _lowest(dtype):
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def avg_pool2d_loops(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Average each window, window by window.

    Parameters, value and errors are those of :func:`avg_pool2d`.
    """
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, padding)
    N, C, H, W = x.shape
    sizes = out_sizes((H, W), kernel_size, stride, padding, rounding="ceil" if ceil_mode else "floor")
    out = np.empty((N, C, *sizes), divisible(x))
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
        bottom, right = min(top + kernel_size[0], H + padding[0]), min(left + kernel_size[1], W + padding[1])
        window = x[n, c, max(top, 0) : bottom, max(left, 0) : right]
        out[n, c, i, j] = window.sum() / (
            (bottom - top) * (right - left) if count_include_pad else window.size
        )
    return out


def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Average each window, in each map on its own.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of maps; N may be 0.
    kernel_size, stride, padding, ceil_mode
        As in :func:`max_pool2d`; padding adds zeros.
    count_include_pad : bool
        Whether the zeros that were added count in the average. Where a window hangs over them
        (``ceil_mode``), what lies beyond never counts.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out)
        The averages, in the dtype of ``x`` if it is a float, else float64.

    Raises
    ------
    TypeError, ValueError
        As :func:`max_pool2d`.
    """
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, padding)
    sizes = out_sizes(x.shape[2:], kernel_size, stride, padding, rounding="ceil" if ceil_mode else "floor")
    settings = kernel_size, stride, padding
    counts = [
        pixels_counted(*axis, count_include_pad) for axis in zip(x.shape[2:], sizes, *settings, strict=True)
    ]
    out = _sums(x.astype(divisible(x), copy=False), sizes, *settings)
    out /= np.outer(*counts).astype(out.dtype)
    return out


def pixels_counted(size, out_size, kernel_size, stride, padding, count_include_pad):
    """Return over how many pixels along one axis each window averages."""
    starts = np.arange(out_size) * stride - padding
    first, last = (-padding, size + padding) if count_include_pad else (0, size)
    return np.minimum(starts + kernel_size, last) - np.maximum(starts, first)


def subsample2d(x, weight, bias=None, kernel_size=2, stride=None):
    """Subsample as LeNet's S layers do: add up a window, scale it and add a bias, both learned.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of maps; N may be 0.
    weight, bias : ndarray of shape (C,)
        One coefficient for each map, and one bias; the bias is optional.
    kernel_size, stride
        As in :func:`max_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out)
        ``weight[c]`` times the *sum* of the window, plus ``bias[c]``, in ``np.result_type(x, weight)``. A
        coefficient 1 / (K_h · K_w) makes it average pooling.

    Raises
    ------
    TypeError, ValueError
        As :func:`max_pool2d`; ValueError too if ``weight`` or ``bias`` is not one number for each map.
    """
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, 0)
    weight = as_array("weight", weight, ("C",))
    if weight.shape != x.shape[1:2]:
        raise ValueError(f"weight must have shape {x.shape[1:2]}, it has {weight.shape}")
    bias = check_bias(bias, weight.shape)
    sizes = out_sizes(x.shape[2:], kernel_size, stride)
    dtype = np.result_type(x, weight, *(() if bias is None else (bias,)))
    out = _sums(x.astype(dtype, copy=False), sizes, kernel_size, stride, padding)
    out *= weight[:, None, None]
    if bias is not None:
        out += bias[:, None, None]
    return out


def blur_pool2d(x, kernel_size=3, stride=2, padding_mode="reflect"):
    """Blur each map, then keep every ``stride``-th pixel: subsampling that respects the sampling theorem.

    The filter is binomial, (1 2 1) / 4 for a size of 3 along each axis.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        A batch of maps; N may be 0.
    kernel_size : int
        Number of taps K of the filter along each axis; 1 does not blur.
    stride : int or tuple of int
        Which pixels to keep.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        How maps go on beyond their borders, by (K − 1) // 2 pixels before and K // 2 after.

    Returns
    -------
    ndarray of shape (N, C, H_out, W_out)
        In the dtype of ``x`` if it is a float, else float64; ⌈H / stride⌉ × ⌈W / stride⌉ for an odd size K.

    Raises
    ------
    TypeError, ValueError
        As :func:`max_pool2d` and :func:`pad`.
    """
    x, (taps, also), stride, _ = check_pooling(x, kernel_size, stride, 0)
    if taps != also:
        raise ValueError(f"kernel_size must be one number, got {kernel_size!r}")
    row = binomial(taps).astype(divisible(x))
    before_and_after = ((taps - 1) // 2, taps // 2)
    padded = pad(x, (before_and_after, before_and_after), padding_mode)
    sizes = out_sizes(padded.shape[2:], (taps, taps), stride)
    out = np.zeros((*x.shape[:2], *sizes), row.dtype)
    for scale, tap in zip(np.outer(row, row).flat, taps_of(padded, sizes, (taps, taps), stride), strict=True):
        out += scale * tap
    return out


def binomial(taps):
    """Return a row of Pascal's triangle, divided by its sum."""
    row = np.ones(1)
    for _ in range(taps - 1):
        row = np.convolve(row, [0.5, 0.5])
    return row


def check_pooling(x, kernel_size, stride, padding):
    """Return the maps as an array and the settings of a pooling layer as pairs, after checking them."""
    x = as_array("x", x, ("N", "C", *IMAGES[2:]))
    kernel_size, padding = pair("kernel_size", kernel_size), pair("padding", padding, least=0)
    stride = kernel_size if stride is None else pair("stride", stride)
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise ValueError(f"padding must be at most half of kernel_size {kernel_size}, got {padding}")
    return x, kernel_size, stride, padding


def reach(x, sizes, kernel_size, stride, padding, dilation=(1, 1)):
    """Return how far to pad so that the last window, hanging over or not, ends inside."""
    ends = (
        max(p, (out - 1) * s + d * (k - 1) + 1 - p - size)
        for size, out, k, s, p, d in zip(
            x.shape[2:], sizes, kernel_size, stride, padding, dilation, strict=True
        )
    )
    return border(tuple(zip(padding, ends, strict=True)))


def taps_of(padded, sizes, kernel_size, stride, dilation=(1, 1)):
    """Yield, for each place inside the windows, the pixels that stand there in all windows."""
    for s, t in np.ndindex(kernel_size):
        top, left = s * dilation[0], t * dilation[1]
        bottom, right = top + (sizes[0] - 1) * stride[0] + 1, left + (sizes[1] - 1) * stride[1] + 1
        yield padded[:, :, top : bottom : stride[0], left : right : stride[1]]


def _sums(x, sizes, kernel_size, stride, padding):
    padded = filled(x, reach(x, sizes, kernel_size, stride, padding))
    taps = taps_of(padded, sizes, kernel_size, stride)
    out = next(taps).copy()
    for tap in taps:
        out += tap
    return out
