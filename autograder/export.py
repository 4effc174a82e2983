"""``grades.csv``: nbgrader's columns, in which an ungraded submission is not the same as a zero."""

import csv
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import ExportPlugin

from autograder.converting import gradebook
from autograder.layout import DEFAULT, Course, CourseError

__all__ = ["COLUMNS", "CsvExporter", "score_of", "status_of", "write"]

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "status",
)  # fmt: skip


class CsvExporter(ExportPlugin):
    """Used by ``nbgrader export``; ``--to``, ``--assignment`` and ``--student`` work as ever.

    The column ``status`` is ``graded``, ``not graded`` (the scores are empty then, not zero), ``needs manual
    grading`` or ``nothing submitted`` (which counts as zero).
    """

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
            _row(gradebook, assignment, student)
            for student in gradebook.students
            if not chosen or student.id in chosen
        ]


def _row(gradebook: Gradebook, assignment, student) -> dict:
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
    return row | scores | {"score": score_of(submission)}


def score_of(submission: SubmittedAssignment) -> float:
    """Return the score of a graded submission after what lateness costs, never below zero."""
    return max(0.0, submission.score - submission.late_submission_penalty)


def status_of(submission: SubmittedAssignment) -> str:
    """Return whether a submission has been graded: see `CsvExporter`."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if any(grade.auto_score is None and grade.manual_score is None for grade in grades):
        return "not graded"
    return "needs manual grading" if any(grade.needs_manual_grade for grade in grades) else "graded"


def write(course: Course = DEFAULT, to: str | Path | None = None, slugs: Iterable[str] = ()) -> Path:
    """Export the grades with nbgrader's exporter and return the file; ``slugs`` limits the assignments."""
    path = Path(to) if to else course.root / "grades.csv"
    if not path.parent.is_dir():
        raise CourseError(f"there is no folder {path.parent} to write {path.name} in")
    with gradebook(course) as book:
        CsvExporter(to=str(path), assignment=list(slugs)).export(book)
    return path
