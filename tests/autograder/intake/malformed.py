"""Submissions that are broken, by accident or on purpose, in ways that have stopped graders before.

Each case writes into a student's folder, in which the right answers lie already, and says what is to come of
it: the status, a part of what is said about it, and the score of 8 points.
"""

import copy
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

UNREADABLE = "could not be read: "
NAME = "tiny.ipynb"


@dataclass(frozen=True)
class Case:
    """One way to hand in something malformed."""

    name: str
    write: Callable[[Path, dict], None]
    status: str
    said: str
    score: float


def content(name: str, data: bytes, said: str) -> Case:
    """A file that is no notebook."""
    return Case(name, lambda folder, nb: _put(folder, data), "unreadable", UNREADABLE + said, 0)


def changed(name: str, change: Callable[[dict], dict | None], said: str, score: float = 8) -> Case:
    """A notebook that is malformed but can be read."""

    def write(folder: Path, nb: dict) -> None:
        _put(folder, json.dumps(change(nb) or nb).encode())

    return Case(name, write, "graded", said, score)


def refused(name: str, change: Callable[[dict], dict | None], said: str) -> Case:
    """A notebook that is JSON and cannot be read."""
    case = changed(name, change, UNREADABLE + said, 0)
    return Case(name, case.write, "unreadable", case.said, 0)


def beside(name: str, write: Callable[[Path], None], said: str) -> Case:
    """A notebook in order, and something malformed beside it."""
    return Case(name, lambda folder, nb: write(folder), "graded", said, 8)


def instead(name: str, write: Callable[[Path], None], said: str, status: str = "unreadable") -> Case:
    """Something else in the place of the notebook."""

    def replace(folder: Path, nb: dict) -> None:
        (folder / NAME).unlink()
        write(folder)

    return Case(name, replace, status, said, 0)


def _put(folder: Path, data: bytes) -> None:
    (folder / NAME).write_bytes(data)


def _cells(nb: dict, cells: object) -> dict:
    return nb | {"cells": cells}


def _format_3(nb: dict) -> dict:
    sheet = [cell | {"input": cell["source"], "language": "python"} for cell in nb["cells"]]
    for cell in sheet:
        cell.pop("id")
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": sheet}]}


def _answer(nb: dict, name: str = "double") -> dict:
    return next(cell for cell in nb["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _tampered_checks(nb: dict) -> None:
    for name in ("check-double", "check-total"):
        cell = _answer(nb, name)
        cell["metadata"] |= {
            "tags": ["skip-execution"],
            "nbgrader": cell["metadata"]["nbgrader"] | {"points": 1000},
        }
        cell["source"], cell["cell_type"] = "pass", "raw"
    nb["cells"].reverse()
    nb["cells"].remove(_answer(nb, "check-total"))


def _schema(nb: dict) -> None:
    for cell in nb["cells"]:
        cell["metadata"].setdefault("nbgrader", {})["schema_version"] = 99


def _twice(nb: dict) -> None:
    nb["cells"] += copy.deepcopy(nb["cells"])


def _characters(nb: dict) -> None:
    _answer(nb)["source"] += "\n'\0 \ud800'"


def _long(nb: dict) -> None:
    _answer(nb)["source"] += "\n#" + "x" * 300_000


def _garbage(nb: dict) -> None:
    odd = [
        None,
        3,
        [],
        "cell",
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}, "metadata": []},
    ]
    nb["cells"] = [*odd, *nb["cells"], *odd]


def _sources_as_lists(nb: dict) -> None:
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(True)


def _sparse(path: Path, size: int) -> None:
    with open(path, "wb") as file:
        file.truncate(size)


