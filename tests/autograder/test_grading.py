"""One submission at a time: what cannot be graded is recorded, what has not changed is left alone."""

import json

import nbformat
import pytest

from autograder.authoring import release
from autograder.engine import grading
from autograder.engine.converting import gradebook
from autograder.engine.report import record_of
from autograder.layout import CourseError, fingerprint
from autograder.results import table

RIGHT = {
    "double": "def double(x):\n    return x + x",
    "total": "def total(a, scale=1.0):\n    return float(scale * sum(a))",
}


def hand_in(course, student, answers=RIGHT, edit=None):
    nb = nbformat.read(course.release("tiny") / "tiny.ipynb", as_version=4)
    for cell in nb.cells:
        cell.source = answers.get(cell.metadata["nbgrader"]["grade_id"], cell.source)
    if edit:
        edit(nb)
    folder = course.submitted(student, "tiny")
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / "tiny.ipynb")
    return folder


def results(course):
    return {row.student: row for row in table.rows("tiny", course)}


def scores(course, student):
    return {name: mark.score for name, mark in results(course)[student].marks.items()}


def hand_in_nothing(course, student):
    """A submission without a notebook: graded without a kernel, which is quick."""
    course.submitted(student, "tiny").mkdir(parents=True)
    (course.submitted(student, "tiny") / "note.txt").write_text("sorry")


def seed(course, student):
    nb = nbformat.read(course.autograded(student, "tiny") / "tiny.ipynb", as_version=4)
    [number] = {record["seed"] for record in map(record_of, nb.cells) if record}
    return number


def test_only_changed_submissions_are_graded_again_and_each_with_fresh_cases(ready):
    hand_in(ready, "ada")
    hand_in_nothing(ready, "bob")
    before = fingerprint([ready.root / "submitted"])
    assert [one.student for one in grading.grade("tiny", ready)] == ["ada", "bob"]
    assert fingerprint([ready.root / "submitted"]) == before
    assert grading.grade("tiny", ready) == []
    first = seed(ready, "ada")
    hand_in(ready, "ada", {"double": RIGHT["double"]})
    assert [one.student for one in grading.grade("tiny", ready)] == ["ada"]
    assert scores(ready, "ada") == {"double": 3, "total": 0}
    assert seed(ready, "ada") != first
    assert [one.student for one in grading.grade("tiny", ready, ["ada"], seed=first)] == ["ada"]
    assert seed(ready, "ada") == first
    assert [one.student for one in grading.grade("tiny", ready, ["bob"], force=True)] == ["bob"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("this is no JSON", "it is not a Jupyter notebook"),
        ("", "it is empty"),
        ("[1, 2]", "it is not a Jupyter notebook"),
        ('{"nbformat": 99, "nbformat_minor": 0, "cells": []}', "it is not a Jupyter notebook"),
        ("[" * 100_000, "it is n"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "it"),
    ],
)
def test_an_unreadable_notebook_is_a_zero_with_a_reason(ready, content, said):
    folder = ready.submitted("eve", "tiny")
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(content)
    (folder / "timestamp.txt").write_text("not a date")
    [done] = grading.grade("tiny", ready)
    assert done.status == "unreadable"
    assert f"The notebook tiny.ipynb could not be read: {said}" in done.reason
    row = results(ready)["eve"]
    assert (row.total, row.status, row.remark) == (0, "graded", done.reason)
    page = nbformat.read(ready.autograded("eve", "tiny") / "tiny.ipynb", as_version=4)
    assert done.reason in json.dumps(page)


def test_one_failure_does_not_stop_the_others(ready, monkeypatch):
    for student in ("ada", "bob", "cyd"):
        hand_in_nothing(ready, student)
    answer = grading.answer

    def sometimes(task):
        if task.intake.student == "bob":
            raise OSError("disk on fire")
        return answer(task)

    monkeypatch.setattr(grading, "answer", sometimes)
    seen = []
    done = grading.grade("tiny", ready, progress=seen.append)
    assert [one.status for one in done] == ["missing", "failed", "missing"]
    assert done[1].reason == "the worker was lost: OSError: disk on fire"
    assert len(seen) == 3
    assert results(ready)["bob"].total is None
    assert results(ready)["bob"].remark == done[1].reason
    monkeypatch.undo()
    assert [one.student for one in grading.grade("tiny", ready)] == ["bob"]


def test_a_lost_gradebook_is_noticed(ready):
    hand_in_nothing(ready, "ada")
    grading.grade("tiny", ready)
    with gradebook(ready) as book:
        book.remove_submission("tiny", "ada")
    assert [one.student for one in grading.grade("tiny", ready)] == ["ada"]


def test_another_gradebook_is_told_of_the_assignment_by_a_release(ready):
    hand_in_nothing(ready, "ada")
    (ready.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match=r"tiny is not in the gradebook.*release --assignment tiny"):
        grading.grade("tiny", ready)
    assert release.release("tiny", ready)
    assert not release.release("tiny", ready)
    assert [one.student for one in grading.grade("tiny", ready)] == ["ada"]


def test_what_is_missing_is_said(ready, empty):
    with pytest.raises(CourseError, match="no submission for tiny from zoe"):
        grading.grade("tiny", ready, ["zoe"])
    with pytest.raises(CourseError, match="tiny is not released yet"):
        grading.grade("tiny", empty)
    assert grading.grade("tiny", ready) == []


def test_a_notebook_of_a_broken_kind_costs_itself_only(ready):
    def edit(nb):
        for cell in nb.cells:
            cell.metadata["nbgrader"]["schema_version"] = 1
        nb.metadata["kernelspec"] = {"name": "no-such-kernel", "display_name": "x", "language": "y"}

    hand_in(ready, "ada", edit=edit)
    [done] = grading.grade("tiny", ready)
    assert done.status == "graded"
    assert scores(ready, "ada") == {"double": 3, "total": 5}


def test_how_much_is_taken_in_can_be_set(ready):
    hand_in(ready, "ada")
    ready.config.write_text("c = get_config()\nc.Graft.limits = {'notebook': 100}\n")
    [done] = grading.grade("tiny", ready)
    assert done.status == "unreadable"
    ready.config.write_text("c = get_config()\nc.Graft.limits = {'notebook': 1_000_000}\n")
    [done] = grading.grade("tiny", ready)
    assert done.status == "graded"


@pytest.mark.parametrize(
    ("section", "limits", "said"),
    [
        ("Graft", {"pages": 3}, "pages"),
        ("Graft", {"files": -1}, "the limit files must be positive, not -1"),
        ("SandboxProvisioner", {"memory": "much"}, "'>' not supported"),
    ],
    ids=["unknown", "negative", "text"],
)
def test_a_slip_in_the_limits_is_found_before_a_class_is_graded_by_it(ready, section, limits, said):
    hand_in(ready, "ada")
    ready.config.write_text(f"c = get_config()\nc.{section}.limits = {limits!r}\n")
    with pytest.raises(CourseError, match=rf"c\.{section}\.limits in .*: .*{said}"):
        grading.grade("tiny", ready)
    assert results(ready)["ada"].status == "not graded"
