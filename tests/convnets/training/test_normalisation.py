"""Row 7.6: batch normalisation per location and per filter, as a module, and folded into a convolution."""

import copy

import numpy as np
import pytest
import torch

from convnets import backprop as bp
from convnets import training

ROUNDING = {"rtol": 0, "atol": 1e-12}
SINGLE = {"rtol": 1e-5, "atol": 1e-5}
"""Outputs of single precision, computed in another order than PyTorch's."""


def statistics(shape):
    return np.zeros(shape), np.ones(shape)


def test_per_location_by_hand():
    x = np.array([[[[1.0, 10.0]]], [[[5.0, 30.0]]]])  # means 3 and 20, deviations 2 and 10
    weight, bias = np.array([[[1.0, 2.0]]]), np.array([[[0.0, 1.0]]])
    mean, var = statistics((1, 1, 2))
    out = training.batch_norm_per_location(x, weight, bias, mean, var, True, eps=0)
    np.testing.assert_allclose(out, [[[[-1, -1]]], [[[1, 3]]]])
    np.testing.assert_allclose(mean, [[[0.3, 2]]])
    np.testing.assert_allclose(var, [[[0.9 + 0.1 * 8, 0.9 + 0.1 * 200]]])
    together = training.batch_norm_per_filter(x, [1], [0], *statistics(1), True, eps=0)
    np.testing.assert_allclose(together.mean(), 0, atol=1e-15)
    assert together[0, 0, 0, 1] < 0 < together[1, 0, 0, 1]
    assert together[1, 0, 0, 0] < 0, "5 is little among 1, 10, 5 and 30"


def test_per_location_agrees_with_loops_over_locations(rng):
    x, weight, bias = rng.normal(2, 3, (5, 2, 3, 4)), rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    grad = rng.normal(size=x.shape)
    mean, var = statistics((2, 3, 4))
    out = training.batch_norm_per_location(x, weight, bias, mean, var, True, 0.3, 1e-3)
    gradients = training.batch_norm_per_location_backward(grad, x, weight, eps=1e-3)
    for c, i, j in np.ndindex(2, 3, 4):
        at = (slice(None), c, i, j)
        m, v = x[at].mean(), x[at].var()
        np.testing.assert_allclose(
            out[at], weight[c, i, j] * (x[at] - m) / np.sqrt(v + 1e-3) + bias[c, i, j], **ROUNDING
        )
        np.testing.assert_allclose((mean[c, i, j], var[c, i, j]), (0.3 * m, 0.7 + 0.3 * v * 5 / 4))
        alone = (values[at][:, None, None, None] for values in (grad, x))
        theirs = bp.batch_norm2d_backward(*alone, weight[c, i, j, None], eps=1e-3)
        np.testing.assert_allclose(gradients[0][at], theirs[0].ravel(), **ROUNDING)
        np.testing.assert_allclose((gradients[1][c, i, j], gradients[2][c, i, j]), np.ravel(theirs[1:]))


def test_per_location_agrees_with_torch_for_vectors(rng):
    x, weight, bias = rng.normal(size=(6, 2, 3, 2)), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2))
    taped = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    flat = [each.reshape(shape) for each, shape in zip(taped, ((6, 12), 12, 12), strict=True)]
    running = torch.zeros(12, dtype=torch.float64), torch.ones(12, dtype=torch.float64)
    theirs = torch.nn.functional.batch_norm(flat[0], *running, *flat[1:], True)
    grad = rng.normal(size=x.shape)
    theirs.backward(torch.tensor(grad.reshape(6, 12)))
    mean, var = statistics((2, 3, 2))
    out = training.batch_norm_per_location(x, weight, bias, mean, var, True)
    np.testing.assert_allclose(out.reshape(6, 12), theirs.detach().numpy(), **ROUNDING)
    for ours, expected in zip((mean, var), running, strict=True):
        np.testing.assert_allclose(ours.ravel(), expected.numpy(), **ROUNDING)
    for ours, tensor in zip(training.batch_norm_per_location_backward(grad, x, weight), taped, strict=True):
        np.testing.assert_allclose(ours, tensor.grad.numpy(), rtol=0, atol=1e-11)
    used = training.batch_norm_per_location(x, weight, bias, mean, var, False)
    np.testing.assert_allclose(used, (x - mean) / np.sqrt(var + 1e-5) * weight + bias, **ROUNDING)
    grad_used, *_ = training.batch_norm_per_location_backward(grad, x, weight, mean, var, False)
    np.testing.assert_allclose(grad_used, grad * weight / np.sqrt(var + 1e-5), **ROUNDING)


