"""Grades submissions one at a time through nbgrader, so that none can stop the run.

What has been graded already, and has not changed since, is left alone. What cannot be graded is recorded with
the reason. Nothing is ever written into ``submitted/``.
"""

import contextlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop

from autograder import absent
from autograder.converting import Failed, converter, gradebook, here, run
from autograder.exercises import load
from autograder.layout import DEFAULT, Course, CourseError, fingerprint, write_if_changed

__all__ = ["Grading", "grade"]

THREADS = 2


@dataclass(frozen=True)
class Grading:
    """What is remembered of the grading of one submission.

    Attributes
    ----------
    student, slug : str
    status : {"graded", "missing", "unreadable", "failed"}
        ``failed``: the grader could not run it, and no score was given.
    reason : str
        Why it was not graded as it should be, or a remark (an extra notebook); empty otherwise.
    inputs : str
        Fingerprint of submission, release and grader.
    """

    student: str
    slug: str
    status: str
    reason: str
    inputs: str

    @property
    def line(self) -> str:
        """Say it in one line."""
        return f"{self.slug}: {self.student}: {self.status}" + (f": {self.reason}" if self.reason else "")


def grade(
    slug: str,
    course: Course = DEFAULT,
    students: Iterable[str] | None = None,
    force: bool = False,
    seed: int | None = None,
    max_seconds: float | None = None,
    executor: Executor | None = None,
    progress: Callable[[Grading], None] = lambda grading: None,
) -> list[Grading]:
    """Grade the submissions of an assignment and return what was graded now, in order of the students.

    Parameters
    ----------
    slug : str
    course : Course
    students : iterable of str, optional
        Only these.
    force : bool
        Grade unchanged submissions too.
    seed : int, optional
        Of the hidden cases of every submission; drawn afresh for each one unless given,
        which implies ``force``.
    max_seconds : float, optional
        Cuts the time allowance of every exercise.
    executor : concurrent.futures.Executor, optional
        Runs the submissions; two threads unless given.
    progress : callable
        Called with each grading when it is done.

    Raises
    ------
    CourseError
        The assignment is not released, or a named student has handed nothing in.
    """
    if not (course.release(slug) / f"{slug}.ipynb").is_file():
        raise CourseError(f"{slug} is not released yet: python -m autograder release --assignment {slug}")
    handed_in = course.students(slug)
    chosen = handed_in if students is None else list(students)
    if strangers := sorted(set(chosen) - set(handed_in)):
        raise CourseError(
            f"no submission for {slug} from {', '.join(strangers)} in {course.root / 'submitted'}"
        )
    due, in_gradebook = _known(slug, course)
    grader = _grader(course, slug, due)
    todo = {student: fingerprint([course.submitted(student, slug)], grader) for student in chosen}
    if not force and seed is None:
        unchanged = {s for s in in_gradebook & set(todo) if _is_graded(s, slug, course, todo[s])}
        todo = {student: inputs for student, inputs in todo.items() if student not in unchanged}
    if not todo:
        return []
    load(slug, course.solutions)  # once, before threads ask for it; a broken contract is an error here
    with here(course), contextlib.ExitStack() as stack:
        pool = executor or stack.enter_context(ThreadPoolExecutor(THREADS))
        options = {"seed": seed, "max_seconds": max_seconds}
        running: list[Future[Grading]] = [
            pool.submit(grade_one, student, slug, course, inputs, options) for student, inputs in todo.items()
        ]
        for done in as_completed(running):
            progress(done.result())
        return [future.result() for future in running]


def _known(slug: str, course: Course) -> tuple[str, set[str]]:
    """Return what the gradebook holds of an assignment: when it is due, and who has handed something in."""
    with gradebook(course) as book:
        submissions = {submission.student.id for submission in book.assignment_submissions(slug)}
        return str(book.find_assignment(slug).duedate), submissions


def _grader(course: Course, slug: str, due: str) -> str:
    """Return a fingerprint of what decides on a score besides the submission."""
    here_ = Path(__file__).parent
    code = [
        here_ / name
        for name in ("execute.py", "graft.py", "late.py", "oracle.py", "report.py", "transport.py")
    ]
    return fingerprint(
        [course.release(slug), course.source(slug), course.solutions / slug, *code], version("nbgrader")
    )


def _is_graded(student: str, slug: str, course: Course, inputs: str) -> bool:
    record = course.record(student, slug)
    if not record.is_file() or not (course.autograded(student, slug) / f"{slug}.ipynb").is_file():
        return False
    known = json.loads(record.read_text())
    return known["inputs"] == inputs and known["status"] != "failed"


def grade_one(student: str, slug: str, course: Course, inputs: str, options: dict) -> Grading:
    """Grade one submission, whatever is in it, and remember how it went."""
    try:
        status, reason = _grade(student, slug, course, options)
    except Exception as error:  # one submission must never stop the others
        status, reason = "failed", f"the grader could not run it: {type(error).__name__}: {error}"
    finally:
        ensure_event_loop().close()  # jupyter_client left one open in this thread
    grading = Grading(student, slug, status, reason, inputs)
    write_if_changed(course.record(student, slug), json.dumps(asdict(grading), indent=1))
    return grading


def _grade(student: str, slug: str, course: Course, options: dict) -> tuple[str, str]:
    path = course.submitted(student, slug) / f"{slug}.ipynb"
    if not path.is_file():
        reason = f"There was no notebook called {slug}.ipynb in the folder that was handed in."
        absent.record(student, slug, course, reason)
        return "missing", reason
    if problem := _problem(path):
        reason = f"The notebook {slug}.ipynb could not be read: {problem}."
        absent.record(student, slug, course, reason)
        return "unreadable", reason
    autograde = converter("Autograde", course, slug, student, force=True)
    autograde.config.OracleExecute.update(
        {name: value for name, value in options.items() if value is not None}
    )
    try:
        run(autograde, course)
    except Failed as error:
        return "failed", f"nbgrader could not grade it: {error}"
    extra = sorted(file.name for file in path.parent.glob("*.ipynb") if file != path)
    return "graded", f"Not graded, as it belongs to no assignment: {', '.join(extra)}." if extra else ""


def _problem(path: Path) -> str:
    """Say why a file is not a notebook that can be graded; empty where it is one."""
    try:
        nb = nbformat.read(path, as_version=4)
    except RecursionError:
        return "it is nested too deeply"
    except Exception as error:  # whatever a damaged file brings about
        return f"it is not a Jupyter notebook ({type(error).__name__})"
    return "" if isinstance(nb.get("cells"), list) else "it has no list of cells"
