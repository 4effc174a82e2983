"""The oracle on functions of this process: points by group, diagnosis, and what stays hidden."""

import dataclasses

import numpy as np
import pytest

from autograder.authoring.exercises import load
from autograder.engine import oracle, report
from autograder.engine.transport import call_here
from checks.contract import Case, Group
from checks.outcome import Outcome

from ..conftest import FIXTURES

ASSIGNMENT = load("tiny", FIXTURES)
DOUBLE, TOTAL = ASSIGNMENT.exercises


def grade(exercise, function, seed=1, sources=()):
    return oracle.grade(exercise, call_here(function), seed, sources)


def wrong_when_long(x):
    return 2 * x if len(x) < 50 else 2 * x + 7.25


def test_the_reference_and_all_variants_have_full_marks():
    for exercise in ASSIGNMENT.exercises:
        for function in (exercise.reference, *exercise.variants):
            result = grade(exercise, function)
            assert (result.score, result.message) == (exercise.points, "")


def test_points_are_given_by_group():
    result = grade(DOUBLE, wrong_when_long)
    assert [(group.name, group.earned, group.passed) for group in result.groups] == [
        ("small", 1, True),
        ("large", 0, False),
    ]
    assert (result.score, result.max_score) == (1, 3)


def test_a_mistake_is_told_apart_by_hidden_cases():
    for exercise in ASSIGNMENT.exercises:
        for mistake in exercise.mistakes:
            result = grade(exercise, mistake.function)
            assert result.mistake is mistake
            assert result.message == mistake.sentence


def test_a_hidden_failure_shows_neither_inputs_nor_values():
    result = grade(DOUBLE, wrong_when_long)
    [hidden] = [
        case for case in DOUBLE.hidden(np.random.default_rng([1, *b"double"])) if case.group == "large"
    ]
    told = report.html(DOUBLE, result) + report.text(DOUBLE, result) + str(result.record())
    shown = [f"{number:.3f}"[:5] for x in hidden.args for number in (*x, *(2 * x), *(2 * x + 7.25))]
    assert not [number for number in shown if number in told]
    assert "7.25" not in told
    assert hidden.label not in told
    assert result.message.startswith("Many numbers (a case that is not shown):")
    failure = result.failure
    assert (failure.case, failure.outcome, failure.expected, failure.verdict) == (None, None, None, None)


def test_an_error_text_cannot_carry_a_hidden_input_out():
    told = []

    def tell(x):
        if len(x) > 2:
            told.append(str(x[0]))
            raise ValueError(told[-1])
        return 2 * x

    result = grade(DOUBLE, tell)
    assert "ValueError" in result.message
    assert told[0] not in report.html(DOUBLE, result) + report.text(DOUBLE, result) + str(result.record())


def test_public_cases_are_asked_before_any_hidden_one():
    asked = []

    def ask(name, args, kwargs, seconds, trial):
        asked.append(len(args[0]))
        return Outcome("value", TOTAL.reference(*args, **kwargs))

    oracle.grade(TOTAL, ask, 1)
    assert asked == [3, 3, 5, 5]


def test_a_public_failure_shows_the_call():
    result = grade(DOUBLE, lambda x: x + 1.5)
    assert result.mistake is None
    assert "double(np.array([3.]))" in report.text(DOUBLE, result)
    assert "4.5" in report.text(DOUBLE, result)


def test_the_same_seed_draws_the_same_cases_and_another_seed_others():
    def cases(seed):
        seen = []
        grade(DOUBLE, lambda x: seen.append(x.copy()) or 2 * x, seed)
        return np.concatenate(seen)

    np.testing.assert_array_equal(cases(5), cases(5))
    assert not np.array_equal(cases(5), cases(6))


def test_seeds_drawn_afresh_differ():
    assert len({oracle.new_seed() for _ in range(20)}) == 20


def test_a_banned_call_is_zero_with_its_name():
    sources = ["import numpy as np", "def total(a, scale=1.0):\n    return np.sum(a) * scale"]
    result = grade(TOTAL, TOTAL.reference, sources=sources)
    assert result.score == 0
    assert "`numpy.sum`" in result.message
    assert "numpy.sum" in report.html(TOTAL, result)


@pytest.mark.parametrize("kind", ["timeout", "lost", "missing"])
def test_what_cannot_get_better_ends_the_exercise(kind):
    asked = []

    def ask(name, args, kwargs, seconds, trial):
        asked.append(name)
        return Outcome(kind)

    result = oracle.grade(TOTAL, ask, 1)
    assert asked == ["total"]
    assert result.score == 0
    assert [group.failure is None for group in result.groups] == [False, True]


def test_a_group_that_passed_in_public_loses_its_points_when_hidden_cases_are_not_reached():
    calls = []

    def ask(name, args, kwargs, seconds, trial):
        calls.append(args)
        return Outcome("lost") if len(calls) > 2 else Outcome("value", TOTAL.reference(*args, **kwargs))

    assert oracle.grade(TOTAL, ask, 1).score == 0


def test_a_group_with_hidden_cases_only_is_worth_its_points():
    hidden = lambda rng: [Case("late", "one", (np.ones(2),))]  # noqa: E731
    exercise = dataclasses.replace(DOUBLE, groups=(*DOUBLE.groups, Group("late", 4, "More")), hidden=hidden)
    assert grade(exercise, lambda x: 2 * x).groups[-1].earned == 4
    assert grade(exercise, lambda x: 2 * x if x[0] == 3 else x).groups[-1].earned == 0


def test_a_lost_exercise_says_why():
    result = oracle.lost(DOUBLE, 1, "The kernel was lost in cell 3: it died.")
    assert (result.score, result.message) == (0, "The kernel was lost in cell 3: it died.")
    assert "it died" in report.html(DOUBLE, result)
