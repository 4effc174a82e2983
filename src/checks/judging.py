"""Judge an outcome: whether the answer is right, and if not, what the student needs to hear.

Every way of going wrong has its own sentence. Pure functions: the same ones serve the learner's notebook and
the grader's oracle.
"""

from collections.abc import Sequence
from typing import Any

from checks.comparing import compare
from checks.contract import Measure, Tolerance
from checks.measuring import SCALES
from checks.outcome import Outcome
from checks.showing import code, describe, ordinal, rounded_down
from checks.verdict import Verdict

__all__ = ["Verdict", "judge", "judge_banned", "judge_measured"]

NO_FORWARD = 'missing the required "forward" function'
"""What PyTorch says of a module without one, in an error of the kind that an empty answer raises."""

ANY_VALUE = Outcome("value", value=True)
"""What is expected of a call whose answer is measured: something, and no argument changed."""


def judge(outcome: Outcome, expected: Outcome, tolerance: Tolerance) -> Verdict:
    """Compare an outcome with the expected one.

    Parameters
    ----------
    outcome : Outcome
        What came of the student's function.
    expected : Outcome
        What the reference gives: a value, or an exception where raising one is what the exercise asks for.
    tolerance : Tolerance

    Returns
    -------
    Verdict
        The first thing that is wrong, in this order: no function, no kernel, no end, an exception, something
        that is no data, None, the sort of result, shape, dtype, NaN, values, a changed argument.
    """
    if expected.kind == "raised":
        return _judge_exception(outcome, expected)
    if outcome.kind != "value":
        return _NO_VALUE[outcome.kind](outcome)
    problem = (
        _nothing(outcome, expected)
        or compare(outcome.value, expected.value, tolerance)
        or _changed(outcome, expected)
    )
    return problem or Verdict(True, "passed", "This is right.", "This is right.")


def judge_measured(outcome: Outcome, measure: Measure, least: float, truth: Any) -> Verdict:
    """Judge an outcome by how good it is.

    Parameters
    ----------
    outcome : Outcome
        What came of the student's function.
    measure : Measure
    least : float
        What the measure must reach.
    truth : object
        What the answer is measured by.

    Returns
    -------
    Verdict
        The first thing that is wrong, in this order: no value, nothing that can be measured, too little, a
        changed argument. Its sentence tells what was reached, also where nothing is wrong.
    """
    if outcome.kind == "timeout":
        return _too_slow(outcome)
    if outcome.kind != "value":
        return _NO_VALUE[outcome.kind](outcome)
    scale = SCALES[measure.name]
    if problem := _nothing(outcome, ANY_VALUE) or scale.problem(outcome.value, truth):
        return problem
    reached = scale.number(outcome.value, truth)
    came = f"The {measure.name} of your result is {rounded_down(reached)}"
    told = f"{came}; at least {least:g} was asked for."
    if reached < least:
        return Verdict(False, "measure", told, told)
    return _changed(outcome, ANY_VALUE) or Verdict(True, "passed", told, told)


def judge_banned(found: Sequence[str]) -> Verdict:
    """Judge an answer that uses what it may not use."""
    names = " and ".join(map(code, found))
    return _wrong(
        "banned", f"Your code uses {names}.", "This exercise asks you to write those steps yourself."
    )


def _wrong(kind: str, *sentences: str) -> Verdict:
    """Give a verdict whose sentences hold no input and no value."""
    return Verdict(False, kind, " ".join(sentences), " ".join(sentences))


def _judge_exception(outcome: Outcome, expected: Outcome) -> Verdict:
    if outcome.kind == "raised" and outcome.detail == expected.detail:
        return Verdict(True, "passed", "This is right.", "This is right.")
    if outcome.kind != "value":
        return _NO_VALUE[outcome.kind](outcome)
    wanted = f"A {code(expected.detail)} was expected here"
    came = describe(outcome.value)
    return Verdict(False, "values", f"{wanted}; your function returned {came}.", f"{wanted}.")


def _missing(outcome: Outcome) -> Verdict:
    if not outcome.detail:
        begin = "Your notebook defines no function of this name."
        return _wrong("missing", begin, "Keep the name that the exercise gives it.")
    begin = f"In your notebook this name does not stand for a function but for a {code(outcome.detail)}."
    return _wrong("missing", begin, "Is it used again further down?")


def _lost(outcome: Outcome) -> Verdict:
    begin = "No answer came back: while your function ran, the notebook's process stopped, or sent something"
    return _wrong(
        "lost", begin, "that cannot be read. Does the call need a lot of memory, or end the program?"
    )


def _timeout(outcome: Outcome) -> Verdict:
    where = f", {_at(outcome.line)}" if outcome.line else ""
    begin = f"Your function had not come to an end when its time was up{where}."
    return _wrong("timeout", begin, "Is there a loop whose condition never becomes false?")


