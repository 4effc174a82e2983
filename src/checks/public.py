"""The file of public cases that lies beside this package in a released assignment.

Data only: what each exercise is called with, what is expected, and what comes of each known mistake. The
build writes it from the declared exercises; the learner's `check` reads it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from checks import calling, wire
from checks.contract import Case, Exercise, Group, Measure, Tolerance, Trial
from checks.judging import judge_measured
from checks.outcome import Outcome
from checks.packing import pack, unpack

__all__ = ["PATH", "PublicCase", "PublicCasesError", "PublicExercise", "PublicMistake", "read", "write"]

PATH = Path(__file__).parent / "public_cases.json"
FORMAT = 1


class PublicCasesError(Exception):
    """The file cannot be used; the message is for the learner."""


@dataclass(frozen=True)
class PublicMistake:
    """What is said about a known mistake: its sentence, its paragraph in the book, and what undoes it."""

    sentence: str
    link: str
    remedy: str = ""


@dataclass(frozen=True)
class PublicCase:
    """One call with its answer.

    Attributes
    ----------
    group, label, args, kwargs, trial, truth
        As in `checks.contract.Case`.
    expected : Outcome
        A value of None where answers are measured.
    mistakes : dict of str to Outcome
        What comes of each known mistake, by its number ("0" is the first); empty where answers are measured.
    """

    group: str
    label: str
    args: tuple
    kwargs: Mapping[str, Any]
    expected: Outcome
    mistakes: Mapping[str, Outcome]
    trial: Trial | None = None
    truth: Any = None


@dataclass(frozen=True)
class PublicExercise:
    """What the learner's side knows of an exercise.

    Attributes
    ----------
    name, title, section, banned, seconds, tolerance, groups, points, measure
        As in `checks.contract.Exercise`.
    hints : int
        How many there are; their text stands in the notebook.
    mistakes : dict of str to PublicMistake
        By number.
    cases : tuple of PublicCase
        In the order in which they are run: by group.
    book : str
        Address of the book, ending in a slash, to which links are relative; may be empty.
    """

    name: str
    title: str
    section: str
    banned: tuple[str, ...]
    seconds: float
    tolerance: Tolerance
    groups: tuple[Group, ...]
    points: int
    hints: int
    mistakes: Mapping[str, PublicMistake]
    cases: tuple[PublicCase, ...]
    book: str
    measure: Measure | None = None

    def least(self, group: str) -> float | None:
        """Return what the measure of a group's answers must reach; None where they are compared."""
        return self.measure.least.get(group) if self.measure else None


def write(path: str | Path, exercises: Iterable[Exercise], book: str = "") -> None:
    """Run reference and mistakes on the public cases and write the file.

    Parameters
    ----------
    path : str or Path
    exercises : iterable of Exercise
    book : str
        Address of the book, if it has one.

    Raises
    ------
    ValueError
        If a reference gives no answer to one of its public cases, or none that is good enough.
    """
    written = {"format": FORMAT, "book": book, "exercises": [_written(exercise) for exercise in exercises]}
    Path(path).write_text(
        json.dumps(written, indent=1, allow_nan=False) + "\n", encoding="ascii", newline="\n"
    )


def read(path: str | Path = PATH) -> dict[str, PublicExercise]:
    """Read the file.

    Parameters
    ----------
    path : str or Path
        By default the file beside this package.

    Returns
    -------
    dict of str to PublicExercise
        By name, in the order of the assignment.

    Raises
    ------
    PublicCasesError
        If there is no file, or it is not what `write` writes.
    """
    path = Path(path)
    again = (
        "Download the assignment again and put its `checks` folder beside this notebook; your answers stay."
    )
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PublicCasesError(
            f"The file `{path.name}` is missing from the folder `checks`. {again}"
        ) from None
    except (OSError, UnicodeError):
        raise PublicCasesError(f"The file `checks/{path.name}` cannot be read. {again}") from None
    try:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise PublicCasesError(f"The file `checks/{path.name}` belongs to another version. {again}")
        exercises = [_read(exercise, fields["book"]) for exercise in fields["exercises"]]
        return {exercise.name: exercise for exercise in exercises}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PublicCasesError(f"The file `checks/{path.name}` is damaged. {again}") from None


