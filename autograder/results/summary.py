"""What a run of grading ends with: how the class did, and who needs a person's look, and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from autograder.layout import DEFAULT, Course
from autograder.results.table import Row, plain, rows, wide_console

__all__ = ["Look", "looks", "show"]

SHOWN = 40  # students that are listed
ADVICE = {
    "not run": "see what is said here, then: grade --student NAME",
    "not graded": "grade them: python -m autograder grade",
    "no notebook": "ask for it; it counts as zero",
    "by hand": "open nbgrader's formgrader",
    "nothing right": "worth a word: something was handed in, and nothing of it works",
    "remark": "",
    "late": "points were taken off for it",
}


@dataclass(frozen=True)
class Look:
    """Why a student needs a look: one of the kinds of `ADVICE`, and what is known."""

    student: str
    kind: str
    why: str


def looks(slug: str, course: Course = DEFAULT) -> list[Look]:
    """Return who needs a look, the most pressing kinds first; a student stands there once."""
    order = list(ADVICE)
    found = [look for row in rows(slug, course) if (look := _look(row, slug, course))]
    return sorted(found, key=lambda look: (order.index(look.kind), look.student))


def _look(row: Row, slug: str, course: Course) -> Look | None:
    return next((Look(row.student, kind, why) for kind, why in _reasons(row, slug, course)), None)


def _reasons(row: Row, slug: str, course: Course) -> Iterator[tuple[str, str]]:
    """Yield the reasons to look at a student, the most pressing first."""
    status = _status(row.student, slug, course)
    if status == "failed":
        yield "not run", row.remark
    if row.status == "not graded":
        yield "not graded", row.remark or "handed in, and not graded yet"
    if status not in ("", "graded", "failed"):
        yield "no notebook", row.remark
    if row.status == "needs manual grading":
        yield "by hand", "an answer waits to be graded by a person"
    if row.remark:
        yield "remark", row.remark
    messages = {mark.message for mark in row.marks.values()}
    if row.marks and not any(mark.score for mark in row.marks.values()) and not _untouched(messages):
        yield "nothing right", min(messages, key=len)
    if row.penalty:
        yield "late", f"−{row.penalty:g} points"


def _untouched(messages: set[str]) -> bool:
    return all(message.startswith("Not started yet") for message in messages)


def _status(student: str, slug: str, course: Course) -> str:
    path = course.record(student, slug)
    return json.loads(path.read_text(encoding="utf-8"))["status"] if path.is_file() else ""


def show(slug: str, course: Course = DEFAULT, console: Console | None = None) -> list[Look]:
    """Print the summary of an assignment and return who needs a look."""
    console, results, found = console or wide_console(), rows(slug, course), looks(slug, course)
    totals = sorted(row.total for row in results if row.total is not None)
    if totals:
        middle = (totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]) / 2
        console.print(
            f"{slug}: {len(results)} handed in, {len(totals)} graded; median {middle:g}, mean "
            f"{sum(totals) / len(totals):.3g} points",
            highlight=False,
        )
    if not found:
        console.print(f"{slug}: nobody needs a look", highlight=False)
        return found
    table = Table(title=f"{slug}: who needs a look", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("student", no_wrap=True)
    table.add_column("why", no_wrap=True)
    table.add_column("what is known", ratio=1)
    for look in found[:SHOWN]:
        table.add_row(plain(look.student), look.kind, plain(look.why.split("\n")[0]))
    console.print(table)
    if len(found) > SHOWN:
        console.print(f"and {len(found) - SHOWN} more: python -m autograder table --assignment {slug}")
    for kind in dict.fromkeys(look.kind for look in found):
        if ADVICE[kind]:
            console.print(f"{kind}: {ADVICE[kind]}", style="dim", highlight=False)
    return found
