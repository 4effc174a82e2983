"""R-CNN: proposals from the image, warped regions, support vectors, box regression, and all together."""

import numpy as np
import pytest
import torch

from convnets import data, detection
from convnets.detection import LinearSvm, Objects
from convnets.detection.rcnn import separate

NO_MACHINE = LinearSvm(torch.zeros(4), torch.zeros(()))


def test_windows_by_hand():
    """A window of 4 by 4 moves by 2 over an image of 6 by 8: two rows of three."""
    boxes = detection.window_proposals((6, 8), [4])
    assert boxes[:, :2].tolist() == [[0, 0], [2, 0], [4, 0], [0, 2], [2, 2], [4, 2]]
    assert boxes[-1].tolist() == [4, 2, 8, 6]
    assert detection.window_proposals((6, 8), [4], [4.0], 1.0).tolist() == []  # 8 high, 2 wide
    assert len(detection.window_proposals((8, 8), [4], [1.0, 4.0], 1.0)) == 4 + 4


def test_segments_by_hand():
    """Grey steps of 0.1 join across a ramp, a step of 0.6 does not."""
    image = torch.tensor([[0.0, 0.1, 0.2, 0.8], [0.9, 0.9, 0.3, 0.8]])[None]
    assert detection.colour_segments(image, 0.15).tolist() == [[0, 0, 0, 1], [2, 2, 0, 1]]
    assert detection.colour_segments(image, 0.05).max() == 5
    assert not detection.colour_segments(image, 1).any()


def test_one_channel_is_enough_to_part():
    image = torch.zeros(3, 1, 2)
    image[1, 0, 1] = 0.5
    assert detection.colour_segments(image, 0.4).tolist() == [[0, 1]]


@pytest.mark.parametrize("tolerance", [0.05, 0.2, 0.5])
def test_segments_against_loops(generator, tolerance):
    image = torch.rand(2, 9, 11, generator=generator)
    fast = detection.colour_segments(image, tolerance)
    assert torch.equal(fast, detection.colour_segments_loops(image, tolerance))


def test_boxes_of_segments_by_hand():
    """A square of 4 by 4 in the middle: its box, that of the ground, which is that of both together."""
    image = torch.zeros(3, 10, 12)
    image[:, 3:7, 5:9] = 1
    assert detection.segment_proposals(image).tolist() == [[0, 0, 12, 10], [5, 3, 9, 7]]
    assert detection.segment_proposals(image, min_area=17).tolist() == [[0, 0, 12, 10]]


