"""Rows 2.5, 2.7, 2.8: all forms of 2-D convolution against numbers by hand, SciPy, PyTorch and algebra."""

from functools import partial

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import convnets.convolution as cv

MODES = ("full", "same", "valid")
EVERY_SIZE = {name: form for name, form in cv.FORMS.items() if name != "conv2d_winograd"}
THREE_BY_THREE = {
    **cv.FORMS,
    "tile=2": partial(cv.conv2d_winograd, tile=2),
    "tile=4": partial(cv.conv2d_winograd, tile=4),
}
EXACT = ("conv2d_translate_and_scale", "conv2d_flip_and_filter", "conv2d_doubly_block_toeplitz")
ROUNDING = {
    "rtol": 0,
    "atol": 1e-10,
}  # sums of at most a few hundred products of numbers below 10, in float64
IMAGE = [[1, 3, 1], [0, -1, 1], [2, 2, -1]]
KERNEL = [[1, 2], [0, -1]]


@pytest.mark.parametrize("name", EVERY_SIZE)
def test_lecture_example(name):
    expected = [[1, 5, 7, 2], [0, -2, -4, 1], [2, 6, 4, -3], [0, -2, -2, 1]]
    np.testing.assert_allclose(EVERY_SIZE[name](IMAGE, KERNEL), expected, **ROUNDING)
    np.testing.assert_allclose(EVERY_SIZE[name](KERNEL, IMAGE), expected, **ROUNDING)
    np.testing.assert_allclose(EVERY_SIZE[name](IMAGE, KERNEL, "valid"), [[-2, -4], [6, 4]], **ROUNDING)


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_impulse_returns_the_kernel(name):
    kernel = np.arange(9).reshape(3, 3)
    impulse = np.zeros((6, 7), int)
    impulse[2, 3] = 1
    expected = np.zeros((6, 7))
    expected[1:4, 2:5] = kernel
    np.testing.assert_allclose(THREE_BY_THREE[name](impulse, kernel, "same"), expected, **ROUNDING)
    correlated = cv.cross_correlate2d(impulse, kernel, "same")
    np.testing.assert_array_equal(correlated[1:4, 2:5], kernel[::-1, ::-1])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "shapes",
    [
        ((1, 1), (1, 1)),
        ((5, 7), (3, 2)),
        ((6, 4), (2, 4)),
        ((7, 5), (5, 5)),
        ((3, 4), (5, 2)),
        ((2, 3), (6, 7)),
    ],
)
def test_agrees_with_scipy(mode, shapes, rng):
    x, weight = (rng.integers(-9, 10, shape) for shape in shapes)
    fits = all(k <= n for n, k in zip(*shapes, strict=True))
    for name, form in EVERY_SIZE.items():
        if mode == "valid" and not fits:
            with pytest.raises(ValueError, match="fits inside"):
                form(x, weight, mode)
            continue
        expected = scipy.signal.convolve2d(x, weight, mode)
        np.testing.assert_allclose(form(x, weight, mode), expected, **ROUNDING, err_msg=name)
        correlated = scipy.signal.correlate(x, weight, mode, method="direct")
        np.testing.assert_array_equal(cv.cross_correlate2d(x, weight, mode), correlated)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(3, 3), (4, 4), (5, 8), (9, 6), (10, 7)])
def test_winograd_agrees_at_sizes_that_tiles_do_not_divide(mode, size, rng):
    x, weight = rng.normal(size=(2, 3, *size)), rng.normal(size=(4, 3, 3, 3))
    expected = cv.conv2d_translate_and_scale(x, weight, mode)
    for tile in (2, 4):
        np.testing.assert_allclose(cv.conv2d_winograd(x, weight, mode, tile), expected, **ROUNDING)


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_batches_agree_with_torch(name, rng):
    x, weight = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=(5, 3, 3, 3))
    flipped = torch.from_numpy(weight).flip(2, 3)
    expected = torch.nn.functional.conv2d(torch.from_numpy(x), flipped).numpy()
    np.testing.assert_allclose(THREE_BY_THREE[name](x, weight, "valid"), expected, **ROUNDING)


@pytest.mark.parametrize("shape", [(4, 1, 1, 1), (2, 3, 5, 4), (2, 3, 4, 3)])
def test_correlation_is_torch_conv2d(shape, rng):
    x, weight = rng.normal(size=(2, shape[1], 6, 9)), rng.normal(size=shape)
    expected = torch.nn.functional.conv2d(torch.from_numpy(x), torch.from_numpy(weight)).numpy()
    np.testing.assert_allclose(cv.cross_correlate2d(x, weight), expected, **ROUNDING)


