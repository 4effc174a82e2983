"""The ideas at 32×32: shapes, counts, and that each of them learns."""

import pytest
import torch

from convnets import data
from convnets.architectures.googlenet import Inception
from convnets.architectures.small import (
    small_alexnet,
    small_inception,
    small_resnet,
    small_vgg,
    small_zfnet,
)
from convnets.sizing import (
    Chain,
    Convolution,
    Elementwise,
    FullyConnected,
    Pooling,
    summary,
)
from convnets.sizing.networks import INCEPTION

BUILDERS = (small_alexnet, small_zfnet, small_vgg, small_inception, small_resnet)


def num_parameters(module):
    return sum(each.numel() for each in module.parameters())


def alexnet_like(first, last_pool, width=32):
    return Chain(
        (
            *(Convolution(width, *first), Elementwise("norm"), Pooling(3, 2)),
            *(Convolution(2 * width, 5, padding=2), Elementwise("norm"), Pooling(3, 2)),
            *(Convolution(4 * width, 3, padding=1), Convolution(4 * width, 3, padding=1)),
            Convolution(2 * width, 3, padding=1),
            *([Pooling(3, 2)] if last_pool else []),
            *(FullyConnected(8 * width), FullyConnected(8 * width), FullyConnected(10)),
        )
    )


def vgg_like(width=32):
    pairs = (
        (Convolution(c, 3, padding=1), Convolution(c, 3, padding=1), Pooling(2))
        for c in (width, 2 * width, 4 * width)
    )
    layers = [layer for stage in pairs for layer in stage]
    return Chain((*layers, FullyConnected(8 * width), FullyConnected(10)))


@pytest.mark.parametrize(
    ("builder", "description"),
    [
        (small_alexnet, alexnet_like((5, 2, 2), False)),
        (small_zfnet, alexnet_like((3, 1, 1), True)),
        (small_vgg, vgg_like()),
    ],
)
def test_layers_are_those_of_a_description(sizes, builder, description):
    assert sizes(builder(), (3, 32, 32)) == sizes(description, (3, 32, 32))


def test_the_first_look_is_what_tells_zfnet_from_alexnet():
    coarse, fine = (summary(builder(), (3, 32, 32)) for builder in (small_alexnet, small_zfnet))
    assert coarse["features.0"].out_shape == (32, 16, 16)
    assert fine["features.0"].out_shape == (32, 32, 32)
    assert coarse["classifier.1"].parameters == fine["classifier.1"].parameters


def test_parameters_by_hand(meta):
    with meta:
        wide = small_resnet(width=64)
        modules = small_inception(width=64)
        of_the_paper = Inception(192, INCEPTION["3a"], batch_norm=True)
    # ResNet-18 without 7×7 filters and 1000 classes, with 3×3 filters and 10
    assert num_parameters(wide) == 11_689_512 - 64 * 3 * (49 - 9) - 990 * 513 == 11_173_962
    assert num_parameters(modules.features[3]) == num_parameters(of_the_paper)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("builder", [small_vgg, small_inception])
def test_batch_norm_or_none(builder, batch_norm):
    network = builder(width=8, batch_norm=batch_norm)
    assert any(isinstance(each, torch.nn.BatchNorm2d) for each in network.modules()) == batch_norm


@pytest.mark.parametrize("builder", BUILDERS)
def test_it_learns(builder):
    """The loss on forty digits falls within a few steps; seeds and images are fixed."""
    torch.manual_seed(0)
    network = builder(width=4)
    for each in network.modules():
        if isinstance(each, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(each.weight, nonlinearity="relu")
    digits = data.load("digits")
    images = torch.from_numpy(digits.images[:40]).repeat_interleave(4, 2).repeat_interleave(4, 3)
    images, labels = images.expand(-1, 3, -1, -1), torch.from_numpy(digits.labels[:40])
    optimizer = torch.optim.Adam(network.parameters(), lr=0.003)
    losses = []
    for _ in range(12):
        loss = torch.nn.functional.cross_entropy(network(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert min(losses[-3:]) < losses[0] - 0.1


@pytest.mark.parametrize("builder", BUILDERS)
def test_errors_name_the_layer(builder):
    network = builder(width=8).eval()
    assert network(torch.zeros(0, 3, 32, 32)).shape == (0, 10)
    with pytest.raises(ValueError, match="takes 3 channels"):
        network(torch.zeros(2, 1, 32, 32))
    with pytest.raises(ValueError, match="num_classes must be at least 1"):
        builder(num_classes=0)


@pytest.mark.parametrize("builder", [small_alexnet, small_zfnet, small_vgg])
def test_images_of_another_size_do_not_fit_the_classifier(builder):
    with pytest.raises(ValueError, match=r"layer classifier.1 \(Linear\) expects"):
        builder(width=8).eval()(torch.zeros(2, 3, 48, 48))
