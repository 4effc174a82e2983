"""Row 6.9: blocks are deleted, and what is left still runs."""

import pytest
import torch

from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.architectures.deleting import block_names, path_lengths, without_blocks
from convnets.architectures.resnet import resnet50


@pytest.fixture
def images():
    return torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return cifar_resnet(14, width=4).eval()


def test_blocks_from_the_image_upwards(meta, network):
    assert block_names(network) == [f"layer{stage}.{index}" for stage in (1, 2, 3) for index in (0, 1)]
    with meta:
        assert len(block_names(resnet50())) == 3 + 4 + 6 + 3


def test_paths_of_three_blocks():
    assert path_lengths(3) == [1, 3, 3, 1]
    assert path_lengths(0) == [1]
    lengths = path_lengths(54)
    assert sum(lengths) == 2**54
    assert max(range(55), key=lengths.__getitem__) == 27


def test_deleting_a_block_is_adding_nothing(network, images):
    """The block's last scale at zero does the same, at every place in the network."""
    for index, name in enumerate(block_names(network)):
        silent = cifar_resnet(14, width=4).eval()
        silent.load_state_dict(network.state_dict())
        torch.nn.init.zeros_(silent.get_submodule(name).bn2.weight)
        torch.testing.assert_close(without_blocks(network, [index])(images), silent(images), rtol=0, atol=0)


@pytest.mark.parametrize("shortcut", ["projection", "projections"])
def test_projections_stay(images, shortcut):
    torch.manual_seed(3)
    network = cifar_resnet(8, shortcut=shortcut, width=4).eval()
    less = without_blocks(network, range(3))
    assert not block_names(less)
    assert less(images).shape == (3, 10)
    left = [name for name, _ in less.named_parameters() if name.startswith("layer")]
    assert len(left) == (6 if shortcut == "projection" else 9)


def test_the_network_itself_is_not_changed(network, images):
    before = network(images)
    state = {name: each.clone() for name, each in network.state_dict().items()}
    less = without_blocks(network, [1, 3])
    with torch.no_grad():
        less.fc.weight.zero_()
    torch.testing.assert_close(network(images), before, rtol=0, atol=0)
    assert all(torch.equal(state[name], each) for name, each in network.state_dict().items())
    assert not less.training
    kept = set(state) - {name for name in state if name.startswith(("layer1.1.", "layer2.1."))}
    assert set(less.state_dict()) == kept


def test_deleting_nothing(network, images):
    torch.testing.assert_close(without_blocks(network, [])(images), network(images), rtol=0, atol=0)


def test_a_plain_network_loses_two_layers(images):
    torch.manual_seed(4)
    network = cifar_resnet(14, residual=False, width=4).eval()
    less = without_blocks(network, [1])
    assert isinstance(less.layer1[1], torch.nn.Identity)
    assert not torch.allclose(less(images), network(images))
    with pytest.raises(ValueError, match=r"layer2.0 of a plain network makes 8 maps of 4 at a stride of 2"):
        without_blocks(network, [2])


def test_no_such_block(network):
    with pytest.raises(IndexError, match="no block 6: the network has 6"):
        without_blocks(network, [6])
    with pytest.raises(IndexError, match="no block -1"):
        without_blocks(network, [-1])
