"""Networks are too large to be filled with numbers for a count: they are built on PyTorch's meta device."""

import pytest
import torch

from convnets.sizing import summary


@pytest.fixture
def meta():
    """Where networks have shapes and no memory: ``with meta: ...``."""
    return torch.device("meta")


@pytest.fixture
def sizes():
    """Return shapes and parameters of the layers of a description or module, in the order of their calls."""

    def of(network, in_shape):
        kinds = ("convolution", "fully connected", "pooling", "normalisation")
        rows = summary(network, in_shape).of_kind(*kinds)
        return [
            (row.out_shape, row.weights, row.biases)
            for row in rows
            if row.parameters or row.kind == "pooling"
        ]

    return of


@pytest.fixture
def shapes():
    """Return names and shapes of the state of a module."""
    return lambda module: {name: tuple(each.shape) for name, each in module.state_dict().items()}


@pytest.fixture
def seen():
    """Return how many rows and columns of an image a unit in the middle depends on."""
    return _seen


def _seen(module, image_shape):
    for each in module.modules():
        if isinstance(each, torch.nn.Conv2d):
            torch.nn.init.constant_(each.weight, 1 / each.weight[0].numel())
    module.eval()
    _average(module)
    image = torch.ones(1, *image_shape, requires_grad=True)
    maps = module(image)
    maps[0, 0, maps.shape[2] // 2, maps.shape[3] // 2].backward()
    touched = image.grad[0].abs().sum(0)
    return int(touched.any(1).sum()), int(touched.any(0).sum())


def _average(module):
    """Let averages stand for maxima, of which only the largest value has a gradient."""
    for parent in module.modules():
        for name, each in parent.named_children():
            if isinstance(each, torch.nn.MaxPool2d):
                average = torch.nn.AvgPool2d(each.kernel_size, each.stride, each.padding, each.ceil_mode)
                setattr(parent, name, average)
