"""Plain nbgrader commands on the course folder; and without the oracle there are no points."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.engine.converting import converter, gradebook, run
from autograder.layout import PROJECT, Course

from .conftest import FIXTURES
from .test_grading import hand_in

STUDENTS = {"sample-mistake-1": 2, "sample-late": 8}


def nbgrader(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    code = "import sys; from nbgrader.apps.nbgraderapp import main; sys.exit(main())"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stderr
    return done


def scores(course):
    with gradebook(course) as book:
        return {submission.student.id: submission.score for submission in book.assignment_submissions("tiny")}


@pytest.fixture(scope="module")
def graded(tiny, tmp_path_factory):
    """A copy of the course with two students, graded by the command and by nothing else."""
    course = Course(tmp_path_factory.mktemp("plain") / "course", FIXTURES)
    shutil.copytree(tiny.root, course.root, ignore=shutil.ignore_patterns("autograded", "feedback"))
    for student in tiny.students("tiny"):
        with gradebook(course) as book:
            book.remove_submission("tiny", student)
        if student not in STUDENTS:
            shutil.rmtree(course.submitted(student, "tiny"))
    nbgrader(course.root, "autograde", "tiny")
    return course


def test_the_commands_grade_with_the_oracle(graded):
    assert {student: scores(graded)[student] for student in STUDENTS} == STUDENTS
    with gradebook(graded) as book:
        assert book.find_submission("tiny", "sample-late").late_submission_penalty == pytest.approx(1.6)


def test_the_commands_return_feedback_and_grades(graded):
    nbgrader(graded.root, "generate_feedback", "tiny", "--student=sample-mistake-1")
    page = (graded.feedback("sample-mistake-1", "tiny") / "tiny.html").read_text()
    assert "You squared the values" in page
    assert "HIDDEN TESTS" not in page
    nbgrader(graded.root, "export", "--to", "out.csv")
    assert "sample-late,,,,8.0,1.6,6.4,8.0,graded" in (graded.root / "out.csv").read_text()


def test_the_commands_work_in_the_folder_of_the_grader_too(tmp_path):
    code = "from traitlets.config import Config; import runpy; c = Config(); "
    code += "runpy.run_path('nbgrader_config.py', {'get_config': lambda: c}); "
    code += "print(c.CourseDirectory.root, c.Autograde.autograde_preprocessors[0].__name__)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])}
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT / "autograder",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == [str(PROJECT / "autograder" / "course"), "OracleExecute"], said.stderr


def test_a_grader_that_cannot_be_imported_grades_nothing(graded):
    config = graded.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(text.replace("from autograder.settings", "from autograder.no_such_module"))
    try:
        done = nbgrader(graded.root, "autograde", "tiny", "--force", "--student=sample-late", check=False)
    finally:
        config.write_text(text)
    assert done.returncode != 0
    assert "cannot be imported, so nothing is graded" in done.stderr
    assert scores(graded)["sample-late"] == 8


def test_without_the_oracle_there_are_no_points(ready):
    """Stock nbgrader gives all points to a check that only prints; the guard in the cell does not."""
    hand_in(ready, "ada")
    config = Config(
        {"CourseDirectory": {"root": str(ready.root), "assignment_id": "tiny", "db_url": ready.db_url}}
    )
    run(Autograde(coursedir=CourseDirectory(config=config), config=config), ready)
    assert scores(ready) == {"ada": 0}


def test_not_executing_gives_no_points_either(ready):
    hand_in(ready, "ada")
    autograde = converter("Autograde", ready, "tiny")
    autograde.config.Execute.enabled = False  # what --no-execute does
    run(autograde, ready)
    assert scores(ready) == {"ada": 0}
