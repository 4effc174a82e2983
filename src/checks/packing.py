"""Plain data as what `json` can write and read, and back.

============  =============================================================
JSON          data
============  =============================================================
null … "x"    None, bool, int, finite float, str
[…]           list
{"float"}     ``"nan"``, ``"inf"`` or ``"-inf"``
{"complex"}   real and imaginary part
{"tuple"}     list of items
{"dict"}      list of pairs
{"array"}     dtype, shape, base64 text (a list for strings)
{"tensor"}    the same
{"network"}   shapes of parameters and of buffers, output, whether the input changed
============  =============================================================

`unpack` believes nothing: what is not exactly of this form is a `WireError`.
"""

import base64
import math
import re
from typing import Any

import numpy as np

from checks.plain import MAX_DEPTH, MAX_INT, Network, Tensor

__all__ = ["MAX_BYTES", "WireError", "is_count", "pack", "unpack"]

MAX_BYTES = 16 * 2**20
_DTYPE = re.compile(r"\|[biu]1|<[iu][248]|<f[248]|<c(8|16)")


class WireError(ValueError):
    """The data cannot be written, or the text is not what `checks.wire` writes."""


def pack(data: Any, depth: int = 0) -> Any:
    """Turn plain data into what `json` can write."""
    if depth > MAX_DEPTH:
        raise WireError("the data is nested too deeply")
    kind = type(data)
    if data is None or kind is bool or kind is str:
        return _text(data) if kind is str else data
    if kind is int:
        return _integer(data)
    if kind is float:
        return data if math.isfinite(data) else {"float": repr(data)}
    if kind is complex:
        return {"complex": [pack(data.real), pack(data.imag)]}
    if kind is list or kind is tuple:
        items = [pack(item, depth + 1) for item in data]
        return items if kind is list else {"tuple": items}
    if kind is dict:
        return {"dict": [[pack(key, depth + 1), pack(value, depth + 1)] for key, value in data.items()]}
    if isinstance(data, np.ndarray):
        return {"array": _pack_array(data)}
    if kind is Tensor:
        return {"tensor": _pack_array(data.array)}
    if kind is Network:
        parts = dict(data.parameters), dict(data.buffers), data.output, data.changed
        return {"network": [pack(part, depth + 1) for part in parts]}
    raise WireError(f"{kind.__name__} is not plain data")


def unpack(packed: Any, depth: int = 0) -> Any:
    """Turn what `json` has read into plain data.

    Raises
    ------
    WireError
        If ``packed`` is not exactly of the form that `pack` makes.
    """
    if depth > MAX_DEPTH:
        raise WireError("it is nested too deeply")
    if packed is None or type(packed) is bool:
        return packed
    if type(packed) is str:
        return _text(packed)
    if type(packed) is int:
        return _integer(packed)
    if type(packed) is float:
        return _finite(packed)
    if type(packed) is list:
        return [unpack(item, depth + 1) for item in packed]
    if type(packed) is not dict or len(packed) != 1:
        raise WireError("it holds something that is no data")
    [(tag, body)] = packed.items()
    if tag not in _UNPACK:
        raise WireError("it holds data of no known kind")
    return _UNPACK[tag](body, depth + 1)


def _text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise WireError("a text in it is not Unicode") from None
    return text


def _integer(number: int) -> int:
    if abs(number) >= MAX_INT:
        raise WireError("a whole number in it has more than 300 digits")
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise WireError("a number in it is too large")
    return number


def _unpack_float(body: Any, depth: int) -> float:
    if body not in ("nan", "inf", "-inf"):
        raise WireError("a number in it is malformed")
    return float(body)


def _unpack_complex(body: Any, depth: int) -> complex:
    parts = unpack(body, depth)
    if type(parts) is not list or len(parts) != 2 or not all(type(part) is float for part in parts):
        raise WireError("a complex number in it is malformed")
    return complex(*parts)


def _unpack_tuple(body: Any, depth: int) -> tuple:
    if type(body) is not list:
        raise WireError("a tuple in it is malformed")
    return tuple(unpack(item, depth) for item in body)


def _unpack_dict(body: Any, depth: int) -> dict:
    if type(body) is not list or not all(type(pair) is list and len(pair) == 2 for pair in body):
        raise WireError("a dict in it is malformed")
    try:
        return {unpack(key, depth): unpack(value, depth) for key, value in body}
    except TypeError:
        raise WireError("a dict in it has a key that cannot be one") from None


def _pack_array(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.kind == "U":
        return {"dtype": "U", "shape": list(array.shape), "data": [_text(str(item)) for item in array.flat]}
    little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    if not _DTYPE.fullmatch(little.dtype.str):
        raise WireError(f"an array of dtype {array.dtype.name} is not plain data")
    data = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "data": data}


def _unpack_array(body: Any, depth: int) -> np.ndarray:
    if type(body) is not dict or set(body) != {"dtype", "shape", "data"}:
        raise WireError("an array in it is malformed")
    dtype, shape, data = body["dtype"], body["shape"], body["data"]
    if type(shape) is not list or len(shape) > 16 or not all(is_count(size, 2**31) for size in shape):
        raise WireError("an array in it has a malformed shape")
    try:
        flat = _strings(data) if dtype == "U" else _numbers(dtype, data)
        if math.prod(shape) != flat.size:
            raise WireError("an array in it has more or fewer values than its shape says")
        return flat.reshape(shape)
    except WireError:
        raise
    except ValueError:
        raise WireError("an array in it is malformed") from None


def _numbers(dtype: Any, data: Any) -> np.ndarray:
    if type(dtype) is not str or not _DTYPE.fullmatch(dtype):
        raise WireError("an array in it has a dtype that is not allowed")
    if type(data) is not str:
        raise WireError("an array in it has malformed values")
    raw = bytearray(base64.b64decode(data, validate=True))
    if dtype == "|b1" and any(byte > 1 for byte in set(raw)):
        raise WireError("an array in it has values that are neither true nor false")
    return np.frombuffer(raw, dtype=dtype).astype(np.dtype(dtype).newbyteorder("="), copy=False)


def _strings(data: Any) -> np.ndarray:
    if type(data) is not list or not all(type(item) is str for item in data):
        raise WireError("an array of strings in it is malformed")
    if 4 * len(data) * max(map(len, data), default=0) > MAX_BYTES:
        raise WireError("an array of strings in it is too large")
    return np.array([_text(item) for item in data], dtype=np.str_)


def _unpack_network(body: Any, depth: int) -> Network:
    parts = unpack(body, depth)
    if type(parts) is not list or len(parts) != 4 or type(parts[3]) is not bool:
        raise WireError("a network in it is malformed")
    if not all(map(_are_shapes, parts[:2])):
        raise WireError("a network in it has malformed shapes")
    return Network(*parts)


def _are_shapes(shapes: Any) -> bool:
    return type(shapes) is dict and all(
        type(name) is str and type(shape) is tuple and all(is_count(size, 2**63) for size in shape)
        for name, shape in shapes.items()
    )


def is_count(number: Any, limit: int) -> bool:
    """Whether a number that came over the wire is an int from 0 to below the limit."""
    return type(number) is int and 0 <= number < limit


_UNPACK = {
    "float": _unpack_float,
    "complex": _unpack_complex,
    "tuple": _unpack_tuple,
    "dict": _unpack_dict,
    "array": _unpack_array,
    "tensor": lambda body, depth: Tensor(_unpack_array(body, depth)),
    "network": _unpack_network,
}
