"""How many windows fit along one axis (chapter *Sizing*, equations eq-output-size and eq-window-extent).

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from numbers import Integral

__all__ = ["ROUNDINGS", "check_at_least", "output_size", "pair", "same_padding", "window_extent"]

ROUNDINGS = ("floor", "ceil", "exact")


def pair(value):
    """Return what is given for height and width: a pair as it is, one number twice."""
    if not isinstance(value, (tuple, list)):
        return value, value
    if len(value) != 2:
        raise ValueError(f"expected one number or a pair (height, width), got {value!r}")
    return tuple(value)


def window_extent(kernel_size, dilation=1):
    """Return how many pixels a window spans: dilation · (kernel_size − 1) + 1.

    Parameters
    ----------
    kernel_size, dilation : int
        Number of taps, and the distance between neighbouring ones in pixels; at least 1 each.

    Returns
    -------
    int
        From the first tap to the last, both included.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If an argument is less than 1.
    """
    check_at_least(1, kernel_size=kernel_size, dilation=dilation)
    return dilation * (kernel_size - 1) + 1


def output_size(size, kernel_size, stride=1, padding=0, dilation=1, rounding="floor"):
    """Return how many windows of a convolution or pooling fit along one axis.

    Parameters
    ----------
    size : int
        Extent of the input in pixels.
    kernel_size, stride, dilation : int
        Taps of a window, step from one window to the next, distance between taps; at least 1 each.
    padding : int
        Pixels added at each of the two ends.
    rounding : {"floor", "ceil", "exact"}
        What to do where the last window does not end with the last pixel. ``"floor"`` leaves the rest out,
        as convolutions of PyTorch do. ``"ceil"`` adds one window that hangs over the end, unless it would
        start beyond the last pixel and the padding before it, as ``ceil_mode=True`` of PyTorch's pooling
        does. ``"exact"`` raises.

    Returns
    -------
    int
        (size + 2 · padding − dilation · (kernel_size − 1) − 1) / stride + 1, rounded; at least 1.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If a size is out of range, no window fits, the rounding is unknown, or it is ``"exact"`` and pixels
        are left over.

    Examples
    --------
    >>> output_size(7, 3, stride=2)
    3
    >>> output_size(8, 3, stride=2), output_size(8, 3, stride=2, rounding="ceil")
    (3, 4)
    """
    check_at_least(1, size=size, stride=stride)
    check_at_least(0, padding=padding)
    if rounding not in ROUNDINGS:
        raise ValueError(f"rounding must be one of {', '.join(map(repr, ROUNDINGS))}, got {rounding!r}")
    extent = window_extent(kernel_size, dilation)
    room = size + 2 * padding - extent
    if room < 0:
        raise ValueError(
            f"no window fits: it spans {extent} pixels and there are {size} + 2 · {padding} = "
            f"{size + 2 * padding}"
        )
    steps, left_over = divmod(room, stride)
    if left_over and rounding == "exact":
        raise ValueError(
            f"windows of {extent} pixels at stride {stride} leave {left_over} of {size} + 2 · {padding} "
            f"pixels over: ({size} + 2 · {padding} − {extent}) / {stride} is no whole number"
        )
    if left_over and rounding == "ceil" and (steps + 1) * stride < size + padding:
        steps += 1
    return steps + 1


def same_padding(kernel_size, stride=1, dilation=1):
    """Return the padding before and after that gives as many windows as there are pixels.

    Parameters
    ----------
    kernel_size, stride, dilation : int
        As in :func:`output_size`; ``stride`` must be 1.

    Returns
    -------
    (int, int)
        Pixels before the first and after the last; together the window's extent less one. Where that is odd,
        the one more is put at the end, as PyTorch does for ``padding="same"``.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If an argument is less than 1, or ``stride`` is not 1: with larger steps there are fewer windows than
        pixels whatever the padding, unless it grows with the image.

    Examples
    --------
    >>> same_padding(3), same_padding(3, dilation=2), same_padding(10)
    ((1, 1), (2, 2), (4, 5))
    """
    check_at_least(1, stride=stride)
    room = window_extent(kernel_size, dilation) - 1
    if stride != 1:
        raise ValueError(f"a size stays the same at stride 1 only, got stride {stride}")
    return room // 2, room - room // 2


def check_at_least(least, **values):
    """Raise TypeError where a named value is no integer, ValueError where it is less than `least`."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{name} must be an integer, got {value!r}")
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")
