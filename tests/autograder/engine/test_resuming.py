"""Stopped anywhere and started again, a run ends in the same gradebook as one that was not disturbed."""

import json
import shutil

import pytest
from sqlalchemy.exc import OperationalError

from autograder.engine import grading, history, regrading, writing
from autograder.layout import Course, CourseError

from ..test_grading import hand_in, hand_in_nothing
from .conftest import HALF, answered_as, contents

STUDENTS = ("half-ada", "right-bob", "right-cyd")


class Stopped(BaseException):
    """Stands for a signal that ends the process: nothing catches it."""


def hand_all_in(course):
    for student in STUDENTS:
        hand_in(course, student)
    hand_in_nothing(course, "none-dan")


@pytest.fixture
def class_of_four(ready, quick):
    hand_all_in(ready)
    return ready


@pytest.fixture(scope="module")
def undisturbed(released, answers, tmp_path_factory):
    """The gradebook of a run that nothing happened to."""
    course = Course(tmp_path_factory.mktemp("undisturbed") / "course", released.solutions)
    shutil.copytree(released.root, course.root)
    hand_all_in(course)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "answer", answered_as(answers))
        grading.grade("tiny", course)
    expected = contents(course)
    assert len(expected) == 8
    return expected


PLACES = {
    "an answer is kept": (history, "keep"),
    "the record is dropped": (grading.Writer, "write"),
    "the graded notebook is written": (writing.Recorder, "_init_submission"),
    "the scores are saved": (writing.SaveGrades, "preprocess"),
    "the penalty is saved": (writing.SaveLatePenalties, "preprocess"),
    "it is remembered": (grading, "write_if_changed"),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", PLACES)
def test_a_run_goes_on_where_it_was_stopped(class_of_four, undisturbed, monkeypatch, place, when):
    owner, name = PLACES[place]
    real, calls = getattr(owner, name), []

    def stops(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2 and when == "before":
            raise Stopped
        result = real(*args, **kwargs)
        if len(calls) == 2 and when == "after":
            raise Stopped
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stops)
        with pytest.raises(Stopped):
            grading.grade("tiny", class_of_four, jobs=1)
    grading.grade("tiny", class_of_four)
    assert contents(class_of_four) == undisturbed
    assert grading.grade("tiny", class_of_four) == []


def test_what_was_answered_is_not_answered_again(class_of_four, monkeypatch):
    def stops(*args):
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(grading.Writer, "write", stops)
        with pytest.raises(Stopped):
            grading.grade("tiny", class_of_four, ["right-bob"])
    kept = history.latest("right-bob", "tiny", class_of_four)
    monkeypatch.setattr(grading, "answer", stops)
    [done] = grading.grade("tiny", class_of_four, ["right-bob"])
    assert (done.status, done.seed, done.time) == ("graded", kept.seed, kept.time)


def test_a_gradebook_that_goes_away_is_waited_for(class_of_four, undisturbed, monkeypatch):
    monkeypatch.setattr(writing, "PAUSES", (0.0, 0.0))
    real, calls = writing.Recorder.record, []

    def now_and_then(self, *args):
        calls.append(args)
        if len(calls) % 3:
            raise OperationalError("SELECT 1", {}, ConnectionError("gone"))
        return real(self, *args)

    monkeypatch.setattr(writing.Recorder, "record", now_and_then)
    grading.grade("tiny", class_of_four)
    assert contents(class_of_four) == undisturbed


def test_a_gradebook_that_stays_away_is_an_error_and_nothing_is_lost(class_of_four, undisturbed, monkeypatch):
    def never(self, *args):
        raise OperationalError("SELECT 1", {}, ConnectionError("gone"))

    monkeypatch.setattr(writing, "PAUSES", (0.0,))
    with monkeypatch.context() as patch:
        patch.setattr(writing.Recorder, "record", never)
        with pytest.raises(CourseError, match=r"the gradebook cannot be reached .*is kept: start again"):
            grading.grade("tiny", class_of_four)
    grading.grade("tiny", class_of_four)
    assert contents(class_of_four) == undisturbed


def test_every_grading_is_kept_and_can_be_reproduced(class_of_four):
    course = class_of_four
    grading.grade("tiny", course, ["right-bob"])
    grading.grade("tiny", course, ["right-bob"], force=True)
    first, second = reversed(list(history.entries("right-bob", "tiny", course)))
    assert first.seed != second.seed
    [change] = regrading.regrade("tiny", course, ["right-bob"], seed=first.seed)
    assert (change.seed, change.before, change.after) == (
        first.seed,
        {"double": 3, "total": 5},
        change.before,
    )
    [again] = regrading.regrade("tiny", course)
    assert again.seed == first.seed
    assert again.line == f"right-bob: 8 → 8, seed {first.seed}"
    assert len(list(history.entries("right-bob", "tiny", course))) == 4
    assert json.loads(course.record("right-bob", "tiny").read_text())["seed"] == first.seed


def test_only_what_has_been_graded_is_graded_again(class_of_four):
    with pytest.raises(CourseError, match="right-bob has not been graded yet"):
        regrading.regrade("tiny", class_of_four, ["right-bob"])


def test_a_score_given_by_hand_outlives_a_regrade(class_of_four):
    from autograder.engine.converting import gradebook

    grading.grade("tiny", class_of_four, ["half-ada"])
    with gradebook(class_of_four) as book:
        grade = book.find_grade("check-total", "tiny", "tiny", "half-ada")
        grade.manual_score = 4
        book.db.commit()
    hand_in(class_of_four, "half-ada", HALF)
    regrading.regrade("tiny", class_of_four, ["half-ada"])
    with gradebook(class_of_four) as book:
        grade = book.find_grade("check-total", "tiny", "tiny", "half-ada")
        assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (4, 0, True)