def _too_slow(outcome: Outcome) -> Verdict:
    where = f", {_at(outcome.line)}" if outcome.line else ""
    begin = f"Your function had not come to an end when its time was up{where}."
    return _wrong("timeout", begin, "Can it do with a smaller network, or with fewer steps of training?")


def _raised(outcome: Outcome) -> Verdict:
    where = f" {_at(outcome.line)}" if outcome.line else ""
    if outcome.detail == "NotImplementedError" and NO_FORWARD in outcome.message:
        begin = "Your network, or a part of it, has no method called `forward`, so that it cannot be called."
        return _wrong(
            "raised", begin, "Is it indented otherwise, or is a list of layers called like a layer?"
        )
    if outcome.detail == "NotImplementedError":
        return _untouched(where)
    if outcome.detail in _REMARKABLE:
        what, advice = _REMARKABLE[outcome.detail]
        return _wrong("raised", f"{what}{where}.", advice)
    error = code(f"{outcome.detail}: {outcome.message}" if outcome.message else outcome.detail)
    discreet = f"Your code raised {code(outcome.detail)}{where}."
    if outcome.detail == "TypeError" and "argument" in outcome.message and not outcome.line:
        sentence = f"Your function could not be called: {error}. Keep the arguments that it came with."
        return Verdict(False, "raised", sentence, discreet)
    return Verdict(False, "raised", f"Your code raised {error}{where}.", discreet)


_REMARKABLE = {
    "RecursionError": (
        "Your function kept calling itself, deeper and deeper, until Python stopped it",
        "Which case should end the recursion?",
    ),
    "SystemExit": (
        "Your function ended the program, with `exit()` or `sys.exit()`",
        "Use `return` to hand back the result and leave the function.",
    ),
    "KeyboardInterrupt": ("The call was interrupted before it came to an end", "Run the cell again."),
    "MemoryError": (
        "Your function asked for more memory than there is",
        "Is an array made with a much larger shape than was meant?",
    ),
}


def _untouched(where: str) -> Verdict:
    if where:
        begin = f"Not started yet: the function ends{where}."
        return _wrong("untouched", begin, "Put your answer in place of that line.")
    return _wrong("untouched", "Not started yet: there is nothing in this function so far. Take your time.")


def _unsupported(outcome: Outcome) -> Verdict:
    name = outcome.detail
    if name == "array of dtype object":
        begin = "Your result is an array of dtype `object`: an array of Python objects, not of numbers."
        return _wrong("unsupported", begin, "Do its rows have different lengths?")
    advice = next((advice for names, advice in _ADVICE if name in names.split()), None)
    if advice is None:
        return _wrong(
            "unsupported", f"Your function returned something that cannot be compared: {code(name)}."
        )
    return _wrong("unsupported", f"Your function returned a {code(name)}, not its result.", advice)


_ADVICE = (
    ("generator", "Is there a `yield` where `return` is meant, or an expression in round brackets?"),
    ("map zip filter range enumerate reversed", "`np.array(list(...))` makes an array of it."),
    ("function builtin_function_or_method method", "Are the round brackets of a call missing?"),
    ("type", "Are the round brackets missing that make an instance of the class?"),
    ("set frozenset", "A set has no order; return an array."),
    ("coroutine", "Write `def` instead of `async def`."),
    ("DataFrame Series", "`.to_numpy()` turns it into an array."),
    ("MaskedArray", "`.filled(0)` turns it into an ordinary array."),
)


def _nothing(outcome: Outcome, expected: Outcome) -> Verdict | None:
    if outcome.value is not None or expected.value is None:
        return None
    if outcome.printed.strip():
        begin = "Your function printed something but returned nothing (`None`):"
        return _wrong("none", begin, "`print` only shows a value, `return` hands it back.")
    return _wrong("none", "Your function returned nothing (`None`): did you forget `return`?")


def _changed(outcome: Outcome, expected: Outcome) -> Verdict | None:
    changed = [position for position in outcome.changed if position not in expected.changed]
    if not changed:
        return None
    which = " and ".join(map(ordinal, changed)) + (" argument" if len(changed) == 1 else " arguments")
    begin = f"The result is right, but the call changed its {which}, which the caller may still need."
    return _wrong("changed", begin, "Work on a copy (`x.copy()`): `+=` on an array changes it in place.")


def _at(line: str) -> str:
    """Say where: "in line 3: `y[i] = a[i]`"."""
    place, colon, source = line.partition(": ")
    return f"in {place}: {code(source)}" if colon else f"in {place}"


_NO_VALUE = {
    "missing": _missing,
    "lost": _lost,
    "timeout": _timeout,
    "raised": _raised,
    "unsupported": _unsupported,
}
