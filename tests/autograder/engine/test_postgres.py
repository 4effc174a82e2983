"""The gradebook on a PostgreSQL server: the same grades as in a file, also when connections are cut."""

import os
import shutil

import pytest
from sqlalchemy import create_engine, text

from autograder.authoring import release
from autograder.engine import grading, writing
from autograder.layout import DB_URL, Course

from . import postgres
from .conftest import answered_as, contents
from .test_resuming import hand_all_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database():
    """A running server; without one, the reason stands in the report, and CI fails."""
    if postgres.programs() is None:
        reason = "there is no PostgreSQL server here: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = postgres.short_folder()
    with postgres.server(folder) as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture
def course(database, released, answers, tmp_path, monkeypatch) -> Course:
    monkeypatch.setattr(grading, "answer", answered_as(answers))
    monkeypatch.setenv(DB_URL, database.url)
    engine = create_engine(database.url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    made = Course(tmp_path / "course", released.solutions)
    release.release("tiny", made)
    hand_all_in(made)
    return made


@pytest.fixture(scope="module")
def in_a_file(released, answers, tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("file") / "course", released.solutions)
    shutil.copytree(released.root, course.root)
    hand_all_in(course)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "answer", answered_as(answers))
        grading.grade("tiny", course)
    return contents(course)


def test_the_same_grades_as_in_a_file(course, in_a_file):
    grading.grade("tiny", course)
    assert contents(course) == in_a_file
    assert not (course.root / "gradebook.db").exists()
    assert grading.grade("tiny", course) == []


def test_the_instructor_s_own_settings_come_first(course, database, monkeypatch, in_a_file):
    monkeypatch.delenv(DB_URL)
    course.config.write_text(course.config.read_text() + f"c.CourseDirectory.db_url = {database.url!r}\n")
    grading.grade("tiny", course)
    assert contents(course) == in_a_file


@pytest.mark.parametrize("cut", ["connections", "server"])
def test_a_cut_connection_changes_nothing(course, database, in_a_file, monkeypatch, cut):
    monkeypatch.setattr(writing, "PAUSES", (0.0, 0.1))
    real, calls = writing.SaveGrades._add_score, []

    def cutting(self, *args):
        calls.append(args)
        if len(calls) in (2, 5):
            _cut_connections(database) if cut == "connections" else database.restart()
        return real(self, *args)

    monkeypatch.setattr(writing.SaveGrades, "_add_score", cutting)
    done = grading.grade("tiny", course)
    assert [one.status for one in done] == ["graded", "missing", "graded", "graded"]
    assert contents(course) == in_a_file
    assert len(calls) > 6


def _cut_connections(database):
    engine = create_engine(database.url)
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )
    engine.dispose()
