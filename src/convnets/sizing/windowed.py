"""Descriptions of layers whose units see windows: convolution and pooling (chapter *Sizing*)."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from convnets.sizing.counting import count_convolution, count_locally_connected
from convnets.sizing.descriptions import Counts, Layer
from convnets.sizing.receptive import Window
from convnets.sizing.windows import output_size, pair

__all__ = ["Convolution", "LocallyConnected", "Pooling", "Subsampling"]


@dataclass(frozen=True)
class _Windowed(Layer):
    def _axes(self):
        values = (self.kernel_size, self.stride, self.padding, getattr(self, "dilation", 1))
        return tuple(Window(*axis) for axis in zip(*map(pair, values), strict=True))

    def windows(self, in_shape):
        """Return the Window of a unit along height and along width."""
        return self._axes()

    def _places(self, in_shape):
        _check_image(self, in_shape)
        rounding = getattr(self, "rounding", "floor")
        return tuple(
            output_size(size, *axis, rounding=rounding)
            for size, axis in zip(in_shape[1:], self._axes(), strict=True)
        )

    def _size(self):
        (K_h, stride_h, *_), (K_w, stride_w, *_) = self._axes()
        size = f"{K_h}×{K_w}"
        if (stride_h, stride_w) != (1, 1):
            size += f" / {stride_h}" if stride_h == stride_w else f" / {stride_h}×{stride_w}"
        return size


@dataclass(frozen=True)
class Convolution(_Windowed):
    """A convolution layer.

    Parameters
    ----------
    out_channels : int
        Number of filters.
    kernel_size, stride, padding, dilation : int or (int, int)
        Of height and width.
    groups : int
        Into how many parts the channels are divided.
    bias : bool or "untied"
        One bias for each filter, none, or, ``"untied"``, one for each unit as in LeNet (1989).
    table : tuple of tuple of int, optional
        For each filter the input channels that it sees, as in LeNet's C3; all, or those of its group,
        otherwise.
    name : str
    """

    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple = 0
    dilation: int | tuple = 1
    groups: int = 1
    bias: bool | str = True
    table: tuple | None = None
    kind: ClassVar[str] = "convolution"

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return (self.out_channels, *self._places(in_shape))

    def counts(self, in_shape):
        """Return the Counts of one image."""
        layer = (self.out_channels, self.kernel_size, self.stride, self.padding, self.dilation)
        places = prod(self._places(in_shape))
        units, weights, products = count_convolution(in_shape, *layer, self.groups)
        if self.table is not None:
            weights = self._links(in_shape[0]) * prod(pair(self.kernel_size))
            products = weights * places
        biases = {True: self.out_channels, False: 0, "untied": units}[self.bias]
        return Counts(weights, biases, products + bool(self.bias) * units, products)

    def _links(self, in_channels):
        seen = [channel for row in self.table for channel in row]
        if len(self.table) != self.out_channels or not set(seen) <= set(range(in_channels)):
            raise ValueError(
                f"the table of {self.name or 'a layer'} must have {self.out_channels} rows of channels 0 to "
                f"{in_channels - 1}, it has {len(self.table)} rows of channels {min(seen)} to {max(seen)}"
            )
        return len(seen)

    @property
    def detail(self):
        """The layer in a few words."""
        extras = (f"{self.groups} groups" * (self.groups > 1), "table" * (self.table is not None))
        return ", ".join(filter(None, (f"conv {self._size()}", *extras)))


@dataclass(frozen=True)
class LocallyConnected(_Windowed):
    """A layer of windows that do not share weights; parameters as of `Convolution`."""

    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple = 0
    bias: bool = True
    kind: ClassVar[str] = "locally connected"

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return (self.out_channels, *self._places(in_shape))

    def counts(self, in_shape):
        """Return the Counts of one image."""
        _check_image(self, in_shape)
        units, weights, products = count_locally_connected(
            in_shape, self.out_channels, self.kernel_size, self.stride, self.padding
        )
        biases = self.bias * units
        return Counts(weights, biases, products + biases, products)

    @property
    def detail(self):
        """The layer in a few words."""
        return f"local {self._size()}"


@dataclass(frozen=True)
class Pooling(_Windowed):
    """Maximum or average over windows, channel by channel; no weights.

    Parameters
    ----------
    kernel_size : int, (int, int) or None
        None is the whole map: global pooling.
    stride : int, (int, int) or None
        None is the kernel size, as in PyTorch.
    padding : int or (int, int)
    rounding : {"floor", "ceil", "exact"}
        As in :func:`convnets.sizing.output_size`.
    operation : {"max", "average"}
        A word for the tables; it changes no count.
    name : str
    """

    kernel_size: int | tuple | None
    stride: int | tuple | None = None
    padding: int | tuple = 0
    rounding: str = "floor"
    operation: str = "max"
    kind: ClassVar[str] = "pooling"

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return (in_shape[0], *self._fitted(in_shape)._places(in_shape))

    def counts(self, in_shape):
        """Return the Counts of one image."""
        units = prod(self.out_shape(in_shape))
        return Counts(connections=units * prod(pair(self._fitted(in_shape).kernel_size)))

    def windows(self, in_shape):
        """Return the Window of a unit along height and along width."""
        return self._fitted(in_shape)._axes()

    def _fitted(self, in_shape):
        """Return the layer with kernel size and stride filled in."""
        _check_image(self, in_shape)
        kernel_size = in_shape[1:] if self.kernel_size is None else self.kernel_size
        stride = kernel_size if self.stride is None else self.stride
        return Pooling(kernel_size, stride, self.padding, self.rounding, name=self.name)

    @property
    def detail(self):
        """The layer in a few words."""
        if self.kernel_size is None:
            return f"{self.operation} pool, global"
        filled = self if self.stride is not None else self._fitted((1, *pair(self.kernel_size)))
        return f"{self.operation} pool {filled._size()}"


@dataclass(frozen=True)
class Subsampling(_Windowed):
    """LeNet's pooling: each map has a coefficient for the sums of its windows, and a bias."""

    kernel_size: int | tuple = 2
    stride: int | tuple = 2
    padding: int | tuple = 0
    kind: ClassVar[str] = "pooling"

    def out_shape(self, in_shape):
        """Return the shape of the output."""
        return (in_shape[0], *self._places(in_shape))

    def counts(self, in_shape):
        """Return the Counts of one image."""
        units = prod(self.out_shape(in_shape))
        connections = units * (prod(pair(self.kernel_size)) + 1)
        return Counts(in_shape[0], in_shape[0], connections, units)

    @property
    def detail(self):
        """The layer in a few words."""
        return f"subsample {self._size()}"


def _check_image(layer, in_shape):
    if len(in_shape) != 3:
        raise ValueError(f"{layer.name or layer.detail} needs a shape (C, H, W), got {tuple(in_shape)}")
