"""Masks and keypoints of regions, and Mask R-CNN."""

import numpy as np
import pytest
import torch

from convnets import data, detection


@pytest.fixture
def disc():
    """A disc of radius 6 around (9, 11) in an image of 24 by 20 pixels."""
    y, x = torch.meshgrid(torch.arange(24) + 0.5, torch.arange(20) + 0.5, indexing="ij")
    return ((x - 9) ** 2 + (y - 11) ** 2 <= 36)[None]


def test_targets_by_hand():
    """The left half of a region lies in the mask; of the cell that is half covered, half is enough."""
    masks = torch.zeros(2, 6, 8, dtype=torch.bool)
    masks[1, :, :3] = True
    region = torch.tensor([[0.0, 0, 6, 6], [2.0, 0, 4, 2]])
    targets = detection.mask_targets(masks, region, torch.tensor([1, 1]), 2)
    assert targets.tolist() == [[[1, 0], [1, 0]], [[1, 0], [1, 0]]]
    assert not detection.mask_targets(masks, region, torch.tensor([0, 0]), 2).any()
    assert detection.mask_targets(masks, region[:1], torch.tensor([1]), 1).tolist() == [[[1]]]


def test_targets_outside_the_image_are_empty():
    masks = torch.ones(1, 4, 4, dtype=torch.bool)
    targets = detection.mask_targets(masks, torch.tensor([[-4.0, 0, 4, 4]]), torch.tensor([0]), 4)
    assert targets[0].tolist() == [[0, 0, 1, 1]] * 4


def test_targets_against_loops(disc):
    regions = torch.tensor([[1.0, 2, 17, 19], [-3.5, 4.25, 9, 30], [8, 8, 10, 9]])
    arguments = (disc, regions, torch.tensor([0, 0, 0]), 6)
    assert torch.equal(detection.mask_targets(*arguments), detection.mask_targets_loops(*arguments))


def test_cutting_and_pasting_give_the_mask_back(disc):
    """At 28 cells to 12 pixels: 0.95 of the union at least; rounding moves pixels of the border alone."""
    box = detection.masks_to_boxes(disc)
    cut = detection.mask_targets(disc, box, torch.tensor([0]), 28)
    assert detection.mask_iou(detection.paste_masks(cut, box, (24, 20)), disc).item() > 0.95


def test_the_loss_by_hand():
    """Only the mask of class 1 counts: odds of 3 to 1 for the one, even odds for the other pixel."""
    logits = torch.full((1, 3, 1, 2), 50.0)
    logits[0, 1] = torch.tensor([3.0, 1.0]).log()
    loss = detection.mask_loss(logits, torch.tensor([[[1.0, 0.0]]]), torch.tensor([1]))
    assert loss.item() == pytest.approx((np.log(4 / 3) + np.log(2)) / 2)


def test_other_classes_get_no_gradient(generator):
    logits = torch.randn(2, 3, 4, 4, generator=generator).requires_grad_()
    targets = torch.randint(2, (2, 4, 4), generator=generator).float()
    (slope,) = torch.autograd.grad(detection.mask_loss(logits, targets, torch.tensor([2, 0])), logits)
    assert slope[0, 2].all()
    assert slope[1, 0].all()
    assert not slope[0, :2].any()
    assert not slope[1, 1:].any()


def test_the_loss_against_loops(generator):
    logits = torch.randn(3, 2, 4, 5, generator=generator)
    targets = torch.randint(2, (3, 4, 5), generator=generator).float()
    arguments = (logits, targets, torch.tensor([1, 0, 1]))
    # float32, sums in another order
    torch.testing.assert_close(detection.mask_loss(*arguments), detection.mask_loss_loops(*arguments))


def test_no_regions_cost_nothing():
    for loss in (
        detection.mask_loss(torch.zeros(0, 2, 4, 4), torch.zeros(0, 4, 4), torch.zeros(0).long()),
        detection.keypoint_loss(torch.zeros(0, 2, 4, 4), torch.zeros(0, 2).long()),
        detection.keypoint_loss(torch.zeros(1, 2, 4, 4), torch.full((1, 2), -1)),
    ):
        assert loss == 0
    masks = torch.zeros(0, 4, 4, dtype=torch.bool)
    assert detection.mask_targets(masks, torch.zeros(0, 4), torch.zeros(0).long(), 6).shape == (0, 6, 6)
    assert detection.paste_masks(torch.zeros(0, 6, 6), torch.zeros(0, 4), (5, 7)).shape == (0, 5, 7)


