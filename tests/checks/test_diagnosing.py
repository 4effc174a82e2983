"""Diagnosis: the declared mistake that agrees on every case, and gentle words for simple rearrangements."""

import numpy as np
import pytest

from checks.diagnosing import candidates, diagnose, resemblance
from checks.outcome import Outcome

ONE, TWO, THREE = (Outcome("value", value=np.array([number, 0.0])) for number in (1.0, 2.0, 3.0))
INDEX_ERROR = Outcome("raised", detail="IndexError", message="their own words")
KEY_ERROR = Outcome("raised", detail="KeyError")


def test_the_mistake_that_agrees_on_the_failing_case_is_named():
    assert diagnose([(ONE, {"a": TWO, "b": ONE})]) == "b"


def test_no_mistake_no_name():
    assert diagnose([(ONE, {"a": TWO})]) is None
    assert diagnose([]) is None
    assert diagnose([(ONE, {})]) is None


def test_the_earlier_cases_must_agree_too():
    history = [(ONE, {"a": TWO, "b": ONE}), (THREE, {"a": THREE, "b": THREE})]
    assert candidates(history) == ["b"]
    assert diagnose(history) == "b"


def test_a_mistake_not_run_on_a_case_is_not_held_against_it():
    assert diagnose([(ONE, {"a": TWO}), (THREE, {"b": THREE, "a": THREE})]) == "b"


def test_the_first_declared_wins_where_several_agree():
    assert candidates([(ONE, {"a": ONE, "b": ONE})]) == ["a", "b"]
    assert diagnose([(ONE, {"a": ONE, "b": ONE})]) == "a"


def test_a_crash_agrees_with_a_crash_of_the_same_type():
    mistakes = {"keys": KEY_ERROR, "index": INDEX_ERROR}
    assert diagnose([(Outcome("raised", detail="IndexError"), mistakes)]) == "index"
    assert diagnose([(Outcome("raised", detail="ValueError"), mistakes)]) is None
    assert diagnose([(ONE, mistakes)]) is None


def test_nothing_and_endless_loops_agree_with_their_like():
    mistakes = {"loop": Outcome("timeout"), "none": Outcome("value")}
    assert diagnose([(Outcome("timeout", line="line 2"), mistakes)]) == "loop"
    assert diagnose([(Outcome("value"), mistakes)]) == "none"


def test_a_mistake_that_changes_its_input_needs_the_change():
    changes = Outcome("value", value=ONE.value, changed=(0,))
    assert diagnose([(ONE, {"in place": changes})]) is None
    assert diagnose([(changes, {"in place": changes})]) == "in place"
    assert diagnose([(changes, {"values": ONE})]) == "values"


TABLE, COUNT = np.array([[1.0, 2], [3, 4]]), np.array([5, 6, 7])


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ((TABLE + 1, TABLE), (TABLE, TABLE + 1)),
        ((0.5, 0.25), (0.25, 0.5)),
        ((COUNT, TABLE, 2.0), (TABLE, 2.0, COUNT)),
    ],
    ids=["tables", "numbers", "unlike parts"],
)
def test_right_parts_in_another_order_are_recognised(got, wanted):
    said = resemblance(Outcome("value", value=got), Outcome("value", value=wanted))
    assert said == "All parts of your result are right, but they come in another order than was asked for."


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ((TABLE, TABLE), (TABLE, TABLE)),
        ((TABLE, TABLE), (TABLE, TABLE + 1)),
        ((TABLE,), (TABLE + 1,)),
        ((TABLE, COUNT), (COUNT, TABLE, COUNT)),
        ([0.5, 0.25], [0.25, 0.5]),
        (tuple(range(9)), tuple(range(9))[::-1]),
    ],
    ids=["right", "one wrong", "one part", "too few", "lists", "too many to try"],
)
def test_other_tuples_are_no_order(got, wanted):
    assert resemblance(Outcome("value", value=got), Outcome("value", value=wanted)) is None


def test_single_precision_is_near_enough():
    third = Outcome("value", value=np.array([1 / 3, 100.0]))
    single = Outcome("value", value=third.value.astype(np.float32))
    assert diagnose([(single, {"a": ONE, "b": third})]) == "b"


