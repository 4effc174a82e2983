"""Every experiment: its sizes, its smoke run, its record; and the command that runs and records it."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from convnets import data, timing, training
from convnets.drawings import curves as draw
from convnets.training import Result, Settings, experiments, read_result, write_result
from convnets.training.__main__ import main

KEYS = {
    "variant", "seed", "error", "train_error", "test_loss", "seconds", "parameters", "settings", "curves",
}  # fmt: skip
CURVES = {"train_loss", "train_error", "test_loss", "test_error", "learning_rate", "seconds"}


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Let nothing but embedded data be at hand."""
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path / "nothing"))


@pytest.mark.parametrize("name", experiments.NAMES)
def test_every_size_says_what_it_is(name):
    module = experiments.load(name)
    assert set(module.SIZES) == {"full", "reduced", "smoke"}
    for told in module.SIZES.values():
        assert told["seeds"] >= 1
        assert re.search("epoch|pass", told["says"])
        assert any(isinstance(value, Settings) for value in told.values()) or "settings" in told
    assert module.__doc__


@pytest.mark.parametrize("name", experiments.NAMES)
def test_smoke_run_learns(name, offline):
    """Seconds, nothing downloaded; the loss must fall in every variant that is trained by steps."""
    torch.set_num_threads(1)
    result = experiments.run(name, "smoke", 1, device="cpu", progress=False)
    assert result.label == "CPU, smoke"
    for record in result.records:
        assert set(record) >= KEYS
        assert set(record["curves"]) == CURVES
        assert 0 <= record["error"] <= 1
        losses = [loss for loss in record["curves"]["train_loss"] if loss is not None]
        assert len(losses) < 2 or losses[-1] < losses[0], record["variant"]
    assert any(len(record["curves"]["train_loss"]) > 1 for record in result.records)
    assert json.loads(json.dumps(result.records)) == result.records
    assert str(result.table()).count("\n") >= 1 + len(result.variants)


@pytest.mark.parametrize("name", experiments.NAMES)
def test_every_experiment_is_recorded(name):
    result = read_result(experiments.RESULTS / f"{name}.json")
    module = experiments.load(name)
    assert result.about["experiment"] == name
    assert result.size in ("full", "reduced")
    assert result.label in ("GPU, full", "CPU, reduced", "CPU, full")
    assert result.about["says"] == module.SIZES[result.size]["says"]
    assert {"hardware", "versions", "commit", "clock", "threads"} <= set(result.about)
    for record in result.records:
        assert set(record) >= KEYS
        assert record["seconds"] >= 0


def records():
    curves = {key: [0.5, 0.25] for key in CURVES}
    return [
        {"variant": variant, "seed": seed, "error": error, "train_error": 0.1, "test_loss": 1.0,
         "seconds": 2.0, "parameters": 1234, "settings": {}, "curves": curves | {"test_error": [None, error]}}
        for variant, seed, error in [("a", 0, 0.1), ("a", 1, 0.3), ("b", 0, 0.5), ("b", 1, 0.5)]
    ]  # fmt: skip


ABOUT = {
    "experiment": "zoo", "device": "CPU", "hardware": "a chip", "threads": 1, "clock": "processor time",
    "versions": {"torch": "2"}, "commit": "abc", "size": "reduced", "says": "two epochs", "note": "quiet",
}  # fmt: skip


def test_results_by_hand():
    result = Result(ABOUT, records())
    assert result.variants == ["a", "b"]
    assert result.mean("a") == pytest.approx(0.2)
    assert result.spread("a") == pytest.approx(0.1 * 2**0.5)
    assert (result.spread("b"), result.mean("b", "parameters")) == (0, 1234)
    np.testing.assert_array_equal(result.curves("a"), [[np.nan, 0.1], [np.nan, 0.3]])
    assert result.curves("b", "train_loss").shape == (2, 2)
    assert result.written("a") == "20.00 ± 14.14"
    assert result.label == "CPU, reduced"
    assert result.conditions == (
        "CPU, reduced: two epochs; 2 seeds; a chip, 1 thread, processor time; PyTorch 2; commit abc; quiet"
    )
    assert result.table().column("test error, %") == ["20.00 ± 14.14", "50.00 ± 0.00"]
    single = Result(ABOUT, records()[:1])
    assert (single.spread("a"), single.written("a")) == (0.0, "10.00")


def test_results_errors(tmp_path):
    with pytest.raises(ValueError, match="no variant is called 'c'; there are a, b"):
        Result(ABOUT, records()).of("c")
    with pytest.raises(ValueError, match="zoo holds no record"):
        Result(ABOUT, [])
    with pytest.raises(FileNotFoundError, match=r"python -m convnets.training none --out"):
        read_result(tmp_path / "none.json")


def test_recorded_results_are_read(monkeypatch, tmp_path):
    monkeypatch.setattr(experiments, "RESULTS", tmp_path)
    timing.write(tmp_path / "zoo.json", ABOUT, records())
    monkeypatch.setenv("CONVNETS_SIZE", "recorded")
    result = experiments.run("zoo")
    assert result.about == ABOUT
    assert result.records == records()


