"""Targets of YOLO's cells in the browser, compared with convnets.detection."""

import numpy as np
import pytest
import torch

from convnets import detection
from convnets.widgets.yolo_targets import BOXES, CLASSES, GRID, SIZE, YoloTargets

FILE = "yolo_targets"


def in_library(boxes, labels):
    places = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4)
    return detection.yolo_targets(places, torch.tensor(labels, dtype=torch.int64), (SIZE, SIZE), GRID)


def by_lot(seed, num):
    """Return boxes of multiples of 8, as the reader can draw them: some centres lie on borders."""
    rng = np.random.default_rng(seed)
    x, y = (np.sort([rng.choice(57, 2, replace=False) for _ in range(num)], axis=1) * 8 for _ in range(2))
    boxes = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)
    return boxes.tolist(), rng.integers(0, len(CLASSES), num).tolist()


def test_targets_agree_with_the_library(pure):
    for boxes, labels in ((list(BOXES), [0, 1, 2]), ([], []), *(by_lot(seed, 12) for seed in range(8))):
        expected = in_library(boxes, labels)
        found = pure(FILE, "yoloTargets", boxes, labels, SIZE, GRID)
        assert found["objects"] == expected.objects.tolist()
        assert found["labels"] == expected.labels.tolist()
        # the same operations on doubles; a centre may be rounded once more
        np.testing.assert_allclose(found["boxes"], expected.boxes, rtol=0, atol=1e-14)


def test_centres_on_borders_belong_to_the_next_cell(pure):
    for k in range(1, GRID):
        box = [64 * k - 8, 0, 64 * k + 8, 16]
        assert pure(FILE, "cellOf", box, SIZE, GRID)["cell"] == [0, k]
        assert in_library([box], [0]).objects[0, k] == 0


def test_a_case_worked_by_hand(pure):
    """A box of 112 × 224 about (96, 144), in cells of 64: half across cell 1, a quarter down cell 2."""
    found = pure(FILE, "cellOf", [40, 32, 152, 256], SIZE, GRID)
    assert found == {"cell": [2, 1], "box": [0.5, 0.25, 0.25, 0.5]}
    rows = pure(FILE, "workings", [[40, 32, 152, 256]], [2], CLASSES, 0, SIZE, GRID)
    assert [(row["head"], *row["cells"]) for row in rows] == [
        ("x", "0.5", "(96 − 64) / 64"),
        ("y", "0.25", "(144 − 128) / 64"),
        ("w", "0.25", "112 / 448, root 0.5"),
        ("h", "0.5", "224 / 448, root 0.707"),
        ("confidence", "IoU", "with box A"),
        ("dog", "0", "class"),
        ("bicycle", "0", "class"),
        ("car", "1", "class"),
    ]


def test_words(pure):
    box = [40, 32, 152, 256]
    said = pure(FILE, "explain", [box, box], [2, 0], CLASSES, 1, SIZE, GRID)
    assert said == (
        "The centre of box B, dog, lies in the cell of row 2 and column 1, counted from 0, which already "
        "answers for box A: nobody answers for this one. 1 of 49 cells answers for an object; the others say "
        "that there is none. With 2 boxes a cell the network gives 7 × 7 × (5 · 2 + 3) = 637 numbers."
    )
    assert pure(FILE, "explain", [], [], CLASSES, 0, SIZE, GRID).startswith(
        "No box is drawn. 0 of 49 cells answer"
    )


def place(page, x, y):
    """Return where the point (x, y) of the image is on the page."""
    box = page.locator(".cn-box-stage > svg").bounding_box()
    return box["x"] + x / SIZE * box["width"], box["y"] + y / SIZE * box["height"]


def numbers_shown(page):
    return {row.split("\t")[0]: row.split("\t")[1] for row in page.locator("tbody tr").all_inner_texts()}


def bounds(page):
    return [
        tuple(float(each.get_attribute(name)) for name in ("x", "y", "width", "height"))
        for each in page.locator("rect.cn-bound").all()
    ]


