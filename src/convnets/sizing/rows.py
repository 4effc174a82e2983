"""One line of a summary, and sums of them (chapter *Sizing*)."""

from dataclasses import dataclass

__all__ = ["Row", "fold", "total"]


@dataclass(frozen=True)
class Row:
    """What is known of a layer, or of a block of layers, for one image.

    Attributes
    ----------
    name : str
        With the names of the blocks around it before it, each followed by a slash.
    kind, detail : str
        The layer in one word, and in a few.
    in_shape, out_shape : tuple of int
        Without the batch.
    units : int
        How many numbers it computes: convolution, pooling and fully connected layers only. What others make
        of these numbers are no units of their own.
    weights, biases : int
        Learned numbers; those of a layer that is used again are in its first row only.
    connections, multiply_adds : int or None
        As in :class:`convnets.sizing.Counts`; None where they are not known.
    activations : int
        How many numbers it adds to those that are kept for the way back.
    field : (ReceptiveField, ReceptiveField) or None
        What a unit sees of the image, along height and width; None where it is not known.
    """

    name: str
    kind: str
    detail: str
    in_shape: tuple
    out_shape: tuple
    units: int
    weights: int
    biases: int
    connections: int | None
    multiply_adds: int | None
    activations: int
    field: tuple | None = None

    @property
    def parameters(self):
        """Weights and biases."""
        return self.weights + self.biases


def total(rows, quantity):
    """Return the sum of a quantity over rows; what is not known is left out."""
    return sum(getattr(row, quantity) or 0 for row in rows)


def fold(name, rows, out_shape, field):
    """Return one row for a block of several: quantities are sums, shape and field those of the block."""
    kinds = {row.kind for row in rows}
    sums = ("units", "weights", "biases", "connections", "multiply_adds", "activations")
    return Row(
        name=name,
        kind=kinds.pop() if len(kinds) == 1 else "block",
        detail=rows[0].detail if len(rows) == 1 else f"{len(rows)} layers",
        in_shape=rows[0].in_shape,
        out_shape=out_shape,
        field=field,
        **{quantity: total(rows, quantity) for quantity in sums},
    )
