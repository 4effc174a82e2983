"""First weights: their variance by formula, against PyTorch's, and what it does through depth."""

import math

import pytest
import torch

from convnets.training import fans, he_, xavier_

WIDTH, DEPTH = 256, 20


def stack(nonlinearity, depth=DEPTH):
    parts = [[torch.nn.Linear(WIDTH, WIDTH), nonlinearity()] for _ in range(depth)]
    return torch.nn.Sequential(*(layer for part in parts for layer in part))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((8, 3, 5, 5), (75, 200)), ((10, 84), (84, 10)), ((4, 2, 3), (6, 12)), ((2, 1, 3, 3, 3), (27, 54))],
    ids=["2-D", "fully connected", "1-D", "3-D"],
)
def test_fans_by_hand(shape, expected):
    assert fans(torch.empty(shape)) == expected
    assert torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape)) == expected


@pytest.mark.parametrize(
    ("draw", "deviation"),
    [
        (lambda layer: he_(layer), math.sqrt(2 / 576)),
        (lambda layer: he_(layer, "fan_out"), math.sqrt(2 / 1152)),
        (lambda layer: he_(layer, nonlinearity="linear"), math.sqrt(1 / 576)),
        (lambda layer: xavier_(layer), math.sqrt(2 / (576 + 1152))),
        (lambda layer: xavier_(layer, gain=5 / 3), 5 / 3 * math.sqrt(2 / (576 + 1152))),
    ],
    ids=["He", "He backwards", "He linear", "Xavier", "Xavier for tanh"],
)
def test_deviation_of_a_convolution(draw, deviation):
    torch.manual_seed(0)
    layer = draw(torch.nn.Conv2d(64, 128, 3))
    # 73,728 weights: the deviation is known to 0.3 %
    assert float(layer.weight.detach().std()) == pytest.approx(deviation, rel=0.01)
    assert float(layer.weight.detach().mean()) == pytest.approx(0, abs=4 * deviation / math.sqrt(73_728))
    assert not layer.bias.any()


def test_deviation_equals_pytorchs():
    ours, theirs = torch.nn.Conv2d(3, 8, 5, groups=1), torch.nn.Conv2d(3, 8, 5)
    for draw, reference in ((he_, torch.nn.init.kaiming_normal_), (xavier_, torch.nn.init.xavier_normal_)):
        torch.manual_seed(1)
        draw(ours)
        torch.manual_seed(1)
        if draw is he_:
            reference(theirs.weight, nonlinearity="relu")
        else:
            reference(theirs.weight)
        # PyTorch divides by the square root where we take the root of the quotient
        torch.testing.assert_close(ours.weight, theirs.weight, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("draw", "nonlinearity", "lowest", "highest"),
    [
        (he_, torch.nn.ReLU, 0.4, 2.5),
        (xavier_, torch.nn.ReLU, 0.5**DEPTH / 2.5, 0.5**DEPTH * 2.5),
        (xavier_, torch.nn.Identity, 0.4, 2.5),
    ],
    ids=["He keeps ReLU", "Xavier halves ReLU at every layer", "Xavier keeps linear"],
)
def test_mean_square_through_twenty_layers(draw, nonlinearity, lowest, highest):
    torch.manual_seed(0)
    network = draw(stack(nonlinearity))
    x = torch.randn(200, WIDTH)
    with torch.no_grad():
        ratio = float(network(x).square().mean() / x.square().mean())
    if nonlinearity is torch.nn.ReLU:
        ratio *= 2  # the last rectifier has halved what He's weights made up for
    assert lowest < ratio < 2 * highest


def test_he_by_fan_out_keeps_gradients():
    torch.manual_seed(0)
    network = he_(stack(torch.nn.ReLU), "fan_out")
    x = torch.randn(200, WIDTH, requires_grad=True)
    grad = torch.randn(200, WIDTH)
    network(x).backward(grad)
    assert 0.2 < float(x.grad.square().mean() / grad.square().mean()) < 5


def test_what_is_no_layer_stays():
    network = torch.nn.Sequential(torch.nn.BatchNorm2d(3), torch.nn.ReLU())
    before = [values.clone() for values in network.state_dict().values()]
    assert he_(network) is network
    assert all(torch.equal(*pair) for pair in zip(before, network.state_dict().values(), strict=True))


def test_drawn_from_a_generator():
    one, two = (he_(torch.nn.Linear(3, 2), generator=torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(one.weight, two.weight)


@pytest.mark.parametrize("options", [{"mode": "fan"}, {"nonlinearity": "tanh"}], ids=["mode", "nonlinearity"])
def test_errors(options):
    with pytest.raises(ValueError, match="mode must be 'fan_in' or 'fan_out' and nonlinearity"):
        he_(torch.nn.Linear(2, 2), **options)
