"""Compare what two networks are made of: the names and shapes of their parameters and buffers.

An answer may have buffers of its own, such as a mask; parameters are compared exactly.
"""

import math
from collections.abc import Mapping

from checks.plain import Network, Part
from checks.showing import code, short
from checks.verdict import Verdict

__all__ = ["compare_parameters"]

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


def _first_problem(noun: str, got: Shapes, expected: Shapes) -> str | None:
    for name, shape in expected.items():
        if name not in got:
            return f"Your network has no {noun} {code(name)}, which was expected in shape {shape}."
        if got[name] != shape:
            came = f"The {noun} {code(name)} of your network has shape {short(got[name], 60)}"
            return f"{came}; {shape} was expected."
    for name, shape in got.items():
        if name not in expected:
            shown = f"{code(name[:60])}, of shape {short(shape, 60)}"
            return f"Your network has a {noun} too many: {shown}."
    return None


def _counts(got: Shapes, expected: Shapes) -> str:
    came, wanted = (sum(map(math.prod, shapes.values())) for shapes in (got, expected))
    return "" if came == wanted else f" In all it has {came:,} parameters; {wanted:,} were expected."
