"""Grades again what has been graded, and says what is no longer the same.

The hidden cases are those of the grading before, or of a given seed; so the scores differ only where the
submission, the exercise or the grader has changed. Every grading is kept: see `autograder.engine.history`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograder.engine import grading, history
from autograder.engine.answering import Answered
from autograder.layout import DEFAULT, Course, CourseError

__all__ = ["Change", "regrade"]


@dataclass(frozen=True)
class Change:
    """A submission before and after it was graded again.

    Attributes
    ----------
    student : str
    seed : int
        Of the hidden cases, now.
    before, after : dict
        Score by exercise.
    """

    student: str
    seed: int
    before: dict[str, float]
    after: dict[str, float]

    @property
    def line(self) -> str:
        """Say it in one line."""
        total = f"{sum(self.before.values()):g} → {sum(self.after.values()):g}"
        names = sorted({*self.before, *self.after})
        scores = {name: (self.before.get(name), self.after.get(name)) for name in names}
        changed = [f"{name} {old} → {new}" for name, (old, new) in scores.items() if old != new]
        return f"{self.student}: {total}, seed {self.seed}" + (f" ({', '.join(changed)})" if changed else "")


def regrade(
    slug: str,
    course: Course = DEFAULT,
    students: Iterable[str] | None = None,
    seed: int | None = None,
    progress: Callable[[Change], None] = lambda change: None,
    **options,
) -> list[Change]:
    """Grade again and return what came of it, in order of the students.

    Parameters
    ----------
    slug : str
    course : Course
    students : iterable of str, optional
        Only these; everybody who has been graded unless given.
    seed : int, optional
        Of the hidden cases; that of each student's last grading unless given.
    progress : callable
        Called with each change when it is done.
    **options
        For `autograder.engine.grading.grade`.

    Raises
    ------
    CourseError
        A named student has not been graded.
    """
    before = {s: history.latest(s, slug, course) for s in students or course.students(slug)}
    if students and (new := sorted(student for student, last in before.items() if last is None)):
        raise CourseError(f"{', '.join(new)} has not been graded yet: python -m autograder grade")
    before = {student: last for student, last in before.items() if last is not None}
    changes = {}

    def compare(one: grading.Grading) -> None:
        after = history.latest(one.student, slug, course)
        change = Change(one.student, after.seed, _scores(before[one.student]), _scores(after))
        changes[one.student] = change
        progress(change)

    seeds = {student: last.seed if seed is None else seed for student, last in before.items()}
    grading.grade(slug, course, list(before), seed=seeds, progress=compare, **options)
    return [changes[student] for student in before]


def _scores(answered: Answered) -> dict[str, float]:
    return {record["exercise"]: record["score"] for record in answered.records}
