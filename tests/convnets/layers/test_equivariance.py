"""Row 3.6: equivariance measured, and where stride, padding and pooling break it."""

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets.layers import (
    avg_pool2d,
    blur_pool2d,
    conv2d,
    equivariance_gap,
    max_pool2d,
    pad,
    relu,
    shift,
)


def circular(x, weight, **options):
    return conv2d(x, weight, padding=1, padding_mode="circular", **options)


@pytest.fixture
def weight(rng):
    return rng.normal(size=(3, 2, 3, 3))


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 2, 8, 12))


def test_shift_by_hand():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(shift(x, 1, -1), [[0, 0, 0], [2, 3, 0]])
    np.testing.assert_array_equal(shift(x, 1, -1, "circular"), [[5, 6, 4], [2, 3, 1]])
    np.testing.assert_array_equal(shift(x, -5, 0), np.zeros((2, 3)))
    assert shift(x, 0, 0) is not x
    assert shift(x.astype(np.int8), 0, 1).dtype == np.int8
    assert shift(np.empty((0, 2, 3)), 1, 1).shape == (0, 2, 3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 2))
def test_convolution_on_a_ring_is_equivariant(seed, dy, dx, dilation):
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(2, 2, 6, 7)), rng.normal(size=(3, 2, 3, 3))

    def layer(x):
        return relu(conv2d(x, weight, padding=dilation, dilation=dilation, padding_mode="circular"))

    assert equivariance_gap(layer, x, dy, dx) < 1e-14


def test_zeros_at_the_border_break_it_there_and_nowhere_else(x, weight):
    def layer(x):
        return conv2d(x, weight, padding=1)

    assert equivariance_gap(layer, x, 1, 2) > 0.1
    assert equivariance_gap(layer, x, 1, 2, mode="zeros", margin=3) < 1e-14


def test_stride_breaks_it_for_shifts_that_do_not_divide(x, weight):
    def layer(x):
        return circular(x, weight, stride=2)

    assert equivariance_gap(layer, x, 2, -4, stride=2) < 1e-14
    assert equivariance_gap(layer, x, 1, 0, stride=2) > 0.5
    assert equivariance_gap(layer, x, 0, 1, stride=(2, 2)) > 0.5
    assert equivariance_gap(lambda x: circular(x, weight, stride=(2, 1)), x, 2, 1, stride=(2, 1)) < 1e-14


def test_shifts_in_between_are_compared_with_the_better_neighbour():
    """A row of ones and zeros, subsampled by 3: moved by 1, it looks like moved by 0; moved by 2, by 3."""
    x = np.zeros((1, 1, 3, 12))
    x[..., 3:6] = 1

    def layer(x):
        return avg_pool2d(x, 3)

    by_one = equivariance_gap(layer, x, 0, 1, stride=(1, 3))
    assert by_one == pytest.approx(np.hypot(1 / 3, 1 / 3), abs=1e-15)
    assert equivariance_gap(layer, x, 0, 2, stride=(1, 3)) == pytest.approx(by_one, abs=1e-15)
    assert equivariance_gap(layer, x, 0, -1, stride=(1, 3)) == pytest.approx(by_one, abs=1e-15)


def test_pooling_with_stride_breaks_it_and_blurring_mends_most_of_it(rng):
    smooth = rng.normal(size=(4, 1, 32, 32))
    for _ in range(3):
        smooth = blur_pool2d(smooth, 5, stride=1, padding_mode="circular")

    def pooled(x):
        return max_pool2d(x, 2)

    def blurred(x):
        dense = max_pool2d(pad(x, ((0, 1), (0, 1)), "circular"), 2, stride=1)
        return blur_pool2d(dense, 5, stride=2, padding_mode="circular")

    gap = equivariance_gap(pooled, smooth, 1, 1, stride=2)
    mended = equivariance_gap(blurred, smooth, 1, 1, stride=2)
    assert equivariance_gap(pooled, smooth, 2, 2, stride=2) == 0
    assert equivariance_gap(blurred, smooth, 2, 2, stride=2) < 1e-14
    assert mended < gap


def test_the_average_of_a_map_is_invariant(x, weight):
    def layer(x):
        return avg_pool2d(circular(x, weight), (8, 12))

    assert equivariance_gap(layer, x, 3, 5, stride=None) < 1e-13
    assert equivariance_gap(lambda x: circular(x, weight), x, 3, 5, stride=None) > 1


def test_outputs_that_vanish(x):
    def nothing(x):
        return np.zeros((1, 1, 3, 3), np.uint8)

    calls = count()

    def nothing_at_first(x):
        return np.full((1, 1, 3, 3), next(calls))

    assert equivariance_gap(nothing, x, 1, 1) == 0
    assert equivariance_gap(nothing_at_first, x, 1, 1) == np.inf
    assert equivariance_gap(relu, x[:0], 1, 1) == 0


def test_errors(x):
    with pytest.raises(ValueError, match=r"margin must leave something of the 8 × 12 output, got 4"):
        equivariance_gap(relu, x, 1, 1, margin=4)
    with pytest.raises(ValueError, match="margin must leave"):
        equivariance_gap(relu, x, 1, 1, margin=-1)
    with pytest.raises(ValueError, match="stride must be at least 1, got 0"):
        equivariance_gap(relu, x, 1, 1, stride=0)
    with pytest.raises(ValueError, match="mode must be 'zeros' or 'circular', got 'wrap'"):
        equivariance_gap(relu, x, 1, 1, mode="wrap")
    with pytest.raises(ValueError, match=r"at least two axes \(..., H, W\), its shape is \(3,\)"):
        shift(np.ones(3), 1, 1)
    for dy, dx, name in ((1.0, 1, "dy"), (1, True, "dx")):
        with pytest.raises(TypeError, match=f"{name} must be an integer"):
            shift(x, dy, dx)
