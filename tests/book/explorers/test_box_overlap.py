"""Two boxes moved in the browser, compared with convnets.detection."""

import numpy as np
import pytest
import torch

from convnets import detection
from convnets.widgets.box_overlap import PRESETS, SIZE, BoxOverlap

FILE = "box_overlap"
LABEL = "Two boxes; arrow keys move the chosen one, with Shift its lower right corner"


def by_lot(seed, num):
    """Return boxes (num, 4) of whole numbers in the field, some of no width."""
    rng = np.random.default_rng(seed)
    x, y = (np.sort(rng.integers(0, length + 1, size=(num, 2)), axis=1) for length in SIZE)
    return np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).tolist()


def in_library(function, *pair):
    return function(*(torch.tensor([box], dtype=torch.float64) for box in pair)).item()


def test_overlaps_agree_with_the_library(pure):
    pairs = [*zip(by_lot(0, 40), by_lot(1, 40), strict=True), *(each["boxes"] for each in PRESETS)]
    for one, other in pairs:
        found = pure(FILE, "overlap", one, other)
        # both are doubles made of whole numbers by the same divisions
        assert found["shared"] == in_library(detection.box_intersection, one, other)
        assert found["areas"] == detection.box_area(torch.tensor([one, other])).tolist()
        assert found["iou"] == pytest.approx(in_library(detection.box_iou, one, other), abs=1e-15)
        assert found["giou"] == pytest.approx(
            in_library(detection.generalized_box_iou, one, other), abs=1e-15
        )


def test_a_case_worked_by_hand(pure):
    """Squares of side 2, moved by 1 and 1: 1 shared of 7, 2 of the 9 around both are empty."""
    found = pure(FILE, "overlap", [0, 0, 2, 2], [1, 1, 3, 3])
    assert found["areas"] == [4, 4]
    assert [found[name] for name in ("shared", "union", "enclosing")] == [1, 7, 9]
    assert (found["iou"], found["giou"]) == (1 / 7, 1 / 7 - 2 / 9)
    assert pure(FILE, "overlap", [1, 1, 1, 4], [1, 1, 1, 4])["iou"] == 0


def test_examples_are_what_their_names_say(pure):
    boxes = {each["name"]: each["boxes"] for each in PRESETS}
    found = {name: pure(FILE, "overlap", *pair) for name, pair in boxes.items()}
    assert (found["half of it"]["iou"], found["a third"]["iou"], found["equal"]["giou"]) == (1 / 2, 1 / 3, 1)
    assert found["touching"]["iou"] == found["apart"]["iou"] == 0
    assert found["apart"]["giou"] < found["touching"]["giou"] < 0
    assert found["inside"]["shared"] == found["inside"]["areas"][1]


def test_words(pure):
    assert pure(FILE, "explain", [[3, 3, 13, 9], [8, 5, 18, 12]]) == [
        "A: 10 · 6 = 60. B: 10 · 7 = 70. Shared: 5 · 4 = 20. Union: 60 + 70 − 20 = 110.",
        "IoU = 20 / 110 = 0.182.",
        "Box around both: 15 · 9 = 135, of which 25 are empty. GIoU = 0.182 − 25 / 135 = −0.003.",
    ]
    assert "They share nothing." in pure(FILE, "explain", [[0, 0, 1, 1], [1, 1, 2, 2]])[0]


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        ("movedBox", [[2, 3, 6, 8], 3, -2, SIZE], [5, 1, 9, 6]),
        ("movedBox", [[2, 3, 6, 8], -9, 99, SIZE], [0, 9, 4, 14]),
        ("stretchedBox", [[2, 3, 6, 8], [1, 1], 2, -3, SIZE, 1], [2, 3, 8, 5]),
        ("stretchedBox", [[2, 3, 6, 8], [0, 1], 9, 99, SIZE, 1], [5, 3, 6, 14]),
        ("stretchedBox", [[2, 3, 6, 8], [1, 0], 99, -9, SIZE, 1], [2, 0, 24, 8]),
        ("boxAbout", [[1, 7], 4, SIZE], [0, 5, 4, 9]),
        ("holdAt", [[[0, 0, 9, 9], [2, 2, 4, 4]], 0, [3, 3], 0.5], {"index": 1, "corner": None}),
        ("holdAt", [[[0, 0, 9, 9], [2, 2, 4, 4]], 0, [8.8, 0.3], 0.5], {"index": 0, "corner": [1, 0]}),
        ("holdAt", [[[0, 0, 9, 9], [2, 2, 4, 4]], 1, [4.2, 4.2], 0.5], {"index": 1, "corner": [1, 1]}),
        ("holdAt", [[[0, 0, 9, 9]], 0, [12, 3], 0.5], None),
        ("holdAt", [[[0, 0, 3, 2]], 0, [1.5, 1], 2], {"index": 0, "corner": None}),
        ("holdAt", [[[0, 0, 3, 2]], 0, [3.5, 3], 2], {"index": 0, "corner": [1, 1]}),
    ],
)
def test_boxes_are_taken_hold_of_moved_and_stretched_inside_the_field(pure, function, args, expected):
    assert pure(FILE, function, *args) == expected


