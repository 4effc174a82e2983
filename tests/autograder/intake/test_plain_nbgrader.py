"""Plain ``nbgrader autograde`` takes submissions in as the grader's own command does."""

import json

import pytest

from autograder.engine.converting import Failed, converter, gradebook, run
from autograder.intake.plain_nbgrader import refuse_odd_folders

from ..test_grading import hand_in
from .malformed import CASES

CASES = {case.name: case for case in CASES}


def malformed(course, name):
    folder = hand_in(course, name)
    CASES[name].write(folder, json.loads((folder / "tiny.ipynb").read_text()))


def scores(course):
    with gradebook(course) as book:
        return {one.student.id: one.score for one in book.assignment_submissions("tiny") if one.notebooks}


def test_what_cannot_be_read_costs_nobody_else_anything(ready):
    for student in ("ada", "zoe"):
        hand_in(ready, student)
    for name in ("no-cells", "format-99", "crowded"):
        malformed(ready, name)
    with pytest.raises(Failed) as said:
        run(converter("Autograde", ready, "tiny"), ready)
    for name in ("no-cells", "format-99", "crowded"):
        assert f"for student '{name}'" in said.value.log
    assert [scores(ready)[student] for student in ("ada", "zoe")] == [8, 8]


def test_files_that_are_not_taken_in_do_not_stay(ready):
    folder = hand_in(ready, "ada")
    malformed(ready, "shadows")
    (folder / "mine.py").write_text("x = 1")
    run(converter("Autograde", ready, "tiny"), ready)
    assert scores(ready) == {"ada": 8, "shadows": 8}
    names = {path.name for path in ready.autograded("shadows", "tiny").rglob("*.py")}
    assert not {"random.py", "numpy.py", "json.py"} & names
    assert (ready.autograded("ada", "tiny") / "mine.py").is_file()
    assert (ready.autograded("ada", "tiny") / "checks" / "checking.py").is_file()


@pytest.mark.parametrize("name", ["loop", "giant-beside", "pipe-beside", "hard-link", "link"])
def test_nothing_is_copied_that_is_not_plain(ready, name):
    hand_in(ready, "aaa")
    malformed(ready, name)
    with pytest.raises(SystemExit, match="Grade this assignment with: python -m autograder grade"):
        run(converter("Autograde", ready, "tiny", name), ready)
    assert list(ready.autograded(name, "tiny").rglob("*")) == []


def test_a_plain_folder_or_none_is_not_refused(ready):
    folder = hand_in(ready, "ada")
    refuse_odd_folders("tiny", "ada", [str(folder / "tiny.ipynb")])
    refuse_odd_folders("tiny", "bob", [str(ready.submitted("bob", "tiny") / "tiny.ipynb")])
