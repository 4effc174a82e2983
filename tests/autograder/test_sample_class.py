"""What the kernel path recorded for each sample student equals what the oracle says in this process."""

import linecache

import nbformat
import pytest

from autograder.authoring import sample
from autograder.authoring.exercises import load
from autograder.engine import oracle
from autograder.engine.report import record_of
from autograder.engine.transport import call_here
from autograder.late import penalty
from autograder.results import table

from .conftest import SEED

IN_ITS_OWN_WORDS = ("raises", "untouched", "half-done", "endless-loop", "no-notebook")


@pytest.fixture(scope="module")
def rows(sample_class):
    course, slug = sample_class
    return {row.student.removeprefix(sample.PREFIX): row for row in table.rows(slug, course)}


@pytest.fixture(scope="module")
def assignment(sample_class):
    course, slug = sample_class
    return load(slug, course.solutions)


@pytest.fixture(scope="module")
def handed_in(sample_class, assignment):
    course, slug = sample_class
    solved = nbformat.read(course.source(slug) / f"{slug}.ipynb", as_version=4)
    return {one.student: one for one in sample.submissions(assignment, solved)}


def records(sample_class, student):
    course, slug = sample_class
    path = course.autograded(sample.PREFIX + student, slug) / f"{slug}.ipynb"
    found = (record_of(cell) for cell in nbformat.read(path, as_version=4).cells)
    return {record["exercise"]: record for record in found if record}


def in_this_process(exercise, answers, opening):
    """Grade the answer as the kernel would: cell after cell in the namespace that the first cell makes."""
    namespace, sources = {}, []
    for name, text in {"opening": opening, **answers}.items():
        sources.append(text)
        file = f"<{name}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # messages quote it
        exec(compile(text, file, "exec"), namespace)
    return oracle.grade(exercise, call_here(namespace[exercise.name]), SEED, sources)


def test_there_are_twelve_kinds_and_more(handed_in):
    assert len(handed_in) >= 12


def test_everybody_is_graded(rows, handed_in):
    assert set(rows) == set(handed_in)
    assert {row.status for row in rows.values()} == {"graded"}


@pytest.mark.filterwarnings("ignore")  # as in a kernel: students divide by zero, and one warns
def test_kernel_and_process_agree(sample_class, assignment, handed_in):
    for student, submission in handed_in.items():
        if student in IN_ITS_OWN_WORDS:
            continue
        recorded = records(sample_class, student)
        for exercise in assignment.exercises:
            expected = in_this_process(exercise, submission.answers, assignment.opening).record()
            found = {key: recorded[exercise.name][key] for key in expected}
            assert found == expected, (student, exercise.name)


def test_right_answers_have_full_marks(rows, assignment):
    right = ["right", "extra-notebook", "edited-checks", "prints-and-warns"]
    right += [student for student in rows if student.startswith("right-otherwise-")]
    assert {student: rows[student].total for student in right} == dict.fromkeys(right, assignment.points)
    assert {mark.message for student in right for mark in rows[student].marks.values()} == {""}


def test_every_mistake_costs_marks_and_hears_its_own_sentence(sample_class, rows, assignment):
    for number in range(max(len(exercise.mistakes) for exercise in assignment.exercises)):
        recorded = records(sample_class, f"mistake-{number + 1}")
        for exercise in assignment.exercises:
            mistake = exercise.mistakes[min(number, len(exercise.mistakes) - 1)]
            record = recorded[exercise.name]
            assert record["mistake"] == mistake.function.__name__, exercise.name
            assert record["message"] == mistake.sentence
            assert record["score"] < exercise.points
            assert rows[f"mistake-{number + 1}"].marks[exercise.name].score == record["score"]


def test_untouched_is_nothing_and_half_is_half(rows, assignment):
    names = [exercise.name for exercise in assignment.exercises]
    assert {mark.score for mark in rows["untouched"].marks.values()} == {0}
    done = set(names[: len(names) // 2])
    expected = {exercise.name: exercise.points * (exercise.name in done) for exercise in assignment.exercises}
    assert {name: mark.score for name, mark in rows["half-done"].marks.items()} == expected


def test_a_crash_is_named_with_its_line(rows):
    for mark in rows["raises"].marks.values():
        assert mark.score == 0
        assert "RuntimeError: no idea" in mark.message
        assert "line 2: `raise RuntimeError('no idea')`" in mark.message


def test_an_endless_loop_costs_its_own_exercise_and_those_that_call_it(rows, assignment, handed_in):
    first = assignment.exercises[0].name
    marks = rows["endless-loop"].marks
    assert "while True:" in marks[first].message
    calling = {first}
    for name, text in handed_in["endless-loop"].answers.items():
        if any(f"{other}(" in text for other in calling):
            calling.add(name)
    assert {name: mark.score for name, mark in marks.items()} == {
        exercise.name: exercise.points * (exercise.name not in calling) for exercise in assignment.exercises
    }


def test_none_is_no_result(rows):
    for mark in rows["returns-none"].marks.values():
        assert mark.score == 0
        assert "None" in mark.message


def test_a_banned_call_costs_the_exercises_that_ban_it(rows, assignment):
    for exercise in assignment.exercises:
        mark = rows["uses-a-banned-call"].marks[exercise.name]
        assert mark.score == (0 if exercise.banned else exercise.points)
        assert not exercise.banned or f"`{exercise.banned[0]}`" in mark.message


def test_late_by_a_day_and_an_hour_costs_a_fifth(rows, assignment):
    assert (
        rows["late"].penalty
        == penalty(assignment.points, 25 * 3600)
        == pytest.approx(0.2 * assignment.points)
    )
    assert rows["late"].total == pytest.approx(0.8 * assignment.points)
    assert {student for student, row in rows.items() if row.penalty} == {"late"}


def test_missing_and_extra_notebooks_are_said(sample_class, rows):
    _, slug = sample_class
    assert rows["no-notebook"].total == 0
    assert (
        rows["no-notebook"].remark
        == f"There was no notebook called {slug}.ipynb in the folder that was handed in."
    )
    assert rows["extra-notebook"].remark == "Not graded, as it belongs to no assignment: scratch.ipynb."


def test_the_seed_is_recorded(sample_class):
    assert {record["seed"] for record in records(sample_class, "right").values()} == {SEED}
