"""Makes ``nbgrader autograde`` and formgrader take submissions in as ``python -m autograder grade`` does.

Both are given to nbgrader through its own traits. nbgrader copies a submitted folder as it is, links and
giants included, before any preprocessor sees it; it is stopped before it does so.
"""

from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict

from autograder import intake
from autograder.intake.walking import Limits

__all__ = ["Graft", "refuse_odd_folders"]


def refuse_odd_folders(assignment: str, student: str, notebooks: list[str]) -> None:
    """Stop nbgrader before it copies a submission in which not all is plain; its hook before conversion.

    nbgrader swallows an exception of a hook and goes on, so this is a SystemExit.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        if found := intake.odd(folder.parents[1], folder.parent.name, folder.name):
            raise SystemExit(
                f"{folder} holds what nbgrader would copy as it is: {found}. "
                "Grade this assignment with: python -m autograder grade --assignment " + folder.name
            )


class Graft(NbGraderPreprocessor):
    """The first of nbgrader's sanitizing preprocessors: what `autograder.intake` makes of a submission."""

    limits = Dict(help="replaces single values of autograder.intake.walking.Limits").tag(config=True)

    @property
    def allowance(self) -> Limits:
        """How much is taken in of one submission."""
        return Limits(**self.limits)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the released notebook with a student's answers; leave out files that are not taken in."""
        of, course = resources["nbgrader"], self.parent.parent.coursedir
        student, slug = of["student"], of["assignment"]
        folder = Path(course.format_path(course.submitted_directory, student, slug))
        release = Path(course.format_path(course.release_directory, ".", slug))
        taken = intake.read_folder(folder.parents[1], student, slug, release, self.allowance)
        if taken.notebook is None:
            raise ValueError(taken.reason)
        source = Path(course.format_path(course.source_directory, ".", slug))
        _keep(taken, Path(course.format_path(course.autograded_directory, student, slug)), source)
        return taken.notebook, resources


def _keep(taken: intake.Intake, copied: Path, source: Path) -> None:
    """Delete from nbgrader's copy the files that are neither taken in nor the assignment's own."""
    for path in copied.rglob("*"):
        name = path.relative_to(copied).as_posix()
        if not (
            path.is_dir() or name in taken.files or name == intake.TIMESTAMP or (source / name).is_file()
        ):
            path.unlink()
