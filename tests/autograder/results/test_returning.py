"""What goes back: feedback pages, grades.csv and the table."""

import csv
import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console

from autograder.authoring import sample
from autograder.authoring.build import DEMONSTRATION
from autograder.authoring.exercises import load
from autograder.engine.converting import gradebook
from autograder.layout import CourseError
from autograder.results import export, feedback, table

from ..conftest import FIXTURES

ASSIGNMENT = load("tiny", FIXTURES)


def page(course, student):
    return (course.feedback(sample.PREFIX + student, "tiny") / "tiny.html").read_text()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_student_gets_a_page_even_without_a_notebook(tiny):
    for student in tiny.students("tiny"):
        assert (tiny.feedback(student, "tiny") / "tiny.html").is_file(), student
    assert "There was no notebook called tiny.ipynb" in page(tiny, "no-notebook")


def test_a_page_shows_score_and_message_of_each_exercise(tiny):
    text = words(page(tiny, "mistake-1"))
    for exercise in ASSIGNMENT.exercises:
        assert exercise.title in text
        assert exercise.mistakes[0].sentence in text
    assert "0 of 3 points" in text
    assert "2 of 5 points" in text
    assert "(Score: 2.0 / 8.0)" in text


def test_a_page_holds_no_hidden_case_and_no_guard(tiny):
    for student in tiny.students("tiny"):
        html = (tiny.feedback(student, "tiny") / "tiny.html").read_text()
        for told in ("HIDDEN TESTS", "two numbers", "many numbers", "five numbers", "NotGraded"):
            assert told not in html, (student, told)


def test_a_page_leaves_out_what_was_not_run():
    shown = new_code_cell("plot()", metadata={"tags": [DEMONSTRATION]})
    kept = new_code_cell("x = 1")
    step = feedback.CleanFeedback()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feedback.GetGrades, "preprocess", lambda self, nb, resources: (nb, resources))
        nb, _ = step.preprocess(new_notebook(cells=[shown, kept]), {})
    assert [cell.source for cell in nb.cells] == ["x = 1"]


def test_a_page_is_written_again_when_the_gradebook_has_changed(tiny):
    student = sample.PREFIX + "half-done"
    assert feedback.generate("tiny", tiny) == []
    with gradebook(tiny) as book:
        book.find_comment("total", "tiny", "tiny", student).manual_comment = "Come and see me."
        book.db.commit()
    assert feedback.generate("tiny", tiny) == [student]
    assert "Come and see me." in page(tiny, "half-done")


def test_grades_tell_a_zero_from_what_is_not_graded(tiny, ready):
    with gradebook(ready) as book:
        book.update_or_create_student("ada")
        book.update_or_create_student("bob")
        book.add_submission("tiny", "ada")
    with export.write(ready).open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (rows["ada"]["score"], rows["ada"]["status"]) == ("", "not graded")
    assert (rows["bob"]["score"], rows["bob"]["status"]) == ("0.0", "nothing submitted")
    with export.write(tiny).open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (rows["sample-untouched"]["score"], rows["sample-untouched"]["status"]) == ("0.0", "graded")
    assert (rows["sample-late"]["raw_score"], rows["sample-late"]["score"]) == ("8.0", "6.4")
    assert tuple(rows["sample-late"]) == export.COLUMNS


def test_grades_go_where_they_are_asked_to_go(tiny, tmp_path):
    assert export.write(tiny, tmp_path / "g.csv", ["other"]).read_text().strip() == ",".join(export.COLUMNS)
    with pytest.raises(CourseError, match="there is no folder"):
        export.write(tiny, tmp_path / "no" / "g.csv")


def test_the_table_shows_scores_lateness_and_what_went_wrong(tiny):
    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    table.show("tiny", tiny, console)
    console.file.close()
    lines = {line.split()[0]: line.split() for line in console.export_text().splitlines() if line.strip()}
    assert lines["sample-right"] == ["sample-right", "3", "5", "8"]
    assert lines["sample-late"] == ["sample-late", "3", "5", "−1.6", "6.4"]
    assert " ".join(lines["sample-mistake-1"][:6]) == "sample-mistake-1 0 2 2 1: You"
    assert lines["sample-untouched"][4:] == ["1,", "2:", "Not", "started", "yet"]
    assert "There was no notebook" in " ".join(lines["sample-no-notebook"])


def test_long_reports_are_cut_in_the_table():
    mark = table.Mark(0, 1, "First: a long story. And more.")
    marks = {exercise.name: mark for exercise in ASSIGNMENT.exercises}
    row = table.Row("s", marks, 0, None, "not graded", "")
    assert list(table._wrong(row, ASSIGNMENT.exercises)) == ["not graded yet", "1, 2: First"]
