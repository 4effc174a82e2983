"""What is taken in of a submission: answers and plain files of bounded size, whatever lies in the folder."""

import json
import os
import pickle
import shutil
import socket
import tempfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import intake
from autograder.intake.parsing import UnreadableError, parse
from autograder.intake.walking import Limits
from autograder.layout import fingerprint

from ..test_grading import hand_in

SMALL = Limits(notebook=20_000, file=100, total=250, files=4, entries=40, depth=2, cells=30, source=500)


@pytest.fixture
def folder(ready):
    return hand_in(ready, "ada")


def take(course, limits=intake.LIMITS, student="ada"):
    return intake.read(course, student, "tiny", limits)


def test_answers_and_plain_files_are_taken_in_and_nothing_is_changed(ready, folder, tmp_path):
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1,2")
    (folder / "mine.py").write_text("x = 1")
    before = fingerprint([ready.root / "submitted"])
    taken = take(ready)
    assert (taken.status, taken.remarks, taken.reason, taken.timestamp) == ("readable", (), "", None)
    assert taken.files == {"data/numbers.csv": b"1,2", "mine.py": b"x = 1"}
    assert any("x + x" in cell.source for cell in taken.notebook.cells)
    taken.write(tmp_path / "copy")
    assert (tmp_path / "copy" / "data" / "numbers.csv").read_text() == "1,2"
    nbformat.read(tmp_path / "copy" / "tiny.ipynb", as_version=4)
    assert fingerprint([ready.root / "submitted"]) == before


def test_what_was_taken_in_is_the_same_when_it_is_taken_in_again(ready, folder, tmp_path):
    nb = nbformat.read(folder / "tiny.ipynb", as_version=4)
    for place in (3, 1, 0):
        nb.cells.insert(place, nbformat.v4.new_code_cell(f"extra = {place}"))
    nbformat.write(nb, folder / "tiny.ipynb")
    first = take(ready)
    first.write(tmp_path / "s" / "ada" / "tiny")
    second = intake.read_folder(tmp_path / "s", "ada", "tiny", ready.release("tiny"))
    assert second.fingerprint == first.fingerprint
    assert pickle.loads(pickle.dumps(first)).fingerprint == first.fingerprint


def test_the_fingerprint_tells_a_changed_answer_or_file(ready, folder):
    seen = {take(ready).fingerprint}
    (folder / "a.csv").write_text("1")
    seen.add(take(ready).fingerprint)
    (folder / "a.csv").write_text("2")
    seen.add(take(ready).fingerprint)
    hand_in(ready, "ada", {"double": "other"})
    seen.add(take(ready).fingerprint)
    assert len(seen) == 4


def test_links_pipes_and_sockets_are_left_out_and_named(ready, folder, monkeypatch):
    secret = ready.root / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("secret")
    (folder / "file").symlink_to(secret / "key.txt")
    (folder / "folder").symlink_to(secret)
    (folder / "nowhere").symlink_to("/no/such/place")
    (folder / "itself").symlink_to("itself")
    os.mkfifo(folder / "pipe")
    os.link(secret / "key.txt", folder / "second-name")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        taken = take(ready)
    assert taken.files == {}
    said = "\n".join(taken.remarks)
    for name in ("file", "folder", "nowhere", "itself"):
        assert f"Left out: {name} (a link)." in said
    assert "Left out: pipe (a named pipe)." in said
    assert "Left out: socket (a socket)." in said
    assert "Left out: second-name (a hard link" in said


def test_giants_and_crowds_are_bounded(ready, folder):
    with open(folder / "giant.bin", "wb") as file:
        file.truncate(20 << 30)
    for number in range(6):
        (folder / f"f{number}").write_bytes(b"x" * 80)
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "too-deep").write_text("x")
    taken = take(ready, SMALL)
    assert sum(map(len, taken.files.values())) <= SMALL.total
    said = "\n".join(taken.remarks)
    assert "Left out: giant.bin (21474.8 MB" in said
    assert "more than 2 folders below one another" in said
    assert "more than" in said
    for number in range(60):
        (folder / f"g{number}").touch()
    taken = take(ready, SMALL)
    assert len(taken.files) <= SMALL.files
    assert "Left out: . (more than 40 names)." in taken.remarks
    assert taken.remark.endswith("more remarks.")


def test_modules_that_hide_others_and_changed_checks_are_left_out(ready, folder):
    shutil.copytree(ready.release("tiny") / "checks", folder / "checks")
    assert take(ready).remarks == ()
    for name in (
        "random.py",
        "numpy.py",
        "torch.cpython-311-x86_64-linux-gnu.so",
        "checks.py",
        "convnets.py",
    ):
        (folder / name).write_text("x = 1")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text("x = 1")
    (folder / "checks" / "comparing.py").write_text("def compare(*a): return True")
    (folder / "checks" / "public_cases.json").write_text("{}")
    taken = take(ready)
    assert taken.files == {}
    said = "\n".join(taken.remarks)
    for module in ("random", "numpy", "torch", "checks", "convnets"):
        assert f"it would hide the module {module}" in said
    assert "Left out: checks/comparing.py (the checks are the released ones)." in said
    assert "Left out: checks/public_cases.json (the checks are the released ones)." in said


