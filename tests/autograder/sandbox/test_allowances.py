"""Limits and allowances reach the kernel; what a kernel was ended for reaches the student."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.engine import grading
from autograder.engine.report import record_of

from ..test_grading import RIGHT, hand_in, scores

SETTINGS = """
c.SandboxProvisioner.limits = {"memory": 300, "wall_seconds": 20.0, "processes": 77}
c.OracleExecute.allowances = {"double": {"disk": 300, "seconds": 9.0}, "total": {"files": 600}}
"""
LOOK = """
import resource, os
names = ("RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_CORE")
scratch = os.statvfs(".").f_blocks * os.statvfs(".").f_bsize >> 20
print([resource.getrlimit(getattr(resource, name)) for name in names], scratch)
"""
CHILDREN = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = b"x" * (100 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(15)
"""


@pytest.fixture
def course(ready):
    with ready.config.open("a") as file:
        file.write(SETTINGS)
    return ready


def cells(course):
    return nbformat.read(course.autograded("ada", "tiny") / "tiny.ipynb", as_version=4).cells


def test_limits_and_allowances_reach_the_kernel(course):
    hand_in(course, "ada", edit=lambda nb: nb.cells.insert(2, new_code_cell(LOOK)))
    grading.grade("tiny", course)
    [said] = [cell.outputs[0].text for cell in cells(course) if cell.source == LOOK]
    data = 300 << 20
    assert said == f"[({data}, {data}), (77, 77), (600, 600), (0, 0)] 300\n"


def test_a_call_may_take_as_long_as_it_is_allowed(course):
    slow = "def double(x):\n    import time\n    time.sleep(1.5)\n    return x + x"
    hand_in(course, "ada", RIGHT | {"double": slow})
    grading.grade("tiny", course)
    assert scores(course, "ada") == {"double": 3, "total": 5}


def test_the_student_is_told_what_was_too_much(course):
    at_the_end = RIGHT["total"] + CHILDREN
    hand_in(course, "ada", RIGHT | {"total": at_the_end})
    grading.grade("tiny", course)
    assert scores(course, "ada") == {"double": 3, "total": 0}
    [said] = [r["message"] for r in map(record_of, cells(course)) if r and r["exercise"] == "total"]
    assert "it took more than 300 megabytes of memory" in said
