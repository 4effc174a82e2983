"""Networks made of described layers: one after the other, side by side, and around (chapter *Sizing*)."""

from dataclasses import dataclass
from math import prod

from convnets.sizing.descriptions import Layer
from convnets.sizing.receptive import ReceptiveField
from convnets.sizing.rows import Row

__all__ = ["Branches", "Chain", "Residual", "walk"]


@dataclass(frozen=True)
class Chain:
    """Layers one after the other.

    Parameters
    ----------
    layers : tuple
        Layers, chains, branches and residuals.
    name : str
        Put before the names of the layers, so that a table can be folded to one line for each chain.
    """

    layers: tuple
    name: str = ""


@dataclass(frozen=True)
class Branches:
    """Chains that all read the same input; their outputs are concatenated along the channels.

    Parameters
    ----------
    branches : tuple of tuple
        The layers of each branch.
    name : str
    """

    branches: tuple
    name: str = ""


@dataclass(frozen=True)
class Residual:
    """Layers whose output is added to their input, or to what a shortcut makes of it.

    Parameters
    ----------
    layers : tuple
    shortcut : tuple
        Layers on the way around; none is the identity.
    name : str
    """

    layers: tuple
    shortcut: tuple = ()
    name: str = ""


def walk(network, in_shape, field=None, prefix=""):
    """Follow one image through a network.

    Parameters
    ----------
    network : Layer, Chain, Branches, Residual, or sequence of them
    in_shape : tuple of int
        (C, H, W) of the image, or (C,).
    field : (ReceptiveField, ReceptiveField), optional
        What a value of the input sees of the image, along height and width; itself, if not given.
    prefix : str
        Put before the names.

    Returns
    -------
    rows : list of Row
        One for each layer, in the order of the description.
    out_shape : tuple of int
    field : (ReceptiveField, ReceptiveField)
        Of branches, from the first pixel that any of them sees to the last.

    Raises
    ------
    TypeError
        If the network holds something else.
    ValueError
        If a layer does not fit on the one below it, or branches do not fit together.
    """
    field = (ReceptiveField(), ReceptiveField()) if field is None else field
    if isinstance(network, Layer):
        row, field = _measure(network, in_shape, field, prefix)
        return [row], row.out_shape, field
    if isinstance(network, Branches | Residual):
        return _walk_side_by_side(network, in_shape, field, prefix)
    layers = network.layers if isinstance(network, Chain) else network
    if not isinstance(layers, tuple | list):
        raise TypeError(f"a network consists of layers, chains, branches and residuals, got {network!r}")
    prefix = _below(prefix, network)
    rows = []
    for layer in layers:
        more, in_shape, field = walk(layer, in_shape, field, prefix)
        rows += more
    return rows, tuple(in_shape), field


def _measure(layer, in_shape, field, prefix):
    out_shape = layer.out_shape(in_shape)
    field = tuple(each.then(window) for each, window in zip(field, layer.windows(in_shape), strict=True))
    row = Row(
        name=prefix + (layer.name or layer.detail),
        kind=layer.kind,
        detail=layer.detail,
        in_shape=tuple(in_shape),
        out_shape=out_shape,
        units=prod(out_shape) if layer.has_units else 0,
        activations=layer.num_activations(in_shape),
        field=field,
        **layer.counts(in_shape)._asdict(),
    )
    return row, field


def _walk_side_by_side(network, in_shape, field, prefix):
    prefix = _below(prefix, network)
    is_sum = isinstance(network, Residual)
    paths = (network.layers, network.shortcut) if is_sum else network.branches
    walked = [walk(tuple(path), in_shape, field, prefix) for path in paths]
    rows = [row for more, _, _ in walked for row in more]
    shapes = [shape for _, shape, _ in walked]
    if len({shape if is_sum else shape[1:] for shape in shapes}) != 1:
        verb = "added" if is_sum else "concatenated"
        raise ValueError(f"{prefix or 'branches'}: shapes {shapes} cannot be {verb}")
    channels = shapes[0][0] if is_sum else sum(shape[0] for shape in shapes)
    fields = tuple(_union(axis) for axis in zip(*(field for _, _, field in walked), strict=True))
    return rows, (channels, *shapes[0][1:]), fields


def _union(fields):
    first = min(field.start for field in fields)
    last = max(field.start + field.size for field in fields)
    return ReceptiveField(last - first, fields[0].jump, first)


def _below(prefix, network):
    name = getattr(network, "name", "")
    return f"{prefix}{name}/" if name else prefix