def _written(exercise: Exercise) -> dict[str, Any]:
    order = [group.name for group in exercise.groups]
    cases = sorted(exercise.public, key=lambda case: order.index(case.group))
    return {
        "name": exercise.name,
        "title": exercise.title,
        "section": exercise.section,
        "banned": list(exercise.banned),
        "seconds": exercise.seconds,
        "tolerance": asdict(exercise.tolerance),
        "measure": exercise.measure and asdict(exercise.measure),
        "groups": [asdict(group) for group in exercise.groups],
        "points": exercise.points,
        "hints": len(exercise.hints),
        "mistakes": [
            {"sentence": one.sentence, "link": one.link, "remedy": one.remedy} for one in exercise.mistakes
        ],
        "cases": [_written_case(exercise, case) for case in cases],
    }


def _written_case(exercise: Exercise, case: Case) -> dict[str, Any]:
    is_compared = exercise.least(case.group) is None
    outcomes = _compared(exercise, case) if is_compared else _measured(exercise, case)
    expected, *wrong = map(wire.pack_outcome, outcomes)
    return {
        "group": case.group,
        "label": case.label,
        "args": pack(case.args),
        "kwargs": pack(dict(case.kwargs)),
        "trial": pack(case.trial and vars(case.trial)),
        "truth": pack(case.truth),
        "expected": expected,
        "mistakes": wrong,
    }


def _compared(exercise: Exercise, case: Case) -> list[Outcome]:
    """Return what comes of the reference, and of each mistake."""
    expected = _called(exercise.reference, exercise, case)
    if expected.kind != "value" and expected.detail not in ("ValueError", "TypeError"):
        problem = f"{expected.kind} {expected.detail} {expected.message} {expected.line}"
        raise ValueError(
            f"{exercise.name}, {case.label!r}: the reference gives no answer ({problem.strip()})"
        )
    wrong = [_called(mistake.function, exercise, case) for mistake in exercise.mistakes]
    return [_bare(outcome) for outcome in (expected, *wrong)]


def _measured(exercise: Exercise, case: Case) -> list[Outcome]:
    """Return an empty answer, after seeing that the reference is good enough."""
    outcome = _called(exercise.reference, exercise, case)
    verdict = judge_measured(outcome, exercise.measure, exercise.least(case.group), case.truth)
    if not verdict.passed:
        raise ValueError(
            f"{exercise.name}, {case.label!r}: the reference is not good enough ({verdict.sentence})"
        )
    return [Outcome("value")]


def _called(function: Callable, exercise: Exercise, case: Case) -> Outcome:
    return calling.call(function, case.args, case.kwargs, exercise.seconds, case.trial)


def _bare(outcome: Outcome) -> Outcome:
    """Leave out what would tell a line of the code."""
    return Outcome(outcome.kind, value=outcome.value, detail=outcome.detail, changed=outcome.changed)


def _read(fields: dict[str, Any], book: str) -> PublicExercise:
    mistakes = {str(number): PublicMistake(**one) for number, one in enumerate(fields["mistakes"])}
    return PublicExercise(
        name=str(fields["name"]),
        title=str(fields["title"]),
        section=str(fields["section"]),
        banned=tuple(fields["banned"]),
        seconds=float(fields["seconds"]),
        tolerance=Tolerance(**fields["tolerance"]),
        measure=fields["measure"] and Measure(**fields["measure"]),
        groups=tuple(Group(**group) for group in fields["groups"]),
        points=int(fields["points"]),
        hints=int(fields["hints"]),
        mistakes=mistakes,
        cases=tuple(_read_case(case) for case in fields["cases"]),
        book=str(book),
    )


def _read_case(fields: dict[str, Any]) -> PublicCase:
    mistakes = {str(number): wire.unpack_outcome(one) for number, one in enumerate(fields["mistakes"])}
    return PublicCase(
        group=str(fields["group"]),
        label=str(fields["label"]),
        args=unpack(fields["args"]),
        kwargs=unpack(fields["kwargs"]),
        trial=_read_trial(unpack(fields["trial"])),
        truth=unpack(fields["truth"]),
        expected=wire.unpack_outcome(fields["expected"]),
        mistakes=mistakes,
    )


def _read_trial(fields: dict[str, Any] | None) -> Trial | None:
    return None if fields is None else Trial(**fields)
