"""What came of two submissions, run through a kernel once per test process, and what a gradebook holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from autograder import intake
from autograder.engine import grading
from autograder.engine.answering import Release, answer, task_of
from autograder.engine.converting import gradebook
from autograder.layout import Course

from ..test_grading import RIGHT, hand_in

HALF = {"double": RIGHT["double"]}
SEED = 7

GRADES = """
    SELECT s.id AS student, a.name AS assignment, sa.timestamp, n.name AS notebook, c.name AS cell,
           g.auto_score, g.manual_score, g.needs_manual_grade, sn.late_submission_penalty
    FROM grade g
    JOIN submitted_notebook sn ON g.notebook_id = sn.id
    JOIN submitted_assignment sa ON sn.assignment_id = sa.id
    JOIN student s ON sa.student_id = s.id
    JOIN assignment a ON sa.assignment_id = a.id
    JOIN notebook n ON sn.notebook_id = n.id
    JOIN base_cell c ON g.cell_id = c.id
"""


def contents(course) -> list[tuple]:
    """Return all grades in a gradebook, without the identifiers that nbgrader draws at random."""
    with gradebook(course) as book:
        rows = [row._mapping for row in book.db.execute(text(GRADES))]
    return sorted(tuple(str(_plain(name, value)) for name, value in row.items()) for row in rows)


def _plain(name, value):
    return bool(value) if name == "needs_manual_grade" else value  # a number in SQLite


@pytest.fixture(scope="session")
def answers(released, tmp_path_factory):
    """Answers of a right and of a half right submission."""
    course = Course(tmp_path_factory.mktemp("answers"), released.solutions)
    (course.root / "release").symlink_to(released.root / "release")
    release = Release.of("tiny", course, {})
    made = {}
    for name, given in {"right": RIGHT, "half": HALF}.items():
        hand_in(course, name, given)
        made[name] = answer(task_of(intake.read(course, name, "tiny"), release, SEED, ""))
        assert made[name].status == "graded", made[name].reason
    return made


@pytest.fixture
def quick(answers, monkeypatch):
    """Answer without a kernel; see `answered_as`."""
    monkeypatch.setattr(grading, "answer", answered_as(answers))


def answered_as(answers):
    """Return a stand-in for `answer`: right where a student's name says so, and otherwise half right."""

    def answer_of(task):
        student, time = task.intake.student, datetime.now(UTC).isoformat(timespec="microseconds")
        if task.intake.notebook is None:
            return answer(task)
        like = answers["right" if student.startswith("right") else "half"]
        return replace(like, student=student, inputs=task.inputs, seed=task.seed, time=time)

    return answer_of
