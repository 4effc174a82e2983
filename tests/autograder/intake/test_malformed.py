"""A class in which everyone but the first and the last hands in something malformed, graded in one run."""

import json
import os
import shutil

import nbformat
import pytest

from autograder.engine import grading
from autograder.layout import Course
from autograder.results import feedback

from ..test_grading import hand_in, results
from .malformed import CASES

HONEST = ("aaa", "zzz")


def listing(root):
    """Return every name below a folder with its kind, size and time; no link is followed."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            seen = os.lstat(path)
            found[path] = (seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_ino)
    return found


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("malformed") / "course", released.solutions)
    shutil.copytree(released.root, course.root)
    for student in HONEST:
        hand_in(course, student)
    for case in CASES:
        folder = hand_in(course, case.name)
        nb = nbformat.read(folder / "tiny.ipynb", as_version=4)
        case.write(folder, json.loads(json.dumps(nb)))
    before = listing(course.root / "submitted")
    done = grading.grade("tiny", course)
    assert listing(course.root / "submitted") == before
    return course, {one.student: one for one in done}, results(course)


def test_everybody_is_graded_and_the_honest_as_if_alone(graded):
    _, done, rows = graded
    assert set(done) == {*HONEST, *(case.name for case in CASES)}
    assert [rows[student].total for student in HONEST] == [8, 8]
    assert [done[student].reason for student in HONEST] == ["", ""]
    assert [one.line for one in done.values() if one.status == "failed"] == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_malformed_submission_gets_its_reason_and_no_more_than_its_points(graded, case):
    _, done, rows = graded
    one, row = done[case.name], rows[case.name]
    assert (one.status, row.total) == (case.status, case.score), one.line
    assert case.said in one.reason
    assert bool(one.reason) == bool(case.said)
    assert row.remark == one.reason


def test_nothing_is_graded_again_and_everybody_gets_a_page(graded):
    course, _, _ = graded
    assert grading.grade("tiny", course) == []
    unreadable = next(case for case in CASES if case.status == "unreadable")
    assert feedback.generate("tiny", course, [unreadable.name, "format-3"]) == [unreadable.name, "format-3"]
    page = (course.feedback(unreadable.name, "tiny") / "tiny.html").read_text()
    assert unreadable.said in page
