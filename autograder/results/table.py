"""The results of a class as a table: what each student got for each exercise, and what went wrong."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.engine.converting import gradebook
from autograder.engine.report import record_of
from autograder.layout import DEFAULT, Course, CourseError
from autograder.results.export import score_of, status_of
from checks import public
from checks.public import PublicExercise

__all__ = ["Mark", "Row", "plain", "rows", "show", "wide_console"]

Exercises = list[PublicExercise]
MESSAGES, LENGTH = 3, 76  # how many are shown of a student, and how much of each


@dataclass(frozen=True)
class Mark:
    """Score of one exercise, None where it has not been graded, and what went wrong."""

    score: float | None
    max_score: float
    message: str


@dataclass(frozen=True)
class Row:
    """One student: marks by exercise, points taken off for lateness, total after that, and a remark."""

    student: str
    marks: dict[str, Mark]
    penalty: float
    total: float | None
    status: str
    remark: str


def rows(slug: str, course: Course = DEFAULT) -> list[Row]:
    """Return the results of an assignment, in order of the students; scores are the gradebook's."""
    from nbgrader.api import MissingEntry

    exercises = _exercises(slug, course)
    with gradebook(course) as book:
        found = []
        for student in course.students(slug):
            try:
                found.append(_row(book.find_submission(slug, student), student, exercises, slug, course))
            except MissingEntry:
                remark = _remark(student, slug, course)
                found.append(Row(student, {}, 0.0, None, "not graded", remark))
        return found


def _row(submission, student: str, exercises: Exercises, slug: str, course: Course) -> Row:
    messages = _messages(student, slug, course)
    grades = {
        grade.name.removeprefix("check-"): grade
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    marks = {}
    for exercise in exercises:
        grade = grades[exercise.name]
        graded = grade.auto_score is not None or grade.manual_score is not None
        marks[exercise.name] = Mark(
            grade.score if graded else None, grade.max_score, messages.get(exercise.name, "")
        )
    status = status_of(submission)
    total = None if status == "not graded" else score_of(submission)
    penalty = submission.late_submission_penalty
    return Row(student, marks, penalty, total, status, _remark(student, slug, course))


def _messages(student: str, slug: str, course: Course) -> dict[str, str]:
    """Return what went wrong by exercise, from the records in the graded notebook."""
    path = course.autograded(student, slug) / f"{slug}.ipynb"
    if not path.is_file():
        return {}
    records = (record_of(cell) for cell in nbformat.read(path, as_version=4).cells)
    return {record["exercise"]: record["message"] for record in records if record}


def _remark(student: str, slug: str, course: Course) -> str:
    path = course.record(student, slug)
    return json.loads(path.read_text())["reason"] if path.is_file() else ""


def show(slug: str, course: Course = DEFAULT, console: Console | None = None) -> None:
    """Print the results of an assignment: a line per student, a line below it for what went wrong."""
    exercises, results = _exercises(slug, course), rows(slug, course)
    console = console or wide_console()
    title = nbformat.read(course.source(slug) / f"{slug}.ipynb", as_version=4).metadata["title"]
    worth = sum(exercise.points for exercise in exercises)
    table = Table(title=f"{title} ({worth} points)", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("student", no_wrap=True)
    for name in (*map(str, range(1, len(exercises) + 1)), "late", "total"):
        table.add_column(name, justify="right")
    table.add_column("what went wrong", ratio=1)
    for row in results:
        scores = [_number(row.marks[e.name].score) if row.marks else "–" for e in exercises]
        late = f"−{row.penalty:g}" if row.penalty else ""
        table.add_row(
            plain(row.student), *scores, late, _number(row.total), plain("\n".join(_wrong(row, exercises)))
        )
    console.print(table)
    names = [f"{number} {exercise.name}" for number, exercise in enumerate(exercises, start=1)]
    console.print(" · ".join(names), style="dim", highlight=False)


def plain(text: str) -> Text:
    """Return a text for the console in which nothing that a student wrote is markup or moves the cursor."""
    return Text("".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text))


def _exercises(slug: str, course: Course) -> Exercises:
    """Return the exercises in order, from the built assignment: that is quicker than running its sources."""
    path = course.source(slug) / "checks" / public.PATH.name
    if not path.is_file():
        raise CourseError(f"{slug} is not built yet: python -m autograder build --assignment {slug}")
    return list(public.read(path).values())


def wide_console() -> Console:
    """Return a console as wide as the terminal; output that goes to a file gets room for the table."""
    return Console(width=None if sys.stdout.isatty() else 140)


def _number(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _wrong(row: Row, exercises: Exercises) -> Iterator[str]:
    """Yield the remark, then the first messages, each with the exercises that have it."""
    if row.remark or row.total is None:
        yield row.remark or "not graded yet"
    numbers: dict[str, list[str]] = {}
    for number, exercise in enumerate(exercises, start=1):
        if row.marks and (message := row.marks[exercise.name].message):
            numbers.setdefault(_short(message), []).append(str(number))
    messages = [f"{', '.join(where)}: {message}" for message, where in numbers.items()]
    yield from messages[:MESSAGES]
    if len(messages) > MESSAGES:
        yield f"and {len(messages) - MESSAGES} more, in the feedback"


def _short(message: str) -> str:
    """Return the first sentence of a message, without where in the code it happened."""
    first = re.split(r"[.:;] |, in line |\n", message.replace("`", ""))[0].rstrip(".")
    return first if len(first) <= LENGTH else first[: LENGTH - 1].rstrip() + "…"