def test_even_kernels_centre_as_documented():
    impulse = np.eye(1, 7, 3, dtype=int)
    ours = cv.cross_correlate2d(impulse, [[1, 2, 4, 8]], "same")
    np.testing.assert_array_equal(ours, [[0, 0, 8, 4, 2, 1, 0]])
    np.testing.assert_array_equal(
        ours[:, 1:], scipy.signal.correlate2d(impulse, [[1, 2, 4, 8]], "same")[:, :-1]
    )


small = st.integers(-9, 9)
pictures = arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=small)


@settings(max_examples=40)
@given(pictures, pictures)
def test_commutativity(a, b):
    for name, form in EVERY_SIZE.items():
        np.testing.assert_allclose(form(a, b), form(b, a), **ROUNDING, err_msg=name)


@settings(max_examples=40)
@given(st.data(), pictures, st.tuples(st.integers(1, 4), st.integers(1, 4)), small, small)
def test_linearity(data, a, shape, factor_b, factor_c):
    b, c = (data.draw(arrays(np.int64, shape, elements=small)) for _ in range(2))
    for name, form in EVERY_SIZE.items():
        expected = factor_b * form(a, b) + factor_c * form(a, c)
        np.testing.assert_allclose(form(a, factor_b * b + factor_c * c), expected, **ROUNDING, err_msg=name)


@settings(max_examples=40)
@given(pictures, pictures, pictures)
def test_associativity(a, b, c):
    for name in EXACT:
        form = EVERY_SIZE[name]
        np.testing.assert_array_equal(form(form(a, b), c), form(a, form(b, c)))


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_adjoint_is_correlation(name, rng):
    x, y, weight = rng.normal(size=(6, 8)), rng.normal(size=(8, 10)), rng.normal(size=(3, 3))
    forth = np.vdot(THREE_BY_THREE[name](x, weight), y)
    np.testing.assert_allclose(forth, np.vdot(x, cv.cross_correlate2d(y, weight)), rtol=1e-10)


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_shifts_with_its_input(name, rng):
    x, weight = np.zeros((12, 13)), rng.normal(size=(3, 3))
    x[2:6, 3:7] = rng.normal(size=(4, 4))
    form = THREE_BY_THREE[name]
    moved = form(np.roll(x, (3, 2), axis=(0, 1)), weight, "same")
    np.testing.assert_allclose(moved, np.roll(form(x, weight, "same"), (3, 2), axis=(0, 1)), **ROUNDING)


def test_doubly_block_toeplitz_by_hand():
    expected = [
        [1, 0, 0, 0],
        [2, 1, 0, 0],
        [0, 2, 0, 0],
        [0, 0, 1, 0],
        [-1, 0, 2, 1],
        [0, -1, 0, 2],
        [0, 0, 0, 0],
        [0, 0, -1, 0],
        [0, 0, 0, -1],
    ]
    np.testing.assert_array_equal(cv.doubly_block_toeplitz(KERNEL, (2, 2)), expected)


@pytest.mark.parametrize("mode", MODES)
def test_doubly_block_toeplitz_columns_are_responses_to_impulses(mode, rng):
    weight = rng.integers(-9, 10, (2, 3))
    matrix = cv.doubly_block_toeplitz(weight, (4, 5), mode)
    for pixel in range(20):
        impulse = np.eye(1, 20, pixel).reshape(4, 5)
        np.testing.assert_array_equal(
            matrix[:, pixel], scipy.signal.convolve2d(impulse, weight, mode).ravel()
        )


def test_im2col_is_torch_unfold(rng):
    x = rng.normal(size=(3, 5, 6))
    expected = torch.nn.functional.unfold(torch.from_numpy(x)[None], (2, 3))[0].numpy()
    np.testing.assert_array_equal(cv.im2col(x, (2, 3)), expected)
    by_hand = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    np.testing.assert_array_equal(cv.im2col(np.arange(1, 10).reshape(1, 3, 3), (2, 2)), by_hand)


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_dtypes(name):
    form = THREE_BY_THREE[name]
    assert form(np.ones((4, 4), np.float32), np.ones((3, 3), np.float32)).dtype == np.float32
    assert form(np.ones((1, 2, 4, 4), np.float32), np.ones((1, 2, 3, 3), np.float64)).dtype == np.float64
    integers = form(np.ones((4, 4), np.uint8), np.ones((3, 3), np.int16)).dtype
    assert integers == (
        np.float64 if name in ("conv2d_fft", "conv2d_winograd", "tile=2", "tile=4") else np.int16
    )


