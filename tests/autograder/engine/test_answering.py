"""One submission in, one answer out: plain data that may travel, and a seed that gives the same again."""

import json
import pickle
from dataclasses import asdict, replace

import pytest

from autograder import intake
from autograder.engine import answering
from autograder.engine.answering import Release, Task, answer, task_of

from ..test_grading import hand_in
from .conftest import SEED


@pytest.fixture
def task(ready) -> Task:
    hand_in(ready, "ada")
    return task_of(intake.read(ready, "ada", "tiny"), Release.of("tiny", ready, {}), SEED, "inputs")


def test_task_and_answer_are_plain_data(task, answers):
    assert pickle.loads(pickle.dumps(task)) == task
    json.dumps(task.release.settings)
    assert json.loads(json.dumps(asdict(answers["right"]))) == asdict(answers["right"])


def test_an_answer_says_score_seed_and_versions(answers):
    right, half = answers["right"], answers["half"]
    assert [record["score"] for record in right.records] == [3, 5]
    assert [record["score"] for record in half.records] == [3, 0]
    assert {record["seed"] for record in right.records} == {right.seed} == {SEED}
    assert {"nbgrader", "numpy"} <= set(right.versions)
    assert right.seconds > 0


def test_nothing_about_the_gradebook_travels(ready):
    own = "c.CourseDirectory.db_url = 'postgresql://grader:secret@host/x'\nc.OracleExecute.grace = 2.5\n"
    ready.config.write_text(ready.config.read_text() + own)
    release = Release.of("tiny", ready, {})
    assert "secret" not in repr(release)
    assert release.settings["OracleExecute"]["grace"] == 2.5


def test_a_worker_with_another_version_refuses(task):
    foreign = replace(task, process="another", release=replace(task.release, engine="another"))
    answered = answer(foreign)
    assert answered.status == "failed"
    assert "another version of the project" in answered.reason


def test_what_the_grader_does_wrong_costs_one_submission(task, monkeypatch):
    def broken(task):
        raise OSError("no space left")

    monkeypatch.setattr(answering, "_executed", broken)
    answered = answer(task)
    assert (answered.status, answered.reason) == (
        "failed",
        "the grader could not run it: OSError: no space left",
    )
