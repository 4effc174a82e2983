"""Masks: overlap by hand, against loops and pycocotools; boxes around them."""

import numpy as np
import pytest
import torch
from pycocotools import mask as rle

from convnets.data import synthetic
from convnets.detection import box_iou, mask_iou, mask_iou_loops, masks_to_boxes


def drawn(*pictures):
    return torch.tensor(
        [[[pixel == "#" for pixel in row] for row in picture.split()] for picture in pictures]
    )


CROSS = drawn("..... ..#.. .###. ..#..", "..... .#... ...#. .....")


@pytest.fixture
def masks(generator):
    return torch.rand(2, 7, 9, 6, generator=generator) < torch.linspace(0, 1, 7)[:, None, None]


def test_overlap_by_hand():
    """Five pixels and two, one of them shared."""
    assert mask_iou(CROSS, CROSS).tolist() == [[1, 1 / 6], [1 / 6, 1]]
    empty = torch.zeros(1, 4, 5, dtype=torch.bool)
    assert mask_iou(empty, CROSS).tolist() == [[0, 0]]
    assert mask_iou(empty, empty).tolist() == [[0]]
    assert mask_iou(CROSS, empty[:0]).shape == mask_iou_loops(CROSS, empty[:0]).shape == (2, 0)


def test_against_loops_and_pycocotools(masks):
    iou = mask_iou(*masks)
    assert torch.equal(iou, mask_iou_loops(*masks))
    encoded = [[rle.encode(np.asfortranarray(mask.numpy(), np.uint8)) for mask in side] for side in masks]
    theirs = torch.from_numpy(rle.iou(*encoded, [0] * 7))
    # neither of two empty masks: pycocotools sees 0 / 0 as 0 as well
    assert torch.equal(iou, theirs)


def test_rectangles_overlap_as_boxes_do(boxes):
    corners = boxes(12)
    masks = torch.zeros(12, 12, 12, dtype=torch.bool)
    for mask, (x1, y1, x2, y2) in zip(masks, corners.int().tolist(), strict=True):
        mask[y1:y2, x1:x2] = True
    assert torch.equal(mask_iou(masks, masks), box_iou(corners, corners))


def test_boxes_by_hand():
    """x2 and y2 are the edges behind the last pixel."""
    assert masks_to_boxes(CROSS).tolist() == [[1, 1, 4, 4], [1, 1, 4, 3]]
    assert masks_to_boxes(torch.ones(1, 2, 3, dtype=torch.bool)).tolist() == [[0, 0, 3, 2]]
    assert masks_to_boxes(torch.zeros(1, 2, 3, dtype=torch.bool)).tolist() == [[0, 0, 0, 0]]
    assert masks_to_boxes(CROSS[:0]).shape == (0, 4)


def test_boxes_of_scenes_are_those_of_their_generator(rng):
    for scene in synthetic.shapes(rng, 3):
        assert torch.equal(
            masks_to_boxes(torch.from_numpy(scene.masks)), torch.from_numpy(scene.boxes).float()
        )


def test_errors():
    with pytest.raises(TypeError, match=r"masks1 must be a tensor of booleans, got torch.float32"):
        mask_iou(CROSS.float(), CROSS)
    for form in (mask_iou, mask_iou_loops):
        with pytest.raises(ValueError, match=r"one size \(H, W\), got \(2, 4, 5\) and \(2, 5, 4\)"):
            form(CROSS, CROSS.mT)
    with pytest.raises(ValueError, match=r"masks must have shape \(B, H, W\), its shape is \(4, 5\)"):
        masks_to_boxes(CROSS[0])
    with pytest.raises(TypeError, match="got list"):
        mask_iou_loops(CROSS, [])
