"""SSD: default boxes, who learns what, the loss with the hardest negatives, and the way back."""

import pytest
import torch

from convnets import detection
from convnets.detection import Objects, SsdTargets

SQUARES = torch.tensor([[0.0, 0, 10, 10], [10, 0, 20, 10], [0, 10, 10, 20], [10, 10, 20, 20]])


def stacked(*targets):
    return SsdTargets(*(torch.stack(parts) for parts in zip(*targets, strict=True)))


def test_scales_of_the_paper():
    """Six maps from 0.2 to 0.9: steps of 0.14."""
    assert detection.default_scales(6) == pytest.approx((0.2, 0.34, 0.48, 0.62, 0.76, 0.9, 1.04))
    assert detection.default_scales(1, 0.3, 0.5) == pytest.approx((0.3, 0.5))


def test_the_8732_boxes_of_the_paper():
    """SSD300: maps of 38, 19, 10, 5, 3 and 1 cells, 4 or 6 boxes on each cell."""
    sides, few, many = (38, 19, 10, 5, 3, 1), (1.0, 2.0, 0.5), (1.0, 2.0, 0.5, 3.0, 1 / 3)
    ratios = [few, many, many, many, few, few]
    boxes = detection.default_boxes([(n, n) for n in sides], (300, 300), detection.default_scales(6), ratios)
    assert len(boxes) == 38**2 * 4 + (19**2 + 10**2 + 5**2) * 6 + (3**2 + 1) * 4 == 8732


def test_boxes_by_hand():
    """One cell of 20 by 40 pixels; ratio 4 is twice as high and half as wide, the extra square is 10 · √2."""
    boxes = detection.default_boxes([(1, 1)], (20, 40), (0.5, 1.0), [(1.0, 4.0)])
    half = 5 * 2**0.5
    expected = [[15, 5, 25, 15], [17.5, 0, 22.5, 20], [20 - half, 10 - half, 20 + half, 10 + half]]
    torch.testing.assert_close(boxes, torch.tensor(expected))


def test_boxes_against_loops():
    arguments = ([(3, 5), (2, 3)], (50, 70), (0.2, 0.5, 0.8), [(1.0, 2.0), (0.5,)])
    # float32 against Python's floats, rounded once
    for squares in ((), (0.1, 0.9)):
        expected = detection.default_boxes_loops(*arguments, squares)
        torch.testing.assert_close(detection.default_boxes(*arguments, squares), expected)


