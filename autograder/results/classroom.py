"""A class as numbers: scores, mistakes and times of one assignment, from the gradebook and the records."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import nbformat
import numpy as np

from autograder.engine.converting import gradebook
from autograder.engine.report import record_of
from autograder.layout import Course
from autograder.results import table
from checks import public

__all__ = ["Classroom", "Made", "read"]


@dataclass(frozen=True)
class Made:
    """A mistake with a name: how many made it, in which exercise, and the sentence they were told."""

    count: int
    exercise: str
    name: str
    sentence: str


@dataclass(frozen=True)
class Classroom:
    """One assignment of a class.

    Attributes
    ----------
    title : str
    exercises : list of checks.public.PublicExercise
    rows : list of autograder.results.table.Row
        Everybody who handed something in.
    counted : list of autograder.results.table.Row
        Those whose notebook was graded; the others say nothing about the exercises.
    scores : ndarray of shape (counted, exercises)
    mistakes : list of Made
        The most frequent first.
    late_by : list of float
        Hours after the deadline at which something was handed in, negative before it; of those with a known
        time, and empty for an assignment without a deadline.
    """

    title: str
    exercises: list[public.PublicExercise]
    rows: list[table.Row]
    counted: list[table.Row]
    scores: np.ndarray
    mistakes: list[Made]
    late_by: list[float]

    @property
    def points(self) -> float:
        """Points that can be reached."""
        return sum(exercise.points for exercise in self.exercises)


def read(slug: str, course: Course) -> Classroom:
    """Read a class.

    Raises
    ------
    autograder.layout.CourseError
        The assignment is not built.
    """
    rows = table.rows(slug, course)
    exercises = list(public.read(course.source(slug) / "checks" / public.PATH.name).values())
    counted = [row for row in rows if _counts(row, slug, course)]
    scores = [[row.marks[exercise.name].score for exercise in exercises] for row in counted]
    title = nbformat.read(course.source(slug) / f"{slug}.ipynb", as_version=4).metadata["title"]
    return Classroom(
        title,
        exercises,
        rows,
        counted,
        np.array(scores, float).reshape(len(counted), len(exercises)),
        _mistakes(counted, slug, course),
        _times(slug, course),
    )


def _counts(row: table.Row, slug: str, course: Course) -> bool:
    record = course.record(row.student, slug)
    status = json.loads(record.read_text())["status"] if record.is_file() else "graded"
    return status == "graded" and row.total is not None


def _mistakes(rows: list[table.Row], slug: str, course: Course) -> list[Made]:
    counts, sentences = Counter(), {}
    for row in rows:
        path = course.autograded(row.student, slug) / f"{slug}.ipynb"
        if not path.is_file():
            continue
        for record in map(record_of, nbformat.read(path, as_version=4).cells):
            if record and record.get("mistake"):
                key = record["exercise"], record["mistake"]
                counts[key] += 1
                sentences[key] = record["message"]
    found = [Made(count, *key, sentences[key]) for key, count in counts.items()]
    return sorted(found, key=lambda made: (-made.count, made.exercise, made.name))


def _times(slug: str, course: Course) -> list[float]:
    from nbgrader.api import MissingEntry

    with gradebook(course) as book:
        try:
            due: datetime | None = book.find_assignment(slug).duedate
        except MissingEntry:
            return []
        times = [submission.timestamp for submission in book.assignment_submissions(slug)]
    return sorted((time - due).total_seconds() / 3600 for time in times if time) if due else []
