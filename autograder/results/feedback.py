"""The pages that go back to students: nbgrader's own, with reports instead of check cells."""

from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution

from autograder.authoring.build import DEMONSTRATION
from autograder.engine import harmless
from autograder.engine.converting import Failed, converter, gradebook, here, run
from autograder.layout import DEFAULT, TEMPLATES, Course, CourseError, fingerprint, write_if_changed

__all__ = ["CleanFeedback", "delete_all_but_pages", "generate"]

SAID = ("display_data", "stream")
EXCHANGED = ("timestamp.txt", "submission_secret.txt")
"""Beside a page, nbgrader's exchange finds here whom and which submission it belongs to."""


class CleanFeedback(GetGrades):
    """nbgrader's step that brings grades into the notebook; it also drops what only the gradebook needs."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Leave out the cells that only show something: they were not run."""
        nb.cells = [cell for cell in nb.cells if DEMONSTRATION not in cell.metadata.get("tags", [])]
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        """Keep of a check cell's output what is said; the number after it is for the gradebook."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell.outputs = [output for output in cell.outputs if output.output_type in SAID]
        return cell, resources


def delete_all_but_pages(assignment: str, student: str, notebooks: list[str]) -> None:
    """Delete what nbgrader has copied beside a feedback page; its hook after conversion.

    These are files of the student and of the assignment. A page of the student's own among them would look
    like feedback.
    """
    for graded in map(Path, notebooks):
        folder = graded.parents[3] / "feedback" / graded.parts[-3] / graded.parts[-2]
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            elif path.relative_to(folder).as_posix() not in (f"{graded.stem}.html", *EXCHANGED):
                path.unlink()


def generate(
    slug: str, course: Course = DEFAULT, students: Iterable[str] | None = None, force: bool = False
) -> list[str]:
    """Write the feedback pages of an assignment with nbgrader; return the students whose pages are new.

    A page is written again when the graded notebook or a grade in it has changed.

    Raises
    ------
    CourseError
        nbgrader could not write a page.
    """
    written = []
    chosen = course.students(slug) if students is None else list(students)
    with here(course):
        for student in chosen:
            if _generate(student, slug, course, force):
                written.append(student)
    return written


def _generate(student: str, slug: str, course: Course, force: bool) -> bool:
    graded = course.autograded(student, slug) / f"{slug}.ipynb"
    if not graded.is_file():
        return False
    page = course.feedback(student, slug) / f"{slug}.html"
    code = [Path(__file__), Path(harmless.__file__), TEMPLATES / "feedback"]
    inputs = fingerprint([graded, *code], _grades(student, slug, course))
    stamp = course.stamp(slug, f"feedback.{student}")
    if not force and page.is_file() and stamp.is_file() and stamp.read_text() == inputs:
        return False
    try:
        run(converter("GenerateFeedback", course, slug, student, force=True), course)
    except Failed as error:
        raise CourseError(
            f"nbgrader could not write the feedback of {student} for {slug}: {error}"
        ) from error
    write_if_changed(stamp, inputs)
    return True


def _grades(student: str, slug: str, course: Course) -> str:
    """Return what the gradebook holds of a submission, manual changes included, as text to compare."""
    with gradebook(course) as book:
        notebook = book.find_submission_notebook(slug, slug, student)
        scores = sorted((grade.name, grade.score) for grade in notebook.grades)
        comments = sorted((comment.name, comment.comment or "") for comment in notebook.comments)
        return repr((scores, comments, notebook.late_submission_penalty))
