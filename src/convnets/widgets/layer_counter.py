"""Fully connected, locally connected, convolutional: what is seen and what is shared (chapter *Seeing*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["LayerCounter"]

LARGEST = {"side": 1000, "channels": 512, "units": 10_000, "filters": 1024, "kernel": 31}
PADDINGS = ("same", "valid")

_PRESETS = (
    {
        "name": "200 × 200 × 3, 1000 units",
        "side": 200,
        "channels": 3,
        "units": 1000,
        "filters": 100,
        "kernel": 5,
        "padding": "same",
    },
    {
        "name": "1000 × 1000, 100 filters of 10 × 10",
        "side": 1000,
        "channels": 1,
        "units": 1000,
        "filters": 100,
        "kernel": 10,
        "padding": "same",
    },
)


class LayerCounter(BookWidget):
    """Three layers side by side: which inputs a unit sees, which weights are shared, and how many there are.

    The counts are those of :func:`convnets.sizing.count_fully_connected` and its two neighbours, without
    biases; a connection into the zeros of the padding counts as one.

    Parameters
    ----------
    side : int
        Height and width of the image, 1 to 1000.
    channels : int
        Channels of the image, 1 to 512.
    units : int
        Units of the fully connected layer, 1 to 10,000.
    filters : int
        Output channels of the other two layers, 1 to 1024.
    kernel : int
        Height and width of what their units see, 1 to 31, and not more than ``side``.
    padding : {"same", "valid"}
        Whether they have as many rows and columns of units as the image has pixels, or see no border.
    unit : int
        The unit that the pictures of 5 × 5 inputs and 3 × 3 units point out at the start, 0 to 8.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If a size is out of its range, or the padding unknown.
    """

    alt = (
        "A fully connected, a locally connected and a convolutional layer side by side: which inputs a unit "
        "sees, which weights it shares, and units, weights and connections for sizes that can be changed."
    )
    _esm = parts.module("layer_counter")
    _own_css = parts.style("layer_counter")

    side = traitlets.Int().tag(sync=True)
    channels = traitlets.Int().tag(sync=True)
    units = traitlets.Int().tag(sync=True)
    filters = traitlets.Int().tag(sync=True)
    kernel = traitlets.Int().tag(sync=True)
    padding = traitlets.Enum(PADDINGS).tag(sync=True)
    unit = traitlets.Int().tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, side=200, channels=3, units=1000, filters=100, kernel=5, *, padding="same", unit=4):
        sizes = {"side": side, "channels": channels, "units": units, "filters": filters, "kernel": kernel}
        for name, value in sizes.items():
            check_range(name, value, 1, LARGEST[name])
        check_range("unit", unit, 0, 8)
        if kernel > side:
            raise ValueError(f"kernel expects at most side = {side}, got {kernel}")
        if padding not in PADDINGS:
            raise ValueError(f"padding expects 'same' or 'valid', got {padding!r}")
        super().__init__(**sizes, padding=padding, unit=unit, presets=[dict(each) for each in _PRESETS])
