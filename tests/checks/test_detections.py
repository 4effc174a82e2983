"""The measure of detections: numbers worked by hand, what remedies undo, and answers of every sort."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.detections import MOST, REMEDIES, mean_average_precision, problem
from checks.plain import Tensor

from .test_any_answer import DATA

NONE = (np.zeros((0, 4)), np.zeros(0, dtype=int), np.zeros(0))


def square(*places, side=8.0):
    """Give boxes side by side, ten pixels from one to the next."""
    return np.array([[10.0 * place, 0, 10 * place + side, side] for place in places]).reshape(-1, 4)


def truth_of(*pictures, size=(20, 100)):
    return {
        "boxes": [boxes for boxes, _ in pictures],
        "labels": [np.array(labels, dtype=int) for _, labels in pictures],
        "size": size,
    }


def one_class(places, scores):
    return square(*places), np.zeros(len(places), dtype=int), np.array(scores, dtype=float)


FIVE = truth_of((square(0, 1, 2, 3, 4), [0] * 5))
TWO = truth_of((square(0, 1), [0, 1]), (square(2), [1]))
RIGHT = [(square(0, 1), np.array([0, 1]), np.array([0.9, 0.8])), (square(2), np.array([1]), np.array([0.7]))]


def test_a_ranking_worked_by_hand():
    """Right, not, right, right, not, not, right: (1 + 2/3 + 3/4 + 4/7) / 5, the last object is not found."""
    answer = [one_class((0, 9, 1, 2, 8, 7, 3), (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3))]
    assert mean_average_precision(answer, FIVE) == pytest.approx((1 + 2 / 3 + 3 / 4 + 4 / 7) / 5, abs=1e-12)


def test_the_order_is_that_of_the_scores_over_all_pictures():
    truth = truth_of((square(0), [0]), (square(0), [0]))
    answer = [one_class((0,), (0.2,)), one_class((5, 0), (0.5, 0.1))]
    assert mean_average_precision(answer, truth) == pytest.approx((1 / 2 + 2 / 3) / 2, abs=1e-12)


def test_everything_found_is_one_and_nothing_found_is_zero():
    assert problem(RIGHT, TWO) is None
    assert mean_average_precision(RIGHT, TWO) == 1
    assert mean_average_precision([NONE, NONE], TWO) == 0


def test_a_class_that_is_not_found_counts():
    answer = [(square(0), np.array([0]), np.array([0.9])), NONE]
    assert mean_average_precision(answer, TWO) == 0.5


def test_a_class_that_is_not_there_does_not_count():
    answer = [(np.vstack([RIGHT[0][0], square(7)]), np.array([0, 1, 5]), np.array([0.9, 0.8, 1])), RIGHT[1]]
    assert mean_average_precision(answer, TWO) == 1


def test_a_double_is_a_mistake():
    truth = truth_of((square(0, 1), [0, 0]))
    answer = [one_class((0, 0, 1), (0.9, 0.8, 0.7))]
    assert mean_average_precision(answer, truth) == pytest.approx((1 + 2 / 3) / 2, abs=1e-12)


def test_of_two_objects_a_detection_takes_the_nearer_that_is_free():
    truth = truth_of((np.array([[0.0, 0, 8, 8], [2, 0, 10, 8]]), [0, 0]))
    answer = [(np.array([[0.0, 0, 8, 8], [0.5, 0, 8.5, 8]]), np.zeros(2), np.array([0.9, 0.8]))]
    assert mean_average_precision(answer, truth) == 1


def test_an_overlap_of_one_half_is_enough():
    truth = truth_of((np.array([[0.0, 0, 4, 4]]), [0]))
    for width, found in ((8.0, 1.0), (8.1, 0.0)):
        answer = [(np.array([[0.0, 0, width, 4]]), np.zeros(1), np.ones(1))]
        assert mean_average_precision(answer, truth) == found


def test_only_the_surest_of_a_picture_count():
    sure = one_class([9] * MOST, np.linspace(2, 1, MOST))
    late = one_class((0,), (0.5,))
    answer = [tuple(np.concatenate(parts) for parts in zip(sure, late, strict=True))]
    assert mean_average_precision(answer, FIVE) == 0


def slow(answer, truth):
    """Measure in loops."""
    precisions = []
    for label in sorted({int(one) for labels in truth["labels"] for one in labels}):
        ranked = sorted(
            (-score, picture, place)
            for picture, (_, labels, scores) in enumerate(answer)
            for place, score in enumerate(scores)
            if labels[place] == label
        )
        taken, right, total = set(), 0, sum(int((labels == label).sum()) for labels in truth["labels"])
        precision = 0.0
        for rank, (_, picture, place) in enumerate(ranked, start=1):
            best, chosen = 0.5, None
            for number, box in enumerate(truth["boxes"][picture]):
                free = (picture, number) not in taken and truth["labels"][picture][number] == label
                overlap = iou(answer[picture][0][place], box)
                if free and (overlap > best or (chosen is None and overlap >= best)):
                    best, chosen = overlap, number
            if chosen is not None:
                taken.add((picture, chosen))
                right += 1
                precision += right / rank
        precisions.append(precision / total)
    return sum(precisions) / len(precisions)


def iou(one, other):
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (one, other)]
    return width * height / (sum(areas) - width * height)


@pytest.mark.parametrize("seed", range(10))
def test_loops_give_the_same(seed):
    rng = np.random.default_rng(seed)

    def boxes(num):
        corner = rng.uniform(0, 20, (num, 2))
        return np.hstack([corner, corner + rng.uniform(5, 15, (num, 2))])

    truth = truth_of(*((boxes(n), rng.integers(0, 3, n)) for n in (3, 0, 1, 4)))
    answer = []
    for there, labels in zip(truth["boxes"], truth["labels"], strict=True):
        found = np.vstack([np.repeat(there, 2, axis=0) + rng.normal(0, 1, (2 * len(there), 4)), boxes(3)])
        answer.append((found, np.append(np.repeat(labels, 2), [0, 1, 2]), rng.permutation(len(found)) / 30))
    assert mean_average_precision(answer, truth) == pytest.approx(slow(answer, truth), abs=1e-12)


def spoilt(change):
    return [change(*picture) for picture in RIGHT]


SPOILT = {
    "centre and size": lambda b, k, s: (
        np.hstack([(b[:, :2] + b[:, 2:]) / 2, b[:, 2:] - b[:, :2]]),
        k,
        s,
    ),
    "corner and size": lambda b, k, s: (np.hstack([b[:, :2], b[:, 2:] - b[:, :2]]), k, s),
    "labels from one": lambda b, k, s: (b, k + 1, s),
    "rows first": lambda b, k, s: (b[:, [1, 0, 3, 2]], k, s),
    "shares of the picture": lambda b, k, s: (b / [100, 20, 100, 20], k, s),
    "doubles": lambda b, k, s: (
        np.repeat(b, 9, axis=0),
        np.repeat(k, 9),
        np.repeat(s, 9) - np.tile(np.arange(9), len(s)) / 1000,
    ),
    "worst first": lambda b, k, s: (np.vstack([b, b + 50]), np.tile(k, 2), np.append(1 - s, 1 + s)),
}


def test_every_remedy_is_tried():
    assert set(SPOILT) == set(REMEDIES)


@pytest.mark.parametrize("name", SPOILT)
def test_a_remedy_undoes_what_it_is_for(name):
    answer = spoilt(SPOILT[name])
    assert problem(answer, TWO) is None
    assert mean_average_precision(answer, TWO) < 0.9
    assert mean_average_precision(answer, TWO, name) == 1


def verdict(answer):
    return problem(answer, TWO)


GOOD = RIGHT[1]
WRONG = {
    "no list": (
        5,
        "type",
        "Your result is a single number; a list was expected, one `(boxes, labels, scores)`",
    ),
    "nothing": (None, "type", "Your result is nothing (`None`); a list was expected"),
    "an array": (np.zeros((2, 3)), "type", "Your result is an array of shape (2, 3); a list was expected"),
    "too few": ([GOOD], "shape", "Your result has 1 item; 2 were expected"),
    "too many": ([GOOD] * 100_000, "shape", "Your result has 100000 items; 2 were expected"),
    "an item of boxes alone": (
        [GOOD, square(1)],
        "type",
        "Item 1 of your result is an array of shape (1, 4);",
    ),
    "an item of two parts": ([GOOD[:2], GOOD], "type", "Item 0 of your result is a tuple of 2 items;"),
    "texts": (
        [GOOD, (square(1), np.array(["a"]), np.ones(1))],
        "type",
        "Item 1 of your result: its labels are",
    ),
    "truths": ([GOOD, (square(1), np.ones(1, dtype=bool), np.ones(1))], "type", "its labels are an array"),
    "complex": ([GOOD, (square(1) + 0j, np.ones(1), np.ones(1))], "type", "its boxes are an array"),
    "lists": ([GOOD, ([[1.0, 2, 3, 4]], np.ones(1), np.ones(1))], "type", "its boxes are a list of 1 item;"),
    "three numbers": ([GOOD, (np.ones((1, 3)), np.ones(1), np.ones(1))], "shape", "(1, 3), (1,), (1,);"),
    "one box flat": ([GOOD, (np.ones(4), np.ones(1), np.ones(1))], "shape", "have shapes (4,), (1,), (1,);"),
    "scores too many": ([GOOD, (square(1), np.ones(1), np.ones(2))], "shape", "(1, 4), (1,), (2,);"),
    "a table of scores": ([GOOD, (square(1), np.ones(1), np.ones((1, 3)))], "shape", "(1, 3); (D, 4), (D,)"),
    "NaN": (
        [GOOD, (square(1) * np.nan, np.ones(1), np.ones(1))],
        "nan",
        "Item 1 of your result: its boxes hold",
    ),
    "an infinite score": (
        [GOOD, (square(1), np.ones(1), np.array([np.inf]))],
        "nan",
        "its scores hold values",
    ),
}


@pytest.mark.parametrize(("answer", "kind", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_measured_is_told(answer, kind, said):
    found = verdict(answer)
    assert (found.passed, found.kind) == (False, kind)
    assert said in found.sentence
    assert found.discreet
    assert not any(sign.isdigit() for sign in found.discreet.replace("(D, 4)", ""))


RIGHT_OTHERWISE = {
    "a tuple": tuple(RIGHT),
    "lists of parts": [list(item) for item in RIGHT],
    "tensors": [tuple(map(Tensor, item)) for item in RIGHT],
    "float32": [tuple(part.astype(np.float32) for part in item) for item in RIGHT],
    "whole numbers": [
        (b.astype(np.uint8), k.astype(np.uint8), (100 * s).astype(np.uint8)) for b, k, s in RIGHT
    ],
}


@pytest.mark.parametrize("answer", RIGHT_OTHERWISE.values(), ids=RIGHT_OTHERWISE)
def test_the_form_of_an_answer_does_not_matter(answer):
    assert problem(answer, TWO) is None
    assert mean_average_precision(answer, TWO) == 1


@pytest.mark.parametrize("empty", [([], [], []), (np.zeros(0), np.zeros(0), np.zeros(0)), NONE])
def test_nothing_may_be_found_in_a_picture(empty):
    assert problem([RIGHT[0], empty], TWO) is None
    assert mean_average_precision([RIGHT[0], empty], TWO) == 0.75


ODD_BOXES = {
    "huge": np.full((3, 4), 1e308) * [-1, -1, 1, 1],
    "inside out": square(0, 1, 2)[:, [2, 3, 0, 1]],
    "without an area": np.zeros((3, 4)),
    "far away": square(0, 1, 2) - 1e300,
}


@pytest.mark.parametrize("boxes", ODD_BOXES.values(), ids=ODD_BOXES)
def test_odd_boxes_find_nothing(boxes):
    answer = [NONE, (boxes, np.ones(3), np.ones(3))]
    assert problem(answer, TWO) is None
    for remedy in ("", *REMEDIES):
        assert 0 <= mean_average_precision(answer, TWO, remedy) < 0.5


def test_a_giant_list_of_boxes_takes_no_time():
    num = 300_000
    giant = (np.tile(square(0), (num, 1)), np.zeros(num), np.linspace(0, 1, num))
    truth = truth_of(*[(square(0), [0])] * 2)
    start = time.perf_counter()
    for remedy in ("", *REMEDIES):
        mean_average_precision([giant] * 2, truth, remedy)
    assert time.perf_counter() - start < 5  # seconds; each box compared with each other would take hours


@settings(max_examples=150, deadline=None)
@given(
    st.lists(DATA, min_size=2, max_size=2)
    | st.lists(st.tuples(DATA, DATA, DATA), min_size=2, max_size=2)
    | DATA
)
def test_any_answer_is_measured_or_told(answer):
    found = problem(answer, TWO)
    if found is None:
        assert 0 <= mean_average_precision(answer, TWO) <= 1
    else:
        assert found.sentence.endswith((".", "?"))
