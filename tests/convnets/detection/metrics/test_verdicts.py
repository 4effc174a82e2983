"""Which detections are right: VOC's rule and COCO's, and where they differ."""

import pytest
import torch

from convnets.detection import (
    DISREGARDED,
    FALSE,
    TRUE,
    coco_verdicts,
    coco_verdicts_loops,
    voc_verdicts,
    voc_verdicts_loops,
)

VOC = pytest.mark.parametrize("judge", [voc_verdicts, voc_verdicts_loops])
COCO = pytest.mark.parametrize("judge", [coco_verdicts, coco_verdicts_loops])


def none(num):
    return torch.zeros(num, dtype=torch.bool)


def at(*thresholds):
    return torch.tensor(thresholds).double()


@VOC
def test_voc_by_hand(judge):
    """Found, found again, too little overlap, exactly enough."""
    iou = torch.tensor([[0.8, 0.0], [0.9, 0.1], [0.0, 0.4], [0.0, 0.5]])
    assert judge(iou, none(2)).tolist() == [TRUE, FALSE, FALSE, TRUE]
    assert judge(iou, none(2), 0.4).tolist() == [TRUE, FALSE, TRUE, FALSE]


@VOC
def test_voc_takes_a_second_detection_for_a_duplicate_though_another_object_is_free(judge):
    iou = torch.tensor([[0.9, 0.6], [0.8, 0.7]])
    assert judge(iou, none(2)).tolist() == [TRUE, FALSE]


@COCO
def test_coco_gives_it_the_object_that_is_free(judge):
    iou = torch.tensor([[0.9, 0.6], [0.8, 0.7]])
    assert judge(iou, at(0.5, 0.75), none(2), none(2)).tolist() == [[TRUE, TRUE], [TRUE, FALSE]]


@VOC
def test_difficult_objects_are_found_any_number_of_times(judge):
    """And are in the way of others: the last detection overlaps the difficult one more."""
    iou = torch.tensor([[0.9, 0.0], [0.8, 0.0], [0.0, 0.9], [0.7, 0.6]])
    difficult = torch.tensor([True, False])
    assert judge(iou, difficult).tolist() == [DISREGARDED, DISREGARDED, TRUE, DISREGARDED]


@COCO
def test_crowds_and_other_sizes(judge):
    """Object 0 is a crowd, 1 is not asked for, 2 is. Whoever finds 2 gets it, though it overlaps 0 more."""
    iou = torch.tensor([[0.9, 0.0, 0.6], [0.9, 0.0, 0.6], [0.9, 0.0, 0.0], [0.0, 0.8, 0.0], [0.0, 0.8, 0.0]])
    disregarded, crowd = torch.tensor([True, True, False]), torch.tensor([True, False, False])
    expected = [TRUE, DISREGARDED, DISREGARDED, DISREGARDED, FALSE]
    assert judge(iou, at(0.5), disregarded, crowd).tolist() == [expected]


@COCO
def test_coco_gives_the_last_of_equals(judge):
    iou = torch.tensor([[0.8, 0.8], [0.6, 0.0]])
    assert judge(iou, at(0.5), none(2), none(2)).tolist() == [[TRUE, TRUE]]
    assert judge(iou.flip(1), at(0.5), none(2), none(2)).tolist() == [[TRUE, FALSE]]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0)], ids=str)
def test_nothing_found_or_nothing_there(shape):
    iou, marks = torch.zeros(shape), none(shape[1])
    for judge in (voc_verdicts, voc_verdicts_loops):
        assert judge(iou, marks).tolist() == [FALSE] * shape[0]
        assert judge(iou, marks, 0.0).tolist() == [FALSE] * shape[0]
    for judge in (coco_verdicts, coco_verdicts_loops):
        assert judge(iou, at(0.5, 0.6), marks, marks).tolist() == 2 * [[FALSE] * shape[0]]


@pytest.mark.parametrize("shape", [(30, 1), (25, 12), (3, 20)], ids=str)
def test_against_loops(generator, shape):
    """Overlaps in steps of a tenth: ties, and overlaps exactly at a threshold."""
    for _ in range(10):
        iou = torch.randint(0, 11, shape, generator=generator).double() / 10
        difficult, crowd = torch.rand(2, shape[1], generator=generator) < 0.3
        assert torch.equal(voc_verdicts(iou, difficult), voc_verdicts_loops(iou, difficult))
        arguments = (iou, at(0.5, 0.7, 0.9), difficult | crowd, crowd)
        assert torch.equal(coco_verdicts(*arguments), coco_verdicts_loops(*arguments))


def test_no_object_is_found_twice(generator):
    iou = torch.rand(40, 10, generator=generator)
    assert voc_verdicts(iou, none(10), 0.1).sum() <= 10
    assert (coco_verdicts(iou, at(0.1, 0.5), none(10), none(10)).sum(dim=1) <= 10).all()


@VOC
def test_voc_errors(judge):
    with pytest.raises(ValueError, match=r"difficult must be a tensor of 2 booleans, got torch.bool \(3,\)"):
        judge(torch.zeros(1, 2), none(3))
    with pytest.raises(ValueError, match="difficult must be a tensor of 2 booleans, got None"):
        judge(torch.zeros(1, 2), None)
    with pytest.raises(ValueError, match=r"iou must have shape \(any, any\)"):
        judge(torch.zeros(2), none(2))
    with pytest.raises(ValueError, match="threshold must be from 0 to 1, got 50"):
        judge(torch.zeros(1, 2), none(2), 50)


@COCO
def test_coco_errors(judge):
    with pytest.raises(ValueError, match=r"crowd must be a tensor of 2 booleans, got torch.float32 \(2,\)"):
        judge(torch.zeros(1, 2), at(0.5), none(2), torch.zeros(2))
    with pytest.raises(ValueError, match=r"threshold must be from 0 to 1, got 5\.0"):
        judge(torch.zeros(1, 2), at(5), none(2), none(2))
