"""Plain data: the only things that go into a student's function and come out of it.

Numbers, strings, None, NumPy arrays, PyTorch tensors, and lists, tuples and dicts of these. A tensor is held
as a `Tensor` around a NumPy array, so that judging one needs no PyTorch; a network, as a `Network` of shapes
and output, which `checks.trying` makes. Nothing here imports PyTorch unless a tensor has to be handed to a
function that asks for one.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = [
    "ARRAY_KINDS",
    "MAX_DEPTH",
    "MAX_INT",
    "Network",
    "Part",
    "Tensor",
    "UnsupportedError",
    "from_plain",
    "same",
    "to_plain",
]

ARRAY_KINDS = "biufcU"
MAX_DEPTH = 12
MAX_INT = 2**1000  # any int below it converts to float without overflow


class UnsupportedError(TypeError):
    """An object is not plain data; the message names its type."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """A PyTorch tensor as data: the values, without device and gradient.

    Attributes
    ----------
    array : ndarray
    """

    array: np.ndarray


class Part(str):
    """Name of a part of a `Network`: in a path to what differs, where the entries of a dict stand too."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class Network:
    """A PyTorch network as data: what it is made of, and what came of running it.

    Attributes
    ----------
    parameters, buffers : mapping of str to tuple of int
        Shapes by name.
    output : object
        Plain data; None where the network was not run because the weights did not fit.
    changed : bool
        Whether the forward pass changed its input in place.
    """

    parameters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    buffers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    output: Any = None
    changed: bool = False

    def __getitem__(self, part: Part) -> Any:
        """Return a part by its name."""
        return getattr(self, part)


def to_plain(obj: Any, depth: int = 0) -> Any:
    """Copy an object as plain data.

    NumPy scalars become arrays of shape (); array subclasses become arrays, in C order and native byte order.

    Parameters
    ----------
    obj : object
        What a function returned.
    depth : int
        How deep ``obj`` lies inside the object that is being copied.

    Returns
    -------
    object
        Plain data that shares no memory with ``obj``.

    Raises
    ------
    UnsupportedError
        If ``obj`` is not plain data; the message is the name of the offending type.
    """
    if depth > MAX_DEPTH:
        raise UnsupportedError(f"{type(obj).__name__} nested too deeply")
    if obj is None or isinstance(obj, bool | np.ndarray | np.generic):
        return _array(obj) if isinstance(obj, np.ndarray | np.generic) else obj
    if isinstance(obj, int | float | complex | str):
        return _scalar(obj)
    if isinstance(obj, list | tuple):
        items = [to_plain(item, depth + 1) for item in obj]
        return items if isinstance(obj, list) else tuple(items)
    if isinstance(obj, dict):
        return {_key(key): to_plain(value, depth + 1) for key, value in obj.items()}
    if isinstance(obj, Tensor):
        return Tensor(_array(obj.array))
    return _tensor(obj)


def from_plain(data: Any) -> Any:
    """Copy plain data for a call: every array is fresh, a `Tensor` becomes a PyTorch tensor."""
    if isinstance(data, np.ndarray):
        return data.copy()
    if isinstance(data, list | tuple):
        return type(data)(from_plain(item) for item in data)
    if isinstance(data, dict):
        return {key: from_plain(value) for key, value in data.items()}
    if isinstance(data, Tensor):
        import torch

        return torch.from_numpy(data.array.copy())
    return data


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are identical: types, dtypes, shapes and every bit of the values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor):
        return same(one.array, other.array)
    if isinstance(one, Network):
        return all(map(same, vars(one).values(), vars(other).values()))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return one == other or (one != one and other != other)


def is_number(data: Any) -> bool:
    """Whether plain data counts as one number: a Python number, or an array of shape () of numbers."""
    if isinstance(data, np.ndarray):
        return data.ndim == 0 and data.dtype.kind != "U"
    return isinstance(data, int | float | complex)


def _scalar(number: Any) -> Any:
    """Strip subclasses of numbers and strings (an IntEnum, a numpy.str_) down to the built-in type."""
    if isinstance(number, int):
        if abs(number) >= MAX_INT:
            raise UnsupportedError("int with more than 300 digits")
        return int(number)
    return next(kind(number) for kind in (float, complex, str) if isinstance(number, kind))


def _key(key: Any) -> Any:
    key = key.item() if isinstance(key, np.generic) else key
    if isinstance(key, int | float | str):
        return _scalar(key)
    raise UnsupportedError(f"dict with a key of type {type(key).__name__}")


def _array(array: Any) -> Any:
    if isinstance(array, np.ma.MaskedArray):
        raise UnsupportedError("MaskedArray")
    array = np.asarray(array)
    if array.dtype.kind not in ARRAY_KINDS:
        raise UnsupportedError(f"array of dtype {array.dtype.name}")
    if array.dtype.kind == "U" and array.ndim == 0:
        return str(array)
    if array.dtype.kind in "fc" and array.dtype.itemsize > {"f": 8, "c": 16}[array.dtype.kind]:
        array = array.astype(np.float64 if array.dtype.kind == "f" else np.complex128)
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C", copy=True)


def _tensor(obj: Any) -> Tensor:
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(obj, torch.Tensor):
        raise UnsupportedError(type(obj).__name__)
    try:
        return Tensor(_array(obj.detach().cpu().resolve_conj().resolve_neg().numpy()))
    except (TypeError, RuntimeError):
        raise UnsupportedError(f"tensor of dtype {str(obj.dtype).removeprefix('torch.')}") from None
