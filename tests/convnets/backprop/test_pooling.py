"""Row 5.3: gradients of padding and pooling against numbers by hand, PyTorch, slopes and the adjoint test."""

import numpy as np
import pytest
import torch

from convnets import backprop as bp
from convnets import layers

ROUNDING = {"rtol": 0, "atol": 1e-12}

MAX_GRID = {
    "plain": (2,),
    "pixels left over": ((3, 2), (3, 4)),
    "overlapping": (3, 2),
    "overlapping, padded": ((3, 4), (2, 1), (1, 2)),
    "ceil": (2, 3, 0, 1, True),
    "ceil, overlapping, padded": (3, 2, 1, 1, True),
    "dilated": ((2, 3), (1, 2), 0, (2, 1)),
    "dilated, padded, ceil": (3, 2, 1, 2, True),
}
AVERAGE_GRID = {
    "plain": (2,),
    "pixels left over": ((3, 2), (3, 4)),
    "overlapping": ((3, 2), 1),
    "padded": (3, 2, 1),
    "padded, not counted": (3, 2, 1, False, False),
    "ceil": (2, 3, 0, True),
    "ceil, padded": ((4, 3), (3, 2), (2, 1), True),
    "ceil, padded, not counted": (3, 2, 1, True, False),
}


@pytest.mark.parametrize("name", MAX_GRID)
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
def test_max_pool_agrees_with_torch(name, ties, rng):
    x = rng.integers(0, 3, (2, 3, 7, 9)).astype(float) if ties else rng.normal(size=(2, 3, 7, 9))
    taped = torch.tensor(x, requires_grad=True)
    kernel_size, *options = MAX_GRID[name]
    out = torch.nn.functional.max_pool2d(taped, kernel_size, *options)
    grad_output = rng.normal(size=out.shape)
    out.backward(torch.tensor(grad_output))
    ours = bp.max_pool2d_backward(grad_output, x, kernel_size, *options)
    np.testing.assert_allclose(ours, taped.grad.numpy(), **ROUNDING)


def test_max_pool_by_hand():
    x = np.array([[[[1, 5, 5], [2, 5, 0], [7, 0, 0]]]])
    ours = bp.max_pool2d_backward([[[[1, 10], [100, 1000]]]], x, 2, 1)
    # the 5 in the first row wins two windows; below, 7 and the lower 5 win one each
    np.testing.assert_array_equal(ours, [[[[0, 11, 0], [0, 1000, 0], [100, 0, 0]]]])


def test_max_pool_ignores_windows_with_nan():
    x = np.array([[[[np.nan, 1, 2, 3]]]])
    np.testing.assert_array_equal(bp.max_pool2d_backward([[[[5, 6]]]], x, (1, 2)), [[[[0, 0, 0, 6]]]])


@pytest.mark.parametrize("name", AVERAGE_GRID)
def test_average_pool_agrees_with_torch(name, rng):
    taped = torch.tensor(rng.normal(size=(2, 3, 7, 9)), requires_grad=True)
    kernel_size, *options = AVERAGE_GRID[name]
    stride = options.pop(0) if options else None
    out = torch.nn.functional.avg_pool2d(taped, kernel_size, stride, *options)
    grad_output = rng.normal(size=out.shape)
    out.backward(torch.tensor(grad_output))
    ours = bp.avg_pool2d_backward(grad_output, taped.shape, *AVERAGE_GRID[name])
    np.testing.assert_allclose(ours, taped.grad.numpy(), **ROUNDING)


def test_average_pool_by_hand():
    ours = bp.avg_pool2d_backward([[[[4, 8]]]], (1, 1, 1, 4), (1, 2))
    np.testing.assert_array_equal(ours, [[[[2, 2, 4, 4]]]])
    overlapping = bp.avg_pool2d_backward([[[[4, 8, 2]]]], (1, 1, 1, 4), (1, 2), 1)
    np.testing.assert_array_equal(overlapping, [[[[2, 6, 5, 1]]]])


@pytest.mark.parametrize("name", AVERAGE_GRID)
def test_average_pool_is_an_adjoint_pair(name, rng):
    options, shape = AVERAGE_GRID[name], (2, 3, 7, 9)
    gap = bp.adjoint_gap(
        lambda x: layers.avg_pool2d(x, *options),
        lambda y: bp.avg_pool2d_backward(y, shape, *options),
        shape,
        rng,
    )
    assert gap < 1e-14


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, (3, 2)], ids=str)
def test_blur_pool_is_an_adjoint_pair(mode, kernel_size, stride, rng):
    shape = (2, 3, 7, 6)
    options = kernel_size, stride, mode
    gap = bp.adjoint_gap(
        lambda x: layers.blur_pool2d(x, *options),
        lambda y: bp.blur_pool2d_backward(y, shape, *options),
        shape,
        rng,
    )
    assert gap < 1e-14


