"""Grades one exercise: asks the student's function, compares the data it gives, and says what went wrong.

The oracle lives in the grading process. It never runs a student's code and never shows it an expected value:
an `Ask` carries the inputs out and plain data back, and everything is compared, or measured, here. Hidden
cases are drawn afresh from the seed of the run; what is said about one that failed names neither inputs nor
values.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.engine.transport import PARSING, Ask, call_here
from checks.banned import find_banned
from checks.contract import Case, Exercise, Group, Mistake
from checks.diagnosing import diagnose, resemblance
from checks.judging import judge, judge_banned, judge_measured
from checks.measuring import remedied
from checks.outcome import Outcome
from checks.verdict import Verdict

__all__ = ["Failure", "GroupResult", "Result", "grade", "lost", "new_seed"]

ENDS_THE_EXERCISE = ("timeout", "lost", "missing", "untouched")
"""Kinds of failure after which the other cases would only fail, or take the same time, in the same way."""


@dataclass(frozen=True)
class Failure:
    """The first case of a group that failed; of a hidden one nothing is kept but what may be said."""

    kind: str
    sentence: str
    resemblance: str = ""
    case: Case | None = None
    outcome: Outcome | None = None
    expected: Outcome | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class GroupResult:
    """One group: points and whether its cases passed; ``failure`` is None for a group that was not tried."""

    name: str
    title: str
    points: int
    passed: bool
    failure: Failure | None = None

    @property
    def earned(self) -> int:
        """Points given."""
        return self.points if self.passed else 0


@dataclass(frozen=True)
class Result:
    """What came of grading one exercise.

    Attributes
    ----------
    exercise : str
        Its name.
    max_score : int
    groups : tuple of GroupResult
        In the order of the contract.
    seed : int
        Of the hidden cases.
    mistake : Mistake or None
        The known mistake that the answers agree with.
    reason : str
        Why nothing was asked (a banned call, a lost kernel); empty otherwise.
    """

    exercise: str
    max_score: int
    groups: tuple[GroupResult, ...]
    seed: int
    mistake: Mistake | None = None
    reason: str = ""

    @property
    def score(self) -> int:
        """Points given: the sum over the groups."""
        return sum(group.earned for group in self.groups)

    @property
    def failure(self) -> Failure | None:
        """The first failure, in the order of the groups."""
        return next((group.failure for group in self.groups if group.failure), None)

    @property
    def message(self) -> str:
        """What went wrong, as plain text; empty where nothing did."""
        if self.reason:
            return self.reason
        if self.failure is None:
            return ""
        if self.mistake:
            return self.mistake.sentence
        return f"{self.failure.sentence} {self.failure.resemblance}".strip()

    def record(self) -> dict[str, Any]:
        """Return what is kept of it, as plain data without any case."""
        groups = [
            {"name": g.name, "title": g.title, "points": g.points, "earned": g.earned,
             "failure": g.failure.kind if g.failure else None}
            for g in self.groups
        ]  # fmt: skip
        return {
            "exercise": self.exercise,
            "score": self.score,
            "max_score": self.max_score,
            "groups": groups,
            "message": self.message,
            "mistake": self.mistake.function.__name__ if self.mistake else None,
            "seed": self.seed,
        }


def new_seed() -> int:
    """Return a seed that nobody can guess."""
    return secrets.randbits(48)


def grade(exercise: Exercise, ask: Ask, seed: int, sources: Sequence[str] = ()) -> Result:
    """Grade one exercise.

    Parameters
    ----------
    exercise : Exercise
    ask : Ask
        Calls the student's function and returns its outcome.
    seed : int
        Hidden cases are drawn from it; the same seed gives the same cases.
    sources : sequence of str
        The student's code cells, in order, in which banned calls are looked for.

    Returns
    -------
    Result
    """
    with PARSING:
        used = find_banned(list(sources), exercise.name, exercise.banned)
    if used:
        return _nothing(exercise, seed, judge_banned(used).sentence)
    examined = _Examination(exercise, ask)
    examined.run(exercise.public, is_public=True)
    rng = np.random.default_rng([seed, *exercise.name.encode()])
    examined.run(exercise.hidden(rng), is_public=False)
    groups = tuple(examined.result(group) for group in exercise.groups)
    return Result(exercise.name, exercise.points, groups, seed, examined.mistake())


def lost(exercise: Exercise, seed: int, reason: str) -> Result:
    """Return the result of an exercise that could not be asked about, with the reason."""
    return _nothing(exercise, seed, reason)


def _nothing(exercise: Exercise, seed: int, reason: str) -> Result:
    groups = tuple(
        GroupResult(group.name, group.title, group.points, passed=False) for group in exercise.groups
    )
    return Result(exercise.name, exercise.points, groups, seed, reason=reason)


class _Examination:
    """One run over the cases of an exercise; it remembers every one for the diagnosis.

    All public cases come first: what a call prints is shown with them, and a function that has not seen a
    hidden case cannot print one.
    """

    def __init__(self, exercise: Exercise, ask: Ask):
        self.exercise, self.ask = exercise, ask
        self.tried: list[tuple[Case, Outcome]] = []
        self.failures: dict[str, Failure] = {}
        self.passed: set[str] = set()
        self.first_failure = 0
        self.over = False

    def run(self, cases: Iterable[Case], is_public: bool) -> None:
        """Ask the cases in order of their groups; a group that has failed is asked no further."""
        order = [group.name for group in self.exercise.groups]
        for case in sorted(cases, key=lambda case: order.index(case.group)):
            if self.over:
                self.passed.discard(case.group)
            elif case.group not in self.failures:
                self._try(case, is_public)

    def _try(self, case: Case, is_public: bool) -> None:
        exercise = self.exercise
        outcome = self.ask(exercise.name, case.args, dict(case.kwargs), exercise.seconds, case.trial)
        verdict, expected = self._judged(case, outcome)
        self.tried.append((case, outcome))
        if verdict.passed:
            self.passed.add(case.group)
            return
        self.passed.discard(case.group)
        self.first_failure = self.first_failure or len(self.tried)
        self.over = verdict.kind in ENDS_THE_EXERCISE
        like = resemblance(outcome, expected) or "" if expected else ""
        title = next(group.title for group in exercise.groups if group.name == case.group)
        self.failures[case.group] = (
            Failure(verdict.kind, verdict.sentence, like, case, outcome, expected, verdict)
            if is_public
            else Failure(verdict.kind, f"{title} (a case that is not shown): {verdict.discreet}", like)
        )

    def _judged(self, case: Case, outcome: Outcome) -> tuple[Verdict, Outcome | None]:
        """Judge an outcome, and return what it was compared with; nothing is run where it is measured."""
        exercise, least = self.exercise, self.exercise.least(case.group)
        if least is not None:
            return judge_measured(outcome, exercise.measure, least, case.truth), None
        expected = _call(exercise.reference, case, exercise.seconds)
        return judge(outcome, expected, exercise.tolerance), expected

    def result(self, group: Group) -> GroupResult:
        """Return what came of a group: its points if all of its cases were asked and passed."""
        passed = group.name in self.passed
        return GroupResult(group.name, group.title, group.points, passed, self.failures.get(group.name))

    def mistake(self) -> Mistake | None:
        """Return the mistake that agrees with all answers, or else with those up to the first failure.

        Of answers that are measured, the first that failed names it.
        """
        if not self.first_failure:
            return None
        mistakes = {mistake.function.__name__: mistake for mistake in self.exercise.mistakes}
        case, outcome = self.tried[self.first_failure - 1]
        if self._is_measured(case):
            remedies = {name: mistake.remedy for name, mistake in mistakes.items()}
            return mistakes.get(remedied(outcome, self.exercise.measure, case.truth, remedies))
        compared = [not self._is_measured(case) for case, _ in self.tried]
        history = [
            (outcome, self._of_mistakes(case, mistakes))
            for (case, outcome), is_compared in zip(self.tried, compared, strict=True)
            if is_compared
        ]
        for length in (len(history), sum(compared[: self.first_failure])):
            if name := diagnose(history[:length]):
                return mistakes[name]
        return None

    def _is_measured(self, case: Case) -> bool:
        return self.exercise.least(case.group) is not None

    def _of_mistakes(self, case: Case, mistakes: dict[str, Mistake]) -> dict[str, Outcome]:
        seconds = self.exercise.seconds
        return {name: _call(mistake.function, case, seconds) for name, mistake in mistakes.items()}


def _call(function: Callable, case: Case, seconds: float) -> Outcome:
    return call_here(function)("", case.args, dict(case.kwargs), seconds, case.trial)
