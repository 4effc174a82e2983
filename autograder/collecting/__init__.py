"""``collect``: brings what students handed in elsewhere into ``submitted/<student>/<assignment>/``.

Whatever comes in is a stranger's: it is unpacked within limits, links and paths that lead elsewhere are left
out, and one bad file or archive is reported and stops nothing. What lies there already is never overwritten:
a second submission of a student goes to ``kept/<student>/<assignment>/<time>/``, or takes the place of the
first where that is asked for, and then the first goes there.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.authoring.exercises import slugs
from autograder.collecting import received
from autograder.collecting.received import Received
from autograder.collecting.storing import TIMESTAMP, store
from autograder.collecting.tidying import tidy
from autograder.collecting.unpacking import Limits, Refused
from autograder.layout import DEFAULT, Course, CourseError
from autograder.lms import moodle
from autograder.lms.roster import Person, Roster, is_student_id, read, read_table

__all__ = ["Collected", "Collection", "collect", "exchange", "said"]


@dataclass(frozen=True)
class Collected:
    """One submission: its student, what became of it (see `storing.Stored`), and what is worth knowing."""

    student: str
    status: str
    remarks: tuple[str, ...] = ()


@dataclass
class Collection:
    """What a collection brought.

    Attributes
    ----------
    submissions : list of Collected
    unknown : list of Received
        Whose student id is not known; nothing of theirs was stored.
    refused : list of Refused
        What belongs to nobody.
    to_fill_in : Path or None
        A roster of those whose id is not known, to be filled in.
    """

    submissions: list[Collected] = field(default_factory=list)
    unknown: list[Received] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    to_fill_in: Path | None = None


def collect(
    slug: str,
    source: str | Path,
    course: Course = DEFAULT,
    rosters: Iterable[str | Path] = (),
    update: bool = False,
    zone: tzinfo | None = None,
    limits: Limits | None = None,
) -> Collection:
    """Collect the submissions of one assignment.

    Parameters
    ----------
    slug : str
    source : path
        A zip archive that Canvas or Moodle made, or a folder: an unpacked one of these, one with a folder, an
        archive or a notebook for each student, or the ``inbound`` folder of nbgrader's exchange.
    course : Course
    rosters : iterable of path
        See `autograder.lms.roster`. Without one, the names in a folder are student ids; downloads need one.
    update : bool
        Let a later submission take the place of an earlier one, which is kept.
    zone : tzinfo, optional
        Of the times in a roster; this machine's unless given.
    limits : Limits, optional

    Raises
    ------
    CourseError
        There is no such assignment, source or roster.
    """
    source, limits = Path(source), limits or Limits()
    if slug not in slugs(course.solutions):
        raise CourseError(f"there is no assignment {slug!r}; there are: {', '.join(slugs(course.solutions))}")
    if not source.exists():
        raise CourseError(f"there is no {source} to collect from: give a folder or a zip archive")
    run = _Run(slug, course, read(rosters), update, zone or datetime.now().astimezone().tzinfo, limits)
    for one in _received(source, slug, limits):
        run.take(one)
    if run.made.unknown:
        run.made.to_fill_in = _ask_for(run.made.unknown, course)
    return run.made


def exchange(course: Course = DEFAULT) -> Path:
    """Return the folder of nbgrader's exchange where students' submissions arrive.

    Raises
    ------
    CourseError
        There is none.
    """
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import Exchange

    from autograder.settings import config_of

    config = config_of(course)
    coursedir = CourseDirectory(config=config)
    folder = Path(Exchange(coursedir=coursedir, config=config).root) / coursedir.course_id / "inbound"
    if not folder.is_dir():
        raise CourseError(
            f"there is no {folder}: nbgrader's exchange is not set up on this machine, or has another root "
            "(c.Exchange.root); give the folder itself otherwise"
        )
    return folder


WORDS = {
    "new": "new",
    "newer": "took the place of an earlier one, which is kept",
    "kept": "are kept beside what is graded; collect --update grades the later one",
    "unchanged": "were there already",
    "nothing": "hold nothing that could be taken",
    "failed": "could not be written",
}


def said(slug: str, made: Collection) -> list[str]:
    """Return what a collection brought, in lines to print: what is worth a look first, numbers last."""
    lines = [f"{slug}: {one.student}: {remark}" for one in made.submissions for remark in one.remarks]
    lines += [f"{slug}: left out: {one.path or 'the archive'}: {one.reason}" for one in made.refused]
    for status in ("kept", "newer"):
        if who := sorted({one.student for one in made.submissions if one.status == status}):
            lines.append(f"{slug}: submissions of {', '.join(who)} {WORDS[status]}")
    if made.unknown:
        who = sorted({one.name or one.lms_id for one in made.unknown})
        names = ", ".join(who[:5]) + (f" and {len(who) - 5} more" if len(who) > 5 else "")
        lines.append(
            f"{slug}: nothing was stored of {names}: no roster says which student that is. Write ids into "
            f"{made.to_fill_in} and collect again with --roster {made.to_fill_in} (beside other rosters)"
        )
    counts = Counter(one.status for one in made.submissions)
    numbers = [f"{counts[status]} {words}" for status, words in WORDS.items() if counts[status]]
    return [*lines, f"{slug}: {len(made.submissions)} submissions: {'; '.join(numbers) or 'none'}"]


def _received(source: Path, slug: str, limits: Limits) -> Iterator[Received | Refused]:
    if not source.is_dir():
        return received.from_archive(source, limits)
    if source.name == "inbound" and any(source.glob(f"*+{slug}+*")):
        return received.from_exchange(source, slug, limits)
    return received.from_folder(source, limits)


@dataclass
class _Run:
    """One collection while it goes on."""

    slug: str
    course: Course
    roster: Roster
    update: bool
    zone: tzinfo
    limits: Limits
    made: Collection = field(default_factory=Collection)
    mine: set[str] = field(default_factory=set)  # students whose first submission this run brought
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def take(self, one: Received | Refused) -> None:
        """Store one submission, whatever is in it."""
        if isinstance(one, Refused):
            self.made.refused.append(one)
            return
        person = self._whose(one)
        if person is None:
            self.made.unknown.append(one)
            return
        one.time = one.time or moodle.time_of(person, self.zone) or _own_time(one)
        tidy(one, self.slug, self.limits)
        one.files.pop(TIMESTAMP, None)  # a student's archive does not say when it was handed in
        self.made.submissions.append(self._store(person.student_id, one))

    def _store(self, student: str, one: Received) -> Collected:
        remarks = tuple(_remarks(one, self.slug))
        if not one.files:
            return Collected(student, "nothing", remarks)
        try:
            update = self.update or student in self.mine
            stored = store(student, self.slug, one.files, one.time, self.course, update, self.now)
        except OSError as error:
            return Collected(student, "failed", (*remarks, f"it cannot be written: {error.strerror}"))
        if stored.status == "new":
            self.mine.add(student)
        return Collected(student, stored.status, remarks)

    def _whose(self, one: Received) -> Person | None:
        if len(self.roster):
            return self.roster.find(one.name, one.lms_id)
        return Person(one.name) if not one.lms_id and is_student_id(one.name) else None


def _own_time(one: Received) -> datetime | None:
    """Return the time that nbgrader's file in a student's folder tells."""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(one.files[TIMESTAMP].decode().strip()).replace(tzinfo=UTC)
    except (KeyError, ValueError, OverflowError):
        return None


def _remarks(one: Received, slug: str) -> Iterator[str]:
    if f"{slug}.ipynb" not in one.files:
        there = ", ".join(sorted(one.files)[:3]) or "nothing that could be taken"
        yield f"there is no {slug}.ipynb; there is {there}"
    if one.late and one.time is None:
        yield (
            "Canvas marks it as late and does not say since when: nothing is taken off unless you write the "
            "time into its timestamp.txt (2026-03-02 12:00:00 UTC)"
        )
    for refused in one.refused[:5]:
        yield f"left out: {refused.path}: {refused.reason}"
    if len(one.refused) > 5:
        yield f"and {len(one.refused) - 5} more were left out"


def _ask_for(unknown: list[Received], course: Course) -> Path:
    """Add the names that are not known, without ids, to a roster; ids that were filled in stay."""
    path = course.root / "unknown.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    filled = [row for row in read_table(path)[1] if row.get("student_id")] if path.is_file() else []
    columns = ["student_id", "name", "lms_id"]
    rows = {tuple(row.get(column, "") for column in columns) for row in filled}
    rows |= {("", one.name, one.lms_id) for one in unknown}
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *sorted(rows)])
    return path
