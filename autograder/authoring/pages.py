"""The page of each assignment in the book, and the folder it offers for download."""

import re
from pathlib import Path

from autograder.authoring import wording
from autograder.authoring.exercises import Assignment, load, slugs
from autograder.authoring.release import release
from autograder.late import RULE
from autograder.layout import DEFAULT, Course, write_if_changed
from checks.contract import Exercise

__all__ = ["page", "write"]

OPENING = """\
## How to work on it

{{download}}`Download the assignment as a folder <{slug}.zip>`.
It holds the notebook `{slug}.ipynb` and the folder `checks`, which must stay beside it.

**On your own computer.**
Unpack the archive and start `jupyter lab {slug}.ipynb` in the unpacked folder.
What is needed comes with `pip install jupyterlab numpy matplotlib scikit-image scikit-learn{torch}`.

**In a notebook service such as Colab.**
Unpack the archive and open `{slug}.ipynb` in the service (in Colab: *File*, then *Upload notebook*).
Upload `{slug}.zip` to the session's files, and run a new cell at the top with the two lines
`!unzip -o {slug}.zip` and `%cd {slug}`: they bring the checks to where the notebook finds them.

**Checking.**
Below each answer stands a line such as `check({first})`.
Run it as often as you like: it calls your function on a few cases that you can read, stops at the first that
fails, and says what was called, what came, what was expected and, where it knows it, which mistake was made.
"""

GRADING = """\
## What is graded

You hand in `{slug}.ipynb`, under this very name.
Your answers are put into a fresh copy of the notebook and run from top to bottom.
The checks are made from outside, on the cases that you know and on others like them with other numbers.
An exercise has groups of cases: the points of a group are given when all its cases pass.
Check cells that were changed, copied or deleted make no difference, and what you print costs nothing.
Nothing is graded on speed; a call that does not end is stopped.

{rule}

## How to hand it in

In a class, put the saved notebook where your instructor collects it: with nbgrader's *Assignments* tab, or by
upload.
Instructors place it in `autograder/course/submitted/<student>/{slug}/` and run `python -m autograder grade`.
If you learn alone, do just that with your own name: `python -m autograder grade --assignment {slug}` and
`python -m autograder feedback --assignment {slug}` give you the page that a student of a class would get.
"""


def write(book: Path, course: Course = DEFAULT) -> list[Path]:
    """Write page and archive of every assignment below ``book/assignments``; return what was written anew.

    Parameters
    ----------
    book : Path
        The folder of the book's sources.
    course : Course
        Its assignments are released first, where that is due.
    """
    folder, names = book / "assignments", slugs(course.solutions)
    written = []
    for slug in names:
        release(slug, course)
        text = page(load(slug, course.solutions))
        for path, content in (
            (folder / f"{slug}.zip", course.archive(slug).read_bytes()),
            (folder / f"{slug}.md", text),
        ):
            if write_if_changed(path, content):
                written.append(path)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix in (".md", ".zip") and path.stem not in names:
            path.unlink()
    return written


def page(assignment: Assignment) -> str:
    """Return the page of an assignment as MyST Markdown, without code that is run."""
    first = assignment.exercises[0].name
    parts = [
        f"(assignment-{assignment.slug})=\n# Assignment: {assignment.title}",
        assignment.introduction,
        _extent(assignment),
        _overview(assignment),
        OPENING.format(slug=assignment.slug, first=first, torch=_torch(assignment)).strip(),
        "## The exercises",
        *(_section(exercise) for exercise in assignment.exercises),
        GRADING.format(slug=assignment.slug, rule=RULE).strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _torch(assignment: Assignment) -> str:
    texts = [assignment.opening, *(exercise.task for exercise in assignment.exercises)]
    return " torch" if any("import torch" in text for text in texts) else ""


def _extent(assignment: Assignment) -> str:
    number, worth = len(assignment.exercises), wording.points(assignment.points)
    return f"{number} exercises, {worth}, about {_hours(assignment.minutes)}."


def _hours(minutes: int) -> str:
    """Return a time as a person says it: minutes below an hour and a half, else half hours."""
    if minutes < 90:
        return f"{minutes} minutes"
    halves = round(minutes / 30)
    return f"{halves / 2:g} hours"


def _overview(assignment: Assignment) -> str:
    lines = ["| exercise | points | minutes | difficulty |", "|---|---|---|---|"]
    for exercise in assignment.exercises:
        link = f"[{exercise.title}](#{_label(exercise)})"
        lines.append(f"| {link} | {exercise.points} | {exercise.minutes} | {wording.stars(exercise)} |")
    return "\n".join(lines)


def _label(exercise: Exercise) -> str:
    return "exercise-" + re.sub(r"[^a-z0-9]+", "-", exercise.name.lower())


def _section(exercise: Exercise) -> str:
    anchor = exercise.section.split("#")[1]
    parts = [
        f"({_label(exercise)})=\n### {exercise.title}",
        f"`{exercise.name}` · {wording.facts(exercise)} · {{ref}}`in the book <{anchor}>`",
        exercise.task,
        wording.banned(exercise),
        wording.groups(exercise),
    ]
    return "\n\n".join(part for part in parts if part)