def test_one_map_with_squares_of_four_sizes():
    detector = detection.Ssd(2, extra=(), scales=(0.1, 0.4), aspect_ratios=(1.0,), squares=(0.3, 0.5)).eval()
    with torch.no_grad():
        scores, offsets, anchors = detector(torch.zeros(1, 3, 32, 48))
    sides = (anchors[:, 2:] - anchors[:, :2]).view(-1, 4, 2)
    torch.testing.assert_close(sides[0, :, 0], 32 * torch.tensor([0.1, 0.2, 0.3, 0.5]))
    assert scores.shape == (1, len(anchors), 3)
    assert offsets.shape == (1, len(anchors), 4)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (([(1, 1)], (20, 20), (0.2,), [(1.0,)]), "1 maps have 2 scales and 1 tuples of ratios, got 1 and 1"),
        (([], (20, 20), (0.2,), []), "0 maps"),
        (([(1, 1)], (20, 20), (-0.2, 0.3), [(1.0,)]), "must be positive"),
    ],
    ids=["scales", "none", "negative"],
)
def test_bad_default_boxes(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        detection.default_boxes(*arguments)


@pytest.mark.parametrize("arguments", [(0,), (2, 0.9, 0.2), (2, 0, 0.5)], ids=["none", "order", "zero"])
def test_bad_scales(arguments):
    with pytest.raises(ValueError, match="num_maps >= 1 and 0 < smallest < largest"):
        detection.default_scales(*arguments)


def test_targets_by_hand():
    """Object 0 covers square 0 by 0.8; object 1 overlaps square 3 by little, and gets it all the same."""
    boxes = torch.tensor([[0.0, 0, 10, 8], [14, 14, 20, 20]])
    targets = detection.ssd_targets(boxes, torch.tensor([4, 1]), SQUARES)
    assert targets.classes.tolist() == [5, 0, 0, 2]
    torch.testing.assert_close(
        targets.offsets[[0, 3]],
        torch.tensor(
            [
                [0, -0.1 * 10, 0, torch.log(torch.tensor(0.8)) * 5],
                [2, 2, *[torch.log(torch.tensor(0.6)) * 5] * 2],
            ]
        ),
    )
    assert not targets.offsets[1:3].any()


def test_no_objects():
    targets = detection.ssd_targets(torch.zeros(0, 4), torch.zeros(0).long(), SQUARES)
    assert targets.classes.tolist() == [0, 0, 0, 0]
    scores = torch.zeros(1, 4, 3, requires_grad=True)
    loss = detection.ssd_loss(scores, torch.zeros(1, 4, 4), stacked(targets))
    assert loss.total == 0
    loss.total.backward()


def test_objects_without_size_are_refused():
    with pytest.raises(ValueError, match="x1 < x2"):
        detection.ssd_targets(torch.tensor([[1.0, 1, 1, 4]]), torch.tensor([0]), SQUARES)


def test_the_loss_by_hand():
    """One positive, five negatives, of which the three least sure of the background count."""
    classes = torch.tensor([[1, 0, 0, 0, 0, 0]])
    background = torch.tensor([0.5, 0.9, 0.1, 0.2, 0.3, 0.8])
    scores = torch.stack([background, 1 - background], dim=1).log()[None]
    offsets = torch.full((1, 6, 4), 2.0)
    loss = detection.ssd_loss(scores, offsets, SsdTargets(classes, torch.zeros(1, 6, 4)))
    assert loss.offsets.item() == pytest.approx(4 * 1.5)
    expected = -torch.tensor([0.5, 0.1, 0.2, 0.3]).log().sum()
    torch.testing.assert_close(loss.classes, expected)


def test_the_loss_against_loops(generator):
    classes = torch.randint(-6, 4, (3, 20), generator=generator).clamp(min=0)
    classes[1] = 0
    targets = SsdTargets(classes, torch.randn(3, 20, 4, generator=generator))
    scores, offsets = torch.randn(3, 20, 4, generator=generator), torch.randn(3, 20, 4, generator=generator)
    fast, slow = (
        form(scores, offsets, targets, 2.0) for form in (detection.ssd_loss, detection.ssd_loss_loops)
    )
    torch.testing.assert_close(fast, slow)  # float32, sums in another order


def test_bad_loss():
    targets = SsdTargets(torch.zeros(2, 4).long(), torch.zeros(2, 4, 4))
    for form in (detection.ssd_loss, detection.ssd_loss_loops):
        with pytest.raises(ValueError, match=r"\(N, A\) = \(2, 4\), their shapes are \(1, 4, 3\)"):
            form(torch.zeros(1, 4, 3), torch.zeros(2, 4, 4), targets)


def test_decoding_is_the_way_back():
    boxes, labels = torch.tensor([[1.0, 0, 10, 8], [9, 11, 20, 20]]), torch.tensor([1, 0])
    targets = detection.ssd_targets(boxes, labels, SQUARES)
    scores = 20 * torch.eye(3)[targets.classes]
    found = detection.ssd_decode(scores, targets.offsets, SQUARES, (20, 20), score_threshold=0.5)
    order = found.labels.argsort(descending=True)
    assert found.labels[order].tolist() == [1, 0]
    torch.testing.assert_close(found.boxes[order], boxes)


def test_outputs_are_in_the_order_of_the_anchors():
    """A head that answers with the number of its shape and place says so in the anchors' order."""
    network = detection.Ssd(2, detection.Backbone((4, 6)), extra=(8,), aspect_ratios=(1.0,))
    for head in network.offset_heads:
        torch.nn.init.zeros_(head.weight)
        head.bias.data = torch.arange(8.0)
    scores, offsets, anchors = network.eval()(torch.rand(1, 3, 12, 20))
    assert len(anchors) == 2 * (6 * 10 + 3 * 5)
    assert scores.shape == (1, 150, 3)
    assert offsets[0, 0].tolist() == [0, 1, 2, 3]
    assert offsets[0, 1].tolist() == [4, 5, 6, 7]
    assert (anchors[0, :2] + anchors[0, 2:]).tolist() == [2, 2]  # the first cell is 2 pixels wide


def test_a_network_learns_one_image():
    """Forty steps on one image of two objects, from a fixed start."""
    torch.manual_seed(0)
    image = torch.rand(1, 3, 32, 32)
    objects = [Objects(torch.tensor([[2.0, 3, 14, 16], [15.0, 12, 29, 28]]), torch.tensor([1, 0]))]
    network = detection.Ssd(2, detection.Backbone((4, 8, 8)), extra=(8,), scales=(0.3, 0.5, 0.8))
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    first = network.loss(image, objects).total.item()
    for _ in range(40):
        optimiser.zero_grad()
        network.loss(image, objects).total.backward()
        optimiser.step()
    assert network.loss(image, objects).total.item() < first / 5
    (found,) = network.detect(image, 0.3)
    assert set(found.labels[:2].tolist()) == {0, 1}
