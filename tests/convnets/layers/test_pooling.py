"""Row 3.5: pooling, subsampling and blurring; loops, the fast form, PyTorch, and numbers worked by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets.layers import (
    avg_pool2d,
    avg_pool2d_loops,
    blur_pool2d,
    conv2d,
    max_pool2d,
    max_pool2d_loops,
    pad,
    subsample2d,
)

MAX, AVG = [max_pool2d_loops, max_pool2d], [avg_pool2d_loops, avg_pool2d]
X = np.array([[[[1, 3, 2, 0], [5, 4, 1, 1], [0, 2, -9, -8], [6, 0, -7, -5]]]])


@pytest.mark.parametrize("form", MAX)
def test_max_by_hand(form):
    np.testing.assert_array_equal(form(X, 2), [[[[5, 2], [6, -5]]]])
    np.testing.assert_array_equal(form(X, 2, stride=1), [[[[5, 4, 2], [5, 4, 1], [6, 2, -5]]]])
    assert form(X, 2).dtype == X.dtype


@pytest.mark.parametrize("form", MAX)
def test_padding_never_wins(form):
    for dtype in (np.float32, np.float64, np.int8, np.int64):
        np.testing.assert_array_equal(form(np.full((1, 1, 2, 2), -7, dtype), 2, padding=1), -7)
    np.testing.assert_array_equal(form(np.full((1, 1, 2, 2), -np.inf), 3, padding=1), -np.inf)


@pytest.mark.parametrize("form", AVG)
def test_average_by_hand(form):
    np.testing.assert_array_equal(form(X, 2), [[[[3.25, 1], [2, -7.25]]]])
    corner = form(X, 3, stride=3, padding=1)[0, 0, 0, 0]
    assert corner == pytest.approx((1 + 3 + 5 + 4) / 9, abs=1e-15)
    assert form(X, 3, stride=3, padding=1, count_include_pad=False)[0, 0, 0, 0] == 13 / 4
    assert form(X, 2).dtype == np.float64


SETTINGS = [
    {"kernel_size": 2},
    {"kernel_size": (3, 2), "stride": (2, 3)},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": (2, 5), "stride": 1, "padding": (1, 2)},
    {"kernel_size": 3, "stride": 2, "ceil_mode": True},
    {"kernel_size": (4, 3), "stride": (3, 2), "padding": (2, 1), "ceil_mode": True},
    {"kernel_size": 2, "stride": 4, "padding": 1, "ceil_mode": True},
    {"kernel_size": 1, "stride": 3, "ceil_mode": True},
]


def name(options):
    return " ".join(f"{key}={value}" for key, value in options.items())


@pytest.mark.parametrize("form", MAX)
@pytest.mark.parametrize("dilation", [1, 2, (1, 3)])
@pytest.mark.parametrize("options", SETTINGS, ids=name)
def test_max_agrees_with_torch(form, options, dilation, rng):
    x = rng.normal(size=(2, 3, 9, 14))
    expected = torch.nn.functional.max_pool2d(torch.from_numpy(x), dilation=dilation, **options).numpy()
    np.testing.assert_array_equal(form(x, dilation=dilation, **options), expected)


@pytest.mark.parametrize("form", AVG)
@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("options", SETTINGS, ids=name)
def test_average_agrees_with_torch(form, options, count_include_pad, rng):
    x = rng.normal(size=(2, 3, 8, 7))
    options = options | {"count_include_pad": count_include_pad}
    expected = torch.nn.functional.avg_pool2d(torch.from_numpy(x), **options).numpy()
    np.testing.assert_allclose(form(x, **options), expected, atol=1e-13)
    assert form(x.astype(np.float32), **options).dtype == np.float32


def test_nan_shows():
    x = np.zeros((1, 1, 2, 4))
    x[0, 0, 1, 1] = np.nan
    np.testing.assert_array_equal(max_pool2d(x, 2), [[[[np.nan, 0]]]])
    np.testing.assert_array_equal(avg_pool2d(x, 2), [[[[np.nan, 0]]]])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
def test_maximum_commutes_with_what_keeps_the_order(seed, kernel_size, stride):
    x = np.random.default_rng(seed).normal(size=(2, 2, 6, 7))
    np.testing.assert_array_equal(
        max_pool2d(np.exp(x), kernel_size, stride), np.exp(max_pool2d(x, kernel_size, stride))
    )
    low = -max_pool2d(-x, kernel_size, stride)
    average = avg_pool2d(x, kernel_size, stride)
    assert (low <= average + 1e-12).all()
    assert (average <= max_pool2d(x, kernel_size, stride) + 1e-12).all()


def test_subsampling_by_hand():
    x = np.concatenate([X, 10 * X], axis=1)
    found = subsample2d(x, np.array([1, 2]), np.array([0, 100]))
    np.testing.assert_array_equal(found, [[[[13, 4], [8, -29]], [[360, 180], [260, -480]]]])


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, None), (3, 2), ((2, 3), (3, 1))])
def test_subsampling_is_a_scaled_average(kernel_size, stride, rng):
    x, weight, bias = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=3), rng.normal(size=3)
    pixels = np.prod(np.broadcast_to(kernel_size, 2))
    expected = avg_pool2d(x, kernel_size, stride) * (pixels * weight)[:, None, None]
    np.testing.assert_allclose(subsample2d(x, weight, None, kernel_size, stride), expected, atol=1e-12)
    found = subsample2d(x, weight, bias, kernel_size, stride)
    np.testing.assert_allclose(found, expected + bias[:, None, None], atol=1e-12)
    single = (array.astype(np.float32) for array in (x, weight, bias))
    assert subsample2d(*single).dtype == np.float32


def test_blur_by_hand():
    impulse = np.zeros((1, 1, 5, 5))
    impulse[0, 0, 2, 2] = 16
    expected = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    np.testing.assert_array_equal(blur_pool2d(impulse, stride=1)[0, 0, 1:4, 1:4], expected)
    np.testing.assert_array_equal(blur_pool2d(impulse)[0, 0], [[0, 0, 0], [0, 4, 0], [0, 0, 0]])
    np.testing.assert_array_equal(blur_pool2d(impulse, 1), impulse[:, :, ::2, ::2])


@pytest.mark.parametrize("padding_mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize(("kernel_size", "stride"), [(2, 2), (3, (2, 1)), (4, 2), (5, 3)])
def test_blur_is_a_convolution_of_each_map(padding_mode, kernel_size, stride, rng):
    x = rng.normal(size=(2, 3, 7, 9))
    row = {2: [1, 1], 3: [1, 2, 1], 4: [1, 3, 3, 1], 5: [1, 4, 6, 4, 1]}[kernel_size]
    kernel = np.outer(row, row) / np.sum(row) ** 2
    weight = np.repeat(kernel[None, None], 3, axis=0)
    margins = (((kernel_size - 1) // 2, kernel_size // 2),) * 2
    expected = conv2d(pad(x, margins, padding_mode), weight, stride=stride, groups=3)
    found = blur_pool2d(x, kernel_size, stride, padding_mode)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    if kernel_size % 2:
        down, right = np.broadcast_to(stride, 2)
        assert found.shape[2:] == (-(-7 // down), -(-9 // right))


def test_blur_keeps_what_is_constant(rng):
    for padding_mode in ("reflect", "replicate", "circular"):
        found = blur_pool2d(np.full((1, 2, 5, 6), 3, np.float32), padding_mode=padding_mode)
        np.testing.assert_array_equal(found, np.float32(3))
        assert found.dtype == np.float32


def test_no_images_give_no_maps():
    nothing = np.empty((0, 3, 6, 8))
    for out in (
        max_pool2d(nothing, 2),
        max_pool2d_loops(nothing, 2),
        avg_pool2d(nothing, 2),
        avg_pool2d_loops(nothing, 2),
        subsample2d(nothing, np.ones(3)),
        blur_pool2d(nothing),
    ):
        assert out.shape == (0, 3, 3, 4)


@pytest.mark.parametrize("form", [*MAX, *AVG])
@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (X[0], {"kernel_size": 2}, ValueError, r"x must have shape \(N, C, H, W\), its shape is \(1, 4, 4\)"),
        (X > 0, {"kernel_size": 2}, TypeError, "x must hold integers or real floats"),
        (X, {"kernel_size": 0}, ValueError, "kernel_size must be at least 1, got 0"),
        (X, {"kernel_size": 2.0}, TypeError, "kernel_size must hold integers, got 2.0"),
        (X, {"kernel_size": 2, "stride": (1, 0)}, ValueError, "stride must be at least 1"),
        (
            X,
            {"kernel_size": (2, 4), "padding": 2},
            ValueError,
            r"padding must be at most half of kernel_size \(2, 4\), got \(2, 2\)",
        ),
        (X, {"kernel_size": 5}, ValueError, "no window fits: it spans 5 pixels and there are 4"),
    ],
)
def test_errors(form, x, options, error, message):
    with pytest.raises(error, match=message):
        form(x, **options)


@pytest.mark.parametrize("form", MAX)
def test_a_window_without_a_pixel(form):
    found = form(np.ones((1, 1, 1, 3)), 2, stride=1, padding=1, dilation=(2, 1))
    np.testing.assert_array_equal(found, np.full((1, 1, 1, 4), -np.inf))


def test_errors_of_subsampling_and_blurring():
    with pytest.raises(ValueError, match=r"weight must have shape \(1,\), it has \(2,\)"):
        subsample2d(X, np.ones(2))
    with pytest.raises(ValueError, match=r"bias must have shape \(1,\), it has \(3,\)"):
        subsample2d(X, np.ones(1), np.ones(3))
    with pytest.raises(ValueError, match=r"kernel_size must be one number, got \(3, 2\)"):
        blur_pool2d(X, (3, 2))
    with pytest.raises(TypeError, match=r"kernel_size must hold integers, got 2\.5"):
        blur_pool2d(X, 2.5)
    with pytest.raises(ValueError, match="in mode 'reflect' needs at least 5 pixels"):
        blur_pool2d(X, 9)