def test_segments_propose_drawn_shapes():
    """Shapes of one colour that touch stay one segment; nine shapes in ten are proposed."""
    found = []
    for scene in data.shapes(np.random.default_rng(6), 100, size=48):
        regions = detection.segment_proposals(torch.from_numpy(scene.image))
        found.append(detection.box_iou(torch.from_numpy(scene.boxes), regions).amax(dim=1) > 0.7)
    assert 0.9 < torch.cat(found).double().mean() < 1


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: detection.window_proposals((6, 8), [4], step=0), "step must be positive, got 0"),
        (lambda: detection.window_proposals((6, 8), [-4]), "must be positive"),
        (lambda: detection.colour_segments(torch.zeros(4, 5), 0.1), r"shape \(any, any, any\)"),
        (lambda: detection.colour_segments_loops(torch.zeros(1, 4, 5), -1), "not be negative, got -1"),
        (lambda: detection.warp_regions(torch.zeros(3, 4, 4), torch.zeros(1, 4), 8), "x1 < x2"),
        (
            lambda: detection.warp_regions(torch.zeros(3, 4, 4), torch.zeros(0, 4), 8, 4),
            "less than half of 8",
        ),
        (lambda: detection.fit_svm(torch.zeros(2, 3), torch.zeros(2)), "booleans of shape"),
        (lambda: detection.fit_svm(torch.zeros(2, 3), torch.ones(2).bool(), 0), "strength must be positive"),
        (lambda: detection.fit_box_regression(torch.zeros(2, 3), torch.zeros(1, 4)), r"shape \(2, 4\)"),
        (lambda: detection.fit_box_regression(torch.zeros(2, 3), torch.zeros(2, 4), 0), "must be positive"),
        (lambda: detection.Rcnn(2, size=30), "multiple of the stride 8, got 30"),
    ],
    ids=["step", "side", "axes", "tolerance", "area", "context", "signs", "svm", "rows", "ridge", "size"],
)
def test_complaints(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


def test_warping_is_exact_on_a_plane():
    """F = 2x + 3y + 1: every pixel of a warped region is F at its own place, with context or without."""
    y, x = torch.meshgrid(torch.arange(20) + 0.5, torch.arange(30) + 0.5, indexing="ij")
    plane, box = (2 * x + 3 * y + 1)[None], torch.tensor([[8.0, 6, 20, 12]])
    for context, (left, top, width, height) in ((0, (8, 6, 12, 6)), (2, (5, 4.5, 18, 9))):
        crop = detection.warp_regions(plane, box, 12, context)
        places = (torch.arange(12) + 0.5) / 12
        expected = 2 * (left + width * places) + 3 * (top + height * places[:, None]) + 1
        # float32, numbers below 100
        torch.testing.assert_close(crop[0, 0], expected, atol=1e-4, rtol=0)


def test_support_vectors_by_hand():
    """Two points at ±1: w²/2 + 2C(1 − w)² is least at w = 4C / (1 + 4C)."""
    features, positive = torch.tensor([[1.0], [-1.0]]), torch.tensor([True, False])
    for strength in (1.0, 10.0):
        svm = detection.fit_svm(features, positive, strength)
        assert svm.weight.item() == pytest.approx(4 * strength / (1 + 4 * strength))
        assert svm.bias.item() == pytest.approx(0, abs=1e-7)
    assert svm.scores(features).tolist() == pytest.approx([40 / 41, -40 / 41])


def test_the_objective_against_loops(generator):
    features, positive = torch.randn(9, 3, generator=generator), torch.arange(9) % 2 == 0
    svm = LinearSvm(torch.randn(3, generator=generator), torch.tensor(0.3))
    # float32, sums in another order
    torch.testing.assert_close(
        detection.svm_objective(svm, features, positive, 2.0),
        detection.svm_objective_loops(svm, features, positive, 2.0),
    )


def test_nothing_is_better_than_the_fitted_machine(generator):
    features, positive = torch.randn(40, 4, generator=generator).double(), torch.arange(40) % 3 == 0
    svm = detection.fit_svm(features, positive)
    least = detection.svm_objective(svm, features, positive)
    for _ in range(20):
        step = 0.01 * torch.randn(5, generator=generator)
        other = LinearSvm(svm.weight + step[:4], svm.bias + step[4])
        assert detection.svm_objective(other, features, positive) > least


def test_longer_features_are_as_good_as_a_larger_strength(generator):
    features = torch.randn(40, 3, generator=generator)
    positive = features[:, 0] + 0.3 * torch.randn(40, generator=generator) > 0
    longer, stronger = detection.fit_svm(2 * features, positive), detection.fit_svm(features, positive, 4.0)
    # two searches, each stopped where the gradient is below 1e-8
    torch.testing.assert_close(2 * longer.weight, stronger.weight, rtol=0, atol=1e-4)
    torch.testing.assert_close(longer.bias, stronger.bias, rtol=0, atol=1e-4)


def test_machines_of_one_side():
    svm = detection.fit_svm(torch.eye(2), torch.zeros(2, dtype=torch.bool))
    assert (svm.scores(torch.eye(2)) < -0.99).all()


def test_box_regression_by_hand():
    """One feature x = 2 with offset 3: w = 2 · 3 / (2² + λ)."""
    offsets = torch.tensor([[3.0, 0, -3, 1]])
    weight = detection.fit_box_regression(torch.tensor([[2.0]]), offsets, strength=1)
    assert weight[0].tolist() == pytest.approx([1.2, 0, -1.2, 0.4])
    assert not detection.fit_box_regression(torch.zeros(0, 3), torch.zeros(0, 4)).any()


def test_a_network_finds_what_it_has_learned():
    """A few steps on six drawn scenes, then machines and regressions on top: most shapes are found again."""
    torch.manual_seed(0)
    scenes = data.shapes(np.random.default_rng(7), 6, size=32, max_shapes=2)
    triples = [detection.objects_of_scene(scene) for scene in scenes]
    images, objects = [entry[0] for entry in triples], [entry[1] for entry in triples]
    regions = [
        torch.cat([detection.segment_proposals(image), detection.window_proposals((32, 32), [12])])
        for image in images
    ]
    network = detection.Rcnn(3, detection.Backbone((8, 16)), size=8, context=1, hidden=16)
    optimiser, generator = torch.optim.Adam(network.parameters(), 1e-2), torch.Generator().manual_seed(1)
    first = network.loss(images, regions, objects, generator=generator).item()
    for _ in range(30):
        optimiser.zero_grad()
        loss = network.loss(images, regions, objects, generator=generator)
        loss.backward()
        optimiser.step()
    assert loss.item() < first / 3
    fitted = network.eval().fit(images, regions, objects)
    assert fitted.regression.shape == (3, 16, 4)
    found = [network.detect(image, part, fitted) for image, part in zip(images, regions, strict=True)]
    assert detection.voc_average_precision(found, objects).mean > 0.8


def test_what_machines_and_regressions_are_shown(monkeypatch):
    """Overlaps of 0.29, 0.31, 0.59 and 0.61 with the one object, of class 0; the object itself comes last."""
    shown = []
    monkeypatch.setattr(separate, "fit_svm", lambda *lesson: shown.append(lesson[:2]) or NO_MACHINE)
    monkeypatch.setattr(
        separate, "fit_box_regression", lambda *lesson: shown.append(lesson[:2]) or torch.zeros(4, 4)
    )
    network = detection.Rcnn(2, detection.Backbone((4, 4)), size=8, context=0, hidden=4).eval()
    image, box = torch.rand(3, 20, 20), torch.tensor([[0.0, 0, 10, 10]])
    regions = torch.tensor([[0, 0, 10, height] for height in (2.9, 3.1, 5.9, 6.1)])
    network.fit([image], [regions], [Objects(box, torch.tensor([0]))])
    (machine, regression), (other, nothing) = shown[:2], shown[2:]
    features = network(image, torch.cat([regions, box])).detach()
    torch.testing.assert_close(machine[0], features[[0, 4]])
    assert machine[1].tolist() == [False, True]
    torch.testing.assert_close(regression[0], features[[3, 4]])
    assert regression[1][:, 3].exp().tolist() == pytest.approx([10 / 6.1, 1])
    assert other[1].tolist() == [False] * 5, "no object of class 1: all regions are without"
    assert len(nothing[0]) == 0


def test_no_regions_and_no_objects():
    network = detection.Rcnn(2, detection.Backbone((4, 4)), size=8, context=0, hidden=4).eval()
    nothing = [Objects(torch.zeros(0, 4), torch.zeros(0).long())]
    image, regions = torch.rand(3, 16, 16), detection.window_proposals((16, 16), [8])
    fitted = network.fit([image], [regions], nothing)
    assert len(network.detect(image, regions, fitted).boxes) == 0
    assert len(network.detect(image, regions[:0], fitted).boxes) == 0
