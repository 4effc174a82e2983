"""Moodle: the names in its download of submissions, and the CSV files of grades that it imports.

Submissions (*View all submissions*, *Download all submissions*) come as one zip. With *Download submissions
in folders* (the default) each student has a folder ``<full name>_<number>_assignsubmission_file`` (in older
versions with ``_`` at the end); without, each file is called
``<full name>_<number>_assignsubmission_file_<file>``. Underscores of a name are spaces there. The number is
that of ``Identifier`` in the grading worksheet (``Participant 4711``), so it works for anonymous submissions
too. Texts typed into the page are in ``…_assignsubmission_onlinetext``. The times in the zip are those of the
download; when something was handed in stands in the worksheet alone.
Source: ``mod/assign/classes/downloader.php`` of https://github.com/moodle/moodle (``get_student_prefix``,
``load_submissionplugin_filelist``), commit 2a6fd313.

Grades go back in one of two files. The *grading worksheet* of one assignment (*Download grading worksheet*,
then *Upload grading worksheet*) is a CSV file with commas. The columns ``Identifier``, ``Grade`` and
``Last modified (grade)`` must be there; an empty grade changes nothing, and one that is newer in Moodle
stays.
Source: ``mod/assign/feedback/offline/importgradeslib.php`` and ``importgradesform.php`` of the same
repository, commits 452e36fc and 003699db. Any other CSV file is imported into the gradebook (*Grades*,
*Import*, *CSV file*), where a person says which column is which.
"""

import re
from datetime import datetime, tzinfo

from nbgrader.api import Gradebook

from autograder.layout import CourseError
from autograder.lms.exporter import LmsExporter, Table
from autograder.lms.roster import Named, Person, Roster

__all__ = ["MoodleExporter", "named", "time_of"]

FILE = re.compile(
    r"(?P<name>[^/]*?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_?/(?P<path>.+)|_(?P<file>[^/]+))"
)
IDENTITY = ("ID number", "Email address", "Full name")


def named(path: str) -> Named | None:
    """Return what a path in the download says; None where it is not of this form."""
    match = FILE.fullmatch(path)
    if not match:
        return None
    return Named(match["name"], match["number"], match["path"] or match["file"])


def time_of(person: Person, zone: tzinfo) -> datetime | None:
    """Return when a student handed in, from the worksheet's words in the time zone of whoever downloaded it.

    Moodle writes "Monday, 2 March 2026, 9:00 AM" or "Monday, March 2, 2026, 9:00 AM"; None for anything else.
    """
    text = re.sub(r"\s+", " ", person.handed_in.replace("\u202f", " "))
    for form in ("%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p", "%A, %d %B %Y, %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


class MoodleExporter(LmsExporter):
    """``nbgrader export --exporter=autograder.lms.moodle.MoodleExporter``: a file that Moodle imports.

    With the grading worksheet of an assignment as ``roster`` it is that worksheet with the grades filled in,
    for the one assignment that is chosen; otherwise a file for the gradebook's import.
    """

    default_name = "moodle.csv"

    def table(self, gradebook: Gradebook) -> Table:
        """Return the header and a row for each student."""
        roster = self.read_roster()
        if "identifier" in [column.lower() for column in roster.columns]:
            return self._worksheet(gradebook, roster)
        assignments = self.chosen(gradebook)
        rows = [[*IDENTITY, *(self.titles.get(a.name, a.name) for a in assignments)]]
        for person in self.people(gradebook, roster):
            scores = [self.cell(gradebook, assignment, person.student_id) for assignment in assignments]
            rows.append([person.student_id, person.email, person.name, *scores])
        return rows

    def _worksheet(self, gradebook: Gradebook, roster: Roster) -> Table:
        assignments = self.chosen(gradebook)
        if len(assignments) != 1:
            raise CourseError(
                "a grading worksheet belongs to one assignment: name it with --assignment, or leave the "
                "worksheet out to write a file for the import of the whole gradebook"
            )
        grade = next(column for column in roster.columns if column.lower() == "grade")
        rows = [roster.columns]
        for person in roster.people:
            filled = {**person.row, grade: self.cell(gradebook, assignments[0], person.student_id)}
            rows.append([filled.get(column, "") for column in roster.columns])
        return rows
