"""Compare what a student's function returned with what was expected, and find the first thing that differs.

The order is the order in which one would look: is it the right sort of thing, does it have the right shape,
the right sort of numbers, is there NaN, and only then the values.

What counts as equal: ``|got - expected| <= absolute + relative * |expected|``. A float32 answer is allowed
``16 * eps * max|expected|`` more, with float32's eps of 1.2e-7: it is rounded at each step of a sum whose
terms are as large as the largest value. Whole numbers may stand where floats are expected, and the reverse,
when the values are equal; whole numbers among themselves are compared exactly. Memory order never matters,
and a number may come as an array of shape ().
"""

from typing import Any

import numpy as np

from checks.contract import Tolerance
from checks.parameters import compare_parameters
from checks.plain import Network, Part, Tensor, is_number
from checks.showing import code, describe, number, ordinal, plural, short, shown_shape, two_numbers
from checks.verdict import Verdict

__all__ = ["compare", "differing"]


def compare(got: Any, expected: Any, tolerance: Tolerance, path: tuple = ()) -> Verdict | None:
    """Find the first difference between two pieces of plain data.

    Parameters
    ----------
    got, expected : object
        Plain data (see `checks.plain`).
    tolerance : Tolerance
    path : tuple
        Where in the student's result ``got`` stands.

    Returns
    -------
    Verdict or None
        What differs; None when ``got`` is right.
    """
    if isinstance(expected, list | tuple | dict):
        return _compare_items(got, expected, tolerance, path)
    if _sort(got) != _sort(expected):
        return _wrong_sort(got, expected, path)
    if isinstance(expected, Network):
        return _compare_networks(got, expected, tolerance)
    if type(got) is type(expected) and isinstance(got, int | str | None):
        return None if got == expected else _wrong_one(got, expected, path)
    return _compare_arrays(_as_array(got), _as_array(expected), tolerance, path)


