"""Suppression in the browser, round by round, compared with convnets.detection."""

import numpy as np
import pytest
import torch

from convnets import detection
from convnets.widgets.suppression_steps import BOXES, METHODS, SCORES, SuppressionSteps

FILE = "suppression_steps"
OPTIONS = {"threshold": 0.5, "sigma": 0.5, "least": 0.1}


def by_lot(seed, num=14):
    """Return boxes and scores; some scores are equal."""
    rng = np.random.default_rng(seed)
    corner, length = rng.integers(0, 60, size=(num, 2)), rng.integers(20, 70, size=(num, 2))
    return np.concatenate([corner, corner + length], axis=1).tolist(), (rng.integers(1, 9, num) / 8).tolist()


def in_library(boxes, scores, method, threshold, sigma, least):
    """Return which boxes are taken, in order, and their scores."""
    boxes, scores = (torch.tensor(values, dtype=torch.float64) for values in (boxes, scores))
    if method == "greedy":
        kept = detection.nms(boxes, scores, threshold)
        return kept.tolist(), scores[kept].tolist()
    kept, lowered = detection.soft_nms(boxes, scores, method, threshold, sigma, least)
    return kept.tolist(), lowered.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_boxes_taken_and_their_scores_agree_with_the_library(pure, method):
    cases = [(BOXES, SCORES), *(by_lot(seed) for seed in range(6))]
    for number, (boxes, scores) in enumerate(cases):
        options = {
            "threshold": 0.13 + 0.1 * number,
            "sigma": 0.2 + 0.1 * number,
            "least": 0.05 * (number + 1),
        }
        rounds = pure(FILE, "suppress", boxes, scores, method, options)
        taken, values = in_library(boxes, scores, method, **options)
        assert [each["best"] for each in rounds] == taken
        # both are doubles; e^x may differ in its last digit, and products of such factors in a few
        np.testing.assert_allclose([each["score"] for each in rounds], values, rtol=1e-14)
        dropped = [index for each in rounds for index in each["dropped"]]
        too_low = [index for index, score in enumerate(scores) if score < options["least"]]
        ignored = [] if method == "greedy" else too_low
        assert sorted(taken + dropped + ignored) == list(range(len(boxes)))


def test_overlaps_and_what_drops_what(pure):
    boxes, scores = by_lot(9)
    iou = detection.box_iou(*(torch.tensor(boxes, dtype=torch.float64),) * 2)
    for each in pure(FILE, "suppress", boxes, scores, "greedy", OPTIONS):
        np.testing.assert_allclose(each["overlaps"], iou[each["best"]], rtol=1e-15)
        assert all(iou[each["best"], index] > OPTIONS["threshold"] for index in each["dropped"])


def test_a_case_worked_by_hand(pure):
    """Boxes of width 4, each moved by 1: IoU 3/5 with the next, 2/6 with the one after."""
    boxes, scores = [[x, 0, x + 4, 2] for x in (0, 1, 2)], [0.5, 0.9, 0.8]
    (greedy,) = pure(FILE, "suppress", boxes, scores, "greedy", OPTIONS)
    assert (greedy["best"], greedy["dropped"]) == (1, [0, 2])
    assert greedy["overlaps"] == [0.6, 1, 0.6]
    linear = pure(FILE, "suppress", boxes, scores, "linear", OPTIONS)
    assert [each["best"] for each in linear] == [1, 2, 0]
    np.testing.assert_allclose([each["score"] for each in linear], [0.9, 0.32, 0.2])
    equal = pure(FILE, "suppress", boxes, scores, "greedy", OPTIONS | {"threshold": 0.6})
    assert [each["best"] for each in equal] == [1, 2, 0]  # exactly the threshold drops nothing


def test_a_dropped_box_drops_no_other(pure):
    boxes = [[x, 0, x + 4, 2] for x in (0, 1, 2)]
    rounds = pure(FILE, "suppress", boxes, [0.9, 0.8, 0.7], "greedy", OPTIONS)
    assert [(each["best"], each["dropped"]) for each in rounds] == [(0, [1]), (2, [])]


