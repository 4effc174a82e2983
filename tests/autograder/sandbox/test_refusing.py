"""No cell is run outside a sandbox unless that was accepted, and then every result says so."""

import json

import nbformat
import pytest

from autograder.__main__ import main
from autograder.engine import grading
from autograder.engine.report import UNSANDBOXED, record_of
from autograder.sandbox import protection
from autograder.sandbox.protection import INSTALL, Protection

from ..test_grading import RIGHT, hand_in, scores

NONE = Protection(False, (), "bubblewrap is not installed.", INSTALL)
MARK = "import pathlib; pathlib.Path({path!r}).write_text('run outside')\n\n"


@pytest.fixture
def unprotected(monkeypatch):
    for name in ("autograder.sandbox.protection.protection", "autograder.engine.execute.protection"):
        monkeypatch.setattr(name, lambda: NONE)


@pytest.fixture
def marked(ready, tmp_path):
    """A submission that leaves a file behind if it is run outside a sandbox."""
    path = tmp_path / "mark"
    hand_in(ready, "ada", RIGHT | {"double": MARK.format(path=str(path)) + RIGHT["double"]})
    return path


def results(course):
    nb = nbformat.read(course.autograded("ada", "tiny") / "tiny.ipynb", as_version=4)
    return [record for record in map(record_of, nb.cells) if record], json.dumps(nb)


def test_the_command_refuses_and_names_the_remedy(ready, marked, unprotected, capsys):
    assert main(["grade", "--assignment", "tiny"], ready) == 1
    said = capsys.readouterr().err
    assert "bubblewrap is not installed" in said
    assert "sudo apt install bubblewrap" in said
    assert "--i-accept-unsandboxed-code" in said
    assert not marked.exists()
    assert not ready.autograded("ada", "tiny").exists()


def test_the_grader_refuses_however_it_is_called(ready, marked, unprotected):
    [done] = grading.grade("tiny", ready)
    assert done.status == "failed"
    assert "student code cannot be shut in here" in done.reason
    assert not marked.exists()


def test_a_kernel_of_another_kind_runs_no_cell(ready, marked, monkeypatch):
    monkeypatch.setattr("autograder.engine.execute.NAME", "local-provisioner")
    monkeypatch.setattr("autograder.engine.execute.OracleExecute._least", lambda self: {})
    [done] = grading.grade("tiny", ready)
    assert done.status == "failed"
    assert not marked.exists()


def test_what_was_accepted_is_recorded(ready, marked, unprotected, capsys):
    assert main(["grade", "--assignment", "tiny", "--i-accept-unsandboxed-code"], ready) == 0
    assert marked.exists()
    records, text = results(ready)
    assert [record["sandboxed"] for record in records] == [False, False]
    assert UNSANDBOXED.strip() in text
    assert scores(ready, "ada") == {"double": 3, "total": 5}


def test_a_sandbox_is_used_even_where_none_is_asked_for(ready, marked):
    grading.grade("tiny", ready, accept_unsandboxed=True)
    assert not marked.exists()
    records, text = results(ready)
    assert [record["sandboxed"] for record in records] == [True, True]
    assert UNSANDBOXED.strip() not in text


@pytest.mark.parametrize("found", [NONE, Protection(True, ("a fact",))], ids=["without", "with"])
def test_the_doctor(found, monkeypatch, capsys):
    monkeypatch.setattr(protection, "protection", lambda: found)
    assert main(["doctor"]) == int(not found.sandboxed)
    assert ("sudo apt install bubblewrap" if not found.sandboxed else "a fact") in capsys.readouterr().out
