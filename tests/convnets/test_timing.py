"""How speed is measured: turns, records and what they say about the machine; no timing is judged."""

import subprocess

import numpy as np
import pytest
import torch

from convnets import timing


def test_turns(monkeypatch):
    monkeypatch.setattr(timing, "TURN_SECONDS", 0.0)
    called = []
    contestants = {name: lambda name=name: called.append(name) for name in "ab"}
    measured = timing.take_turns(contestants, 5, np.random.default_rng(0))
    assert list(measured) == ["a", "b"]
    assert called[:4] == ["a", "a", "b", "b"]  # each once to warm up and once to see how often it fits
    rounds = [called[i : i + 2] for i in range(4, len(called), 2)]
    assert len(rounds) == 5
    assert all(sorted(one) == ["a", "b"] for one in rounds)
    assert len({tuple(one) for one in rounds}) == 2  # in either order
    for one in measured.values():
        assert 0 <= one["lower_quartile_s"] <= one["median_s"] <= one["upper_quartile_s"]
        assert (one["rounds"], one["calls"]) == (5, 1)


def test_quick_contestants_are_called_several_times():
    called = []
    measured = timing.take_turns({"quick": lambda: called.append(1)}, 2, np.random.default_rng(0))
    assert measured["quick"]["calls"] > 1
    assert len(called) == 2 + 2 * measured["quick"]["calls"]


def test_one_thread_and_back():
    threads = torch.get_num_threads()
    seen = []

    @timing.one_thread()
    def fail():
        seen.append(torch.get_num_threads())
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [1]
    assert torch.get_num_threads() == threads


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_circumstances_name_the_commit(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fast.py").write_text("")
    assert timing.circumstances(tmp_path / "code")["commit"] is None
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    (tmp_path / "elsewhere.py").write_text("")
    found = timing.circumstances(tmp_path / "code")
    assert 7 <= len(found["commit"]) <= 40
    (tmp_path / "code" / "fast.py").write_text("faster")
    assert timing.circumstances(tmp_path / "code")["commit"] == found["commit"] + " and later changes"
    assert (found["device"], found["threads"], found["clock"]) == ("CPU", 1, "processor time")
    assert set(found["versions"]) == {"python", "numpy", "scipy", "torch"}
    assert found["hardware"]
    assert any("blas" in kernels for kernels in found["blas"])


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "new" / "run.json"
    about, records = (
        {"note": "ü", "versions": {"python": "3"}},
        [{"form": "a", "median_s": 0.5}, {"form": "b"}],
    )
    timing.write(path, about, records)
    assert timing.read(path) == about | {"records": records}
    assert sum('"form"' in line for line in path.read_text(encoding="utf-8").splitlines()) == 2


def test_command_line():
    options = timing.command_line("What it does.", rounds=5).parse_args(["--note", "quiet"])
    assert (options.out, options.rounds, options.note) == (None, 5, "quiet")