SIGNAL = np.array([1.0, 2.0, 4.0, 0.0, 7.0])
IMAGE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
MIRRORED = "Your result is the expected one, {}. Is an index running the other way?"
RELATED = {
    "reversed": (SIGNAL[::-1], SIGNAL, MIRRORED.format("reversed")),
    "left to right": (IMAGE[:, ::-1], IMAGE, MIRRORED.format("mirrored, left to right")),
    "top to bottom": (IMAGE[::-1], IMAGE, MIRRORED.format("mirrored, top to bottom")),
    "each image of a batch": (
        np.stack([IMAGE, 2 * IMAGE])[:, ::-1],
        np.stack([IMAGE, 2 * IMAGE]),
        MIRRORED.format("mirrored, top to bottom"),
    ),
    "turned": (
        IMAGE[::-1, ::-1],
        IMAGE,
        "Your result is the expected one, turned by 180°: is a flip missing, or one too many?",
    ),
    "transposed": (
        IMAGE.T,
        IMAGE,
        "Your result is the expected one, transposed. Are rows and columns swapped somewhere?",
    ),
    "transposed, not square": (
        IMAGE[:2].T,
        IMAGE[:2],
        "Your result is the expected one, transposed. Are rows and columns swapped somewhere?",
    ),
    "shifted, zeros moved in": (
        np.array([0.0, 1.0, 2.0, 4.0, 0.0]),
        SIGNAL,
        "Your result is the expected one, moved by one place. Is an index off by one?",
    ),
    "rolled back": (
        np.roll(IMAGE, -1, axis=1),
        IMAGE,
        "Your result is the expected one, moved by one place along axis 1. Is an index off by one?",
    ),
    "doubled": (
        2 * SIGNAL,
        SIGNAL,
        "Every value is 2 times the expected one. Is a factor missing or too many?",
    ),
    "opposite": (-SIGNAL, SIGNAL, "Your result is the expected one with the opposite sign."),
    "wrapped": (
        (np.array([300.0, -5.0, 20.0]) % 256).astype(np.uint8),
        np.array([300.0, -5.0, 20.0]),
        "Your values are right except that `uint8` cannot hold them: numbers out of its range wrap around."
        " Convert the input to float before you calculate.",
    ),
    "cropped": (
        SIGNAL[1:4],
        SIGNAL,
        "All your values are right, but the result is cut short: some of the expected ones are missing.",
    ),
    "cropped image": (
        IMAGE[1:, :2],
        IMAGE,
        "All your values are right, but the result is cut short: some of the expected ones are missing.",
    ),
    "longer": (
        np.pad(SIGNAL, 2),
        SIGNAL,
        "The expected result stands inside yours, which has values too many around it.",
    ),
    "flat": (
        IMAGE.ravel(),
        IMAGE,
        "The values are right and in the right order; only the shape is another. `reshape` changes it.",
    ),
}


@pytest.mark.parametrize(("got", "wanted", "sentence"), RELATED.values(), ids=RELATED)
def test_simple_rearrangements_are_recognised(got, wanted, sentence):
    assert resemblance(Outcome("value", value=got), Outcome("value", value=wanted)) == sentence


UNRELATED = {
    "other values": (SIGNAL + np.eye(5)[4], SIGNAL),
    "nearly reversed": (SIGNAL[::-1] + 1e-3, SIGNAL),
    "all zeros": (np.zeros(5), SIGNAL),
    "one value doubled": (np.array([0.0, 2.0]), np.array([0.0, 1.0])),
    "zeros that are fewer": (np.zeros(3), np.zeros(5)),
    "NaN": (SIGNAL * np.nan, SIGNAL),
    "the same": (SIGNAL, SIGNAL),
    "a list": ([4.0, 2.0, 1.0], np.array([1.0, 2.0, 4.0])),
    "texts": (np.array(["b", "a"]), np.array(["a", "b"])),
    "numbers": (2.0, 1.0),
    "much too large": (np.pad(SIGNAL, 10_000), SIGNAL),
    "expected infinity": (SIGNAL, np.full(5, np.inf)),
}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("got", "wanted"), UNRELATED.values(), ids=UNRELATED)
def test_nothing_is_said_without_an_exact_match(got, wanted):
    assert resemblance(Outcome("value", value=got), Outcome("value", value=wanted)) is None


def test_a_crash_resembles_nothing():
    assert resemblance(KEY_ERROR, ONE) is None
