"""Everything in one call: what ``make course`` does with the assignments."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.authoring import exercises, release, sample
from autograder.engine import grading
from autograder.layout import DEFAULT, Course, CourseError
from autograder.results import export, feedback, table

__all__ = ["Written", "run_course"]


@dataclass(frozen=True)
class Written:
    """What a person wants to open: the folder of the feedback pages and the file of the grades."""

    feedback: Path
    grades: Path


def run_course(course: Course = DEFAULT, console: Console | None = None, seed: int | None = None) -> Written:
    """Build, release and grade everything, write feedback and grades, print the tables.

    Only what has changed since the last call is done again.

    Raises
    ------
    CourseError
        An assignment cannot be built, released or graded; the message says why.
    """
    console = console or table.wide_console()
    slugs = exercises.slugs(course.solutions)
    for slug in slugs:
        if release.release(slug, course):
            console.print(f"released {slug}: {course.archive(slug)}", highlight=False)
        sample.write(slug, course)
        done = grading.grade(slug, course, seed=seed, progress=_Progress(slug, console))
        feedback.generate(slug, course)
        if broken := [
            f"{grading.student}: {grading.reason}" for grading in done if grading.status == "failed"
        ]:
            raise CourseError("these could not be graded:\n  " + "\n  ".join(broken))
    for slug in slugs:
        table.show(slug, course, console)
    return Written(course.root / "feedback", export.write(course))


class _Progress:
    """Counts submissions on the console."""

    def __init__(self, slug: str, console: Console):
        self.slug, self.console, self.number = slug, console, 0

    def __call__(self, done: grading.Grading) -> None:
        self.number += 1
        remark = f" ({done.status}: {done.reason})" if done.status != "graded" else ""
        self.console.print(f"{self.slug} {self.number}: {done.student}{remark}", highlight=False)
