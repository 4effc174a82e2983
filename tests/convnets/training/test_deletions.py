"""What the experiment *degradation* notes about deleted blocks."""

import pytest
import torch

from convnets.architectures import cifar_resnet, without_blocks
from convnets.training import Images, evaluate
from convnets.training.experiments.degradation import deletions


@pytest.fixture
def test_images():
    generator = torch.Generator().manual_seed(1)
    return Images(torch.rand(12, 3, 16, 16, generator=generator), torch.arange(12) % 10)


def test_errors_are_those_without_the_blocks(test_images):
    torch.manual_seed(0)
    network = cifar_resnet(14, width=4)
    found = deletions(network, test_images, seed=0, several=(2, 7), draws=3)
    assert found["none"] == round(evaluate(network, test_images).error, 4)
    expected = [round(evaluate(without_blocks(network, [index]), test_images).error, 4) for index in range(6)]
    assert found["one"] == expected
    assert list(found["several"]) == ["2"], "seven of six blocks cannot be deleted"
    assert len(found["several"]["2"]) == 3
    assert found["images"] == 12


def test_the_same_seed_deletes_the_same_blocks(test_images):
    torch.manual_seed(0)
    network = cifar_resnet(14, width=4)
    first, again = (deletions(network, test_images, 5, several=(3,), draws=4) for _ in range(2))
    assert first == again


def test_plain_blocks_that_change_the_shape_stay(test_images):
    found = deletions(cifar_resnet(14, residual=False, width=4), test_images, 0, images=5, several=(1,))
    assert [error is None for error in found["one"]] == [False, False, True, False, True, False]
    assert found["several"] == {}
    assert found["images"] == 5