def test_the_numbers_shown_are_the_librarys(show):
    page = show(YoloTargets)
    expected = in_library(list(BOXES), [0, 1, 2])
    row, column = (expected.objects == 0).nonzero()[0].tolist()
    shown = numbers_shown(page)
    found = [float(shown[name]) for name in "xywh"]
    np.testing.assert_allclose(found, expected.boxes[row, column], atol=0.0005 + 1e-9)  # three decimals
    assert (
        page.locator(".cn-title").nth(1).inner_text() == f"Target of the cell in row {row}, column {column}"
    )
    assert page.locator("rect.cn-answering").count() == 3


def test_a_box_is_drawn_by_the_mouse(show, said, drag):
    page = show(lambda: YoloTargets([], []))
    assert said(page).startswith("No box is drawn.")
    drag(page, place(page, 201, 305), place(page, 39, 103))
    assert bounds(page) == [(40, 104, 160, 200)]
    page.get_by_label("Class of the chosen box").select_option("car")
    assert numbers_shown(page)["car"] == "1"
    drag(page, place(page, 100, 150), place(page, 164, 150))
    assert bounds(page)[0][0] == 104
    drag(page, place(page, 20, 20), place(page, 22, 21))  # hardly moved: a box about the point
    assert len(bounds(page)) == 2
    assert bounds(page)[1][2:] == (96, 96)
    assert page.get_by_role("button", name="Box B").get_attribute("aria-pressed") == "true"


def test_boxes_by_keys(show, said):
    page = show(lambda: YoloTargets([], []))
    add, remove = (page.get_by_role("button", name=name) for name in ("Add", "Remove"))
    assert remove.is_disabled()
    for _ in range(6):
        add.press("Enter")
    assert add.is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Remove"
    stage = page.get_by_role("application")
    before = bounds(page)[5]
    stage.press("ArrowLeft")
    stage.press("Shift+ArrowUp")
    x, y, width, height = before
    assert bounds(page)[5] == (x - 8, y, width, height - 8)
    for left in range(5, -1, -1):
        remove.press("Enter")
        assert len(bounds(page)) == left
    assert page.evaluate("document.activeElement.textContent") == "Add"


def test_of_two_boxes_with_one_cell_the_second_is_lost(show, said, drag):
    page = show(lambda: YoloTargets([[64, 64, 192, 192], [224, 64, 352, 192]], [0, 1], chosen=1))
    drag(page, place(page, 300, 100), place(page, 148, 100))
    assert "which already answers for box A" in said(page)
    assert "B: lost" in page.locator(".cn-box-stage text").all_text_contents()
    assert page.locator("rect.cn-answering").count() == 1
    assert numbers_shown(page)["confidence"] == "IoU"


def test_a_touch_puts_a_box_down_and_a_finger_drags_it(show, swipe):
    page = show(lambda: YoloTargets([], []), width=390, has_touch=True)
    page.set_viewport_size({"width": 390, "height": 560})
    swipe(page, *(place(page, 32, y) for y in (400, 360, 240)))  # scrolls the page
    assert bounds(page) == []
    page.touchscreen.tap(*place(page, 304, 304))
    assert bounds(page) == [(256, 256, 96, 96)]
    swipe(page, *(place(page, at, 304) for at in (304, 280, 208)))
    assert bounds(page) == [(160, 256, 96, 96)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"boxes": [[0, 0, 8, 8]] * 7, "labels": [0] * 7}, ValueError, "boxes expects 0 to 6 boxes, got 7"),
        ({"labels": [0]}, ValueError, "a label for each box, got 1 and 3"),
        ({"labels": [0, 1, 3]}, ValueError, "labels expects 0 to 2, got 3"),
        ({"boxes": [[0, 0, 456, 8]], "labels": [0]}, ValueError, "x2 <= 448"),
        ({"chosen": 3}, ValueError, "chosen expects 0 to 2"),
        ({"boxes": [[0, 0, 8, 8.5]], "labels": [0]}, TypeError, "whole numbers"),
    ],
)
def test_yolo_targets_refuses(change, error, message):
    with pytest.raises(error, match=message):
        YoloTargets(**change)
