"""A zero with a reason, for a submission without a readable notebook: in the gradebook and as a page."""

import shutil
from dataclasses import replace

import nbformat

from autograder.engine.converting import gradebook
from autograder.engine.report import not_there
from autograder.intake import Intake
from autograder.layout import Course

__all__ = ["record"]


def record(taken: Intake, course: Course) -> None:
    """Give no points for any exercise of a submission, and write the reason where answers would have been."""
    student, slug, time = taken.student, taken.slug, taken.timestamp
    _write_notebook(taken, course)
    with gradebook(course) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(slug, student, **({"timestamp": time} if time else {}))
        notebook = book.find_submission_notebook(slug, slug, student)
        notebook.late_submission_penalty = None
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = 0, grade.manual_score is not None
        book.db.commit()


def _write_notebook(taken: Intake, course: Course) -> None:
    nb = nbformat.read(course.release(taken.slug) / f"{taken.slug}.ipynb", as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [not_there(taken.reason)]
    folder = course.autograded(taken.student, taken.slug)
    if folder.exists():
        shutil.rmtree(folder)
    replace(taken, notebook=nb, files={}).write(folder)
