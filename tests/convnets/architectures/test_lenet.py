"""Row 6.1: LeNet of 1989 and of 1998, layer by layer."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from convnets import layers, sizing
from convnets.architectures import lenet5, lenet1989
from convnets.architectures.classical import (
    DigitCodes,
    ScaledTanh,
    Subsampling,
    TableConv2d,
    UnitBias,
    draw_uniformly_,
)
from convnets.sizing import networks, published

MODERN = {"classical": False}


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(2)


def learned(module):
    return sum(each.numel() for each in module.parameters())


def rows(network):
    return {row.name: row for row in sizing.summary(network, network.image_shape).rows}


def test_lenet1989_is_the_published_network():
    network = lenet1989()
    counted = rows(network)
    described = sizing.summary(networks.lenet_of_zip_codes(), networks.IMAGES["LeNet-1989"])
    assert learned(network) == described.parameters == 9760 == 1068 + 2592 + 5790 + 310
    of_layer = {
        "H1": counted["h1"].parameters + counted["h1_bias"].parameters,
        "H2": counted["h2"].parameters + counted["h2_bias"].parameters,
        "H3": counted["h3"].parameters,
        "output": counted["output"].parameters,
    }
    assert of_layer == {row.name: row.parameters for row in described.rows}
    assert list(of_layer.values()) == [1068, 2592, 5790, 310]
    assert counted["h1_bias"].out_shape == described["H1"].out_shape == (12, 8, 8)
    assert counted["h2_bias"].out_shape == described["H2"].out_shape == (12, 4, 4)


def test_lenet1989_sees_the_background_beyond_the_border():
    network = lenet1989()
    with torch.no_grad():
        network.h1.weight.fill_(1.0)
    image = torch.arange(256.0).reshape(1, 1, 16, 16) / 256
    maps = network.h1(network.pad(image))
    assert maps.shape == (1, 12, 8, 8)
    inside = image[0, 0, :3, :3].sum()  # 16 of 25 taps of the first unit lie outside
    torch.testing.assert_close(maps[0, 3, 0, 0], inside - 16)
    torch.testing.assert_close(maps[0, 3, 4, 2], image[0, 0, 6:11, 2:7].sum())


def test_each_map_of_h2_sees_eight_maps():
    network = lenet1989()
    seen = network.h2.dense().ne(0).flatten(2).any(2)
    assert seen.sum(1).tolist() == [8] * 12
    assert seen.sum(0).tolist() == [8] * 12
    assert [tuple(row.nonzero().flatten().tolist()) for row in seen] == [
        tuple(sorted(maps)) for maps in networks.H2_TABLE
    ]


@pytest.mark.parametrize(
    ("settings", "parameters", "description"),
    [
        ({"output": "rbf"}, 60_000, networks.lenet),
        ({}, 60_850, None),
        ({"connections": "full", "output": "rbf"}, 60_900, None),
        (MODERN, 61_706, networks.lenet_of_today),
    ],
    ids=["as published", "linear output", "full C3", "modern"],
)
def test_lenet5_is_counted(settings, parameters, description):
    network = lenet5(**settings)
    assert learned(network) == parameters
    if description is not None:
        assert sizing.summary(description(), networks.IMAGES["LeNet"]).parameters == parameters


def test_lenet5_has_the_parameters_of_the_paper_in_each_layer():
    counted = rows(lenet5(output="rbf"))
    for name, (parameters, _) in published.LENET_PAPER.items():
        if name != "whole":
            assert counted[name.lower()].parameters == parameters
    assert published.LENET_PAPER["whole"][0] == 60_000


@pytest.mark.parametrize("settings", [{}, MODERN], ids=["classical", "modern"])
def test_shapes_of_lenet5(settings):
    described = sizing.summary(networks.lenet(), networks.IMAGES["LeNet"])
    counted = rows(lenet5(**settings))
    for name in ("C1", "S2", "C3", "S4", "C5", "F6"):
        assert counted[name.lower()].out_shape == described[name].out_shape
    assert counted["output"].out_shape == (10,)


@pytest.mark.parametrize("build", [lenet1989, lenet5])
def test_any_number_of_classes(build):
    network = build(num_classes=26)
    images = torch.randn(3, *network.image_shape)
    assert network(images).shape == (3, 26)
    assert network(images[:0]).shape == (0, 26)


def seen_rows(network, layer, unit):
    """Return first and last row of the image that a unit depends on: nan is passed on by whatever sees it."""
    C, H, W = network.image_shape
    images = torch.zeros(H, C, H, W)
    images[torch.arange(H), :, torch.arange(H)] = torch.nan
    found = {}
    hook = getattr(network, layer).register_forward_hook(lambda module, inputs, out: found.update(maps=out))
    with torch.no_grad():
        network(images)
    hook.remove()
    rows = found["maps"][:, 0, unit, unit].isnan().nonzero().flatten().tolist()
    assert rows == list(range(rows[0], rows[-1] + 1))
    return rows[0], rows[-1]


@pytest.mark.parametrize(("layer", "unit"), [("C1", 3), ("S2", 4), ("C3", 2), ("S4", 1), ("C5", 0)])
@pytest.mark.parametrize("settings", [{}, MODERN], ids=["classical", "modern"])
def test_receptive_fields_of_lenet5(settings, layer, unit):
    described = sizing.summary(networks.lenet(), networks.IMAGES["LeNet"])
    field = described[layer].field[0]
    assert {"C1": 5, "S2": 6, "C3": 14, "S4": 16, "C5": 32}[layer] == field.size
    assert seen_rows(lenet5(**settings), layer.lower(), unit) == field.pixels(unit)


def test_receptive_fields_of_lenet1989():
    described = sizing.summary(networks.lenet_of_zip_codes(), networks.IMAGES["LeNet-1989"])
    assert seen_rows(lenet1989(), "h1_bias", 4) == described["H1"].field[0].pixels(4) == (6, 10)
    assert described["H2"].field[0].size == 13
    assert seen_rows(lenet1989(), "h2_bias", 2) == described["H2"].field[0].pixels(2) == (2, 14)


def test_scaled_tanh_keeps_plus_and_minus_one():
    x = torch.tensor([-1.0, 0.0, 1.0, 100.0])
    torch.testing.assert_close(ScaledTanh()(x), torch.tensor([-1.0, 0.0, 1.0, 1.7159]), rtol=0, atol=1e-4)


def test_subsampling_is_that_of_the_chapter_on_layers(rng):
    x = rng.normal(size=(2, 3, 6, 4))
    module = Subsampling(3).double()
    with torch.no_grad():
        module.weight.copy_(torch.tensor(rng.normal(size=(3, 1, 1))))
        module.bias.copy_(torch.tensor(rng.normal(size=(3, 1, 1))))
    weight, bias = (tensor.detach().numpy().ravel() for tensor in (module.weight, module.bias))
    expected = layers.subsample2d(x, weight, bias)
    np.testing.assert_allclose(module(torch.tensor(x)).detach().numpy(), expected, rtol=1e-12)
    torch.testing.assert_close(
        Subsampling(3)(torch.tensor(x).float()), F.avg_pool2d(torch.tensor(x).float(), 2)
    )


@pytest.mark.parametrize("stride", [1, 2])
def test_convolution_with_a_table_is_one_with_zeros(stride):
    table = ((0, 2), (1,), (0, 1, 3))
    module = TableConv2d(table, 4, 3, stride)
    x = torch.randn(2, 4, 7, 6)
    assert module.weight.shape == (6, 3, 3)
    dense = module.dense()
    assert dense.shape == (3, 4, 3, 3)
    torch.testing.assert_close(dense[2, 3], module.weight[5], rtol=0, atol=0)
    assert dense.flatten(2).any(2).int().tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 0, 1]]
    by_hand = torch.stack(
        [
            sum(
                F.conv2d(x[:, seen : seen + 1], module.weight[pair][None, None], None, stride)
                for pair, seen in pairs
            )
            for pairs in (((0, 0), (1, 2)), ((2, 1),), ((3, 0), (4, 1), (5, 3)))
        ],
        dim=2,
    )[:, 0]
    torch.testing.assert_close(module(x), by_hand + module.bias[:, None, None])
    module(x).sum().backward()
    assert module.weight.grad.shape == (6, 3, 3)
    assert module.weight.grad.abs().min() > 0


def test_weights_are_drawn_up_to_a_bound_by_fan_in():
    network = lenet1989()
    for weight, fan_in in ((network.h1.weight, 25), (network.h2.weight, 200), (network.h3.weight, 192)):
        bound = 2.4 / fan_in
        assert 0.9 * bound < weight.abs().max() <= bound  # of hundreds of draws one comes near the bound
    five = lenet5()
    three_maps, all_maps = five.c3.weight[0], five.c3.weight[-6:]
    assert three_maps.abs().max() <= 2.4 / 75
    assert all_maps.abs().max() <= 2.4 / 150
    assert not five.c3.bias.any()
    before = five.c3.weight.clone()
    draw_uniformly_(five)
    assert not torch.equal(before, five.c3.weight)


def test_unit_bias_is_added_to_units():
    module = UnitBias((2, 2, 3))
    with torch.no_grad():
        module.bias.copy_(torch.arange(12.0).reshape(2, 2, 3))
    torch.testing.assert_close(module(torch.ones(1, 2, 2, 3)).flatten(), torch.arange(12.0) + 1)
    with pytest.raises(RuntimeError, match=r"maps \(2, 1, 1\) and biases \(2, 2, 3\)"):
        module(torch.ones(1, 2, 1, 1))


def test_codes_are_twelve_rows_of_seven_pixels():
    codes = DigitCodes().codes
    assert codes.shape == (10, 84)
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    seven = codes[7].reshape(12, 7)
    assert seven[0].tolist() == [1.0] * 7
    assert seven[3].tolist() == [-1.0] * 4 + [1.0, 1.0, -1.0]
    different = (codes[:, None] != codes[None]).sum(2)
    assert different[~torch.eye(10, dtype=torch.bool)].min() >= 4
    assert different[8, 6] < different[8, 1]  # what looks alike is close


def test_rbf_output_by_hand():
    module = DigitCodes()
    scores = module(module.codes)
    assert scores.argmax(1).tolist() == list(range(10))
    assert scores.diagonal().tolist() == [0.0] * 10
    different = (module.codes[3] != module.codes[8]).sum().item()
    assert scores[3, 8] == -4.0 * different  # (1 − (−1))² for each pixel
    assert module(torch.zeros(2, 84)).tolist() == [[-84.0] * 10] * 2
    assert not list(module.parameters())
    network = lenet5(output="rbf")
    assert "output.codes" in network.state_dict()
    assert (network(torch.zeros(2, 1, 32, 32)) < 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"connections": "some"}, "'table' or 'full', got 'some'"),
        ({"output": "softmax"}, "'linear' or 'rbf', got 'softmax'"),
        ({"output": "rbf", "num_classes": 26}, "10 digits, num_classes = 26"),
    ],
)
def test_choices_that_there_are_not(settings, message):
    with pytest.raises(ValueError, match=message):
        lenet5(**settings)
