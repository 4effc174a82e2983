"""Name the mistake behind a wrong answer.

Two sources. A mistake that the exercise declares was run on the same cases beforehand: when the student's
outcomes are the mistake's, the student has made it. Where no declared mistake fits, a wrong array may still
be a simple rearrangement of the right one, which is worth a gentle word.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from checks.comparing import compare, differing
from checks.contract import Tolerance
from checks.outcome import Outcome
from checks.plain import Network, Tensor
from checks.showing import number

__all__ = ["SAME", "candidates", "diagnose", "resemblance"]

SAME = Tolerance(1e-9, 1e-9, "two runs of one algorithm in float64 differ only by the order of their sums")

MOST_PARTS = 4
"""So many parts of a result are tried in all orders."""

History = Sequence[tuple[Outcome, Mapping[str, Outcome]]]


def diagnose(history: History, tolerance: Tolerance = SAME) -> str | None:
    """Name the declared mistake that the student has made.

    Parameters
    ----------
    history : sequence of (Outcome, mapping of str to Outcome)
        For each case run so far, in order, what came of the student's function and what comes of each
        mistake, by name. The last case is the one that failed.
    tolerance : Tolerance
        How near two answers are the same.

    Returns
    -------
    str or None
        The first mistake, in the order in which the failing case lists them, that agrees with the student on
        every case that both were run on.
    """
    return next(iter(candidates(history, tolerance)), None)


def candidates(history: History, tolerance: Tolerance = SAME) -> list[str]:
    """Name every mistake that agrees with the student so far (see `diagnose`); more cases may leave fewer."""
    if not history:
        return []
    return [
        name
        for name in history[-1][1]
        if all(_agree(outcome, wrong[name], tolerance) for outcome, wrong in history if name in wrong)
    ]


def _agree(outcome: Outcome, wrong: Outcome, tolerance: Tolerance) -> bool:
    if outcome.kind != wrong.kind:
        return False
    if outcome.kind != "value":
        return outcome.detail == wrong.detail
    if not set(wrong.changed) <= set(outcome.changed):
        return False
    return compare(outcome.value, wrong.value, tolerance) is None


@np.errstate(all="ignore")
def resemblance(outcome: Outcome, expected: Outcome) -> str | None:
    """Say how a wrong array, or tuple, relates to the right one, when it is exactly a rearrangement of it.

    Parameters
    ----------
    outcome, expected : Outcome
        Of a case on which ``outcome`` was judged wrong.

    Returns
    -------
    str or None
        A sentence that tells neither inputs nor values, or None when nothing simple relates the two.
    """
    if _is_reordered(outcome, expected):
        return "All parts of your result are right, but they come in another order than was asked for."
    got, wanted = (_numbers(one) for one in (outcome, expected))
    if got is None or wanted is None or got.ndim == 0 or not got.any() or not np.isfinite(got).all():
        return None
    if _equal(got, wanted):
        return None
    relations = (_rearranged, _wrapped, _shifted, _scaled) if got.shape == wanted.shape else (_other_shape,)
    return next((sentence for relation in relations for sentence in relation(got, wanted)), None)


def _is_reordered(outcome: Outcome, expected: Outcome) -> bool:
    """Whether a tuple holds the expected parts in another order."""
    got, wanted = outcome.value, expected.value
    if not (isinstance(got, tuple) and isinstance(wanted, tuple)) or len(got) != len(wanted):
        return False
    if not 2 <= len(got) <= MOST_PARTS or compare(got, wanted, SAME) is None:
        return False
    return any(compare(parts, wanted, SAME) is None for parts in itertools.permutations(got))


def _numbers(outcome: Outcome) -> np.ndarray | None:
    value = outcome.value.output if isinstance(outcome.value, Network) else outcome.value
    value = value.array if isinstance(value, Tensor) else value
    is_array = outcome.kind == "value" and isinstance(value, np.ndarray) and value.dtype.kind in "iuf"
    return value if is_array else None


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and not differing(one, other, SAME).any()


def _rearranged(got: np.ndarray, wanted: np.ndarray) -> Iterator[str]:
    last = range(max(0, got.ndim - 2), got.ndim)
    names = {got.ndim - 1: "left to right", got.ndim - 2: "top to bottom"}
    for axis in last:
        if _equal(got, np.flip(wanted, axis)):
            how = "reversed" if got.ndim == 1 else f"mirrored, {names[axis]}"
            yield f"Your result is the expected one, {how}. Is an index running the other way?"
    if got.ndim >= 2:
        if _equal(got, np.flip(wanted, tuple(last))):
            yield "Your result is the expected one, turned by 180°: is a flip missing, or one too many?"
        if _equal(got, wanted.swapaxes(-1, -2)):
            yield "Your result is the expected one, transposed. Are rows and columns swapped somewhere?"


def _wrapped(got: np.ndarray, wanted: np.ndarray) -> Iterator[str]:
    if got.dtype.kind not in "iu" or got.dtype.itemsize > 4 or not np.isfinite(wanted).all():
        return
    size = 2 ** (8 * got.dtype.itemsize)
    whole = np.trunc(wanted.astype(np.float64))
    if np.array_equal(np.mod(whole, size), np.mod(got.astype(np.float64), size)):
        yield (
            f"Your values are right except that `{got.dtype.name}` cannot hold them: numbers out of its range"
            " wrap around. Convert the input to float before you calculate."
        )


def _shifted(got: np.ndarray, wanted: np.ndarray) -> Iterator[str]:
    for axis in range(got.ndim):
        for step in (1, -1):
            rolled = np.roll(wanted, step, axis)
            kept = [slice(None)] * got.ndim
            kept[axis] = slice(1, None) if step == 1 else slice(None, -1)
            inner = tuple(kept)
            if got.shape[axis] > 2 and wanted[inner].any() and _equal(got[inner], rolled[inner]):
                where = "" if got.ndim == 1 else f" along axis {axis}"
                yield f"Your result is the expected one, moved by one place{where}. Is an index off by one?"


def _scaled(got: np.ndarray, wanted: np.ndarray) -> Iterator[str]:
    sizes = np.abs(wanted)
    if not np.isfinite(wanted).all() or np.count_nonzero(wanted) < 2:
        return
    top = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    factor = float(got[top]) / float(wanted[top])
    if factor == 0 or not _equal(got.astype(np.float64), factor * wanted.astype(np.float64)):
        return
    if factor == -1:
        yield "Your result is the expected one with the opposite sign."
    else:
        yield f"Every value is {number(factor, 4)} times the expected one. Is a factor missing or too many?"


def _other_shape(got: np.ndarray, wanted: np.ndarray) -> Iterator[str]:
    if _equal(got, wanted.swapaxes(-1, -2) if wanted.ndim >= 2 else wanted):
        yield "Your result is the expected one, transposed. Are rows and columns swapped somewhere?"
    if got.size == wanted.size and got.size > 1 and _equal(got.ravel(), wanted.ravel()):
        yield "The values are right and in the right order; only the shape is another. `reshape` changes it."
    if got.ndim != wanted.ndim or 0 in got.shape or 0 in wanted.shape:
        return
    if _within(got, wanted):
        yield "All your values are right, but the result is cut short: some of the expected ones are missing."
    elif _within(wanted, got):
        yield "The expected result stands inside yours, which has values too many around it."


def _within(small: np.ndarray, large: np.ndarray) -> bool:
    """Whether one array is a rectangular piece of another, and not all zeros."""
    if not small.any() or any(have > room for have, room in zip(small.shape, large.shape, strict=True)):
        return False
    windows = np.lib.stride_tricks.sliding_window_view(large, small.shape)
    offsets = windows.shape[: small.ndim]
    if math.prod(offsets) > 5000:  # a result this much too large is not worth the search
        return False
    return any(_equal(small, windows[offset]) for offset in np.ndindex(offsets))
