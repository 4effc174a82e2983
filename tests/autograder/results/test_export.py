"""Grades as Canvas, Moodle and nbgrader read them; what was not handed in is no zero."""

import csv
import os
import subprocess
import sys

import pytest

from autograder.engine.converting import gradebook
from autograder.layout import PROJECT, CourseError
from autograder.lms.roster import read
from autograder.results import export
from autograder.results.export import rounded

from ..collecting.test_collect import CANVAS, MOODLE

SETTINGS = {"roster": "", "missing_as_zero": False, "titles": {}}


@pytest.fixture
def graded(ready):
    """A course: ada has 6.5 of 8 and is late, bob has nothing right, eve nothing at all, fay is ungraded."""
    with gradebook(ready) as book:
        for student, name in {"ada": "Lovelace", "bob": "Núñez", "eve": "X", "fay": "Y"}.items():
            book.update_or_create_student(
                student, last_name=name, first_name=student.title(), lms_user_id="7"
            )
        for student, scores in {"ada": (3, 3.5), "bob": (0, 0), "fay": ()}.items():
            submission = book.add_submission("tiny", student)
            for grade, score in zip(submission.notebooks[0].grades, scores, strict=False):
                grade.auto_score, grade.needs_manual_grade = score, False
        book.find_submission("tiny", "ada").notebooks[0].late_submission_penalty = 0.65
        book.db.commit()
    return ready


def table(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def written(path, content):
    path.write_text(content, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("score", "step", "text"),
    [
        (5.85, 0, "5.85"), (5.855, 0, "5.86"), (5.85, 0.5, "6"), (5.75, 0.5, "6"), (5.74, 0.5, "5.5"),
        (2.5, 1, "3"), (0.25, 0.1, "0.3"), (2.675, 0.01, "2.68"), (0, 1, "0"), (7, 0, "7"),
    ],
)  # fmt: skip
def test_rounding_goes_up_at_half(score, step, text):
    assert rounded(score, step) == text


def test_canvas_with_its_own_gradebook(graded, tmp_path):
    roster = written(tmp_path / "roster.csv", CANVAS + '"Zoë, Eve",1236,S3,eve,MAIN,\n"Test",99,,fay,MAIN,\n')
    rows = table(export.write(graded, slugs=["tiny"], form="canvas", **SETTINGS | {"roster": roster}))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (77)"],
        ["    Points Possible", "", "", "", "", "8"],
        ["Lovelace, Ada", "1234", "S1", "ada", "MAIN", "5.85"],
        ["Núñez, Bob", "1235", "S2", "bob", "MAIN", "0"],
        ["Zoë, Eve", "1236", "S3", "eve", "MAIN", ""],
        ["Test", "99", "", "fay", "MAIN", ""],
    ]


def test_canvas_finds_in_our_file_what_its_importer_looks_for(graded):
    """The conditions of header? and update_column_count in Canvas's gradebook_importer.rb."""
    header, points, *students = table(export.write(graded, form="canvas", titles={"tiny": "Assignment 1"}))
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[2] == "SIS Login ID"
    assert "Section" in header[3]
    assert header[4:] == ["Assignment 1"]
    assert "Points Possible" in points[0]
    assert students[0] == ["Lovelace, Ada", "7", "ada", "", "5.85"]
    assert len({len(row) for row in (header, points, *students)}) == 1


def test_moodle_with_its_worksheet(graded, tmp_path):
    roster = written(tmp_path / "worksheet.csv", MOODLE)
    rows = table(export.write(graded, slugs=["tiny"], form="moodle", step=0.5, roster=roster))
    assert rows[0][:2] == ["Identifier", "Full name"]
    assert "Last modified (grade)" in rows[0]
    place = rows[0].index("Grade")
    assert [row[place] for row in rows[1:]] == ["6", "0"]
    assert rows[1][rows[0].index("Last modified (submission)")] == "Monday, 2 March 2026, 1:30 PM"


def test_moodle_without_a_worksheet(graded):
    rows = table(export.write(graded, form="moodle", missing_as_zero=True))
    assert rows[0] == ["ID number", "Email address", "Full name", "tiny"]
    assert {row[0]: row[3] for row in rows[1:]} == {"ada": "5.85", "bob": "0", "eve": "0", "fay": ""}


def test_a_worksheet_belongs_to_one_assignment(graded, tmp_path):
    with gradebook(graded) as book:
        book.add_assignment("other")
    roster = written(tmp_path / "worksheet.csv", MOODLE)
    with pytest.raises(CourseError, match="name it with --assignment"):
        export.write(graded, form="moodle", roster=roster)
    with pytest.raises(CourseError, match="no assignment nothing; it has: other, tiny"):
        export.write(graded, slugs=["nothing"], form="moodle")
    with pytest.raises(CourseError, match="a step above 0"):
        export.write(graded, step=-1)


def test_nbgraders_own_with_rounding(graded):
    path = export.write(graded, slugs=["tiny"], step=0.5)
    with path.open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (rows["ada"]["raw_score"], rows["ada"]["score"]) == ("6.5", "6")
    assert (rows["bob"]["score"], rows["bob"]["status"]) == ("0", "graded")
    assert rows["eve"]["status"] == "nothing submitted"
    assert (rows["fay"]["score"], rows["fay"]["status"]) == ("", "not graded")


@pytest.mark.parametrize(
    ("content", "people"),
    [
        ("student_id,name\nada,Ada L\n", [("ada", "Ada L", "")]),
        ("id;first_name;last_name;lms_user_id\nada;Ada;L;5\n", [("ada", "Ada L", "5")]),
        (CANVAS, [("ada", "Lovelace, Ada", "1234"), ("bob", "Núñez, Bob", "1235")]),
        (MOODLE, [("ada", "Ada Lovelace", "4711"), ("bob", "Bob Núñez", "4712")]),
    ],
    ids=["own", "nbgrader", "canvas", "moodle"],
)
def test_rosters_of_every_kind(tmp_path, content, people):
    found = read([written(tmp_path / "r.csv", content)]).people
    assert [(person.student_id, person.name, person.lms_id) for person in found] == people


def test_who_is_meant(tmp_path):
    roster = read(
        [written(tmp_path / "r.csv", 'student_id,name,lms_id\na,Ana Li,1\nb,"Li, Ána",2\nc,Bo O\'Hara,3\n')]
    )
    assert roster.find("boohara").student_id == "c"
    assert roster.find("oharabo").student_id == "c"
    assert roster.find("C").student_id == "c"
    assert roster.find("liana") is None  # two have this name
    assert roster.find("liana", "2").student_id == "b"
    assert roster.find("nobody", "9") is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "plugin", ["autograder.lms.canvas.CanvasExporter", "autograder.lms.moodle.MoodleExporter"]
)
def test_nbgraders_command_takes_the_plugins(graded, plugin):
    code = "import sys; from nbgrader.apps.nbgraderapp import main; sys.exit(main())"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])}
    command = [sys.executable, "-c", code, "export", f"--exporter={plugin}", "--to", "out.csv"]
    done = subprocess.run(command, cwd=graded.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "5.85" in (graded.root / "out.csv").read_text()
