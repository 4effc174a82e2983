"""Plain data in words and numbers that fit into a sentence or a line."""

import functools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from checks.contract import Trial
from checks.plain import Network, Tensor

__all__ = [
    "code",
    "describe",
    "number",
    "ordinal",
    "plural",
    "rounded_down",
    "short",
    "shown_shape",
    "two_numbers",
    "written_call",
    "written_case",
]

MAX_LINE = 96
MAX_TEXT = 40  # characters of one value in a row or in a sentence
MAX_VALUES = 120  # values of an array that are written out


def code(text: str) -> str:
    """Mark a text as code in a sentence."""
    return "`" + text.replace("`", "'").strip() + "`"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: "1 value", "3 values"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def ordinal(position: int) -> str:
    """Write a position in words: 0 is "first"."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[position] if position < len(words) else f"{position + 1}th"


def number(value: Any, digits: int = 6) -> str:
    """Write a number in at most so many significant digits; anything else as Python does, cut if long."""
    value = value.item() if isinstance(value, np.ndarray | np.generic) else value
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"  # no minus before a zero
    if isinstance(value, complex):
        return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
    return _cut(repr(value[:MAX_TEXT] if isinstance(value, str) else value), MAX_TEXT)


def rounded_down(value: float) -> str:
    """Write a number with two digits after the point, such that one below 0.7 never reads 0.70."""
    return f"{math.floor(100 * value + 1e-9) / 100:.2f}"


def two_numbers(one: Any, other: Any) -> tuple[str, str]:
    """Two different numbers, in as many digits as it takes to tell them apart."""
    for digits in (6, 10, 17):
        shown = number(one, digits), number(other, digits)
        if shown[0] != shown[1]:
            break
    return shown


def shown_shape(shape: tuple[int, ...]) -> str:
    """Write a shape: "3 × 4", or "5 values" for one axis."""
    return plural(shape[0], "value") if len(shape) == 1 else " × ".join(map(str, shape))


def describe(value: Any) -> str:
    """Say what a value is: "a list of 3 items", "an array of shape (3, 4)"."""
    if isinstance(value, Tensor):
        return f"a PyTorch tensor of shape {value.array.shape}"
    if isinstance(value, Network):
        return "a network"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else describe(value.item())
    if isinstance(value, list | tuple | dict):
        name = type(value).__name__
        return f"a {name} of {plural(len(value), 'item')}"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, bool):
        return f"the truth value {code(repr(value))}"
    return "nothing (`None`)" if value is None else "a single number"


def short(value: Any, room: int = 4 * MAX_LINE) -> str:
    """Write a value the way a notebook would take it back, or describe it when it is too large for that."""
    if isinstance(value, Tensor):
        return _short_array(value.array, "torch.tensor")
    if isinstance(value, np.ndarray):
        return _short_array(value, "np.array") if value.ndim else number(value)
    if isinstance(value, Network) or (isinstance(value, list | tuple | dict) and len(value) > room):
        return describe(value)
    if isinstance(value, list | tuple):
        items = ", ".join(short(item, room) for item in value)
        items += "," if isinstance(value, tuple) and len(value) == 1 else ""
        text = f"[{items}]" if isinstance(value, list) else f"({items})"
        return text if len(text) <= room else describe(value)
    if isinstance(value, dict):
        return next((text for text in _short_dict(value, room) if len(text) <= room), describe(value))
    if isinstance(value, float | complex) and not isinstance(value, bool):
        return number(value)
    return _cut(repr(value[:room] if isinstance(value, str) else value), room)


def _short_dict(data: dict, room: int) -> Iterator[str]:
    """Write a dict with its values, and then with a word on each of them."""
    for written in (functools.partial(short, room=room), describe):
        yield "{" + ", ".join(f"{short(key)}: {written(item)}" for key, item in data.items()) + "}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room] + "…"


def written_call(name: str, args: tuple, kwargs: Mapping[str, Any]) -> str:
    """Write a call the way it could be typed into a notebook, on several lines where one is too long."""
    parts = [short(arg) for arg in args] + [f"{key}={short(value)}" for key, value in kwargs.items()]
    line = f"{name}({', '.join(parts)})"
    if len(line) <= MAX_LINE and "\n" not in line:
        return line
    return f"{name}(\n    " + ",\n    ".join(part.replace("\n", "\n    ") for part in parts) + ",\n)"


class Called(Protocol):
    """What `written_case` needs of a case."""

    args: tuple
    kwargs: Mapping[str, Any]
    trial: Trial | None


def written_case(name: str, case: Called) -> str:
    """Write a call, and what is done with the network that it returns."""
    call, trial = written_call(name, case.args, case.kwargs), case.trial
    if trial is None:
        return call
    given = "" if trial.weights is None else "# its parameters and buffers are set to given numbers\n"
    return f"network = {call}\n{given}network.{trial.mode}()\n{written_call('network', trial.inputs, {})}"


def _short_array(array: np.ndarray, constructor: str) -> str:
    usual = {"f": "float64", "i": "int64", "b": "bool", "U": array.dtype.name, "c": "complex128"}
    dtype = (
        ""
        if array.dtype.name == usual.get(array.dtype.kind)
        else f", dtype={constructor.split('.')[0]}.{array.dtype.name}"
    )
    if array.size == 0:
        return f"{constructor.split('.')[0]}.zeros({array.shape}{dtype})"
    is_long = array.dtype.kind == "U" and array.dtype.itemsize > 4 * MAX_TEXT
    if is_long or array.size > MAX_VALUES or array.ndim > 4:
        return f"{_article(constructor)} of shape {array.shape}{_range(array)}"
    text = np.array2string(array, separator=", ", max_line_width=MAX_LINE, threshold=MAX_VALUES + 1)
    text = re.sub(r"\[ +", "[", re.sub(" {2,}", " ", text)) if array.ndim == 1 else text
    return f"{constructor}({text}{dtype})".replace("\n", "\n" + " " * (len(constructor) + 1))


def _article(constructor: str) -> str:
    return "a tensor" if constructor.startswith("torch") else "an array"


def _range(array: np.ndarray) -> str:
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        return "" if array.dtype.kind == "U" else f", {array.dtype.name}"
    return f", {array.dtype.name}, values from {number(array.min())} to {number(array.max())}"
