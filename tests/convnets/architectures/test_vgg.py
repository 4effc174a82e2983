"""Row 6.4: the six VGG nets."""

import pytest
import torch
from torch import nn

from convnets import sizing
from convnets.architectures import vgg, vgg11, vgg13, vgg16, vgg19
from convnets.sizing import networks, published

PARAMETERS = {
    "A": 132_863_336,
    "A-LRN": 132_863_336,
    "B": 133_047_848,
    "C": 133_638_952,
    "D": 138_357_544,
    "E": 143_667_240,
}
LENGTHS = {"A": (1, 1, 2, 2, 2), "B": (2, 2, 2, 2, 2), "D": (2, 2, 3, 3, 3), "E": (2, 2, 4, 4, 4)}
"""Convolutions between the poolings, of the columns that torchvision offers."""
NAMED = {"A": vgg11, "B": vgg13, "D": vgg16, "E": vgg19}


@pytest.fixture(autouse=True)
def _on_meta():
    """Shapes without numbers: VGG-E would take half a gigabyte."""
    with torch.device("meta"):
        yield


def keys_of_torchvision(lengths):
    """Return keys and shapes by torchvision's rule: convolutions, ReLUs and poolings are counted through."""
    expected, place, channels = {}, 0, 3
    for width, length in zip((64, 128, 256, 512, 512), lengths, strict=True):
        for _ in range(length):
            expected[f"features.{place}.weight"] = (width, channels, 3, 3)
            expected[f"features.{place}.bias"] = (width,)
            place, channels = place + 2, width
        place += 1
    for place, shape in ((0, (4096, 25_088)), (3, (4096, 4096)), (6, (1000, 4096))):
        expected |= {f"classifier.{place}.weight": shape, f"classifier.{place}.bias": shape[:1]}
    return expected


@pytest.mark.parametrize("column", LENGTHS)
def test_keys_and_shapes_are_torchvisions(column):
    for network in (vgg(column), NAMED[column]()):
        shapes = {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
        assert list(shapes.items()) == list(keys_of_torchvision(LENGTHS[column]).items())


@pytest.mark.parametrize("column", PARAMETERS)
def test_counts_agree_with_arithmetic_and_the_paper(column):
    counted = sizing.summary(vgg(column), (3, 224, 224))
    described = sizing.summary(networks.vgg(column), (3, 224, 224))
    assert counted.parameters == described.parameters == PARAMETERS[column]
    assert counted.multiply_adds == described.multiply_adds
    assert f"{counted.parameters / 1e6:.0f}M" == published.VGG_PAPER[column]
    kinds = ("convolution", "fully connected", "pooling")
    shapes = [row.out_shape for row in counted.of_kind(*kinds) if row.name != "avgpool"]
    assert shapes == [row.out_shape for row in described.of_kind(*kinds)]


def test_rows_are_those_of_the_lecture():
    counted = sizing.summary(vgg("D"), (3, 224, 224))
    shown = [
        row for row in counted.of_kind("convolution", "fully connected", "pooling") if row.name != "avgpool"
    ]
    weights = [weights for name, (_, weights) in published.VGG_LECTURE.items() if name != "image"]
    assert [row.weights for row in shown] == weights


@pytest.mark.parametrize(("column", "size"), [("A", 150), ("B", 156), ("C", 156), ("D", 212), ("E", 268)])
def test_receptive_field_before_the_classifier(column, size):
    layers = [each for each in vgg(column).features if isinstance(each, nn.Conv2d | nn.MaxPool2d)]
    windows = [
        (each.kernel_size[0], each.stride[0], each.padding[0]) if isinstance(each, nn.Conv2d) else (2, 2)
        for each in layers
    ]
    field = sizing.receptive_field(windows)
    assert field == sizing.summary(networks.vgg(column), (3, 224, 224))["pool5"].field[0]
    assert field.size == size


def test_receptive_field_is_what_a_unit_sees():
    features = vgg("A").features.to_empty(device="cpu")
    for parameter in features.parameters():
        nn.init.zeros_(parameter)
    first, last = sizing.summary(networks.vgg("A"), (3, 224, 224))["pool5"].field[0].pixels(3)
    images = torch.zeros(4, 3, 224, 32, device="cpu")
    for image, row in zip(images, (first - 1, first, last, last + 1), strict=True):
        image[:, row] = torch.nan
    with torch.no_grad():
        maps = features(images)
    assert maps[:, :, 3].isnan().flatten(1).any(1).tolist() == [False, True, True, False]


def test_response_norm_stands_after_the_first_layer():
    kinds = [type(each).__name__ for each in vgg("A-LRN").features[:4]]
    assert kinds == ["Conv2d", "ReLU", "LocalResponseNorm", "MaxPool2d"]


def test_column_c_has_filters_of_one_pixel():
    sizes = [each.kernel_size[0] for each in vgg("C").features if isinstance(each, nn.Conv2d)]
    assert sizes == [3, 3, 3, 3, 3, 3, 1, 3, 3, 1, 3, 3, 1]


@pytest.mark.parametrize("build", [vgg, *NAMED.values()])
def test_classes_and_dropout_are_settings(build):
    network = build(num_classes=7, dropout=0.25)
    images = torch.zeros(2, 3, 224, 224)
    assert network(images).shape == (2, 7)
    assert network(images[:0]).shape == (0, 7)
    assert network(torch.zeros(1, 3, 256, 288)).shape == (1, 7)
    assert [each.p for each in network.modules() if isinstance(each, nn.Dropout)] == [0.25, 0.25]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"configuration": "F"}, "A, A-LRN, B, C, D, E, got 'F'"),
        ({"num_classes": 0}, "for layer classifier.6"),
        ({"dropout": 7}, "a share from 0 to 1"),
    ],
    ids=["column", "classes", "dropout"],
)
def test_settings_that_there_are_not(settings, message):
    with pytest.raises(ValueError, match=message):
        vgg(**settings)
