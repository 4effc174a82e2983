"""What a network consists of, layer by layer (chapter *Sizing*)."""

import sys
from dataclasses import dataclass
from math import prod

from convnets.sizing.composition import Chain, walk
from convnets.sizing.descriptions import Layer
from convnets.sizing.rows import fold, total
from convnets.sizing.tables import Table

__all__ = ["COLUMNS", "Summary", "summary"]

COLUMNS = {
    "type": "detail",
    "output": "out_shape",
    "units": "units",
    "weights": "weights",
    "biases": "biases",
    "parameters": "parameters",
    "connections": "connections",
    "multiply-adds": "multiply_adds",
    "activations": "activations",
    "sees": "field",
}
"""Headings of the columns that a summary can show, and the quantity of a row below each."""

_SHOWN = ("type", "output", "units", "parameters", "connections", "multiply-adds", "activations")
_SUMS = ("units", "weights", "biases", "parameters", "connections", "multiply_adds", "activations")


@dataclass(frozen=True)
class Summary:
    """What a network consists of, for one image. Shown as a table by notebooks, as text by ``print``.

    Attributes
    ----------
    in_shape : tuple of int
        (C, H, W) of the image.
    rows : tuple of Row
        One for each layer, in the order in which they are run or described.
    blocks : tuple of Row
        The same with one row for each named block of the network.
    name : str
    """

    in_shape: tuple
    rows: tuple
    blocks: tuple
    name: str = ""

    @property
    def units(self):
        """How many numbers convolution, pooling and fully connected layers compute."""
        return total(self.rows, "units")

    @property
    def weights(self):
        """How many learned numbers multiply."""
        return total(self.rows, "weights")

    @property
    def biases(self):
        """How many learned numbers are added."""
        return total(self.rows, "biases")

    @property
    def parameters(self):
        """How many numbers are learned."""
        return total(self.rows, "parameters")

    @property
    def connections(self):
        """How many values enter the units, biases included; of layers of which it is known."""
        return total(self.rows, "connections")

    @property
    def multiply_adds(self):
        """How many products of a weight and a value there are; of layers of which it is known."""
        return total(self.rows, "multiply_adds")

    @property
    def activations(self):
        """How many numbers are kept for the way back, without the image."""
        return total(self.rows, "activations")

    @property
    def unknown(self):
        """Names of the layers whose connections and multiply-adds are not known."""
        return tuple(row.name for row in self.rows if row.multiply_adds is None)

    def __getitem__(self, name):
        """Return the row, or else the block, of that name; KeyError if there is none."""
        for row in (*self.rows, *self.blocks):
            if row.name == name:
                return row
        raise KeyError(f"no layer {name!r}; there are {', '.join(row.name for row in self.rows)}")

    def of_kind(self, *kinds):
        """Return the rows of these kinds, as "convolution" and "fully connected"."""
        return tuple(row for row in self.rows if row.kind in kinds)

    def training_bytes(self, batch_size=1, bytes_per_number=4):
        """Return the memory that a batch takes until its way back: the images, and all activations."""
        return (prod(self.in_shape) + self.activations) * batch_size * bytes_per_number

    def running_bytes(self, batch_size=1, bytes_per_number=4):
        """Return the memory that a trained chain of layers needs: the most that one reads and writes.

        Of branches and residuals it is a lower bound, because they hold on to what the others need.
        """
        most = max((prod(row.in_shape) + row.activations for row in self.rows), default=0)
        return most * batch_size * bytes_per_number

    def table(self, columns=_SHOWN, blocks=False, caption=""):
        """Return the rows as a Table.

        Parameters
        ----------
        columns : sequence of str
            Keys of ``COLUMNS``.
        blocks : bool
            Whether there is a row for each block instead of each layer.
        caption : str
            Instead of the name of the network.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        quantities = [COLUMNS[column] for column in columns]
        shown = self.blocks if blocks else self.rows
        rows = [(row.name, *(_cell(row, quantity) for quantity in quantities)) for row in shown]
        sums = [getattr(self, quantity) if quantity in _SUMS else "" for quantity in quantities]
        caption = caption or self.name
        if self.unknown:
            caption += f" (operations not known of: {', '.join(self.unknown)})"
        return Table(("layer", *columns), rows, caption=caption.strip(), totals=("total", *sums))

    def __str__(self):
        return str(self.table())

    def _repr_html_(self):
        return self.table()._repr_html_()


def _cell(row, quantity):
    value = getattr(row, quantity)
    if quantity != "field" or value is None:
        return value
    return tuple(axis.size for axis in value)


def summary(network, in_shape, name=""):
    """Count a network, layer by layer, for one image.

    Parameters
    ----------
    network : Layer, Chain, Branches, Residual, sequence of them, or torch.nn.Module
        A description; or a module, which is run once on zeros and left as it was, as said at
        :func:`convnets.sizing.modules.run_and_count`.
    in_shape : tuple of int
        (C, H, W) of the image, without the batch.
    name : str
        Of the network; that of a Chain, or the class of a module, if not given.

    Returns
    -------
    Summary

    Raises
    ------
    TypeError
        If the network holds something else.
    ValueError
        If layers do not fit on one another.

    Examples
    --------
    >>> from convnets.sizing import Convolution
    >>> print(summary([Convolution(6, 5, name="C1")], (1, 32, 32)).parameters)
    156
    """
    if "torch" in sys.modules and isinstance(network, sys.modules["torch"].nn.Module):
        from convnets.sizing.modules import run_and_count

        rows = blocks = tuple(run_and_count(network, in_shape))
        return Summary(tuple(in_shape), rows, blocks, name or type(network).__name__)
    rows, blocks = [], []
    shape, field = tuple(in_shape), None
    for part in _parts(network):
        more, shape, field = walk(part, shape, field)
        rows += more
        if isinstance(part, Layer):
            blocks += more
        elif more:
            blocks.append(fold(getattr(part, "name", "") or more[0].name, more, shape, field))
    return Summary(tuple(in_shape), tuple(rows), tuple(blocks), name or getattr(network, "name", ""))


def _parts(network):
    """Return what a network consists of at the top, however it is given."""
    if isinstance(network, Chain):
        return network.layers
    return network if isinstance(network, tuple | list) else (network,)
