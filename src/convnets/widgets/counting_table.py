"""Units, parameters and products of a network that the reader builds (chapter *Sizing*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["CountingTable"]

RANGES = {
    "convolution": {
        "out": (1, 4096),
        "kernel": (1, 31),
        "stride": (1, 8),
        "padding": (0, 15),
        "groups": (1, 4096),
        "bias": (0, 1),
    },
    "pooling": {"kernel": (1, 31), "stride": (1, 8), "padding": (0, 15)},
    "linear": {"out": (1, 100_000), "bias": (0, 1)},
}
COUNTED = ("connections", "multiply-adds")
MOST_LAYERS = 24
LARGEST = {"channels": 4096, "height": 1024, "width": 1024}


def _convolution(out, kernel, stride=1, padding=0, bias=1):
    return {
        "kind": "convolution",
        "out": out,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "groups": 1,
        "bias": bias,
    }


def _pooling(kernel=2, stride=2):
    return {"kind": "pooling", "kernel": kernel, "stride": stride, "padding": 0}


def _linear(out, bias=1):
    return {"kind": "linear", "out": out, "bias": bias}


def _lenet(bias):
    convolutions = (_convolution(6, 5, bias=bias), _pooling(), _convolution(16, 5, bias=bias), _pooling())
    return [*convolutions, *(_linear(out, bias) for out in (120, 84, 10))]


def _alexnet():
    """Return the layers of AlexNet as one column, without the two groups that shared the work of two GPUs."""
    first = [_convolution(96, 11, 4), _pooling(3), _convolution(256, 5, 1, 2), _pooling(3)]
    rest = [*(_convolution(out, 3, 1, 1) for out in (384, 384, 256)), _pooling(3)]
    return [*first, *rest, *(_linear(out) for out in (4096, 4096, 1000))]


def _vgg_d():
    stages = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
    layers = [layer for out, times in stages for layer in [*[_convolution(out, 3, 1, 1)] * times, _pooling()]]
    return [*layers, *(_linear(out) for out in (4096, 4096, 1000))]


_PRESETS = (
    {"name": "LeNet, without biases", "input": [1, 32, 32], "layers": _lenet(0)},
    {"name": "LeNet, with biases", "input": [1, 32, 32], "layers": _lenet(1)},
    {"name": "AlexNet, one column", "input": [3, 227, 227], "layers": _alexnet()},
    {"name": "VGG-D", "input": [3, 224, 224], "layers": _vgg_d()},
)


class CountingTable(BookWidget):
    """A network built layer by layer, and a table that counts what each layer holds and costs.

    The numbers are those of :func:`convnets.sizing.summary`: units, parameters (weights and biases),
    and connections or multiply-adds, for one image.

    Parameters
    ----------
    layers : list of dict, optional
        From the input on, 1 to 24 of them. ``kind`` is ``"convolution"`` (with ``out``, ``kernel`` and, where
        they are not 1, 0, 1 and 1, ``stride``, ``padding``, ``groups``, ``bias``), ``"pooling"`` (``kernel``,
        ``stride``, ``padding``) or ``"linear"`` (``out``, ``bias``). LeNet as the lectures count it if left
        out.
    input : tuple of int
        Channels, height and width of the image.
    counted : {"connections", "multiply-adds"}
        Which of the two is shown beside units and parameters at the start.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If a number is out of its range, or a kind or a name is unknown. A layer that does not fit the one
        before is allowed: the table says so.
    """

    alt = (
        "A network that can be built layer by layer, with a table of output shape, units, parameters, "
        "connections and multiply-adds of each layer, and bars that show which kind of layer holds them."
    )
    _esm = parts.module("counting_table")
    _own_css = parts.style("counting_table")

    input = traitlets.List().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    counted = traitlets.Enum(COUNTED).tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, layers=None, input=(1, 32, 32), *, counted="connections"):
        layers = [_layer(each) for each in (_lenet(0) if layers is None else layers)]
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise ValueError(f"layers expects 1 to {MOST_LAYERS} layers, got {len(layers)}")
        if len(input) != 3:
            raise ValueError(f"input expects channels, height and width, got {tuple(input)}")
        for (name, most), value in zip(LARGEST.items(), input, strict=True):
            check_range(name, value, 1, most)
        if counted not in COUNTED:
            raise ValueError(f"counted expects one of {', '.join(map(repr, COUNTED))}, got {counted!r}")
        super().__init__(
            layers=layers,
            counted=counted,
            input=list(input),
            presets=[each | {"layers": [dict(layer) for layer in each["layers"]]} for each in _PRESETS],
            ranges=RANGES
            | {
                "input": {name: (1, most) for name, most in LARGEST.items()},
                "layers": (1, MOST_LAYERS),
            },
        )


_DEFAULTS = {"stride": 1, "padding": 0, "groups": 1, "bias": 1}


def _layer(given):
    kind = given.get("kind")
    if kind not in RANGES:
        raise ValueError(f"kind expects one of {', '.join(map(repr, RANGES))}, got {kind!r}")
    names = RANGES[kind]
    layer = {name: value for name, value in _DEFAULTS.items() if name in names} | dict(given)
    if set(layer) != {"kind", *names}:
        raise ValueError(f"a {kind} layer has {', '.join(names)}, got {', '.join(given)}")
    for name, (least, most) in names.items():
        check_range(name, int(layer[name]) if name == "bias" else layer[name], least, most)
    return {"kind": kind, **{name: int(layer[name]) for name in names}}
