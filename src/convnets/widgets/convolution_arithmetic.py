"""Size, kernel, stride, padding and dilation, and how many windows fit (chapter *Layers*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["ConvolutionArithmetic"]

RANGES = {"size": (1, 12), "kernel": (1, 7), "stride": (1, 5), "padding": (0, 4), "dilation": (1, 4)}

_PLAIN = {"size": 5, "kernel": 3, "stride": 1, "padding": 0, "dilation": 1}
_PRESETS = (
    {"name": "5 × 5, K 3", **_PLAIN},
    {"name": "5 × 5, K 3, P 1", **_PLAIN, "padding": 1},
    {"name": "5 × 5, K 3, P 1, S 2", **_PLAIN, "padding": 1, "stride": 2},
    {"name": "7 × 7, K 3", **_PLAIN, "size": 7},
    {"name": "7 × 7, K 3, S 2", **_PLAIN, "size": 7, "stride": 2},
    {"name": "7 × 7, K 3, D 2", **_PLAIN, "size": 7, "dilation": 2},
    {"name": "7 × 7, K 3, S 3: a rest", **_PLAIN, "size": 7, "stride": 3},
)


class ConvolutionArithmetic(BookWidget):
    """A window moves over a padded grid; the outputs that it makes fill a second grid.

    Sizes are those of :func:`convnets.sizing.output_size` with ``rounding="floor"``, the same along both
    axes. A choice where no window fits is allowed: the explorer says why there is no output.

    Parameters
    ----------
    size : int
        Height and width of the input, 1 to 12.
    kernel, stride, padding, dilation : int
        As in :func:`convnets.layers.conv2d`: 1 to 7 taps, steps of 1 to 5, 0 to 4 rows of zeros, 1 to 4
        pixels from tap to tap.
    position : int
        The output that is being made at the start, counted row by row; the last one if there are fewer.
    counted : bool
        Whether each pixel shows how many windows see it.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If an argument is out of its range.
    """

    alt = (
        "A window moves over a grid of pixels with zeros around it and fills the grid of outputs; size, "
        "kernel, stride, padding and dilation can be changed, and the formula for the output size follows."
    )
    _esm = parts.module("convolution_arithmetic")
    _own_css = parts.style("convolution_arithmetic")

    size = traitlets.Int().tag(sync=True)
    kernel = traitlets.Int().tag(sync=True)
    stride = traitlets.Int().tag(sync=True)
    padding = traitlets.Int().tag(sync=True)
    dilation = traitlets.Int().tag(sync=True)
    position = traitlets.Int(min=0).tag(sync=True)
    counted = traitlets.Bool().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, size=5, kernel=3, stride=1, padding=0, dilation=1, *, position=0, counted=False):
        sizes = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        for name, value in sizes.items():
            check_range(name, value, *RANGES[name])
        check_range("position", position, 0, 20**2)
        presets = [dict(each) for each in _PRESETS]
        super().__init__(**sizes, position=position, counted=counted, presets=presets, ranges=RANGES)
