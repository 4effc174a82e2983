"""Intersection over union, and its generalisation, by hand, against loops, and as a loss."""

import pytest
import torch

from convnets.detection import (
    box_intersection,
    box_iou,
    box_iou_loops,
    generalized_box_iou,
    generalized_box_iou_loops,
    generalized_box_iou_loss,
)
from convnets.detection.benchmark import iou_of_many, memory_growth

FIRST = torch.tensor([[0.0, 0, 4, 2], [0, 0, 2, 2]])
PAIRS = {
    # boxes, IoU, GIoU
    "quarter inside": ([0, 0, 1, 1], [0, 0, 2, 2], 1 / 4, 1 / 4),
    "half shifted": ([0, 0, 4, 2], [2, 0, 6, 2], 4 / 12, 1 / 3),
    "across": ([0, 0, 4, 4], [2, 2, 6, 6], 4 / 28, 4 / 28 - 8 / 36),
    "the same": ([1, 2, 3, 5], [1, 2, 3, 5], 1.0, 1.0),
    "touching": ([0, 0, 2, 2], [2, 0, 4, 2], 0.0, 0.0),
    "apart along x": ([0, 0, 1, 1], [3, 0, 4, 1], 0.0, -2 / 4),
    "apart along both": ([0, 0, 1, 1], [2, 2, 3, 3], 0.0, -7 / 9),
    "crossing": ([0, 1, 3, 2], [1, 0, 2, 3], 1 / 5, 1 / 5 - 4 / 9),
    "one of no size": ([1, 1, 1, 1], [0, 0, 2, 2], 0.0, 0.0),
    "both of no size": ([1, 1, 1, 1], [1, 1, 1, 1], 0.0, 0.0),
    "a line and itself": ([1, 1, 1, 5], [1, 1, 1, 5], 0.0, 0.0),
    "two points": ([0, 0, 0, 0], [3, 2, 3, 2], 0.0, -1.0),
}


@pytest.mark.parametrize(("one", "other", "iou", "giou"), PAIRS.values(), ids=PAIRS)
def test_pairs_by_hand(one, other, iou, giou):
    """Two boxes apart along both axes overlap by two negative sides, whose product is no area."""
    one, other = torch.tensor([one]).double(), torch.tensor([other]).double()
    for overlap, expected in ((box_iou, iou), (generalized_box_iou, giou)):
        torch.testing.assert_close(overlap(one, other), torch.tensor([[expected]]).double())
        torch.testing.assert_close(overlap(other, one), torch.tensor([[expected]]).double())
    assert generalized_box_iou_loss(one, other).item() == pytest.approx(1 - giou)


def test_matrix_by_hand():
    """Two boxes with three; the first axis is that of the first."""
    second = torch.tensor([[0.0, 0, 2, 2], [3, 1, 5, 3], [9, 9, 10, 10]])
    assert box_intersection(FIRST, second).tolist() == [[4, 1, 0], [4, 0, 0]]
    expected = torch.tensor([[4 / 8, 1 / 11, 0], [1, 0, 0]])
    torch.testing.assert_close(box_iou(FIRST, second), expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
def test_areas_do_not_overflow(dtype):
    """In float16 numbers end at 65504, and 512² / 512² would be no number."""
    one, other = (torch.tensor([box], dtype=dtype) for box in ([0, 0, 512, 512], [0, 0, 512, 256]))
    for overlap in (box_iou, generalized_box_iou):
        assert (overlap(one, one).item(), overlap(one, other).item()) == (1, 0.5)


def test_the_farthest_boxes_still_have_ratios():
    far = torch.tensor([[-(2.0**60), -(2.0**60), 2.0**60, 2.0**60], [2.0**60, 2.0**60, 2.0**60, 2.0**60]])
    assert box_iou(far, far).tolist() == [[1, 0], [0, 0]]
    assert generalized_box_iou(far, far).tolist() == [[1, 0], [0, 0]]


def test_against_loops(boxes):
    one, other = boxes(40), boxes(30)
    assert torch.equal(box_iou(one, other), box_iou_loops(one, other))
    # the loops subtract in another order
    torch.testing.assert_close(
        generalized_box_iou(one, other), generalized_box_iou_loops(one, other), atol=1e-12, rtol=0
    )


def test_properties(boxes):
    """Symmetric, scale and shift change nothing, GIoU is the lesser."""
    one, other = boxes(40), boxes(30)
    iou, giou = box_iou(one, other), generalized_box_iou(one, other)
    assert torch.equal(iou.T, box_iou(other, one))
    torch.testing.assert_close(box_iou(8 * one - 3, 8 * other - 3), iou)
    torch.testing.assert_close(generalized_box_iou(8 * one - 3, 8 * other - 3), giou)
    assert 0 <= iou.min() <= iou.max() <= 1
    assert giou.min() >= -1
    assert (giou <= iou + 1e-12).all()


def test_no_boxes():
    none = torch.empty(0, 4)
    for overlap in (
        box_intersection, box_iou, box_iou_loops, generalized_box_iou, generalized_box_iou_loops
    ):  # fmt: skip
        assert overlap(none, FIRST).shape == (0, 2)
        assert overlap(FIRST, none).shape == (2, 0)
        assert overlap(none, none).shape == (0, 0)
    assert generalized_box_iou_loss(none, none).shape == (0,)


def test_loss_pulls_boxes_together_that_do_not_touch():
    box = torch.tensor([[0.0, 0, 1, 1]], requires_grad=True)
    target = torch.tensor([[3.0, 0, 4, 1]])
    generalized_box_iou_loss(box, target).sum().backward()
    assert box.grad[0, 2] < 0  # a wider box leaves less empty space between the two
    again = box.detach().requires_grad_()
    (1 - box_iou(again, target)).sum().backward()
    assert again.grad.abs().max() == 0


def test_gradients_are_finite_and_right(boxes):
    one = (boxes(6) + torch.tensor([0.0, 0, 1.3, 1.7])).requires_grad_()
    other = boxes(6) + torch.tensor([0.2, 0.4, 1.1, 1.9])
    assert torch.autograd.gradcheck(lambda x: generalized_box_iou_loss(x, other), one)
    assert torch.autograd.gradcheck(lambda x: box_iou(x, other), one)
    none = torch.tensor([[1.0, 1, 1, 1]], requires_grad=True)
    (box_iou(none, none).sum() + generalized_box_iou(none, none).sum()).backward()
    assert none.grad.isfinite().all()


def test_loss_goes_row_with_row():
    with pytest.raises(ValueError, match="row with row, got 2 and 1"):
        generalized_box_iou_loss(FIRST, FIRST[:1])


def test_ten_thousand_with_a_thousand_within_a_gigabyte():
    """Nor may it take more than ten matrices of that size at any moment."""
    grown = memory_growth(iou_of_many)
    if grown is None:
        pytest.skip("only Linux says how much memory a process has taken at its peak")
    matrix = 10_000 * 1_000 * 4
    assert matrix < grown < min(2**30, 10 * matrix)
