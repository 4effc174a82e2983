"""The script that students are handed: each of its illnesses costs its own points and has its sentence."""

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
    "inputs": ("    x_test = (x_test", "    x, x_test = (x - mean) / deviation, (x_test"),
    "labels": ("y[step * len(chosen) : (step + 1) * len(chosen)]", "y[chosen]"),
    "mean": ("labels] -= 1\n", "labels] -= 1\n        error /= len(chosen)\n"),
    "zero": ("        images = x[chosen]\n", "        images = x[chosen]\n        grads = [0, 0, 0, 0]\n"),
    "decay": ("rate * grad + decay * part", "rate * (grad + decay * part)"),
    "test": (" * dropped[-1]", ""),
}
FIRST_NAMED = {
    "inputs": "pixels_still_raw",
    "labels": "labels_still_in_file_order",
    "mean": "gradient_still_of_the_sum",
    "zero": "gradients_still_add_up",
    "decay": "decay_still_without_the_rate",
    "test": "dropout_still_in_the_test",
}


@pytest.fixture(scope="module")
def handed_out():
    """Return the released answer cell without the line that raises."""
    assignment = exercises.load("training")
    made = notebook(assignment, ROOT / "solutions" / "training" / "training.md")
    released, _ = ClearSolutions().preprocess(nbformat.from_dict(made), {})
    source = next(cell.source for cell in released.cells if cell["id"] == "repair_training")
    lines = [line for line in source.splitlines() if "NotImplementedError" not in line]
    return "\n".join(lines) + "\n"


def mended(source, left=()):
    """Return the function with all of its illnesses cured but those that are left."""
    for illness, (broken, repaired) in REPAIRS.items():
        assert source.count(broken) == 1
        if illness not in left:
            source = source.replace(broken, repaired)
    namespace = {"np": np}
    exec(compile(source, "answer", "exec"), namespace)
    return namespace["repair_training"]


@pytest.mark.parametrize(
    "left", [c for n in range(4) for c in itertools.combinations(REPAIRS, n)], ids="-".join
)
def test_each_illness_costs_its_points_and_the_first_one_is_named(handed_out, left):
    exercise = exercises.load("training").exercise("repair_training")
    result = oracle.grade(exercise, call_here(mended(handed_out, left)), 1)
    failed = {group.name for group in result.groups if group.failure}
    assert failed == (set(left) | {"whole"} if left else set())
    named = result.mistake.function.__name__ if result.mistake else None
    assert named == (FIRST_NAMED[left[0]] if left else None)


def test_the_script_as_it_is_handed_out_earns_nothing(handed_out):
    exercise = exercises.load("training").exercise("repair_training")
    assert oracle.grade(exercise, call_here(mended(handed_out, REPAIRS)), 1).score == 0
