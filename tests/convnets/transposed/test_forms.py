"""Rows 10.1–10.3: every form of transposed convolution against lecture, PyTorch and algebra."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets import backprop, layers
from convnets import transposed as tr

FORMS = tr.FORMS
ROUNDING = {
    "rtol": 0,
    "atol": 1e-11,
}  # sums of some hundred products of numbers below 10, in float64
STRIDES = (1, 2, 3, (2, 1), (1, 3))
PADDINGS = (0, 1, (0, 2), 3)
KERNELS = ((1, 1), (3, 2), (4, 4))
CHANNELS = ((3, 2, 1), (4, 3, 2), (6, 1, 3), (2, 2, 2))  # C_in, C_out / groups, groups


def torch_form(x, weight, bias, *options):
    tensors = (None if a is None else torch.from_numpy(a) for a in (x, weight, bias))
    return torch.nn.functional.conv_transpose2d(*tensors, *options).numpy()


def cases():
    """A grid in which every stride meets every padding, dilation and kernel, and the channels take turns."""
    grid = product(STRIDES, PADDINGS, (1, 2, (1, 2)), KERNELS)
    for number, (stride, padding, dilation, kernel) in enumerate(grid):
        room = [max(np.broadcast_to(v, 2)[axis] for v in (stride, dilation)) for axis in (0, 1)]
        output_padding = tuple(int(number // (axis + 1)) % int(room[axis]) for axis in (0, 1))
        yield stride, padding, output_padding, dilation, kernel, CHANNELS[number % len(CHANNELS)]


CASES = list(cases())


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("stride", STRIDES, ids=str)
def test_grid_agrees_with_torch(name, stride, rng):
    seen = 0
    for step, padding, output_padding, dilation, kernel, (C_in, C_group, groups) in CASES:
        if step != stride:
            continue
        x, weight = rng.normal(size=(2, C_in, 3, 5)), rng.normal(size=(C_in, C_group, *kernel))
        bias = rng.normal(size=C_group * groups)
        options = (stride, padding, output_padding, groups, dilation)
        try:
            expected = torch_form(x, weight, bias, *options)
        except RuntimeError:  # the padding leaves nothing
            with pytest.raises(ValueError, match="cuts everything off"):
                FORMS[name](x, weight, bias, *options)
            continue
        seen += 1
        np.testing.assert_allclose(
            FORMS[name](x, weight, bias, *options), expected, **ROUNDING, err_msg=str(options)
        )
    assert seen >= 24


def test_the_grid_holds_what_mistakes_hide_in():
    assert any(max(op) > 0 and max(np.broadcast_to(p, 2)) > 0 for _, p, op, *_ in CASES)
    beyond = [c for c in CASES if np.any(np.broadcast_to(c[1], 2) > np.multiply(c[3], np.subtract(c[4], 1)))]
    assert len(beyond) > 20, "padding beyond the extent of the kernel less one: the map is cut, not padded"
    assert any(np.any(np.greater_equal(op, s)) for s, _, op, *_ in CASES), "a whole stride of it"


@pytest.mark.parametrize("name", FORMS)
def test_worked_example_of_the_lecture(name):
    """3×3 → 7×7 with zeros → 5×5; every number by hand."""
    x = np.array([[[[1, 2, 0], [0, 1, 0], [3, 0, 1]]]])
    weight = np.arange(1, 10).reshape(1, 1, 3, 3)
    expected = [
        [5, 14, 10, 12, 0],
        [8, 24, 18, 21, 0],
        [0, 4, 5, 6, 0],
        [6, 16, 8, 10, 2],
        [15, 18, 0, 4, 5],
    ]
    np.testing.assert_allclose(FORMS[name](x, weight, None, 2, 1)[0, 0], expected, **ROUNDING)


@pytest.mark.parametrize("name", FORMS)
def test_stamps_overlap_by_hand(name):
    out = FORMS[name]([[[[1.0, 2.0]]]], [[[[1.0, 10.0, 100.0]]]], stride=(1, 2))
    np.testing.assert_allclose(out, [[[[1, 10, 102, 20, 200]]]], **ROUNDING)
    out = FORMS[name]([[[[1.0, 2.0]]]], [[[[1.0, 10.0, 100.0]]]], [0.5], (1, 2), (0, 1), (0, 1))
    np.testing.assert_allclose(out, [[[[10.5, 102.5, 20.5, 200.5]]]], **ROUNDING)


@pytest.mark.parametrize("name", FORMS)
def test_impulse_leaves_the_kernel_unflipped(name, rng):
    weight, x = rng.normal(size=(2, 3, 2, 4)), np.zeros((1, 2, 3, 2))
    x[0, 1, 2, 1] = 1
    out = FORMS[name](x, weight, stride=(3, 2))
    np.testing.assert_allclose(out[0, :, 6:8, 2:6], weight[1], **ROUNDING)
    assert np.count_nonzero(np.abs(out) > 1e-11) == weight[1].size


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_adjoint_of_the_convolution(data):
    """⟨Cx, y⟩ = ⟨x, Cᵀy⟩ for the convolution with the same weight, stride, padding, dilation and groups."""
    draw = data.draw
    s, p, d = (draw(st.tuples(st.integers(low, 3), st.integers(low, 3))) for low in (1, 0, 1))
    kernel, groups = draw(st.tuples(st.integers(1, 3), st.integers(1, 3))), draw(st.integers(1, 2))
    extents = (step * (k - 1) + 1 - 2 * more for step, k, more in zip(d, kernel, p, strict=True))
    size = [draw(st.integers(max(1, extent), 9)) for extent in extents]
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x, weight = rng.normal(size=(2, 2 * groups, *size)), rng.normal(size=(3 * groups, 2, *kernel))
    forth = layers.conv2d(x, weight, None, s, p, d, groups)
    y = rng.normal(size=forth.shape)
    sides = zip(y.shape[2:], size, kernel, s, p, d, strict=True)
    output_padding = tuple(tr.output_padding_for(*side) for side in sides)
    for form in FORMS.values():
        back = form(y, weight, None, s, p, output_padding, groups, d)
        np.testing.assert_allclose(np.vdot(forth, y), np.vdot(x, back), rtol=1e-9, atol=1e-9)


def test_it_is_the_input_gradient_of_backpropagation(rng):
    weight, grad_output = rng.normal(size=(4, 3, 3, 2)), rng.normal(size=(2, 4, 4, 5))
    for height, output_padding in ((8, (1, 0)), (7, (0, 0))):
        expected = backprop.conv2d_input((2, 3, height, 10), weight, grad_output, 2, (1, 0))
        for form in FORMS.values():
            out = form(grad_output, weight, None, 2, (1, 0), output_padding)
            np.testing.assert_allclose(out, expected, **ROUNDING)


def test_matrix_is_the_transposed_one_of_the_lecture():
    weight = np.arange(1, 10).reshape(1, 1, 3, 3)
    M = layers.convolution_matrix(weight, (4, 4))
    assert M.shape == (4, 16)
    s = np.array([1, -2, 3, 5])
    np.testing.assert_array_equal(M.T @ s, tr.conv_transpose2d_scatter(s.reshape(1, 1, 2, 2), weight).ravel())


@pytest.mark.parametrize("name", FORMS)
def test_dtypes_and_the_empty_batch(name):
    for dtype in (np.float32, np.float64):
        x, weight = np.ones((2, 1, 3, 3), dtype), np.ones((1, 2, 2, 2), dtype)
        assert FORMS[name](x, weight, np.ones(2, dtype), 2).dtype == dtype
        assert FORMS[name](x[:0], weight, None, 2).shape == (0, 2, 6, 6)
    mixed = FORMS[name](np.ones((1, 1, 3, 3), np.float32), np.ones((1, 2, 2, 2)))
    assert mixed.dtype == np.float64


@pytest.mark.parametrize("name", FORMS)
def test_arguments_are_left_as_they_were(name, rng):
    arrays = rng.normal(size=(1, 2, 3, 4)), rng.normal(size=(2, 2, 3, 3)), rng.normal(size=2)
    before = [a.copy() for a in arrays]
    FORMS[name](*arrays, 2, 1, 1)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": np.ones((2, 3, 3))}, ValueError, r"x must have shape \(N, C_in, H, W\).*\(2, 3, 3\)"),
        ({"weight": np.ones((3, 3))}, ValueError, r"weight must have shape \(C_in, C_out / groups"),
        ({"x": np.ones((1, 3, 3, 3))}, ValueError, "weight expects C_in = 2, x has 3 channels"),
        ({"x": np.ones((1, 2, 0, 3))}, ValueError, r"only N may be 0, got x \(1, 2, 0, 3\)"),
        ({"groups": 3}, ValueError, "groups must divide C_in = 2, got 3"),
        ({"groups": 1.0}, TypeError, "groups must be an integer, got 1.0"),
        ({"bias": np.ones(2)}, ValueError, r"bias must have shape \(3,\), it has \(2,\)"),
        ({"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        ({"padding": -1}, ValueError, "padding must be at least 0"),
        ({"padding": 4}, ValueError, "padding 4 cuts everything off"),
        ({"output_padding": 1}, ValueError, "output_padding must be smaller than stride or dilation, got 1"),
        ({"dilation": (1, 1.5)}, TypeError, "dilation must hold integers"),
        ({"x": np.ones((1, 2, 3, 3), bool)}, TypeError, "its dtype is bool"),
        ({"weight": np.ones((2, 3, 2, 2), complex)}, TypeError, "its dtype is complex128"),
    ],
)  # fmt: skip
def test_errors(name, change, error, message):
    arguments = {"x": np.ones((1, 2, 3, 3)), "weight": np.ones((2, 3, 2, 2)), **change}
    with pytest.raises(error, match=message):
        FORMS[name](**arguments)


def test_insert_zeros():
    np.testing.assert_array_equal(
        tr.insert_zeros([[1, 2, 3], [4, 5, 6]], (3, 2)),
        [[1, 0, 2, 0, 3], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [4, 0, 5, 0, 6]],
    )
    assert tr.insert_zeros(np.ones((2, 3, 1, 1), np.float32), 9).shape == (2, 3, 1, 1)
    with pytest.raises(ValueError, match=r"at least one pixel, its shape is \(0, 2\)"):
        tr.insert_zeros(np.ones((0, 2)), 2)
    with pytest.raises(ValueError, match="stride must be at least 1"):
        tr.insert_zeros(np.ones((2, 2)), 0)


def test_all_is_sorted_and_complete():
    assert tr.__all__ == sorted(tr.__all__)
    assert all(hasattr(tr, name) for name in tr.__all__)
    forms = {name for name in tr.__all__ if name.startswith("conv_transpose2d")}
    assert set(FORMS) == forms - {"conv_transpose2d_backward"}