def test_words(pure):
    boxes, scores = [[x, 0, x + 4, 2] for x in (0, 1, 2)], [0.9, 0.8, 0.07]
    said = [pure(FILE, "explain", boxes, scores, "greedy", OPTIONS, step) for step in range(3)]
    assert said[0] == "Nothing is taken yet. 3 boxes, the surest A with 0.9."
    assert said[1] == "A is taken with the score 0.9. It drops B (IoU 0.6)."
    assert said[2] == "C is taken with the score 0.07. It drops no other. 2 of 3 boxes stay."
    soft = pure(FILE, "explain", boxes, scores, "linear", OPTIONS, 1)
    assert soft == "A is taken with the score 0.9. It lowers B from 0.8 to 0.32."
    low = pure(FILE, "explain", boxes, [0.05] * 3, "gaussian", OPTIONS, 0)
    assert low == "Nothing is taken: all 3 boxes are below the least score."


def rows(page):
    return {row.split("\t")[0]: row.split("\t")[-1] for row in page.locator("tbody tr").all_inner_texts()}


def test_rounds_by_buttons(show, said):
    page = show(SuppressionSteps)
    assert set(rows(page).values()) == {"waiting"}
    page.get_by_role("button", name="Next").press("Enter")
    assert rows(page)["A"] == "taken now"
    assert rows(page)["D"].startswith("dropped by A, IoU 0.7")
    assert rows(page)["B"] == "waiting"
    falling = [name for name, fate in rows(page).items() if fate.startswith("dropped")]
    assert page.locator(".cn-scored.cn-falling").count() == len(falling)
    page.get_by_role("button", name="Last").click()
    taken, _ = in_library(BOXES, SCORES, "greedy", **OPTIONS)
    assert said(page).endswith(f"{len(taken)} of 10 boxes stay.")
    assert page.locator(".cn-scored:is(.cn-taken, .cn-new)").count() == len(taken)
    assert "IoU with J" in page.locator("thead").inner_text()


def test_a_low_threshold_loses_an_object_that_soft_suppression_keeps(show):
    page = show(lambda: SuppressionSteps(step=10))
    assert rows(page)["B"] == "taken"
    threshold = page.get_by_role("slider", name="Threshold of IoU")
    threshold.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert threshold.get_attribute("aria-valuetext") == "0.25"
    assert rows(page)["B"].startswith("dropped by A, IoU 0.3")
    page.get_by_role("button", name="soft, linear").press("Enter")
    assert rows(page)["B"] == "taken"


def test_each_method_has_its_sliders(show):
    page = show(SuppressionSteps, width=390, has_touch=True)
    expected = {
        "greedy": ["Threshold of IoU"],
        "soft, linear": ["Threshold of IoU", "Least score"],
        "soft, Gaussian": ["σ", "Least score"],
    }
    for method, names in expected.items():
        page.get_by_role("button", name=method, exact=True).tap()
        shown = [each.split("\n")[0] for each in page.locator(".cn-slider:visible").all_inner_texts()]
        assert [name.rstrip("0123456789.") for name in shown] == names


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"method": "hard"}, ValueError, "method expects one of .*'hard'"),
        ({"threshold": 1.1}, ValueError, "threshold expects 0 to 1, got 1.1"),
        ({"sigma": 0}, ValueError, "sigma expects 0.05 to 1"),
        ({"least": 0}, ValueError, "least expects 0.01 to 0.6"),
        ({"step": 11}, ValueError, "step expects 0 to 10"),
        ({"boxes": []}, ValueError, "boxes expects 1 to 26 boxes, got 0"),
        ({"boxes": [[0, 0, 5, 5]]}, ValueError, r"scores expects shape \(1,\)"),
        ({"scores": [2] * 10}, ValueError, "scores expects 0 to 1"),
    ],
)
def test_suppression_steps_refuses(change, error, message):
    with pytest.raises(error, match=message):
        SuppressionSteps(**change)
