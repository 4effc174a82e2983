"""How much of the input a unit sees through a stack of layers (chapter *Sizing*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["ReceptiveFieldStack"]

KINDS = ("convolution", "pooling")
RANGES = {"kernel": (1, 11), "stride": (1, 4), "dilation": (1, 4), "padding": (0, 5)}
MOST_LAYERS = 8
LARGEST = 48  # inputs; more would be too small to be told apart

_CONVOLUTION = {"kind": "convolution", "kernel": 3, "stride": 1, "dilation": 1, "padding": 0}
_WIDE = _CONVOLUTION | {"kernel": 5}
_POOLING = _CONVOLUTION | {"kind": "pooling", "kernel": 2, "stride": 2}
_PRESETS = (
    {"name": "3 × 3 twice", "size": 9, "layers": [_CONVOLUTION] * 2},
    {"name": "3 × 3 three times", "size": 11, "layers": [_CONVOLUTION] * 3},
    {"name": "7 × 7 once", "size": 11, "layers": [_CONVOLUTION | {"kernel": 7}]},
    {"name": "LeNet: two convolutions, each pooled", "size": 32, "layers": [_WIDE, _POOLING] * 2},
    {
        "name": "dilation 1, 2, 4",
        "size": 21,
        "layers": [_CONVOLUTION | {"dilation": dilation} for dilation in (1, 2, 4)],
    },
)


class ReceptiveFieldStack(BookWidget):
    """A stack of layers that the reader edits, seen from the side, with all that one unit of the top sees.

    One axis is drawn; with square kernels the other is the same. Size, receptive field, jump and start of
    each layer are those of :mod:`convnets.sizing`.

    Parameters
    ----------
    layers : list of dict, optional
        From the input upwards, 1 to 8 of them, each with ``kind`` (``"convolution"`` or ``"pooling"``),
        ``kernel`` and, where they are not 1, 1 and 0, ``stride``, ``dilation`` and ``padding``. Two 3 × 3
        convolutions if left out.
    size : int
        Inputs along the axis, 1 to 48.
    unit : int, optional
        The unit of the top layer that is chosen at the start; the one in the middle if left out.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If a number is out of its range, or a kind or a name is unknown.
    """

    alt = (
        "A stack of convolution and pooling layers, drawn from the side, that can be edited: cones show "
        "what one unit of the top sees, and a table has size, receptive field, jump and start of each layer."
    )
    _esm = parts.module("receptive_field_stack")
    _own_css = parts.style("receptive_field_stack")

    layers = traitlets.List().tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True)
    size = traitlets.Int().tag(sync=True)
    unit = traitlets.Int(min=-1).tag(sync=True)  # -1: the one in the middle
    presets = traitlets.List().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, layers=None, size=9, *, unit=None):
        layers = [_layer(each) for each in (_PRESETS[0]["layers"] if layers is None else layers)]
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise ValueError(f"layers expects 1 to {MOST_LAYERS} layers, got {len(layers)}")
        check_range("size", size, 1, LARGEST)
        if unit is not None:
            check_range("unit", unit, 0, LARGEST)
        super().__init__(
            layers=layers,
            size=size,
            unit=-1 if unit is None else unit,
            presets=[each | {"layers": [dict(layer) for layer in each["layers"]]} for each in _PRESETS],
            ranges=RANGES | {"size": (1, LARGEST), "layers": (1, MOST_LAYERS)},
        )


def _layer(given):
    layer = _CONVOLUTION | dict(given)
    if set(layer) != set(_CONVOLUTION):
        raise ValueError(f"a layer has {', '.join(_CONVOLUTION)}, got {', '.join(given)}")
    if layer["kind"] not in KINDS:
        raise ValueError(f"kind expects 'convolution' or 'pooling', got {layer['kind']!r}")
    for name, (least, most) in RANGES.items():
        check_range(name, layer[name], least, most)
    return layer
