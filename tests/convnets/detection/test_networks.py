"""What all detectors have in common: mixed precision, images of any size, and images with nothing in them."""

import pytest
import torch

from convnets import detection
from convnets.detection import Objects

SMALL = {"size": 3, "hidden": 8, "sizes": (12,), "num_proposals": 8, "num_samples": 8}
NETWORKS = {
    "yolo": lambda: detection.Yolo(2, detection.Backbone((4, 8)), grid=3, hidden=8),
    "ssd": lambda: detection.Ssd(2, detection.Backbone((4, 8)), extra=(8,)),
    "faster": lambda: detection.FasterRcnn(2, backbone=detection.Backbone((4, 8)), **SMALL),
    "mask": lambda: detection.MaskRcnn(2, mask_size=4, backbone=detection.Backbone((4, 8)), **SMALL),
}


def objects(*boxes, size=(20, 26)):
    boxes = torch.tensor(boxes).reshape(-1, 4)
    return Objects(boxes, torch.arange(len(boxes)) % 2, masks=torch.ones(len(boxes), *size, dtype=torch.bool))


@pytest.fixture(params=NETWORKS)
def network(request):
    torch.manual_seed(0)
    return NETWORKS[request.param]()


def test_mixed_precision(network):
    """In bfloat16 the loss is within a few hundredths of that in float32, and gradients are finite."""
    images = torch.rand(2, 3, 20, 26)
    entries = [objects([2.0, 3, 14, 16], [10, 8, 24, 19]), objects([5.0, 1, 20, 18])]
    torch.manual_seed(1)
    exact = network.loss(images, entries).total
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        rough = network.loss(images, entries).total
    rough.backward()
    assert all(weight.grad is None or weight.grad.isfinite().all() for weight in network.parameters())
    # eight bits of mantissa, and proposals that come out a little different are other samples
    torch.testing.assert_close(rough.float(), exact, rtol=0.1, atol=0)
    with torch.autocast("cpu", torch.bfloat16):
        assert len(network.eval().detect(images, 0.0)) == 2


def test_images_without_objects(network):
    images = torch.rand(2, 3, 20, 26)
    loss = network.loss(images, [objects(), objects()]).total
    assert loss.isfinite()
    loss.backward()
    for found in network.eval().detect(images, 0.999):
        assert found.boxes.shape == (len(found.scores), 4)


def test_objects_without_size_are_refused(network):
    with pytest.raises(ValueError, match=r"x1 < x2 .*box 1 is \[5.0, 5.0, 5.0, 9.0\]"):
        network.loss(torch.rand(1, 3, 20, 26), [objects([2.0, 3, 14, 16], [5.0, 5, 5, 9])])


@pytest.mark.parametrize("label", [-1, 2])
def test_labels_that_are_no_classes_are_refused(network, label):
    """Without a check -1 would be learned as background, and a GPU would stop with no reason given."""
    entry = objects([2.0, 3, 14, 16])._replace(labels=torch.tensor([label]))
    with pytest.raises(ValueError, match=r"(labels|classes) must be .*, got"):
        network.loss(torch.rand(1, 3, 20, 26), [entry])


def test_detections_are_in_the_image(network):
    for found in network.eval().detect(torch.rand(1, 3, 20, 26), 0.0):
        assert len(found.boxes) <= 100
        assert (found.boxes[:, :2] >= 0).all()
        assert (found.boxes[:, 2:] <= torch.tensor([26.0, 20])).all()
        assert (found.scores.diff() <= 0).all()
