"""The learner's check from the function to the report."""

import dataclasses
import functools
import math
import time

import numpy as np
import pytest

import checks
from checks import check, checking, public
from checks.checking import examine, report_on
from checks.contract import Case, Mistake

from .samples import EXERCISE, crashes_for_images, differences, first_left_out, neighbours, wrong_for_images


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    return written(tmp_path, monkeypatch, EXERCISE)


def written(tmp_path, monkeypatch, *exercises):
    path = tmp_path / "public_cases.json"
    public.write(path, exercises)
    monkeypatch.setattr(public, "PATH", path)
    monkeypatch.setattr(public.read, "__defaults__", (path,))
    checking._failures.clear()
    return public.read(path)[exercises[0].name]


def test_a_right_answer_is_told_calmly(exercise):
    report = examine(neighbours, exercise)
    assert report.status == "passed"
    assert report.sentence == "Public cases pass: 3 of 3; hidden cases are run when you submit."
    assert report.footer == "The exercise is worth 5 points."


def test_a_check_takes_less_than_a_second(exercise):
    start = time.perf_counter()
    examine(neighbours, exercise)
    assert time.perf_counter() - start < 1


def test_the_first_failing_case_is_shown(exercise):
    report = examine(lambda x: x[:-1] + x[1:] + (x.ndim == 2), exercise)
    assert report.status == "failed"
    assert report.label == "a small image"
    assert report.sentence == "All 4 values differ, the first at index [0, 0]: 5 came, 4 was expected."
    assert report.call == (
        "neighbours(\n    np.array([[1., 2.],\n              [3., 5.],\n              [7., 0.]]),\n)"
    )
    assert report.footer == "Public cases pass: 2 of 3."
    assert report.explanation == ""
    assert report.link == "seeing.html#neighbours"


def test_later_cases_are_not_run_after_a_failure(exercise):
    seen = []

    def fails_first(x):
        seen.append(x)
        return x * 100

    examine(fails_first, exercise)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("mistake", "number"),
    [(differences, 0), (first_left_out, 1), (wrong_for_images, 2), (crashes_for_images, 3)],
)
def test_a_known_mistake_is_named_with_its_paragraph(exercise, mistake, number):
    report = examine(mistake, exercise)
    assert report.explanation == EXERCISE.mistakes[number].sentence
    assert report.link == EXERCISE.mistakes[number].link


def test_an_undeclared_rearrangement_gets_a_gentle_word(exercise):
    report = examine(lambda x: neighbours(x)[::-1], exercise)
    assert report.explanation.startswith("Your result is the expected one, reversed.")


def test_where_two_mistakes_fit_the_other_cases_decide(tmp_path, monkeypatch):
    def loses_the_end(x):
        return first_left_out(x[::-1])[::-1] if x[0] == 3 else differences(x)

    both = (Mistake(loses_the_end, "Not this one.", "a.html"), *EXERCISE.mistakes)
    exercise = written(tmp_path, monkeypatch, dataclasses.replace(EXERCISE, mistakes=both))
    assert examine(differences, exercise).explanation == EXERCISE.mistakes[0].sentence


def test_one_more_hint_is_offered_after_each_failure(exercise):
    offers = [examine(differences, exercise).hint for _ in range(4)]
    assert offers[0] == "If you are stuck, hint 1 of 3 is folded up under the task."
    assert [offer.split()[5] for offer in offers] == ["1", "2", "3", "3"]
    examine(neighbours, exercise)
    assert examine(differences, exercise).hint == offers[0]


def test_an_untouched_answer_is_not_a_failure(exercise):
    def stub(x):
        raise NotImplementedError

    def dots(x): ...

    for function in (stub, dots):
        report = examine(function, exercise)
        assert report.status == "untouched"
        assert report.sentence.startswith("Not started yet: ")
        assert report.hint == ""


def test_an_endless_loop_ends(exercise):
    def loops(x):
        while True:
            pass

    start = time.perf_counter()
    report = examine(loops, exercise)
    assert time.perf_counter() - start < exercise.seconds + 1
    assert report.verdict.kind == "timeout"


