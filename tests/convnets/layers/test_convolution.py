"""Rows 3.1 to 3.3: convolution layers in loops, in the fast form and in PyTorch; the lectures' sizes."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets.layers import (
    conv1d,
    conv1d_loops,
    conv2d,
    conv2d_loops,
    conv2d_winograd,
    convolution_matrix,
    linear,
    local2d,
)

FORMS = [conv2d_loops, conv2d]


@pytest.mark.parametrize("form", FORMS)
def test_by_hand(form):
    x = np.array([[[[1, 2, 3], [4, 5, 6]], [[0, 1, 0], [1, 0, 1]]]])
    weight = np.array([[[[1, 0], [0, 10]], [[0, 100], [0, 0]]], [[[0, 0], [1, 0]], [[0, 0], [0, 0]]]])
    # 1 + 50 + 100, 2 + 60 + 0; 4, 5
    np.testing.assert_array_equal(form(x, weight, [1000, 0]), [[[[1151, 1062]], [[4, 5]]]])
    assert form(x, weight).dtype == x.dtype


@pytest.mark.parametrize("form", FORMS)
def test_a_filter_is_not_flipped(form):
    impulse = np.zeros((1, 1, 5, 5))
    impulse[0, 0, 2, 2] = 1
    weight = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    np.testing.assert_array_equal(form(impulse, weight)[0, 0], weight[0, 0, ::-1, ::-1])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        (5, {}, 3),
        (5, {"padding": 1}, 5),
        (5, {"padding": 1, "stride": 2}, 3),
        (7, {}, 5),
        (7, {"stride": 2}, 3),
        (6, {"stride": 2}, 2),  # the last column and row are left over
    ],
)
def test_sizes_of_the_lectures(form, size, options, expected):
    x, weight = np.ones((1, 1, size, size)), np.ones((1, 1, 3, 3))
    out = form(x, weight, **options)
    assert out.shape == (1, 1, expected, expected)
    middle = expected // 2
    assert out[0, 0, middle, middle] == 9
    assert out[0, 0, 0, 0] == (4 if "padding" in options else 9)


GRID = {
    "plain": ((2, 3, 5, 6), (4, 3, 3, 2), {}),
    "one image, one channel, one filter": ((1, 1, 3, 3), (1, 1, 3, 3), {}),
    "stride leaves pixels over": ((3, 2, 8, 9), (5, 2, 3, 3), {"stride": (2, 3)}),
    "padding": ((2, 3, 4, 6), (2, 3, 3, 5), {"padding": (1, 2)}),
    "padding and stride": ((2, 1, 7, 6), (3, 1, 4, 3), {"stride": 2, "padding": (0, 1)}),
    "dilation": ((2, 2, 9, 7), (3, 2, 3, 2), {"dilation": 2}),
    "everything": (
        (2, 4, 11, 8),
        (6, 2, 3, 2),
        {"stride": (3, 2), "padding": (2, 1), "dilation": (2, 3), "groups": 2},
    ),
    "one group for each channel": ((2, 3, 6, 5), (6, 1, 2, 3), {"groups": 3, "padding": 1}),
    "1 × 1": ((2, 5, 3, 4), (2, 5, 1, 1), {}),
    "1 × 1 in groups": ((2, 4, 3, 2), (2, 2, 1, 1), {"groups": 2}),
    "1 × 1 with stride": ((2, 5, 5, 4), (2, 5, 1, 1), {"stride": 2}),
    "1 × 1 with padding": ((1, 2, 3, 4), (3, 2, 1, 1), {"padding": 1}),
    "stride larger than the window": ((2, 2, 9, 10), (3, 2, 2, 3), {"stride": 4, "padding": 1}),
    "window of the image's size": ((2, 3, 4, 5), (2, 3, 4, 5), {}),
}


def expected_of(x, weight, bias, padding_mode="zeros", padding=0, **options):
    x, weight, bias = (torch.from_numpy(array) for array in (x, weight, bias))
    if padding_mode != "zeros":
        down, right = (padding, padding) if isinstance(padding, int) else padding
        x, padding = torch.nn.functional.pad(x, (right, right, down, down), mode=padding_mode), 0
    return torch.nn.functional.conv2d(x, weight, bias, padding=padding, **options).numpy()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", GRID)
def test_agrees_with_torch(form, case, rng):
    x_shape, weight_shape, options = GRID[case]
    x, weight = rng.normal(size=x_shape), rng.normal(size=weight_shape)
    bias = rng.normal(size=weight_shape[0])
    found = form(x, weight, bias, **options)
    np.testing.assert_allclose(found, expected_of(x, weight, bias, **options), atol=1e-12)
    np.testing.assert_allclose(form(x, weight, **options), found - bias[:, None, None], atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("padding_mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_modes_agree_with_torch(form, padding_mode, rng):
    x, weight, bias = rng.normal(size=(2, 2, 5, 6)), rng.normal(size=(3, 2, 3, 2)), rng.normal(size=3)
    options = {"stride": (2, 1), "padding": (2, 1), "padding_mode": padding_mode}
    expected = expected_of(x, weight, bias, **options)
    np.testing.assert_allclose(form(x, weight, bias, **options), expected, atol=1e-12)


@pytest.mark.parametrize("case", ["stride leaves pixels over", "everything", "plain"])
def test_blocks_of_rows_make_no_difference(case, rng, monkeypatch):
    x_shape, weight_shape, options = GRID[case]
    x, weight = rng.normal(size=x_shape), rng.normal(size=weight_shape)
    expected = conv2d(x, weight, **options)
    for most in (1, 100, 300):
        monkeypatch.setattr("convnets.layers.convolution.MOST_COLUMNS", most)
        np.testing.assert_allclose(conv2d(x, weight, **options), expected, atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_dtypes(form, rng):
    x, weight = rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(3, 2, 3, 3))
    single = x.astype(np.float32), weight.astype(np.float32)
    assert form(*single).dtype == np.float32
    assert form(x, single[1]).dtype == form(single[0], weight).dtype == np.float64
    assert form(*single, np.zeros(3, np.float32), padding=1).dtype == np.float32
    assert form(np.ones((1, 1, 2, 2), np.int64), np.ones((1, 1, 1, 1), np.int64)).dtype == np.int64
    np.testing.assert_allclose(form(*single), form(x, weight), atol=1e-5)  # float32, sums of 18 products


def test_any_order_in_memory(rng):
    x, weight = rng.normal(size=(6, 7, 3, 2)).transpose(3, 2, 0, 1), rng.normal(size=(2, 3, 3, 4))[..., ::-1]
    for options in ({}, {"padding": 1, "stride": 2}):
        expected = conv2d(x.copy(), weight.copy(), **options)
        np.testing.assert_allclose(conv2d(x, weight, **options), expected, atol=1e-12)
    np.testing.assert_allclose(
        conv2d(x, weight[:, :, :1, :1]), conv2d_loops(x, weight[:, :, :1, :1]), atol=1e-12
    )


def test_inputs_are_left_alone(rng):
    x, weight, bias = rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(2, 2, 3, 3)), rng.normal(size=2)
    copies = x.copy(), weight.copy(), bias.copy()
    conv2d(x, weight, bias, padding=1)
    conv2d_winograd(x, weight, bias, padding=1)
    for array, copy in zip((x, weight, bias), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("form", [*FORMS, conv2d_winograd])
def test_no_images_give_no_maps(form):
    assert form(np.empty((0, 3, 6, 7)), np.ones((4, 3, 3, 3)), padding=1).shape == (0, 4, 6, 7)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_a_layer_is_linear(seed, stride, padding, dilation):
    rng = np.random.default_rng(seed)
    x, other = rng.normal(size=(2, 2, 3, 7, 8))
    weight, another = rng.normal(size=(2, 4, 3, 3, 2))
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    together = conv2d(2 * x - other, weight, **settings)
    apart = 2 * conv2d(x, weight, **settings) - conv2d(other, weight, **settings)
    np.testing.assert_allclose(together, apart, atol=1e-12)
    together = conv2d(x, weight + 3 * another, **settings)
    apart = conv2d(x, weight, **settings) + 3 * conv2d(x, another, **settings)
    np.testing.assert_allclose(together, apart, atol=1e-11)


SHAPES = {
    "LeNet C1": ((1, 32, 32), (6, 1, 5, 5), {}),
    "VGG": ((64, 56, 56), (64, 64, 3, 3), {"padding": 1}),
    "late VGG": ((128, 14, 14), (32, 128, 3, 3), {"padding": 1}),
    "ResNet's first": ((3, 112, 112), (16, 3, 7, 7), {"stride": 2, "padding": 3}),
    "1 × 1": ((64, 28, 28), (16, 64, 1, 1), {}),
    "stride 2": ((16, 28, 28), (16, 16, 3, 3), {"stride": 2, "padding": 1}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_memory_is_that_of_the_columns_of_one_image(name, rng):
    image, filters, options = SHAPES[name]
    x = rng.standard_normal((4, *image), np.float32)
    weight = rng.standard_normal(filters, np.float32)
    conv2d(x, weight, **options)
    tracemalloc.start()
    try:
        out = conv2d(x, weight, **options)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    columns = np.prod(filters[1:]) * np.prod(out.shape[2:]) * x.itemsize
    assert peak - out.nbytes <= columns + 2**13  # 8 KiB for views and other objects of Python


def test_conv1d_by_hand():
    x, weight = np.array([[[1, 2, 3, 4], [0, 1, 0, 0]]]), np.array([[[1, 10], [100, 0]]])
    for form in (conv1d, conv1d_loops):
        np.testing.assert_array_equal(form(x, weight), [[[21, 132, 43]]])
        np.testing.assert_array_equal(form(x, weight, [5], stride=2, padding=1), [[[15, 137, 9]]])


@pytest.mark.parametrize("form", [conv1d, conv1d_loops])
@pytest.mark.parametrize("padding_mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"), [(1, 0, 1, 1), (3, 2, 2, 2), (2, 1, 1, 4)]
)
def test_conv1d_agrees_with_torch(form, padding_mode, stride, padding, dilation, groups, rng):
    layer = torch.nn.Conv1d(4, 8, 3, stride, padding, dilation, groups, padding_mode=padding_mode).double()
    x = rng.normal(size=(2, 4, 11))
    weight, bias = (parameter.detach().numpy() for parameter in (layer.weight, layer.bias))
    expected = layer(torch.from_numpy(x)).detach().numpy()
    found = form(x, weight, bias, stride, padding, dilation, groups, padding_mode)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize(("padding", "padding_mode"), [(0, "zeros"), ((1, 2), "zeros"), (1, "circular")])
def test_winograd_agrees(tile, padding, padding_mode, rng):
    for x_shape, C_out in (((2, 3, 9, 12), 5), ((3, 1, 3, 4), 1), ((1, 2, 16, 5), 3)):
        x, weight = rng.normal(size=x_shape), rng.normal(size=(C_out, x_shape[1], 3, 3))
        bias = rng.normal(size=C_out)
        expected = conv2d(x, weight, bias, padding=padding, padding_mode=padding_mode)
        found = conv2d_winograd(x, weight, bias, padding, padding_mode, tile)
        np.testing.assert_allclose(found, expected, atol=1e-11)  # transforms by up to 5 round more
        assert found.flags.c_contiguous


def test_winograd_in_float32(rng):
    x, weight = rng.standard_normal((1, 8, 20, 17), np.float32), rng.standard_normal((4, 8, 3, 3), np.float32)
    found = conv2d_winograd(x, weight, padding=1)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, conv2d(x, weight, padding=1), atol=1e-3)  # sums of 72 products
    assert conv2d_winograd(x, weight, np.zeros(4)).dtype == np.float64
    assert conv2d_winograd(x, weight, np.zeros(4, np.float32)).dtype == np.float32


@pytest.mark.parametrize("case", [case for case, (_, _, options) in GRID.items()])
def test_matrix_is_the_layer(case, rng):
    x_shape, weight_shape, options = GRID[case]
    x, weight = rng.normal(size=x_shape), rng.normal(size=weight_shape)
    matrix = convolution_matrix(weight, x_shape[2:], **options)
    expected = conv2d(x, weight, **options)
    assert matrix.shape == (expected[0].size, x[0].size)
    np.testing.assert_allclose(
        linear(x.reshape(len(x), -1), matrix).reshape(expected.shape), expected, atol=1e-12
    )


def test_matrix_by_hand():
    weight = np.array([[[[1, 2], [3, 4]]]])
    expected = [[1, 2, 0, 3, 4, 0], [0, 1, 2, 0, 3, 4]]
    np.testing.assert_array_equal(convolution_matrix(weight, (2, 3)), expected)
    assert convolution_matrix(np.ones((1, 1, 3, 3)), 4).shape == (4, 16)
    assert convolution_matrix(np.ones((1, 1, 2, 2)), 4, stride=2).shape == (4, 16)


@pytest.mark.parametrize("case", ["plain", "padding and stride", "dilation"])
def test_a_convolution_is_a_local_layer_whose_weights_agree(case, rng):
    x_shape, weight_shape, options = GRID[case]
    x, weight = rng.normal(size=x_shape), rng.normal(size=weight_shape)
    expected = conv2d(x, weight, **options)
    C_out, places = len(weight), expected.shape[2:]
    shared = np.broadcast_to(weight[:, None, None], (C_out, *places, *weight.shape[1:]))
    np.testing.assert_allclose(local2d(x, shared, **options), expected, atol=1e-12)


X, WEIGHT = np.ones((2, 4, 5, 6)), np.ones((6, 4, 3, 3))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((X[0], WEIGHT), {}, r"x must have shape \(N, C_in, H, W\), its shape is \(4, 5, 6\)"),
        ((X, WEIGHT[0]), {}, r"weight must have shape \(C_out, C_in / groups, K_h, K_w\)"),
        ((X, WEIGHT[:, :3]), {}, r"weight expects C_in = 3, x has 4 channels: x \(2, 4, 5, 6\)"),
        ((X, WEIGHT), {"groups": 2}, "weight expects C_in = 8 in 2 groups of 4, x has 4 channels"),
        ((X, WEIGHT[:, :1]), {"groups": 4}, "groups must divide C_out = 6, got 4"),
        ((X, WEIGHT), {"groups": 0}, "groups must divide C_out = 6, got 0"),
        ((X, WEIGHT, np.ones(4)), {}, r"bias must have shape \(6,\), it has \(4,\)"),
        ((X, WEIGHT), {"stride": 0}, "stride must be at least 1, got 0"),
        ((X, WEIGHT), {"padding": -1}, "padding must be at least 0, got -1"),
        ((X, WEIGHT), {"dilation": (1, 2, 3)}, r"dilation must be one number or a pair \(height, width\)"),
        ((X, WEIGHT), {"dilation": 3}, "no window fits: it spans 7 pixels and there are 5"),
        ((X[:, :, :2], WEIGHT), {}, "no window fits: it spans 3 pixels"),
        ((X[:, :, :0], WEIGHT), {}, "size must be at least 1, got 0"),
        (
            (X, WEIGHT),
            {"padding_mode": "edge", "padding": 1},
            "padding mode must be one of 'zeros', 'reflect'",
        ),
        ((X, WEIGHT), {"padding_mode": "reflect", "padding": 5}, "needs at least 6 pixels along the axis"),
    ],
)
def test_value_errors(form, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        form(*arguments, **options)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((X.astype(complex), WEIGHT), {}, "x must hold integers or real floats, its dtype is complex128"),
        ((X, WEIGHT > 0), {}, "weight must hold integers or real floats, its dtype is bool"),
        (
            (X, WEIGHT, np.zeros(6) + 1j),
            {},
            "bias must hold integers or real floats, its dtype is complex128",
        ),
        ((X, WEIGHT), {"stride": 1.5}, "stride must hold integers, got 1.5"),
        ((X, WEIGHT), {"padding": (True, 1)}, "padding must hold integers"),
        ((X, WEIGHT), {"groups": 1.0}, "groups must be an integer, got 1.0"),
    ],
)
def test_type_errors(form, arguments, options, message):
    with pytest.raises(TypeError, match=message):
        form(*arguments, **options)


def test_errors_of_winograd_and_of_one_dimension():
    with pytest.raises(ValueError, match=r"takes 3×3 filters only, weight has shape \(6, 4, 3, 2\)"):
        conv2d_winograd(X, WEIGHT[..., :2])
    with pytest.raises(ValueError, match="tile must be 2 or 4, got 3"):
        conv2d_winograd(X, WEIGHT, tile=3)
    with pytest.raises(ValueError, match="no window fits"):
        conv2d_winograd(X[:, :, :2], WEIGHT)
    with pytest.raises(ValueError, match=r"x must have shape \(N, C_in, L\)"):
        conv1d(X, WEIGHT)
    with pytest.raises(ValueError, match=r"weight must have shape \(C_out, C_in / groups, K\)"):
        conv1d(X[..., 0], WEIGHT)


def test_errors_of_the_matrix():
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        convolution_matrix(WEIGHT, 0)
    with pytest.raises(ValueError, match="weight must have shape"):
        convolution_matrix(WEIGHT[0], 4)
    with pytest.raises(ValueError, match="no window fits"):
        convolution_matrix(WEIGHT, 2)
    with pytest.raises(ValueError, match="groups must divide C_out = 6, got 4"):
        convolution_matrix(WEIGHT, 4, groups=4)
