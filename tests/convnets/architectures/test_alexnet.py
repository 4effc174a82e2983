"""Rows 6.2 and 6.3: AlexNet with two towers and with one, and ZFNet."""

import pytest
import torch
from torch import nn

from convnets import sizing
from convnets.architectures import alexnet, zfnet
from convnets.architectures.alexnet import response_norm
from convnets.sizing import networks, published
from convnets.sizing.networks.alexnet import classifier

ONE_TOWER = {
    "features.0": (64, 3, 11, 11),
    "features.3": (192, 64, 5, 5),
    "features.6": (384, 192, 3, 3),
    "features.8": (256, 384, 3, 3),
    "features.10": (256, 256, 3, 3),
    "classifier.1": (4096, 9216),
    "classifier.4": (4096, 4096),
    "classifier.6": (1000, 4096),
}
"""Weights of torchvision's alexnet; each layer has a bias for each of its filters or units."""
TWO_TOWERS = {
    "conv1": (96, 3, 11, 11),
    "conv2": (256, 48, 5, 5),
    "conv3": (384, 256, 3, 3),
    "conv4": (384, 192, 3, 3),
    "conv5": (256, 192, 3, 3),
}


@pytest.fixture(autouse=True)
def _on_meta():
    """Shapes without numbers, so that no test holds sixty million weights."""
    with torch.device("meta"):
        yield


def shapes_of(network):
    return {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}


def with_biases(weights):
    expected = {}
    for layer, shape in weights.items():
        expected |= {f"{layer}.weight": shape, f"{layer}.bias": shape[:1]}
    return expected


def described_zfnet():
    """Return what figure 3 of the paper shows; where a last window hangs over, sizes round up."""
    convolution, halving = sizing.Convolution, sizing.Pooling(3, 2, rounding="ceil")
    layers = (
        convolution(96, 7, 2, 1, name="conv1"),
        halving,
        convolution(256, 5, 2, name="conv2"),
        halving,
        convolution(384, 3, padding=1, name="conv3"),
        convolution(384, 3, padding=1, name="conv4"),
        convolution(256, 3, padding=1, name="conv5"),
        halving,
        *classifier(),
    )
    return sizing.Chain(layers)


@pytest.mark.parametrize("norm", [None, True, False])
def test_one_tower_has_torchvisions_keys(norm):
    network = alexnet(local_response_norm=norm)
    assert list(shapes_of(network).items()) == list(with_biases(ONE_TOWER).items())
    norms = [each for each in network.modules() if isinstance(each, nn.LocalResponseNorm)]
    assert len(norms) == (2 if norm else 0)


@pytest.mark.parametrize("norm", [None, True, False])
def test_two_towers_have_half_filters(norm):
    network = alexnet(towers=2, local_response_norm=norm)
    shapes = shapes_of(network)
    for layer, shape in TWO_TOWERS.items():
        assert shapes[f"features.{layer}.weight"] == shape
    norms = [each for each in network.modules() if isinstance(each, nn.LocalResponseNorm)]
    assert len(norms) == (0 if norm is False else 2)
    assert [each.groups for each in network.modules() if isinstance(each, nn.Conv2d)] == [1, 2, 1, 2, 2]


@pytest.mark.parametrize(
    ("network", "description", "in_shape", "parameters"),
    [
        (lambda: alexnet(), networks.alexnet_one_tower(), (3, 224, 224), 61_100_840),
        (lambda: alexnet(towers=2), networks.alexnet(), (3, 227, 227), 60_965_224),
        (lambda: zfnet(), described_zfnet(), (3, 224, 224), 62_357_608),
    ],
    ids=["one tower", "two towers", "ZFNet"],
)
def test_parameters_and_multiply_adds(network, description, in_shape, parameters):
    counted, described = (sizing.summary(each, in_shape) for each in (network(), description))
    assert counted.parameters == described.parameters == parameters
    assert counted.multiply_adds == described.multiply_adds
    kinds = ("convolution", "pooling", "fully connected")
    shapes = [row.out_shape for row in counted.of_kind(*kinds) if "avgpool" not in row.name]
    assert shapes == [row.out_shape for row in described.of_kind(*kinds)]
    assert shapes[-1] == (1000,)


def test_sizes_are_those_of_the_lecture():
    shapes = {
        row.name.split(".")[-1]: row.out_shape
        for row in sizing.summary(alexnet(towers=2), (3, 227, 227)).rows
    }
    for name, shape in published.ALEXNET_LECTURE.items():
        if "norm" not in name:  # the lecture normalises after pooling, the paper before it
            assert shapes[name] == shape
    assert shapes["norm1"] == (96, 55, 55)


