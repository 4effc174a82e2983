"""The lectures' tables, computed, beside what was published (chapter *Sizing*).

Each function returns a Table. Where the two differ, the last column has the number of the note that says why.
"""

from convnets.sizing import networks, published
from convnets.sizing.summary import summary
from convnets.sizing.tables import Table
from convnets.sizing.windowed import Convolution

__all__ = [
    "agrees",
    "alexnet_table",
    "bottleneck_table",
    "googlenet_table",
    "lenet_table",
    "networks_table",
    "small_filters_table",
    "torchvision_networks",
    "torchvision_table",
    "vgg_table",
    "vgg_versions_table",
]

_POWERS = {"K": 1, "M": 2, " million": 2}


def agrees(text, value, thousand=1000):
    """Return whether a published figure is the value, rounded or cut to the digits that are given.

    Parameters
    ----------
    text : str
        As "3.2M", "150K" or "9,760"; zeros at the end of a whole number may be digits or filled in.
    value : int
    thousand : int
        What K is: 1000, or 1024; M is 1000 or 1024 of them.

    Examples
    --------
    >>> agrees("3.2M", 3_211_264), agrees("159K", 163_328), agrees("159K", 163_328, thousand=1024)
    (True, False, True)
    """
    digits, power = _digits(text)
    unit = thousand**power
    decimals = len(digits.partition(".")[2])
    if not decimals:
        decimals = -(len(digits) - len(digits.rstrip("0"))) if float(digits) else 0
    step = 10.0**-decimals
    return float(digits) - step / 2 <= value / unit < float(digits) + step


def _digits(text):
    """Return the digits of a published figure, and how many times a thousand stands behind them."""
    digits = text.replace(",", "")
    for suffix, power in _POWERS.items():
        if digits.endswith(suffix):
            return digits.removesuffix(suffix), power
    return digits, 0


def lenet_table():
    """Return LeNet layer by layer, as the lectures count it and as the paper does."""
    shape = networks.IMAGES["LeNet"]
    lectures, paper = (summary(net, shape) for net in (networks.lenet_of_the_lectures(), networks.lenet()))
    reasons = {
        "C1": "the paper counts a bias for each map, and for each unit where nothing is shared",
        "S2": "the paper’s maps have a coefficient and a bias each",
        "C3": "in the paper a map sees three, four or six maps, 60 pairs of 96, and has a bias",
        "S4": "the paper’s maps have a coefficient and a bias each",
        "F5": "as 1; and the paper calls it a convolution, C5, whose maps are 1×1",
        "F6": "the paper counts a bias for each map, and for each unit where nothing is shared",
        "output": "the paper’s weights are chosen, ±1, and not learnt",
    }
    rows = [
        (
            one.name,
            one.units,
            one.connections,
            two.connections,
            one.weights,
            two.parameters,
            reasons[one.name],
        )
        for one, two in zip(lectures.rows, paper.rows, strict=True)
    ]
    header = (
        "layer",
        "units",
        "connections, lectures",
        "connections, paper",
        "weights, lectures",
        "parameters, paper",
        "note",
    )
    sums = (lectures.units, lectures.connections, paper.connections, lectures.weights, paper.parameters, "")
    rows, notes = _noted(rows)
    return Table(header, rows, "LeNet (1998), counted twice", totals=("total", *sums), notes=notes)


def _noted(rows):
    """Replace the reason at the end of each row by a number, and return the rows and the numbered reasons."""
    notes = list(dict.fromkeys(reason for *_, reason in rows if reason))
    numbered = [(*cells, str(notes.index(reason) + 1) if reason else "") for *cells, reason in rows]
    return numbered, [f"{reason[0].upper()}{reason[1:]}." for reason in notes]


