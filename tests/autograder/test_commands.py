"""``python -m autograder``, the whole course in one call, and the pages of the book."""

import io
import shutil

import pytest
from rich.console import Console

from autograder import pipeline
from autograder.__main__ import main
from autograder.authoring import exercises, pages, release
from autograder.late import RULE
from autograder.layout import PROJECT, Course

from .conftest import FIXTURES
from .test_grading import hand_in, hand_in_nothing


def test_from_sources_to_grades(empty, capsys):
    assert main(["build"], empty) == 0
    assert main(["release", "--assignment", "tiny"], empty) == 0
    hand_in(empty, "ada")
    hand_in_nothing(empty, "bob")
    assert main(["grade", "--student", "ada", "--seed", "3"], empty) == 0
    assert main(["grade"], empty) == 0
    assert main(["feedback"], empty) == 0
    assert main(["export"], empty) == 0
    said = capsys.readouterr().out
    assert "tiny: ada: graded\ntiny: 1 graded, 0 unchanged" in said
    assert "tiny: bob: missing: There was no notebook called tiny.ipynb" in said
    assert "tiny: 1 graded, 1 unchanged" in said
    assert "tiny: 2 new pages" in said
    assert (empty.root / "grades.csv").read_text().count("graded\n") == 2
    assert main(["table"], empty) == 0
    assert "ada" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "--assignment", "nothing"], "there is no assignment 'nothing'; there are: tiny"),
        (["grade", "--student", "zoe"], "zoe has handed in nothing"),
        (["sample"], "tiny is not released yet: python -m autograder release"),
        (["export", "--to", "no/such/folder.csv"], "there is no folder no/such"),
    ],
)
def test_mistakes_of_the_user_are_said_without_a_traceback(empty, capsys, arguments, said):
    assert main(arguments, empty) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_wrong_command_line_is_explained(empty, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["grade", "--sede", "3"], empty)
    assert stop.value.code == 2
    assert "--sede" in capsys.readouterr().err


def test_the_whole_course_again_does_nothing_again(tiny, tmp_path):
    course = Course(tmp_path / "course", FIXTURES)
    shutil.copytree(tiny.root, course.root)
    before = {path: path.stat().st_mtime_ns for path in course.root.rglob("*.ipynb")}
    out = io.StringIO()
    written = pipeline.run_course(course, Console(file=out, width=140))
    assert written.feedback.is_dir()
    assert written.grades.is_file()
    assert {path: path.stat().st_mtime_ns for path in course.root.rglob("*.ipynb")} == before
    assert out.getvalue().startswith("Tiny (8 points)")


def test_a_sample_class_does_not_keep_an_assignment_from_changing(ready, tmp_path):
    solutions = tmp_path / "changing"
    shutil.copytree(FIXTURES, solutions, ignore=shutil.ignore_patterns("__pycache__"))
    course = Course(ready.root, solutions)
    hand_in_nothing(course, "sample-right")
    main(["grade"], course)
    text = (solutions / "tiny" / "tiny.md").read_text()
    (solutions / "tiny" / "tiny.md").write_text(text + "\n```{code-cell} ipython3\nprint(1)\n```\n")
    release.release("tiny", course)
    hand_in_nothing(course, "ada")
    main(["grade"], course)
    (solutions / "tiny" / "tiny.md").write_text(text)
    with pytest.raises(release.CellsChangedError, match="--assignment tiny --force"):
        release.release("tiny", course)


@pytest.fixture(scope="module")
def page():
    return {slug: pages.page(exercises.load(slug)) for slug in exercises.slugs()}


@pytest.mark.parametrize("slug", exercises.slugs())
def test_a_page_says_all_there_is_to_know(page, slug):
    text, assignment = page[slug], exercises.load(slug)
    for exercise in assignment.exercises:
        assert f"### {exercise.title}" in text
        assert f"| {exercise.points} | {exercise.minutes} |" in text
        assert f"<{exercise.section.split('#')[1]}>" in text
        assert exercise.task in text
    assert f"{assignment.points} points" in text
    assert RULE in text
    assert f"{{download}}`Download the assignment as a folder <{slug}.zip>`" in text
    assert "{code-cell}" not in text


@pytest.mark.parametrize("slug", exercises.slugs())
def test_a_page_leads_to_paragraphs_that_exist(slug):
    for exercise in exercises.load(slug).exercises:
        for link in (exercise.section, *(mistake.link for mistake in exercise.mistakes)):
            chapter, anchor = link.split(".html#")
            assert f"({anchor})=" in (PROJECT / "book" / f"{chapter}.md").read_text(), link


def test_pages_are_written_when_they_change_and_go_when_they_are_old(ready, tmp_path):
    book = tmp_path / "book"
    (book / "assignments").mkdir(parents=True)
    (book / "assignments" / "old.md").write_text("")
    folder = book / "assignments"
    assert pages.write(book, ready) == [folder / "tiny.zip", folder / "tiny.md"]
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.md", "tiny.zip"]
    assert pages.write(book, ready) == []
