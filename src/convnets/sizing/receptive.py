"""How much of the input a unit sees through a stack of windows (chapter *Sizing*, eq-receptive-field).

Along one axis, and for convolution and pooling alike: a window is a window. Source: the recursion is that of
A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural networks" (2019). Left
out is how much each pixel counts; pixels in the middle count more than those at the rim.
"""

from typing import NamedTuple

from convnets.sizing.windows import check_at_least, window_extent

__all__ = ["ReceptiveField", "Window", "receptive_field"]


class Window(NamedTuple):
    """A layer of windows along one axis.

    Attributes
    ----------
    kernel_size, stride, padding, dilation : int
        As in :func:`convnets.sizing.output_size`.
    """

    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """Which pixels of the input a unit depends on: unit i on `size` pixels from ``start + i * jump`` on.

    Attributes
    ----------
    size : int
        Number of pixels from the first to the last.
    jump : int
        How many pixels further the neighbouring unit looks.
    start : int
        First pixel of unit 0; negative where it lies in the padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    @property
    def centre(self):
        """The middle of unit 0's pixels; a half where their number is even."""
        return self.start + (self.size - 1) / 2

    def pixels(self, unit):
        """Return first and last pixel, both included, that `unit` depends on, the padding not cut off."""
        first = self.start + unit * self.jump
        return first, first + self.size - 1

    def then(self, window):
        """Return the receptive field of a layer of windows on top of this one.

        Parameters
        ----------
        window : Window or tuple of int
            Kernel size, and where they are not 1, 0, 1: stride, padding, dilation.

        Returns
        -------
        ReceptiveField
            `size` has grown by (extent − 1) · jump, `jump` is stride times as large, `start` has moved
            padding · jump to the left.
        """
        window = Window(*window)
        check_at_least(1, stride=window.stride)
        check_at_least(0, padding=window.padding)
        extent = window_extent(window.kernel_size, window.dilation)
        return ReceptiveField(
            self.size + (extent - 1) * self.jump,
            self.jump * window.stride,
            self.start - window.padding * self.jump,
        )


def receptive_field(windows):
    """Return the receptive field of a unit on top of a stack of layers.

    Parameters
    ----------
    windows : iterable of Window or tuple of int
        The layers from the input upwards, as (kernel_size, stride, padding, dilation); what is left away is
        1, 0 and 1. Convolutions and pooling alike; layers that look at single units need not be listed.

    Returns
    -------
    ReceptiveField
        Of an empty stack, a pixel by itself.

    Raises
    ------
    TypeError
        If a size is no integer, or a window no tuple of one to four of them.
    ValueError
        If a size is out of range.

    Examples
    --------
    >>> receptive_field([(3,), (3,), (3,)]).size
    7
    >>> receptive_field([(3, 1, 1), (3, 1, 1), (2, 2)])
    ReceptiveField(size=6, jump=2, start=-2)
    """
    field = ReceptiveField()
    for window in windows:
        field = field.then(window)
    return field