def networks_table():
    """Return the lectures' comparison of LeNet (1989), LeNet (1998) and AlexNet beside what is computed."""
    zip_codes, lenet, alexnet = (
        summary(net, networks.IMAGES[image])
        for net, image in (
            (networks.lenet_of_zip_codes(), "LeNet-1989"),
            (networks.lenet(), "LeNet"),
            (networks.alexnet(), "AlexNet"),
        )
    )
    weighted = alexnet.of_kind("convolution", "fully connected")
    neurons = sum(row.units for row in weighted)
    computed = {
        "LeNet (1989)": {
            "units": (zip_codes.units + 256, "with the 256 pixels, and with the 10 outputs"),
            "parameters": (zip_codes.parameters, ""),
            "connections": (zip_codes.connections, "rounded"),
        },
        "LeNet (1998)": {
            "units": (lenet.units - 10, "without the pixels, and without the 10 outputs"),
            "parameters": (lenet.parameters, ""),
            "connections": (lenet.connections, "no sum of these layers gives 344,000"),
        },
        "AlexNet (2012)": {
            "units": (neurons - 1000, "without the 1,000 outputs, and without pooling"),
            "parameters": (alexnet.parameters, "rounded down"),
            "connections": (
                _products_of_alexnet(alexnet),
                "convolutions alone, without biases, with 253,440 units in conv1 instead of 290,400",
            ),
        },
    }
    rows = [
        (name, quantity, figure, *computed[name][quantity])
        for name, figures in published.NETWORKS_LECTURES.items()
        for quantity, figure in figures.items()
    ]
    rows, notes = _noted(rows)
    header = ("network", "what", "lectures", "computed", "note")
    return Table(header, rows, "Three networks, as the lectures compare them", notes=notes)


def _products_of_alexnet(alexnet):
    """Return the multiply-adds of the convolutions, with the number of units that the paper gives conv1."""
    rows = alexnet.of_kind("convolution")
    first = rows[0]
    return sum(row.multiply_adds for row in rows[1:]) + 253_440 * first.multiply_adds // first.units


def alexnet_table():
    """Return AlexNet layer by layer: output sizes, and parameters with one group and with two."""
    image = networks.IMAGES["AlexNet"]
    simplified, real = (summary(networks.alexnet(groups), image) for groups in (1, 2))
    rows = [
        (one.name, one.detail, one.out_shape, one.units, one.parameters, two.parameters, two.connections)
        for one, two in zip(simplified.rows, real.rows, strict=True)
    ]
    header = (
        "layer",
        "type",
        "output",
        "units",
        "parameters, one group",
        "parameters, two groups",
        "connections, two groups",
    )
    sums = ("", "", real.units, simplified.parameters, real.parameters, real.connections)
    return Table(header, rows, "AlexNet on an image of 3×227×227", totals=("total", *sums))


def vgg_table():
    """Return VGG-D layer by layer: numbers kept, and weights, beside the lecture's figures."""
    counted = summary(networks.vgg("D"), networks.IMAGES["ImageNet"])
    image = counted.in_shape
    numbers = image[0] * image[1] * image[2]
    rows = [("image", image, published.VGG_LECTURE["image"][0], numbers, 0, 0)]
    rows += [
        (
            row.name,
            row.out_shape,
            published.VGG_LECTURE[row.name][0],
            row.activations,
            row.weights,
            row.biases,
        )
        for row in counted.rows
    ]
    header = ("layer", "output", "kept, lecture", "kept, computed", "weights", "biases")
    sums = ("", "", numbers + counted.activations, counted.weights, counted.biases)
    return Table(header, rows, "VGG-D on an image of 3×224×224", totals=("total", *sums))


def vgg_versions_table():
    """Return the parameters of the six VGG nets beside the paper's."""
    rows = []
    for letter, figure in published.VGG_PAPER.items():
        counted = summary(networks.vgg(letter), networks.IMAGES["ImageNet"])
        deep = sum(row.kind in ("convolution", "fully connected") for row in counted.rows)
        rows.append((f"VGG-{letter}", deep, figure, counted.parameters, counted.multiply_adds))
    header = ("network", "weight layers", "parameters, paper", "parameters, computed", "multiply-adds")
    return Table(header, rows, "The six VGG nets on an image of 3×224×224")


_GOOGLENET_REASONS = {
    "convolution 1": (
        "neither fits 7·7·3·64 = 9,408 weights; both fit 8 filters of 7×7 for each colour, then 64 of 1×1"
    ),
    "inception (5a)": "parameters and operations fit each other, but not the filters in the paper’s table",
}
_PARAMETERS_DIFFER = (
    "the operations fit the filters in the paper’s table, the parameters do not, K = 1000 or 1024"
)


