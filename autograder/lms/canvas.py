"""Canvas: the names in its download of submissions, and the CSV file of grades that it imports.

Submissions (*Assignment*, *Download Submissions*) come as one zip without folders, each file called
``<name>[_LATE]_<user>_<attachment>_<file>``: the sortable name in lower case with everything left out that is
no letter, digit or underscore (``lovelaceada``); ``LATE`` where Canvas counts it as late; two numbers, of
which the second grows with time; and the file's own name. Text entries and links end in ``_text.html`` and
``_link.html`` and have no second number. Anonymous assignments have ``anon_<code>`` instead of name and user.
A file that is handed in again is called ``layers-1.ipynb``, then ``layers-2.ipynb``. The times in the zip are
those of the download, not of the submissions.
Source: ``lib/content_zipper.rb`` of https://github.com/instructure/canvas-lms (``get_filename``,
``add_upload_submission``), commit 05e9653c.

Grades (*Grades*, *Import*) are a CSV file. Its first columns are ``Student``, ``ID``, optionally
``SIS User ID``, ``SIS Login ID`` and ``Root Account``, then ``Section``. A column for each assignment
follows, called ``Title (id)``, or just by its title, which makes a new assignment where there is none. A row
``Points Possible`` comes before the students. A student is found by ``ID``, else by a SIS column, else by
name. An empty cell changes nothing.
Source: ``lib/gradebook_importer.rb`` of the same repository (``header?``, ``update_column_count``,
``process_student``), commit 00b222d7.
"""

import re

from nbgrader.api import Gradebook

from autograder.lms.exporter import LmsExporter, Table
from autograder.lms.roster import Named, Person

__all__ = ["CanvasExporter", "named"]

UPLOAD = re.compile(r"(?P<name>[^/]*?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<order>\d+)_(?P<file>[^/]+)")
TYPED = re.compile(r"(?P<name>[^/]*?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>text\.html|link\.html)")
ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[A-Za-z0-9]+)_(?P<order>\d+)_(?P<file>[^/]+)")
IDENTITY = ("Student", "ID", "SIS Login ID", "Section")


def named(path: str) -> Named | None:
    """Return what a name in the download says; None where it is not of this form."""
    if match := ANONYMOUS.fullmatch(path):
        return Named(match["name"], "", match["file"], int(match["order"]), bool(match["late"]))
    match = UPLOAD.fullmatch(path) or TYPED.fullmatch(path)
    if not match:
        return None
    order = int(match.groupdict().get("order") or 0)
    return Named(match["name"], match["user"], match["file"], order, bool(match["late"]))


class CanvasExporter(LmsExporter):
    """``nbgrader export --exporter=autograder.lms.canvas.CanvasExporter``: the file that Canvas imports.

    With the gradebook that Canvas exported as ``roster`` its own rows and columns come back, and an
    assignment that is called alike there is filled in rather than made anew.
    """

    default_name = "canvas.csv"

    def table(self, gradebook: Gradebook) -> Table:
        """Return the header, the row of points, and a row for each student."""
        roster = self.read_roster()
        first = self._identity(roster.columns)
        assignments = self.chosen(gradebook)
        titles = [self._title(assignment.name, roster.columns) for assignment in assignments]
        points = ["    Points Possible", *[""] * (len(first) - 1), *[f"{a.max_score:g}" for a in assignments]]
        rows = [[*first, *titles], points]
        for person in self.people(gradebook, roster):
            scores = [self.cell(gradebook, assignment, person.student_id) for assignment in assignments]
            rows.append([*(_said(person, column) for column in first), *scores])
        return rows

    def _identity(self, columns: list[str]) -> list[str]:
        """Return the columns that say who somebody is: the roster's up to ``Section``, if it is Canvas's."""
        if "Section" in columns and columns[:1] == ["Student"]:
            return columns[: columns.index("Section") + 1]
        return list(IDENTITY)

    def _title(self, slug: str, columns: list[str]) -> str:
        """Return the roster's column for an assignment, or its title."""
        title = self.titles.get(slug, slug)
        for column in columns:
            if re.sub(r" \(\d+\)$", "", column).lower() == title.lower():
                return column
        return title


def _said(person: Person, column: str) -> str:
    known = {"Student": person.name, "ID": person.lms_id, "SIS Login ID": person.student_id, "Section": ""}
    return person.row.get(column, known.get(column, ""))
