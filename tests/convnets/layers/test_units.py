"""Rows 3.4 and 3.7: linear, locally connected and elementwise layers; padding and windows."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from convnets import layers
from convnets.convolution import im2col
from convnets.layers import conv2d, flatten, linear, local2d, pad, relu, tanh, windows


def test_all_names_exist_once():
    assert len(layers.__all__) == len(set(layers.__all__))
    assert all(hasattr(layers, name) for name in layers.__all__)


def test_linear_by_hand():
    x, weight = np.array([[1, 2, 3]]), np.array([[1, 0, -1], [0, 10, 100]])
    np.testing.assert_array_equal(linear(x, weight), [[-2, 320]])
    np.testing.assert_array_equal(linear(x, weight, [1, 2]), [[-1, 322]])
    assert linear(np.empty((0, 3)), weight).shape == (0, 2)


def test_linear_agrees_with_torch(rng):
    x, weight, bias = rng.normal(size=(4, 5)), rng.normal(size=(3, 5)), rng.normal(size=3)
    expected = torch.nn.functional.linear(*map(torch.from_numpy, (x, weight, bias))).numpy()
    np.testing.assert_allclose(linear(x, weight, bias), expected, atol=1e-14)
    single = (array.astype(np.float32) for array in (x, weight, bias))
    assert linear(*single).dtype == np.float32


def test_a_convolution_as_large_as_the_image_is_linear(rng):
    x, weight, bias = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(6, 3, 4, 5)), rng.normal(size=6)
    expected = linear(flatten(x), flatten(weight), bias)
    np.testing.assert_allclose(flatten(conv2d(x, weight, bias)), expected, atol=1e-12)


def test_local_by_hand():
    x = np.array([[[[1, 2, 3], [4, 5, 6]]]])
    weight = np.zeros((1, 1, 2, 1, 2, 2), int)
    weight[0, 0, 0, 0], weight[0, 0, 1, 0] = [[1, 0], [0, 10]], [[0, 1], [0, 0]]
    np.testing.assert_array_equal(local2d(x, weight), [[[[51, 3]]]])
    np.testing.assert_array_equal(local2d(x, weight, [[[0, 7]]]), [[[[51, 10]]]])


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(1, 0, 1), ((2, 3), (1, 0), 1), (2, (0, 2), (2, 1)), (1, 1, 2)]
)
def test_local_in_loops(stride, padding, dilation, rng):
    x = rng.normal(size=(2, 3, 7, 8))
    seen = windows(pad(x, padding), (3, 2), stride, dilation)
    sizes = seen.shape[2:4]
    weight, bias = rng.normal(size=(4, *sizes, 3, 3, 2)), rng.normal(size=(4, *sizes))
    expected = np.zeros((2, 4, *sizes))
    for n, o, i, j in np.ndindex(expected.shape):
        expected[n, o, i, j] = (seen[n, :, i, j] * weight[o, i, j]).sum() + bias[o, i, j]
    np.testing.assert_allclose(local2d(x, weight, bias, stride, padding, dilation), expected, atol=1e-12)
    assert local2d(x[:0], weight, bias, stride, padding, dilation).shape == (0, 4, *sizes)


def test_opposite_edges_cancel_without_a_nonlinearity():
    """A bright stripe has a rising and a falling edge; averaged, a linear layer sees neither."""
    stripe = np.zeros((1, 1, 1, 9))
    stripe[..., 3:6] = 1
    edges = conv2d(stripe, np.array([[[[-1.0, 1]]]]))
    assert edges.sum() == 0
    assert relu(edges).sum() == 1


def test_two_linear_layers_are_one(rng):
    x, first, second = (
        rng.normal(size=(1, 1, 8, 9)),
        rng.normal(size=(1, 1, 3, 3)),
        rng.normal(size=(1, 1, 2, 3)),
    )
    both = conv2d(pad(second, (2, 2)), first[:, :, ::-1, ::-1])  # the convolution of the two filters
    assert both.shape[2:] == (4, 5)
    np.testing.assert_allclose(conv2d(conv2d(x, first), second), conv2d(x, both), atol=1e-12)
    with_relu = conv2d(relu(conv2d(x, first)), second)
    assert np.abs(with_relu - conv2d(x, both)).max() > 0.1


def test_three_small_filters_see_as_far_as_a_large_one():
    ones = np.ones((1, 1, 3, 3))
    for depth, side in ((1, 3), (2, 5), (3, 7)):
        x = np.zeros((1, 1, 15, 15))
        x[0, 0, 7, 7] = 1
        for _ in range(depth):
            x = conv2d(x, ones, padding=1)
        assert (x != 0).sum() == side**2


def test_relu_and_tanh():
    x = np.array([-2, -0.0, 0.5, np.nan], np.float32)
    np.testing.assert_array_equal(relu(x), np.array([0, 0, 0.5, np.nan], np.float32))
    assert relu(x).dtype == tanh(x).dtype == np.float32
    np.testing.assert_array_equal(relu(np.array([-3, 4])), [0, 4])
    assert relu(np.array([-3, 4])).dtype == np.int64
    np.testing.assert_allclose(tanh(np.array([0, np.log(3)])), [0, 0.8], atol=1e-15)
    assert relu(np.empty((0, 3))).shape == tanh(np.empty((0, 3))).shape == (0, 3)


def test_flatten():
    x = np.arange(24).reshape(2, 3, 2, 2)
    np.testing.assert_array_equal(flatten(x), [range(12), range(12, 24)])
    assert np.shares_memory(flatten(x), x)
    assert flatten(x[:0]).shape == (0, 12)
    assert flatten(np.empty((3, 0, 2))).shape == (3, 0)
    assert flatten(np.ones(4)).shape == (4, 1)
    with pytest.raises(ValueError, match="it is a single number"):
        flatten(3.0)


def test_padding_by_hand():
    x = np.array([[1, 2, 3]])
    expected = {
        "zeros": [0, 0, 1, 2, 3, 0, 0],
        "reflect": [3, 2, 1, 2, 3, 2, 1],
        "replicate": [1, 1, 1, 2, 3, 3, 3],
        "circular": [2, 3, 1, 2, 3, 1, 2],
    }
    for mode, row in expected.items():
        np.testing.assert_array_equal(pad(x, (0, 2), mode), [row])
    np.testing.assert_array_equal(pad(x, ((1, 0), (0, 2))), [[0] * 5, [1, 2, 3, 0, 0]])
    np.testing.assert_array_equal(pad(x, 1), [[0] * 5, [0, 1, 2, 3, 0], [0] * 5])
    assert pad(x, 0) is x
    assert pad(x, 0, "reflect") is x


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [((2, 1), (0, 3)), (1, 2)])
def test_padding_agrees_with_torch(mode, padding, rng):
    x = rng.normal(size=(2, 3, 4, 5)).astype(np.float32)
    (top, bottom), (left, right) = padding if isinstance(padding[0], tuple) else [(p, p) for p in padding]
    torch_mode = "constant" if mode == "zeros" else mode
    expected = torch.nn.functional.pad(torch.from_numpy(x), (left, right, top, bottom), mode=torch_mode)
    np.testing.assert_array_equal(pad(x, padding, mode), expected.numpy())
    assert pad(x, padding, mode).dtype == np.float32
    assert pad(x[:0], padding, mode).shape == (0, 3, 4 + top + bottom, 5 + left + right)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_padding_keeps_the_image(top, bottom, left, right):
    x = np.arange(20.0).reshape(4, 5)
    for mode in ("zeros", "reflect", "replicate", "circular"):
        padded = pad(x, ((top, bottom), (left, right)), mode)
        assert padded.shape == (4 + top + bottom, 5 + left + right)
        np.testing.assert_array_equal(padded[top : top + 4, left : left + 5], x)


@pytest.mark.parametrize(
    ("x", "padding", "mode", "error", "message"),
    [
        (np.ones(3), 1, "zeros", ValueError, r"at least two axes \(..., H, W\), its shape is \(3,\)"),
        (np.ones((2, 3)), -1, "zeros", ValueError, "padding must be at least 0, got -1"),
        (np.ones((2, 3)), (1, 2, 3), "zeros", ValueError, "one number or a pair"),
        (np.ones((2, 3)), ((1, 2), (0, -3)), "zeros", ValueError, r"at least 0, got \(0, -3\)"),
        (np.ones((2, 3)), 1.0, "zeros", TypeError, "padding must hold integers"),
        (
            np.ones((2, 3)),
            1,
            "constant",
            ValueError,
            "padding mode must be one of 'zeros', 'reflect', 'replicate'",
        ),
        (
            np.ones((2, 3)),
            2,
            "reflect",
            ValueError,
            r"padding \(2, 2\) in mode 'reflect' needs at least 3 pixels",
        ),
        (np.ones((2, 3)), 3, "circular", ValueError, "needs at least 3 pixels along the axis, x of shape"),
        (np.ones((2, 0)), 1, "replicate", ValueError, "needs at least 1 pixels"),
    ],
)
def test_errors_of_padding(x, padding, mode, error, message):
    with pytest.raises(error, match=message):
        pad(x, padding, mode)


def test_windows_by_hand():
    x = np.arange(20).reshape(4, 5)
    found = windows(x, (2, 3), stride=(2, 1), dilation=(1, 2))
    np.testing.assert_array_equal(found, [[[[0, 2, 4], [5, 7, 9]]], [[[10, 12, 14], [15, 17, 19]]]])
    assert np.shares_memory(found, x)
    assert not found.flags.writeable


def test_windows_are_the_columns_of_im2col(rng):
    x = rng.normal(size=(3, 5, 6))
    found = windows(x, (2, 4)).transpose(0, 3, 4, 1, 2).reshape(3 * 2 * 4, -1)
    np.testing.assert_array_equal(found, im2col(x, (2, 4)))
    assert windows(np.empty((0, 3, 5, 6)), 2).shape == (0, 3, 4, 5, 2, 2)
    with pytest.raises(ValueError, match=r"x must have at least two axes \(..., H, W\)"):
        windows(np.ones(3), 1)
    with pytest.raises(ValueError, match="no window fits"):
        windows(x, 6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear(np.ones((2, 3, 4)), np.ones((5, 4))), r"x must have shape \(N, D_in\)"),
        (
            lambda: linear(np.ones((2, 3)), np.ones((5, 4))),
            r"must have shape \(D_out, 3\) for x \(2, 3\), it has \(5, 4\)",
        ),
        (lambda: linear(np.ones((2, 3)), np.ones((5, 3)), np.ones(3)), r"bias must have shape \(5,\)"),
        (
            lambda: local2d(np.ones((1, 2, 4, 5)), np.ones((3, 2, 2, 2))),
            r"\(C_out, H_out, W_out, C_in, K_h, K_w\)",
        ),
        (
            lambda: local2d(np.ones((1, 2, 4, 5)), np.ones((3, 4, 4, 2, 2, 2))),
            r"of 2 × 2 .* = \(3, 4\) places",
        ),
        (lambda: local2d(np.ones((1, 2, 4, 5)), np.ones((3, 3, 4, 1, 2, 2))), "C_in is 2"),
        (
            lambda: local2d(np.ones((1, 2, 4, 5)), np.ones((3, 3, 4, 2, 2, 2)), np.ones(3)),
            r"bias .* \(3, 3, 4\)",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