@pytest.mark.parametrize("name", [*EXACT, "conv2d_windows", "conv2d_im2col"])
def test_integers_stay_exact(name):
    huge = 2**53 + 1  # no float64 holds this number
    np.testing.assert_array_equal(EVERY_SIZE[name]([[huge]], [[1, 1]]), [[huge, huge]])


@pytest.mark.parametrize("name", THREE_BY_THREE)
def test_arguments_are_left_as_they_were(name, rng):
    x, weight = rng.normal(size=(1, 2, 5, 4)), rng.normal(size=(3, 2, 3, 3))
    before = x.copy(), weight.copy()
    for mode in MODES:
        THREE_BY_THREE[name](x, weight, mode)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(weight, before[1])


@pytest.mark.parametrize("name", [*cv.FORMS, "cross_correlate2d"])
@pytest.mark.parametrize(
    ("x", "weight", "mode", "error", "message"),
    [
        (np.ones((0, 3)), np.ones((3, 3)), "full", ValueError, r"x is empty: its shape is \(0, 3\)"),
        (np.ones((3, 3)), np.ones((0, 0)), "full", ValueError, r"weight is empty: its shape is \(0, 0\)"),
        (np.ones((2, 0, 3, 3)), np.ones((1, 1, 3, 3)), "full", ValueError, "x is empty"),
        (
            np.ones((3, 3)),
            np.ones((1, 1, 3, 3)),
            "full",
            ValueError,
            r"got x \(3, 3\) with weight \(1, 1, 3, 3\)",
        ),
        (np.ones((2, 3, 3)), np.ones((3, 3)), "full", ValueError, r"got x \(2, 3, 3\) with weight \(3, 3\)"),
        (
            np.ones((1, 4, 5, 5)),
            np.ones((2, 3, 3, 3)),
            "full",
            ValueError,
            "expects C_in = 3, x has 4 channels",
        ),
        (np.ones((3, 3)), np.ones((3, 3)), "some", ValueError, "mode must be one of .* got 'some'"),
        (np.ones((2, 5)), np.ones((3, 3)), "valid", ValueError, r"\(3, 3\) is larger than \(2, 5\)"),
        (np.ones((3, 3), complex), np.ones((3, 3)), "full", TypeError, "its dtype is complex128"),
        (np.ones((3, 3)), np.ones((3, 3), bool), "full", TypeError, "its dtype is bool"),
    ],
)
def test_errors(name, x, weight, mode, error, message):
    form = cv.FORMS.get(name, cv.cross_correlate2d)
    with pytest.raises(error, match=message):
        form(x, weight, mode)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cv.cross_correlate2d(np.ones(3), np.ones(3)), r"weight must have 2 or 4 axes.* \(3,\)"),
        (lambda: cv.doubly_block_toeplitz([1, 2], (3, 3)), r"weight must have shape \(K_h, K_w\).*\(2,\)"),
        (lambda: cv.doubly_block_toeplitz([[]], (3, 3)), "weight is empty"),
        (lambda: cv.doubly_block_toeplitz([[1]], (3, 3, 3)), r"shape must be \(H, W\), got \(3, 3, 3\)"),
        (lambda: cv.doubly_block_toeplitz([[1]], (0, 3)), "length must be at least 1, got 0"),
        (lambda: cv.doubly_block_toeplitz([[1], [1]], (1, 3), "valid"), "is larger than"),
        (
            lambda: cv.im2col(np.ones((3, 3)), (2, 2)),
            r"x must have shape \(C_in, H, W\), its shape is \(3, 3\)",
        ),
        (lambda: cv.im2col(np.ones((0, 3, 3)), (2, 2)), "x is empty"),
        (
            lambda: cv.im2col(np.ones((1, 3, 3)), (4, 2)),
            r"window of 4 × 2 does not fit into x of shape \(1, 3, 3\)",
        ),
        (lambda: cv.conv2d_winograd(np.ones((5, 5)), np.ones((5, 5))), r"3×3 kernels only.*\(1, 1, 5, 5\)"),
        (lambda: cv.conv2d_winograd(np.ones((5, 5)), np.ones((3, 3)), tile=3), "tile must be 2 or 4, got 3"),
    ],
)
def test_more_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_all_is_sorted_and_complete():
    assert cv.__all__ == sorted(cv.__all__)
    assert all(hasattr(cv, name) for name in cv.__all__)
    assert set(cv.FORMS) == {name for name in cv.__all__ if name.startswith("conv2d_")}
