"""``grades.csv``: nbgrader's columns, in which an ungraded submission is not the same as a zero.

What Canvas and Moodle import is written by `autograder.lms.canvas` and `autograder.lms.moodle`.
"""

import csv
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Float

from autograder.engine.converting import gradebook
from autograder.layout import DEFAULT, Course, CourseError

__all__ = ["COLUMNS", "CsvExporter", "rounded", "score_of", "status_of", "write"]

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "status",
)  # fmt: skip


class CsvExporter(ExportPlugin):
    """Used by ``nbgrader export``; ``--to``, ``--assignment`` and ``--student`` work as ever.

    The column ``status`` is ``graded``, ``not graded`` (the scores are empty then, not zero), ``needs manual
    grading`` or ``nothing submitted`` (which counts as zero).
    """

    step = Float(0.0, help="round the score to multiples of this; 0 leaves it as it is").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file: one row for each assignment and student."""
        with Path(self.to or "grades.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.DictWriter(file, COLUMNS)
            rows.writeheader()
            for assignment in gradebook.assignments:
                if not self.assignment or assignment.name in self.assignment:
                    rows.writerows(self._rows(gradebook, assignment))

    def _rows(self, gradebook: Gradebook, assignment) -> list[dict]:
        chosen = [str(student) for student in self.student]
        return [
            _row(gradebook, assignment, student, self.step)
            for student in gradebook.students
            if not chosen or student.id in chosen
        ]


def _row(gradebook: Gradebook, assignment, student, step: float) -> dict:
    row = {
        "assignment": assignment.name,
        "duedate": assignment.duedate or "",
        "student_id": student.id,
        "last_name": student.last_name or "",
        "first_name": student.first_name or "",
        "email": student.email or "",
        "max_score": assignment.max_score,
    }
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        nothing = {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
        return row | nothing | {"timestamp": "", "status": "nothing submitted"}
    row |= {"timestamp": submission.timestamp or "", "status": status_of(submission)}
    if row["status"] == "not graded":
        return row
    scores = {"raw_score": submission.score, "late_submission_penalty": submission.late_submission_penalty}
    score = score_of(submission)
    return row | scores | {"score": rounded(score, step) if step else score}


def rounded(score: float, step: float = 0.0) -> str:
    """Return a score as text, rounded to the nearest multiple of ``step``; halves are rounded up.

    Without a step it is as exact as two decimals allow, which is what Canvas and Moodle keep.
    """
    size = Decimal(str(step or 0.01))
    steps = (Decimal(str(score)) / size).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{float(steps * size):g}" if abs(steps * size) < 10**6 else str(steps * size)


def score_of(submission: SubmittedAssignment) -> float:
    """Return the score of a graded submission after what lateness costs, never below zero."""
    return max(0.0, submission.score - submission.late_submission_penalty)


def status_of(submission: SubmittedAssignment) -> str:
    """Return whether a submission has been graded: see `CsvExporter`."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    by_machine = [grade for grade in grades if grade.cell.cell_type == "code"]
    if any(grade.auto_score is None and grade.manual_score is None for grade in by_machine):
        return "not graded"
    return "needs manual grading" if any(grade.needs_manual_grade for grade in grades) else "graded"


def write(
    course: Course = DEFAULT,
    to: str | Path | None = None,
    slugs: Iterable[str] = (),
    form: str = "nbgrader",
    step: float = 0.0,
    **settings: Any,
) -> Path:
    """Export the grades with a plugin of nbgrader's kind and return the file.

    Parameters
    ----------
    course : Course
    to : path, optional
        ``grades.csv``, ``canvas.csv`` or ``moodle.csv`` in the course unless given.
    slugs : iterable of str
        Only these assignments; all of them unless given.
    form : {"nbgrader", "canvas", "moodle"}
    step : float
        Scores are rounded to multiples of it.
    **settings
        Traits of `autograder.lms.exporter.LmsExporter`, for the other two forms.

    Raises
    ------
    CourseError
        There is no folder to write in, or the roster does not do.
    """
    exporter = _exporter(form)
    names = {"nbgrader": "grades.csv", "canvas": "canvas.csv", "moodle": "moodle.csv"}
    path = Path(to) if to else course.root / names[form]
    if not path.parent.is_dir():
        raise CourseError(f"there is no folder {path.parent} to write {path.name} in")
    if step < 0:
        raise CourseError(
            f"scores cannot be rounded to multiples of {step:g}: give a step above 0, such as 0.5"
        )
    with gradebook(course) as book:
        exporter(to=str(path), assignment=list(slugs), step=step, **settings).export(book)
    return path


def _exporter(form: str) -> type[ExportPlugin]:
    if form == "nbgrader":
        return CsvExporter
    from autograder.lms import canvas, moodle  # they build on this module

    return {"canvas": canvas.CanvasExporter, "moodle": moodle.MoodleExporter}[form]
