"""YOLO: what cells should say, what the loss adds up, and the way back to boxes."""

import pytest
import torch

from convnets import detection
from convnets.detection import Objects, YoloTargets

SIZE = (56, 112)  # (height, width): cells of 8 by 16 pixels


def stacked(*targets):
    return YoloTargets(*(torch.stack(parts) for parts in zip(*targets, strict=True)))


def predictions_of(targets, num_classes, num_boxes=2):
    """The numbers that say exactly what is there; the first box answers, the others have confidence 0."""
    grid = targets.objects.shape[0]
    out = torch.zeros(grid, grid, 5 * num_boxes + num_classes)
    taken = targets.objects >= 0
    out[..., :2], out[..., 2:4] = targets.boxes[..., :2], targets.boxes[..., 2:].sqrt()
    out[..., 4] = taken.float()
    rows, columns = taken.nonzero(as_tuple=True)
    out[rows, columns, 5 * num_boxes + targets.labels[taken]] = 1
    return out


def test_the_numbers_of_the_paper():
    """7 × 7 cells, 2 boxes, 20 classes: 30 numbers a cell and 1470 an image."""
    network = detection.Yolo(20, detection.Backbone((4, 8)), hidden=8)
    assert network.head[-1].out_features == 7 * 7 * 30 == 1470


def test_targets_by_hand():
    """A centre at (40, 20) is 2.5 cells from the left and 2.5 from the top; 24 by 14 pixels."""
    targets = detection.yolo_targets(torch.tensor([[28, 13, 52, 27]]), torch.tensor([3]), SIZE)
    assert (targets.objects >= 0).nonzero().tolist() == [[2, 2]]
    assert targets.boxes[2, 2].tolist() == pytest.approx([0.5, 0.5, 24 / 112, 14 / 56])
    assert targets.labels[2, 2] == 3
    assert (targets.labels == -1).sum() == 48


def test_of_two_in_a_cell_the_first_stays():
    boxes = torch.tensor([[30.0, 14, 50, 26], [34.0, 17, 46, 23]])
    targets = detection.yolo_targets(boxes, torch.tensor([1, 2]), SIZE)
    assert targets.objects[2, 2] == 0
    assert targets.labels[2, 2] == 1
    assert (targets.objects >= 0).sum() == 1


def test_borders_of_cells():
    """A centre on a border belongs to the next cell; at the edge of the image to the last."""
    boxes = torch.tensor([[24.0, 4, 40, 12], [110.0, 54, 112, 56]])
    targets = detection.yolo_targets(boxes, torch.tensor([0, 0]), SIZE)
    assert (targets.objects >= 0).nonzero().tolist() == [[1, 2], [6, 6]]


def test_no_objects():
    targets = detection.yolo_targets(torch.zeros(0, 4), torch.zeros(0).long(), SIZE)
    assert (targets.objects == -1).all()
    loss = detection.yolo_loss(torch.ones(1, 7, 7, 13), stacked(targets))
    assert loss.no_object == 0.5 * 7 * 7 * 2
    assert loss.total == loss.no_object


@pytest.mark.parametrize(
    ("boxes", "labels", "grid", "complaint"),
    [
        (torch.tensor([[0.0, 0, 120, 10]]), torch.tensor([0]), 7, "inside the image of .* clip"),
        (torch.tensor([[3.0, 3, 3, 3]]), torch.tensor([0]), 7, "x1 < x2"),
        (torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0, 1]), 7, r"labels must have shape \(1,\)"),
        (torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0]), 0, "grid must be at least 1"),
    ],
    ids=["outside", "no-size", "labels", "grid"],
)
def test_bad_targets(boxes, labels, grid, complaint):
    with pytest.raises(ValueError, match=complaint):
        detection.yolo_targets(boxes, labels, SIZE, grid)


def test_the_loss_by_hand():
    """One cell, one class, two boxes. The second overlaps the object by a half and answers for it.

    Truth: centre (½, ½), 1 by 1. Box 1 has no overlap and confidence 0.4, box 2 is ½ wide, confidence 0.7.
    """
    targets = detection.yolo_targets(torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0]), (10, 10), grid=1)
    first, second = [0.5, 0.5, 0.0, 0.0, 0.4], [0.5, 0.5, 0.5**0.5, 1.0, 0.7]
    loss = detection.yolo_loss(torch.tensor([first + second + [0.8]]).view(1, 1, 1, 11), stacked(targets))
    assert loss.centre == 0
    assert loss.size.item() == pytest.approx(5 * (0.5**0.5 - 1) ** 2)
    assert loss.confidence.item() == pytest.approx((0.7 - 0.5) ** 2)
    assert loss.no_object.item() == pytest.approx(0.5 * 0.4**2)
    assert loss.classes.item() == pytest.approx(0.2**2)
    assert loss.total.item() == pytest.approx(sum(loss).item())


def test_small_boxes_pay_more_for_the_same_error():
    """Why there are roots: 0.1 too wide costs a box of 0.1 six times as much as one of 0.9."""
    costs = []
    for side in (0.1, 0.9):
        box = torch.tensor([[0, 0, side, 1.0]]) * 100
        targets = detection.yolo_targets(box, torch.tensor([0]), (100, 100), grid=1)
        numbers = predictions_of(targets, 1)
        numbers[..., 2] = (side + 0.1) ** 0.5
        costs.append(detection.yolo_loss(numbers[None], stacked(targets)).size.item())
    assert costs[0] > 6 * costs[1]


