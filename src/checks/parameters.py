"""Compare what two networks are made of: the names and shapes of their parameters and buffers.

An answer may have buffers of its own, such as a mask; parameters are compared exactly.
"""

import math
from collections.abc import Mapping
from typing import Any

from checks.plain import Network, Part
from checks.showing import code, short
from checks.verdict import Verdict

__all__ = ["are_shapes", "compare_parameters", "listed"]

MAX_ROWS = 24  # of a listing; those that differ come first where there are more
MAX_NAME = 60  # characters

Shapes = Mapping[str, tuple[int, ...]]


def compare_parameters(got: Network, expected: Network) -> Verdict | None:
    """Find the first parameter, or else buffer, that is missing, has another shape or is one too many.

    Parameters
    ----------
    got, expected : Network

    Returns
    -------
    Verdict or None
    """
    problem = _first_problem("parameter", got.parameters, expected.parameters)
    if problem is None:
        known = {name: shape for name, shape in got.buffers.items() if name in expected.buffers}
        problem = _first_problem("buffer", known, expected.buffers)
        if problem is None:
            return None
        discreet = "Your network does not have the buffers that were asked for."
        return Verdict(False, "shape", problem, discreet, path=(Part("buffers"),))
    sentence = f"{problem}{_counts(got.parameters, expected.parameters)}"
    discreet = "Your network does not have the parameters that were asked for."
    return Verdict(False, "shape", sentence, discreet, path=(Part("parameters"),))


def are_shapes(data: Any) -> bool:
    """Whether data is a mapping of names to shapes, as a network's parameters are."""
    return isinstance(data, dict) and all(
        isinstance(name, str) and isinstance(shape, tuple) and all(type(size) is int for size in shape)
        for name, shape in data.items()
    )


def listed(got: Shapes, expected: Shapes) -> list[tuple[str, str, str, bool]]:
    """List what came beside what was expected.

    Parameters
    ----------
    got, expected : mapping of str to tuple of int

    Returns
    -------
    list of (str, str, str, bool)
        Name, shape that came, shape that was expected, whether the two differ; a dash where there is none.
    """
    names = list({**expected, **got})
    if len(names) > MAX_ROWS:
        names.sort(key=lambda name: got.get(name) == expected.get(name))
    rows = []
    for name in names[:MAX_ROWS]:
        came, wanted = (short(one[name], MAX_NAME) if name in one else "–" for one in (got, expected))
        rows.append((name[:MAX_NAME], came, wanted, got.get(name) != expected.get(name)))
    return rows


def _first_problem(noun: str, got: Shapes, expected: Shapes) -> str | None:
    for name, shape in expected.items():
        if name not in got:
            return f"Your network has no {noun} {code(name)}, which was expected in shape {shape}."
        if got[name] != shape:
            came = f"The {noun} {code(name)} of your network has shape {short(got[name], MAX_NAME)}"
            return f"{came}; {shape} was expected."
    for name, shape in got.items():
        if name not in expected:
            shown = f"{code(name[:MAX_NAME])}, of shape {short(shape, MAX_NAME)}"
            return f"Your network has a {noun} too many: {shown}."
    return None


def _counts(got: Shapes, expected: Shapes) -> str:
    came, wanted = (sum(map(math.prod, shapes.values())) for shapes in (got, expected))
    return "" if came == wanted else f" In all it has {came:,} parameters; {wanted:,} were expected."