def test_pasting_by_hand():
    """The right half of the mask, over a box from 1 to 5: pixels 3 and 4."""
    shares = torch.tensor([[[0.0, 1.0]]])
    pasted = detection.paste_masks(shares, torch.tensor([[1.0, 1, 5, 2]]), (3, 6))
    assert pasted.int().tolist() == [[[0] * 6, [0, 0, 0, 1, 1, 0], [0] * 6]]


def test_pasting_against_loops(generator):
    """Boxes reach beyond the image, lie outside, or have no size."""
    shares = torch.rand(6, 5, 4, generator=generator)
    boxes = torch.tensor(
        [[1, 2, 9, 8], [-3, -2, 4, 5], [5, 5, 20, 20], [3, 3, 3, 3], [30, 30, 40, 40], [2.5, 1.25, 7.75, 9]]
    ).float()
    fast, slow = (
        form(shares, boxes, (10, 12)) for form in (detection.paste_masks, detection.paste_masks_loops)
    )
    assert torch.equal(fast, slow)
    assert not fast[3:5].any()


MASK = torch.ones(1, 4, 4, dtype=torch.bool)
BOX = torch.tensor([[0.0, 0, 4, 4]])


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: detection.mask_targets(MASK, BOX, torch.tensor([1])), "indices of 1 masks, got"),
        (
            lambda: detection.mask_loss(torch.zeros(1, 2, 4, 4), torch.zeros(1, 4, 5), torch.tensor([0])),
            "shapes",
        ),
        (
            lambda: detection.mask_loss(torch.zeros(1, 2, 4, 4), MASK.float(), torch.tensor([2])),
            "from 0 to 1",
        ),
        (lambda: detection.paste_masks(torch.zeros(2, 4, 4), BOX, (5, 5)), r"\(1, M, M\)"),
        (lambda: detection.keypoint_targets(torch.zeros(1, 2), BOX, torch.tensor([0])), r"\(B, K, 2\)"),
        (lambda: detection.keypoint_targets(torch.zeros(1, 5, 2), BOX, torch.tensor([3])), "of 1 objects"),
        (lambda: detection.keypoint_loss(torch.zeros(1, 2, 4, 4), torch.zeros(1, 3).long()), r"\(P, K\)"),
        (lambda: detection.decode_keypoints(torch.zeros(2, 2, 4, 4), BOX), r"\(1, K, M, M\)"),
        (lambda: detection.MaskRcnn(2, mask_size=7), "even and positive, got 7"),
    ],
    ids=["match", "shape", "label", "paste", "points", "object", "cells", "maps", "odd"],
)
def test_complaints(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


def test_keypoints_by_hand():
    """In a region of 4 by 8 pixels with 2 by 2 cells; the last is outside, the one before is not there."""
    nan = float("nan")
    points = torch.tensor([[[10.5, 21], [13, 21], [11.9, 24], [nan, nan], [14, 21]]])
    cells = detection.keypoint_targets(points, torch.tensor([[10.0, 20, 14, 28]]), torch.tensor([0]), 2)
    assert cells.tolist() == [[0, 1, 2, -1, -1]]


def test_keypoints_against_loops(generator):
    points = torch.rand(3, 4, 2, generator=generator, dtype=torch.float64) * 20
    points[0, 1] = float("nan")
    low = torch.rand(6, 2, generator=generator, dtype=torch.float64) * 8
    arguments = (points, torch.cat([low, low + 9], dim=1), torch.tensor([0, 1, 2, 0, 1, 2]), 7)
    assert torch.equal(detection.keypoint_targets(*arguments), detection.keypoint_targets_loops(*arguments))


def test_the_loss_of_keypoints_by_hand():
    """All cells of a map compete: the one with odds of 5 has 5 of 8 parts. The second point is not there."""
    logits = torch.full((1, 2, 2, 2), 9.0)
    logits[0, 0] = torch.tensor([[1.0, 5.0], [1.0, 1.0]]).log()
    loss = detection.keypoint_loss(logits, torch.tensor([[1, -1]]))
    assert loss.item() == pytest.approx(np.log(8 / 5))


def test_keypoints_there_and_back(generator):
    """Decoded, a keypoint is at most half a cell away."""
    box = torch.tensor([[3.0, 5, 17, 33]])
    points = box[:, None, :2] + torch.rand(1, 6, 2, generator=generator) * (
        box[:, None, 2:] - box[:, None, :2]
    )
    cells = detection.keypoint_targets(points, box, torch.tensor([0]), 14)
    logits = torch.nn.functional.one_hot(cells, 14 * 14).float().view(1, 6, 14, 14) * 30
    found, shares = detection.decode_keypoints(logits, box)
    assert ((found - points).abs() <= torch.tensor([0.5, 1.0]) + 1e-5).all()  # cells of 1 by 2 pixels
    assert (shares > 0.99).all()
    assert detection.keypoint_loss(logits, cells) < 1e-4


def test_a_network_learns_one_scene():
    """Sixty steps on one drawn scene, from a fixed start: masks and keypoints."""
    torch.manual_seed(0)
    (scene,) = data.shapes(np.random.default_rng(4), 1, size=32, max_shapes=1)
    image, objects, keypoints = detection.objects_of_scene(scene)
    network = detection.MaskRcnn(
        3,
        num_keypoints=5,
        mask_size=14,
        sizes=(12,),
        num_proposals=10,
        backbone=detection.Backbone((8, 8)),
        size=3,
        hidden=16,
        num_samples=16,
    )
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    generator = torch.Generator().manual_seed(1)
    arguments = (image[None], [objects], generator, [keypoints])
    first = network.loss(*arguments)
    for _ in range(60):
        optimiser.zero_grad()
        network.loss(*arguments).total.backward()
        optimiser.step()
    last = network.loss(*arguments)
    assert last.masks < first.masks / 2
    assert last.keypoints < first.keypoints / 2
    (found,) = network.detect(image[None], 0.3)
    assert detection.mask_iou(found.masks[:1], objects.masks).item() > 0.6
    ((points, shares),) = network.detect_keypoints(image[None], [found])
    assert points.shape == (len(found.boxes), 5, 2)
    assert shares.shape == (len(found.boxes), 5)


def test_keypoints_that_are_missing():
    backbone = detection.Backbone((4, 8))
    network = detection.MaskRcnn(2, num_keypoints=5, mask_size=4, backbone=backbone, size=3, hidden=8)
    for keypoints, complaint in ((None, "of each of 1 images are needed, got None"), ([], "got those of 0")):
        with pytest.raises(ValueError, match=complaint):
            network.loss(torch.rand(1, 3, 16, 16), [None], keypoints=keypoints)
    plain = detection.MaskRcnn(2, mask_size=4, backbone=backbone, size=3, hidden=8)
    with pytest.raises(ValueError, match="built with num_keypoints=0"):
        plain.detect_keypoints(torch.rand(1, 3, 16, 16), [])


def test_images_without_objects_can_be_learned_from():
    network = detection.MaskRcnn(2, mask_size=4, backbone=detection.Backbone((4, 8)), size=3, hidden=8)
    empty = detection.Objects(
        torch.zeros(0, 4), torch.zeros(0).long(), masks=torch.zeros(0, 16, 16, dtype=torch.bool)
    )
    loss = network.loss(torch.rand(1, 3, 16, 16), [empty], torch.Generator().manual_seed(0))
    assert loss.masks == 0
    assert loss.keypoints == 0
    loss.total.backward()


def test_an_image_is_looked_at_once():
    network = detection.MaskRcnn(2, mask_size=4, backbone=detection.Backbone((4, 8)), size=3, hidden=8).eval()
    looks = []
    network.backbone.register_forward_hook(lambda *_: looks.append(1))
    network.detect(torch.rand(1, 3, 16, 16))
    assert len(looks) == 1
