"""A graded sample class of the small assignment and of every real one, each made once per test process."""

import os
import shutil
from pathlib import Path

import pytest

from autograder.authoring import exercises, release, sample
from autograder.engine import grading
from autograder.layout import PROJECT, Course
from autograder.results import feedback
from autograder.sandbox.protection import protection

SEED = 20260302
FIXTURES = Path(__file__).parent / "assignments"

# Of nbgrader and Jupyter, which stay unpatched: the order in which nbgrader adds rows to the gradebook, and
# SQLite connections that it leaves to the garbage collector.
THIRD_PARTY = (
    "ignore:Object of type .* not in session:sqlalchemy.exc.SAWarning",
    "ignore:unclosed database in:ResourceWarning",
)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            for line in THIRD_PARTY:
                item.add_marker(pytest.mark.filterwarnings(line))


def require_sandbox() -> None:
    """Skip a test that runs student code where no sandbox can be made; in CI it fails instead."""
    found = protection()
    if not found.sandboxed and os.environ.get("CI") != "true":
        pytest.skip(f"no sandbox can be made here: {found.problem}")


def graded(course: Course, slug: str) -> Course:
    require_sandbox()
    release.release(slug, course)
    sample.write(slug, course)
    done = grading.grade(slug, course, seed=SEED, max_seconds=4.0)
    assert [one.line for one in done if one.status == "failed"] == []
    return course


@pytest.fixture
def empty(tmp_path) -> Course:
    """A course with the small assignment, in which nothing has been done yet."""
    return Course(tmp_path / "course", FIXTURES)


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Course:
    """A course with the small assignment released; not to be changed."""
    course = Course(tmp_path_factory.mktemp("released"), FIXTURES)
    release.release("tiny", course)
    return course


@pytest.fixture
def ready(released, tmp_path) -> Course:
    """A course with the small assignment released, to work on."""
    require_sandbox()
    root = tmp_path / "ready"
    shutil.copytree(released.root, root)
    return Course(root, FIXTURES)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Course:
    """The small assignment with its sample class graded and its feedback written; not to be changed."""
    course = graded(Course(tmp_path_factory.mktemp("tiny"), FIXTURES), "tiny")
    feedback.generate("tiny", course)
    return course


def _by_default(slug):
    """Kernels take half a minute for a class: the default run grades the small assignment and a real one."""
    return slug if slug == "seeing" else pytest.param(slug, marks=pytest.mark.slow)


@pytest.fixture(scope="session", params=["tiny", *map(_by_default, exercises.slugs())])
def sample_class(request, tmp_path_factory) -> tuple[Course, str]:
    """A graded sample class and the assignment's slug: the small assignment's and every real one's."""
    if request.param == "tiny":
        return request.getfixturevalue("tiny"), "tiny"
    course = Course(tmp_path_factory.mktemp(request.param), PROJECT / "solutions")
    return graded(course, request.param), request.param
