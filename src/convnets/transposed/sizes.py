"""How large a transposed convolution's output is, and the choice it leaves (chapter *Transposed*).

Equation eq-transposed-size. Plain arithmetic on whole numbers, along one axis; the forward formula is
:func:`convnets.sizing.output_size`.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4.
"""

from convnets.sizing import window_extent
from convnets.sizing.windows import check_at_least

__all__ = ["output_padding_for", "transposed_output_size"]


def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """Return the extent of a transposed convolution's output along one axis.

    Parameters
    ----------
    size : int
        Extent of the small map that is enlarged, at least 1.
    kernel_size, stride, dilation : int
        Those of the convolution that is transposed; at least 1 each.
    padding : int
        The zeros which that convolution adds at both ends, and which this one therefore cuts off.
    output_padding : int
        Pixels added at the end, to reach the larger of the inputs that the convolution maps to ``size``;
        less than ``stride`` or less than ``dilation``.

    Returns
    -------
    int
        stride · (size − 1) + dilation · (kernel_size − 1) + 1 − 2 · padding + output_padding.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If an argument is out of range, or the padding cuts everything off.

    Examples
    --------
    >>> transposed_output_size(3, 3, stride=2, padding=1)
    5
    >>> transposed_output_size(3, 3, stride=2, padding=1, output_padding=1)
    6
    """
    smallest = _smallest(size, kernel_size, stride, padding, dilation)
    _check_output_padding(output_padding, stride, dilation)
    result = smallest + output_padding
    if result < 1:
        raise ValueError(
            f"padding {padding} cuts everything off: {smallest} + {output_padding} = {result} pixels would "
            f"be left of {smallest + 2 * padding}"
        )
    return result


def output_padding_for(size, wanted_size, kernel_size, stride=1, padding=0, dilation=1):
    """Return the output padding with which a transposed convolution enlarges ``size`` to a wanted extent.

    Parameters
    ----------
    size : int
        Extent of the small map.
    wanted_size : int
        Extent of the large one, for instance of the input which the convolution made small.
    kernel_size, stride, padding, dilation : int
        As for :func:`transposed_output_size`.

    Returns
    -------
    int
        From 0 to ``stride - 1``: the pixels at the end that no window of the convolution reached.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If an argument is out of range, or the convolution does not map the wanted extent to ``size``.

    Examples
    --------
    >>> output_padding_for(4, 8, kernel_size=3, stride=2, padding=1)
    1
    """
    smallest = _smallest(size, kernel_size, stride, padding, dilation)
    check_at_least(1, wanted_size=wanted_size)
    missing = wanted_size - smallest
    if not 0 <= missing < stride:
        raise ValueError(
            f"{size} is enlarged to {smallest} … {smallest + stride - 1}, never to {wanted_size}: "
            f"a convolution maps only the former to {size}"
        )
    return missing


def _smallest(size, kernel_size, stride, padding, dilation):
    """Without output padding; a large padding can leave less than one pixel."""
    check_at_least(1, size=size, stride=stride)
    check_at_least(0, padding=padding)
    return stride * (size - 1) + window_extent(kernel_size, dilation) - 2 * padding


def _check_output_padding(output_padding, stride, dilation):
    check_at_least(0, output_padding=output_padding)
    if output_padding >= max(stride, dilation):
        raise ValueError(
            f"output_padding must be smaller than stride or dilation, got {output_padding} with stride "
            f"{stride} and dilation {dilation}"
        )
