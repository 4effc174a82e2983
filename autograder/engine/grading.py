"""Grades the submissions of an assignment: many at a time, none of which can stop the run.

Each one is answered by a worker, which needs no gradebook; what comes back is written to disk, and then put
into the gradebook by the one writer, in this process. What has been graded already, and has not changed
since, is left alone. A run that is stopped anywhere goes on where it stopped. Nothing is ever written into
``submitted/``.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from typing import Any

from nbgrader.api import MissingEntry

from autograder import intake
from autograder.authoring.exercises import load
from autograder.engine import history
from autograder.engine.answering import Answered, Release, Task, answer, settings_of, task_of
from autograder.engine.converting import gradebook, here
from autograder.engine.writing import Writer
from autograder.layout import DEFAULT, Course, CourseError, fingerprint, write_if_changed
from autograder.sandbox import limits as sandbox
from autograder.settings import config_of

__all__ = ["Grading", "default_jobs", "grade"]


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
    seed : int or None
        Of the hidden cases.
    time : str
        When it was answered, in UTC.
    """

    student: str
    slug: str
    status: str
    reason: str
    inputs: str
    seed: int | None = None
    time: str = ""

    @property
    def line(self) -> str:
        """Say it in one line."""
        return f"{self.slug}: {self.student}: {self.status}" + (f": {self.reason}" if self.reason else "")


def default_jobs() -> int:
    """Return how many submissions are run at a time: a kernel waits now and then, so one more than cores."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def grade(
    slug: str,
    course: Course = DEFAULT,
    students: Iterable[str] | None = None,
    force: bool = False,
    seed: int | Mapping[str, int] | None = None,
    max_seconds: float | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    accept_unsandboxed: bool = False,
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
    seed : int or mapping, optional
        Of the hidden cases of every submission, or by student; drawn afresh for each one unless given,
        which implies ``force``.
    max_seconds : float, optional
        Cuts the time allowance of every exercise.
    executor : concurrent.futures.Executor, optional
        Runs `autograder.engine.answering.answer`, here or elsewhere; threads of this process unless given.
    jobs : int, optional
        How many submissions are handed out at a time; `default_jobs` unless given.
    accept_unsandboxed : bool
        Run student code with the grader's own rights where there is no sandbox; the results say so.
    progress : callable
        Called with each grading when it is done.

    Raises
    ------
    CourseError
        The assignment is not released, a named student has handed nothing in, or the gradebook cannot be
        reached; what has been answered until then is not lost.
    """
    if not (course.release(slug) / f"{slug}.ipynb").is_file():
        raise CourseError(f"{slug} is not released yet: python -m autograder release --assignment {slug}")
    handed_in = course.students(slug)
    chosen = handed_in if students is None else list(students)
    if strangers := sorted(set(chosen) - set(handed_in)):
        raise CourseError(
            f"no submission for {slug} from {', '.join(strangers)} in {course.root / 'submitted'}"
        )
    traits = {"max_seconds": max_seconds, "accept_unsandboxed": accept_unsandboxed or None}
    release = Release.of(slug, course, {name: value for name, value in traits.items() if value is not None})
    run = _Run(release, course, seed, force or seed is not None)
    if not (todo := run.todo(chosen)):
        return []
    load(slug, course.solutions)  # once, before threads ask for it; a broken contract is an error here
    jobs = jobs or default_jobs()
    done = {}
    with here(course), contextlib.ExitStack() as stack:
        writer = stack.enter_context(Writer(run.release, course))
        pool = executor or stack.enter_context(ThreadPoolExecutor(jobs, "answer"))
        for answered in run.answers(todo, pool, jobs):
            grading = run.write(answered, writer)
            done[grading.student] = grading
            progress(grading)
    return [done[student] for student in chosen if student in done]