def field(page):
    return page.get_by_role("application", name=LABEL, exact=True)


def place(page, x, y):
    """Return where the point (x, y) of the field is on the page."""
    box = page.locator(".cn-box-stage svg").bounding_box()
    return box["x"] + x / SIZE[0] * box["width"], box["y"] + y / SIZE[1] * box["height"]


def corners(page):
    return [int(page.get_by_label(name, exact=True).input_value()) for name in ("x1", "y1", "x2", "y2")]


def test_dragged_by_the_mouse(show, said, drag):
    page = show(BoxOverlap)
    drag(page, place(page, 4, 7), place(page, 6, 6))
    assert corners(page) == [5, 2, 15, 8]
    drag(page, place(page, 17, 11), place(page, 20, 11))
    assert page.get_by_role("button", name="Box B").get_attribute("aria-pressed") == "true"
    assert corners(page) == [11, 5, 21, 12]
    drag(page, place(page, 21, 12), place(page, 13, 6))
    assert corners(page) == [11, 5, 13, 6]
    assert "IoU = 2 / 60 = 0.033." in said(page)
    page.mouse.move(*place(page, 2, 2))  # nothing is held any more
    assert corners(page) == [11, 5, 13, 6]
    drag(page, place(page, 1, 13), place(page, 8, 8))  # where no box is
    assert corners(page) == [11, 5, 13, 6]


def test_nothing_is_dragged_once_the_pointer_is_lost(show):
    page = show(BoxOverlap)
    page.mouse.move(*place(page, 4, 7))
    page.mouse.down()
    page.mouse.move(*place(page, 5, 7))
    page.evaluate("document.querySelector('.cn-box-stage').releasePointerCapture(1)")
    page.mouse.move(*place(page, 5, 7))
    page.mouse.move(*place(page, 9, 7))
    assert corners(page) == [4, 3, 14, 9]


def test_moved_and_stretched_by_keys(show, said):
    page = show(BoxOverlap)
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowUp"):
        field(page).press(key)
    assert corners(page) == [4, 4, 15, 8]
    page.get_by_role("button", name="Box B").press("Enter")
    for _ in range(20):
        field(page).press("ArrowLeft")
    assert corners(page) == [0, 5, 10, 12]
    page.get_by_label("x2", exact=True).fill("4")
    assert said(page).split("\n")[0].endswith("They share nothing. Union: 44 + 28 − 0 = 72.")
    page.get_by_label("x1", exact=True).fill("9")
    assert corners(page)[0] == 3  # the width stays at least 1
    page.get_by_role("button", name="equal").press("Enter")
    assert "IoU = 77 / 77 = 1." in said(page)


def test_a_number_is_typed_digit_by_digit(show):
    page = show(BoxOverlap)
    field = page.get_by_label("x2", exact=True)
    field.select_text()
    page.keyboard.type("19")  # 1 would be left of x1
    assert corners(page) == [3, 3, 19, 9]
    field.select_text()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    assert corners(page) == [3, 3, 4, 9]


def test_dragged_by_a_finger(show, swipe):
    page = show(BoxOverlap, width=390, has_touch=True)
    page.set_viewport_size({"width": 390, "height": 560})
    swipe(page, *(place(page, x, 6) for x in (5, 5.5, 6, 7)))
    assert corners(page) == [5, 3, 15, 9]
    swipe(page, *(place(page, 15.5, y) for y in (9.5, 10, 11.5)))  # from near the corner
    assert corners(page) == [5, 3, 15, 11]


def test_what_is_drawn(show):
    page = show(BoxOverlap)
    assert page.locator("rect.cn-bound").count() == 2
    assert page.locator("rect.cn-both").get_attribute("width") == "5"
    assert page.locator("rect.cn-around").get_attribute("height") == "9"
    page.get_by_role("checkbox", name="box around both").press("Space")
    assert page.locator("rect.cn-around").count() == 0
    page.get_by_role("button", name="apart").click()
    assert page.locator("rect.cn-both").count() == 0
    assert "Box B from 16, 8 to 23, 13" in page.get_by_role("img").first.get_attribute("aria-label")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"boxes": [[0, 0, 1, 1]]}, ValueError, "boxes expects 2 to 2 boxes, got 1"),
        ({"boxes": [[0, 0, 1], [0, 0, 1]]}, ValueError, r"expects shape \(B, 4\), its shape is \(2, 3\)"),
        ({"boxes": [[0, 0, 1, 1], [3, 3, 3, 5]]}, ValueError, r"x1 < x2 <= 24 .*, got \[3, 3, 3, 5\]"),
        ({"boxes": [[0, 0, 1, 1], [3, 3, 5, 15]]}, ValueError, "y2 <= 14"),
        ({"boxes": np.zeros((2, 4))}, TypeError, "whole numbers, got float64"),
        ({"chosen": 2}, ValueError, "chosen expects 0 to 1"),
        ({"enclosed": 1}, TypeError, "enclosed expects a truth value"),
    ],
)
def test_box_overlap_refuses(change, error, message):
    with pytest.raises(error, match=message):
        BoxOverlap(**change)