def _crowd(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(300):
        (folder / "many" / f"{number:03}.txt").touch()


def _loop(folder: Path) -> None:
    (folder / "again").symlink_to(folder, target_is_directory=True)


def _hard_link(folder: Path) -> None:
    os.link(folder.parents[1] / "aaa" / "tiny" / NAME, folder / "copy.txt")


def _as_link(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[1] / "aaa" / "tiny")


def _as_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


def _shadows(folder: Path) -> None:
    for name in ("random.py", "numpy.py", "json.py"):
        (folder / name).write_text("raise SystemExit")


NOT = "it is not a Jupyter notebook"
CASES = [
    content("empty", b"", "it is empty"),
    content("blank", b" \n" * 100, "it is empty"),
    content("no-json", b"dear teacher", f"{NOT}: it is no JSON"),
    content("cut-off", b'{"nbformat": 4, "cells": [{"cell_type": "co', f"{NOT}: it is no JSON"),
    content("latin-1", '{"cells": "é"}'.encode("latin-1"), f"{NOT}: it is no text in UTF-8"),
    content("utf-16", "{}".encode("utf-16"), f"{NOT}: it is no text in UTF-8"),
    content("list", b"[1, 2]", f"{NOT}: it is JSON, but no table"),
    content("nested", b"[" * 200_000 + b"]" * 200_000, f"{NOT}: it is nested too deeply"),
    content("long-number", b'{"nbformat": ' + b"4" * 9999 + b"}", f"{NOT}: it is no JSON"),
    refused("format-99", lambda nb: nb | {"nbformat": 99}, "it is not a Jupyter notebook of format 4"),
    refused("format-text", lambda nb: nb | {"nbformat": "four"}, "it is not a Jupyter notebook of format 4"),
    refused("format-true", lambda nb: nb | {"nbformat": True}, "it is not a Jupyter notebook of format 4"),
    refused("format-3-broken", lambda nb: {"nbformat": 3, "worksheets": 7}, "it is of format 3"),
    refused("no-cells", lambda nb: {"nbformat": 4, "metadata": {}}, "it has no cells"),
    refused("cells-a-table", lambda nb: _cells(nb, {"0": {}}), "it has no list of cells"),
    refused("cells-null", lambda nb: _cells(nb, None), "it has no list of cells"),
    refused("crowded", lambda nb: _cells(nb, [{}] * 5000), "it has 5000 cells"),
    instead("sixty-mb", lambda folder: _sparse(folder / NAME, 60_000_000), "it is 60.0 MB"),
    instead("folder", lambda folder: (folder / NAME).mkdir(), "it is a folder"),
    instead("link", lambda folder: (folder / NAME).symlink_to("../../aaa/tiny/tiny.ipynb"), "it is a link"),
    instead("endless", lambda folder: (folder / NAME).symlink_to("/dev/zero"), "it is a link"),
    instead("pipe", lambda folder: os.mkfifo(folder / NAME), "it is a named pipe"),
    instead(
        "other-name", lambda folder: (folder / "Tiny (1).ipynb").touch(), "There was no notebook", "missing"
    ),
    Case(
        "folder-a-link",
        lambda folder, nb: _as_link(folder),
        "unreadable",
        "it is no plain folder (a link)",
        0,
    ),
    Case("folder-a-file", lambda folder, nb: _as_file(folder), "unreadable", "it is no plain folder", 0),
    changed("format-3", _format_3, ""),
    changed("format-minor", lambda nb: nb | {"nbformat_minor": "new"}, ""),
    changed("metadata-a-text", lambda nb: nb | {"metadata": "x"}, "The notebook's metadata is no table."),
    changed("no-kernel", lambda nb: nb | {"metadata": {"kernelspec": {"name": "no-such"}}}, ""),
    changed("schema", _schema, ""),
    changed("tampered-checks", _tampered_checks, ""),
    changed("twice", _twice, ""),
    changed("lists", _sources_as_lists, ""),
    changed("garbage", _garbage, "Cell 1 is no cell of a notebook."),
    changed("characters", _characters, "holds characters that are none; they were replaced"),
    changed("long-cell", _long, "was left out: it has", score=5),
    beside("bad-date", lambda folder: (folder / "timestamp.txt").write_text("soon"), "holds no date"),
    beside("date-a-pipe", lambda folder: os.mkfifo(folder / "timestamp.txt"), "holds no date"),
    beside(
        "pipe-beside", lambda folder: os.mkfifo(folder / "data.csv"), "Left out: data.csv (a named pipe)."
    ),
    beside("giant-beside", lambda folder: _sparse(folder / "data.bin", 20 << 30), "Left out: data.bin (2147"),
    beside("hard-link", _hard_link, "Left out: copy.txt (a hard link"),
    beside("loop", _loop, "Left out: again (a link)."),
    beside("crowd", _crowd, "more than 200 files"),
    beside("shadows", _shadows, "it would hide the module numpy"),
]
