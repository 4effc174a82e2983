"""What students get: nbgrader's release without a line of what must stay here."""

import io
import zipfile

import nbformat
import pytest

from autograder.authoring import release
from autograder.authoring.exercises import load, slugs
from autograder.layout import PROJECT, Course, CourseError

from ..conftest import FIXTURES


@pytest.fixture(scope="module", params=slugs())
def real(request, tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("real"), PROJECT / "solutions")
    release.release(request.param, course)
    return course, request.param


def test_no_line_of_solutions_hidden_cases_or_mistakes_is_released(real):
    course, slug = real
    assert release.leaks(load(slug), course) == []


def test_the_archive_is_a_folder_with_notebook_checks_and_cases(real):
    course, slug = real
    names = zipfile.ZipFile(course.archive(slug)).namelist()
    assert all(name.startswith(f"{slug}/") for name in names)
    for name in (f"{slug}.ipynb", "checks/__init__.py", "checks/public_cases.json"):
        assert f"{slug}/{name}" in names
    assert not [name for name in names if "exercises" in name or name.endswith(".pyc")]


def test_the_released_notebook_asks_and_does_not_answer(released):
    nb = nbformat.read(released.release("tiny") / "tiny.ipynb", as_version=4)
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in nb.cells}
    assert cells["double"].source == (
        'def double(x):\n    """Return x, doubled."""\n    # your code here\n    raise NotImplementedError'
    )
    assert cells["check-double"].source == "check(double)"
    assert cells["check-double"].metadata["editable"] is False


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("twice = 2 * np.asarray(x)", "solution: twice = 2 * np.asarray(x)"),
        ("together = together + number", "solution: together = together + number"),
        ("return np.asarray(x) ** 2", "exercises.py, squared: return np.asarray(x) ** 2"),
        (
            'yield Case("small", "two numbers", (rng.normal(size=2),))',
            "exercises.py, cases_of_double: yield Case",
        ),
    ],
)
@pytest.mark.parametrize("place", ["notebook", "cases"])
def test_a_planted_leak_is_found(ready, line, origin, place):
    folder = ready.release("tiny")
    if place == "notebook":
        nb = nbformat.read(folder / "tiny.ipynb", as_version=4)
        nb.cells[0].source += f"\n{line}"
        nbformat.write(nb, folder / "tiny.ipynb")
    else:
        (folder / "notes.json").write_text(
            f'{{"a": ["before\\n{line.replace(chr(34), chr(92) + chr(34))}"]}}'
        )
    [found] = release.leaks(load("tiny", FIXTURES), ready)
    assert found.startswith(origin)


def test_a_leak_stops_the_release(ready, monkeypatch):
    monkeypatch.setattr(release, "leaks", lambda assignment, course: ["solution: x = 1"])
    with pytest.raises(CourseError, match="would give away:\n  solution: x = 1"):
        release.release("tiny", ready, force=True)


def test_nothing_changed_nothing_is_released(ready):
    assert not release.release("tiny", ready)
    ready.archive("tiny").unlink()
    assert release.release("tiny", ready)


def test_the_archive_depends_on_its_content_only(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "x.txt").write_text("x")
    first = release.packed(folder)
    (folder / "x.txt").touch()
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("")
    assert release.packed(folder) == first
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == ["a/x.txt"]


def test_an_assignment_that_is_not_there_is_named(empty):
    with pytest.raises(CourseError, match="no assignment 'nothing'"):
        release.release("nothing", empty)