def differing(got: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Which values of an array are wrong.

    Parameters
    ----------
    got, expected : ndarray of the same shape
    tolerance : Tolerance

    Returns
    -------
    ndarray of bool, of the same shape
    """
    if (got.dtype.kind == "U") != (expected.dtype.kind == "U"):
        return np.ones(got.shape, dtype=bool)
    if got.dtype.kind in "biuU" and expected.dtype.kind in "biuU":
        return np.asarray(got != expected)
    wide = np.complex128 if "c" in (got.dtype.kind, expected.dtype.kind) else np.float64
    rounding = _rounding(got, expected)
    with np.errstate(all="ignore"):
        got, expected = got.astype(wide), expected.astype(wide)
        finite = np.isfinite(expected)
        allowed = tolerance.absolute + tolerance.relative * np.abs(expected) + rounding
        close = finite & (np.abs(got - expected) <= allowed)
    return ~(close | (got == expected) | (np.isnan(got) & np.isnan(expected)))


def _rounding(got: np.ndarray, expected: np.ndarray) -> float:
    """Error that an answer in single precision may have on top of the tolerance."""
    if got.dtype not in (np.float32, np.complex64) or expected.size == 0:
        return 0.0
    sizes = np.abs(expected.astype(np.complex128))
    return 16 * float(np.finfo(np.float32).eps) * float(sizes[np.isfinite(sizes)].max(initial=0.0))


def _what(path: tuple) -> str:
    """Name a part of the result, at the beginning of a sentence."""
    if not path:
        return "Your result"
    name = " of ".join(_place(key) for key in reversed(path))
    return f"{name[0].upper()}{name[1:]} of your {'network' if isinstance(path[0], Part) else 'result'}"


def _place(key: Any) -> str:
    if isinstance(key, Part):
        return f"the {key}"
    return f"the {ordinal(key)} item" if isinstance(key, int) else f"the entry {code(repr(key))}"


def _as_array(data: Any) -> np.ndarray:
    array = np.asarray(data.array if isinstance(data, Tensor) else data)
    return array if array.dtype.kind != "O" else np.asarray(float(data))  # an int of more than 64 bits


def _sort(data: Any) -> str:
    """Name the sort of a thing; where one sort is expected, no other will do."""
    if isinstance(data, Tensor):
        return "tensor"
    if is_number(data):
        return "truth value" if _as_array(data).dtype.kind == "b" else "number"
    if isinstance(data, np.ndarray):
        return "array"
    if isinstance(data, Network):
        return "network"
    return "nothing" if data is None else type(data).__name__


def _wrong_sort(got: Any, expected: Any, path: tuple) -> Verdict:
    what, sort, wanted = _what(path), _sort(got), _sort(expected)
    if sort == "nothing":
        sentence = f"{what} is `None`; {describe(expected)} was expected."
        return Verdict(False, "none", sentence, f"{what} is `None`.", path=path)
    if wanted == "number" and isinstance(got, np.ndarray | Tensor):
        sentence = f"{what} is {describe(got)}; a single number was expected."
        return Verdict(False, "shape", sentence, sentence, path=path)
    advice = {
        ("list", "array"): " Turn it into an array with `np.array(...)`, or fill an array from the start.",
        ("tuple", "array"): " Turn it into an array with `np.array(...)`, or fill an array from the start.",
        ("tensor", "array"): " `.numpy()` turns a tensor into an array.",
        ("array", "tensor"): " `torch.from_numpy(...)` turns an array into a tensor.",
    }.get((sort, wanted), "")
    article = {"array": "a NumPy array", "tensor": "a PyTorch tensor"}.get(wanted, f"a {wanted}")
    article = "a network (a `torch.nn.Module`)" if wanted == "network" else article
    article = "nothing (`None`)" if wanted == "nothing" else article.replace("a str", "a text")
    sentence = f"{what} is {describe(got)}; {article} was expected.{advice}"
    return Verdict(False, "type", sentence, sentence, path=path)


def _wrong_one(got: int | str, expected: int | str, path: tuple) -> Verdict:
    came, wanted = short(got, 60), short(expected, 60)
    if isinstance(got, str):
        came, wanted = code(came), code(wanted)
    sentence = f"{_what(path)} is {came}; {wanted} was expected."
    return Verdict(False, "values", sentence, f"{_what(path)} is not the right one.", path=path)


def _compare_items(got: Any, expected: Any, tolerance: Tolerance, path: tuple) -> Verdict | None:
    is_dict = isinstance(expected, dict)
    is_row = isinstance(got, np.ndarray) and got.ndim == 1 and got.size <= 1000
    if not is_dict and is_row and all(map(is_number, expected)):
        got = [np.asarray(item) for item in got]  # an array of the numbers is as good as a tuple of them
    if isinstance(got, dict) != is_dict or not isinstance(got, dict | list | tuple):
        return _wrong_sort(got, expected, path)
    what = _what(path)
    if is_dict and set(got) != set(expected):
        key = next(key for key in (*expected, *got) if key not in got or key not in expected)
        name = code(short(key, 60))
        sentence = (
            f"{what} has no entry {name}." if key in expected else f"{what} has an entry too many: {name}."
        )
        return Verdict(False, "shape", sentence, f"{what} does not have the entries asked for.", path=path)
    if len(got) != len(expected):
        sentence = f"{what} has {plural(len(got), 'item')}; {len(expected)} were expected."
        return Verdict(
            False, "shape", sentence, f"{what} does not have the right number of items.", path=path
        )
    for key in expected if is_dict else range(len(expected)):
        verdict = compare(got[key], expected[key], tolerance, (*path, key))
        if verdict is not None:
            return verdict
    return None


def _compare_networks(got: Network, expected: Network, tolerance: Tolerance) -> Verdict | None:
    problem = compare_parameters(got, expected)
    problem = problem or compare(got.output, expected.output, tolerance, (Part("output"),))
    if problem or not got.changed or expected.changed:
        return problem
    begin = "Your network's output is right, but the forward pass changed its input, which others may need."
    sentence = f"{begin} Which step works in place: `+=`, `relu_`, `inplace=True`?"
    return Verdict(False, "changed", sentence, sentence)


def _compare_arrays(
    got: np.ndarray, expected: np.ndarray, tolerance: Tolerance, path: tuple
) -> Verdict | None:
    what = _what(path)
    if got.shape != expected.shape:
        return _wrong_shape(got, expected, path)
    mask = differing(got, expected, tolerance) if _comparable(got, expected) else None
    if mask is not None and not mask.any():
        return None
    advice = _wrong_dtype(got, expected)
    if advice:
        dtype = "str" if got.dtype.kind == "U" else got.dtype.name
        sentence = f"{what} has dtype {code(dtype)}. {advice}"
        return Verdict(False, "dtype", sentence, sentence, path=path)
    return _not_finite(got, expected, path) or _wrong_values(got, expected, mask, path)


def _comparable(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the dtypes allow a right answer: numbers with numbers, texts with texts."""
    if got.dtype.kind == "c" and expected.dtype.kind != "c":
        return False
    return got.dtype.kind == expected.dtype.kind or {got.dtype.kind, expected.dtype.kind} <= set("iufc")


def _wrong_shape(got: np.ndarray, expected: np.ndarray, path: tuple) -> Verdict:
    what = _what(path)
    if got.ndim == expected.ndim:
        sentence = f"{what} has {shown_shape(got.shape)}; {shown_shape(expected.shape)} were expected."
        if got.ndim > 1:
            sentence = f"{what} has shape {got.shape}; {expected.shape} was expected."
    else:
        shapes = f"shape {got.shape} was returned, {expected.shape} was expected"
        sentence = f"{what} has {plural(got.ndim, 'axis').replace('axiss', 'axes')}; "
        sentence += f"{expected.ndim} {'was' if expected.ndim == 1 else 'were'} expected ({shapes})."
    return Verdict(False, "shape", sentence, f"{what} does not have the right shape.", path=path)


def _wrong_dtype(got: np.ndarray, expected: np.ndarray) -> str:
    """Say what is wrong with the dtype of an answer that is not right; nothing if it is not the dtype."""
    kind, wanted = got.dtype.kind, expected.dtype.kind
    if kind == "U" or wanted == "U":
        swapped = "Numbers were expected, not texts." if kind == "U" else "Texts were expected, not numbers."
        return swapped if kind != wanted else ""
    if wanted == "b" and kind != "b":
        return "Truth values (`bool`) were expected; a comparison gives them."
    if kind == "b" and wanted != "b":
        return "Numbers were expected, not truth values."
    if kind == "c" and wanted != "c":
        return "Real numbers were expected: if the imaginary parts are all zero, keep `.real`."
    if kind in "iu" and wanted in "fc":
        with np.errstate(all="ignore"):
            real = expected.real
            cut = any(np.array_equal(got, change(real)) for change in (np.trunc, np.floor, np.round))
        if cut:
            return "It holds whole numbers only, so the fractions were cut off: make it an array of floats."
    return ""


def _not_finite(got: np.ndarray, expected: np.ndarray, path: tuple) -> Verdict | None:
    if got.dtype.kind not in "fc":
        return None
    bad = ~np.isfinite(got) & np.isfinite(expected)
    if not bad.any():
        return None
    first, what = _first(bad), _what(path)
    name = "NaN (not a number)" if np.isnan(got[first]) else "infinite"
    if got.ndim == 0:
        sentence = f"{what} is {name}."
    elif bad.all():
        sentence = f"Every value of {what[0].lower()}{what[1:]} is {name}."
    else:
        sentence = f"{what} is {name} at index {_index(first)}."
    cause = " Is there a division by zero, or an array made by `np.empty` that was never filled?"
    discreet = f"{what} holds values that are NaN or infinite.{cause}"
    return Verdict(False, "nan", sentence + cause, discreet, first if got.ndim else None, path)


def _wrong_values(got: np.ndarray, expected: np.ndarray, mask: np.ndarray, path: tuple) -> Verdict:
    what, first = _what(path), _first(mask)
    came, wanted = two_numbers(got[first], expected[first])
    if got.ndim == 0:
        sentence = f"{what} is {came}; {wanted} was expected."
        return Verdict(False, "values", sentence, f"{what} is not the right number.", path=path)
    sentence = f"{_how_many(what if path else '', mask, first)}: {came} came, {wanted} was expected."
    discreet = f"{what} has the right shape, but not the right values."
    return Verdict(False, "values", sentence, discreet, first, path)


def _how_many(what: str, mask: np.ndarray, first: tuple[int, ...]) -> str:
    begin, count = f"{what}: " if what else "", int(mask.sum())
    if mask.size == 1:
        return f"{begin}The only value, at index {_index(first)}, differs"
    if count == 1:
        return f"{begin}1 of {mask.size} values differs, the one at index {_index(first)}"
    many = ("Both" if count == 2 else f"All {count}") if count == mask.size else f"{count} of {mask.size}"
    return f"{begin}{many} values differ, the first at index {_index(first)}"


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def _index(index: tuple[int, ...]) -> str:
    return "[" + ", ".join(number(i) for i in index) + "]"