@pytest.mark.parametrize(
    ("variable", "cuda", "size"),
    [("smoke", False, "smoke"), ("", True, "full"), ("", False, "reduced"), ("reduced", True, "reduced")],
)
def test_chosen_size(monkeypatch, variable, cuda, size):
    monkeypatch.setenv("CONVNETS_SIZE", variable)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    assert experiments.chosen_size() == size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("zooo",), "no experiment is called 'zooo'; there are "),
        (("speedrun", "big"), "size must be one of full, reduced, smoke or recorded, got 'big'"),
        (("speedrun", "smoke", 0), "there must be at least 1 seed, got 0"),
    ],
    ids=["name", "size", "seeds"],
)
def test_run_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        experiments.run(*arguments)


def tiny(size, seed, *, device, progress, folder):
    """An experiment that only says which seeds it got."""
    assert (device.type, folder.name) == ("cpu", f"seed-{seed}")
    return [record | {"seed": seed} for record in records()[::2]]


def test_command_runs_and_records(monkeypatch, tmp_path, capsys):
    module = SimpleNamespace(SIZES={"smoke": {"seeds": 2, "says": "an epoch"}}, run=tiny)
    monkeypatch.setattr(experiments, "load", lambda name: module)
    path = tmp_path / "out.json"
    options = ["--size", "smoke", "--device", "cpu", "--out", str(path), "--folder", str(tmp_path)]
    assert main(["speedrun", *options, "--note", "quiet"]) == 0
    assert "CPU, smoke: an epoch; 2 seeds" in capsys.readouterr().out
    found = read_result(path)
    assert [(record["variant"], record["seed"]) for record in found.records] == [
        ("a", 0), ("a", 1), ("b", 0), ("b", 1),
    ]  # fmt: skip
    assert (found.about["note"], found.about["processes"]) == ("quiet", 1)


@pytest.mark.parametrize(
    "error",
    [
        data.DataUnavailableError("no file"),
        training.NotFiniteError("nan"),
        MemoryError("lower it"),
        ValueError("other settings"),
    ],
)
def test_command_says_in_one_sentence_what_is_wrong(monkeypatch, capsys, error):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(experiments, "run", fail)
    assert main(["speedrun", "--size", "smoke"]) == 1
    assert capsys.readouterr().err == f"{error}\n"


def test_drawings():
    result = Result(ABOUT, records())
    for drawing in (
        draw.errors(result),
        draw.errors(result, ["a"], ("test_error",), "seconds"),
        draw.losses(result),
        draw.compared(result),
    ):
        assert drawing.svg.startswith("<svg")
        assert "CPU, reduced" in drawing.svg
    with pytest.raises(ValueError, match="against must be 'epoch' or 'seconds', got 'steps'"):
        draw.errors(result, against="steps")


def test_experiments_of_all_parts_have_different_names():
    assert {"training", "detection"} <= set(experiments.PARTS)
    assert len(set(experiments.NAMES)) == len(experiments.NAMES) == sum(map(len, experiments.PARTS.values()))
    assert "zoo" in experiments.PARTS["training"]


def test_training_imports_nothing_that_stands_above_it():
    code = "import sys, convnets.training.experiments; print('convnets.detection' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def shipping(size, seed, *, device, progress, folder):
    """An experiment whose runs give a tensor along."""
    return [
        record | {"seed": seed, "tensors": {"weights/one": torch.full((2,), seed)}}
        for record in records()[::2]
    ]


def test_tensors_of_the_first_seed_are_shipped_beside_the_record(monkeypatch, tmp_path):
    module = SimpleNamespace(SIZES={"smoke": {"seeds": 2, "says": "an epoch"}}, run=shipping)
    monkeypatch.setattr(experiments, "load", lambda name: module)
    path = tmp_path / "out.json"
    assert main(["speedrun", "--size", "smoke", "--device", "cpu", "--out", str(path)]) == 0
    found = read_result(path)
    assert all("tensors" not in record for record in found.records)
    assert set(found.tensors) == {"a/weights/one", "b/weights/one"}
    assert found.shipped("a")["weights/one"].tolist() == [0, 0]
    with pytest.raises(ValueError, match="speedrun ships nothing of 'c'"):
        found.shipped("c")
    write_result(path, Result(found.about, found.records))
    assert read_result(path).tensors == {}, "what an earlier run shipped must not pass for this one's"


def test_detectors_show_their_average_precision_instead_of_an_error():
    found = [record | {"train_error": None, "ap": 0.25, "ap50": 0.5} for record in records()]
    table = Result(ABOUT, found).table()
    assert table.header == ("variant", "parameters", "AP50, %", "AP, %", "seconds", "runs")
    assert table.column("AP, %") == ["25.00 ± 0.00"] * 2
    del found[3]["ap"]
    assert Result(ABOUT, found).table().column("AP, %") == ["25.00 ± 0.00", "–"]
