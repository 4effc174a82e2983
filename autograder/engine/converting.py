"""nbgrader's own classes, used in this process: one converter for one student, with its log kept."""

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograder.layout import Course
from autograder.settings import config_of, let_nbgrader_find_alembic

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.converters.base import BaseConverter

__all__ = ["Failed", "converter", "gradebook", "here", "quiet", "run"]


class Failed(Exception):
    """A converter of nbgrader gave up; the message is its last error, ``log`` all it said."""

    def __init__(self, message: str, log: str):
        super().__init__(message)
        self.log = log


def converter(
    name: str, course: Course, slug: str, student: str = "*", force: bool = False
) -> "BaseConverter":
    """Return a converter (``"Autograde"``, ``"GenerateFeedback"`` …) for one assignment and one student."""
    from nbgrader import converters
    from nbgrader.coursedir import CourseDirectory

    config = config_of(course)
    config.CourseDirectory.assignment_id = slug
    config.CourseDirectory.student_id = student
    log = logging.Logger(f"nbgrader.{slug}.{student}")
    made = getattr(converters, name)(
        coursedir=CourseDirectory(config=config, log=log), config=config, log=log
    )
    made.force = force
    return made


def run(made: "BaseConverter", course: Course) -> str:
    """Run a converter and return its log.

    Raises
    ------
    Failed
        For whatever reason it did not finish.
    """
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    made.log.addHandler(handler)
    try:
        made.start()
    except Exception as error:
        raise Failed(
            _last_error(said.getvalue()) or f"{type(error).__name__}: {error}", said.getvalue()
        ) from error
    finally:
        made.log.removeHandler(handler)
    return said.getvalue()


def _last_error(log: str) -> str:
    """Return the exception that nbgrader logged: the last unindented line of a traceback."""
    lines = log.splitlines()
    starts = [number for number, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    if not starts:
        return ""
    return next((line for line in lines[starts[-1] + 1 :] if line and not line.startswith((" ", "\t"))), "")


@contextlib.contextmanager
def here(course: Course) -> Iterator[None]:
    """Let several threads run converters at once.

    nbgrader changes the working folder and an environment variable of the whole process. Both are set
    beforehand to what it wants, so that it changes nothing, and are put back afterwards. (Its ``setenv``
    looks up the variable called like the *value*, ``autograde``, when it saves the old one.)
    """
    folder = os.getcwd()
    before = {name: os.environ.get(name) for name in ("autograde", "NBGRADER_EXECUTION")}
    course.root.mkdir(parents=True, exist_ok=True)
    os.chdir(course.root)
    os.environ["autograde"] = "autograde"  # noqa: SIM112
    try:
        with quiet():
            yield
    finally:
        os.chdir(folder)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep back SQLAlchemy's remark on the order in which nbgrader adds rows; it tells a user nothing."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
        yield


@contextlib.contextmanager
def gradebook(course: Course) -> Iterator["Gradebook"]:
    """Open the gradebook and close it again."""
    from nbgrader.api import Gradebook

    let_nbgrader_find_alembic()
    course.root.mkdir(parents=True, exist_ok=True)
    with quiet(), Gradebook(config_of(course).CourseDirectory.db_url, "convnets") as book:
        yield book