@pytest.mark.parametrize("grid", [1, 4, 7])
def test_targets_against_loops(generator, grid):
    """Twelve objects, of which several share cells."""
    boxes = torch.rand(12, 2, 2, generator=generator, dtype=torch.float64).sort(dim=1).values.flatten(1)
    arguments = (boxes * torch.tensor([112, 56] * 2), torch.arange(12) % 5, SIZE, grid)
    # float64: the same divisions in another order
    torch.testing.assert_close(detection.yolo_targets(*arguments), detection.yolo_targets_loops(*arguments))


@pytest.mark.parametrize("num_boxes", [1, 3])
def test_the_loss_against_loops(generator, num_boxes):
    boxes = torch.rand(2, 6, 2, 2, generator=generator).sort(dim=2).values.flatten(2) * torch.tensor(
        [112, 56] * 2
    )
    labels = torch.randint(4, (2, 6), generator=generator)
    targets = stacked(*(detection.yolo_targets(*pair, SIZE, 5) for pair in zip(boxes, labels, strict=True)))
    numbers = torch.randn(2, 5, 5, 5 * num_boxes + 4, generator=generator)
    fast = detection.yolo_loss(numbers, targets, num_boxes, 4.0, 0.25)
    slow = detection.yolo_loss_loops(numbers, targets, num_boxes, 4.0, 0.25)
    torch.testing.assert_close(fast, slow)  # float32, sums in another order


def test_no_gradient_flows_through_the_overlap(generator):
    """The confidence is to become the overlap, not the overlap the confidence."""
    targets = stacked(detection.yolo_targets(torch.tensor([[10.0, 10, 60, 40]]), torch.tensor([0]), SIZE))
    numbers = torch.rand(1, 7, 7, 11, generator=generator).requires_grad_()
    (slope,) = torch.autograd.grad(detection.yolo_loss(numbers, targets).confidence, numbers)
    assert slope[..., [4, 9]].any()
    assert not slope[..., [0, 1, 2, 3, 5, 6, 7, 8, 10]].any()


def test_decoding_is_the_way_back():
    boxes = torch.tensor([[3.0, 2, 20, 18], [30.0, 14, 50, 26], [70.0, 30, 112, 56]])
    labels = torch.tensor([2, 0, 1])
    numbers = predictions_of(detection.yolo_targets(boxes, labels, SIZE), 3)
    found = detection.yolo_decode(numbers, SIZE, score_threshold=0.5)
    assert found.labels.sort().values.tolist() == [0, 1, 2]
    torch.testing.assert_close(
        found.boxes[found.labels.argsort()], boxes[labels.argsort()], atol=1e-4, rtol=0
    )
    assert found.scores.tolist() == [1, 1, 1]


def test_decoding_multiplies_confidence_and_class_and_cuts_off():
    numbers = torch.zeros(1, 1, 7)
    numbers[0, 0] = torch.tensor([0.0, 0.5, 1, 0.5**0.5, 0.5, 0.8, 0.1])
    found = detection.yolo_decode(numbers, (10, 20), num_boxes=1, score_threshold=0.1)
    assert found.boxes.tolist() == [pytest.approx([0, 2.5, 10, 7.5])]
    assert found.scores.item() == pytest.approx(0.4)
    assert len(detection.yolo_decode(numbers, (10, 20), num_boxes=1, score_threshold=0.4).boxes) == 0


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        (torch.zeros(1, 7, 7, 10), r"5·B \+ C channels, B = 2; they have 10"),
        (torch.zeros(1, 7, 6, 11), r"\(N, S, S, 5·B \+ C\), got \(1, 7, 6, 11\)"),
        (torch.zeros(2, 7, 7, 11), r"stacked to \(2, 7, 7\)"),
    ],
    ids=["channels", "square", "images"],
)
def test_bad_predictions(numbers, complaint):
    targets = stacked(detection.yolo_targets(torch.zeros(0, 4), torch.zeros(0).long(), SIZE))
    for form in (detection.yolo_loss, detection.yolo_loss_loops):
        with pytest.raises(ValueError, match=complaint):
            form(numbers, targets)


def test_a_network_learns_one_image():
    """Forty steps on one image of two objects, from a fixed start."""
    torch.manual_seed(0)
    image = torch.rand(1, 3, 28, 28)
    objects = [Objects(torch.tensor([[2.0, 3, 14, 16], [15.0, 12, 27, 26]]), torch.tensor([1, 0]))]
    network = detection.Yolo(2, detection.Backbone((4, 8)), grid=4, hidden=32)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    first = network.loss(image, objects).total.item()
    for _ in range(40):
        optimiser.zero_grad()
        network.loss(image, objects).total.backward()
        optimiser.step()
    assert network.loss(image, objects).total.item() < first / 20
    (found,) = network.eval().detect(image, 0.3)
    assert set(found.labels[:2].tolist()) == {0, 1}
