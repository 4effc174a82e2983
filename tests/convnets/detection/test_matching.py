"""Which anchor is to find which object."""

import pytest
import torch

from convnets.detection import IGNORED, NEGATIVE, match_anchors, match_anchors_loops

MATCH = pytest.mark.parametrize("match", [match_anchors, match_anchors_loops])


@MATCH
def test_thresholds_by_hand(match):
    """Two objects, five anchors; exactly 0.7 is positive, exactly 0.3 is not negative."""
    iou = torch.tensor([[0.8, 0.1, 0.7, 0.3, 0.5], [0.2, 0.2, 0.75, 0.0, 0.6]]).double()
    expected = [0, NEGATIVE, 1, IGNORED, IGNORED]
    assert match(iou, 0.7, 0.3, rescue=False).tolist() == expected
    assert match(iou, 0.5, 0.5, rescue=False).tolist() == [0, -1, 1, -1, 1]


@MATCH
def test_an_object_with_little_overlap_is_rescued(match):
    iou = torch.tensor([[0.9, 0.6, 0.0], [0.0, 0.1, 0.4]])
    assert match(iou, 0.5, 0.5, rescue=False).tolist() == [0, 0, NEGATIVE]
    assert match(iou, 0.5, 0.5).tolist() == [0, 0, 1]


@MATCH
def test_two_objects_want_one_anchor(match):
    """The one that overlaps it more gets it; the other takes the next best, and nobody overwrites anybody."""
    iou = torch.tensor([[0.45, 0.2, 0.1], [0.40, 0.3, 0.0]])
    assert match(iou, 0.5, 0.5).tolist() == [0, 1, NEGATIVE]
    assert match(iou.flip(0), 0.5, 0.5).tolist() == [1, 0, NEGATIVE]


@MATCH
def test_rescue_takes_an_anchor_from_an_object_that_has_others(match):
    """Anchor 1 overlaps object 0 most, and is the only one that object 1 overlaps."""
    iou = torch.tensor([[0.9, 0.8], [0.0, 0.3]])
    assert match(iou, 0.5, 0.5, rescue=False).tolist() == [0, 0]
    assert match(iou, 0.5, 0.5).tolist() == [0, 1]


@MATCH
def test_of_equals_the_first(match):
    iou = torch.full((2, 3), 0.4)
    assert match(iou, 0.5, 0.2).tolist() == [0, 1, IGNORED]
    assert match(torch.full((2, 3), 0.6), 0.5, 0.2, rescue=False).tolist() == [0, 0, 0]


@MATCH
def test_objects_that_nothing_overlaps_and_too_few_anchors(match):
    assert match(torch.zeros(2, 3), 0.5, 0.3).tolist() == [NEGATIVE] * 3
    assert match(torch.tensor([[0.2], [0.3], [0.1]]), 0.5, 0.4).tolist() == [1]


@MATCH
def test_nothing_there(match):
    """Without objects everything is background, also where a threshold of 0 would have it otherwise."""
    assert match(torch.empty(0, 3)).tolist() == [NEGATIVE] * 3
    assert match(torch.empty(0, 2), 0.0, 0.0).tolist() == [NEGATIVE] * 2
    assert match(torch.empty(2, 0)).tolist() == []
    assert match(torch.empty(0, 0)).dtype == torch.int64


@pytest.mark.parametrize("thresholds", [(0.7, 0.3), (0.5, 0.5), (0.2, 0.0), (1.0, 1.0), (0.0, 0.0)], ids=str)
@pytest.mark.parametrize("rescue", [True, False], ids=["rescue", "no rescue"])
@pytest.mark.parametrize("shape", [(1, 30), (6, 40), (9, 4)], ids=str)
def test_against_loops(generator, shape, thresholds, rescue):
    """Overlaps in steps of a tenth, so that many are equal and many exactly at a threshold."""
    iou = torch.randint(0, 11, shape, generator=generator).double() / 10
    found = match_anchors(iou, *thresholds, rescue)
    assert torch.equal(found, match_anchors_loops(iou, *thresholds, rescue))


def test_every_object_gets_an_anchor(generator):
    """As long as there are enough and they overlap; also where no overlap reaches 0.5."""
    iou = torch.rand(8, 50, generator=generator) / 2.1 + 1e-3
    matches = match_anchors(iou, 0.5, 0.4)
    assert sorted(matches[matches >= 0].tolist()) == list(range(8))


def test_input_is_left_alone(generator):
    iou = torch.rand(3, 5, generator=generator)
    before = iou.clone()
    match_anchors(iou)
    assert torch.equal(iou, before)


@MATCH
def test_errors(match):
    with pytest.raises(ValueError, match=r"iou must have shape \(any, any\), its shape is \(3,\)"):
        match(torch.zeros(3))
    with pytest.raises(ValueError, match=r"expected negative <= positive, got 0.6 and 0.5"):
        match(torch.zeros(1, 3), 0.5, 0.6)
    with pytest.raises(ValueError, match="positive must be from 0 to 1, got 70"):
        match(torch.zeros(1, 3), 70)
    with pytest.raises(ValueError, match=r"iou must be from 0 to 1, got 0.0 to 1.5"):
        match(torch.tensor([[0.0, 1.5]]))
    with pytest.raises(ValueError, match="iou must be finite"):
        match(torch.tensor([[0.0, float("nan")]]))
