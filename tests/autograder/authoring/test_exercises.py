"""The contract of an exercise is held, and each break of it is said."""

import dataclasses

import numpy as np
import pytest

from autograder.authoring import exercises
from autograder.authoring.exercises import load, problems, slugs, source_of
from autograder.layout import CourseError
from checks.contract import Case, Group, Tolerance

from ..conftest import FIXTURES

DOUBLE, TOTAL = load("tiny", FIXTURES).exercises


def reads_a_global(x):
    return x + len(FIXTURES.parts)


def uses_a_banned_call(a, scale=1.0):
    return np.sum(a) * scale


def unknown_group(rng):
    yield Case("nowhere", "lost", (1,))


FIRST = DOUBLE.mistakes[0]


@pytest.mark.parametrize("slug", slugs())
def test_every_assignment_keeps_the_contract(slug):
    assignment = load(slug)
    assert assignment.points == sum(exercise.points for exercise in assignment.exercises)
    for exercise in assignment.exercises:
        assert problems(exercise, assignment.opening) == []


@pytest.mark.parametrize(
    ("exercise", "change", "said"),
    [
        (DOUBLE, {"name": "not a name"}, "not a Python name"),
        (DOUBLE, {"mistakes": DOUBLE.mistakes[:2]}, "2 mistakes; three are the least"),
        (DOUBLE, {"mistakes": (FIRST, FIRST, *DOUBLE.mistakes)}, "the same function name"),
        (
            DOUBLE,
            {"mistakes": (dataclasses.replace(FIRST, link="nowhere"), *DOUBLE.mistakes[1:])},
            "'nowhere'",
        ),
        (DOUBLE, {"hints": ("one", "two")}, "three hints"),
        (DOUBLE, {"difficulty": 4}, "difficulty 4"),
        (DOUBLE, {"minutes": 0}, "must be positive"),
        (DOUBLE, {"tolerance": Tolerance(0, 0, "")}, "no reason"),
        (DOUBLE, {"tolerance": Tolerance(-1, 0, "r")}, "negative"),
        (DOUBLE, {"variants": ()}, "no variant"),
        (DOUBLE, {"variants": (reads_a_global,)}, "reads_a_global uses FIXTURES"),
        (
            TOTAL,
            {"variants": (uses_a_banned_call,)},
            "uses_a_banned_call uses numpy.sum, which the exercise bans",
        ),
        (DOUBLE, {"section": "tiny"}, "'slug.html#anchor'"),
        (DOUBLE, {"public": ()}, "no public case"),
        (DOUBLE, {"hidden": lambda rng: []}, "yields no case"),
        (DOUBLE, {"hidden": unknown_group}, "['nowhere']"),
        (DOUBLE, {"groups": (*DOUBLE.groups, Group("more", 1, "More"))}, "groups without a case: ['more']"),
        (DOUBLE, {"groups": (*DOUBLE.groups, DOUBLE.groups[0])}, "unique names"),
        (DOUBLE, {"groups": (Group("small", 0, "s"), DOUBLE.groups[1])}, "positive whole number"),
    ],
)
def test_each_break_of_the_contract_is_named(exercise, change, said):
    assert said in "\n".join(problems(dataclasses.replace(exercise, **change)))


def test_an_unknown_assignment_is_named_with_those_there_are():
    with pytest.raises(CourseError, match=r"no assignment 'nothing'.*tiny"):
        load("nothing", FIXTURES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "does not run: ZeroDivisionError"),
        ("TITLE = 'x'", "must define EXERCISES"),
        ("from checks.contract import *\nEXERCISES = (1,)", "must define EXERCISES"),
    ],
)
def test_a_broken_file_is_an_error_in_words(tmp_path, text, said):
    folder = tmp_path / f"broken{abs(hash(text))}"
    (folder / "bad").mkdir(parents=True)
    (folder / "bad" / "exercises.py").write_text(text)
    with pytest.raises(CourseError, match=said):
        load("bad", folder)


def test_a_function_is_written_under_the_name_of_its_exercise():
    def old(n):
        """Count down."""
        return [] if n == 0 else [n, *old(n - 1)]

    text = source_of(old, "new")
    namespace = {}
    exec(text, namespace)
    assert namespace["new"](3) == [3, 2, 1]
    assert "old" not in text


def test_assignments_are_found_by_their_folder():
    assert slugs(FIXTURES) == ["tiny"]
    assert exercises.load("tiny", FIXTURES).exercise("total") is TOTAL
    with pytest.raises(KeyError):
        exercises.load("tiny", FIXTURES).exercise("nothing")
