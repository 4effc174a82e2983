"""Judging: right answers in any form pass; each way of going wrong has its own sentence, word for word."""

import numpy as np
import pytest

from checks.calling import call
from checks.contract import Tolerance
from checks.judging import judge, judge_banned
from checks.outcome import Outcome
from checks.plain import Tensor

EXACT = Tolerance(1e-9, 1e-9, "small sums")
ROW = np.array([2.0, 1.0, 4.0, -1.0, 2.0])
GRID = np.arange(12.0).reshape(3, 4)


def verdict_on(got, expected, **more):
    return judge(Outcome("value", value=got, **more), Outcome("value", value=expected), EXACT)


RIGHT = {
    "the same": (ROW.copy(), ROW),
    "another memory order": (np.asfortranarray(GRID), GRID),
    "a view with strides": (np.repeat(GRID, 2, axis=0)[::2], GRID),
    "whole numbers for floats": (ROW.astype(int), ROW),
    "floats for whole numbers": (ROW, ROW.astype(int)),
    "another width of integer": (ROW.astype(np.int16), ROW.astype(np.int64)),
    "float32": ((ROW / 3).astype(np.float32), ROW / 3),
    "complex for real where complex is asked": (ROW, ROW.astype(complex)),
    "a number": (3.0, 3.0),
    "an int for a float": (3, 3.0),
    "an array of shape () for a number": (np.array(3.0), 3),
    "a number for an array of shape ()": (3, np.array(3.0)),
    "a truth value of NumPy": (np.array(True), True),
    "a truth value": (False, np.array(False)),
    "a text": ("same", "same"),
    "nothing": (None, None),
    "a list for a tuple": ([1, ROW], (1, ROW)),
    "an array for a tuple of numbers": (np.array([1.0, 2.0]), (1, 2)),
    "a float32 array for a list of numbers": (np.array([0.1, 0.2], dtype=np.float32), [0.1, 0.2]),
    "a dict in another order": ({"b": 1, "a": ROW}, {"a": ROW, "b": 1}),
    "NaN where NaN is expected": (np.array([np.nan, 1]), np.array([np.nan, 1])),
    "infinity where it is expected": (np.array([np.inf, 1]), np.array([np.inf, 1])),
    "a tensor": (Tensor(ROW.astype(np.float32)), Tensor(ROW)),
    "an empty array": (np.zeros((0, 3)), np.zeros((0, 3))),
    "truths": (ROW > 1, ROW > 1),
    "texts": (np.array(["a", "b"]), np.array(["a", "b"])),
    "a rounding error": (ROW * (1 + 1e-12), ROW),
}


@pytest.mark.parametrize(("got", "expected"), RIGHT.values(), ids=RIGHT)
def test_right_answers_pass(got, expected):
    verdict = verdict_on(got, expected)
    assert verdict.passed, verdict.sentence
    assert verdict.kind == "passed"


def test_float32_may_be_off_by_its_own_rounding_and_no_more():
    expected = np.array([1000.0, 0.0])  # a value that should vanish is off by the size of its terms
    eps = float(np.finfo(np.float32).eps)
    assert verdict_on(np.array([1000, 15 * 1000 * eps], dtype=np.float32), expected).passed
    assert not verdict_on(np.array([1000, 17 * 1000 * eps], dtype=np.float32), expected).passed
    assert not verdict_on(np.array([1000, 15 * 1000 * eps]), expected).passed


