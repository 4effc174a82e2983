"""The code with three bugs that students are handed: each bug costs its own points and has its sentence."""

import itertools
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring import exercises
from autograder.authoring.build import notebook
from autograder.engine import oracle
from autograder.engine.transport import call_here

ROOT = Path(__file__).resolve().parents[3]
REPAIRS = {
    "overlap": ("rows, columns] = np.tensordot", "rows, columns] += np.tensordot"),
    "frame": ("p_h:-p_h, p_w:-p_w", "p_h : p_h + x.shape[2], p_w : p_w + x.shape[3]"),
    "batch": (
        "    for n in range(N):\n        grad_weight = np.zeros(weight.shape)\n",
        "    grad_weight = np.zeros(weight.shape)\n    for n in range(N):\n",
    ),
}
FIRST_NAMED = {
    "overlap": "overlaps_still_overwritten",
    "frame": "cut_still_with_minus_zero",
    "batch": "last_image_still_decides",
}


def handed_out():
    """Return the released answer cell without the line that raises."""
    assignment = exercises.load("backprop")
    made = notebook(assignment, ROOT / "solutions" / "backprop" / "backprop.md")
    released, _ = ClearSolutions().preprocess(nbformat.from_dict(made), {})
    source = next(cell.source for cell in released.cells if cell["id"] == "repair_backward")
    lines = [line for line in source.splitlines() if "NotImplementedError" not in line]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "left", [c for n in range(4) for c in itertools.combinations(REPAIRS, n)], ids="-".join
)
def test_each_bug_costs_its_points_and_the_first_one_is_named(left):
    exercise = exercises.load("backprop").exercise("repair_backward")
    source = handed_out()
    for bug, (broken, repaired) in REPAIRS.items():
        assert source.count(broken) == 1
        if bug not in left:
            source = source.replace(broken, repaired)
    namespace = {"np": np}
    exec(compile(source, "answer", "exec"), namespace)
    result = oracle.grade(exercise, call_here(namespace["repair_backward"]), 1)
    assert {group.name for group in result.groups if group.failure} == set(left)
    named = result.mistake.function.__name__ if result.mistake else None
    assert named == (FIRST_NAMED[left[0]] if left else None)