def test_per_filter_keeps_its_answer_when_the_image_moves_and_per_location_does_not(rng):
    x = rng.normal(size=(4, 2, 5, 5)) + np.linspace(-3, 3, 5)  # darker on the left
    moved = np.roll(x, 1, axis=3)
    filters = [
        training.batch_norm_per_filter(v, np.ones(2), np.zeros(2), *statistics(2), True) for v in (x, moved)
    ]
    np.testing.assert_allclose(np.roll(filters[0], 1, axis=3), filters[1], **ROUNDING)
    shape = (2, 5, 5)
    trained = statistics(shape)
    training.batch_norm_per_location(x, np.ones(shape), np.zeros(shape), *trained, True, momentum=1)
    locations = [
        training.batch_norm_per_location(v, np.ones(shape), np.zeros(shape), *trained, False)
        for v in (x, moved)
    ]
    assert np.abs(np.roll(locations[0], 1, axis=3) - locations[1]).max() > 1


def pair(channels, **options):
    """Return our module and PyTorch's with the same random parameters and statistics."""
    ours, theirs = training.BatchNorm2d(channels, **options), torch.nn.BatchNorm2d(channels, **options)
    with torch.no_grad():
        for values in (theirs.weight, theirs.bias):
            values.normal_()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@pytest.mark.parametrize("options", [{}, {"eps": 0.1, "momentum": 0.7}], ids=["default", "other"])
def test_module_agrees_with_torch(options):
    torch.manual_seed(0)
    ours, theirs = pair(3, **options)
    for _ in range(3):
        x = 2 + 3 * torch.randn(4, 3, 5, 2)
        leaves = [x.clone().requires_grad_() for _ in range(2)]
        outputs = [module(leaf) for module, leaf in zip((ours, theirs), leaves, strict=True)]
        grad = torch.randn_like(x)
        for out in outputs:
            out.backward(grad)
        torch.testing.assert_close(*outputs, **SINGLE)
        torch.testing.assert_close(leaves[0].grad, leaves[1].grad, **SINGLE)
    for name, expected in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], expected, **SINGLE)
    for mine, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, expected.grad, rtol=1e-4, atol=1e-4)  # sums of 120 products
    before = copy.deepcopy(ours.state_dict())
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), **SINGLE)
    assert all(torch.equal(values, before[name]) for name, values in ours.state_dict().items())


def test_module_agrees_with_numpy(rng):
    x, grad = rng.normal(size=(4, 2, 3, 5)), rng.normal(size=(4, 2, 3, 5))
    module = training.BatchNorm2d(2).double()
    leaf = torch.tensor(x, requires_grad=True)
    mean, var = statistics(2)
    out = training.batch_norm_per_filter(x, np.ones(2), np.zeros(2), mean, var, True)
    np.testing.assert_allclose(module(leaf).detach().numpy(), out, **ROUNDING)
    np.testing.assert_allclose(module.running_var, var, **ROUNDING)
    module(leaf).backward(torch.tensor(grad))
    expected, *_ = training.batch_norm_per_filter_backward(grad, x, np.ones(2))
    np.testing.assert_allclose(leaf.grad.numpy(), expected, rtol=0, atol=1e-11)


def test_module_is_interchangeable_with_torchs():
    ours, theirs = pair(5)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert [name for name, _ in ours.named_parameters()] == [name for name, _ in theirs.named_parameters()]
    assert repr(ours) == "BatchNorm2d(5, eps=1e-05, momentum=0.1)"
    half = torch.randn(2, 5, 3, 3, dtype=torch.bfloat16)
    assert ours(half).dtype == torch.bfloat16


