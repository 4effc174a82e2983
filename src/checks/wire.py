"""Plain data as JSON text, for the file of public cases and between the grader and a student's kernel.

Only data crosses: no pickle, no code, no names of types beyond the few written here. An array is its dtype,
its shape and the base64 text of its bytes. Everything that reads believes nothing: text that is malformed,
too large, too deep or not exactly of this form is an error (`decode`) or an outcome that says so
(`decode_outcome`), never an exception of another kind and never an allocation much larger than the limit.
`checks.packing` describes the form.
"""

import json
from typing import Any

from checks.contract import Trial
from checks.outcome import Outcome
from checks.packing import MAX_BYTES, WireError, is_count, pack, unpack

__all__ = [
    "MAX_BYTES",
    "WireError",
    "decode",
    "decode_outcome",
    "decode_request",
    "encode",
    "encode_outcome",
    "encode_request",
    "pack_outcome",
    "unpack_outcome",
]

MAX_ITEMS = 500_000  # commas in the text: bounds what the JSON parser may build before anything is checked
MAX_TEXT = 2000  # characters of a message, a line, a print
KINDS = ("value", "unsupported", "raised", "timeout", "missing", "lost")


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


def encode_request(name: str, args: tuple, kwargs: dict, seconds: float, trial: Trial | None = None) -> str:
    """Write the request to call a function: name, arguments, seconds allowed, what is done with a network."""
    fields = {"name": name, "args": tuple(args), "kwargs": dict(kwargs), "seconds": float(seconds)}
    return encode(fields | {"trial": trial and vars(trial)})


def decode_request(text: str) -> tuple[str, tuple, dict, float, Trial | None]:
    """Read what `encode_request` wrote: name, args, kwargs, seconds, trial."""
    fields = decode(text)
    trial = fields["trial"] and Trial(**fields["trial"])
    return fields["name"], fields["args"], fields["kwargs"], fields["seconds"], trial


def encode_outcome(outcome: Outcome) -> str:
    """Write an outcome as JSON text.

    Raises
    ------
    WireError
        If its value is not plain data, or too large to be read back.
    """
    text = json.dumps(pack_outcome(outcome), allow_nan=False, separators=(",", ":"))
    _limit(text, MAX_BYTES)
    return text


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
        return unpack_outcome(_parse(text, max_bytes))
    except WireError as error:
        return Outcome("lost", detail=f"the reply could not be read: {error}")


def pack_outcome(outcome: Outcome) -> dict[str, Any]:
    """Turn an outcome into what `json` can write."""
    fields = {"kind": outcome.kind, "value": pack(outcome.value), "changed": list(outcome.changed)}
    texts = {name: _clean(getattr(outcome, name)) for name in ("detail", "message", "line", "printed")}
    return fields | texts


def unpack_outcome(fields: Any) -> Outcome:
    """Turn what `json` has read into an outcome.

    Raises
    ------
    WireError
        If ``fields`` is not exactly of the form that `pack_outcome` makes.
    """
    names = {"kind", "value", "changed", "detail", "message", "line", "printed"}
    if type(fields) is not dict or set(fields) != names:
        raise WireError("it is not an outcome")
    if fields["kind"] not in KINDS:
        raise WireError("it is of no known kind")
    changed = fields["changed"]
    if type(changed) is not list or len(changed) > 100 or not all(is_count(item, 100) for item in changed):
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
    _limit(text, max_bytes)
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except RecursionError:
        raise WireError("it is nested too deeply") from None
    except WireError:
        raise
    except ValueError:
        raise WireError("it is not JSON") from None


def _limit(text: str, max_bytes: int) -> None:
    if len(text) > max_bytes:
        raise WireError(f"more than {max_bytes} bytes of data")
    if text.count(",") > MAX_ITEMS:
        raise WireError(f"more than {MAX_ITEMS} items of data")


def _no_constant(name: str) -> None:
    raise WireError(f"{name} is not a number of JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise WireError("a name stands in it twice")
    return fields
