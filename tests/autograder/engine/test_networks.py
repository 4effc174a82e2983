"""Answers that are networks, functions or classes: built in the student's kernel, judged outside it."""

import copy
from dataclasses import replace

import nbformat
import pytest
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring import build, exercises, pages, release, sample
from autograder.authoring.exercises import source_of
from autograder.engine import grading, oracle, report
from autograder.engine.transport import call_here
from autograder.layout import Course
from autograder.results import table
from checks.banned import find_banned
from checks.outcome import Outcome

from ..conftest import FIXTURES, require_sandbox

FOLDER = FIXTURES.parent / "networks"
ASSIGNMENT = exercises.load("neuron", FOLDER)
NEURON, SCALED = ASSIGNMENT.exercises

NEURON_RIGHT = "def neuron():\n    return nn.Linear(2, 1)"
SCALED_RIGHT = """
class Scaled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.inner, self.scale = nn.Linear(2, 1), scale

    def forward(self, x):
        return self.scale * self.inner(x)
"""


def grade(exercise, function):
    return oracle.grade(exercise, call_here(function), 1)


def solved():
    return build.notebook(ASSIGNMENT, FOLDER / "neuron" / "neuron.md")


# --- the contract and the notebook -----------------------------------------------------------------


def test_what_the_first_cell_imports_may_be_used():
    assert "from torch import nn" in ASSIGNMENT.opening
    assert exercises.problems(NEURON, ASSIGNMENT.opening) == []
    found = "\n".join(exercises.problems(NEURON))
    assert "two_neurons uses nn, which a notebook does not define (only np)" in found


def test_a_class_that_uses_what_is_not_there_is_named():
    found = "\n".join(exercises.problems(SCALED, "import numpy as np\nfrom torch import nn"))
    assert "Subclass uses torch, which a notebook does not define (only nn, np)" in found


def test_a_class_is_written_under_the_name_of_its_exercise():
    text = source_of(SCALED.variants[0], "Scaled")
    assert text.startswith("class Scaled(nn.Module):")
    assert "super(Scaled, self)" in text


def test_a_banned_layer_is_found_in_a_class():
    cell = "class Scaled(nn.Module):\n    def forward(self, x):\n        return nn.Bilinear(1, 1, 1)(x, x)"
    assert find_banned([ASSIGNMENT.opening, cell], "Scaled", SCALED.banned) == ["torch.nn.Bilinear"]


def test_both_parts_of_a_class_are_left_out_of_the_release():
    nb, _ = ClearSolutions().preprocess(copy.deepcopy(solved()), {})
    [cell] = [cell.source for cell in nb.cells if cell["id"] == "Scaled"]
    assert "factor =" not in cell
    assert cell.count("raise NotImplementedError") == 2
    namespace = {}
    exec(ASSIGNMENT.opening, namespace)
    exec(cell, namespace)
    assert grade(SCALED, namespace["Scaled"]).failure.kind == "untouched"


def test_the_page_says_that_pytorch_is_needed():
    tiny = exercises.load("tiny", FIXTURES)
    assert "scikit-learn torch`" in pages.page(ASSIGNMENT)
    assert "scikit-learn`" in pages.page(tiny)
    first, *others = tiny.exercises
    allows = replace(first, task=f"{first.task} You may `import torch` inside.")
    assert "scikit-learn torch`" in pages.page(replace(tiny, exercises=(allows, *others)))


# --- the oracle ------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", [NEURON, SCALED], ids=lambda exercise: exercise.name)
def test_right_networks_score_and_mistakes_are_named(exercise):
    for function in (exercise.reference, *exercise.variants):
        assert grade(exercise, function).score == 2
    for mistake in exercise.mistakes:
        result = grade(exercise, mistake.function)
        assert (result.score, result.message) == (0, mistake.sentence)


def test_the_trial_of_each_case_goes_out_with_the_call():
    asked = []

    def ask(name, args, kwargs, seconds, trial):
        asked.append(trial)
        return Outcome("lost")

    oracle.grade(NEURON, ask, 1)
    assert asked == [NEURON.public[0].trial]


