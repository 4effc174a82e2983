"""A zero with a reason, for a submission without a readable notebook: in the gradebook and as a page."""

import shutil

import nbformat

from autograder.converting import gradebook
from autograder.layout import Course
from autograder.report import not_there

__all__ = ["record"]


def record(student: str, slug: str, course: Course, reason: str) -> None:
    """Give no points for any exercise of a submission, and write the reason where answers would have been."""
    _write_notebook(student, slug, course, reason)
    time = _timestamp(student, slug, course)
    with gradebook(course) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(slug, student, **({"timestamp": time} if time else {}))
        notebook = book.find_submission_notebook(slug, slug, student)
        notebook.late_submission_penalty = None
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = 0, grade.manual_score is not None
        book.db.commit()


def _timestamp(student: str, slug: str, course: Course):
    from nbgrader.coursedir import CourseDirectory

    try:
        return CourseDirectory(root=str(course.root)).get_existing_timestamp(
            str(course.submitted(student, slug))
        )
    except Exception:  # nbgrader's way to say that the date cannot be read
        return None


def _write_notebook(student: str, slug: str, course: Course, reason: str) -> None:
    nb = nbformat.read(course.release(slug) / f"{slug}.ipynb", as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [not_there(reason)]
    folder = course.autograded(student, slug)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    nbformat.write(nb, folder / f"{slug}.ipynb")
    timestamp = course.submitted(student, slug) / "timestamp.txt"
    if timestamp.is_file():
        shutil.copy(timestamp, folder)
