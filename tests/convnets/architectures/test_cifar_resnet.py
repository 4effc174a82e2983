"""Row 6.6: plain and residual networks for images of 32×32."""

import pytest
import torch

from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.sizing import summary

PARAMETERS = {
    20: (269_722, 272_474),
    32: (464_154, 466_906),
    44: (658_586, 661_338),
    56: (853_018, 855_770),
    110: (1_727_962, 1_730_714),
}
"""With identity and with projection shortcuts."""


def num_parameters(module):
    return sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize("depth", PARAMETERS)
def test_parameters(meta, depth):
    with meta:
        identity, projection = (
            cifar_resnet(depth, shortcut=shortcut) for shortcut in ("identity", "projection")
        )
        plain = cifar_resnet(depth, residual=False)
    assert (num_parameters(identity), num_parameters(projection)) == PARAMETERS[depth]
    assert num_parameters(plain) == PARAMETERS[depth][0]
    blocks = depth // 6

    def layer(c_in, c_out):
        return 9 * c_in * c_out + 2 * c_out

    stages = sum(layer(c // 2 if c > 16 else c, c) + (2 * blocks - 1) * layer(c, c) for c in (16, 32, 64))
    assert num_parameters(identity) == layer(3, 16) + stages + 64 * 10 + 10
    assert num_parameters(projection) - num_parameters(identity) == 16 * 32 + 64 + 32 * 64 + 128 == 2752


@pytest.mark.parametrize("depth", [20, 56])
def test_layers(meta, depth):
    with meta:
        network = cifar_resnet(depth, num_classes=7)
    rows = summary(network, (3, 32, 32))
    weighted = rows.of_kind("convolution", "fully connected")
    assert len(weighted) == depth
    third = depth // 3
    shapes = [row.out_shape for row in weighted]
    assert shapes[:1] == [(16, 32, 32)]
    assert shapes[1:-1] == [
        shape for shape in ((16, 32, 32), (32, 16, 16), (64, 8, 8)) for _ in range(third - third % 2)
    ]
    assert shapes[-1] == (7,)


def test_keys(meta, shapes):
    with meta:
        state = shapes(cifar_resnet(8, shortcut="projection"))
    convolutions = {name: shape for name, shape in state.items() if len(shape) == 4}
    expected = {"conv1.weight": (16, 3, 3, 3)}
    for stage, (c_in, c_out) in enumerate(((16, 16), (16, 32), (32, 64)), 1):
        expected[f"layer{stage}.0.conv1.weight"] = (c_out, c_in, 3, 3)
        expected[f"layer{stage}.0.conv2.weight"] = (c_out, c_out, 3, 3)
        if stage > 1:
            expected[f"layer{stage}.0.downsample.0.weight"] = (c_out, c_in, 1, 1)
    assert convolutions == expected
    assert state["fc.weight"] == (10, 64)
    assert [name for name in state if name.startswith("layer1.0.bn1")][
        -1
    ] == "layer1.0.bn1.num_batches_tracked"


def test_what_a_unit_sees(seen):
    """3; six more at a jump of 1: 15; one at 1 and five at 2: 37; one at 2 and five at 4: 81."""
    network = cifar_resnet(20, width=2)
    maps = torch.nn.Sequential(
        network.conv1, network.bn1, network.relu, network.layer1, network.layer2, network.layer3
    )
    assert seen(maps, (3, 120, 104)) == (81, 81)


def test_a_plain_network_differs_by_the_addition_alone(shapes):
    plain, residual = (cifar_resnet(14, residual=each, width=4) for each in (False, True))
    assert shapes(plain) == shapes(residual)
    residual.load_state_dict(plain.state_dict())
    images = torch.rand(2, 3, 32, 32)
    assert not torch.allclose(plain.eval()(images), residual.eval()(images))


def test_errors():
    with pytest.raises(ValueError, match="depth must be 6n"):
        cifar_resnet(18)
    with pytest.raises(ValueError, match="depth must be 6n"):
        cifar_resnet(2)
    with pytest.raises(TypeError, match=r"depth must be an integer, got 20\.0"):
        cifar_resnet(20.0)
    with pytest.raises(ValueError, match="shortcut must be one of"):
        cifar_resnet(20, shortcut="A")
    with pytest.raises(ValueError, match=r"layer conv1 takes 3 channels"):
        cifar_resnet(8)(torch.zeros(2, 1, 32, 32))
