"""Puts answered submissions into nbgrader: the graded notebook, and the scores in the gradebook.

nbgrader's own Autograde and its own steps do it, with two differences that need no change to them. The
notebook has been executed already, so it is taken as it is and nothing is read from ``submitted/``. And the
gradebook is opened once for a run, where nbgrader opens it nine times for a submission.
"""

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, Execute, SaveAutoGrades
from nbgrader.preprocessors.base import NbGraderPreprocessor
from sqlalchemy.exc import InterfaceError, OperationalError
from traitlets import Instance

from autograder.engine import absent
from autograder.engine.answering import Answered, Release
from autograder.engine.converting import gradebook
from autograder.intake import Intake
from autograder.intake.plain_nbgrader import refuse_odd_folders
from autograder.layout import Course, CourseError
from autograder.settings import config_of

__all__ = ["Recorder", "SaveGrades", "SaveLatePenalties", "Writer"]

LOST = (OperationalError, InterfaceError)
"""What SQLAlchemy raises when a database has gone away or does not let anybody in."""

PAUSES = (0.5, 2.0, 8.0)  # seconds before another attempt to reach the gradebook


class SaveGrades(SaveAutoGrades):
    """nbgrader's step, on the gradebook that is open."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the score of every graded cell."""
        self.gradebook = self.parent.parent.book
        self.student_id, self.assignment_id, self.notebook_id = _names(resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)


class SaveLatePenalties(AssignLatePenalties):
    """nbgrader's step, on the gradebook that is open."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save what lateness costs by the configured plugin."""
        book: Gradebook = self.parent.parent.book
        student, slug, name = _names(resources)
        submission = book.find_submission(slug, student)
        notebook = book.find_submission_notebook(name, slug, student)
        notebook.late_submission_penalty = None
        if (late := submission.total_seconds_late) > 0:
            self.init_plugin()
            points = self.plugin_inst.late_submission_penalty(student, notebook.score, late)
            if points is not None:
                notebook.late_submission_penalty = self._check_late_penalty(notebook, points)
        book.db.commit()
        return nb, resources


def _names(resources: dict) -> tuple[str, str, str]:
    return tuple(resources["nbgrader"][name] for name in ("student", "assignment", "notebook"))


INSTEAD = {SaveAutoGrades: SaveGrades, AssignLatePenalties: SaveLatePenalties}
NOT_NEEDED = (Execute, CheckCellMetadata)
"""Steps that have been done: by a worker, and when the assignment was released."""


class Recorder(Autograde):
    """Autograde for submissions of one assignment that have been executed already."""

    book = Instance(Gradebook)

    @classmethod
    def of(cls, release: Release, course: Course, book: Gradebook) -> "Recorder":
        """Return a recorder that writes to an open gradebook."""
        config = config_of(course)
        steps = [
            step for step in config.Autograde.autograde_preprocessors if not issubclass(step, NOT_NEEDED)
        ]
        config.Autograde.autograde_preprocessors = [INSTEAD.get(step, step) for step in steps]
        config.CourseDirectory.assignment_id = release.slug
        if config.Autograde.get("pre_convert_hook") is refuse_odd_folders:
            del config.Autograde.pre_convert_hook  # nothing odd has come through the intake
        made = cls(coursedir=CourseDirectory(config=config), config=config, book=book)
        made.release = release
        made.writer = FilesWriter(parent=made, config=made.config)
        made.exporter = made.exporter_class(parent=made, config=made.config)
        made._sanitizing = False
        made._init_preprocessors()
        return made

    def record(self, intake: Intake, notebook: str) -> None:
        """Write a graded notebook into ``autograded/`` and its scores into the gradebook.

        Doing it again, from the start or after it was interrupted anywhere, ends in the same state.

        Parameters
        ----------
        intake : Intake
        notebook : str
            The executed notebook.
        """
        student, slug = intake.student, intake.slug
        folder = Path(self._format_dest(slug, student))
        if folder.exists():
            shutil.rmtree(folder)
        self.notebooks = [str(folder / f"{slug}.ipynb")]
        self.run_pre_convert_hook()
        with _one_transaction(self.book):
            self._init_submission(intake, folder)
            resources = self.init_single_notebook_resources(self.notebooks[0])
            executed = nbformat.reads(notebook, as_version=4)
            output, resources = self.exporter.from_notebook_node(executed, resources)
            self.write_single_notebook(output, resources)
        self.set_permissions(slug, student)
        self.run_post_convert_hook()

    def _init_submission(self, intake: Intake, folder: Path) -> None:
        """Do what `init_assignment` does, with files that the intake has let through."""
        replace(intake, notebook=None).write(folder)
        for path, content in self.release.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        time = {"timestamp": intake.timestamp} if intake.timestamp else {}
        self.book.update_or_create_student(intake.student)
        self.book.update_or_create_submission(intake.slug, intake.student, **time)


@contextlib.contextmanager
def _one_transaction(book: Gradebook) -> Iterator[None]:
    """Make one transaction of all that nbgrader commits meanwhile: a submission is recorded whole or not.

    It is also quicker, as nbgrader commits after every cell.
    """
    with book.engine.begin() as connection:
        book.db.remove()
        book.db.configure(bind=connection, join_transaction_mode="rollback_only")
        try:
            yield
        finally:
            book.db.remove()  # the next submission begins with an empty session
            book.db.configure(bind=book.engine)


class Writer:
    """The one writer to a gradebook: keeps it open, and opens it again when it has gone away."""

    def __init__(self, release: Release, course: Course):
        self.release, self.course = release, course
        self._opened = contextlib.ExitStack()
        self._recorder: Recorder | None = None

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error) -> None:
        self._close()

    def write(self, answered: Answered, intake: Intake) -> tuple[str, str] | None:
        """Put what came of a submission into the gradebook; return status and reason where that failed.

        Raises
        ------
        CourseError
            The gradebook cannot be reached, even after some seconds.
        """
        for pause in (*PAUSES, None):
            try:
                return self._write(answered, intake)
            except LOST as error:
                self._close()
                if pause is None:
                    raise CourseError(
                        f"the gradebook cannot be reached ({type(error.orig).__name__}); what has been "
                        "answered is kept: start again when it is back, and the rest is graded"
                    ) from error
                time.sleep(pause)
            except Exception as error:  # one submission must never stop the others
                self._close()
                return "failed", f"nbgrader could not record it: {type(error).__name__}: {error}"
        return None

    def _write(self, answered: Answered, intake: Intake) -> None:
        if answered.status != "graded":
            absent.record(replace(intake, reason=answered.reason), self.course)
            return
        if self._recorder is None:
            book = self._opened.enter_context(gradebook(self.course))
            self._recorder = Recorder.of(self.release, self.course, book)
        self._recorder.record(intake, answered.notebook)

    def _close(self) -> None:
        self._recorder = None
        with contextlib.suppress(*LOST):
            self._opened.close()
