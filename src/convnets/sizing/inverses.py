"""The output size asked backwards: which input, which window gives it (chapter *Sizing*)."""

from convnets.sizing.receptive import Window
from convnets.sizing.windows import check_at_least, output_size, window_extent

__all__ = ["input_sizes", "windows_between"]


def input_sizes(out_size, kernel_size, stride=1, padding=0, dilation=1, rounding="floor"):
    """Return every input size that gives an output size.

    Parameters
    ----------
    out_size : int
        Number of windows.
    kernel_size, stride, padding, dilation, rounding
        As in :func:`convnets.sizing.output_size`.

    Returns
    -------
    range
        In rising order: one size if `rounding` is ``"exact"``, at most `stride` neighbouring ones otherwise.
        Sizes below 1 are left out, so that the range may be short or empty.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If a size is out of range, or the rounding is unknown.

    Examples
    --------
    >>> list(input_sizes(112, 7, stride=2, padding=3))
    [223, 224]
    """
    check_at_least(1, out_size=out_size, stride=stride)
    exact = (out_size - 1) * stride + window_extent(kernel_size, dilation) - 2 * padding
    around = range(max(exact - stride, 1), max(exact + stride, 1))
    found = [
        size
        for size in around
        if _size_or_none(size, kernel_size, stride, padding, dilation, rounding) == out_size
    ]
    return range(found[0], found[-1] + 1) if found else range(0)


def windows_between(in_size, out_size, largest_kernel=11, dilation=1, rounding="floor"):
    """Return every kernel size, stride and padding that turns one size into another.

    Parameters
    ----------
    in_size, out_size : int
        Pixels before, windows after.
    largest_kernel : int
        Kernels of 1 to so many taps are tried.
    dilation, rounding
        As in :func:`convnets.sizing.output_size`.

    Returns
    -------
    list of Window
        By kernel size, then stride, then padding. Left out are those of which a window would see nothing but
        padding. Strides larger than the kernel, which skip pixels, are among them. Where there is a single
        window, every stride gives the same; those up to `in_size` are listed.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If a size is out of range, or the rounding is unknown.

    Examples
    --------
    >>> [tuple(window)[:3] for window in windows_between(224, 112, largest_kernel=3)]
    [(1, 2, 0), (2, 2, 0), (3, 2, 1)]
    """
    check_at_least(1, in_size=in_size, out_size=out_size, largest_kernel=largest_kernel)
    found = []
    for kernel_size in range(1, largest_kernel + 1):
        extent = window_extent(kernel_size, dilation)
        for stride in range(1, in_size + 1):
            for padding in range(extent):
                size = _size_or_none(in_size, kernel_size, stride, padding, dilation, rounding)
                if size == out_size and (out_size - 1) * stride - padding < in_size:
                    found.append(Window(kernel_size, stride, padding, dilation))
    return found


def _size_or_none(size, kernel_size, stride, padding, dilation, rounding):
    """Return the output size, or None where no window fits, or none exactly."""
    extent = window_extent(kernel_size, dilation)
    room = size + 2 * padding - extent
    if room < 0 or (rounding == "exact" and room % stride):
        return None
    return output_size(size, kernel_size, stride, padding, dilation, rounding)
