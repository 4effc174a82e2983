"""Regions and their classes, and Fast R-CNN around them."""

import pytest
import torch

from convnets import detection
from convnets.detection import Objects

BOXES = torch.tensor([[0.0, 0, 10, 10], [20, 20, 30, 40]])
LABELS = torch.tensor([2, 0])


def test_targets_by_hand(generator):
    """Region 0 overlaps object 0 by 0.8, region 1 object 1 by 0.45: background. Then the objects."""
    regions = torch.tensor([[0.0, 0, 10, 8], [20, 20, 30, 29]])
    targets = detection.region_targets(
        regions, BOXES, LABELS, num=4, positive_fraction=1, generator=generator
    )
    assert targets.regions.tolist() == [[0, 0, 10, 8], *BOXES.tolist(), [20, 20, 30, 29]]
    assert targets.matches.tolist() == [0, 0, 1, -1]
    assert targets.classes.tolist() == [3, 3, 1, 0]
    assert targets.offsets[0].tolist() == pytest.approx([0, 10 / 8, 0, 5 * 0.2231436], abs=1e-6)
    assert not targets.offsets[1:].any()


def test_at_most_a_quarter_has_an_object(generator):
    regions = torch.cat([BOXES[:1].expand(20, 4), torch.tensor([[50.0, 50, 60, 60]]).expand(20, 4)])
    targets = detection.region_targets(regions, BOXES, LABELS, num=16, generator=generator)
    assert (targets.classes > 0).sum() == 4
    assert len(targets.regions) == 16


def test_no_objects(generator):
    targets = detection.region_targets(BOXES, BOXES[:0], LABELS[:0], generator=generator)
    assert targets.classes.tolist() == [0, 0]
    assert targets.matches.tolist() == [-1, -1]


def test_no_regions_leave_the_objects(generator):
    targets = detection.region_targets(BOXES[:0], BOXES, LABELS, num=8, generator=generator)
    assert targets.classes.tolist() == [3, 1]


def test_objects_without_size_are_refused():
    with pytest.raises(ValueError, match="x1 < x2"):
        detection.region_targets(BOXES, torch.tensor([[1.0, 1, 1, 4]]), torch.tensor([0]))


def test_the_loss_by_hand():
    """Two regions of equal scores; the second has class 2, whose offsets are off by ½ and 2."""
    offsets = torch.zeros(2, 2, 4)
    offsets[1, 1] = torch.tensor([0.5, 2, 0, 0])
    offsets[1, 0] = offsets[0] = 100  # of other classes and of background: free
    loss = detection.region_loss(torch.zeros(2, 3), offsets, torch.tensor([0, 2]), torch.zeros(2, 4))
    assert loss.classes.item() == pytest.approx(1.0986123)
    assert loss.offsets.item() == (0.125 + 1.5) / 2


@pytest.mark.parametrize("columns", [1, 3])
def test_the_loss_against_loops(generator, columns):
    scores, targets = torch.randn(7, 4, generator=generator), torch.randn(7, 4, generator=generator)
    offsets = torch.randn(7, columns, 4, generator=generator)
    arguments = (scores, offsets, torch.randint(4, (7,), generator=generator), targets)
    # float32, sums in another order
    torch.testing.assert_close(detection.region_loss(*arguments), detection.region_loss_loops(*arguments))


def test_no_regions_cost_nothing():
    empty = torch.zeros(0, 3, requires_grad=True)
    loss = detection.region_loss(empty, torch.zeros(0, 2, 4), torch.zeros(0).long(), torch.zeros(0, 4))
    assert loss.total == 0
    loss.total.backward()


def test_bad_loss():
    for form in (detection.region_loss, detection.region_loss_loops):
        with pytest.raises(ValueError, match=r"must have shape \(2, 1 or 3, 4\)"):
            form(torch.zeros(2, 4), torch.zeros(2, 2, 4), torch.zeros(2).long(), torch.zeros(2, 4))


@pytest.mark.parametrize("columns", [1, 3])
def test_decoding_is_the_way_back(generator, columns):
    regions = BOXES + torch.tensor([1.0, -1, 2, 3])
    targets = detection.region_targets(regions.clamp(min=0), BOXES, LABELS, 4, 1, generator=generator)
    kept = targets.classes > 0
    scores = 20 * torch.eye(4)[targets.classes[kept]]
    offsets = targets.offsets[kept, None].expand(-1, columns, 4)
    found = detection.decode_regions(scores, offsets, targets.regions[kept], (50, 50), 0.5)
    order = found.labels.argsort(descending=True)
    assert found.labels[order].tolist() == [2, 0]
    torch.testing.assert_close(found.boxes[order], BOXES, atol=1e-5, rtol=0)


@pytest.mark.parametrize("pooling", ["align", "pool"])
def test_a_network_learns_one_image(pooling):
    """Thirty steps on one image of two objects with three proposals, from a fixed start."""
    torch.manual_seed(0)
    image = torch.rand(1, 3, 48, 40)
    objects = [Objects(BOXES, LABELS)]
    regions = [torch.tensor([[1.0, 1, 12, 9], [18, 22, 30, 40], [10, 5, 25, 15]])]
    network = detection.FastRcnn(3, detection.Backbone((4, 8)), size=3, pooling=pooling, hidden=16)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    generator = torch.Generator().manual_seed(1)
    first = network.loss(image, regions, objects, generator).total.item()
    for _ in range(30):
        optimiser.zero_grad()
        network.loss(image, regions, objects, generator).total.backward()
        optimiser.step()
    assert network.loss(image, regions, objects, generator).total.item() < first / 5
    (found,) = network.detect(image, regions, 0.3)
    assert set(found.labels.tolist()) == {0, 2}


def test_images_without_proposals():
    network = detection.FastRcnn(3, detection.Backbone((4, 8)), size=3, hidden=16).eval()
    found = network.detect(torch.rand(2, 3, 20, 20), [torch.zeros(0, 4), BOXES[:1]], 0.0)
    assert len(found[0].boxes) == 0
    assert len(found[1].boxes) > 0


def test_bad_pooling():
    with pytest.raises(ValueError, match="'align' or 'pool', got 'max'"):
        detection.FastRcnn(3, pooling="max")