def test_a_banned_call_is_reported_when_the_values_are_right(exercise):
    source = ["import numpy as np", "def neighbours(x): return np.convolve(x, [1, 1])[1:-1]"]
    report = examine(neighbours, exercise, source)
    assert report.status == "failed"
    assert report.sentence == (
        "Your code uses `numpy.convolve`. This exercise asks you to write those steps yourself."
    )
    assert examine(differences, exercise, source).verdict.kind == "values"


def test_an_exercise_without_public_cases_says_so(tmp_path, monkeypatch):
    exercise = written(tmp_path, monkeypatch, dataclasses.replace(EXERCISE, public=()))
    report = examine(neighbours, exercise)
    assert report.sentence == "Public cases pass: 0 of 0; hidden cases are run when you submit."


def test_tolerance_is_the_exercises_own(tmp_path, monkeypatch):
    loose = dataclasses.replace(EXERCISE.tolerance, absolute=0.5)
    exercise = written(tmp_path, monkeypatch, dataclasses.replace(EXERCISE, tolerance=loose))
    assert examine(lambda x: neighbours(x) + 0.4, exercise).status == "passed"


NO_FUNCTION = (
    "`check` takes a function, but was given {}. Write the function's name alone, without calling it:"
    " `check(neighbours)`."
)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (5, NO_FUNCTION.format("a value of type `int`")),
        (None, NO_FUNCTION.format("a value of type `NoneType`")),
        (np.zeros(3), NO_FUNCTION.format("a value of type `ndarray`")),
        (math, NO_FUNCTION.format("the module `math`")),
        (int, NO_FUNCTION.format("the class `int`")),
        (
            "neighbours",
            "`check` takes the function itself, not its name as a text. Leave the quotes out:"
            " `check(neighbours)`.",
        ),
        (
            math.sin,
            "This assignment has no exercise called `sin`. It has: `neighbours`.",
        ),
    ],
)
def test_what_is_no_answer_is_told_kindly(exercise, given, sentence):
    report = report_on(given, {})
    assert (report.status, report.sentence) == ("problem", sentence)


def test_a_name_that_is_nearly_right_is_guessed(exercise):
    def neighbors(x):
        return x

    assert report_on(neighbors, {}).sentence == (
        "This assignment has no exercise called `neighbors`. Did you mean `neighbours`? It has: `neighbours`."
    )


def test_a_lambda_or_a_partial_is_known_by_the_name_it_was_given(exercise):
    for function in (lambda x: x[:-1] + x[1:], functools.partial(neighbours)):
        assert report_on(function, {"neighbours": function}).status == "passed"


def test_a_missing_file_is_told(exercise, tmp_path):
    (tmp_path / "public_cases.json").unlink()
    report = report_on(neighbours, {})
    assert report.status == "problem"
    assert report.sentence.startswith("The file `public_cases.json` is missing from the folder `checks`.")


def test_check_prints_the_report(exercise, capsys):
    check(neighbours)
    assert capsys.readouterr().out == (
        "✓ neighbours\n  Public cases pass: 3 of 3; hidden cases are run when you submit.\n"
        "  The exercise is worth 5 points.\n"
    )


def test_check_never_shows_its_own_traceback(monkeypatch, capsys):
    def breaks(*args):
        raise RuntimeError("inside")

    monkeypatch.setattr(checks, "report_on", breaks)
    check(neighbours)
    assert capsys.readouterr().out == (
        "`check` itself failed (RuntimeError: inside). This is not your mistake: report it.\n"
    )


def test_arguments_are_fresh_for_each_call(exercise):
    def destroys(x):
        result = neighbours(x)
        x[...] = 0
        return result

    for _ in range(2):
        report = examine(destroys, exercise)
        assert report.verdict.kind == "changed"
        assert report.label == "four values"


def test_a_case_may_have_keyword_arguments(tmp_path, monkeypatch):
    case = Case("rows", "scaled", (np.array([1.0, 2.0]),), {"factor": 2})
    scaled = dataclasses.replace(
        EXERCISE, public=(case,), reference=lambda x, factor=1: factor * neighbours(x), mistakes=()
    )
    exercise = written(tmp_path, monkeypatch, scaled)
    report = examine(lambda x, factor=1: neighbours(x), exercise)
    assert report.call == "neighbours(np.array([1., 2.]), factor=2)"
    assert report.sentence == "The only value, at index [0], differs: 3 came, 6 was expected."
