"""The bundled sample class: submissions made by rule, one for each way to hand something in.

Every student's name begins with ``sample-``, and nothing else is ever written. No exercise is named here:
each kind of student answers whatever exercises the contracts declare.
"""

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.authoring.exercises import Assignment, load, source_of
from autograder.engine.converting import gradebook
from autograder.layout import DEFAULT, Course, CourseError, fingerprint, write_if_changed
from checks.contract import Exercise

__all__ = ["DUE", "PREFIX", "Submission", "submissions", "write"]

PREFIX = "sample-"
CLASS = 30
"""Students in the class of an assignment with enough exercises for some to be partly right."""
MANY = 3
DUE = datetime(2026, 3, 2, 12, tzinfo=UTC)
ON_TIME, LATE = DUE - timedelta(hours=3), DUE + timedelta(days=1, hours=1)
NOISE = "import sys, warnings\nprint('on standard error', file=sys.stderr)\nwarnings.warn('a warning')"


@dataclass(frozen=True)
class Submission:
    """What one sample student hands in.

    Attributes
    ----------
    student : str
        Without the prefix.
    answers : dict
        Source of the answer cell by exercise; an exercise that is not in it is untouched.
    time : datetime
        When it was handed in.
    edit : callable or None
        Changes the notebook after the answers are in.
    files : dict
        Further files by name. Without ``notebook`` there is nothing else.
    notebook : bool
        Whether the notebook is handed in.
    """

    student: str
    answers: dict[str, str]
    time: datetime = ON_TIME
    edit: Callable[[NotebookNode], None] | None = None
    files: dict[str, str] = field(default_factory=dict)
    notebook: bool = True


