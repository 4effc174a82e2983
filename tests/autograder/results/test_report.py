"""A class on one page."""

import re

import numpy as np
import pytest

from autograder.authoring import sample
from autograder.authoring.exercises import load
from autograder.results import classreport, classroom
from autograder.results.classroom import Classroom, Made
from autograder.results.table import Mark, Row

from ..conftest import FIXTURES

ASSIGNMENT = load("tiny", FIXTURES)


@pytest.fixture(scope="module")
def room(tiny):
    return classroom.read("tiny", tiny)


def made(scores, late_by=(), mistakes=()):
    """Return a class with these scores for the two exercises of the small assignment."""
    rows = [
        Row(f"s{number}", {"double": Mark(a, 3, ""), "total": Mark(b, 5, "")}, 0, a + b, "graded", "")
        for number, (a, b) in enumerate(scores)
    ]
    scores = np.array(scores, float).reshape(-1, 2)
    return Classroom("Tiny", list(ASSIGNMENT.exercises), rows, rows, scores, list(mistakes), list(late_by))


def test_who_counts_and_who_does_not(room):
    assert len(room.rows) == len(room.counted) + 1
    assert "sample-no-notebook" not in {row.student for row in room.counted}
    assert room.scores.shape == (len(room.counted), 2)
    assert room.points == 8


def test_mistakes_are_counted_by_name(room):
    found = {(one.exercise, one.name): one for one in room.mistakes}
    for exercise in ASSIGNMENT.exercises:
        for mistake in exercise.mistakes:
            one = found[exercise.name, mistake.function.__name__]
            assert (one.count, one.sentence) == (1, mistake.sentence)


def test_times_are_hours_after_the_deadline(room):
    assert set(np.round(room.late_by, 6)) == {-3, 25}
    assert sum(hours > 0 for hours in room.late_by) == 1


def test_the_page_names_nobody_unless_asked(room):
    assert sample.PREFIX not in classreport.page(room)
    named = classreport.page(room, names=True)
    for row in room.rows:
        assert row.student in named


def test_the_page_needs_nothing_from_outside(tiny, tmp_path):
    html = classreport.write("tiny", tiny, tmp_path / "page.html").read_text()
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", re.sub(r'xlink:href="#[^"]*"', "", html))
    assert "<script" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    assert (
        html.count("<svg")
        == html.count('role="img" aria-label="Number') + html.count('aria-label="Mean')
        == 3
    )


def test_numbers_worked_by_hand():
    # totals 8, 8, 3, 0: mean 4.75, median 5.5; first: (3 + 3 + 3 + 0)/12 = 75 %, three of four solved it;
    # second: 10/20 = 50 %, two of four.
    html = classreport.page(made([(3, 5), (3, 5), (3, 0), (0, 0)], late_by=[-30, -1, 2, 49]))
    cells = [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        for cell in re.findall(r"<t[dh][^>]*>.*?</t[dh]>", html, re.S)
    ]
    assert "<strong>4.8</strong>mean, of 8 points" in html
    assert "<strong>5.5</strong>median" in html
    assert "<strong>2</strong>handed in late" in html
    row = cells.index("Twice as much double")
    assert cells[row + 1 : row + 4] == ["3", "75 %", "75 %"]
    # M₁ − M₀ = 10/3 − 0, √(pq) = √3/4, s = 2.5: r = (10/3)(√3/4)/2.5 = 0.577; upper − lower: 1 − 0.5
    assert cells[row + 4 : row + 6] == ["0.58", "0.50"]
    assert "2 days before: 1; last day: 1; day 1 after the deadline: 1; day 3 after the deadline: 1." in html


def test_an_exercise_that_the_best_fail_is_pointed_out():
    html = classreport.page(made([(0, 5), (0, 5), (3, 0), (3, 1)]))
    assert "is the task clear?" in html
    assert "−1.00" in html


def test_mistakes_are_listed_by_frequency_with_their_sentence():
    html = classreport.page(made([(3, 5)] * 4, mistakes=[Made(3, "total", "product", "You <multiplied>.")]))
    assert "<code>product</code>" in html
    assert "You &lt;multiplied&gt;." in html


def test_a_class_of_nobody_is_said():
    html = classreport.page(made([]))
    assert "Nothing has been graded yet." in html
    assert "<svg" not in html


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_small_class_has_a_page(size):
    html = classreport.page(made([(3, 5)] * size, late_by=[-1000, 1000]))
    assert "–" in html
