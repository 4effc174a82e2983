"""The benchmark runs, its records are complete, and crossings are computed from them; no timing is judged."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import torch

from convnets import timing
from convnets.convolution import benchmark
from convnets.convolution.benchmark import CASES, CONTESTANTS, Case, crossover, measure, read, speedup


def record(form, channels, kernel_size, seconds, size=64):
    case = {"channels": channels, "kernel_size": kernel_size, "size": size}
    return {"form": form, **case, "median_s": seconds}


RECORDS = [
    record("slow", 1, 3, 1.0),
    record("fast", 1, 3, 2.0),
    record("slow", 1, 5, 3.0),
    record("fast", 1, 5, 2.0),
    record("slow", 1, 7, 6.0),
    record("fast", 1, 7, 2.0),
    record("slow", 4, 3, 3.0),
    record("fast", 4, 3, 2.0),
    record("slow", 4, 5, 1.0),
    record("fast", 4, 5, 2.0),
    record("fast", 4, 7, 2.0),
    record("slow", 1, 3, 9.0, size=32),
    record("fast", 1, 3, 2.0, size=32),
]


def test_crossover():
    assert crossover(RECORDS, "fast", "slow") == {1: 5, 4: None}
    assert crossover(RECORDS, "slow", "fast") == {1: None, 4: 5}
    assert crossover(RECORDS, "fast", "slow", size=32) == {1: 3}
    with pytest.raises(ValueError, match="fast and other have no case with images of 64 × 64 in common"):
        crossover(RECORDS, "fast", "other")


def test_speedup():
    assert speedup(RECORDS, "fast", "slow") == {1: 0.5, 4: 1.5}
    assert speedup(RECORDS, "fast", "slow", kernel_size=7) == {1: 3.0}
    with pytest.raises(ValueError, match="no case with kernel size 9 in common"):
        speedup(RECORDS, "fast", "slow", kernel_size=9)


@pytest.mark.parametrize("name", CONTESTANTS)
def test_contestants_compute_the_same(name):
    x, weight = Case(2, 3, 9, 3).draw(np.random.default_rng(0))
    found = np.asarray(CONTESTANTS[name].run(x, weight, "same"))
    if name.startswith("torch"):
        weight = weight[:, :, ::-1, ::-1]
    expected = [
        [
            sum(scipy.signal.convolve2d(*pair, "same") for pair in zip(image, bank, strict=True))
            for bank in weight
        ]
        for image in x
    ]
    np.testing.assert_allclose(found, expected, atol=1e-4)  # float32, sums of 27 products


def test_case_counts_products():
    assert Case(1, 1, 32, 3).products == 32**2 * 3**2
    assert Case(4, 16, 64, 5).products == 4 * 16**2 * 64**2 * 5**2


def test_measure(monkeypatch):
    monkeypatch.setattr(timing, "TURN_SECONDS", 0.0)
    threads = torch.get_num_threads()
    case = Case(1, 1, 8, 5)
    records = measure([case], rounds=3)
    assert torch.get_num_threads() == threads
    assert {one["form"] for one in records} == {name for name, one in CONTESTANTS.items() if one.enters(case)}
    assert "conv2d_winograd tile=2" not in {one["form"] for one in records}
    for one in records:
        assert 0 < one["lower_quartile_s"] <= one["median_s"] <= one["upper_quartile_s"]
        assert (one["batch"], one["channels"], one["size"], one["kernel_size"]) == (1, 1, 8, 5)
        assert (one["rounds"], one["calls"]) == (3, 1)


@pytest.fixture(scope="module")
def recorded():
    return read(Path(__file__).parents[3] / "book" / "results" / "convolution.json")


def test_recorded_run_is_of_this_benchmark(recorded):
    expected = {
        (name, case.batch, case.channels, case.size, case.kernel_size)
        for case in CASES
        for name, one in CONTESTANTS.items()
        if one.enters(case)
    }
    fields = ("form", "batch", "channels", "size", "kernel_size")
    assert {tuple(one[field] for field in fields) for one in recorded["records"]} == expected
    assert all(one["rounds"] >= 5 for one in recorded["records"])
    assert (recorded["device"], recorded["threads"], recorded["clock"]) == ("CPU", 1, "processor time")
    assert recorded["commit"]
    assert "later changes" not in recorded["commit"]


def test_recorded_crossover(recorded):
    """The FFT overtakes im2col at every number of channels, but loses at 3×3 where channels are many."""
    found = crossover(recorded["records"])
    assert list(found) == [1, 4, 16, 64]
    assert None not in found.values()
    assert list(found.values()) == sorted(found.values())
    assert found[64] > found[1]
    at_three = speedup(recorded["records"], "conv2d_fft")
    assert max(at_three[16], at_three[64]) < 1


def test_summary(recorded):
    lines = benchmark.summary(recorded["records"]).splitlines()
    assert len(lines) == 3 * 4
    side = crossover(recorded["records"])[16]
    assert lines[2] == f"16 channels: conv2d_fft is faster than conv2d_im2col from {side}×{side} on"
    assert lines[8].startswith(" 1 channels: conv2d_winograd tile=4 is 0.")


def test_main_writes_what_it_measured(tmp_path, monkeypatch, capsys, recorded):
    records = recorded["records"]
    monkeypatch.setattr(benchmark, "measure", lambda rounds: records)
    benchmark.main(["--out", str(tmp_path / "results" / "run.json"), "--rounds", "1", "--note", "a test"])
    result = read(tmp_path / "results" / "run.json")
    assert result["records"] == records
    assert (result["device"], result["threads"], result["note"]) == ("CPU", 1, "a test")
    assert set(result["versions"]) == {"python", "numpy", "scipy", "torch"}
    assert result["hardware"]
    assert capsys.readouterr().out == benchmark.summary(records) + "\n"


def test_main_without_a_file_only_prints(tmp_path, monkeypatch, capsys, recorded):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmark, "measure", lambda rounds: recorded["records"])
    benchmark.main([])
    assert capsys.readouterr().out
    assert not list(tmp_path.iterdir())
