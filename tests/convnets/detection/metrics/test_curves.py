"""Precision, recall and the three ways to average them, by hand and against loops."""

import pytest
import torch

from convnets.detection import (
    COCO_LEVELS,
    VOC_LEVELS,
    average_precision,
    average_precision_loops,
    precision_recall,
    precision_recall_loops,
)

SEQUENCE = torch.tensor([1, 0, 1, 1, 0, 0, 1])
"""Right, wrong, right, right, wrong, wrong, right; of five objects four are found."""
CURVES = pytest.mark.parametrize("curve", [precision_recall, precision_recall_loops])
AVERAGES = pytest.mark.parametrize("average", [average_precision, average_precision_loops])
LEVELS = {"area": None, "11 points": VOC_LEVELS, "101 points": COCO_LEVELS}


@CURVES
def test_curve_by_hand(curve):
    precision, recall = curve(SEQUENCE, 5)
    assert precision.tolist() == [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5, 3 / 6, 4 / 7]
    assert recall.tolist() == [1 / 5, 1 / 5, 2 / 5, 3 / 5, 3 / 5, 3 / 5, 4 / 5]


@AVERAGES
def test_averages_by_hand(average):
    """Filled up, precision is 1 to recall 0.2, 3/4 to 0.6, 4/7 to 0.8 and 0 beyond."""
    curve = precision_recall(SEQUENCE, 5)
    assert average(*curve) == pytest.approx(0.2 * 1 + 0.4 * 3 / 4 + 0.2 * 4 / 7)
    assert average(*curve, VOC_LEVELS) == pytest.approx((3 * 1 + 4 * 3 / 4 + 2 * 4 / 7) / 11)
    assert average(*curve, COCO_LEVELS) == pytest.approx((21 * 1 + 40 * 3 / 4 + 20 * 4 / 7) / 101)
    rounded = [round(average(*curve, levels), 4) for levels in (VOC_LEVELS, None, COCO_LEVELS)]
    assert rounded == [0.6494, 0.6143, 0.6181]
    assert average(*curve, [0.5, 0.7]) == pytest.approx((3 / 4 + 4 / 7) / 2)


@CURVES
def test_what_is_disregarded_has_no_part(curve):
    marked = torch.tensor([1, -1, 0, 1, -1, 1, 0, 0, -1, 1])
    for found, expected in zip(curve(marked, 5), curve(SEQUENCE, 5), strict=True):
        assert torch.equal(found, expected)
    assert curve(torch.tensor([-1, -1]), 2).precision.shape == (0,)


@pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS)
@AVERAGES
def test_extremes(average, levels):
    assert average(*precision_recall(torch.ones(4, dtype=torch.bool), 4), levels) == 1
    assert average(*precision_recall(torch.zeros(4, dtype=torch.bool), 4), levels) == 0
    assert average(*precision_recall(torch.empty(0, dtype=torch.bool), 4), levels) == 0


@pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS)
def test_against_loops(generator, levels):
    for num, num_objects in ((1, 1), (7, 10), (60, 40), (60, 300)):
        verdicts = torch.randint(-1, 2, (num,), generator=generator)
        verdicts[(verdicts == 1).cumsum(0) > num_objects] = 0
        curve = precision_recall(verdicts, num_objects)
        expected = precision_recall_loops(verdicts, num_objects)
        assert all(torch.equal(*sides) for sides in zip(curve, expected, strict=True))
        # sums in another order
        assert average_precision(*curve, levels) == pytest.approx(
            average_precision_loops(*curve, levels), abs=1e-12
        )


@pytest.mark.parametrize("levels", LEVELS.values(), ids=LEVELS)
def test_wrong_detections_at_the_end_cost_nothing_and_at_the_start_much(levels):
    """Which is why a detector may report a hundred boxes in each image."""

    def average(*parts):
        return average_precision(*precision_recall(torch.cat(parts), 5), levels)

    wrong = torch.zeros(50, dtype=torch.int64)
    assert average(SEQUENCE, wrong) == average(SEQUENCE)
    assert average(wrong, SEQUENCE) < 0.1


def test_a_recall_of_exactly_three_tenths_reaches_that_level():
    """0.1 · 3 would be above 3/10 in double precision, and the level would go to the next detection."""
    curve = precision_recall(torch.tensor([1, 1, 1]), 10)
    assert average_precision(*curve, VOC_LEVELS) == pytest.approx(4 / 11)
    assert VOC_LEVELS.tolist() == [index / 10 for index in range(11)]


def test_a_recall_of_seven_twentieths_misses_the_level_of_coco():
    """As it does in pycocotools, whose levels are multiples of 0.01."""
    assert COCO_LEVELS[35] > 7 / 20
    curve = precision_recall(torch.ones(7, dtype=torch.int64), 20)
    assert average_precision(*curve, COCO_LEVELS) == pytest.approx(35 / 101)


def test_errors():
    with pytest.raises(ValueError, match=r"verdicts must have shape \(D,\), their shape is \(1, 7\)"):
        precision_recall(SEQUENCE[None], 5)
    with pytest.raises(ValueError, match="without objects there is no recall, num_objects is 0"):
        precision_recall(SEQUENCE, 0)
    for wrong in (2, -128, 256, 0.9, float("nan")):
        with pytest.raises(ValueError, match=f"must be 1, 0 or -1, got {wrong}"):
            precision_recall(torch.tensor([0, wrong], dtype=torch.float64), 5)
    with pytest.raises(ValueError, match="must be 1, 0 or -1, got 257"):
        precision_recall(torch.tensor([0, 257]), 5)
    with pytest.raises(ValueError, match="4 detections cannot be right about 3 objects"):
        precision_recall(SEQUENCE, 3)
    half = torch.tensor([0.5, 0.5])
    with pytest.raises(ValueError, match=r"one shape \(D,\), got \(2,\) and \(1,\)"):
        average_precision(half, half[:1])
    with pytest.raises(ValueError, match="must be from 0 to 1"):
        average_precision(half, half + 1)
    with pytest.raises(ValueError, match="must be from 0 to 1"):
        average_precision(half * float("nan"), half)
    with pytest.raises(ValueError, match="recall must not fall"):
        average_precision(half, torch.tensor([0.5, 0.4]))
