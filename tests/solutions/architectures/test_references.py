"""The answers that *Architectures* expects agree with the chapter's networks, and its numbers are right."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from convnets.architectures import BasicBlock, Bottleneck, Inception, cifar_resnet, vgg
from convnets.architectures.classical import TableConv2d
from convnets.sizing.networks import C3_TABLE
from solutions.architectures.connect_by_table import connect_by_table
from solutions.architectures.network_from_table import network_from_table
from solutions.architectures.port_weights import made, port_weights
from solutions.architectures.residual_block import residual_block
from solutions.architectures.response_norm import response_norm
from solutions.architectures.side_by_side import side_by_side
from solutions.architectures.skip_deleted import skip_deleted
from solutions.architectures.unite_towers import unite_towers
from solutions.architectures.widest_network import parameters, widest_network

TEXT = (Path(__file__).resolve().parents[3] / "solutions/architectures/architectures.md").read_text("utf-8")
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
"""A few layers in float32, whose sums two implementations add up in different orders."""


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def taken_over(network, other, names):
    """Give a network the numbers of another, whose names follow from its own by replacing parts of them."""
    state = {}
    for name, values in other.state_dict().items():
        for old, new in names.items():
            name = name.replace(old, new)
        state[name] = torch.rand_like(values) if values.is_floating_point() else values
    network.load_state_dict(state)
    return dict(zip(other.state_dict(), state.values(), strict=True))


def test_lenet_s_third_layer():
    """1,516 parameters and 60 of 96 connections, as the paper's table I says."""
    layer, known = connect_by_table([list(row) for row in C3_TABLE], (5, 5)), TableConv2d(C3_TABLE, 6, 5)
    assert (count(layer), count(nn.Conv2d(6, 16, 5))) == (1516, 2416)
    assert sum(map(len, C3_TABLE)) == 60
    assert "60 of the 96 connections" in TEXT
    with torch.no_grad():
        known.weight.copy_(torch.cat([one.weight[0] for one in layer.maps]))
        known.bias.copy_(torch.cat([one.bias for one in layer.maps]))
        x = torch.rand(2, 6, 9, 8)
        torch.testing.assert_close(layer(x), known(x), **CLOSE)


@pytest.mark.parametrize(("n", "maps"), [(3, 7), (5, 6), (5, 2)])
def test_pytorch_means_something_else_by_alpha(n, maps):
    x = np.random.default_rng(0).normal(size=(2, maps, 3, 4))
    known = nn.LocalResponseNorm(n, alpha=0.3 * n, beta=0.75, k=2.0)(torch.from_numpy(x))
    np.testing.assert_allclose(response_norm(x, n, 2.0, 0.3, 0.75), known, rtol=1e-12)


def test_united_towers_compute_what_two_groups_do():
    rng = np.random.default_rng(1)
    first, second = (torch.from_numpy(rng.normal(size=(4, 3, 3, 2))) for _ in range(2))
    x = torch.from_numpy(rng.normal(size=(2, 6, 5, 4)))
    united = torch.from_numpy(unite_towers(first.numpy(), second.numpy(), (3, 3), False))
    known = nn.functional.conv2d(x, torch.cat((first, second)), groups=2)
    torch.testing.assert_close(nn.functional.conv2d(x, united), known)


def test_united_towers_compute_what_each_card_saw():
    rng = np.random.default_rng(2)
    first, second = (torch.from_numpy(rng.normal(size=(4, 5, 2, 2))) for _ in range(2))
    left, right = (torch.from_numpy(rng.normal(size=(1, maps, 4, 4))) for maps in (2, 3))
    seen = [nn.functional.conv2d(torch.cat((left, right), 1), first)]
    seen.append(nn.functional.conv2d(torch.cat((right, left), 1), second))
    united = torch.from_numpy(unite_towers(first.numpy(), second.numpy(), (2, 3), True))
    known = torch.cat(seen, 1)
    torch.testing.assert_close(nn.functional.conv2d(torch.cat((left, right), 1), united), known)


def test_what_alexnet_saves_by_its_towers():
    """Half of the weights of layers 2, 4 and 5: 307,200, 663,552 and 442,368."""
    saved = (5 * 5 * 96 * 256 + 9 * 384 * 384 + 9 * 384 * 256) // 2
    assert saved == 1_413_120
    assert "saves it 1.4 million parameters" in TEXT


@pytest.mark.parametrize(("name", "depths"), [("A", (1, 1, 2, 2, 2)), ("D", (2, 2, 3, 3, 3))])
def test_vgg_out_of_its_table(name, depths):
    column = []
    for maps, depth in zip((64, 128, 256, 512, 512), depths, strict=True):
        column += [f"conv3-{maps}"] * depth + ["maxpool"]
    with torch.device("meta"):
        read, known = network_from_table(column, 3), vgg(name)
    shapes = [{key: value.shape for key, value in one.state_dict().items()} for one in (read, known.features)]
    assert shapes[0] == shapes[1]
    assert round(count(known.classifier) / 1e6) == 124
    assert "have 124 million of them" in TEXT


