"""LeNet of 1989 and of 1998, for digits (chapter *Architectures*, section lenet).

Sources: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989), sections 3 and
5; Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition"
(1998), section II.B. Left out is how the two were trained, to which *Training* comes back.
"""

from torch import nn

from convnets.architectures.checking import Network, check_num_classes
from convnets.architectures.classical import (
    DigitCodes,
    ScaledTanh,
    Subsampling,
    TableConv2d,
    UnitBias,
    draw_uniformly_,
)
from convnets.sizing.networks import C3_TABLE, H2_TABLE

__all__ = ["LeNet5", "LeNet1989", "lenet5", "lenet1989"]


class LeNet1989(Network):
    """The network of :func:`lenet1989`; its layers have the paper's names."""

    image_shape = (1, 16, 16)

    def __init__(self, num_classes=10):
        super().__init__()
        check_num_classes(num_classes, "output")
        self.bend = ScaledTanh()
        self.pad = nn.ConstantPad2d(2, -1.0)
        self.h1 = nn.Conv2d(1, 12, 5, stride=2, bias=False)
        self.h1_bias = UnitBias((12, 8, 8))
        self.h2 = TableConv2d(H2_TABLE, 12, 5, stride=2, bias=False)
        self.h2_bias = UnitBias((12, 4, 4))
        self.h3 = nn.Linear(12 * 4 * 4, 30)
        self.output = nn.Linear(30, num_classes)
        draw_uniformly_(self)

    def forward(self, images):
        """Return numbers (N, num_classes), near +1 for the class and −1 for the others once trained."""
        x = self.bend(self.h1_bias(self.h1(self.pad(images))))  # N 12 8 8
        x = self.bend(self.h2_bias(self.h2(self.pad(x))))  # N 12 4 4
        x = self.bend(self.h3(x.flatten(1)))  # N 30
        return self.bend(self.output(x))


def lenet1989(num_classes=10):
    """Build the network that read zip codes: 16×16 pixels, two convolutions, 9,760 parameters.

    Weights are shared, biases are not: each unit has its own. There is no pooling; both convolutions take
    steps of two. Beyond the border all maps hold the background, −1. Each map of H2 sees eight of the twelve
    maps of H1. Which eight, the paper does not say; here they follow one another.

    Parameters
    ----------
    num_classes : int

    Returns
    -------
    LeNet1989
        Turns images (N, 1, 16, 16), −1 for paper and +1 for ink, into numbers (N, num_classes) between
        ±1.7159, to be compared with +1 and −1. Weights are drawn as in the paper, uniformly up to 2.4 divided
        by the number of values that enter the unit; biases start at 0.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is no positive integer.
    """
    return LeNet1989(num_classes)


class LeNet5(Network):
    """The network of :func:`lenet5`; its layers have the paper's names."""

    image_shape = (1, 32, 32)

    def __init__(self, num_classes=10, connections=None, classical=True, output="linear"):
        super().__init__()
        connections = connections or ("table" if classical else "full")
        _check_choices(num_classes, connections, output)
        self.bend = ScaledTanh() if classical else nn.ReLU()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6) if classical else nn.MaxPool2d(2)
        self.c3 = TableConv2d(C3_TABLE, 6, 5) if connections == "table" else nn.Conv2d(6, 16, 5)
        self.s4 = Subsampling(16) if classical else nn.MaxPool2d(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = DigitCodes() if output == "rbf" else nn.Linear(84, num_classes)
        if classical:
            draw_uniformly_(self)

    def forward(self, images):
        """Return scores (N, num_classes), the largest of which is the answer."""
        x = self.bend(self.c1(images))  # N 6 28 28
        x = self.bend(self.s2(x))  # N 6 14 14; a ReLU changes nothing here, a tanh does
        x = self.bend(self.c3(x))  # N 16 10 10
        x = self.bend(self.s4(x))  # N 16 5 5
        x = self.bend(self.c5(x))  # N 120 1 1
        x = self.bend(self.f6(x.flatten(1)))  # N 84
        return self.output(x)


def lenet5(num_classes=10, connections=None, classical=True, output="linear"):
    """Build LeNet-5: two convolutions, each followed by pooling, and three layers on top.

    Parameters
    ----------
    num_classes : int
    connections : {"table", "full"}, optional
        Whether a map of C3 sees three to six maps of S2, as the paper's table I says, or all six. By default
        as usual: the table if `classical`, else all.
    classical : bool
        Whether to use scaled tanh, subsampling with learned coefficients and weights drawn up to 2.4 divided
        by the fan-in, as in 1998, or ReLU, maximum pooling and PyTorch's weights, as today.
    output : {"linear", "rbf"}
        Whether F6 is followed by a fully connected layer, or by its distance from a drawing of each digit
        (:class:`~convnets.architectures.classical.DigitCodes`), as in 1998. The drawings are not learned:
        this way the classical network has the published 60,000 parameters, with a linear output 60,850.

    Returns
    -------
    LeNet5
        Turns images (N, 1, 32, 32) into scores (N, num_classes). With ``classical=False`` it has the 61,706
        parameters of the LeNet that is usually programmed.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is no positive integer, or not 10 for the drawings; if a choice is unknown.
    """
    return LeNet5(num_classes, connections, classical, output)


def _check_choices(num_classes, connections, output):
    check_num_classes(num_classes, "output")
    if connections not in ("table", "full"):
        raise ValueError(f"connections must be 'table' or 'full', got {connections!r}")
    if output not in ("linear", "rbf"):
        raise ValueError(f"output must be 'linear' or 'rbf', got {output!r}")
    if output == "rbf" and num_classes != 10:
        raise ValueError(f"layer output has drawings of 10 digits, num_classes = {num_classes} does not fit")
