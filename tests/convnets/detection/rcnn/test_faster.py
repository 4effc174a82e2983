"""Proposals that the network makes itself, and Faster R-CNN with its four losses."""

import pytest
import torch

from convnets import detection
from convnets.detection import Objects, RpnTargets

ANCHORS = torch.tensor([[0.0, 0, 10, 10], [10, 0, 20, 10], [0, 10, 10, 20], [-5, -5, 5, 5]])


def network():
    torch.manual_seed(0)
    return detection.FasterRcnn(
        2,
        sizes=(12,),
        aspect_ratios=(1.0,),
        num_proposals=10,
        backbone=detection.Backbone((4, 8)),
        size=3,
        hidden=32,
        num_samples=16,
    )


def test_targets_by_hand(generator):
    """Anchor 0 overlaps the object by 0.8, anchor 3 by 25 of 155 parts, the others touch it at most."""
    boxes = torch.tensor([[0.0, 0, 10, 8]])
    targets = detection.rpn_targets(boxes, ANCHORS, (20, 20), generator=generator)
    assert (targets.positive.tolist(), targets.negative.tolist()) == ([0], [1, 2, 3])
    assert targets.offsets[0].tolist() == pytest.approx([0, -0.1, 0, -0.2231436], abs=1e-6)
    inside = detection.rpn_targets(boxes, ANCHORS, (20, 20), inside_only=True, generator=generator)
    assert inside.negative.tolist() == [1, 2]


def test_anchors_in_between_are_not_learned_from(generator):
    """Object 4 wide: its anchor overlaps it by 0.4 and is rescued; a second one by 0.32 is ignored."""
    anchors = torch.tensor([[0.0, 0, 10, 10], [0, 0, 12.5, 10], [20, 20, 30, 30]])
    targets = detection.rpn_targets(torch.tensor([[0.0, 0, 4, 10]]), anchors, (40, 40), generator=generator)
    assert (targets.positive.tolist(), targets.negative.tolist()) == ([0], [2])


def test_an_anchor_across_the_border_takes_no_object_from_one_inside(generator):
    """Anchor 3 overlaps the object by 25 of 49 parts, but lies across the border; anchor 0 by 25 of 100."""
    anchors = torch.cat([ANCHORS[:3], torch.tensor([[-1.0, -1, 6, 6]])])
    boxes = torch.tensor([[0.0, 0, 5, 5]])
    chosen = [
        detection.rpn_targets(boxes, anchors, (20, 20), inside_only=inside, generator=generator).positive
        for inside in (False, True)
    ]
    assert [part.tolist() for part in chosen] == [[3], [0]]


def test_at_most_half_of_the_anchors_have_an_object(generator):
    anchors = ANCHORS[[0] * 20 + [1] * 20]
    targets = detection.rpn_targets(ANCHORS[:1], anchors, (20, 20), num=16, generator=generator)
    assert (len(targets.positive), len(targets.negative)) == (8, 8)
    assert targets.positive.max() < 20 <= targets.negative.min()


def test_no_objects(generator):
    targets = detection.rpn_targets(torch.zeros(0, 4), ANCHORS, (20, 20), num=2, generator=generator)
    assert len(targets.positive) == 0
    assert len(targets.negative) == 2
    assert targets.offsets.shape == (0, 4)


def test_the_loss_by_hand():
    """Two anchors with even odds cost log 2 each; one offset off by 1/18, the square's middle, one by 1."""
    targets = RpnTargets(torch.tensor([1]), torch.tensor([0]), torch.tensor([[1 / 18, 1.0, 0, 0]]))
    loss = detection.rpn_loss(torch.zeros(3), torch.zeros(3, 4), targets)
    assert loss.objectness.item() == pytest.approx(0.6931472)
    assert loss.offsets.item() == pytest.approx(((1 / 18) ** 2 * 9 / 2 + 1 - 1 / 18) / 2)


def test_the_loss_against_loops(generator):
    targets = RpnTargets(torch.tensor([3, 7]), torch.tensor([0, 1, 9]), torch.rand(2, 4, generator=generator))
    arguments = (torch.randn(12, generator=generator), torch.randn(12, 4, generator=generator), targets)
    # float32, sums in another order
    torch.testing.assert_close(detection.rpn_loss(*arguments), detection.rpn_loss_loops(*arguments))


def test_no_anchors_cost_nothing():
    scores = torch.zeros(3, requires_grad=True)
    empty = torch.zeros(0).long()
    loss = detection.rpn_loss(scores, torch.zeros(3, 4), RpnTargets(empty, empty, torch.zeros(0, 4)))
    assert loss.total == 0
    loss.total.backward()


