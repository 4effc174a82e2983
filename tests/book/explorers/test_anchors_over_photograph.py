"""Anchors laid out and matched in the browser, compared with convnets.detection."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from convnets import data, detection
from convnets.widgets.anchors_over_photograph import (
    CUP,
    RATIOS,
    SIZE,
    SIZES,
    STRIDES,
    AnchorsOverPhotograph,
)

FILE = "anchors_over_photograph"
STATE = {
    "stride": 32,
    "sizes": [64, 128],
    "ratios": [0.5, 1, 2],
    "positive": 0.7,
    "negative": 0.3,
    "rescue": True,
}


def in_library(stride, sizes, ratios):
    shapes = detection.anchor_shapes(sizes, ratios)
    return detection.grid_anchors([length // stride for length in SIZE[::-1]], stride, shapes)


@pytest.mark.parametrize("stride", STRIDES)
def test_anchors_agree_with_the_library(pure, stride):
    sizes, ratios = list(SIZES), list(RATIOS)
    shapes = pure(FILE, "anchorShapes", sizes, ratios)
    # the library's anchors are in single precision: half a digit in the seventh place of 288
    np.testing.assert_allclose(shapes, detection.anchor_shapes(sizes, ratios), rtol=1e-6)
    found = pure(FILE, "gridAnchors", pure(FILE, "cellsOf", SIZE, stride), stride, shapes)
    np.testing.assert_allclose(found, in_library(stride, sizes, ratios), rtol=0, atol=3e-5)


@pytest.mark.parametrize("rescue", [False, True])
def test_matches_agree_with_the_library(pure, rescue):
    rng = np.random.default_rng(0)
    anchors = in_library(32, [32, 64, 128], [0.5, 1, 2]).double()
    for positive, negative in ((0.7, 0.3), (0.5, 0.5), (0.31, 0.07), (0.95, 0)):
        corner, length = rng.integers(0, 100, 2), rng.integers(10, 90, 2)
        box = [*corner.tolist(), *(corner + length).tolist()]
        found = pure(FILE, "matchOne", anchors.tolist(), box, positive, negative, rescue)
        iou = detection.box_iou(torch.tensor([box], dtype=torch.float64), anchors)
        matches = detection.match_anchors(iou, positive, negative, rescue)
        np.testing.assert_allclose(found["overlaps"], iou[0], rtol=1e-14)
        assert found["positives"] == (matches == 0).nonzero()[:, 0].tolist()
        assert found["ignored"] == (matches == -2).nonzero()[:, 0].tolist()
        assert found["best"] == int(iou.argmax())


def test_a_case_worked_by_hand(pure):
    """Two anchors of area 16² about the middle of the first cell of 8 pixels."""
    assert pure(FILE, "anchorShapes", [16], [1, 4]) == [[16, 16], [8, 32]]
    found = pure(FILE, "gridAnchors", [2, 1], 8, [[16, 16], [8, 32]])
    assert found == [[-4, -4, 12, 12], [0, -12, 8, 20], [4, -4, 20, 12], [8, -12, 16, 20]]
    matched = pure(FILE, "matchOne", found, [-4, -4, 12, 4], 0.7, 0.3, True)
    assert matched["overlaps"] == [0.5, 0.2, 64 / 320, 32 / 352]
    assert (matched["positives"], matched["ignored"]) == ([0], [])
    matched = pure(FILE, "matchOne", found, [-4, -4, 12, 4], 0.7, 0.3, False)
    assert (matched["positives"], matched["ignored"]) == ([], [0])
    matched = pure(FILE, "matchOne", found, [-4, -4, 12, 4], 0.5, 0.2, False)  # exactly the bounds
    assert (matched["positives"], matched["ignored"]) == ([0], [1, 2])
    assert pure(FILE, "matchOne", found, [90, 90, 99, 99], 0.7, 0.3, True)["positives"] == []


def test_words(pure):
    cup = [80, 8, 200, 148]
    assert pure(FILE, "explain", SIZE, cup, STATE) == (
        "6 × 9 cells × 6 shapes = 324 anchors. The best overlaps the box by 0.862. "
        "Positive: 1, ignored: 33, negative: 290."
    )
    assert "less than 0.95: it is positive all the same" in pure(
        FILE, "explain", SIZE, cup, STATE | {"positive": 0.95}
    )
    assert "less than 0.95: nobody answers for the object. Positive: 0," in pure(
        FILE, "explain", SIZE, cup, STATE | {"positive": 0.95, "rescue": False}
    )
    assert "= 0 anchors: choose at least one size" in pure(FILE, "explain", SIZE, cup, STATE | {"sizes": []})


def test_the_photograph_is_that_of_the_data():
    widget = AnchorsOverPhotograph()
    kind, coded = widget.photograph.split(",")
    assert kind == "data:image/jpeg;base64"
    found = np.asarray(Image.open(io.BytesIO(base64.b64decode(coded)))).astype(float)
    photograph = 255 * data.photograph("coffee", SIZE[::-1])
    assert np.sqrt(np.mean((found - photograph) ** 2)) < 6  # compressed with loss
    assert len(widget._static_html()) < 80_000


def place(page, x, y):
    """Return where the point (x, y) of the photograph is on the page."""
    box = page.locator(".cn-box-stage > svg").bounding_box()
    return box["x"] + x / SIZE[0] * box["width"], box["y"] + y / SIZE[1] * box["height"]


def box_of(page):
    bound = page.locator("rect.cn-bound")
    x, y, width, height = (float(bound.get_attribute(name)) for name in ("x", "y", "width", "height"))
    return [x, y, x + width, y + height]


def test_the_box_is_dragged_and_moved_by_keys(show, said, drag):
    page = show(AnchorsOverPhotograph)
    before = said(page)
    drag(page, place(page, 140, 100), place(page, 164, 112))
    assert box_of(page) == [104, 20, 224, 160]
    assert said(page) != before
    stage = page.get_by_role("application")
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowDown"):
        stage.press(key)
    assert box_of(page) == [100, 16, 224, 160]
    assert "The box from 100, 16 to 224, 160" in page.get_by_role("img").first.get_attribute("aria-label")


def test_the_box_is_dragged_by_a_finger(show, swipe):
    page = show(AnchorsOverPhotograph, width=390, has_touch=True)
    page.set_viewport_size({"width": 390, "height": 560})
    swipe(page, *(place(page, x, 100) for x in (140, 150, 180)))
    assert box_of(page) == [120, 8, 240, 148]
    swipe(page, *(place(page, 240, y) for y in (148, 140, 100)))
    assert box_of(page) == [120, 8, 240, 100]


def test_anchors_drawn_follow_the_choices(show, said):
    page = show(AnchorsOverPhotograph)
    assert page.locator("rect.cn-over").count() == 6
    assert page.locator("rect.cn-positive").count() == 1
    assert page.locator("rect.cn-ignored").count() == 33
    page.get_by_role("checkbox", name="32", exact=True).press("Space")
    assert said(page).startswith("6 × 9 cells × 9 shapes = 486 anchors")
    page.get_by_role("checkbox", name="1 : 2").press("Space")
    page.get_by_role("button", name="8", exact=True).press("Enter")
    assert said(page).startswith("24 × 36 cells × 6 shapes = 5,184 anchors")
    assert page.get_by_label("Column of the cell").input_value() == "28"
    page.get_by_label("Row of the cell").fill("99")
    assert page.locator("rect.cn-cell-of-anchors").get_attribute("y") == "184"
    page.get_by_role("slider", name="Positive from IoU").fill("0.2")
    assert page.get_by_role("slider", name="Negative below IoU").input_value() == "0.2"
    assert "ignored: 0," in said(page)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"stride": 10}, ValueError, "stride expects 8, 16, 32, got 10"),
        ({"sizes": (64, 100)}, ValueError, "sizes expects 32, 64, 128, got 100"),
        ({"ratios": (3,)}, ValueError, "ratios expects 0.5, 1.0, 2.0, got 3"),
        ({"cell": (9, 0)}, ValueError, "column expects 0 to 8, got 9"),
        ({"cell": (0, 1.5)}, TypeError, "row expects an integer"),
        ({"object": (0, 0, 300, 9)}, ValueError, "x2 <= 288"),
        ({"positive": 0.2}, ValueError, "negative <= positive, got 0.3 and 0.2"),
        ({"positive": 1}, ValueError, "positive expects 0.1 to 0.95"),
        ({"rescue": "yes"}, TypeError, "rescue expects a truth value"),
    ],
)
def test_anchors_over_photograph_refuses(change, error, message):
    with pytest.raises(error, match=message):
        AnchorsOverPhotograph(**change)


def test_the_box_at_the_start_is_the_cup():
    assert AnchorsOverPhotograph().object == list(CUP)
