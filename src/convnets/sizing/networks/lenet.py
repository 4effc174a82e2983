"""LeNet of 1989 and of 1998, as published, as the lectures count it, as it is programmed today.

Sources: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989), section 5, and
"Gradient-based learning applied to document recognition" (1998), section II.B and table I.
"""

from convnets.sizing.composition import Chain
from convnets.sizing.descriptions import FullyConnected
from convnets.sizing.windowed import Convolution, Pooling, Subsampling

__all__ = ["C3_TABLE", "H2_TABLE", "lenet", "lenet_of_the_lectures", "lenet_of_today", "lenet_of_zip_codes"]


H2_TABLE = tuple(tuple((first + step) % 12 for step in range(8)) for first in range(12))
"""Which eight of the twelve maps of H1 each map of H2 sees: neighbours, since the paper does not say."""


def lenet_of_zip_codes():
    """Return LeNet of 1989: biases of their own for all units, half the windows of a stride of one."""
    layers = (
        Convolution(12, 5, stride=2, padding=2, bias="untied", name="H1"),
        Convolution(12, 5, stride=2, padding=2, bias="untied", table=H2_TABLE, name="H2"),
        FullyConnected(30, name="H3"),
        FullyConnected(10, name="output"),
    )
    return Chain(layers, name="LeNet (1989)")


C3_TABLE = (
    *(tuple((first + step) % 6 for step in range(3)) for first in range(6)),
    *(tuple((first + step) % 6 for step in range(4)) for first in range(6)),
    *((first, first + 1, (first + 3) % 6, (first + 4) % 6) for first in range(3)),
    tuple(range(6)),
)
"""Which of the six maps of S2 each of the sixteen maps of C3 sees: 60 pairs of 96."""


def lenet():
    """Return LeNet-5 as published: trainable subsampling, a sparse C3, an output with chosen weights."""
    layers = (
        Convolution(6, 5, name="C1"),
        Subsampling(name="S2"),
        Convolution(16, 5, table=C3_TABLE, name="C3"),
        Subsampling(name="S4"),
        Convolution(120, 5, name="C5"),
        FullyConnected(84, name="F6"),
        FullyConnected(10, bias=False, is_fixed=True, name="output"),
    )
    return Chain(layers, name="LeNet-5 (1998)")


def lenet_of_the_lectures():
    """Return LeNet as the lectures count it: no biases, pooling without weights, C3 sees all of S2."""
    layers = (
        Convolution(6, 5, bias=False, name="C1"),
        Pooling(2, name="S2"),
        Convolution(16, 5, bias=False, name="C3"),
        Pooling(2, name="S4"),
        FullyConnected(120, bias=False, name="F5"),
        FullyConnected(84, bias=False, name="F6"),
        FullyConnected(10, bias=False, name="output"),
    )
    return Chain(layers, name="LeNet, as the lectures count")


def lenet_of_today():
    """Return LeNet as it is usually programmed: the lectures' layers, with biases."""
    layers = (
        Convolution(6, 5, name="C1"),
        Pooling(2, name="S2"),
        Convolution(16, 5, name="C3"),
        Pooling(2, name="S4"),
        FullyConnected(120, name="F5"),
        FullyConnected(84, name="F6"),
        FullyConnected(10, name="output"),
    )
    return Chain(layers, name="LeNet, as usually programmed")
