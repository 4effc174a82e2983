"""Precision, recall and their averages in the browser, compared with convnets.detection."""

import numpy as np
import pytest
import torch

from convnets import detection
from convnets.widgets.precision_recall import SCORES, VERDICTS, PrecisionRecall

FILE = "precision_recall"
LEVELS = {"area": None, "voc": detection.VOC_LEVELS, "coco": detection.COCO_LEVELS}


def averages(curve):
    """Return the three averages of the library."""
    return {name: detection.average_precision(*curve, levels) for name, levels in LEVELS.items()}


def in_browser(pure, verdicts, num_objects):
    """Return the curve and the three averages of the explorer."""
    curve = pure(FILE, "precisionRecall", verdicts, num_objects)
    levels = {name: None if values is None else values.tolist() for name, values in LEVELS.items()}
    return curve, {name: pure(FILE, "averagePrecision", curve, levels[name]) for name in levels}


def test_curves_and_averages_agree_with_the_library(pure):
    rng = np.random.default_rng(0)
    for num, share in ((1, 1.0), (7, 0.5), (20, 0.3), (20, 0.9), (26, 0.0)):
        verdicts = (rng.random(num) < share).tolist()
        num_objects = max(1, sum(verdicts) + int(rng.integers(0, 4)))
        expected = detection.precision_recall(torch.tensor(verdicts), num_objects)
        curve, found = in_browser(pure, verdicts, num_objects)
        assert curve["precision"] == expected.precision.tolist()
        assert curve["recall"] == expected.recall.tolist()
        for name, value in averages(expected).items():
            # sums of up to 101 doubles in another order
            assert found[name] == pytest.approx(value, abs=1e-14)


def test_recalls_of_the_averages_are_the_librarys(pure):
    """Twenty objects, seven found: the recall 7/20 misses COCO's 0.35, which is a little more."""
    assert float(detection.COCO_LEVELS[35]) > 7 / 20
    curve = detection.precision_recall(torch.ones(7, dtype=torch.bool), 20)
    assert averages(curve)["coco"] == pytest.approx(35 / 101)
    said = pure(FILE, "explain", [0.9] * 7, [True] * 7, 20, 7)
    assert said.endswith("area 0.35, 11 recalls 0.364, 101 recalls 0.347.")


def test_a_case_worked_by_hand(pure):
    """Right, wrong, right, of 2 objects: the precision of 1/2 is filled up to 2/3."""
    curve, found = in_browser(pure, [True, False, True], 2)
    assert curve["precision"] == [1, 1 / 2, 2 / 3]
    assert curve["recall"] == [1 / 2, 1 / 2, 1]
    assert pure(FILE, "envelope", curve["precision"]) == [1, 2 / 3, 2 / 3]
    assert found["area"] == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)
    assert found["voc"] == pytest.approx((6 + 5 * 2 / 3) / 11)
    assert found["coco"] == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert pure(FILE, "averagePrecision", {"precision": [], "recall": []}, None) == 0


def test_of_equal_scores_the_first_comes_first(pure):
    scores = [0.5, 0.9, 0.5, 0.7, 0.9]
    order = torch.tensor(scores).argsort(descending=True, stable=True)
    assert pure(FILE, "byScore", scores) == order.tolist()


def test_words(pure):
    assert pure(FILE, "explain", SCORES, VERDICTS, 6, 0) == (
        "Nothing is counted yet: 10 detections and 6 objects."
    )
    assert pure(FILE, "explain", SCORES, VERDICTS, 6, 4) == (
        "Detection 4 of 10: D with the score 0.81 is right. Precision 3 / 4 = 0.75, recall 3 / 6 = 0.5. "
        "Average precision so far: area 0.458, 11 recalls 0.5, 101 recalls 0.463."
    )
    assert " 1 of 6 objects is never found." in pure(FILE, "explain", SCORES, VERDICTS, 6, 10)


def rows(page):
    return [row.split() for row in page.locator("tbody tr").all_inner_texts()]


def test_detections_are_counted_one_by_one(show, said):
    page = show(lambda: PrecisionRecall(step=0))
    assert page.locator(".cn-precision circle").count() == 0
    for count in (1, 2, 3):
        page.get_by_role("button", name="Next").press("Enter")
        assert page.locator(".cn-precision circle").count() == count
    assert page.locator("circle.cn-wrong").count() == 1
    assert rows(page)[2] == ["C", "0.88", "wrong", "2/3", "=", "0.667", "2/6", "=", "0.333"]
    assert rows(page)[3] == ["D", "0.81", "right"]
    page.get_by_role("button", name="Last").click()
    expected = averages(detection.precision_recall(torch.tensor(VERDICTS), 6))
    found = [float(text.split()[-1].rstrip(".")) for text in said(page).split("so far: ")[1].split(", ")]
    np.testing.assert_allclose(found, list(expected.values()), atol=0.0005 + 1e-9)  # said with three decimals


def test_what_is_averaged_is_drawn(show):
    page = show(PrecisionRecall)
    assert page.locator(".cn-area").count() == 1
    page.get_by_role("button", name="11 recalls (VOC until 2009)").press("Enter")
    assert (page.locator(".cn-area").count(), page.locator(".cn-level").count()) == (0, 11)
    assert page.locator(".cn-at-level").count() == 11
    page.get_by_role("button", name="101 recalls (COCO)").click()
    assert page.locator(".cn-level").count() == 101


def test_verdicts_scores_and_objects_can_be_changed(show, said):
    page = show(PrecisionRecall)
    turn = page.get_by_role("button", name="C is wrong: turn it round")
    turn.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "right"
    assert "Precision 4 / 4 = 1" in said(page)
    assert page.get_by_label("Objects").input_value() == "6"
    page.get_by_role("button", name="E is wrong: turn it round").click()
    assert page.get_by_label("Objects").input_value() == "7"  # no more can be right than there are
    page.get_by_label("Objects").fill("2")
    page.get_by_label("Objects").press("Tab")
    assert page.get_by_label("Objects").input_value() == "7"
    page.get_by_role("button", name="D", exact=True).press("Enter")
    slider = page.get_by_role("slider", name="Chosen score, D")
    slider.fill("0.99")
    assert [row[0] for row in rows(page)][:4] == ["D", "A", "B", "C"]
    assert "C with the score 0.88" in said(page)


def test_the_number_of_objects_is_typed_digit_by_digit(show, said):
    page = show(PrecisionRecall)
    page.get_by_label("Objects").select_text()
    page.keyboard.type("12")  # 1 would be fewer than are right
    assert page.get_by_label("Objects").input_value() == "12"
    assert "recall 3 / 12 = 0.25" in said(page)


def test_a_verdict_is_turned_by_touch(show, said):
    page = show(PrecisionRecall, width=390, has_touch=True)
    page.get_by_role("button", name="A is right: turn it round").tap()
    assert "Precision 2 / 4 = 0.5" in said(page)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"scores": []}, ValueError, "1 to 26 numbers"),
        ({"scores": [1.5], "verdicts": [True]}, ValueError, "scores expects 0 to 1"),
        ({"verdicts": [True]}, ValueError, "a verdict for each score, got 1 and 10"),
        ({"verdicts": [1] * 10}, TypeError, "verdicts expects truth values, got 1"),
        ({"objects": 4}, ValueError, "objects expects 5 to 30, got 4"),
        ({"step": 11}, ValueError, "step expects 0 to 10"),
        ({"average": "all"}, ValueError, "average expects one of .*'all'"),
    ],
)
def test_precision_recall_refuses(change, error, message):
    with pytest.raises(error, match=message):
        PrecisionRecall(**change)