def test_bad_loss():
    empty = torch.zeros(0).long()
    for form in (detection.rpn_loss, detection.rpn_loss_loops):
        with pytest.raises(ValueError, match=r"\(A,\) and \(A, 4\), their shapes are \(3,\) and \(2, 4\)"):
            form(torch.zeros(3), torch.zeros(2, 4), RpnTargets(empty, empty, torch.zeros(0, 4)))


def test_proposals_by_hand():
    """Anchor 3 is cut off; anchor 1, moved onto anchor 0, is a duplicate; the tiny one goes."""
    anchors = torch.cat([ANCHORS, torch.tensor([[15.0, 15, 15.5, 20]])])
    offsets = torch.zeros(5, 4)
    offsets[1, 0] = -1
    objectness = torch.tensor([2.0, 1.0, 0.0, 3.0, 4.0])
    found = detection.propose_regions(objectness, offsets, anchors, (20, 20))
    assert found.boxes.tolist() == [[0, 0, 5, 5], [0, 0, 10, 10], [0, 10, 10, 20]]
    torch.testing.assert_close(found.scores, torch.tensor([3.0, 2, 0]).sigmoid())
    best = detection.propose_regions(objectness, offsets, anchors, (20, 20), num_before=3, num_after=2)
    assert best.boxes.tolist() == [[0, 0, 5, 5], [0, 0, 10, 10]]


@pytest.mark.parametrize(
    ("objectness", "min_size", "complaint"),
    [
        (torch.zeros(4), 0, "min_size must be positive, got 0"),
        (torch.tensor([0, 0, 0, float("nan")]), 1, "objectness must be finite"),
        (torch.zeros(3), 1, r"objectness must have shape \(4,\)"),
    ],
    ids=["size", "nan", "number"],
)
def test_bad_proposals(objectness, min_size, complaint):
    with pytest.raises(ValueError, match=complaint):
        detection.propose_regions(objectness, torch.zeros(4, 4), ANCHORS, (20, 20), min_size=min_size)


def test_the_network_answers_in_the_order_of_the_anchors():
    """A head that answers with the number of its shape, on a map of 2 by 3 cells."""
    rpn = detection.RegionProposalNetwork(4, 2)
    torch.nn.init.zeros_(rpn.offsets.weight)
    rpn.offsets.bias.data = torch.arange(8.0)
    torch.nn.init.zeros_(rpn.objectness.weight)
    rpn.objectness.bias.data = torch.tensor([0.0, 1.0])
    objectness, offsets = rpn(torch.rand(1, 4, 2, 3))
    assert objectness.tolist() == [[0, 1] * 6]
    assert offsets[0, :2].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert offsets.shape == (1, 12, 4)


def test_four_losses_reach_their_own_parts():
    """The first two teach the proposals, the last two the head, all four the backbone."""
    model, objects = network(), [Objects(torch.tensor([[2.0, 3, 14, 16]]), torch.tensor([1]))] * 2
    loss = model.loss(torch.rand(2, 3, 24, 32), objects, torch.Generator().manual_seed(0))
    assert loss.total.item() == pytest.approx(sum(loss).item())
    for term, parts in zip(loss, ("rpn", "rpn", "head", "head"), strict=True):
        slopes = torch.autograd.grad(term, list(model.parameters()), retain_graph=True, allow_unused=True)
        names = [name for name, _ in model.named_parameters()]
        reached = {name.split(".")[0] for name, slope in zip(names, slopes, strict=True) if slope is not None}
        assert reached == {"backbone", parts}


def test_images_without_objects_can_be_learned_from():
    model, objects = network(), [Objects(torch.zeros(0, 4), torch.zeros(0).long())]
    loss = model.loss(torch.rand(1, 3, 24, 32), objects, torch.Generator().manual_seed(0))
    assert loss.anchor_offsets == 0
    assert loss.region_offsets == 0
    loss.total.backward()


def test_a_network_learns_one_image():
    """A hundred steps on one image of two objects, from a fixed start."""
    model = network()
    image = torch.rand(1, 3, 32, 32)
    objects = [Objects(torch.tensor([[2.0, 3, 14, 16], [15.0, 14, 29, 28]]), torch.tensor([1, 0]))]
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    generator = torch.Generator().manual_seed(1)
    first = model.loss(image, objects, generator).total.item()
    for _ in range(100):
        optimiser.zero_grad()
        model.loss(image, objects, generator).total.backward()
        optimiser.step()
    assert model.loss(image, objects, generator).total.item() < first / 3
    (found,) = model.detect(image, 0.3)
    assert set(found.labels[:2].tolist()) == {0, 1}
    regions, scores, offsets = model(image)
    assert len(regions[0]) == len(scores) <= 10
    assert offsets.shape == (len(scores), 2, 4)
