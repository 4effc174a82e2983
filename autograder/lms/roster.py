"""Who is who: the names of a learning management system beside the student ids of this course.

A roster is a CSV file. Three kinds are read, told apart by their columns (in upper or lower case):

own
    ``student_id`` (or ``id``, as nbgrader calls it) and any of ``name``, ``first_name``, ``last_name``,
    ``email``, ``lms_id`` (or nbgrader's ``lms_user_id``).
Canvas
    The gradebook as Canvas exports it (*Grades*, *Export*): ``Student``, ``ID``, ``SIS User ID``,
    ``SIS Login ID``, ``Section``. The student id is the login; see `autograder.lms.canvas`.
Moodle
    The grading worksheet of the assignment (*View all submissions*, *Download grading worksheet*):
    ``Identifier``, ``Full name``, ``ID number``, ``Email address``. The student id is the ID number, or the
    part of the address before the @ where that is empty; see `autograder.lms.moodle`.

Several files are read one after the other; together they are one roster.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.layout import CourseError

__all__ = ["Named", "Person", "Roster", "is_student_id", "read", "read_table", "simplified"]

STUDENT_ID = re.compile(r"[^\W_][\w.@+-]{0,99}")


@dataclass(frozen=True)
class Person:
    """A student.

    Attributes
    ----------
    student_id : str
        Name of the student's folder, and the id in nbgrader's gradebook.
    name : str
        As the learning management system writes it.
    lms_id : str
        The number by which that system knows the student; empty where it is not known.
    email : str
    handed_in : str
        When the student handed in, as Moodle's worksheet words it; empty where it is not said.
    row : dict
        The row of the file it was read from.
    """

    student_id: str
    name: str = ""
    lms_id: str = ""
    email: str = ""
    handed_in: str = ""
    row: dict[str, str] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True)
class Named:
    """What the name of a downloaded file says: whose it is, and what it was called.

    Attributes
    ----------
    name, lms_id : str
        Of the student, as far as the download tells.
    path : str
        Of the file within what the student handed in.
    order : int
        Larger for what was handed in later; 0 where the download does not tell.
    late : bool
        Whether the system counts it as late.
    """

    name: str
    lms_id: str
    path: str
    order: int = 0
    late: bool = False


class Roster:
    """Finds a student by what a download says: the system's number, the name, or the student id itself."""

    def __init__(self, people: Iterable[Person] = (), columns: list[str] | None = None):
        self.people = list(people)
        self.columns = columns or []
        self._by_name: dict[str, set[Person]] = {}
        for person in self.people:
            for name in (person.name, person.student_id, _turned(person.name)):
                if simplified(name):
                    self._by_name.setdefault(simplified(name), set()).add(person)

    def __len__(self) -> int:
        return len(self.people)

    def find(self, name: str = "", lms_id: str = "") -> Person | None:
        """Return the student with that number, or else with that name; None where nobody or several have it.

        Names are compared without case, accents, spaces and punctuation: downloads leave these out.
        """
        if lms_id and (found := [person for person in self.people if person.lms_id == lms_id]):
            return found[0] if len({person.student_id for person in found}) == 1 else None
        found = self._by_name.get(simplified(name), set())
        return next(iter(found)) if len({person.student_id for person in found}) == 1 else None


def read(paths: Iterable[str | Path]) -> Roster:
    """Read the files of a roster.

    Raises
    ------
    CourseError
        A file cannot be read, is of no known kind, or holds a student id that is no name for a folder.
    """
    people, columns = [], []
    for path in map(Path, paths):
        columns, rows = read_table(path)
        people += list(_people(path, columns, rows))
    return Roster(people, columns)


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns and rows of a CSV file: commas or semicolons, with or without a byte order mark.

    Raises
    ------
    CourseError
        It cannot be read, or two columns have the same name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"{path} cannot be read as a CSV file in UTF-8: {getattr(error, 'strerror', '') or error}"
        ) from error
    head = text.split("\n", 1)[0]
    rows = list(csv.reader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ","))
    columns = [column.strip() for column in rows[0]] if rows else []
    if len(set(columns)) != len(columns):
        raise CourseError(f"{path} has two columns of the same name in its first line: {', '.join(columns)}")
    return columns, [dict(zip(columns, map(str.strip, row), strict=False)) for row in rows[1:] if any(row)]


def _people(path: Path, columns: list[str], rows: list[dict[str, str]]) -> Iterator[Person]:
    kind = _kind(columns)
    if kind is None:
        raise CourseError(
            f"{path} is no roster: its columns are {', '.join(columns) or 'none'}. Expected is a column "
            "student_id (with name, lms_id or both beside it), or the gradebook that Canvas exports, or the "
            "grading worksheet of Moodle in English."
        )
    for number, row in enumerate(rows, start=2):
        person = kind({column.lower(): value for column, value in row.items()}, row)
        if person is None or not person.student_id:
            continue  # a row of points, a test student, somebody whose id is not known yet
        if not is_student_id(person.student_id):
            raise CourseError(
                f"{path}, line {number}: {person.student_id!r} cannot be the name of a folder. A student id "
                "is made of letters, digits and . _ @ + -, and begins with a letter or digit."
            )
        yield person


def _kind(columns: list[str]):
    known = {column.lower() for column in columns}
    if known & {"student_id", "id"} and "student" not in known:
        return _own
    if {"student", "id", "section"} <= known:
        return _canvas
    return _moodle if {"identifier", "grade"} <= known else None


def _own(row: dict[str, str], original: dict[str, str]) -> Person:
    name = row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    number = row.get("lms_id") or row.get("lms_user_id", "")
    student = row.get("student_id") or row.get("id", "")
    return Person(student, name, number, row.get("email", ""), row=original)


def _canvas(row: dict[str, str], original: dict[str, str]) -> Person | None:
    if not row["id"] or "points possible" in row["student"].lower():
        return None
    student = row.get("sis login id") or row.get("sis user id") or row["id"]
    return Person(student, row["student"], row["id"], row=original)


def _moodle(row: dict[str, str], original: dict[str, str]) -> Person:
    email = row.get("email address", "")
    number = "".join(re.findall(r"\d+$", row["identifier"]))
    student = row.get("id number") or email.partition("@")[0] or number
    time = row.get("last modified (submission)", "").strip("- ")
    return Person(student, row.get("full name", ""), number, email, time, original)


def is_student_id(text: str) -> bool:
    """Say whether a text can be a student id, and so the name of a folder."""
    return STUDENT_ID.fullmatch(text) is not None


def simplified(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _turned(name: str) -> str:
    """Return "Ada Lovelace" for "Lovelace, Ada", and the other way round."""
    last, comma, first = name.partition(",")
    if comma:
        return f"{first} {last}"
    *first, last = name.split() or [""]
    return f"{last} {' '.join(first)}"
