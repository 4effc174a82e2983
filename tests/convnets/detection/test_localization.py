"""Two heads on one network: a class, and one box or exactly K."""

import itertools
import math

import pytest
import torch

from convnets import detection
from convnets.detection import Detections, Objects


def test_the_loss_by_hand():
    """Even odds of two classes; a box off by 0.1 and 0.2, of which λ = 5 makes 0.25."""
    boxes = torch.tensor([[[0.1, 0.2, 0.5, 0.5]]])
    due = torch.tensor([[[0.0, 0.0, 0.5, 0.5]]])
    loss = detection.localization_loss(torch.zeros(1, 1, 2), boxes, torch.tensor([[1]]), due, weight=5)
    assert loss.classes.item() == pytest.approx(math.log(2))
    assert loss.boxes.item() == pytest.approx(5 * (0.01 + 0.04))


def test_only_the_box_of_the_true_class_is_paid_for():
    boxes = torch.zeros(1, 1, 3, 4)
    boxes[0, 0, [0, 2]] = 100
    loss = detection.localization_loss(torch.zeros(1, 1, 3), boxes, torch.tensor([[1]]), torch.ones(1, 1, 4))
    assert loss.boxes == 4


@pytest.mark.parametrize("shape", [(3, 2, 4), (3, 2, 5, 4)], ids=["agnostic", "specific"])
def test_the_loss_against_loops(generator, shape):
    arguments = (
        torch.randn(3, 2, 5, generator=generator),
        torch.randn(*shape, generator=generator),
        torch.randint(5, (3, 2), generator=generator),
        torch.rand(3, 2, 4, generator=generator),
        2.0,
    )
    # float32, sums in another order
    torch.testing.assert_close(
        detection.localization_loss(*arguments), detection.localization_loss_loops(*arguments)
    )


def test_no_images_cost_nothing():
    empty = torch.zeros(0, 1, 2, requires_grad=True)
    loss = detection.localization_loss(
        empty, torch.zeros(0, 1, 4), torch.zeros(0, 1).long(), torch.zeros(0, 1, 4)
    )
    assert loss.total == 0
    loss.total.backward()


def test_bad_loss():
    for form in (detection.localization_loss, detection.localization_loss_loops):
        with pytest.raises(ValueError, match=r"\(N, K, C\).*their shapes are \(1, 1, 2\), \(1, 1, 3, 4\)"):
            form(
                torch.zeros(1, 1, 2),
                torch.zeros(1, 1, 3, 4),
                torch.zeros(1, 1).long(),
                torch.zeros(1, 1, 4),
            )


@pytest.mark.parametrize("label", [-1, 3])
@pytest.mark.parametrize("shape", [(1, 1, 4), (1, 1, 3, 4)], ids=["agnostic", "specific"])
def test_labels_that_are_no_classes(shape, label):
    """-1 would be taken for the last class."""
    for form in (detection.localization_loss, detection.localization_loss_loops):
        with pytest.raises(ValueError, match=f"labels must be from 0 to 2, got {label}"):
            form(torch.zeros(1, 1, 3), torch.zeros(shape), torch.tensor([[label]]), torch.zeros(1, 1, 4))


def test_from_left_to_right():
    """Centres at x = 5, 3 and 3; the last two at y = 6 and 2."""
    boxes = torch.tensor([[4.0, 0, 6, 2], [2, 5, 4, 7], [1, 1, 5, 3]])
    assert detection.from_left_to_right(boxes).tolist() == [2, 1, 0]
    assert detection.from_left_to_right(boxes[:0]).tolist() == []


def test_accuracy_by_hand():
    """Right; right box, wrong class; right class, overlap of a half exactly."""
    objects = [Objects(torch.tensor([[0.0, 0, 4, 4]]), torch.tensor([1]))] * 3
    boxes = [[0.0, 0, 4, 4], [0.0, 0, 4, 4], [0.0, 0, 4, 2]]
    found = [
        Detections(torch.tensor([box]), torch.tensor([label]), torch.ones(1))
        for box, label in zip(boxes, [1, 0, 1], strict=True)
    ]
    assert detection.localization_accuracy(found, objects) == pytest.approx(1 / 3)
    assert math.isnan(detection.localization_accuracy([], []))
    with pytest.raises(ValueError, match="expected detections of 3 images, got 1"):
        detection.localization_accuracy(found[:1], objects)
    none = Detections(torch.zeros(0, 4), torch.zeros(0).long(), torch.zeros(0))
    with pytest.raises(ValueError, match="every image must have a detection"):
        detection.localization_accuracy([none], objects[:1])


@pytest.mark.parametrize(
    ("attach", "specific"), list(itertools.product(["features", "hidden"], [False, True])), ids=str
)
def test_a_network_learns_two_images(attach, specific):
    """Eighty steps on two images of two objects each, from a fixed start."""
    torch.manual_seed(0)
    images = torch.rand(2, 3, 24, 32)
    boxes = torch.tensor([[18.0, 3, 30, 16], [2, 5, 14, 20]])
    objects = [Objects(boxes, torch.tensor([1, 0])), Objects(boxes.flip(0) + 1, torch.tensor([2, 0]))]
    network = detection.Localizer(3, 2, attach, specific, detection.Backbone((4, 8)), hidden=32)
    scores, places = network(images)
    assert scores.shape == (2, 2, 3)
    assert places.shape == ((2, 2, 3, 4) if specific else (2, 2, 4))
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(80):
        optimiser.zero_grad()
        network.loss(images, objects).total.backward()
        optimiser.step()
    found = network.detect(images)
    assert [entry.labels.tolist() for entry in found] == [[0, 1], [2, 0]]  # from left to right
    assert detection.localization_accuracy(found, objects) == 1


def test_boxes_the_wrong_way_round_are_put_right():
    network = detection.Localizer(2, backbone=detection.Backbone((4,)), hidden=4)
    torch.nn.init.zeros_(network.boxes[-1].weight)
    network.boxes[-1].bias.data = torch.tensor([0.75, 1.5, 0.25, 0.5])
    (found,) = network.detect(torch.rand(1, 3, 10, 20))
    assert found.boxes.tolist() == [[5, 5, 15, 10]]


def test_complaints():
    network = detection.Localizer(2, backbone=detection.Backbone((4,)), hidden=4)
    with pytest.raises(ValueError, match="every image must have 1 objects, one has 0"):
        network.loss(torch.rand(1, 3, 10, 20), [Objects(torch.zeros(0, 4), torch.zeros(0).long())])
    with pytest.raises(ValueError, match="'features' or 'hidden', got 1 and 'end'"):
        detection.Localizer(2, attach="end")
