"""Rows 5.1–5.3: gradients of convolution layers against numbers by hand, loops, PyTorch and the matrix C."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets import backprop as bp
from convnets import layers

ROUNDING = {"rtol": 0, "atol": 1e-11}  # sums of a few hundred products of numbers below 5, in float64

# x, weight, stride, padding, dilation, groups; sizes that the stride does not divide leave pixels over
GRID = {
    "plain": ((2, 3, 7, 6), (4, 3, 3, 2), 1, 0, 1, 1),
    "one image, one by one": ((1, 2, 4, 5), (3, 2, 1, 1), 1, 0, 1, 1),
    "padding": ((2, 3, 5, 7), (4, 3, 3, 5), 1, (1, 2), 1, 1),
    "padding beyond the kernel": ((2, 1, 3, 4), (2, 1, 2, 2), 1, 3, 1, 1),
    "strides, pixels left over": ((3, 2, 8, 9), (4, 2, 3, 2), (2, 3), 0, 1, 1),
    "strides that skip pixels": ((2, 2, 7, 9), (3, 2, 1, 2), (3, 4), 0, 1, 1),
    "strides and padding": ((2, 3, 8, 7), (4, 3, 3, 2), (2, 1), (1, 0), 1, 1),
    "dilation": ((2, 3, 9, 8), (4, 3, 3, 2), 1, 0, 2, 1),
    "dilation, stride, padding": ((2, 2, 9, 10), (3, 2, 3, 2), (2, 3), (2, 1), (2, 3), 1),
    "groups": ((2, 4, 6, 5), (6, 2, 3, 2), 1, 0, 1, 2),
    "depthwise": ((2, 3, 6, 7), (6, 1, 3, 2), (1, 2), 1, 1, 3),
    "all at once": ((3, 4, 9, 8), (6, 2, 3, 2), (2, 1), (1, 2), (2, 1), 2),
}


def drawn(case, rng):
    x_size, weight_size, *options = case
    x, weight = rng.normal(size=x_size), rng.normal(size=weight_size)
    return x, weight, rng.normal(size=layers.conv2d(x, weight, None, *options).shape), options


def of_torch(x, weight, grad_output, options):
    x, weight = torch.tensor(x, requires_grad=True), torch.tensor(weight, requires_grad=True)
    bias = torch.zeros(len(weight), dtype=x.dtype, requires_grad=True)
    torch.nn.functional.conv2d(x, weight, bias, *options).backward(torch.tensor(grad_output))
    return [each.grad.numpy() for each in (x, weight, bias)]


def test_by_hand_in_one_dimension():
    x, weight, grad_output = [[[2, 0, 1, -1, 3]]], [[[1, 2, -1]]], [[[1, 0, -2]]]
    grad_x, grad_weight, grad_bias = bp.conv1d_backward(grad_output, x, weight)
    np.testing.assert_array_equal(grad_x, [[[1, 2, -3, -4, 2]]])  # (1, 2, -1) − 2 · (1, 2, -1) two later
    np.testing.assert_array_equal(grad_weight, [[[0, 2, -5]]])  # (2, 0, 1) − 2 · (1, -1, 3)
    np.testing.assert_array_equal(grad_bias, [-1])


@pytest.mark.parametrize("backward", [bp.conv2d_backward, bp.conv2d_backward_loops])
def test_by_hand_with_stride_and_a_pixel_left_over(backward):
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    gradients = backward([[[[1]]], [[[-1]]]], np.concatenate([x, x]), [[[[1, 2], [3, 4]]]], (3, 4))
    expected = np.zeros((4, 4))
    expected[:2, :2] = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(gradients[0], [[expected], [-expected]])
    np.testing.assert_array_equal(gradients[1], np.zeros((1, 1, 2, 2)))
    np.testing.assert_array_equal(gradients[2], [0])


@pytest.mark.parametrize("name", GRID)
def test_loops_fast_form_and_torch_agree(name, rng):
    x, weight, grad_output, options = drawn(GRID[name], rng)
    expected = of_torch(x, weight, grad_output, options)
    for backward in (bp.conv2d_backward, bp.conv2d_backward_loops):
        for ours, theirs in zip(backward(grad_output, x, weight, *options), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, **ROUNDING)
            assert ours.shape == theirs.shape


@pytest.mark.parametrize("name", GRID)
def test_input_gradient_is_the_transposed_matrix(name, rng):
    x, weight, grad_output, options = drawn(GRID[name], rng)
    C = layers.convolution_matrix(weight, x.shape[2:], *options)
    expected = (grad_output.reshape(len(x), -1) @ C).reshape(x.shape)
    np.testing.assert_allclose(bp.conv2d_input(x.shape, weight, grad_output, *options), expected, **ROUNDING)


@pytest.mark.parametrize("name", GRID)
def test_untied_gradients_add_up_to_the_weight_gradient(name, rng):
    x, weight, grad_output, options = drawn(GRID[name], rng)
    C = layers.convolution_matrix(weight, x.shape[2:], *options)
    N = len(x)
    _, untied, _ = bp.linear_backward(grad_output.reshape(N, -1), x.reshape(N, -1), C)
    tied = bp.tie_gradient(untied, weight.shape, x.shape[2:], *options)
    np.testing.assert_allclose(tied, bp.conv2d_weight(x, weight.shape, grad_output, *options), **ROUNDING)


@pytest.mark.parametrize("name", [name for name, case in GRID.items() if case[-1] == 1])
def test_locally_connected(name, rng):
    x, weight, grad_output, options = drawn(GRID[name], rng)
    stride, padding, dilation, _ = options
    C_out, H_out, W_out = grad_output.shape[1:]
    own = rng.normal(size=(C_out, H_out, W_out, *weight.shape[1:]))

    def forward(x, own, bias):
        return layers.local2d(x, own, bias, stride, padding, dilation)

    def backward(grad, x, own, bias):
        return bp.local2d_backward(grad, x, own, stride, padding, dilation)

    bias = rng.normal(size=(C_out, H_out, W_out))
    assert bp.check_gradient(forward, backward, x, own, bias, rng=rng, max_entries=40)
    same = np.broadcast_to(weight[:, None, None], own.shape)
    grad_x, grad_own, grad_bias = backward(grad_output, x, same, None)
    expected = bp.conv2d_backward(grad_output, x, weight, stride, padding, dilation)
    for ours, theirs in zip((grad_x, grad_own.sum((1, 2)), grad_bias.sum((1, 2))), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, **ROUNDING)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_padding_modes_fold_back(mode, rng):
    torch.manual_seed(0)
    network = torch.nn.Conv2d(3, 4, (3, 2), (2, 1), (1, 2), padding_mode=mode, dtype=torch.float64)
    x = torch.randn(2, 3, 6, 7, dtype=torch.float64, requires_grad=True)
    out = network(x)
    grad_output = rng.normal(size=out.shape)
    out.backward(torch.tensor(grad_output))
    expected = [each.grad.numpy() for each in (x, network.weight, network.bias)]
    arrays = x.detach().numpy(), network.weight.detach().numpy()
    for backward in (bp.conv2d_backward, bp.conv2d_backward_loops):
        gradients = backward(grad_output, *arrays, (2, 1), (1, 2), padding_mode=mode)
        for ours, theirs in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, **ROUNDING)


@pytest.mark.parametrize("mode", ["zeros", "circular"])
def test_one_dimension_agrees_with_torch(mode, rng):
    torch.manual_seed(0)
    layer = torch.nn.Conv1d(4, 6, 3, 2, 2, 2, groups=2, padding_mode=mode, dtype=torch.float64)
    x = torch.randn(3, 4, 10, dtype=torch.float64, requires_grad=True)
    out = layer(x)
    grad_output = rng.normal(size=out.shape)
    out.backward(torch.tensor(grad_output))
    ours = bp.conv1d_backward(
        grad_output, x.detach().numpy(), layer.weight.detach().numpy(), 2, 2, 2, 2, padding_mode=mode
    )
    for found, parameter in zip(ours, (x, layer.weight, layer.bias), strict=True):
        np.testing.assert_allclose(found, parameter.grad.numpy(), **ROUNDING)


sizes = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), sizes, sizes, sizes, sizes, sizes, st.integers(1, 2))
def test_adjoint(seed, kernel_size, stride, padding, dilation, extra, groups):
    rng = np.random.default_rng(seed)
    size = [d * (k - 1) + e for d, k, e in zip(dilation, kernel_size, extra, strict=True)]
    weight = rng.normal(size=(2 * groups, 3, *kernel_size))
    options = stride, padding, dilation, groups
    shape = (2, 3 * groups, *size)
    gap = bp.adjoint_gap(
        lambda x: layers.conv2d(x, weight, None, *options),
        lambda y: bp.conv2d_input(shape, weight, y, *options),
        shape,
        rng,
    )
    assert gap < 1e-14


def test_many_images_are_handled_in_groups(rng, monkeypatch):
    x, weight, grad_output, options = drawn(GRID["all at once"], rng)
    together = bp.conv2d_backward(grad_output, x, weight, *options)
    monkeypatch.setattr("convnets.backprop.convolution.MOST_ENTRIES", 1)
    for ours, expected in zip(bp.conv2d_backward(grad_output, x, weight, *options), together, strict=True):
        np.testing.assert_allclose(ours, expected, **ROUNDING)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_arguments_are_left_as_they_were(dtype, rng):
    x, weight, grad_output, options = drawn(GRID["all at once"], rng)
    arrays = [array.astype(dtype) for array in (grad_output, x, weight)]
    before = [array.copy() for array in arrays]
    for backward in (bp.conv2d_backward, bp.conv2d_backward_loops):
        assert {gradient.dtype for gradient in backward(*arrays, *options)} == {np.dtype(dtype)}
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize("backward", [bp.conv2d_backward, bp.conv2d_backward_loops])
def test_no_images(backward):
    grad_x, grad_weight, grad_bias = backward(
        np.ones((0, 4, 3, 3)), np.ones((0, 3, 5, 5)), np.ones((4, 3, 3, 3))
    )
    assert grad_x.shape == (0, 3, 5, 5)
    np.testing.assert_array_equal(grad_weight, np.zeros((4, 3, 3, 3)))
    np.testing.assert_array_equal(grad_bias, np.zeros(4))


X, WEIGHT, GRAD = np.ones((2, 3, 5, 6)), np.ones((4, 3, 3, 2)), np.ones((2, 4, 3, 5))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: bp.conv2d_backward(GRAD, X, WEIGHT, 2),
            ValueError,
            r"shape of the output, \(2, 4, 2, 3\), it has \(2, 4, 3, 5\)",
        ),
        (lambda: bp.conv2d_backward_loops(GRAD[:1], X, WEIGHT), ValueError, r"it has \(1, 4, 3, 5\)"),
        (lambda: bp.conv2d_input((2, 4, 5, 6), WEIGHT, GRAD), ValueError, "expects C_in = 3, x has 4"),
        (lambda: bp.conv2d_input((2, 3, 2, 6), WEIGHT, GRAD), ValueError, "no window fits"),
        (lambda: bp.conv2d_weight(X, (4, 2, 3, 2), GRAD), ValueError, "expects C_in = 2, x has 3"),
        (lambda: bp.conv2d_weight(X[0], (4, 3, 3, 2), GRAD), ValueError, r"shape is \(3, 5, 6\)"),
        (lambda: bp.conv2d_backward(GRAD, X, WEIGHT, groups=3), ValueError, "groups must divide C_out = 4"),
        (lambda: bp.conv2d_backward(GRAD, X, WEIGHT, 0), ValueError, "stride must be at least 1"),
        (lambda: bp.conv2d_backward(GRAD, X, WEIGHT, padding=0.5), TypeError, "padding must hold integers"),
        (lambda: bp.conv2d_backward(GRAD.astype(complex), X, WEIGHT), TypeError, "dtype is complex128"),
        (lambda: bp.conv2d_backward(GRAD, X, WEIGHT, padding_mode="wrap"), ValueError, "got 'wrap'"),
        (lambda: bp.conv1d_backward(GRAD, X[:, :, 0], WEIGHT[..., 0]), ValueError, "grad_output must have"),
        (
            lambda: bp.local2d_backward(GRAD, X, np.ones((4, 3, 4, 3, 3, 2))),
            ValueError,
            r"C_in, H_out, W_out = \(3, 3, 5\)",
        ),
        (
            lambda: bp.tie_gradient(np.ones((3, 3)), (1, 1, 2, 2), (3, 3)),
            ValueError,
            r"shape of C, \(4, 9\), it has \(3, 3\)",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
