"""Only answers and extra code come from a student, whatever was done to the notebook."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.intake.graft import graft


@pytest.fixture
def release_nb(released):
    return nbformat.read(released.release("tiny") / "tiny.ipynb", as_version=4)


@pytest.fixture
def submitted(release_nb):
    return copy.deepcopy(release_nb)


def cell(nb, name):
    return next(one for one in nb.cells if one.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_answers_are_taken_and_nothing_else_changes(release_nb, submitted):
    cell(submitted, "double").source = "answer"
    before = copy.deepcopy(release_nb)
    grafted = graft(release_nb, submitted)
    assert cell(grafted, "double").source == "answer"
    cell(grafted, "double").source = cell(before, "double").source
    assert [one.source for one in grafted.cells] == [one.source for one in before.cells]
    assert [one.metadata for one in grafted.cells] == [one.metadata for one in before.cells]


def test_the_last_copy_of_an_answer_wins(release_nb, submitted):
    first = cell(submitted, "double")
    second = copy.deepcopy(first)
    first.source, second.source = "first", "second"
    submitted.cells.append(second)
    grafted = graft(release_nb, submitted)
    assert cell(grafted, "double").source == "second"
    assert "first" not in [one.source for one in grafted.cells]


def test_extra_code_keeps_its_place(release_nb, submitted):
    submitted.cells.insert(0, new_code_cell("at the top"))
    place = submitted.cells.index(cell(submitted, "double"))
    submitted.cells[place + 1 : place + 1] = [
        new_code_cell("a = 1"),
        new_markdown_cell("words"),
        new_code_cell("b"),
    ]
    grafted = [one.source for one in graft(release_nb, submitted).cells]
    assert grafted[0] == "at the top"
    here = grafted.index("a = 1")
    assert grafted[here - 1] == cell(release_nb, "double").source
    assert grafted[here + 1] == "b"
    assert "words" not in grafted


def test_check_cells_are_the_released_ones_and_fail_until_they_are_answered(release_nb, submitted):
    check = cell(submitted, "check-double")
    check.source, check.metadata["tags"] = "pass", ["skip-execution"]
    check.metadata["nbgrader"]["points"] = 1000
    submitted.cells.remove(cell(submitted, "check-total"))
    grafted = graft(release_nb, submitted)
    restored = cell(grafted, "check-double")
    assert (restored.source, restored.metadata["nbgrader"]["points"]) == ("check(double)", 3)
    assert "tags" not in restored.metadata
    for name in ("check-double", "check-total"):
        assert [output.output_type for output in cell(grafted, name).outputs] == ["error"]


def test_malformed_cells_are_passed_over(release_nb, submitted):
    cell(submitted, "total").source = "kept"
    odd = [
        "not a cell",
        {"cell_type": "code"},
        {"cell_type": "code", "source": ["a", "list"], "metadata": 3},
        {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": "a text"}},
        {"cell_type": "code", "source": "y = 1", "metadata": {"nbgrader": {"grade_id": ["no", "name"]}}},
        {"cell_type": "code", "source": 7, "metadata": {"nbgrader": {"grade_id": "total"}}},
    ]
    submitted.cells += odd
    grafted = graft(release_nb, submitted)
    assert cell(grafted, "total").source == "kept"
    assert [one.source for one in grafted.cells[-2:]] == ["x = 1", "y = 1"]
    nbformat.validate(grafted)
