"""Formats of boxes, clipping, area; and what is no box."""

import math

import pytest
import torch

from convnets import detection
from convnets.detection import (
    box_area,
    box_cxcywh_to_xyxy,
    box_xywh_to_xyxy,
    box_xyxy_to_cxcywh,
    box_xyxy_to_xywh,
    clip_boxes_to_image,
    remove_small_boxes,
)

BOX = torch.tensor([[10.0, 20.0, 14.0, 30.0]])


def test_formats_by_hand():
    """Four wide, ten high: width and height differ, so that a swap shows."""
    assert box_xyxy_to_cxcywh(BOX).tolist() == [[12, 25, 4, 10]]
    assert box_xyxy_to_xywh(BOX).tolist() == [[10, 20, 4, 10]]
    assert box_cxcywh_to_xyxy(torch.tensor([[12.0, 25, 4, 10]])).tolist() == BOX.tolist()
    assert box_xywh_to_xyxy(torch.tensor([[10.0, 20, 4, 10]])).tolist() == BOX.tolist()


@pytest.mark.parametrize(
    ("there", "back"),
    [(box_xyxy_to_cxcywh, box_cxcywh_to_xyxy), (box_xyxy_to_xywh, box_xywh_to_xyxy)],
    ids=["cxcywh", "xywh"],
)
def test_there_and_back(there, back, boxes):
    drawn = boxes(24)
    torch.testing.assert_close(back(there(drawn)), drawn)
    shaped = drawn.reshape(2, 3, 4, 4)
    assert torch.equal(there(shaped).reshape(-1, 4), there(drawn))
    assert there(drawn[:0]).shape == back(drawn[:0]).shape == (0, 4)


def test_whole_numbers_become_floats():
    assert box_xyxy_to_cxcywh(torch.tensor([[0, 0, 3, 5]])).tolist() == [[1.5, 2.5, 3, 5]]


def test_area_is_not_one_pixel_more():
    """The old convention of VOC, x2 being the last pixel, would give 5 · 11."""
    assert box_area(BOX).tolist() == [40]
    assert box_area(torch.tensor([[7.0, 5, 7, 9], [0, 0, 1, 1]])).tolist() == [0, 1]
    assert box_area(torch.empty(0, 4)).shape == (0,)


def test_clipping_by_hand():
    """Height 20, width 10; the last two boxes are wholly outside."""
    outside = torch.tensor(
        [[-5.0, -5, 5, 5], [8, 18, 12, 30], [2, 3, 4, 5], [30, 30, 40, 50], [-9, 2, -1, 4]]
    )
    clipped = clip_boxes_to_image(outside, (20, 10))
    assert clipped.tolist() == [[0, 0, 5, 5], [8, 18, 10, 20], [2, 3, 4, 5], [10, 20, 10, 20], [0, 2, 0, 4]]
    assert box_area(clipped).tolist() == [25, 4, 4, 0, 0]
    assert remove_small_boxes(clipped, 2).tolist() == [0, 1, 2]
    assert remove_small_boxes(clipped, 2.5).tolist() == [0]
    assert remove_small_boxes(clipped, 0).tolist() == [0, 1, 2, 3, 4]
    assert clip_boxes_to_image(outside[:0], (20, 10)).shape == (0, 4)
    assert remove_small_boxes(outside[:0], 1).shape == (0,)


def test_gradients_of_clipping():
    """What the image cuts off has no gradient."""
    boxes = torch.tensor([[-5.0, 1, 5, 30]], requires_grad=True)
    clip_boxes_to_image(boxes, (20, 10)).sum().backward()
    assert boxes.grad.tolist() == [[0, 1, 1, 0]]


BAD = {
    "turned left to right": ([[4.0, 0, 2, 1]], r"x1 <= x2 and y1 <= y2; box 0 is \[4.0, 0.0, 2.0, 1.0\]"),
    "upside down": ([[0.0, 0, 1, 1], [0, 4, 1, 2]], "box 1 is"),
    "not a number": ([[0.0, 0, math.nan, 1]], "must be finite"),
    "too far out": ([[0.0, 0, 1, 2e18]], r"no corner beyond 2\*\*60; box 0 is"),
    "infinite": ([[0.0, 0, math.inf, 1]], "must be finite"),
    "one box without an axis": ([0.0, 0, 1, 1], r"shape \(any, 4\), its shape is \(4,\)"),
    "five numbers": ([[0.0, 0, 1, 1, 1]], r"its shape is \(1, 5\)"),
    "no box and no axis": ([], r"its shape is \(0,\)"),
}


@pytest.mark.parametrize(("values", "message"), BAD.values(), ids=BAD)
def test_what_is_no_box(values, message):
    with pytest.raises(ValueError, match=message):
        box_area(torch.tensor(values))


def test_every_function_of_boxes_refuses_them():
    bad, good = torch.tensor([[4.0, 0, 2, 1]]), torch.tensor([[0.0, 0, 1, 1]])
    one = torch.ones(1)
    calls = {
        "box_xyxy_to_cxcywh": (bad,),
        "box_xyxy_to_xywh": (bad,),
        "clip_boxes_to_image": (bad, (4, 4)),
        "remove_small_boxes": (bad, 1),
        "box_intersection": (good, bad),
        "box_iou": (bad, good),
        "box_iou_loops": (good, bad),
        "generalized_box_iou": (good, bad),
        "generalized_box_iou_loops": (bad, good),
        "generalized_box_iou_loss": (bad, good),
        "nms": (bad, one, 0.5),
        "nms_loops": (bad, one, 0.5),
        "batched_nms": (bad, one, torch.zeros(1, dtype=int), 0.5),
        "soft_nms": (bad, one),
        "anchors_inside": (bad, (4, 4)),
        "encode_boxes": (bad, good),
        "decode_boxes": (good, bad),
    }
    for name, arguments in calls.items():
        with pytest.raises(ValueError, match="x1 <"):
            getattr(detection, name)(*arguments)


def test_other_errors():
    with pytest.raises(TypeError, match="must be a tensor, got list"):
        box_area([[0.0, 0, 1, 1]])
    with pytest.raises(TypeError, match="real numbers"):
        box_area(torch.zeros(1, 4, dtype=torch.complex64))
    with pytest.raises(ValueError, match=r"must not be negative, the least is -1.0"):
        box_cxcywh_to_xyxy(torch.tensor([[0.0, 0, 3, -1]]))
    with pytest.raises(ValueError, match=r"must not be negative"):
        box_xywh_to_xyxy(torch.tensor([[0.0, 0, -3, 1]]))
    with pytest.raises(ValueError, match=r"shape \(..., 4\), its shape is \(2, 3\)"):
        box_cxcywh_to_xyxy(torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"both positive, got \(0, 5\)"):
        clip_boxes_to_image(BOX, (0, 5))


def test_names_are_sorted_and_there():
    names = detection.__all__
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(detection, name) for name in names)
