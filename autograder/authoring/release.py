"""The student's version of an assignment: made by nbgrader, checked for leaks, packed for download."""

import ast
import contextlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder.authoring.build import BEGIN, CHECKS, END, build
from autograder.authoring.exercises import Assignment, load
from autograder.authoring.sample import PREFIX
from autograder.engine.converting import Failed, converter, gradebook, run
from autograder.layout import DEFAULT, Course, CourseError, fingerprint, write_if_changed

__all__ = ["CellsChangedError", "leaks", "lines", "release", "secret_lines", "secret_texts", "texts"]


class CellsChangedError(CourseError):
    """The cells of an assignment that has grades are no longer the same."""


EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every file in the archive, so that equal content gives equal bytes."""


def release(slug: str, course: Course = DEFAULT, force: bool = False) -> bool:
    """Make the student's version from the sources; say whether anything had changed.

    The cells of an assignment that only the sample class has handed in may change: its grades are forgotten.

    Parameters
    ----------
    slug : str
    course : Course
    force : bool
        Make it again in any case, and forget the grades of an assignment whose exercises have changed.

    Raises
    ------
    CourseError
        nbgrader refused, or something of the solution would have been given out.
    """
    build(slug, course, force)
    inputs = fingerprint([course.source(slug), Path(__file__)])
    stamp = course.stamp(slug, "release")
    if not force and _is_made(slug, course) and stamp.is_file() and stamp.read_text() == inputs:
        return False
    if force:
        _forget(slug, course)
    try:
        _generate(slug, course)
    except CellsChangedError:
        if any(not student.startswith(PREFIX) for student in course.students(slug)):
            raise
        _forget(slug, course)
        _generate(slug, course)
    if found := leaks(load(slug, course.solutions), course):
        raise CourseError(f"the release of {slug} would give away:\n  " + "\n  ".join(found))
    write_if_changed(course.archive(slug), packed(course.release(slug)))
    write_if_changed(stamp, inputs)
    return True


def _generate(slug: str, course: Course) -> None:
    try:
        run(converter("GenerateAssignment", course, slug, force=True), course)
    except Failed as error:
        raise _explained(slug, error) from error


def _is_made(slug: str, course: Course) -> bool:
    """Whether release and archive are there, and the gradebook knows of them: it may be a new one."""
    if not ((course.release(slug) / f"{slug}.ipynb").is_file() and course.archive(slug).is_file()):
        return False
    with gradebook(course) as book:
        return any(assignment.name == slug for assignment in book.assignments)


def _forget(slug: str, course: Course) -> None:
    """Drop an assignment and its grades from the gradebook, so that everything is graded again."""
    from nbgrader.api import MissingEntry

    with gradebook(course) as book, contextlib.suppress(MissingEntry):
        book.remove_assignment(slug)
    for record in course.root.glob(f"records/*/{slug}.json"):
        record.unlink()


def _explained(slug: str, error: Failed) -> CourseError:
    if "Cannot add or remove cells" in str(error):
        return CellsChangedError(
            f"{slug} has been graded already, and its cells are no longer the same. To release the "
            "new version and forget the grades (submissions stay): "
            f"python -m autograder release --assignment {slug} --force"
        )
    return CourseError(f"nbgrader could not release {slug}: {error}")


def packed(folder: Path) -> bytes:
    """Return a folder as a zip archive, its name on top; the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def leaks(assignment: Assignment, course: Course = DEFAULT) -> list[str]:
    """Return the lines of solutions, hidden cases and mistakes that stand in a release.

    A line counts when it is longer than a few characters and does not stand in the sources' own unhidden part
    (the signature of an answer, the text around it) or in the checks that every release holds.
    """
    given = _given_lines(course.release(assignment.slug))
    secret = secret_lines(assignment, course)
    return sorted(f"{secret[line]}: {line}" for line in given & set(secret))


def _given_lines(folder: Path) -> set[str]:
    """Return the lines of all files: of notebooks their cells', of JSON files those of the texts in them."""
    found = set()
    for path in folder.rglob("*"):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            found.update(line for cell in cells for line in lines(cell.source))
        elif path.suffix == ".json":
            found.update(line for text in texts(json.loads(path.read_text())) for line in lines(text))
        elif path.is_file() and "__pycache__" not in path.parts:
            found.update(lines(path.read_text(encoding="utf-8")))
    return found


def texts(data: Any) -> Iterator[str]:
    """Yield every text in what a JSON file holds, names included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list | dict):
        for item in [*data, *data.values()] if isinstance(data, dict) else data:
            yield from texts(item)


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a text that say something: longer than a few characters, with a letter in them."""
    return (line for raw in text.splitlines() if len(line := raw.strip()) > 8 and re.search(r"[a-z]", line))


def secret_lines(assignment: Assignment, course: Course = DEFAULT) -> dict[str, str]:
    """Return each line that must not be given out, with where it comes from."""
    known = _outside_solutions(assignment, course).union(
        *(lines(path.read_text()) for path in CHECKS.glob("*.py"))
    )
    secret = {line: where for where, text in secret_texts(assignment, course) for line in lines(text)}
    return {line: where for line, where in secret.items() if line not in known}


def secret_texts(assignment: Assignment, course: Course = DEFAULT) -> Iterator[tuple[str, str]]:
    """Yield where it comes from and text of every solution, hidden case, mistake and variant."""
    for text in _solutions(assignment, course):
        yield "solution", text
    folder = course.solutions / assignment.slug
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                body = "\n".join(ast.get_source_segment(source, part) or "" for part in node.body)
                yield f"{path.name}, {node.name}", body


def _cells(assignment: Assignment, course: Course) -> list[NotebookNode]:
    path = course.source(assignment.slug) / f"{assignment.slug}.ipynb"
    return nbformat.read(path, as_version=4).cells


def _solutions(assignment: Assignment, course: Course) -> list[str]:
    pattern = re.compile(f"{BEGIN}(.*?){END}", re.S)
    cells = _cells(assignment, course)
    return [
        text
        for cell in cells
        for text in ([cell.source] if _is_model_answer(cell) else pattern.findall(cell.source))
    ]


def _outside_solutions(assignment: Assignment, course: Course) -> set[str]:
    pattern = re.compile(f"{BEGIN}.*?{END}", re.S)
    cells = [cell for cell in _cells(assignment, course) if not _is_model_answer(cell)]
    return {line for cell in cells for line in lines(pattern.sub("", cell.source))}


def _is_model_answer(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and is_solution(cell)
