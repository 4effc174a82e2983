"""Rows 10.2 and 10.3: the backward pass of a transposed convolution, against PyTorch's."""

import numpy as np
import pytest
import torch

from convnets import layers
from convnets import transposed as tr

ROUNDING = {"rtol": 0, "atol": 1e-11}  # sums of a few hundred products of numbers below 10, in float64

# stride, padding, output_padding, groups, dilation
OPTIONS = [
    (1, 0, 0, 1, 1),
    (2, 1, 1, 1, 1),
    ((2, 3), (0, 1), (1, 2), 2, 1),
    ((3, 1), 0, (2, 0), 1, (1, 2)),
    (2, 3, 1, 2, 2),
    (1, 0, 1, 1, 2),  # more output padding than the stride is large
    (3, (2, 0), 0, 4, 1),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_agrees_with_automatic_gradients(options, rng):
    arrays = rng.normal(size=(2, 4, 3, 5)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=3 * options[3])
    tensors = [torch.from_numpy(a).requires_grad_() for a in arrays]
    out = torch.nn.functional.conv_transpose2d(*tensors, *options)
    grad_output = rng.normal(size=out.shape)
    out.backward(torch.from_numpy(grad_output))
    ours = tr.conv_transpose2d_backward(grad_output, *arrays[:2], *options)
    for gradient, tensor in zip(ours, tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), **ROUNDING)


def test_by_hand():
    """Two pixels, stamps of three weights at stride 2: the middle output belongs to both."""
    grad_x, grad_weight, grad_bias = tr.conv_transpose2d_backward(
        [[[[1.0, 2.0, 4.0, 8.0, 16.0]]]], [[[[3.0, 5.0]]]], [[[[1.0, 10.0, 100.0]]]], stride=(1, 2)
    )
    np.testing.assert_allclose(grad_x, [[[[1 + 20 + 400, 4 + 80 + 1600]]]], **ROUNDING)
    np.testing.assert_allclose(grad_weight, [[[[3 + 20, 6 + 40, 12 + 80]]]], **ROUNDING)
    np.testing.assert_allclose(grad_bias, [31], **ROUNDING)


def test_transposing_twice_is_the_convolution(rng):
    x, weight = rng.normal(size=(2, 4, 9, 7)), rng.normal(size=(6, 2, 3, 2))
    options = {"stride": (2, 3), "padding": (1, 0), "groups": 2}
    out = layers.conv2d(x, weight, **options)
    zeros = np.zeros_like(out)
    size = [*map(tr.output_padding_for, out.shape[2:], x.shape[2:], (3, 2), (2, 3), (1, 0))]
    grad_x, _, _ = tr.conv_transpose2d_backward(x, zeros, weight, output_padding=tuple(size), **options)
    np.testing.assert_allclose(grad_x, out, **ROUNDING)


def test_dtype_and_shapes(rng):
    shapes = (1, 2, 6, 6), (1, 3, 3, 3), (3, 2, 2, 2)
    arrays = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
    gradients = tr.conv_transpose2d_backward(*arrays, stride=2)
    assert [gradient.shape for gradient in gradients] == [(1, 3, 3, 3), (3, 2, 2, 2), (2,)]
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((1, 2, 5, 6), {"stride": 2}, r"expects shape \(1, 2, 6, 6\), its shape is \(1, 2, 5, 6\)"),
        ((1, 2, 6, 6), {"stride": 2, "groups": 2}, "groups must divide C_in = 3, got 2"),
        ((1, 2, 6, 6), {"output_padding": 1}, "output_padding must be smaller"),
    ],
)  # fmt: skip
def test_errors(shape, options, message):
    with pytest.raises(ValueError, match=message):
        tr.conv_transpose2d_backward(np.ones(shape), np.ones((1, 3, 3, 3)), np.ones((3, 2, 2, 2)), **options)
