"""The benchmark of layers runs, its two sides compute the same, and its table says what was measured."""

from pathlib import Path
from statistics import geometric_mean

import numpy as np
import pytest

from convnets import timing
from convnets.transposed import benchmark
from convnets.transposed.benchmark import GOALS, SHAPES, TASKS, Shape, measure, memory_share, ratios, table

SMALL = Shape(2, 3, 8, 4, 3, padding=1)


def record(task, shape, form, seconds, **more):
    return {"task": task, "shape": shape, "batch": 2, "form": form, "median_s": seconds} | more


RECORDS = [
    record("forward", "small", "ours", 3.0, memory_share=0.5),
    record("forward", "small", "torch", 2.0),
    record("forward", "large", "ours", 12.0, memory_share=1.0),
    record("forward", "large", "torch", 2.0),
    record("winograd", "large", "ours", 1.0),
    record("winograd", "large", "torch", 2.0),
]


@pytest.mark.parametrize("task", TASKS)
def test_both_sides_compute_the_same(task):
    """Also with a stride, where the task has one."""
    for shape in (SMALL, Shape(2, 3, 9, 4, 3, padding=1, stride=1 if task == "winograd" else 2)):
        sides = TASKS[task](shape, np.random.default_rng(0))
        found, expected = (side() for side in (sides["ours"], sides["torch"]))
        if task != "forward+backward":
            found, expected = [found], [expected.detach()]
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-3)  # float32, sums of up to 162 products


def test_measure(monkeypatch):
    monkeypatch.setattr(timing, "TURN_SECONDS", 0.0)
    records = measure({task: {"tiny": SMALL} for task in TASKS}, rounds=2)
    assert [(one["task"], one["form"]) for one in records] == [
        (task, form) for task in TASKS for form in ("ours", "torch")
    ]
    for one in records:
        assert (one["shape"], one["batch"], one["rounds"], one["calls"]) == ("tiny", 2, 2, 1)
        assert 0 < one["lower_quartile_s"] <= one["median_s"] <= one["upper_quartile_s"]
    assert [one["form"] for one in records if "memory_share" in one] == ["ours"]


def test_memory_share():
    """Of a 1 × 1 layer nothing is copied; of others no more than the columns of one image, however many."""
    assert memory_share(Shape(2, 64, 56, 8, 1)) < 0.05
    for batch in (1, 6):
        assert 0.5 < memory_share(Shape(batch, 4, 20, 8, 5)) <= 1.01  # a view or two of Python
        assert memory_share(Shape(batch, 8, 24, 8, 3, padding=1)) <= 1


def test_ratios_and_table():
    assert ratios(RECORDS) == {"forward": {"small": 1.5, "large": 6.0}, "winograd": {"large": 0.5}}
    assert table(RECORDS).splitlines() == [
        "times PyTorch's  batch  forward  winograd  memory",
        "small                2     1.50              0.50",
        "large                2     6.00      0.50    1.00",
        "geometric mean             3.00      0.50",
        "goal: at most              2.00      1.10    1.00",
        "memory: peak beyond the output, in units of the columns of one image",
    ]


@pytest.fixture(scope="module")
def recorded():
    return timing.read(Path(__file__).parents[3] / "book" / "results" / "layers.json")


def test_recorded_run_is_of_this_benchmark(recorded):
    expected = {
        (task, shape, form) for task in SHAPES for shape in SHAPES[task] for form in ("ours", "torch")
    }
    assert {(one["task"], one["shape"], one["form"]) for one in recorded["records"]} == expected
    assert all(one["rounds"] >= 9 for one in recorded["records"])
    assert (recorded["device"], recorded["threads"], recorded["clock"]) == ("CPU", 1, "processor time")
    assert recorded["blas"]
    assert "later changes" not in recorded["commit"]


def test_recorded_run_reaches_the_goals(recorded):
    for task, by_shape in ratios(recorded["records"]).items():
        assert geometric_mean(by_shape.values()) <= GOALS[task], task
    shares = [one["memory_share"] for one in recorded["records"] if "memory_share" in one]
    assert len(shares) == len(SHAPES["forward"])
    assert max(shares) <= 1


def test_main_writes_what_it_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "measure", lambda rounds: RECORDS)
    benchmark.main([])
    benchmark.main(["--out", str(tmp_path / "run.json"), "--rounds", "1", "--note", "a test"])
    result = timing.read(tmp_path / "run.json")
    assert (result["records"], result["note"], result["threads"]) == (RECORDS, "a test", 1)
    assert capsys.readouterr().out == 2 * (table(RECORDS) + "\n")
    assert len(list(tmp_path.iterdir())) == 1
