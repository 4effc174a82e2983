"""Judge an outcome: is the answer right, and if not, what does the student need to hear?

Every way of going wrong has its own sentence. Pure functions: the same ones serve the learner's notebook and
the grader's oracle.
"""

from collections.abc import Sequence

from checks.comparing import compare
from checks.contract import Tolerance
from checks.outcome import Outcome
from checks.showing import code, describe, ordinal
from checks.verdict import Verdict

__all__ = ["Verdict", "judge", "judge_banned"]


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
    problem = _SENTENCES[outcome.kind](outcome) if outcome.kind != "value" else _nothing(outcome, expected)
    problem = problem or compare(outcome.value, expected.value, tolerance) or _changed(outcome, expected)
    return problem or Verdict(True, "passed", "This is right.", "This is right.")


def judge_banned(found: Sequence[str]) -> Verdict:
    """Judge an answer whose values are right but that uses what it may not use."""
    names = " and ".join(map(code, found))
    sentence = (
        f"Your code uses {names}, which this exercise asks you to do without: write the steps yourself."
    )
    return Verdict(False, "banned", sentence, sentence)


def _judge_exception(outcome: Outcome, expected: Outcome) -> Verdict:
    if outcome.kind == "raised" and outcome.detail == expected.detail:
        return Verdict(True, "passed", "This is right.", "This is right.")
    if outcome.kind != "value":
        return _SENTENCES[outcome.kind](outcome)
    sentence = (
        f"A {code(expected.detail)} was expected here; your function returned {describe(outcome.value)}."
    )
    return Verdict(False, "values", sentence, f"A {code(expected.detail)} was expected.")


def _missing(outcome: Outcome) -> Verdict:
    sentence = "Your notebook defines no function of this name: keep the name that the exercise gives it."
    if outcome.detail:
        sentence = (
            f"This name does not stand for a function in your notebook, but for {code(outcome.detail)}."
        )
        sentence += " Is it used for something else further down?"
    return Verdict(False, "missing", sentence, sentence)


def _lost(outcome: Outcome) -> Verdict:
    sentence = (
        "No answer came back: the notebook's process stopped while your function ran, or sent something"
    )
    sentence += " that cannot be read. Does the call need very much memory, or end the program?"
    return Verdict(False, "lost", sentence, sentence)


def _timeout(outcome: Outcome) -> Verdict:
    begin = "Your function had not come to an end when its time was up"
    where = f", {_at(outcome.line)}" if outcome.line else ""
    sentence = f"{begin}{where}. Is there a loop whose condition never becomes false?"
    return Verdict(False, "timeout", sentence, sentence)


def _raised(outcome: Outcome) -> Verdict:
    where = f" {_at(outcome.line)}" if outcome.line else ""
    if outcome.detail == "NotImplementedError":
        sentence = "Not started yet: there is nothing in this function so far. Take your time."
        if outcome.line:
            sentence = (
                f"Not started yet: the function ends{where}. Put your answer in the place of that line."
            )
        return Verdict(False, "untouched", sentence, sentence)
    error = code(f"{outcome.detail}: {outcome.message}" if outcome.message else outcome.detail)
    begin = _REMARKABLE.get(outcome.detail)
    if begin is not None:
        return Verdict(False, "raised", f"{begin[0]}{where}. {begin[1]}", f"{begin[0]}{where}. {begin[1]}")
    sentence = f"Your code raised {error}{where}."
    if outcome.detail == "TypeError" and "argument" in outcome.message and not outcome.line:
        sentence = (
            f"Your function could not be called: {error}. Keep the arguments that the exercise gives it."
        )
    return Verdict(False, "raised", sentence, f"Your code raised {code(outcome.detail)}{where}.")


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


def _unsupported(outcome: Outcome) -> Verdict:
    sentence = f"Your function returned something that cannot be compared: {code(outcome.detail)}."
    for names, advice in _ADVICE:
        if outcome.detail in names:
            sentence = f"Your function returned a {code(outcome.detail)}, not its result. {advice}"
    if outcome.detail == "array of dtype object":
        sentence = "Your result is an array of dtype `object`: an array of Python objects, not of numbers."
        sentence += " Do its rows have different lengths?"
    return Verdict(False, "unsupported", sentence, sentence)


_ADVICE = (
    (("generator",), "Is there a `yield` where `return` is meant, or an expression in round brackets?"),
    (
        ("map", "zip", "filter", "range", "enumerate", "reversed"),
        "Wrap it in `list(...)` and make an array of it.",
    ),
    (("function", "builtin_function_or_method", "method"), "Are the round brackets of a call missing?"),
    (("set", "frozenset"), "A set has no order; return an array."),
    (("coroutine",), "Write `def` instead of `async def`."),
    (("DataFrame", "Series"), "`.to_numpy()` turns it into an array."),
    (("masked array",), "`.filled(0)` turns it into an ordinary array."),
)


def _nothing(outcome: Outcome, expected: Outcome) -> Verdict | None:
    if outcome.value is not None or expected.value is None:
        return None
    sentence = "Your function returned nothing (`None`): did you forget `return`?"
    if outcome.printed.strip():
        sentence = (
            "Your function printed something but returned nothing (`None`): `print` only shows a value,"
        )
        sentence += " `return` hands it back."
    return Verdict(False, "none", sentence, sentence)


def _changed(outcome: Outcome, expected: Outcome) -> Verdict | None:
    changed = [position for position in outcome.changed if position not in expected.changed]
    if not changed:
        return None
    which = " and ".join(ordinal(position) for position in changed)
    arguments = f"{which} argument" + "s" * (len(changed) > 1)
    sentence = f"The result is right, but the call changed its {arguments}: whoever called it still needs the"
    sentence += " values. Work on a copy (`x.copy()`), and mind that `+=` on an array changes it in place."
    return Verdict(False, "changed", sentence, sentence)


def _at(line: str) -> str:
    """Say where: "in line 3: `y[i] = a[i]`"."""
    place, colon, source = line.partition(": ")
    return f"in {place}: {code(source)}" if colon else f"in {place}"


_SENTENCES = {
    "missing": _missing,
    "lost": _lost,
    "timeout": _timeout,
    "raised": _raised,
    "unsupported": _unsupported,
}
