"""Rows 1.2, 1.4 and 4.2: units, weights and connections of single layers."""

import pytest
import torch

from convnets.sizing import LayerCount, count_convolution, count_fully_connected, count_locally_connected


def test_fully_connected_first_layer_of_the_lecture():
    assert 200 * 200 * 3 == 120_000
    count = count_fully_connected((3, 200, 200), 1000)
    assert count == LayerCount(units=1000, weights=120_000_000, connections=120_000_000)
    assert count_fully_connected((3, 200, 200), 1000, bias=True).weights == 120_001_000


def test_three_layers_over_the_large_image_of_the_lecture():
    image, response_map = (1, 1000, 1000), 1000 * 1000 * 100
    convolution = count_convolution(image, 100, 10, padding="same")
    assert convolution == LayerCount(units=response_map, weights=10_000, connections=10_000_000_000)
    local = count_locally_connected(image, 100, 10, padding="same")
    assert local == LayerCount(units=response_map, weights=10_000_000_000, connections=10_000_000_000)
    full = count_fully_connected(image, response_map)
    assert full == LayerCount(units=response_map, weights=10**14, connections=10**14)
    assert count_convolution(image, 100, 10).units == 991 * 991 * 100


def test_first_layer_of_lenet():
    # Y. LeCun et al. (1998), section II.B: 156 trainable parameters, 122,304 connections
    assert count_convolution((1, 32, 32), 6, 5, bias=True) == (4704, 156, 122_304)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    ("in_shape", "out_channels", "kernel_size"), [((3, 7, 9), 5, (2, 4)), ((2, 6, 6), 1, 6)]
)
def test_counts_agree_with_torch_and_with_arrays(in_shape, out_channels, kernel_size, bias):
    layer = torch.nn.Conv2d(in_shape[0], out_channels, kernel_size, bias=bias)
    out = layer(torch.zeros(1, *in_shape))
    count = count_convolution(in_shape, out_channels, kernel_size, bias=bias)
    assert count.units == out.numel()
    assert count.weights == sum(parameter.numel() for parameter in layer.parameters())
    filters = layer.weight[0].numel() + bias
    assert count.connections == out.numel() * filters
    local = count_locally_connected(in_shape, out_channels, kernel_size, bias=bias)
    assert local == (count.units, count.connections, count.connections)


def test_weights_of_a_convolution_do_not_depend_on_the_image():
    assert count_convolution((3, 8, 8), 4, 3).weights == count_convolution((3, 800, 600), 4, 3).weights


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: count_fully_connected((3, 4), 5),
            r"in_shape must be three positive numbers .* got \(3, 4\)",
        ),
        (lambda: count_fully_connected((3, 0, 4), 5), r"got \(3, 0, 4\)"),
        (lambda: count_fully_connected((3, 4, 4), 0), "num_units must be at least 1, got 0"),
        (lambda: count_convolution((1, 4, 4), 0, 3), "must be positive, got 0 and"),
        (lambda: count_convolution((1, 4, 4), 2, (3, 0)), r"must be positive, got 2 and \(3, 0\)"),
        (lambda: count_convolution((3, 4, 4), 2, 3, groups=2), "groups = 2 must divide C_in = 3"),
        (lambda: count_convolution((1, 4, 4), 2, 3, 2, "same"), "at stride 1 only, got stride 2"),
        (lambda: count_convolution((1, 4, 4), 2, (3, 3, 3)), "one number or a pair"),
        (lambda: count_convolution((1, 4, 4), 2, 5), "no window fits: it spans 5 pixels and there are 4"),
        (
            lambda: count_locally_connected((1, 4, 4), 2, 3, padding="full"),
            "padding must be integers, .valid. or .same., got .full.",
        ),
    ],
)
def test_count_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
