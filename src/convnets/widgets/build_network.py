"""A network that the reader builds, from LeNet-5 to residual blocks (chapter *Architectures*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["BuildNetwork"]

MOST_CHANNELS = 4096
RANGES = {
    "convolution": {
        "out": (1, MOST_CHANNELS),
        "kernel": (1, 31),
        "stride": (1, 8),
        "padding": (0, 15),
        "bias": (0, 1),
    },
    "pooling": {"kernel": (1, 31), "stride": (1, 8), "padding": (0, 15), "average": (0, 1)},
    "relu": {},
    "norm": {},
    "residual": {"out": (1, MOST_CHANNELS), "stride": (1, 8), "projection": (0, 1)},
    "inception": {
        "one": (1, MOST_CHANNELS),
        "reduce3": (0, MOST_CHANNELS),
        "three": (1, MOST_CHANNELS),
        "reduce5": (0, MOST_CHANNELS),
        "five": (1, MOST_CHANNELS),
        "pooled": (0, MOST_CHANNELS),
    },
    "flatten": {},
    "linear": {"out": (1, 100_000), "bias": (0, 1)},
}
MOST_LAYERS = 40
LARGEST = {"channels": MOST_CHANNELS, "height": 1024, "width": 1024}

_RELU, _NORM, _FLATTEN = ({"kind": kind} for kind in ("relu", "norm", "flatten"))


def _convolution(out, kernel=3, padding=1, bias=1):
    return {"kind": "convolution", "out": out, "kernel": kernel, "padding": padding, "bias": bias}


def _pooling(size=2, average=0):
    return {"kind": "pooling", "kernel": size, "stride": size, "average": average}


def _linear(out):
    return {"kind": "linear", "out": out}


def _residual(out, stride=1):
    return {"kind": "residual", "out": out, "stride": stride, "projection": 0}


def _inception(*widths):
    return {"kind": "inception", **dict(zip(RANGES["inception"], widths, strict=True))}


def _lenet():
    features = [layer for out in (6, 16) for layer in (_convolution(out, 5, 0), _RELU, _pooling())]
    return [*features, _FLATTEN, _linear(120), _RELU, _linear(84), _RELU, _linear(10)]


def _vgg_blocks():
    features = [
        layer
        for out in (64, 128)
        for layer in (*(_convolution(out), _RELU), *(_convolution(out), _RELU), _pooling())
    ]
    return [*features, _FLATTEN, _linear(256), _RELU, _linear(10)]


def _small_resnet():
    """Return ResNet-20 for CIFAR-10, whose shortcuts have no weights."""
    stages = [_residual(out, 1 + (out > 16 and not block)) for out in (16, 32, 64) for block in range(3)]
    return [_convolution(16, bias=0), _NORM, _RELU, *stages, _pooling(8, average=1), _FLATTEN, _linear(10)]


_PRESETS = (
    ("LeNet-5, as usually programmed", (1, 32, 32), _lenet()),
    ("VGG blocks", (3, 32, 32), _vgg_blocks()),
    ("a small ResNet (20 layers)", (3, 32, 32), _small_resnet()),
    ("Inception module 3a", (192, 28, 28), [_inception(64, 96, 128, 16, 32, 32)]),
    ("the same, naive", (192, 28, 28), [_inception(64, 0, 128, 0, 32, 0)]),
)


class BuildNetwork(BookWidget):
    """A network built layer by layer: shapes, parameters, multiply-adds, and how much of the image is seen.

    The numbers are those of :func:`convnets.sizing.summary`, for one image.

    Parameters
    ----------
    layers : list of dict, optional
        From the input on, 1 to 40 of them; LeNet-5 if left out. ``kind`` says which, and the other keys what
        it is like: ``"convolution"`` (``out``, ``kernel``, and where they are not 1, 0 and 1 ``stride``,
        ``padding``, ``bias``), ``"pooling"`` (``kernel``, ``stride``, ``padding``, ``average``), ``"relu"``,
        ``"norm"`` (batch normalisation), ``"residual"`` (``out``, ``stride``, ``projection``: two 3 × 3
        convolutions with batch normalisation; where the shape changes, a 1 × 1 convolution goes around if
        ``projection`` is 1, and zeros for new channels if it is 0), ``"inception"`` (widths ``one``,
        ``reduce3``, ``three``, ``reduce5``, ``five``, ``pooled``, 0 for a reduction that is left out),
        ``"flatten"`` or ``"linear"`` (``out``, ``bias``).
    input : tuple of int
        Channels, height and width of the image.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If a number is out of its range, or a kind or a name is unknown. A layer that does not fit the one
        below is allowed: the explorer says why.
    """

    alt = (
        "A network that can be built layer by layer, from convolutions, pooling, residual blocks, Inception "
        "modules and others, with shape, parameters, multiply-adds and receptive field of each layer."
    )
    _esm = parts.module("build_network")
    _own_css = parts.style("build_network")

    input = traitlets.List().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(self, layers=None, input=(1, 32, 32)):
        layers = [_checked(each) for each in (_lenet() if layers is None else layers)]
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise ValueError(f"layers expects 1 to {MOST_LAYERS} layers, got {len(layers)}")
        if len(input) != 3:
            raise ValueError(f"input expects channels, height and width, got {tuple(input)}")
        for (name, most), value in zip(LARGEST.items(), input, strict=True):
            check_range(name, value, 1, most)
        super().__init__(
            layers=layers,
            input=list(input),
            presets=[
                {"name": name, "input": list(shape), "layers": [_checked(each) for each in network]}
                for name, shape, network in _PRESETS
            ],
            ranges=RANGES
            | {
                "input": {name: (1, most) for name, most in LARGEST.items()},
                "layers": (1, MOST_LAYERS),
            },
        )


_DEFAULTS = {"stride": 1, "padding": 0, "bias": 1, "average": 0, "projection": 1}


def _checked(given):
    kind = given.get("kind")
    if kind not in RANGES:
        raise ValueError(f"kind expects one of {', '.join(map(repr, RANGES))}, got {kind!r}")
    names = RANGES[kind]
    layer = {name: value for name, value in _DEFAULTS.items() if name in names} | dict(given)
    if set(layer) != {"kind", *names}:
        raise ValueError(f"a {kind} layer has {', '.join(names) or 'no numbers'}, got {', '.join(given)}")
    for name, (least, most) in names.items():
        check_range(name, layer[name], least, most)
    return {"kind": kind, **{name: int(layer[name]) for name in names}}