def test_the_first_module_of_googlenet():
    """163,696 parameters of 387,296, and 256 maps of 416: two fifths, as the text says."""
    reduced = [[("conv", 1, 64)], [("conv", 1, 96), ("conv", 3, 128)]]
    reduced += [[("conv", 1, 16), ("conv", 5, 32)], [("pool", 3), ("conv", 1, 32)]]
    naive = [[("conv", 1, 64)], [("conv", 3, 128)], [("conv", 5, 32)], [("pool", 3)]]
    assert [count(side_by_side(192, branches)) for branches in (naive, reduced)] == [387_296, 163_696]
    assert "leave two fifths of the parameters, and 256 maps come out where 416" in TEXT
    module, known = side_by_side(192, reduced), Inception(192, (64, 96, 128, 16, 32, 32))
    with torch.no_grad():
        for mine, theirs in zip(module.parameters(), known.parameters(), strict=True):
            theirs.copy_(mine)
        x = torch.rand(1, 192, 4, 5)
        torch.testing.assert_close(module(x), known(x), **CLOSE)


BASIC = {"conv1": "convs.0", "conv2": "convs.1", "bn1": "norms.0", "bn2": "norms.1", "downsample": "shortcut"}
BOTTLENECK = BASIC | {"conv3": "convs.2", "bn3": "norms.2"}


@pytest.mark.parametrize(("C_in", "stride"), [(8, 1), (8, 2), (6, 1)])
def test_the_blocks_of_resnet_are_two_of_many(C_in, stride):
    for block, kernels, widths, names in (
        (BasicBlock(C_in, 8, stride), [3, 3], [8, 8], BASIC),
        (Bottleneck(C_in, 2, stride), [1, 3, 1], [2, 2, 8], BOTTLENECK),
    ):
        mine = residual_block(C_in, widths, kernels, stride)
        block.load_state_dict(taken_over(mine, block, names))
        x = torch.randn(2, C_in, 5, 6)
        with torch.no_grad():
            torch.testing.assert_close(mine.eval()(x), block.eval()(x), **CLOSE)


def test_a_bottleneck_has_six_per_cent_of_the_parameters():
    basic, bottleneck = (
        count(residual_block(256, *rest, 1)) for rest in (([256] * 2, [3] * 2), ([64, 64, 256], [1, 3, 1]))
    )
    assert round(100 * bottleneck / basic) == 6
    assert "6 % of the parameters" in TEXT


def test_nothing_deleted_is_the_whole_network():
    whole, x = skip_deleted(2, 3, []), torch.randn(1, 2, 4, 4)
    with torch.no_grad():
        wanted = x
        for block in whole.blocks:
            wanted = wanted + torch.relu(block(wanted))
        torch.testing.assert_close(whole(x), wanted)


@pytest.mark.parametrize(("n", "width", "classes"), [(1, 4, 10), (3, 16, 10), (5, 16, 100)])
def test_parameters_of_a_residual_network(n, width, classes):
    with torch.device("meta"):
        known = count(cifar_resnet(6 * n + 2, num_classes=classes, width=width))
    assert parameters(width, n, classes) == known
    assert widest_network(known, n, classes) == (width, known)
    assert widest_network(known - 1, n, classes)[0] == width - 1


def test_twice_as_wide_and_twice_as_deep():
    wide, deep = parameters(32, 9, 10) / parameters(16, 9, 10), parameters(16, 18, 10) / parameters(16, 9, 10)
    assert (round(wide), round(deep)) == (4, 2)


def test_ported_weights_give_the_logits_that_channels_last_gives():
    """The same network written out in NumPy, with images of shape (H, W, C)."""
    case = made("conv", "one", np.random.default_rng(3), [(2, 3, 4)], 3, (1, 2, 6, 9))
    (weights, image_size), (x,) = case.args, case.trial.inputs
    image, kernel = x.array[0].transpose(1, 2, 0), weights["conv_1/kernel"]
    maps = np.zeros((5, 7, 4))
    for i, j in np.ndindex(5, 7):
        maps[i, j] = np.tensordot(image[i : i + 2, j : j + 3], kernel, 3) + weights["conv_1/bias"]
    pooled = np.maximum(maps, 0)[:4, :6].reshape(2, 2, 3, 2, 4).max(axis=(1, 3))
    wanted = pooled.reshape(-1) @ weights["dense/kernel"] + weights["dense/bias"]
    with torch.no_grad():
        came = port_weights(weights, image_size)(torch.from_numpy(x.array))
    np.testing.assert_array_equal(came[0], wanted)