WRONG = {
    "none": (None, ROW, "none", "Your function returned nothing (`None`): did you forget `return`?"),
    "list": (
        [2, 1, 4, -1, 2],
        ROW,
        "type",
        "Your result is a list of 5 items; a NumPy array was expected. Turn it into an array with"
        " `np.array(...)`, or fill an array from the start.",
    ),
    "tuple": (
        (2,),
        ROW,
        "type",
        "Your result is a tuple of 1 item; a NumPy array was expected. Turn it into an array with"
        " `np.array(...)`, or fill an array from the start.",
    ),
    "tensor": (
        Tensor(ROW),
        ROW,
        "type",
        "Your result is a PyTorch tensor of shape (5,); a NumPy array was expected. `.numpy()` turns a"
        " tensor into an array.",
    ),
    "array for tensor": (
        ROW,
        Tensor(ROW),
        "type",
        "Your result is an array of shape (5,); a PyTorch tensor was expected. `torch.from_numpy(...)` turns"
        " an array into a tensor.",
    ),
    "number for array": (3.5, ROW, "type", "Your result is a single number; a NumPy array was expected."),
    "0-d for array": (
        np.array(2),
        ROW,
        "type",
        "Your result is a single number; a NumPy array was expected.",
    ),
    "text for number": ("3", 3, "type", "Your result is a text; a number was expected."),
    "number for text": (3, "same", "type", "Your result is a single number; a text was expected."),
    "number for truth": (1, True, "type", "Your result is a single number; a truth value was expected."),
    "truth for number": (
        True,
        1,
        "type",
        "Your result is the truth value `True`; a number was expected.",
    ),
    "something for nothing": (
        3,
        None,
        "type",
        "Your result is a single number; nothing (`None`) was expected.",
    ),
    "dict for list": ({}, [1], "type", "Your result is a dict of 0 items; a list was expected."),
    "array for number": (
        np.array([3.0]),
        3.0,
        "shape",
        "Your result is an array of shape (1,); a single number was expected.",
    ),
    "length": (ROW[:3], ROW, "shape", "Your result has 3 values; 5 values were expected."),
    "shape": (GRID, GRID.T, "shape", "Your result has shape (3, 4); (4, 3) was expected."),
    "axes": (
        GRID,
        GRID.ravel(),
        "shape",
        "Your result has 2 axes; 1 was expected (shape (3, 4) was returned, (12,) was expected).",
    ),
    "one axis": (
        GRID.ravel(),
        GRID,
        "shape",
        "Your result has 1 axis; 2 were expected (shape (12,) was returned, (3, 4) was expected).",
    ),
    "items": ((1, 2, 3), (1, 2), "shape", "Your result has 3 items; 2 were expected."),
    "missing key": ({"a": 1}, {"a": 1, "b": 2}, "shape", "Your result has no entry `'b'`."),
    "extra key": ({"a": 1, "b": 2}, {"a": 1}, "shape", "Your result has an entry too many: `'b'`."),
    "texts": (
        ROW.astype(str),
        ROW,
        "dtype",
        "Your result has dtype `str`. Numbers were expected, not texts.",
    ),
    "truths": (
        ROW > 1,
        ROW,
        "dtype",
        "Your result has dtype `bool`. Numbers were expected, not truth values.",
    ),
    "no texts": (
        ROW,
        ROW.astype(str),
        "dtype",
        "Your result has dtype `float64`. Texts were expected, not numbers.",
    ),
    "no truths": (
        ROW,
        ROW > 1,
        "dtype",
        "Your result has dtype `float64`. Truth values (`bool`) were expected; a comparison gives them.",
    ),
    "complex": (
        ROW + 0j,
        ROW,
        "dtype",
        "Your result has dtype `complex128`. Real numbers were expected: if the imaginary parts are all zero,"
        " keep `.real`.",
    ),
    "cut fractions": (
        np.array([0, 1]),
        np.array([0.5, 1.5]),
        "dtype",
        "Your result has dtype `int64`. It holds whole numbers only, so the fractions were cut off: make it"
        " an array of floats.",
    ),
    "all NaN": (
        ROW * np.nan,
        ROW,
        "nan",
        "Every value of your result is NaN (not a number). Is there a division by zero, or an array made by"
        " `np.empty` that was never filled?",
    ),
    "some NaN": (
        np.array([1, np.nan]),
        np.array([1.0, 2.0]),
        "nan",
        "Your result is NaN (not a number) at index [1]. Is there a division by zero, or an array made by"
        " `np.empty` that was never filled?",
    ),
    "infinite": (
        np.array([[1, np.inf]]),
        np.array([[1.0, 2.0]]),
        "nan",
        "Your result is infinite at index [0, 1]. Is there a division by zero, or an array made by `np.empty`"
        " that was never filled?",
    ),
    "a NaN": (
        float("nan"),
        1.0,
        "nan",
        "Your result is NaN (not a number). Is there a division by zero, or an array made by `np.empty` that"
        " was never filled?",
    ),
    "values": (
        np.array([2.0, 3, 4, -1, 1]),
        ROW,
        "values",
        "2 of 5 values differ, the first at index [1]: 3 came, 1 was expected.",
    ),
    "one value": (
        GRID + np.eye(3, 4) * [[0], [1], [0]],
        GRID,
        "values",
        "1 of 12 values differs, the one at index [1, 1]: 6 came, 5 was expected.",
    ),
    "all values": (
        GRID + 1,
        GRID,
        "values",
        "All 12 values differ, the first at index [0, 0]: 1 came, 0 was expected.",
    ),
    "both values": (
        np.array([1.0, 2]),
        np.array([3.0, 4]),
        "values",
        "Both values differ, the first at index [0]: 1 came, 3 was expected.",
    ),
    "the only value": (
        np.array([1.0]),
        np.array([3.0]),
        "values",
        "The only value, at index [0], differs: 1 came, 3 was expected.",
    ),
    "near": (
        np.array([1 / 3 + 1e-8]),
        np.array([1 / 3]),
        "values",
        "The only value, at index [0], differs: 0.3333333433 came, 0.3333333333 was expected.",
    ),
    "a very large number": (
        2**70 + 1,
        2**70,
        "values",
        "Your result is 1180591620717411303425; 1180591620717411303424 was expected.",
    ),
    "number": (3, 4, "values", "Your result is 3; 4 was expected."),
    "text": ("full", "same", "values", "Your result is `'full'`; `'same'` was expected."),
    "truth": (True, False, "values", "Your result is True; False was expected."),
    "finite for infinite": (1.0, float("inf"), "values", "Your result is 1; inf was expected."),
    "inside a tuple": (
        (1, np.array([1.0, 2, 3])),
        (1, np.array([1.0, 2, 4])),
        "values",
        "The second item of your result: 1 of 3 values differs, the one at index [2]: 3 came, 4 was"
        " expected.",
    ),
    "inside a dict": (
        {"w": [1, 2]},
        {"w": [1, 3]},
        "values",
        "The second item of the entry `'w'` of your result is 2; 3 was expected.",
    ),
    "None inside": (
        (1, None),
        (1, 2),
        "none",
        "The second item of your result is `None`; a single number was expected.",
    ),
}


