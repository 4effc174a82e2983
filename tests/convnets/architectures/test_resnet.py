"""Row 6.6: residual networks for ImageNet, their blocks and their shortcuts."""

import pytest
import torch

from convnets.architectures.resnet import (
    BasicBlock,
    Bottleneck,
    ZeroPadded,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
)
from convnets.sizing import networks, summary
from convnets.sizing.networks import IMAGES
from convnets.sizing.published import TORCHVISION

DEPTHS = {18: resnet18, 34: resnet34, 50: resnet50, 101: resnet101, 152: resnet152}
LENGTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def num_parameters(module):
    return sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize("depth", DEPTHS)
def test_parameters_and_layers(meta, sizes, depth):
    with meta:
        network = DEPTHS[depth]()
    assert num_parameters(network) == TORCHVISION[f"ResNet-{depth}"].parameters
    assert sizes(network, IMAGES["ImageNet"]) == sizes(networks.resnet(depth), IMAGES["ImageNet"])


def test_the_paper_takes_the_step_first(meta, sizes):
    with meta:
        network = resnet50(stride_first=True)
    described = networks.resnet(50, stride_first=True)
    assert sizes(network, IMAGES["ImageNet"]) == sizes(described, IMAGES["ImageNet"])
    assert num_parameters(network) == TORCHVISION["ResNet-50"].parameters


@pytest.mark.parametrize("depth", [18, 50])
def test_sizes_on_the_way(meta, depth):
    """The column "output size" of the paper's table 1."""
    with meta:
        network = DEPTHS[depth](num_classes=12)
    rows = summary(network, IMAGES["ImageNet"])
    last, times = (("bn2", 1) if depth == 18 else ("bn3", 4)), 1 if depth == 18 else 4
    assert rows["conv1"].out_shape == (64, 112, 112)
    for stage, (width, side) in enumerate(((64, 56), (128, 28), (256, 14), (512, 7)), 1):
        block = LENGTHS[depth][stage - 1] - 1
        assert rows[f"layer{stage}.{block}.{last[0]}"].out_shape == (width * times, side, side)
    assert rows["fc"].out_shape == (12,)


def batch_norm(name, channels):
    keys = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{key}": (channels,) for key in keys} | {f"{name}.num_batches_tracked": ()}


def keys_of_torchvision(depth, num_classes):
    state = {"conv1.weight": (64, 3, 7, 7)} | batch_norm("bn1", 64)
    channels = 64
    for stage, length in enumerate(LENGTHS[depth], 1):
        width = 32 * 2**stage
        for number in range(length):
            name = f"layer{stage}.{number}"
            layers = [(width, channels, 3), (width, width, 3)]
            if depth >= 50:
                layers = [(width, channels, 1), (width, width, 3), (4 * width, width, 1)]
            for index, (out_channels, in_channels, side) in enumerate(layers, 1):
                state[f"{name}.conv{index}.weight"] = (out_channels, in_channels, side, side)
                state |= batch_norm(f"{name}.bn{index}", out_channels)
            if number == 0 and (stage > 1 or depth >= 50):
                state[f"{name}.downsample.0.weight"] = (out_channels, channels, 1, 1)
                state |= batch_norm(f"{name}.downsample.1", out_channels)
            channels = out_channels
    return state | {"fc.weight": (num_classes, channels), "fc.bias": (num_classes,)}


@pytest.mark.parametrize("num_classes", [1000, 3])
@pytest.mark.parametrize("depth", DEPTHS)
def test_keys_and_shapes_of_torchvision(meta, shapes, depth, num_classes):
    with meta:
        network = DEPTHS[depth](num_classes)
    assert shapes(network) == keys_of_torchvision(depth, num_classes)


def test_what_a_unit_sees(seen):
    """7; pooling 11; four 3×3 at a jump of 4: 43; one more 51, and three at 8: 99."""
    torch.manual_seed(0)
    network = resnet18(width=2)
    lower = torch.nn.Sequential(
        network.conv1, network.bn1, network.relu, network.maxpool, network.layer1, network.layer2
    )
    assert seen(lower, (3, 160, 144)) == (99, 99)
    fields = {
        depth: summary(networks.resnet(depth), (3, 224, 224)).rows[-3].field[0].size for depth in DEPTHS
    }
    assert fields == {18: 435, 34: 899, 50: 427, 101: 971, 152: 1451}


def test_three_kinds_of_shortcuts(meta):
    with meta:
        counts = {kind: num_parameters(resnet34(shortcut=kind)) for kind in ("identity", "projection")}
        everywhere = num_parameters(resnet34(shortcut="projections"))
        plain = num_parameters(resnet34(residual=False))
    halving = ((64, 128), (128, 256), (256, 512))
    assert counts["projection"] - counts["identity"] == sum(a * b + 2 * b for a, b in halving) == 173_824
    inside = {64: 3, 128: 3, 256: 5, 512: 2}
    assert everywhere - counts["projection"] == sum(n * (c * c + 2 * c) for c, n in inside.items())
    assert plain == counts["identity"]


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_block_that_adds_nothing_passes_its_input(block):
    torch.manual_seed(1)
    maps = torch.rand(2, 8, 5, 6)  # not negative, as after a ReLU
    each = block(8, 8 // block.expansion).eval()
    torch.nn.init.zeros_((each.bn3 if block is Bottleneck else each.bn2).weight)
    torch.testing.assert_close(each(maps), maps, rtol=0, atol=0)
    plain = block(8, 8 // block.expansion, residual=False).eval()
    torch.nn.init.zeros_((plain.bn3 if block is Bottleneck else plain.bn2).weight)
    assert plain(maps).abs().max() == 0


def test_a_block_is_relu_of_the_sum():
    torch.manual_seed(2)
    block = BasicBlock(3, 6, stride=2).eval()
    maps = torch.randn(2, 3, 7, 6)
    F = torch.nn.functional
    inside = F.relu(F.conv2d(maps, block.conv1.weight, stride=2, padding=1))
    inside = F.conv2d(inside, block.conv2.weight, padding=1)
    around = F.conv2d(maps, block.downsample[0].weight, stride=2)
    expected = F.relu(inside + around)
    # fresh batch normalisation in use divides by the root of 1 + 1e-5, twice or once
    torch.testing.assert_close(block(maps), expected, rtol=1e-4, atol=1e-4)


def test_zeros_for_missing_maps():
    maps = torch.arange(2 * 3 * 5 * 4.0).reshape(2, 3, 5, 4)
    out = ZeroPadded(2, 2)(maps)
    assert out.shape == (2, 5, 3, 2)
    torch.testing.assert_close(out[:, :3], maps[:, :, [0, 2, 4]][..., [0, 2]], rtol=0, atol=0)
    assert out[:, 3:].abs().max() == 0
    assert "extra_channels=2" in repr(ZeroPadded(2, 2))


def test_errors(meta):
    with pytest.raises(
        ValueError, match="shortcut must be one of identity, projection, projections, got 'B'"
    ):
        BasicBlock(4, 4, shortcut="B")
    with pytest.raises(TypeError, match=r"num_classes must be an integer, got 2\.0 for layer fc"):
        resnet18(2.0)
    with meta:
        network = resnet18()
        with pytest.raises(ValueError, match=r"layer conv1 takes 3 channels"):
            network(torch.zeros(1, 4, 224, 224))
        assert network(torch.zeros(0, 3, 64, 80)).shape == (0, 1000)