def test_caches_are_passed_over_and_other_notebooks_named(ready, folder):
    for name in (".ipynb_checkpoints/tiny-checkpoint.ipynb", "__pycache__/a.pyc", ".git/config"):
        (folder / name).parent.mkdir()
        (folder / name).write_text("x")
    (folder / "scratch.ipynb").write_text("{}")
    taken = take(ready)
    assert taken.files == {}
    assert taken.remarks == ("Not graded, as it belongs to no assignment: scratch.ipynb.",)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-02 12:00:00 UTC", datetime(2026, 3, 2, 12)),
        ("2026-03-02 12:00:00.250000 UTC\n", datetime(2026, 3, 2, 12, 0, 0, 250_000)),
        ("2026-03-02T12:00:00+01:00", datetime(2026, 3, 2, 11)),
        ("2026-03-02 12:00:00 CET", datetime(2026, 3, 2, 11)),
        ("2026-07-02 12:00 Europe/Vienna", datetime(2026, 7, 2, 10)),
        ("2026-03-02 12:00:00", datetime(2026, 3, 2, 12)),
    ],
)
def test_dates_are_read(ready, folder, text, time):
    (folder / "timestamp.txt").write_text(text)
    taken = take(ready)
    assert (taken.timestamp, taken.remarks) == (time, ())


BAD_DATES = {
    "empty": b"",
    "word": b"soon",
    "number": b"12",
    "month-13": b"2026-13-45 12:00:00",
    "year-1": b"0001-01-01 00:00 +14:00",
    "year-9999": b"9999-12-31 23:59:59",
    "path": b"2026-03-02 12:00 ../../etc/passwd",
    "no-zone": b"2026-03-02 12:00 Europe",
    "long": b"1" * 1000,
    "bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("content", BAD_DATES.values(), ids=BAD_DATES)
def test_a_bad_date_is_the_files_own_with_a_remark(ready, folder, content):
    (folder / "timestamp.txt").write_bytes(content)
    os.utime(folder / "tiny.ipynb", (1_772_000_000, 1_772_000_000))
    taken = take(ready)
    assert taken.timestamp == datetime(2026, 2, 25, 6, 13, 20)
    assert taken.remarks == ("timestamp.txt holds no date; the file's own is taken: 2026-02-25 06:13 UTC.",)


def test_folders_that_are_links_are_not_followed(ready, folder):
    submitted = ready.root / "submitted"
    (submitted / "eve").symlink_to("ada")
    (submitted / "bob").mkdir()
    (submitted / "bob" / "tiny").symlink_to(folder)
    (submitted / "cyd").mkdir()
    (submitted / "cyd" / "tiny").write_text("a file")
    for student in ("eve", "bob", "cyd"):
        taken = take(ready, student=student)
        assert (taken.notebook, taken.status) == (None, "unreadable")
        assert "it is no plain folder" in taken.reason
    assert take(ready, student="zoe").status == "missing"
    assert take(ready, student="../submitted/ada").status == "unreadable"


def notebook(cells, **other):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | other).encode()


def test_cells_are_bounded_and_what_is_no_text_is_replaced():
    code = {"cell_type": "code", "metadata": {}}
    content = notebook(
        [code | {"source": "x" * 501}, code | {"source": "a\0b\ud800"}, "no cell", code | {"source": 7}]
    )
    nb, remarks = parse(content, SMALL)
    assert [cell.source for cell in nb.cells] == ["", "a\ufffdb\ufffd"]
    assert len(remarks) == 4
    with pytest.raises(UnreadableError, match="it has 31 cells, and at most 30 are graded"):
        parse(notebook([code] * 31), SMALL)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | JSON,
        "source": st.lists(st.text(max_size=8)) | JSON,
        "input": JSON,
        "outputs": JSON,
        "metadata": JSON | st.fixed_dictionaries({"nbgrader": JSON | st.fixed_dictionaries(
            {"grade_id": st.sampled_from(["double", "check-double", "total"]) | JSON})}),
    },
)  # fmt: skip
NOTEBOOK = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4, 4, 4]) | JSON},
    optional={
        "nbformat_minor": JSON,
        "metadata": JSON,
        "cells": st.lists(CELL | JSON, max_size=5) | JSON,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELL | JSON, max_size=3)}) | JSON)
        | JSON,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | (NOTEBOOK | JSON).map(lambda data: json.dumps(data).encode()))
def test_no_garbage_comes_out_as_anything_but_a_notebook_or_a_reason(released, data):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "submitted" / "ada" / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(data)
        taken = intake.read_folder(Path(root) / "submitted", "ada", "tiny", released.release("tiny"))
        assert (taken.notebook is None) == bool(taken.reason)
        assert taken.status in ("readable", "unreadable")
        taken.write(Path(root) / "copy")
        assert len(taken.fingerprint) == 64
        if taken.notebook is not None:
            nbformat.validate(nbformat.read(Path(root) / "copy" / "tiny.ipynb", as_version=4))