@pytest.mark.parametrize(("got", "expected", "kind", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_answers_have_their_sentence(got, expected, kind, sentence):
    verdict = verdict_on(got, expected)
    assert not verdict.passed
    assert (verdict.kind, verdict.sentence) == (kind, sentence)


@pytest.mark.parametrize(("got", "expected"), [entry[:2] for entry in WRONG.values()], ids=WRONG)
def test_the_sentence_for_hidden_cases_tells_no_value(got, expected):
    verdict = verdict_on(got, expected)
    assert verdict.discreet
    assert "came" not in verdict.discreet
    assert "at index" not in verdict.discreet


@pytest.mark.parametrize(
    ("got", "expected", "first_index", "path"),
    [
        (GRID + np.eye(3, 4) * [[0], [1], [0]], GRID, (1, 1), ()),
        ((1, {"a": ROW * 2}), (1, {"a": ROW}), (0,), (1, "a")),
        (3, 4, None, ()),
        (np.array([1, np.nan]), np.array([1.0, 2.0]), (1,), ()),
        (ROW[:2], ROW, None, ()),
    ],
)
def test_the_first_difference_is_pointed_at(got, expected, first_index, path):
    verdict = verdict_on(got, expected)
    assert (verdict.first_index, verdict.path) == (first_index, path)


OUTCOMES = {
    "missing": (
        Outcome("missing"),
        "missing",
        "Your notebook defines no function of this name. Keep the name that the exercise gives it.",
    ),
    "not a function": (
        Outcome("missing", detail="int"),
        "missing",
        "In your notebook this name does not stand for a function but for a `int`. Is it used again further"
        " down?",
    ),
    "lost": (
        Outcome("lost"),
        "lost",
        "No answer came back: while your function ran, the notebook's process stopped, or sent something that"
        " cannot be read. Does the call need a lot of memory, or end the program?",
    ),
    "timeout": (
        Outcome("timeout", line="line 3: while i < n:"),
        "timeout",
        "Your function had not come to an end when its time was up, in line 3: `while i < n:`. Is there a"
        " loop whose condition never becomes false?",
    ),
    "timeout without line": (
        Outcome("timeout"),
        "timeout",
        "Your function had not come to an end when its time was up. Is there a loop whose condition never"
        " becomes false?",
    ),
    "crash": (
        Outcome("raised", detail="IndexError", message="index 3 is out of bounds", line="line 2: a[3]"),
        "raised",
        "Your code raised `IndexError: index 3 is out of bounds` in line 2: `a[3]`.",
    ),
    "crash without message": (
        Outcome("raised", detail="AssertionError", line="line 2"),
        "raised",
        "Your code raised `AssertionError` in line 2.",
    ),
    "arguments": (
        Outcome("raised", detail="TypeError", message="f() takes 1 positional argument but 2 were given"),
        "raised",
        "Your function could not be called: `TypeError: f() takes 1 positional argument but 2 were given`."
        " Keep the arguments that it came with.",
    ),
    "recursion": (
        Outcome("raised", detail="RecursionError", message="maximum", line="line 2: return f(x)"),
        "raised",
        "Your function kept calling itself, deeper and deeper, until Python stopped it in line 2:"
        " `return f(x)`. Which case should end the recursion?",
    ),
    "exit": (
        Outcome("raised", detail="SystemExit", line="line 2: sys.exit()"),
        "raised",
        "Your function ended the program, with `exit()` or `sys.exit()` in line 2: `sys.exit()`. Use `return`"
        " to hand back the result and leave the function.",
    ),
    "stopped by hand": (
        Outcome("raised", detail="KeyboardInterrupt"),
        "raised",
        "The call was interrupted before it came to an end. Run the cell again.",
    ),
    "memory": (
        Outcome("raised", detail="MemoryError"),
        "raised",
        "Your function asked for more memory than there is. Is an array made with a much larger shape than"
        " was meant?",
    ),
    "untouched": (
        Outcome("raised", detail="NotImplementedError"),
        "untouched",
        "Not started yet: there is nothing in this function so far. Take your time.",
    ),
    "the line of the stub": (
        Outcome("raised", detail="NotImplementedError", line="line 2: raise NotImplementedError()"),
        "untouched",
        "Not started yet: the function ends in line 2: `raise NotImplementedError()`. Put your answer in"
        " place of that line.",
    ),
    "generator": (
        Outcome("unsupported", detail="generator"),
        "unsupported",
        "Your function returned a `generator`, not its result. Is there a `yield` where `return` is meant, or"
        " an expression in round brackets?",
    ),
    "map": (
        Outcome("unsupported", detail="map"),
        "unsupported",
        "Your function returned a `map`, not its result. `np.array(list(...))` makes an array of it.",
    ),
    "function": (
        Outcome("unsupported", detail="function"),
        "unsupported",
        "Your function returned a `function`, not its result. Are the round brackets of a call missing?",
    ),
    "objects": (
        Outcome("unsupported", detail="array of dtype object"),
        "unsupported",
        "Your result is an array of dtype `object`: an array of Python objects, not of numbers. Do its rows"
        " have different lengths?",
    ),
    "anything else": (
        Outcome("unsupported", detail="Figure"),
        "unsupported",
        "Your function returned something that cannot be compared: `Figure`.",
    ),
    "printed": (
        Outcome("value", value=None, printed="[1 2 3]\n"),
        "none",
        "Your function printed something but returned nothing (`None`): `print` only shows a value, `return`"
        " hands it back.",
    ),
    "changed": (
        Outcome("value", value=ROW, changed=(1,)),
        "changed",
        "The result is right, but the call changed its second argument, which the caller may still need. Work"
        " on a copy (`x.copy()`): `+=` on an array changes it in place.",
    ),
    "changed two": (
        Outcome("value", value=ROW, changed=(0, 2)),
        "changed",
        "The result is right, but the call changed its first and third arguments, which the caller may still"
        " need. Work on a copy (`x.copy()`): `+=` on an array changes it in place.",
    ),
}


@pytest.mark.parametrize(("outcome", "kind", "sentence"), OUTCOMES.values(), ids=OUTCOMES)
def test_each_outcome_has_its_sentence(outcome, kind, sentence):
    verdict = judge(outcome, Outcome("value", value=ROW), EXACT)
    assert not verdict.passed
    assert (verdict.kind, verdict.sentence) == (kind, sentence)


def test_the_message_of_an_exception_is_not_told_of_a_hidden_case():
    outcome = Outcome("raised", detail="ValueError", message="42 is secret", line="line 2: f(x)")
    verdict = judge(outcome, Outcome("value", value=ROW), EXACT)
    assert verdict.discreet == "Your code raised `ValueError` in line 2: `f(x)`."


def test_shape_comes_before_dtype_before_nan_before_values_before_changes():
    changed = {"changed": (0,)}
    assert verdict_on(np.array(["a", "b"]), ROW, **changed).kind == "shape"
    assert verdict_on(ROW * np.nan + 0j, ROW, **changed).kind == "dtype"
    assert verdict_on(ROW * [1, 1, 1, 9, np.nan], ROW, **changed).first_index == (4,)
    assert verdict_on(ROW * 2, ROW, **changed).kind == "values"
    assert verdict_on(ROW, ROW, **changed).kind == "changed"


def test_a_change_that_the_reference_makes_too_is_right():
    outcome = Outcome("value", value=ROW, changed=(0,))
    assert judge(outcome, outcome, EXACT).passed


def test_an_exception_may_be_what_is_asked_for():
    expected = call(lambda: np.reshape([1], (2, 2)))
    assert judge(Outcome("raised", detail="ValueError", message="other"), expected, EXACT).passed
    assert (
        judge(Outcome("raised", detail="KeyError"), expected, EXACT).sentence
        == "Your code raised `KeyError`."
    )
    verdict = judge(Outcome("value", value=ROW), expected, EXACT)
    assert verdict.sentence == (
        "A `ValueError` was expected here; your function returned an array of shape (5,)."
    )
    assert judge(Outcome("timeout"), expected, EXACT).kind == "timeout"


def test_a_banned_call_is_named():
    assert judge_banned(["numpy.convolve", "scipy.signal.lfilter"]).sentence == (
        "Your code uses `numpy.convolve` and `scipy.signal.lfilter`. This exercise asks you to write those"
        " steps yourself."
    )


def test_text_of_a_student_cannot_fill_the_page():
    verdict = verdict_on("x" * 10**6, "same")
    assert len(verdict.sentence) < 200
    assert len(verdict_on({"y" * 10**6: 1}, {"a": 1}).sentence) < 200
