"""Figures of the chapter on detection."""

import re

import numpy as np

from convnets import plots
from convnets.drawings import detection as draw
from convnets.drawings.detection import steps

GREY = np.full((3, 20, 30), 0.5)


def frames(drawing, colour):
    """Return how many outlines of a colour a drawing has."""
    return len(re.findall(rf"stroke: var\(--cn-{colour}, {plots.COLOURS[colour]}\)", drawing.svg))


def test_panels_under_their_names(texts):
    drawing = draw.panels({"one": draw.Panel(GREY), "two": draw.Panel(GREY)})
    assert {"one", "two"} <= set(texts(drawing))
    assert drawing.svg.count("<image") == 2


def test_boxes_are_framed_in_their_colours(texts):
    boxes = {"orange": [[1, 2, 9, 8], [10, 2, 20, 12]], "blue": [[-5, 3, 40, 18]]}
    drawing = draw.panels({"boxes": draw.Panel(GREY, boxes, labels={"blue": ["cat"]})}, columns=1)
    assert (frames(drawing, "orange"), frames(drawing, "blue")) == (2, 1)
    assert "cat" in texts(drawing)


def test_no_boxes_are_no_frames():
    drawing = draw.panels({"none": draw.Panel(GREY, {"orange": np.zeros((0, 4))})}, columns=1)
    assert frames(drawing, "orange") == 0


def test_grid_has_a_line_between_cells():
    bare, ruled = (draw.panels({"grid": draw.Panel(GREY, grid=grid)}, 1) for grid in (None, (5, 10)))
    assert frames(ruled, "bg") - frames(bare, "bg") == 3 + 2


def test_masks_colour_the_pixels_they_name():
    mask = np.zeros((20, 30), bool)
    mask[5:9, 7:12] = True
    before = draw.panels({"mask": draw.Panel(GREY)}, 1)
    panel = draw.Panel(GREY, masks={"green": mask})
    assert draw.panels({"mask": panel}, 1).svg != before.svg
    assert (GREY == 0.5).all(), "the picture itself stays as it is"


def test_points_are_drawn():
    one, two = (draw.panels({"p": draw.Panel(GREY, points={"red": [[3, 4], [8, 9]][:n]})}, 1) for n in (1, 2))
    assert two.svg.count("<use") - one.svg.count("<use") == 1


def test_shares_are_written_where_there_are_any(texts):
    shares = np.zeros((3, 4))
    shares[1, 2], shares[1, 3] = 0.75, 0.25
    drawing = draw.shares_of_bin({"pool": shares > 0, "align": shares}, [1.5, 0.5, 3.5, 2.5])
    assert sorted(set(texts(drawing)) - {"pool", "align"}) == [".25", ".75", "1"]
    assert [text for text in texts(drawing) if text == "1"] == ["1", "1"]
    assert frames(drawing, "orange") == 2


def test_precision_over_recall(texts):
    curve = [1, 1 / 2, 2 / 3], [0.5, 0.5, 1]
    drawing = draw.precision_over_recall(*curve, levels=np.arange(11) / 10)
    assert {"as it comes", "filled up", "recall", "precision"} <= set(texts(drawing))
    without = draw.precision_over_recall(*curve)
    assert drawing.svg.count("<use") - without.svg.count("<use") == 11 + 1, (
        "a mark for each level, and the key"
    )


def test_each_network_trains_more_of_its_parts_than_the_one_before(texts):
    together = [sum(part is not None and part[1] for part in parts) for parts in steps.METHODS.values()]
    assert together == [0, 4, 5, 6]
    assert all(len(parts) == len(steps.PARTS) for parts in steps.METHODS.values())
    drawing = draw.parts_learnt()
    assert {*steps.METHODS, *steps.PARTS, "softmax", "28×28"} <= set(texts(drawing))
    apart = sum(part is not None and not part[1] for parts in steps.METHODS.values() for part in parts)
    assert drawing.svg.count("stroke-dasharray") == apart == 6, "told apart by more than their colour"
