"""Run the public cases of an exercise on a learner's function, up to the first that fails."""

import difflib
import types
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checks import calling, public
from checks.banned import find_banned, notebook_sources
from checks.diagnosing import candidates, resemblance
from checks.judging import judge, judge_banned, judge_measured
from checks.measuring import remedied
from checks.outcome import Outcome
from checks.public import PublicCase, PublicExercise, PublicMistake
from checks.reporting import Report
from checks.showing import code, plural, written_case
from checks.verdict import Verdict

__all__ = ["examine", "report_on"]

_failures: Counter[str] = (
    Counter()
)  # failed checks in this session, by exercise: one more hint is offered after each


def report_on(given: object, namespace: Mapping[str, Any]) -> Report:
    """Report on whatever was handed to `check`.

    Parameters
    ----------
    given : object
        The learner's function, one hopes.
    namespace : mapping
        The names that the learner has defined.

    Returns
    -------
    Report
    """
    try:
        exercises = public.read()
    except public.PublicCasesError as error:
        return Report("check", "problem", str(error))
    if not callable(given) or (isinstance(given, type) and given.__name__ not in exercises):
        return Report("check", "problem", _no_function(given, exercises))
    name = _name(given, exercises, namespace)
    if name not in exercises:
        return Report("check", "problem", _no_exercise(name, exercises))
    return examine(given, exercises[name], notebook_sources(given))


def examine(function: Callable, exercise: PublicExercise, sources: Sequence[str] = ()) -> Report:
    """Run the public cases of an exercise, in order, up to the first that fails.

    Parameters
    ----------
    function : callable
    exercise : PublicExercise
    sources : sequence of str
        The learner's cells, in which banned calls are looked for.

    Returns
    -------
    Report
    """
    tried: list[tuple[PublicCase, Outcome]] = []
    told = ""
    for number, case in enumerate(exercise.cases):
        outcome = calling.call(function, case.args, case.kwargs, exercise.seconds, case.trial)
        tried.append((case, outcome))
        verdict = _judged(exercise, case, outcome)
        if verdict.kind == "untouched":
            return Report(exercise.name, "untouched", verdict.sentence)
        if not verdict.passed:
            return _failed(exercise, number, outcome, verdict, _mistake(function, exercise, tried))
        if exercise.least(case.group) is not None:
            told += f"{verdict.sentence} "
    found = find_banned(sources, exercise.name, exercise.banned)
    if found:
        return Report(
            exercise.name,
            "failed",
            judge_banned(found).sentence,
            footer=f"{_progress(exercise, len(exercise.cases))}.",
        )
    _failures.pop(exercise.name, None)
    points = f"The exercise is worth {plural(exercise.points, 'point')}."
    sentence = f"{told}{_progress(exercise, len(exercise.cases))}; hidden cases are run when you submit."
    return Report(exercise.name, "passed", sentence, footer=points)


def _judged(exercise: PublicExercise, case: PublicCase, outcome: Outcome) -> Verdict:
    least = exercise.least(case.group)
    if least is None:
        return judge(outcome, case.expected, exercise.tolerance)
    return judge_measured(outcome, exercise.measure, least, case.truth)


def _mistake(
    function: Callable, exercise: PublicExercise, tried: list[tuple[PublicCase, Outcome]]
) -> str | None:
    """Name the mistake; where several fit, let the cases that are left decide between them."""
    failed, outcome = tried[-1]
    if exercise.least(failed.group) is not None:
        remedies = {number: mistake.remedy for number, mistake in exercise.mistakes.items()}
        return remedied(outcome, exercise.measure, failed.truth, remedies)
    history = [(came, case.mistakes) for case, came in tried if exercise.least(case.group) is None]
    names = candidates(history)
    for case in exercise.cases[len(tried) :]:
        if len(names) < 2 or history[-1][0].kind == "timeout":
            break
        if exercise.least(case.group) is None:
            came = calling.call(function, case.args, case.kwargs, exercise.seconds, case.trial)
            history.append((came, case.mistakes))
            names = candidates(history) or names
    return names[0] if names else None


def _failed(
    exercise: PublicExercise, number: int, outcome: Outcome, verdict: Verdict, mistake: str | None
) -> Report:
    case = exercise.cases[number]
    known = exercise.mistakes.get(mistake)
    _failures[exercise.name] += 1
    return Report(
        exercise.name,
        "failed",
        verdict.sentence,
        footer=f"{_progress(exercise, number)}.",
        label=case.label,
        call=written_case(exercise.name, case),
        outcome=outcome,
        expected=case.expected if exercise.least(case.group) is None else None,
        verdict=verdict,
        tolerance=exercise.tolerance,
        explanation=_explanation(known, outcome, case, verdict),
        link=exercise.book + (known.link if known else exercise.section),
        hint=_hint(exercise),
    )


def _explanation(known: PublicMistake | None, outcome: Outcome, case: PublicCase, verdict: Verdict) -> str:
    """Say which mistake it is; failing that, how the result relates to the right one."""
    if known is None:
        related = resemblance(outcome, case.expected) if verdict.kind in ("shape", "values") else None
        return related or ""
    return known.sentence


def _progress(exercise: PublicExercise, passed: int) -> str:
    return f"Public cases pass: {passed} of {len(exercise.cases)}"


def _hint(exercise: PublicExercise) -> str:
    if not exercise.hints:
        return ""
    number = min(_failures[exercise.name], exercise.hints)
    return f"If you are stuck, hint {number} of {exercise.hints} is folded up under the task."


def _no_function(given: object, exercises: Mapping[str, PublicExercise]) -> str:
    first = next(iter(exercises), "name")
    if isinstance(given, str):
        example = code(f"check({given if given in exercises else first})")
        return f"`check` takes the function itself, not its name as a text. Leave the quotes out: {example}."
    came = f"a value of type {code(type(given).__name__)}"
    if isinstance(given, type | types.ModuleType):
        came = f"the {'class' if isinstance(given, type) else 'module'} {code(given.__name__)}"
    advice = f"Write the function's name alone, without calling it: {code(f'check({first})')}."
    return f"`check` takes a function, but was given {came}. {advice}"


def _name(function: Callable, exercises: Mapping[str, PublicExercise], namespace: Mapping[str, Any]) -> str:
    """Find the exercise: by the function's own name, or else by the name that the notebook gives it."""
    own = str(getattr(function, "__name__", type(function).__name__))
    if own in exercises:
        return own
    return next((name for name in exercises if namespace.get(name) is function), own)


def _no_exercise(name: str, exercises: Mapping[str, PublicExercise]) -> str:
    near = difflib.get_close_matches(name, exercises, n=1)
    guess = f" Did you mean {code(near[0])}?" if near else ""
    names = ", ".join(map(code, exercises))
    return f"This assignment has no exercise called {code(name)}.{guess} It has: {names}."