def test_sizes_of_zfnet_are_those_of_the_figure():
    shapes = {row.name.split(".")[-1]: row.out_shape for row in sizing.summary(zfnet(), (3, 224, 224)).rows}
    sides = [shapes[name][1] for name in ("conv1", "pool1", "conv2", "pool2", "conv5", "pool5")]
    assert sides == [110, 55, 26, 13, 13, 6]


def first_windows(network):
    """Return a Window for each convolution and pooling, in the order in which they stand."""
    layers = [each for each in network.features.modules() if isinstance(each, nn.Conv2d | nn.MaxPool2d)]
    settings = ("kernel_size", "stride", "padding")
    return [
        tuple(
            value[0] if isinstance(value, tuple) else value for value in (getattr(each, s) for s in settings)
        )
        for each in layers
    ]


@pytest.mark.parametrize(
    ("build", "description", "image_shape", "size"),
    [
        (lambda: alexnet(), networks.alexnet_one_tower(), (3, 224, 224), 195),
        (lambda: alexnet(towers=2), networks.alexnet(), (3, 227, 227), 195),
        (lambda: zfnet(), described_zfnet(), (3, 224, 224), 171),
    ],
    ids=["one tower", "two towers", "ZFNet"],
)
def test_receptive_field_before_the_classifier(build, description, image_shape, size):
    described = sizing.summary(description, image_shape)
    field = sizing.receptive_field(first_windows(build()))
    assert field == described.of_kind("pooling")[-1].field[0]
    assert field.size == size


def test_receptive_field_is_what_a_unit_sees():
    network = alexnet(towers=2).features.to_empty(device="cpu")
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    field = sizing.receptive_field(first_windows(alexnet(towers=2))[:-1])  # up to conv5
    first, last = field.pixels(6)
    images = torch.zeros(4, 3, 227, 35, device="cpu")
    for image, row in zip(images, (first - 1, first, last, last + 1), strict=True):
        image[:, row] = torch.nan
    with torch.no_grad():
        maps = network[:-1](images)
    assert maps[:, :, 6].isnan().flatten(1).any(1).tolist() == [False, True, True, False]


def test_towers_meet_in_the_third_layer_alone():
    network = alexnet(towers=2).features
    for index, (layer, is_apart) in enumerate((("conv2", True), ("conv3", False), ("conv4", True))):
        conv = getattr(network, layer).to_empty(device="cpu")
        nn.init.ones_(conv.weight)
        nn.init.zeros_(conv.bias)
        maps = torch.zeros(1, conv.in_channels, 3, 3, device="cpu")
        maps[:, : conv.in_channels // 2] = 1
        first, second = conv(maps).chunk(2, dim=1)
        assert first.any()
        assert second.any() != is_apart, index


def test_response_norm_by_hand():
    norm = response_norm()
    maps = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], device="cpu").reshape(1, 6, 1, 1) * 100
    with torch.device("cpu"):
        out = norm(maps).flatten()
    # the third map, and two on either side: k + α Σ a² with the paper's k = 2, α = 10⁻⁴, β = 3/4
    assert out[2].item() == pytest.approx(300 / (2 + 1e-4 * 1e4 * (1 + 4 + 9 + 16 + 25)) ** 0.75, rel=1e-5)
    assert out[0].item() == pytest.approx(100 / (2 + 1e-4 * 1e4 * (1 + 4 + 9)) ** 0.75, rel=1e-5)


@pytest.mark.parametrize(
    "build", [alexnet, lambda **kw: alexnet(towers=2, **kw), zfnet], ids=["one", "two", "ZFNet"]
)
def test_classes_and_dropout_are_settings(build):
    network = build(num_classes=7, dropout=0.25)
    images = torch.zeros(2, *network.image_shape)
    assert network(images).shape == (2, 7)
    assert network(images[:0]).shape == (0, 7)
    assert [each.p for each in network.modules() if isinstance(each, nn.Dropout)] == [0.25, 0.25]


def test_larger_images_pass_through_one_tower():
    assert alexnet()(torch.zeros(1, 3, 288, 256)).shape == (1, 1000)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: alexnet(towers=3), "towers must be 1 or 2, got 3"),
        (lambda: alexnet(dropout=2), "a share from 0 to 1, got 2"),
        (lambda: zfnet(dropout=-0.1), "a share from 0 to 1, got -0.1"),
        (lambda: zfnet(num_classes=0), "for layer fc8"),
    ],
    ids=["towers", "dropout", "negative dropout", "classes"],
)
def test_settings_that_there_are_not(build, message):
    with pytest.raises(ValueError, match=message):
        build()
