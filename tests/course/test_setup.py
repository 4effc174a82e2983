"""The set-up says what is missing in words, installs once, and leaves a finished environment alone."""

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from course import setup

Usage = namedtuple("Usage", "total used free")


def test_old_python_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(
        setup.SetupError, match=r"this is Python 3\.9\.2(.|\n)*make course PYTHON=python3\.11"
    ):
        setup.check_python()


def test_this_python_is_new_enough():
    setup.check_python()


def test_full_disk_is_named_with_the_space_needed(monkeypatch):
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 3 * 10**8))
    with pytest.raises(setup.SetupError, match=r"about 4 GB of free disk.*has 0\.3 GB"):
        setup.check_disk()


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("WARNING: Retrying ... Failed to establish a new connection: [Errno -2]", "is there a network"),
        ("socket.gaierror: Temporary failure in name resolution", "is there a network"),
        ("ERROR: Could not install packages due to an OSError: No space left on device", "the disk is full"),
        ("ERROR: No matching distribution found for torch==9", "pip failed; its last words were"),
    ],
)
def test_pip_failures_are_explained(log, words):
    said = setup.explain(log)
    assert words in said
    assert log in said


def test_missing_venv_module_is_explained(monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "VENV", tmp_path / "venv")
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr="ensurepip is not available")
    monkeypatch.setattr(setup.subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(setup.SetupError, match=r"ensurepip is not available\n.*python3-venv"):
        setup.create_environment()


def test_finished_environment_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp")
    setup.STAMP.write_text(setup.fingerprint())
    monkeypatch.setattr(setup, "install", lambda: pytest.fail("installed again"))
    setup.main()


def test_missing_thing_ends_with_a_sentence_not_a_traceback(monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "STAMP", tmp_path / "absent")
    monkeypatch.setattr(sys, "version_info", (3, 8, 0, "final", 0))
    with pytest.raises(SystemExit, match=r"convnets cannot be set up: it needs Python 3\.11 or newer"):
        setup.main()


def test_file_parses_on_old_pythons():
    """It has to run far enough on an old Python to say so: no syntax younger than Python 3.6."""
    import ast

    ast.parse(Path(setup.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_everything_is_pinned():
    lines = (setup.ROOT / "requirements.txt").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert "-e ." in names
    assert [name for name in names if name != "-e ." and "==" not in name] == []
