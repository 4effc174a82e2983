"""The instructor's notebook: nbgrader's metadata, stable ids, and every exercise exactly once."""

import shutil

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.authoring import build, release
from autograder.authoring.build import DEMONSTRATION, GUARD
from autograder.authoring.exercises import load, slugs
from autograder.layout import PROJECT, Course, CourseError

from ..conftest import FIXTURES

TINY = load("tiny", FIXTURES)
SOURCE = FIXTURES / "tiny" / "tiny.md"


def marks(nb):
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in nb.cells}


@pytest.fixture
def edited(tmp_path):
    def edit(old, new):
        text = SOURCE.read_text()
        assert old in text
        path = tmp_path / "tiny.md"
        path.write_text(text.replace(old, new))
        return build.notebook(TINY, path)

    return edit


@pytest.mark.parametrize("slug", slugs())
def test_every_assignment_builds_a_valid_notebook(slug):
    assignment = load(slug)
    nb = build.notebook(assignment, PROJECT / "solutions" / slug / f"{slug}.md")
    MetadataValidator().validate_nb(nb)
    cells = marks(nb)
    for exercise in assignment.exercises:
        assert cells[exercise.name].metadata["nbgrader"]["solution"]
        assert cells[f"check-{exercise.name}"].metadata["nbgrader"]["points"] == exercise.points
        assert f"## {exercise.title}" in "\n".join(cell.source for cell in nb.cells)


def test_ids_are_stable_and_cells_are_marked():
    nb = build.notebook(TINY, SOURCE)
    ids = [cell["id"] for cell in nb.cells]
    assert ids == [
        "text-1", "code-2", "text-3", "double", "check-double", "text-6", "total", "check-total",
    ]  # fmt: skip
    answer, check = marks(nb)["double"], marks(nb)["check-double"]
    assert answer.metadata["nbgrader"] == {
        "grade": False, "grade_id": "double", "locked": False, "schema_version": 3, "solution": True,
        "task": False, "cell_type": "code",
    }  # fmt: skip
    assert (check.metadata["nbgrader"]["grade"], check.metadata["nbgrader"]["locked"]) == (True, True)
    assert check.source == f"check(double){GUARD}"


def test_the_heading_says_what_a_learner_needs_to_know():
    text = marks(build.notebook(TINY, SOURCE))["text-6"].source
    for part in ("★★☆", "about 2 minutes", "5 points", "`numpy.sum` may not be used", "With a scale (3)"):
        assert part in text
    assert text.index("Add.") < text.index("Add in a loop.") < text.index("Begin with 0.0")
    assert text.count("<details>") == text.count("</details>") == 3
    assert "</details>" not in text[: text.index("Begin with 0.0")]


def test_cells_that_only_show_are_tagged(edited):
    nb = edited("Now something else.", "```{code-cell} ipython3\nprint(double(1))\n```")
    tagged = [cell.source for cell in nb.cells if cell.metadata.get("tags") == [DEMONSTRATION]]
    assert tagged == ["print(double(1))"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ exercise total }}", "", "the line {{ exercise total }} exactly once; it is there 0 times"),
        (
            "{{ exercise total }}",
            "{{ exercise double }}",
            "{{ exercise double }} exactly once; it is there 2 times",
        ),
        ("{{ exercise total }}", "{{ exercise sum }}", "names the exercise 'sum'"),
        ("check(total)", "check(double)", "cell check(double) exactly once; it is there 2 times"),
        ("check(total)", "check(other)", "names the exercise 'other'"),
        ("def total(", "def another(", "must define one exercise; it defines ['another']"),
        (
            "    ### END SOLUTION\n```\n\n```{code-cell} ipython3\ncheck(total)",
            "```\n",
            "needs one '### BEGIN",
        ),
    ],
)
def test_a_notebook_that_does_not_fit_is_an_error_in_words(edited, old, new, said):
    with pytest.raises(CourseError) as error:
        edited(old, new)
    assert said in str(error.value)


def test_a_check_before_its_answer_is_an_error(tmp_path):
    text = SOURCE.read_text()
    check = "```{code-cell} ipython3\ncheck(double)\n```\n"
    path = tmp_path / "tiny.md"
    path.write_text(
        text.replace(check, "").replace("{{ exercise double }}\n", f"{{{{ exercise double }}}}\n\n{check}")
    )
    with pytest.raises(CourseError, match="stands before the answer cell of double"):
        build.notebook(TINY, path)


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"nothing\.md is missing"):
        build.notebook(TINY, tmp_path / "nothing.md")


def test_only_what_changed_is_written(empty):
    assert build.build("tiny", empty)
    path = empty.source("tiny") / "tiny.ipynb"
    written = path.stat().st_mtime_ns
    assert not build.build("tiny", empty)
    assert not build.build("tiny", empty, force=True)
    assert path.stat().st_mtime_ns == written
    shutil.rmtree(empty.source("tiny"))
    assert build.build("tiny", empty)


def test_a_file_that_is_no_longer_shipped_goes_away(empty):
    build.build("tiny", empty)
    stray = empty.source("tiny") / "checks" / "old.py"
    stray.write_text("")
    assert build.build("tiny", empty, force=True)
    assert not stray.exists()


def test_the_notebook_opens_with_np_and_check():
    for slug in slugs():
        first = next(
            cell
            for cell in build.notebook(load(slug), PROJECT / "solutions" / slug / f"{slug}.md").cells
            if cell.cell_type == "code"
        )
        assert "import numpy as np" in first.source
        assert "from checks import check" in first.source


def test_a_text_for_a_person_to_grade_keeps_its_model_answer_to_the_source(tmp_path):
    solutions = tmp_path / "texts"
    shutil.copytree(FIXTURES / "tiny", solutions / "tiny")
    with (solutions / "tiny" / "tiny.md").open("a") as file:
        file.write("\n+++\n\n{{ written why 2 }}\nBecause the model answer says so.\n")
    course = Course(tmp_path / "course", solutions)
    release.release("tiny", course)
    asked, answered = (
        nbformat.read(folder / "tiny.ipynb", as_version=4).cells[-1]
        for folder in (course.release("tiny"), course.source("tiny"))
    )
    marks = answered.metadata["nbgrader"]
    assert (marks["grade_id"], marks["points"], marks["grade"], marks["solution"]) == ("why", 2, True, True)
    assert answered.source == "Because the model answer says so."
    assert asked.source == "YOUR ANSWER HERE"
    (course.release("tiny") / "copied.txt").write_text(answered.source)
    assert release.leaks(load("tiny", solutions), course) == [f"solution: {answered.source}"]
