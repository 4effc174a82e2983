"""What a course costs, worked by hand."""

import json

import pytest

from autograder import costs
from autograder.costs import Measurement, Plan
from autograder.layout import PROJECT

PLAN = Plan(learners=3600, assignments=2, handed_in=0.5, slower=2.0, hours=1.0, cores=4, price=0.1)


def test_a_bill_worked_by_hand():
    """1800 submissions of 4 core seconds are 2 core hours an assignment; 4 cores take half an hour."""
    found = costs.bill(PLAN, Measurement(core_seconds=2.0, megabytes=100.0, writer_seconds=0.1))
    assert found.submissions == 3600
    assert found.core_hours == pytest.approx(4.0)
    assert found.money == pytest.approx(0.4)
    assert found.machines == 1
    assert found.writer_hours == pytest.approx(0.1)
    assert found.gigabytes == pytest.approx(0.8)


def test_one_writer_is_a_limit_that_is_said():
    with pytest.raises(ValueError, match=r"writer of the gradebook needs 2 hours .* allows 1"):
        costs.bill(PLAN, Measurement(core_seconds=2.0, megabytes=100.0, writer_seconds=2.0))


def test_medians_of_a_record(tmp_path):
    path = tmp_path / "record.json"
    record = {"submissions": 10, "cores": 2, "ours": [5.0, 20.0, 10.0], "memory": [50.0], "writer": [0.2]}
    path.write_text(json.dumps(record))
    assert costs.read(path) == Measurement(2.0, 50.0, 0.2)


def test_the_recorded_run_can_be_read():
    assert costs.read(PROJECT / "book" / "results" / "grading.json").core_seconds > 0
