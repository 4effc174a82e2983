"""Answers one submission: plain data in, plain data out, without a gradebook.

A `Task` holds all that a worker needs, so that it may be a thread of this process or a process on another
machine that shares no file with this one; what the worker must have is the same version of this project.
"""

import functools
import logging
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import nbformat
from jupyter_core.utils import ensure_event_loop
from traitlets.config import Config

from autograder import scratch
from autograder.engine import oracle
from autograder.engine.report import record_of
from autograder.intake import Intake
from autograder.layout import DEFAULT, PROJECT, Course, fingerprint
from autograder.settings import config_of

__all__ = ["Answered", "Release", "Task", "answer", "engine", "settings_of", "task_of"]

PROCESS = uuid.uuid4().hex
"""Tells this process from one on another machine, which may hold another version of the project."""

CODE = (
    "engine/execute.py",
    "engine/kernels.py",
    "engine/oracle.py",
    "engine/report.py",
    "engine/transport.py",
    "intake/__init__.py",
    "intake/graft.py",
    "intake/parsing.py",
    "late.py",
)
TAKEN_TO_A_WORKER = ("Execute", "Kernel", "NotebookClient", "Provisioner", "Sandbox")
"""A section of the configuration goes to a worker when its name ends or begins like this: it is about running
cells. The gradebook's address and whatever else is in a configuration stays here."""


@dataclass(frozen=True)
class Release:
    """What is the same for every submission of an assignment, made once for a run.

    Attributes
    ----------
    slug : str
    files : dict
        Content by path of the student's version, notebooks left out.
    solutions : str
        Folder of the assignments' sources; empty for the one that is installed with the project.
    engine : str
        Fingerprint of the code that decides on a score; a worker refuses to grade with another.
    settings : dict
        The traits of the classes that run cells, by class.
    """

    slug: str
    files: dict[str, bytes]
    solutions: str
    engine: str
    settings: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, slug: str, course: Course, traits: dict[str, Any]) -> "Release":
        """Read the release of an assignment; ``traits`` of OracleExecute come after the configuration's."""
        folder = course.release(slug)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in (".ipynb", ".pyc")
        }
        settings = settings_of(course)
        settings["OracleExecute"] = settings.get("OracleExecute", {}) | traits
        solutions = "" if course.solutions == DEFAULT.solutions else str(course.solutions)
        return cls(slug, files, solutions, engine(slug, course.solutions), settings)


@dataclass(frozen=True)
class Task:
    """One submission, ready to be answered anywhere."""

    intake: Intake
    release: Release
    seed: int
    inputs: str
    process: str = PROCESS


@dataclass(frozen=True)
class Answered:
    """What came of one submission.

    Attributes
    ----------
    student, slug : str
    status : {"graded", "missing", "unreadable", "failed"}
        ``failed``: the grader could not run it, and no score is given.
    reason : str
        Why it was not graded as it should be, or remarks of the intake.
    inputs : str
        Fingerprint of submission, release and grader.
    seed : int
        Of the hidden cases.
    time : str
        When it was answered, in UTC.
    seconds : float
        How long that took.
    versions : dict
        Of the packages that have a part in the score.
    notebook : str
        The executed notebook, reports and scores in its check cells; empty unless it was graded.
    """

    student: str
    slug: str
    status: Literal["graded", "missing", "unreadable", "failed"]
    reason: str
    inputs: str
    seed: int
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="microseconds"))
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=lambda: _versions())
    notebook: str = ""

    @property
    def records(self) -> list[dict]:
        """What is kept of each exercise; see `autograder.engine.oracle.Result.record`."""
        if not self.notebook:
            return []
        cells = nbformat.reads(self.notebook, as_version=4).cells
        return [record for record in map(record_of, cells) if record]


def task_of(intake: Intake, release: Release, seed: int | None, inputs: str) -> Task:
    """Return the task of a submission; its hidden cases are drawn afresh unless a seed is given."""
    return Task(intake, release, oracle.new_seed() if seed is None else seed, inputs)


def answer(task: Task) -> Answered:
    """Run a submission and have the oracle answer its checks; whatever is in it, this returns."""
    intake, start = task.intake, time.perf_counter()
    made = functools.partial(Answered, intake.student, intake.slug, inputs=task.inputs, seed=task.seed)
    if intake.notebook is None:
        return made(status=intake.status, reason=intake.reason)
    try:
        notebook = _executed(task)
    except Exception as error:  # one submission must never stop the others
        return made(status="failed", reason=f"the grader could not run it: {type(error).__name__}: {error}")
    finally:
        _close_event_loop()
    seconds = round(time.perf_counter() - start, 3)
    return made(status="graded", reason=intake.remark, seconds=seconds, notebook=notebook)


def _close_event_loop() -> None:
    """Close the loop that jupyter_client left open in this thread, unless it is somebody's who runs it."""
    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()


def _executed(task: Task) -> str:
    from autograder.engine.execute import OracleExecute

    release = task.release
    solutions = Path(release.solutions) if release.solutions else DEFAULT.solutions
    if task.process != PROCESS and engine(release.slug, solutions) != release.engine:
        raise RuntimeError("this worker has another version of the project than the grader; install the same")
    config = Config(release.settings)
    config.OracleExecute.solutions, config.OracleExecute.seed = str(solutions), task.seed
    folder = scratch.new()
    try:
        _lay_out(folder, task.intake.files | release.files)
        resources = {
            "nbgrader": {"assignment": release.slug, "student": task.intake.student},
            "metadata": {"path": str(folder)},
        }
        execute = OracleExecute(config=config, log=_silent())
        executed, _ = execute.preprocess(task.intake.notebook, resources)
    finally:
        scratch.remove(folder)
    return nbformat.writes(executed)


def _lay_out(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@functools.cache
def _silent() -> logging.Logger:
    """Return a logger that says nothing: what goes wrong in a submission stands in its notebook."""
    log = logging.Logger("convnets.answering")
    log.addHandler(logging.NullHandler())
    return log


def engine(slug: str, solutions: Path) -> str:
    """Return a fingerprint of what decides on a score besides submission and release."""
    code = [PROJECT / "autograder" / name for name in CODE]
    return fingerprint(
        [solutions / slug, *code], *(f"{name} {number}" for name, number in _versions().items())
    )


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("convnets", "nbgrader", "numpy", "torch")}


def settings_of(course: Course) -> dict[str, dict[str, Any]]:
    """Return the sections of a course's configuration that are about running cells, as plain data."""
    return {
        section: {name: value for name, value in traits.items() if not isinstance(value, type)}
        for section, traits in config_of(course).items()
        if section.startswith(TAKEN_TO_A_WORKER) or section.endswith(TAKEN_TO_A_WORKER)
    }
