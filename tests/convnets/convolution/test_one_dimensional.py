"""Rows 2.1 to 2.4: one-dimensional convolution three ways, and its algebra."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from convnets.convolution import (
    conv1d_flip_and_filter,
    conv1d_toeplitz,
    conv1d_translate_and_scale,
    cross_correlate1d,
    toeplitz_matrix,
)

FORMS = (conv1d_translate_and_scale, conv1d_flip_and_filter, conv1d_toeplitz)
MODES = ("full", "same", "valid")
each_form = pytest.mark.parametrize("convolve", FORMS, ids=lambda form: form.__name__)

small_integers = st.integers(-50, 50)


def signals(max_size=12):
    return arrays(np.int64, st.integers(1, max_size), elements=small_integers)


@each_form
def test_lecture_example(convolve):
    np.testing.assert_array_equal(convolve([2, -1, 1], [1, 1, 2]), [2, 1, 4, -1, 2])
    np.testing.assert_array_equal(convolve([2, -1, 1], [1, 1, 2], "same"), [1, 4, -1])
    np.testing.assert_array_equal(convolve([2, -1, 1], [1, 1, 2], "valid"), [4])


def test_lecture_matrix():
    expected = [[1, 0, 0], [1, 1, 0], [2, 1, 1], [0, 2, 1], [0, 0, 2]]
    np.testing.assert_array_equal(toeplitz_matrix([1, 1, 2], 3), expected)
    np.testing.assert_array_equal(toeplitz_matrix([1, 1, 2], 3, "same"), expected[1:4])
    np.testing.assert_array_equal(toeplitz_matrix([1, 1, 2], 3, "valid"), expected[2:3])


@each_form
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "sizes", [(1, 1), (7, 3), (7, 4), (8, 3), (8, 2), (3, 3), (3, 7), (2, 7), (3, 6), (1, 4)]
)
def test_agrees_with_scipy(convolve, mode, sizes, rng):
    a, b = (rng.integers(-9, 10, n) for n in sizes)
    if mode == "valid" and sizes[1] > sizes[0]:
        with pytest.raises(ValueError, match=r"fits inside .* kernel \(\d,\) is larger than \(\d,\)"):
            convolve(a, b, mode)
        return
    np.testing.assert_array_equal(convolve(a, b, mode), scipy.signal.convolve(a, b, mode, method="direct"))
    np.testing.assert_array_equal(
        cross_correlate1d(a, b, mode), scipy.signal.correlate(a, b, mode, method="direct")
    )


@given(signals(), signals())
def test_commutativity(a, b):
    for convolve in FORMS:
        np.testing.assert_array_equal(convolve(a, b), convolve(b, a))


@given(st.data(), signals(), st.integers(1, 9), small_integers, small_integers)
def test_linearity(data, a, size, factor_b, factor_c):
    b, c = (data.draw(arrays(np.int64, size, elements=small_integers)) for _ in range(2))
    for convolve in FORMS:
        combined = convolve(a, factor_b * b + factor_c * c)
        np.testing.assert_array_equal(combined, factor_b * convolve(a, b) + factor_c * convolve(a, c))


@given(signals(), signals(), signals())
def test_associativity(a, b, c):
    for convolve in FORMS:
        np.testing.assert_array_equal(convolve(convolve(a, b), c), convolve(a, convolve(b, c)))


@given(signals(), st.integers(0, 4))
def test_convolving_with_a_late_impulse_delays(a, delay):
    impulse = np.eye(1, 5, delay, dtype=int)[0]
    for convolve in FORMS:
        expected = np.concatenate([np.zeros(delay, int), a, np.zeros(4 - delay, int)])
        np.testing.assert_array_equal(convolve(a, impulse), expected)


def test_impulse_tells_convolution_from_correlation():
    impulse = [0, 0, 1, 0, 0]
    for convolve in FORMS:
        np.testing.assert_array_equal(convolve(impulse, [1, 2, 4], "valid"), [1, 2, 4])
    np.testing.assert_array_equal(cross_correlate1d(impulse, [1, 2, 4]), [4, 2, 1])


def test_correlation_does_not_commute():
    forth, back = (
        cross_correlate1d([2, -1, 1], [1, 1, 2], "full"),
        cross_correlate1d([1, 1, 2], [2, -1, 1], "full"),
    )
    assert not np.array_equal(forth, back)
    np.testing.assert_array_equal(forth, back[::-1])


@given(signals(), signals(6))
def test_transposed_matrix_correlates(a, b):
    y = np.arange(len(a) + len(b) - 1)
    matrix = toeplitz_matrix(b, len(a))
    np.testing.assert_array_equal(matrix.T @ y, cross_correlate1d(y, b, "valid"))
    assert y @ (matrix @ a) == (matrix.T @ y) @ a


def test_matrix_is_constant_along_diagonals(rng):
    matrix = toeplitz_matrix(rng.normal(size=4), 6)
    np.testing.assert_array_equal(matrix[1:, 1:], matrix[:-1, :-1])


@each_form
def test_dtypes(convolve):
    assert convolve(np.ones(3, np.float32), np.ones(2, np.float32)).dtype == np.float32
    assert convolve(np.ones(3, np.uint8), np.ones(2, np.int16)).dtype == np.int16
    assert convolve(np.ones(3, np.int32), np.ones(2, np.float64)).dtype == np.float64
    huge = 2**53 + 1  # no float64 holds this number
    np.testing.assert_array_equal(convolve([huge, 0], [1, 1]), [huge, huge, 0])


@each_form
def test_arguments_are_left_as_they_were(convolve):
    a, b = np.array([3, 1, 2]), np.array([1, -1])
    for mode in MODES:
        convolve(a, b, mode)
    assert (a.tolist(), b.tolist()) == ([3, 1, 2], [1, -1])


@pytest.mark.parametrize("convolve", [*FORMS, cross_correlate1d], ids=lambda form: form.__name__)
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([], [1]), ValueError, r"is empty: its shape is \(0,\)"),
        (([1], []), ValueError, r"is empty: its shape is \(0,\)"),
        (([[1, 2]], [1]), ValueError, r"must be one-dimensional, its shape is \(1, 2\)"),
        (([1, 2], 3), ValueError, r"must be one-dimensional, its shape is \(\)"),
        (([1, 2], [1], "vaild"), ValueError, "mode must be one of 'full', 'same', 'valid', got 'vaild'"),
        (([1], [1, 2], "valid"), ValueError, r"kernel \(2,\) is larger than \(1,\)"),
        ((["a"], [1]), TypeError, "integers or real floats, its dtype is <U1"),
        (([True], [1]), TypeError, "its dtype is bool"),
        (([1], [1j]), TypeError, "its dtype is complex128"),
    ],
)
def test_errors(convolve, arguments, error, message):
    with pytest.raises(error, match=message):
        convolve(*arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([], 3), ValueError, "b is empty"),
        (([[1]], 3), ValueError, r"b must be one-dimensional, its shape is \(1, 1\)"),
        (([1], 0), ValueError, "length must be at least 1, got 0"),
        (([1], 2.0), TypeError, r"length must be an integer, got 2\.0"),
        (([1, 2, 3], 2, "valid"), ValueError, r"kernel \(3,\) is larger than \(2,\)"),
        (([1], 2, "some"), ValueError, "mode must be one of"),
    ],
)
def test_matrix_errors(arguments, error, message):
    with pytest.raises(error, match=message):
        toeplitz_matrix(*arguments)