def test_in_evaluation_the_answer_to_an_image_does_not_depend_on_the_others():
    torch.manual_seed(0)
    x, (module, _) = torch.randn(8, 3, 4, 4), pair(3)
    assert not torch.equal(module(x)[:1], module(x[:1]))
    assert torch.equal(module.eval()(x)[:1], module(x[:1]))


def test_folding_by_hand():
    conv, bn = torch.nn.Conv2d(1, 1, 1), torch.nn.BatchNorm2d(1, eps=3.0).eval()
    with torch.no_grad():
        for values, number in ((conv.weight, 2), (conv.bias, 5), (bn.weight, 6), (bn.bias, 7)):
            values.fill_(number)
        bn.running_mean.fill_(4)
        bn.running_var.fill_(1)
    folded = training.fold_batch_norm(conv, bn)  # 6 / √(1 + 3) = 3
    assert folded.weight.item() == 2 * 3
    assert folded.bias.item() == 7 + (5 - 4) * 3
    assert conv.weight.item() == 2


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3, "bias": False},
        {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0), "groups": 2},
        {"kernel_size": 3, "padding": 2, "dilation": 2, "padding_mode": "reflect"},
    ],
    ids=["plain", "grouped", "mirrored"],
)
@pytest.mark.parametrize("kind", [training.BatchNorm2d, torch.nn.BatchNorm2d], ids=["ours", "torch"])
def test_a_folded_layer_answers_like_the_two(kind, options):
    torch.manual_seed(0)
    conv, bn = torch.nn.Conv2d(4, 6, **options).double(), kind(6).double()
    with torch.no_grad():
        for values in (bn.weight, bn.bias):
            values.normal_()
    for _ in range(5):
        bn(conv(torch.randn(3, 4, 9, 8, dtype=torch.float64)))  # so that the statistics are not 0 and 1
    x = torch.randn(3, 4, 9, 8, dtype=torch.float64)
    expected = bn.eval()(conv(x))
    torch.testing.assert_close(training.fold_batch_norm(conv, bn)(x), expected, **ROUNDING)


X, ONES = np.ones((2, 3, 1, 2)), np.ones((3, 1, 2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: training.batch_norm_per_location(X, np.ones(3), ONES, ONES, ONES, True),
            ValueError,
            r"weight must have shape \(C, H, W\) = \(3, 1, 2\), .* it has \(3,\)",
        ),
        (
            lambda: training.batch_norm_per_location(X[:1], ONES, ONES, ONES, ONES, True),
            ValueError,
            r"one image has no variance at a location: x has shape \(1, 3, 1, 2\)",
        ),
        (
            lambda: training.batch_norm_per_location_backward(X, X, ONES, training=False),
            ValueError,
            "running_mean and running_var are needed",
        ),
        (
            lambda: training.batch_norm_per_location_backward(X[:, :1], X, ONES),
            ValueError,
            r"grad_output must have shape \(2, 3, 1, 2\), it has \(2, 1, 1, 2\)",
        ),
        (
            lambda: training.batch_norm_per_location(ONES, ONES, ONES, ONES, ONES, True),
            ValueError,
            "expected x",
        ),
        (
            lambda: training.BatchNorm2d(3)(torch.zeros(2, 4, 1, 1)),
            ValueError,
            r"expected x \(N, 3, H, W\), got \(2, 4, 1, 1\)",
        ),
        (lambda: training.BatchNorm2d(3)(torch.zeros(1, 3, 1, 1)), ValueError, "fewer than two values"),
        (
            lambda: training.fold_batch_norm(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2)),
            ValueError,
            r"training mode: call eval\(\) first",
        ),
        (
            lambda: training.fold_batch_norm(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(3).eval()),
            ValueError,
            "conv has 2 output channels, bn has statistics of 3",
        ),
        (lambda: training.fold_batch_norm(torch.nn.Linear(1, 2), None), TypeError, "Conv2d, got Linear"),
        (
            lambda: training.fold_batch_norm(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm1d(2)),
            TypeError,
            "BatchNorm2d, got BatchNorm1d",
        ),
    ],
    ids=[
        "weight",
        "one-image",
        "statistics",
        "grad",
        "axes",
        "channels",
        "one-value",
        "mode",
        "folded-channels",
        "linear",
        "vectors",
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