def test_a_report_shows_what_was_done_with_the_network():
    result = grade(NEURON, NEURON.mistakes[0].function)
    shown = report.text(NEURON, result)
    assert "network = neuron()" in shown
    assert "The parameter `weight` of your network has shape (2, 2); (1, 2) was expected." in shown
    assert "weight  (2, 2)  (1, 2) *" in shown


# --- in a student's kernel -------------------------------------------------------------------------

HOSTILE = {
    "numbers-for-names": """
def neuron():
    network = nn.Linear(2, 1)
    network._parameters[3] = nn.Parameter(torch.ones(1))
    return network
""",
    "larger-than-memory": "def neuron():\n    return nn.Linear(10**6, 10**6)",
    "lies-about-its-size": "def neuron():\n    return nn.Linear(10**9, 10**9, device='meta')",
    "own-state-dict": """
class Liar(nn.Linear):
    def state_dict(self, *args, **kwargs):
        return {}

    def named_parameters(self, *args, **kwargs):
        raise SystemExit

    def forward(self, x):
        return x

def neuron():
    return Liar(2, 1)
""",
    "nonsense": """
class Nonsense(nn.Linear):
    def forward(self, x):
        return open

def neuron():
    return Nonsense(2, 1)
""",
    "dies-in-forward": """
class Dies(nn.Linear):
    def forward(self, x):
        import os
        os._exit(0)

def neuron():
    return Dies(2, 1)
""",
    "too-many": "def neuron():\n    return nn.ParameterList(torch.ones(1) for _ in range(20_000))",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Right answers, mistakes and hostile networks, graded in kernels of their own."""
    require_sandbox()
    course = Course(tmp_path_factory.mktemp("networks") / "course", FOLDER)
    release.release("neuron", course)
    right = {"neuron": NEURON_RIGHT, "Scaled": SCALED_RIGHT}
    wrong = {e.name: source_of(e.mistakes[2].function, e.name) for e in ASSIGNMENT.exercises}
    by_name = {name: right | {"neuron": text} for name, text in HOSTILE.items()}
    for student, answers in {"right": right, "mistaken": wrong, **by_name}.items():
        nb = nbformat.read(course.release("neuron") / "neuron.ipynb", as_version=4)
        for cell in nb.cells:
            cell.source = answers.get(cell.metadata["nbgrader"]["grade_id"], cell.source)
        course.submitted(student, "neuron").mkdir(parents=True)
        nbformat.write(nb, course.submitted(student, "neuron") / "neuron.ipynb")
    done = grading.grade("neuron", course, max_seconds=5.0)
    assert {one.status for one in done} == {"graded"}
    return course


def marks(course, student):
    [row] = [row for row in table.rows("neuron", course) if row.student == student]
    return {name: (mark.score, mark.message) for name, mark in row.marks.items()}


def test_right_answers_have_full_marks_and_mistakes_their_sentence(course):
    assert marks(course, "right") == {"neuron": (2, ""), "Scaled": (2, "")}
    assert marks(course, "mistaken") == {e.name: (0, e.mistakes[2].sentence) for e in ASSIGNMENT.exercises}


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("numbers-for-names", "network whose parameters cannot be listed"),
        ("larger-than-memory", ""),
        ("lies-about-its-size", "shape (1000000000, 1000000000); (1, 2) was expected"),
        ("own-state-dict", "The output of your network has shape (3, 2); (3, 1) was expected."),
        ("nonsense", "Are the round brackets of a call missing?"),
        ("dies-in-forward", "No answer came back"),
        ("too-many", "more than 10000 arrays"),
    ],
)
def test_a_hostile_network_costs_its_own_points(course, student, said):
    found = marks(course, student)
    assert found["neuron"][0] == 0
    assert said in found["neuron"][1]
    assert found["neuron"][1]
    if "No answer" not in found["neuron"][1]:
        assert found["Scaled"][0] == 2


def test_a_sample_class_is_made_of_networks():
    made = {one.student: one for one in sample.submissions(ASSIGNMENT, solved())}
    assert "class Scaled" in made["right"].answers["Scaled"]
    assert "class Scaled" in made["mistake-2"].answers["Scaled"]
