"""Row 4.8: what a unit sees, by the recursion and by the support of its gradient."""

import numpy as np
import pytest
import torch

from convnets.sizing import ReceptiveField, Window, networks, receptive_field, summary

STACKS = [
    [(3,), (3,)],
    [(3, 1, 1), (2, 2), (3, 1, 1)],
    [(5, 2, 2), (3, 1, 0, 2), (2, 2)],
    [(3, 2, 1), (3, 2, 1), (3, 2, 1)],
    [(1, 2), (4, 3, 1, 2)],
    [(7, 2, 3), (3, 2, 1), (1,), (3, 1, 2, 2)],
]


def test_small_filters_of_the_lectures():
    assert receptive_field([(3,)] * 2).size == 5
    assert receptive_field([(3,)] * 3).size == 7
    assert receptive_field([]) == ReceptiveField(1, 1, 0)


def test_by_hand():
    # 3 sees 3; a pool of 2 adds one jump of 1, and doubles the jump; the next 3 adds two jumps of 2
    assert receptive_field([(3, 1, 1), (2, 2), (3, 1, 1)]) == ReceptiveField(8, 2, -3)
    field = receptive_field([(3, 1, 1), (2, 2)])
    assert field.pixels(0) == (-1, 2)
    assert field.pixels(5) == (9, 12)
    assert field.centre == 0.5


@pytest.mark.parametrize("stack", STACKS)
def test_recursion_agrees_with_the_support_of_the_gradient(stack):
    x = torch.zeros(1, 1, 90, dtype=torch.float64, requires_grad=True)
    y = x
    for window in stack:
        kernel_size, stride, padding, dilation = Window(*window)
        weight = torch.ones(1, 1, kernel_size, dtype=torch.float64)
        y = torch.nn.functional.conv1d(y, weight, None, stride, padding, dilation)
    field = receptive_field(stack)
    for unit in (0, y.shape[2] // 2):
        (gradient,) = torch.autograd.grad(y[0, 0, unit], x, retain_graph=True)
        touched = np.flatnonzero(gradient[0, 0])
        first, last = field.pixels(unit)
        assert touched[-1] == last
        assert touched[0] == max(first, 0) or (first < 0 and touched[0] <= field.jump)


def test_of_published_networks():
    vgg = summary(networks.vgg("D"), (3, 224, 224))
    assert vgg["pool5"].field == (ReceptiveField(212, 32, -90),) * 2
    assert vgg["fc6"].field[0].size == 404
    alexnet = summary(networks.alexnet(), (3, 227, 227))
    assert alexnet["pool5"].field[0].size == 195
    assert [alexnet[name].field[1].size for name in ("conv1", "pool1", "conv2")] == [11, 19, 51]
    # A. Araujo et al. (2019) list 483 for ResNet-50, whose 1×1 convolutions take the steps
    assert summary(networks.resnet(50, stride_first=True), (3, 224, 224)).blocks[-3].field[0].size == 483


def test_pooling_counts_like_convolution():
    first = receptive_field([(3, 1, 1)] * 2)
    assert receptive_field([(3, 1, 1)] * 2 + [(2, 2)]).size - first.size == (2 - 1) * first.jump


@pytest.mark.parametrize(
    ("stack", "error"),
    [([(0,)], ValueError), ([(3, 0)], ValueError), ([(3, 1, -1)], ValueError), ([(3.0,)], TypeError)],
)
def test_errors(stack, error):
    with pytest.raises(error):
        receptive_field(stack)
    with pytest.raises(TypeError):
        receptive_field([3])
