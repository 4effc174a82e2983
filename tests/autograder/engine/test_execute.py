"""Student code in a kernel: what dies, hangs or floods costs the exercises it had not finished, no more."""

import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.engine import grading
from autograder.engine.report import record_of
from autograder.layout import Course
from autograder.settings import config_of

from ..test_grading import RIGHT, hand_in, scores

FLOOD = "for i in range(40_000):\n    print('x' * 100)"


@pytest.fixture(scope="module")
def rows(released, tmp_path_factory):
    """Several unruly students graded side by side, with a short patience for kernels that hang."""
    course = Course(tmp_path_factory.mktemp("unruly") / "course", released.solutions)
    shutil.copytree(released.root, course.root)
    for student, (answers, edit) in STUDENTS.items():
        hand_in(course, student, RIGHT | answers, edit)

    def impatient(of):
        config = config_of(of)
        config.OracleExecute.update({"grace": 1.0, "timeout": 3, "max_output": 10_000})
        return config

    patch = pytest.MonkeyPatch()
    patch.setattr("autograder.engine.answering.config_of", impatient)
    done = grading.grade("tiny", course)
    patch.undo()
    assert {one.status for one in done} == {"graded"}
    return course


def before_total(*sources):
    def edit(nb):
        place = next(i for i, cell in enumerate(nb.cells) if cell["id"] == "total")
        nb.cells[place:place] = [new_code_cell(source) for source in sources]

    return edit


STUDENTS = {
    "dies-in-a-call": ({"total": "import os\n\ndef total(a, scale=1.0):\n    os._exit(1)"}, None),
    "dies-in-a-cell": ({}, before_total("import os; os._exit(1)", "print('never run')")),
    "hangs-in-c": (
        {"total": "def total(a, scale=1.0):\n    from itertools import repeat\n    return sum(repeat(0))"},
        None,
    ),
    "loops-in-a-cell": ({}, before_total("while True: pass")),
    "floods": ({}, before_total(FLOOD)),
    "replaces-the-responder": (
        {"double": "def double(x):\n    return None"},
        lambda nb: nb.cells.insert(
            3, new_code_cell("import checks.respond\nchecks.respond.respond = lambda *a: 'full marks'")
        ),
    ),
    "leaves": ({"double": "def double(x):\n    raise SystemExit"}, None),
    "dies-at-once": ({"double": "import os\n\ndef double(x):\n    os.abort()"}, None),
}


def cells(course, student):
    return nbformat.read(course.autograded(student, "tiny") / "tiny.ipynb", as_version=4).cells


def message(course, student, name):
    return next(r["message"] for r in map(record_of, cells(course, student)) if r and r["exercise"] == name)


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("dies-in-a-call", "No answer came back: while your function ran, the notebook's process stopped"),
        ("dies-in-a-cell", "The kernel was lost in cell 7: it died."),
        ("hangs-in-c", "had not come to an end when its time was up"),
    ],
)
def test_what_was_finished_keeps_its_points(rows, student, said):
    assert scores(rows, student) == {"double": 3, "total": 0}
    assert said in message(rows, student, "total")


def test_exercises_after_a_lost_kernel_say_so(rows):
    assert scores(rows, "dies-at-once") == {"double": 0, "total": 0}
    assert message(rows, "dies-at-once", "total") == "The kernel was lost while double was called: it died."


def test_cells_after_a_lost_kernel_say_so(rows):
    [after] = [cell for cell in cells(rows, "dies-in-a-cell") if cell.source == "print('never run')"]
    assert [output.ename for output in after.outputs] == ["KernelLost"]


@pytest.mark.parametrize("student", ["loops-in-a-cell", "floods"])
def test_what_is_not_graded_costs_nothing(rows, student):
    expected = {"double": 3, "total": 5}
    assert scores(rows, student) == expected, message(rows, student, "total")


def test_output_is_cut_while_it_arrives(rows):
    [flood] = [cell for cell in cells(rows, "floods") if cell.source == FLOOD]
    text = "".join(output.text for output in flood.outputs)
    assert text.count("x") <= 10_000  # fewer lines than nbgrader keeps, so that the end is ours
    assert text.endswith("\n… output cut …\n")


def test_a_forged_reply_earns_nothing(rows):
    assert scores(rows, "replaces-the-responder") == {"double": 0, "total": 0}


def test_leaving_is_an_error_like_any_other(rows):
    assert scores(rows, "leaves") == {"double": 0, "total": 5}
    assert "SystemExit" in message(rows, "leaves", "double")
