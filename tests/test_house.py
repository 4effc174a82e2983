"""The tree's own rules: one word for one idea, no numbers in names, no drawer for odds and ends."""

import re
import subprocess
from pathlib import Path

import pytest

from autograder.authoring import exercises
from convnets.training import experiments
from course import book

ROOT = Path(__file__).resolve().parents[1]
SERVING = {"data", "drawings", "palette", "plots", "timing", "widgets"}
"""Parts of convnets that serve every chapter and explain none."""


def tracked():
    """Return the paths git knows of, those not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def modules():
    folder = ROOT / "src" / "convnets"
    names = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    return names - {"__init__"} - SERVING


def chapters():
    return {path.stem for path in (ROOT / "book").glob("*.md")}


def test_every_module_has_its_chapter():
    assert modules()
    assert modules() <= chapters()


def test_every_experiment_has_its_notebook_and_its_record():
    """One word for experiment, page and recorded run, and a line in the contents."""
    notebooks = {path.stem for path in (ROOT / "book" / "training").glob("*.md")}
    assert notebooks == set(experiments.NAMES)
    assert notebooks <= {path.stem for path in (ROOT / "book" / "results").glob("*.json")}
    listed = {name.split("/")[1] for name in book.contents(ROOT / "book") if name.startswith("training/")}
    assert listed == notebooks


def test_no_package_is_committed():
    """Nor any other archive: what is installed is named in ``requirements.txt``."""
    assert [path for path in tracked() if path.suffix in {".whl", ".zip", ".gz", ".tar"}] == []


@pytest.mark.parametrize("slug", exercises.slugs())
def test_assignment_has_its_module_chapter_and_notebook(slug):
    assert slug in modules()
    assert slug in chapters()
    assert (ROOT / "solutions" / slug / f"{slug}.md").is_file()


def test_every_folder_of_solutions_is_an_assignment():
    folders = {
        path.name for path in (ROOT / "solutions").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == set(exercises.slugs())


def test_every_exercise_has_a_file_of_its_name():
    for slug in exercises.slugs():
        names = {exercise.name for exercise in exercises.load(slug).exercises}
        files = {path.stem for path in (ROOT / "solutions" / slug).glob("*.py")}
        assert files == names | {"exercises"}


def test_exercises_of_all_assignments_have_different_names():
    names = [exercise.name for slug in exercises.slugs() for exercise in exercises.load(slug).exercises]
    assert len(names) == len(set(names))


def test_names_hold_no_order():
    """Order stands in the table of contents alone."""
    numbered = [path for path in tracked() if any(re.match(r"\d", part) for part in path.parts)]
    assert numbered == []


def test_nothing_is_called_after_what_it_is_not():
    vague = {"utils", "util", "misc", "helpers", "helper", "stuff"}
    assert [path for path in tracked() if vague & {path.stem, *path.parts}] == []