class _Run:
    """One run over an assignment: what is to be done, and what has been done."""

    def __init__(self, release: Release, course: Course, seed: int | Mapping[str, int] | None, force: bool):
        self.release, self.course, self.seed, self.force = release, course, seed, force
        self.slug = slug = release.slug
        with gradebook(course) as book:
            try:
                due = str(book.find_assignment(slug).duedate)
            except MissingEntry as error:
                raise CourseError(
                    f"{slug} is not in the gradebook, which may be a new one: "
                    f"python -m autograder release --assignment {slug}"
                ) from error
            self.known = {submission.student.id for submission in book.assignment_submissions(slug)}
        self.limits = _limits("Graft", intake.Limits, course)
        _limits("SandboxProvisioner", sandbox.Limits, course)
        settings = json.dumps(settings_of(course), sort_keys=True, default=str)
        self.grader = fingerprint(
            [course.release(slug), course.source(slug)], self.release.engine, due, settings
        )

    def todo(self, students: Iterable[str]) -> list[str]:
        """Return the students whose submission is to be graded now."""
        return [s for s in students if self.force or not self._is_graded(s, self._inputs(self._taken_in(s)))]

    def answers(self, students: list[str], pool: Executor, jobs: int) -> Iterator[Answered]:
        """Hand out submissions, a bounded number at a time, and yield what comes back, in any order."""
        running: dict[Future[Answered], Task] = {}
        for student in students:
            task = self._task(student)
            kept = None if self.force else history.latest(student, self.slug, self.course)
            if kept and kept.inputs == task.inputs and kept.status != "failed":
                yield kept  # the grader was stopped before this reached the gradebook
                continue
            running[pool.submit(answer, task)] = task
            if len(running) > jobs:
                yield from self._finished(running)
        while running:
            yield from self._finished(running)

    def write(self, answered: Answered, writer: Writer) -> Grading:
        """Keep what came of a submission, put it into the gradebook, and remember that this is done."""
        student, slug, course = answered.student, answered.slug, self.course
        history.keep(answered, course)
        record = course.record(student, slug)
        record.unlink(missing_ok=True)  # until it is there again, the gradebook counts as incomplete
        status, reason = answered.status, answered.reason
        if status != "failed":
            status, reason = writer.write(answered, self._taken_in(student)) or (status, reason)
        grading = Grading(student, slug, status, reason, answered.inputs, answered.seed, answered.time)
        write_if_changed(record, json.dumps(asdict(grading), indent=1))
        return grading

    def _finished(self, running: dict[Future[Answered], Task]) -> Iterator[Answered]:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield _result(future, running.pop(future))

    def _taken_in(self, student: str) -> intake.Intake:
        return intake.read(self.course, student, self.slug, self.limits)

    def _inputs(self, taken: intake.Intake) -> str:
        return fingerprint([], taken.fingerprint, self.grader)

    def _task(self, student: str) -> Task:
        taken = self._taken_in(student)
        seed = self.seed[student] if isinstance(self.seed, Mapping) else self.seed
        return task_of(taken, self.release, seed, self._inputs(taken))

    def _is_graded(self, student: str, inputs: str) -> bool:
        record = self.course.record(student, self.slug)
        graded = self.course.autograded(student, self.slug) / f"{self.slug}.ipynb"
        if student not in self.known or not record.is_file() or not graded.is_file():
            return False
        known = json.loads(record.read_text(encoding="utf-8"))
        return known["inputs"] == inputs and known["status"] != "failed"


def _limits(section: str, limits: type, course: Course) -> Any:
    """Return the limits that a course's configuration sets, checked before a class is graded by them."""
    try:
        return limits(**config_of(course)[section].get("limits", {}))
    except (TypeError, ValueError) as error:
        raise CourseError(f"c.{section}.limits in {course.config}: {error}") from error


def _result(future: Future[Answered], task: Task) -> Answered:
    """Return what a worker gave, or that it was lost."""
    try:
        return future.result()
    except Exception as error:  # a worker that died as often as it was given this submission
        reason = f"the worker was lost: {type(error).__name__}: {error}"
        student, slug = task.intake.student, task.intake.slug
        return Answered(student, slug, "failed", reason, task.inputs, task.seed)
