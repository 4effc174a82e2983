"""Plain data as JSON text, for the file of public cases and between the grader and a student's kernel.

Only data crosses: no pickle, no code, no names of types beyond the few written here. An array is its dtype,
its shape and the base64 text of its bytes. Everything that reads believes nothing: text that is malformed,
too large, too deep or not exactly of this form is an error (`decode`) or an outcome that says so
(`decode_outcome`), never an exception of another kind and never an allocation larger than the limit.

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
============  =============================================================
"""

import base64
import json
import math
import re
from typing import Any

import numpy as np

from checks.outcome import Outcome
from checks.plain import MAX_DEPTH, MAX_INT, Tensor

__all__ = [
    "MAX_BYTES",
    "WireError",
    "decode",
    "decode_outcome",
    "decode_request",
    "encode",
    "encode_outcome",
    "encode_request",
    "pack",
    "unpack",
]

MAX_BYTES = 16 * 2**20
MAX_ITEMS = 500_000  # commas in the text: bounds what the JSON parser may build before anything is checked
MAX_TEXT = 2000  # characters of a message, a line, a print
KINDS = ("value", "unsupported", "raised", "timeout", "missing", "lost")
_DTYPE = re.compile(r"\|[biu]1|<[iu][248]|<f[248]|<c(8|16)")


class WireError(ValueError):
    """The data cannot be written, or the text is not what this module writes."""


def encode(data: Any) -> str:
    """Write plain data as JSON text (ASCII).

    Raises
    ------
    WireError
        If ``data`` holds anything that is not plain data.
    """
    return json.dumps(pack(data), allow_nan=False, separators=(",", ":"))


def decode(text: str, max_bytes: int = MAX_BYTES) -> Any:
    """Read what `encode` wrote.

    Raises
    ------
    WireError
        If the text is larger than ``max_bytes`` or is not exactly of the form that `encode` writes.
    """
    return unpack(_parse(text, max_bytes))


def encode_request(name: str, args: tuple, kwargs: dict, seconds: float) -> str:
    """Write the request to call a function: its name, the arguments, the time allowed in seconds."""
    fields = {"name": name, "args": tuple(args), "kwargs": dict(kwargs), "seconds": float(seconds)}
    return encode(fields)


def decode_request(text: str) -> tuple[str, tuple, dict, float]:
    """Read what `encode_request` wrote: name, args, kwargs, seconds."""
    fields = decode(text)
    return fields["name"], fields["args"], fields["kwargs"], fields["seconds"]


def encode_outcome(outcome: Outcome) -> str:
    """Write an outcome as JSON text.

    Raises
    ------
    WireError
        If its value is not plain data.
    """
    fields = {"kind": outcome.kind, "value": pack(outcome.value), "changed": list(outcome.changed)}
    for name in ("detail", "message", "line", "printed"):
        fields[name] = _clean(getattr(outcome, name))
    return json.dumps(fields, allow_nan=False, separators=(",", ":"))


def decode_outcome(text: object, max_bytes: int = MAX_BYTES) -> Outcome:
    """Read an outcome that came from a student's process; never raises, whatever came.

    Parameters
    ----------
    text : object
        What the process sent; anything at all.
    max_bytes : int
        Largest reply that is looked at, and largest array that is made.

    Returns
    -------
    Outcome
        What `encode_outcome` wrote; kind ``"unsupported"`` for a reply larger than ``max_bytes`` and kind
        ``"lost"`` for one that cannot be read, both with a ``detail`` that says why.
    """
    if isinstance(text, str) and len(text) > max_bytes:
        return Outcome("unsupported", detail=f"more than {max_bytes} bytes of data")
    try:
        return _outcome(_parse(text, max_bytes))
    except WireError as error:
        return Outcome("lost", detail=f"the reply could not be read: {error}")


def _outcome(fields: Any) -> Outcome:
    names = {"kind", "value", "changed", "detail", "message", "line", "printed"}
    if type(fields) is not dict or set(fields) != names:
        raise WireError("it is not an outcome")
    if fields["kind"] not in KINDS:
        raise WireError("it is of no known kind")
    changed = fields["changed"]
    if type(changed) is not list or len(changed) > 100 or not all(_is_count(item, 100) for item in changed):
        raise WireError("its list of changed arguments is malformed")
    texts = {name: fields[name] for name in ("detail", "message", "line", "printed")}
    if not all(type(text) is str for text in texts.values()):
        raise WireError("a text in it is not a text")
    texts = {name: _clean(text) for name, text in texts.items()}
    return Outcome(fields["kind"], value=unpack(fields["value"]), changed=tuple(changed), **texts)


def _clean(text: str) -> str:
    """Cut a text to the limit and replace what is not a Unicode character."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _parse(text: object, max_bytes: int) -> Any:
    if not isinstance(text, str):
        raise WireError(f"a text was expected, {type(text).__name__} came")
    if len(text) > max_bytes:
        raise WireError(f"it is larger than {max_bytes} bytes")
    if text.count(",") > MAX_ITEMS:
        raise WireError(f"it holds more than {MAX_ITEMS} items")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except RecursionError:
        raise WireError("it is nested too deeply") from None
    except WireError:
        raise
    except ValueError:
        raise WireError("it is not JSON") from None


def _no_constant(name: str) -> None:
    raise WireError(f"{name} is not a number of JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise WireError("a name stands in it twice")
    return fields


def pack(data: Any, depth: int = 0) -> Any:
    """Turn plain data into what `json` can write; `encode` without the text."""
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
    raise WireError(f"{kind.__name__} is not plain data")


def unpack(packed: Any, depth: int = 0) -> Any:
    """Turn what `json` has read into plain data; `decode` without the text.

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
    if type(shape) is not list or len(shape) > 16 or not all(_is_count(size, 2**31) for size in shape):
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


def _is_count(number: Any, limit: int) -> bool:
    return type(number) is int and 0 <= number < limit


_UNPACK = {
    "float": _unpack_float,
    "complex": _unpack_complex,
    "tuple": _unpack_tuple,
    "dict": _unpack_dict,
    "array": _unpack_array,
    "tensor": lambda body, depth: Tensor(_unpack_array(body, depth)),
}
