"""What exports to every learning management system have in common: who, which assignments, which score.

A cell is empty where nothing was handed in and where nothing has been graded yet: both systems leave a grade
as it is then, and neither is a zero. A zero that was earned is written as 0.
"""

import csv
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Float, Unicode

from autograder.layout import CourseError
from autograder.lms.roster import Person, Roster, read
from autograder.results.export import rounded, score_of, status_of

__all__ = ["LmsExporter", "Table"]

Table = list[list[str]]


class LmsExporter(ExportPlugin):
    """The common part; ``table`` is what differs. Works as nbgrader's plugin and from our own command."""

    roster = Unicode("", help="CSV file that the learning management system exported").tag(config=True)
    step = Float(0.0, help="round to multiples of this, 0.5 for example; 0 keeps two decimals").tag(
        config=True
    )
    missing_as_zero = Bool(False, help="write 0 where nothing was handed in").tag(config=True)
    titles = Dict(help="title of an assignment there, by its slug here").tag(config=True)
    default_name = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the file."""
        rows = self.table(gradebook)
        with Path(self.to or self.default_name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)

    def table(self, gradebook: Gradebook) -> Table:
        """Return the rows of the file, the header first."""
        raise NotImplementedError

    def read_roster(self) -> Roster:
        """Return the roster, empty where none is given."""
        return read([self.roster]) if self.roster else Roster()

    def chosen(self, gradebook: Gradebook) -> list:
        """Return the assignments to export, in order of their names."""
        known = {assignment.name: assignment for assignment in gradebook.assignments}
        if unknown := sorted(set(self.assignment) - set(known)):
            raise CourseError(
                f"the gradebook has no assignment {', '.join(unknown)}; it has: {', '.join(known)}"
            )
        return [known[name] for name in sorted(known) if not self.assignment or name in self.assignment]

    def people(self, gradebook: Gradebook, roster: Roster) -> list[Person]:
        """Return the roster's students, or the gradebook's where there is no roster."""
        chosen = {str(student) for student in self.student}
        everybody = roster.people or [_person(student) for student in gradebook.students]
        return [person for person in everybody if not chosen or person.student_id in chosen]

    def cell(self, gradebook: Gradebook, assignment, student: str) -> str:
        """Return the score after lateness as text; empty where there is none."""
        try:
            submission = gradebook.find_submission(assignment.name, student)
        except MissingEntry:
            return "0" if self.missing_as_zero else ""
        if status_of(submission) == "not graded":
            return ""
        return rounded(score_of(submission), self.step)


def _person(student) -> Person:
    names = [part for part in (student.last_name, student.first_name) if part]
    name = ", ".join(names) or student.id
    return Person(student.id, name, student.lms_user_id or "", student.email or "")