def submissions(assignment: Assignment, solved: NotebookNode) -> list[Submission]:
    """Return the sample class of an assignment.

    Parameters
    ----------
    assignment : Assignment
    solved : NotebookNode
        The instructor's notebook, from which right answers are taken.
    """
    right = _right_answers(assignment, solved)
    half = dict(list(right.items())[: len(right) // 2])
    stray = nbformat.writes(nbformat.v4.new_notebook(cells=[new_code_cell("1 + 1")]))
    ways = [
        Submission("right", right),
        *_variants(assignment, right),
        Submission("untouched", {}),
        Submission("half-done", half),
        *_mistaken(assignment),
        Submission("raises", _each(assignment, "    raise RuntimeError('no idea')")),
        Submission("endless-loop", right | _first(assignment, "    while True:\n        pass")),
        Submission("returns-none", _each(assignment, "    print('done')")),
        Submission("uses-a-banned-call", right | _banned(assignment)),
        Submission("late", right, time=LATE),
        Submission(
            "no-notebook", {}, notebook=False, files={"answers.txt": "I could not save the notebook.\n"}
        ),
        Submission("extra-notebook", right, files={"scratch.ipynb": stray}),
        Submission("edited-checks", right, edit=_tamper),
        Submission("prints-and-warns", {name: _noisy(text) for name, text in right.items()}, edit=_add_noise),
    ]
    if len(assignment.exercises) < MANY:
        return ways
    return ways + [_partly_right(assignment, right, number) for number in range(CLASS - len(ways))]


def _right_answers(assignment: Assignment, solved: NotebookNode) -> dict[str, str]:
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in solved.cells}
    return {exercise.name: cells[exercise.name] for exercise in assignment.exercises}


def _variants(assignment: Assignment, right: dict[str, str]) -> Iterator[Submission]:
    """Yield a student for each k with the k-th variant of every exercise, or its solution beyond the last."""
    for number in range(max(len(exercise.variants) for exercise in assignment.exercises)):
        chosen = {
            e.name: source_of(e.variants[number], e.name)
            for e in assignment.exercises
            if number < len(e.variants)
        }
        yield Submission(f"right-otherwise-{number + 1}", right | chosen)


def _mistaken(assignment: Assignment) -> Iterator[Submission]:
    """Yield a student for each k who answers every exercise with its k-th mistake, or with its last one."""
    for number in range(max(len(exercise.mistakes) for exercise in assignment.exercises)):
        chosen = {e.name: e.mistakes[min(number, len(e.mistakes) - 1)].function for e in assignment.exercises}
        yield Submission(f"mistake-{number + 1}", {name: source_of(f, name) for name, f in chosen.items()})


def _partly_right(assignment: Assignment, right: dict[str, str], number: int) -> Submission:
    """Return a student who is wrong in every second, third, fourth … exercise, by the number."""
    answers = dict(right)
    for place, exercise in enumerate(assignment.exercises):
        if (place + number) % (2 + number // 3) == 0:
            mistake = exercise.mistakes[(place + number) % len(exercise.mistakes)].function
            answers[exercise.name] = source_of(mistake, exercise.name)
    return Submission(f"partly-right-{number + 1}", answers)


def _each(assignment: Assignment, body: str) -> dict[str, str]:
    return {exercise.name: _function(exercise, body) for exercise in assignment.exercises}


def _first(assignment: Assignment, body: str) -> dict[str, str]:
    exercise = assignment.exercises[0]
    return {exercise.name: _function(exercise, body)}


def _banned(assignment: Assignment) -> dict[str, str]:
    """Answer every exercise that bans something with a call of what it bans."""
    return {
        exercise.name: f"import {exercise.banned[0].split('.')[0]}\n"
        + _function(exercise, f"    return {exercise.banned[0]}(*args, **kwargs)")
        for exercise in assignment.exercises
        if exercise.banned
    }


def _function(exercise: Exercise, body: str) -> str:
    return f"def {exercise.name}(*args, **kwargs):\n{body}"


def _noisy(answer: str) -> str:
    return f"{answer}\n\n{NOISE}"


def _add_noise(nb: NotebookNode) -> None:
    nb.cells.insert(2, new_code_cell(NOISE))


def _tamper(nb: NotebookNode) -> None:
    """Empty, revalue and tag the check cells, copy the first answer and delete the last check."""
    checks = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    for cell in checks:
        cell.source = "pass"
        cell.metadata["nbgrader"]["points"] = 1000
        cell.metadata["tags"] = ["skip-execution"]
    answer = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    copied = copy.deepcopy(answer)
    copied["id"] = "copied"
    nb.cells.insert(nb.cells.index(answer) + 1, copied)
    nb.cells.remove(checks[-1])


def write(slug: str, course: Course = DEFAULT, force: bool = False) -> bool:
    """Write the sample class of an assignment into ``submitted/``; say whether anything had changed."""
    released, solved = (folder / f"{slug}.ipynb" for folder in (course.release(slug), course.source(slug)))
    if not released.is_file():
        raise CourseError(f"{slug} is not released yet: python -m autograder release --assignment {slug}")
    _set_due(slug, course)
    inputs = fingerprint([released, solved, course.solutions / slug, Path(__file__)])
    stamp = course.stamp(slug, "sample")
    if not force and stamp.is_file() and stamp.read_text() == inputs and _is_there(slug, course):
        return False
    handed_in = submissions(load(slug, course.solutions), nbformat.read(solved, as_version=4))
    for old in course.root.glob(f"submitted/{PREFIX}*/{slug}"):
        if old.parent.name.removeprefix(PREFIX) not in {submission.student for submission in handed_in}:
            shutil.rmtree(old)
    for submission in handed_in:
        _hand_in(submission, slug, course)
    write_if_changed(stamp, inputs)
    return True


def _set_due(slug: str, course: Course) -> None:
    """Give the assignment a date, unless an instructor has given it one."""
    with gradebook(course) as book:
        if book.find_assignment(slug).duedate is None:
            book.update_or_create_assignment(slug, duedate=DUE.replace(tzinfo=None))


def _is_there(slug: str, course: Course) -> bool:
    return any(course.root.glob(f"submitted/{PREFIX}*/{slug}/timestamp.txt"))


def _hand_in(submission: Submission, slug: str, course: Course) -> None:
    folder = course.submitted(PREFIX + submission.student, slug)
    files = dict(submission.files)
    if submission.notebook:
        files[f"{slug}.ipynb"] = nbformat.writes(_filled(submission, slug, course))
    files["timestamp.txt"] = submission.time.strftime("%Y-%m-%d %H:%M:%S UTC\n")
    for name, text in files.items():
        write_if_changed(folder / name, text)


def _filled(submission: Submission, slug: str, course: Course) -> NotebookNode:
    nb = nbformat.read(course.release(slug) / f"{slug}.ipynb", as_version=4)
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in submission.answers:
            cell.source = submission.answers[name]
    if submission.edit:
        submission.edit(nb)
    return nb
