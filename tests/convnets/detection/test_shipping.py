"""What is shipped of a detector comes back: weights halved, images with eight bits, boxes as they were."""

import pytest
import torch

from convnets.detection import Backbone
from convnets.detection.images import drawn_shapes
from convnets.detection.shipping import pack_images, pack_weights, unpack_images, unpack_weights


def test_weights():
    torch.manual_seed(0)
    network, other = Backbone((4, 8)), Backbone((4, 8))
    shipped = pack_weights(network)
    assert {values.dtype for values in shipped.values()} == {torch.float16, torch.float32, torch.int64}
    assert unpack_weights(other, {**shipped, "images": torch.zeros(1)}) is other
    assert not other.training
    for name, values in network.state_dict().items():
        # float16 keeps eleven bits, so the rounding is at most half of 2⁻¹⁰ of the value
        torch.testing.assert_close(other.state_dict()[name], values, rtol=2**-11, atol=2**-25)


@pytest.mark.parametrize(
    ("widths", "complaint"),
    [
        ((4, 6), r"2.conv.weight has shape \(6, 4, 3, 3\), the weights given have \(8, 4, 3, 3\)"),
        ((4, 8, 8), "needs 4.bn.bias, which is not among"),
        ((4,), "has no 2.bn.bias"),
    ],
    ids=["width", "missing", "too many"],
)
def test_weights_that_do_not_fit_change_nothing(widths, complaint):
    other = Backbone(widths)
    before = {name: values.clone() for name, values in other.state_dict().items()}
    with pytest.raises(ValueError, match=complaint):
        unpack_weights(other, pack_weights(Backbone((4, 8))))
    for name, values in other.state_dict().items():
        assert torch.equal(values, before[name])


def test_images():
    images = drawn_shapes(0, 4, 24)
    found = unpack_images(pack_images(images))
    torch.testing.assert_close(found.images, images.images, rtol=0, atol=0.5 / 255 + 1e-6)
    for entry, there in zip(found.objects, images.objects, strict=True):
        assert torch.equal(entry.boxes, there.boxes)
        assert torch.equal(entry.labels, there.labels)