def googlenet_table():
    """Return GoogLeNet module by module: parameters and operations of the paper, and of its filters."""
    counted = summary(networks.googlenet(), networks.IMAGES["ImageNet"])
    rows = []
    for row in counted.blocks:
        stated = published.GOOGLENET_PAPER.get(row.name, (None, None))
        reason = _googlenet_reason(row, stated[0])
        rows.append((row.name, row.out_shape, stated[0], row.weights, stated[1], row.multiply_adds, reason))
    header = (
        "module",
        "output",
        "parameters, paper",
        "weights, computed",
        "operations, paper",
        "products, computed",
        "note",
    )
    sums = ("", _sum_of("parameters"), counted.weights, _sum_of("operations"), counted.multiply_adds, "")
    rows, notes = _noted(rows)
    caption = "GoogLeNet on an image of 3×224×224"
    return Table(header, rows, caption, totals=("total", *sums), notes=notes)


def _sum_of(quantity):
    """Return the sum of a column of the paper’s table, in millions."""
    column = [
        figures[("parameters", "operations").index(quantity)]
        for figures in published.GOOGLENET_PAPER.values()
    ]
    return f"{sum(float(digits) * 1000**power for digits, power in map(_digits, column)) / 1e6:.4g}M"


def _googlenet_reason(row, parameters):
    if parameters is None or row.name in _GOOGLENET_REASONS:
        return _GOOGLENET_REASONS.get(row.name, "")
    return "" if agrees(parameters, row.weights, thousand=1024) else _PARAMETERS_DIFFER


def small_filters_table(width=64, size=56):
    """Return what three layers of 3×3 cost and one of 7×7, which see as much: multiples of C² and HWC²."""
    options = {
        "7×7": (Convolution(width, 7, padding=3, bias=False),),
        "3×3, 3×3, 3×3": (Convolution(width, 3, padding=1, bias=False),) * 3,
    }
    return _multiples(options, width, size, "Layers that see 7×7; C channels everywhere, H×W pixels")


def bottleneck_table(width=64, size=56):
    """Return what a layer of 3×3 costs with and without 1×1 layers that halve the channels around it."""
    half = width // 2
    options = {
        "3×3": (Convolution(width, 3, padding=1, bias=False),),
        "1×1 to C/2, 3×3, 1×1 to C": (
            Convolution(half, 1, bias=False),
            Convolution(half, 3, padding=1, bias=False),
            Convolution(width, 1, bias=False),
        ),
    }
    return _multiples(options, width, size, "C channels in, C channels out, H×W pixels")


def _multiples(options, width, size, caption):
    rows = []
    for name, layers in options.items():
        counted = summary(layers, (width, size, size))
        sees = counted.rows[-1].field[0].size
        squares = counted.weights / width**2
        products = counted.multiply_adds / (size**2 * width**2)
        rows.append((name, len(layers), (sees, sees), f"{squares:g} C²", f"{products:g} HWC²"))
    return Table(("layers", "how many", "see", "weights", "multiply-adds"), rows, caption)


def torchvision_networks():
    """Return the networks that torchvision offers, as Summaries by their names in `published.TORCHVISION`."""
    described = {
        "AlexNet": networks.alexnet_one_tower(),
        **{
            f"VGG-{depth}": networks.vgg(letter)
            for depth, letter in ((11, "A"), (13, "B"), (16, "D"), (19, "E"))
        },
        "GoogLeNet": networks.googlenet_batch_norm(),
        **{f"ResNet-{depth}": networks.resnet(depth) for depth in (18, 34, 50, 101, 152)},
    }
    return {name: summary(net, networks.IMAGES["ImageNet"]) for name, net in described.items()}


def torchvision_table():
    """Return torchvision's figures for its networks beside those of our descriptions."""
    rows = [
        (
            name,
            published.TORCHVISION[name].parameters,
            counted.parameters,
            f"{published.TORCHVISION[name].giga_ops:.3f}",
            f"{counted.multiply_adds / 1e9:.3f}",
            f"{published.TORCHVISION[name].top1:.1f} %",
        )
        for name, counted in torchvision_networks().items()
    ]
    header = (
        "network",
        "parameters, torchvision",
        "parameters, computed",
        "10⁹ products, torchvision",
        "10⁹ products, computed",
        "right first answers",
    )
    return Table(header, rows, "Networks as torchvision offers them, on an image of 3×224×224")