def test_blur_pool_by_hand():
    ours = bp.blur_pool2d_backward([[[[16.0]]]], (1, 1, 3, 3), 3, 3, "zeros")
    np.testing.assert_array_equal(ours, [[[[4, 2, 0], [2, 1, 0], [0, 0, 0]]]])


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [0, 1, (2, 0), ((1, 3), (0, 2))], ids=str)
def test_padding_is_an_adjoint_pair(mode, padding, rng):
    shape = (2, 3, 5, 4)
    gap = bp.adjoint_gap(
        lambda x: layers.pad(x, padding, mode), lambda y: bp.pad_backward(y, padding, mode), shape, rng
    )
    assert gap < 1e-14


def test_padding_by_hand():
    margins = ((0, 0), (2, 1))
    row = np.array([[1, 2, 4, 8, 16, 32]])  # 1, 2 and 32 stand in the margins
    for mode, expected in {
        "zeros": [4, 8, 16],
        "reflect": [4, 8 + 2 + 32, 16 + 1],
        "replicate": [4 + 2 + 1, 8, 16 + 32],
        "circular": [4 + 32, 8 + 1, 16 + 2],
    }.items():
        np.testing.assert_array_equal(bp.pad_backward(row, margins, mode), [expected], err_msg=mode)


@pytest.mark.parametrize("settings", [(2,), (3, 2), ((2, 3), (1, 2))], ids=str)
def test_subsampling(settings, rng):
    x, weight, bias = rng.normal(size=(3, 2, 7, 8)), rng.normal(size=2), rng.normal(size=2)
    report = bp.check_gradient(
        lambda x, weight, bias: layers.subsample2d(x, weight, bias, *settings),
        lambda grad, x, weight, bias: bp.subsample2d_backward(grad, x, weight, *settings),
        *(x, weight, bias),
        rng=rng,
    )
    assert report.passed, report


def test_subsampling_by_hand():
    x = np.arange(8).reshape(1, 1, 2, 4)
    grad_x, grad_weight, grad_bias = bp.subsample2d_backward([[[[1, 10]]]], x, [3])
    np.testing.assert_array_equal(grad_x, [[[[3, 3, 30, 30], [3, 3, 30, 30]]]])
    np.testing.assert_array_equal(grad_weight, [0 + 1 + 4 + 5 + 10 * (2 + 3 + 6 + 7)])
    np.testing.assert_array_equal(grad_bias, [11])


POOLS = {
    "max": lambda grad, x: bp.max_pool2d_backward(grad, x, 3, 2, 1),
    "average": lambda grad, x: bp.avg_pool2d_backward(grad, x.shape, 3, 2, 1),
    "blur": lambda grad, x: bp.blur_pool2d_backward(grad, x.shape),
    "subsample": lambda grad, x: bp.subsample2d_backward(grad, x, np.ones(3, x.dtype), 3, (2, 3))[0],
}


@pytest.mark.parametrize("name", POOLS)
def test_dtypes_empty_batches_and_wrong_shapes(name):
    x = np.ones((2, 3, 7, 9), np.float32)
    shape = (2, 3, 3, 3) if name == "subsample" else (2, 3, 4, 5)
    assert POOLS[name](np.ones(shape, np.float32), x).dtype == np.float32
    assert POOLS[name](np.ones((0, *shape[1:])), x[:0]).shape == (0, 3, 7, 9)
    with pytest.raises(ValueError, match=r"the shape of the output, .* it has \(2, 3, 1, 1\)"):
        POOLS[name](np.ones((2, 3, 1, 1)), x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bp.max_pool2d_backward(1, np.ones((3, 3)), 2), r"shape \(N, C, H, W\)"),
        (lambda: bp.max_pool2d_backward(1, np.ones((1, 1, 3, 3)), 2, padding=2), "at most half"),
        (lambda: bp.avg_pool2d_backward(1, (1, 1, 3, 3), 4), "no window fits"),
        (lambda: bp.subsample2d_backward(1, np.ones((1, 2, 3, 3)), [1]), r"shape \(2,\), it has \(1,\)"),
        (lambda: bp.pad_backward(np.ones((2, 4)), 1), "holds no image inside margins"),
        (lambda: bp.pad_backward(np.ones(4), 1), "holds no image inside margins"),
        (lambda: bp.pad_backward(np.ones((4, 4)), 1, "wrap"), "got 'wrap'"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
