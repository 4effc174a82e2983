"""The benchmark of detection runs, its sides compute the same, and its table says what was measured."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from convnets import timing
from convnets.detection import benchmark, nms
from convnets.detection.benchmark import CASES, GOALS, crowded_boxes, measure, memory_growth, ratios, table


def record(case, form, seconds):
    return {"case": case, "form": form, "median_s": seconds}


RECORDS = [
    record("small", "ours", 0.5),
    record("small", "loops", 10.0),
    record("large", "ours", 1.0),
    record("large", "loops", 50.0),
    record("large", "torchvision", 2.0),
    {"case": "many", "bytes": 3 * 2**20},
]


def small(case):
    return partial(CASES[case].func, 60)


def as_tuple(found):
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("case", CASES)
def test_all_sides_compute_the_same(case):
    found = [side() for side in small(case)(np.random.default_rng(0)).values()]
    for other in found[1:]:
        for ours, theirs in zip(as_tuple(found[0]), as_tuple(other), strict=True):
            torch.testing.assert_close(ours, theirs)  # scores of soft suppression: float32, double


def test_crowded_boxes(rng):
    """About ten to an object, of which suppression leaves a few."""
    boxes, scores = crowded_boxes(1000, rng)
    assert (boxes.shape, boxes.dtype, scores.dtype) == ((1000, 4), torch.float32, torch.float32)
    assert 100 < len(nms(boxes, scores, 0.5)) < 400


def test_measure(monkeypatch):
    monkeypatch.setattr(timing, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(benchmark, "compiled_operators", lambda: None)
    monkeypatch.setattr(benchmark, "iou_of_many", lambda: None)
    *records, memory = measure({case: small(case) for case in CASES}, rounds=2)
    assert [(one["case"], one["form"]) for one in records] == [
        (case, form) for case in CASES for form in ("ours", "loops")
    ]
    assert all((one["rounds"], one["calls"]) == (2, 1) for one in records)
    assert memory.keys() == {"case", "bytes"}


def test_a_compiled_operator_takes_part(monkeypatch, rng):
    """Where torchvision can be imported, in which there is no soft suppression."""

    class Operators:
        nms = staticmethod(nms)

    monkeypatch.setattr(benchmark, "compiled_operators", lambda: Operators)
    taking_part = [list(small(case)(rng)) for case in CASES]
    assert taking_part == [["ours", "loops", "torchvision"]] + 3 * [["ours", "loops"]]


def test_memory_growth():
    """What is there already does not count, what is freed meanwhile does."""
    there = torch.ones(2**25)
    grown = memory_growth(lambda: torch.ones(2**24).sum().item())
    if grown is None:
        pytest.skip("only Linux says how much memory a process has taken at its peak")
    assert 0.95 * 2**26 < grown < 1.2 * 2**26
    assert len(there) == 2**25


def test_ratios_and_table():
    assert ratios(RECORDS) == {"small": {"loops": 0.05}, "large": {"loops": 0.02, "torchvision": 0.5}}
    assert table(RECORDS).splitlines() == [
        "               ours, s  of loops  of torchvision",
        "small           0.5000     0.050",
        "large           1.0000     0.020           0.500",
        "goal: at most              0.100           2.000",
        "many: 3 MiB, goal: at most 1024",
    ]
    assert GOALS == {"torchvision": 2.0, "loops": 0.1}


@pytest.fixture(scope="module")
def recorded():
    return timing.read(Path(__file__).parents[3] / "book" / "results" / "detection.json")


def test_recorded_run_is_of_this_benchmark(recorded):
    timed = {(one["case"], one["form"]) for one in recorded["records"] if "form" in one}
    assert timed >= {(case, form) for case in CASES for form in ("ours", "loops")}
    assert (recorded["device"], recorded["threads"], recorded["clock"]) == ("CPU", 1, "processor time")
    assert "later changes" not in recorded["commit"]


def test_recorded_run_reaches_the_goals(recorded):
    """Against torchvision's compiled operators where they could be imported, else against the loops."""
    for case, by_form in ratios(recorded["records"]).items():
        form = "torchvision" if "torchvision" in by_form else "loops"
        assert by_form[form] <= GOALS[form], case
    (grown,) = [one["bytes"] for one in recorded["records"] if "bytes" in one]
    assert grown <= 2**30


def test_main_writes_what_it_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "measure", lambda rounds: RECORDS)
    benchmark.main([])
    benchmark.main(["--out", str(tmp_path / "run.json"), "--rounds", "1", "--note", "a test"])
    result = timing.read(tmp_path / "run.json")
    assert (result["records"], result["note"], result["threads"]) == (RECORDS, "a test", 1)
    assert capsys.readouterr().out == 2 * (table(RECORDS) + "\n")
