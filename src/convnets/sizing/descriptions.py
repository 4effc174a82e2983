"""Layers described by their sizes alone (chapter *Sizing*).

A description knows the shape it makes of a shape and what it counts; it holds no weights and computes nothing
else. Shapes are (C, H, W) of one image, without the batch. Names of fields are PyTorch's. Left out are
layers over sequences, and transposed convolution, which has a chapter of its own.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, NamedTuple

from convnets.sizing.counting import count_fully_connected
from convnets.sizing.receptive import Window

__all__ = ["BatchNorm", "Counts", "Elementwise", "FullyConnected", "Layer"]


class Counts(NamedTuple):
    """What a layer learns and costs.

    Attributes
    ----------
    weights, biases : int
        Learned numbers; a bias is added to a sum or product, a weight multiplies.
    connections : int
        Values that enter the units, each counted once for each unit, biases included.
    multiply_adds : int
        Products of a weight and a value. Biases, pooling, activations and normalisation count none, as in the
        figures that are usually published.
    """

    weights: int = 0
    biases: int = 0
    connections: int = 0
    multiply_adds: int = 0


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What all descriptions share: a name, and one number in the output for each unit."""

    name: str = ""
    kind: ClassVar[str] = "other"
    has_units: ClassVar[bool] = True

    def out_shape(self, in_shape):
        """Return the shape that this layer makes of (C, H, W)."""
        raise NotImplementedError

    def counts(self, in_shape):
        """Return the Counts of this layer on one image."""
        raise NotImplementedError

    def windows(self, in_shape):
        """Return a Window for height and one for width: what a unit sees of the layer below."""
        return Window(1), Window(1)

    def num_activations(self, in_shape):
        """Return how many numbers the layer adds to those that are kept for the way back."""
        return prod(self.out_shape(in_shape))

    @property
    def detail(self):
        """The layer in a few words."""
        return self.kind


@dataclass(frozen=True)
class FullyConnected(Layer):
    """A layer in which every unit sees every value, whatever shape they come in.

    Parameters
    ----------
    num_units : int
    bias : bool
    is_fixed : bool
        Whether the weights are chosen and not learned, as those of LeNet's output; they are not counted then.
    name : str
    """

    num_units: int
    bias: bool = True
    is_fixed: bool = False
    kind: ClassVar[str] = "fully connected"

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return (self.num_units,)

    def counts(self, in_shape):
        """Return the Counts of one image."""
        image = (*in_shape, 1, 1)[:3]  # (C_in,) is an image of one pixel
        products = count_fully_connected(image, self.num_units).connections
        biases = self.bias * self.num_units
        return Counts(products * (not self.is_fixed), biases, products + biases, products)

    def windows(self, in_shape):
        """Return the Window of a unit along height and along width."""
        return tuple(Window(size) for size in (*in_shape[1:], 1, 1)[:2])


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Batch normalisation: a scale and a shift for each channel; its numbers are no units of their own."""

    kind: ClassVar[str] = "normalisation"
    has_units: ClassVar[bool] = False

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return tuple(in_shape)

    def counts(self, in_shape):
        """Return the Counts of one image."""
        return Counts(weights=in_shape[0], biases=in_shape[0])

    @property
    def detail(self):
        """The layer in a few words."""
        return "batch norm"


@dataclass(frozen=True)
class Elementwise(Layer):
    """ReLU, tanh, dropout, local response normalisation: nothing learned, shape kept, no units of its own.

    Parameters
    ----------
    operation : str
        What it is called.
    is_inplace : bool
        Whether the result overwrites the input, so that nothing is added to what is kept.
    name : str
    """

    operation: str
    is_inplace: bool = True
    kind: ClassVar[str] = "elementwise"
    has_units: ClassVar[bool] = False

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return tuple(in_shape)

    def counts(self, in_shape):
        """Return the Counts of one image."""
        return Counts()

    def num_activations(self, in_shape):
        """Return how many numbers are added to those that are kept."""
        return 0 if self.is_inplace else prod(in_shape)

    @property
    def detail(self):
        """The layer in a few words."""
        return self.operation
