"""What does not fit a network is refused, by a message that names the layer and the sizes."""

import numpy as np
import pytest
import torch
from torch import nn

from convnets.architectures import alexnet, lenet5, lenet1989, vgg
from convnets.architectures.checking import (
    Network,
    check_classes,
    check_num_classes,
    check_state,
    first_misfit,
)


class Tiny(Network):
    image_shape = (2, 6, 6)

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.norm = nn.BatchNorm2d(3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(12, 5)

    def forward(self, images):
        return self.fc(self.pool(self.norm(self.conv(images))).flatten(1))


def test_what_fits_passes():
    network = Tiny()
    assert network(torch.zeros(4, 2, 6, 6)).shape == (4, 5)
    assert network.eval()(torch.zeros(0, 2, 6, 6)).shape == (0, 5)
    assert first_misfit(network, (2, 6, 6)) is None


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (
            torch.zeros(4, 3, 6, 6),
            ValueError,
            r"\(N, 2, 6, 6\), got \(4, 3, 6, 6\): layer conv takes 2 channels",
        ),
        (torch.zeros(2, 6, 6), ValueError, r"\(N, 2, 6, 6\), got \(2, 6, 6\)"),
        (torch.zeros(4, 2, 8, 6), ValueError, r"2×6×6, those of 2×8×6 .* fc \(Linear\) .* 12 numbers .* 18"),
        (torch.zeros(4, 2, 2, 6), ValueError, r"conv \(Conv2d\) expects 2 maps of 3×3 or more.* gets 2×2×6"),
        (torch.zeros(4, 2, 3, 6), ValueError, r"pool \(MaxPool2d\) expects maps of 2×2 or more.* 3×1×4"),
        (torch.zeros(4, 2, 6, 6, dtype=torch.uint8), TypeError, "floats .* got torch.uint8"),
        (np.zeros((4, 2, 6, 6)), TypeError, "a tensor of images, got ndarray"),
    ],
    ids=["channels", "axes", "size at fc", "size at conv", "size at pool", "integers", "array"],
)
def test_images_that_do_not_fit(images, error, message):
    with pytest.raises(error, match=message):
        Tiny()(images)


@pytest.mark.parametrize(
    ("build", "sides", "message"),
    [
        (
            lenet1989,
            (28, 28),
            r"1×16×16, .* 1×28×28 .* h1_bias \(UnitBias\) expects maps of 12×8×8 and gets 12×14×14",
        ),
        (lenet5, (28, 28), r"c5 \(Conv2d\) expects 16 maps of 5×5 .* gets 16×4×4"),
        (lenet5, (5, 5), r"s2 \(Subsampling\) expects 6 maps of 2×2 or more and gets 6×1×1"),
        (lenet5, (13, 13), r"c3 \(TableConv2d\) expects 6 maps of 5×5 or more and gets 6×4×4"),
        (lenet5, (36, 36), r"f6 \(Linear\) expects 120 numbers for each image and gets 480"),
    ],
)
def test_each_layer_of_lenet_is_named(build, sides, message):
    with pytest.raises(ValueError, match=message):
        build()(torch.zeros(2, 1, *sides))


def test_a_wrong_size_touches_nothing():
    network = Tiny()
    before = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    network.eval()
    assert first_misfit(network, (2, 9, 9)).name == "fc"
    with pytest.raises(ValueError, match="do not fit"):
        network(torch.zeros(4, 2, 9, 9))
    assert all(torch.equal(tensor, before[key]) for key, tensor in network.state_dict().items())
    assert not any(len(each._forward_pre_hooks) for each in network.modules())
    assert not network.training


def test_large_networks_are_explained_without_memory():
    with torch.device("meta"):
        networks = {"alexnet": alexnet(towers=2), "vgg": vgg("D")}
    assert first_misfit(networks["alexnet"], (3, 224, 224)).name == "classifier.fc6"
    assert first_misfit(networks["alexnet"], (3, 32, 32)).name == "features.pool2"
    assert first_misfit(networks["vgg"], (3, 16, 16)).in_shape == (512, 1, 1)
    assert first_misfit(networks["vgg"], (3, 32, 32)) is None


def test_other_errors_stay_what_they_are():
    class Broken(Tiny):
        def forward(self, images):
            if images.device.type == "cpu":
                raise RuntimeError("out of something")
            return super().forward(images)

    with pytest.raises(RuntimeError, match="out of something"):
        Broken()(torch.zeros(4, 2, 6, 6))


def test_compiled_networks_give_the_same():
    network = Tiny().eval()
    images = torch.randn(3, 2, 6, 6, generator=torch.Generator().manual_seed(1))
    compiled = torch.compile(network, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(images), network(images), rtol=0, atol=0)  # the same operations


@pytest.mark.parametrize("builder", [lenet1989, lenet5, alexnet])
@pytest.mark.parametrize(
    ("num_classes", "error", "message"),
    [
        (0, ValueError, "at least 1, got 0 for layer"),
        (2.5, TypeError, "an integer"),
        (True, TypeError, "True"),
    ],
)
def test_numbers_of_classes_that_cannot_be(builder, num_classes, error, message):
    with pytest.raises(error, match=message), torch.device("meta"):
        builder(num_classes=num_classes)
    with pytest.raises(error, match=f"{message}.* fc" if error is ValueError else message):
        check_num_classes(num_classes, "fc")


def test_labels_that_are_no_classes():
    network, outputs = Tiny(), torch.zeros(3, 5)
    check_classes(network, outputs, torch.tensor([0, 4, 2]))
    check_classes(network, outputs[:0], torch.tensor([], dtype=torch.int64))
    with pytest.raises(ValueError, match=r"fc has num_classes = 5, labels from 0 to 4; .* from 1 to 5"):
        check_classes(network, outputs, torch.tensor([1, 5, 2]))
    with pytest.raises(ValueError, match="from -1 to 2"):
        check_classes(network, outputs, torch.tensor([1, -1, 2]))
    with pytest.raises(ValueError, match=r"\(3,\) are expected, got \(2,\)"):
        check_classes(network, outputs, torch.tensor([1, 2]))


def test_weights_of_another_network():
    network = Tiny()
    state = network.state_dict()
    check_state(network, {key: tensor for key, tensor in state.items() if "num_batches" not in key})
    with pytest.raises(ValueError, match=r"fc.weight has shape \(5, 12\), the weights given have \(7, 12\)"):
        check_state(network, state | {"fc.weight": torch.zeros(7, 12)})
    with pytest.raises(ValueError, match=r"Tiny has no head.bias; 1 of the tensors"):
        check_state(network, state | {"head.bias": torch.zeros(7)})
    del state["conv.bias"]
    with pytest.raises(ValueError, match=r"Tiny needs conv.bias, which is not among the 8 tensors given"):
        check_state(network, state)
