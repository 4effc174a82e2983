"""Row 5.3: fully connected layers, nonlinearities, cross-entropy and batch normalisation, backward."""

import numpy as np
import pytest
import torch

from convnets import backprop as bp
from convnets import layers

ROUNDING = {"rtol": 0, "atol": 1e-12}


def test_linear_by_hand():
    grad_x, grad_weight, grad_bias = bp.linear_backward(
        [[1, -1], [0, 2]], [[1, 2, 3], [4, 5, 6]], np.eye(2, 3)
    )
    np.testing.assert_array_equal(grad_x, [[1, -1, 0], [0, 2, 0]])
    np.testing.assert_array_equal(grad_weight, [[1, 2, 3], [7, 8, 9]])
    np.testing.assert_array_equal(grad_bias, [1, 1])


def test_linear_is_right(rng):
    report = bp.check_gradient(
        layers.linear,
        lambda grad, x, weight, bias: bp.linear_backward(grad, x, weight),
        *(rng.normal(size=shape) for shape in ((3, 5), (4, 5), (4,))),
        rng=rng,
    )
    assert report.passed, report


def test_flatten_puts_everything_back(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(bp.flatten_backward(layers.flatten(x), x.shape), x)


def test_nonlinearities_by_hand():
    np.testing.assert_array_equal(bp.relu_backward([1, 2, 3], [-1.0, 0.0, 5.0]), [0, 0, 3])
    np.testing.assert_allclose(bp.tanh_backward([2, 2], [0, 0.5]), [2, 1.5])


def test_tanh_is_right(rng):
    x = rng.normal(size=(2, 3))
    assert bp.check_gradient(layers.tanh, lambda grad, x: bp.tanh_backward(grad, layers.tanh(x)), x, rng=rng)


def test_cross_entropy_by_hand():
    logits = np.log([[1, 2, 5], [2, 1, 1]])
    np.testing.assert_allclose(bp.softmax(logits), [[1 / 8, 1 / 4, 5 / 8], [1 / 2, 1 / 4, 1 / 4]])
    np.testing.assert_allclose(bp.cross_entropy(logits, [2, 0]), (np.log(8 / 5) + np.log(2)) / 2)
    np.testing.assert_allclose(
        bp.cross_entropy_backward(logits, [2, 0]), [[1 / 16, 1 / 8, -3 / 16], [-1 / 4, 1 / 8, 1 / 8]]
    )
    assert bp.cross_entropy(np.zeros((4, 10)), [0, 3, 9, 9]) == pytest.approx(np.log(10))


def test_cross_entropy_agrees_with_torch_and_overflows_nowhere(rng):
    logits, labels = 10 * rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    logits[0] = [1000, -1000, 0, 999]
    taped = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(taped, torch.tensor(labels))
    loss.backward()
    np.testing.assert_allclose(bp.cross_entropy(logits, labels), loss.item(), rtol=1e-14)
    np.testing.assert_allclose(bp.cross_entropy_backward(logits, labels), taped.grad.numpy(), **ROUNDING)
    np.testing.assert_allclose(bp.cross_entropy_backward(logits, labels).sum(axis=1), np.zeros(6), **ROUNDING)


def batch(rng, shape=(4, 3, 5, 2)):
    C = shape[1]
    statistics = rng.normal(size=C), rng.uniform(0.5, 2, C)
    return rng.normal(2, 3, shape), rng.normal(size=C), rng.normal(size=C), *statistics


def test_batch_norm_by_hand():
    x = np.array([[[[1.0, 3.0]]], [[[5.0, 7.0]]]])  # mean 4, variance 5, unbiased 20 / 3
    running_mean, running_var = np.zeros(1), np.ones(1)
    out = bp.batch_norm2d(x, [2], [1], running_mean, running_var, True, eps=0)
    np.testing.assert_allclose(out.ravel(), 1 + 2 * np.array([-3, -1, 1, 3]) / np.sqrt(5))
    np.testing.assert_allclose((running_mean, running_var), [[0.4], [0.9 + 20 / 30]])
    used = bp.batch_norm2d(x, [2], [1], np.array([1.0]), np.array([4.0]), False, eps=0)
    np.testing.assert_array_equal(used.ravel(), [1, 3, 5, 7])


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_agrees_with_torch(training, rng):
    x, weight, bias, running_mean, running_var = batch(rng)
    grad_output = rng.normal(size=x.shape)
    taped = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    theirs = torch.tensor(running_mean), torch.tensor(running_var)
    expected = torch.nn.functional.batch_norm(taped[0], *theirs, *taped[1:], training, 0.2, 1e-3)
    expected.backward(torch.tensor(grad_output))
    gradients = bp.batch_norm2d_backward(
        grad_output, x, weight, running_mean, running_var, training, eps=1e-3
    )
    out = bp.batch_norm2d(x, weight, bias, running_mean, running_var, training, 0.2, 1e-3)
    np.testing.assert_allclose(out, expected.detach().numpy(), **ROUNDING)
    for ours, values in zip((running_mean, running_var), theirs, strict=True):
        np.testing.assert_allclose(ours, values.numpy(), **ROUNDING)
    for ours, values in zip(gradients, taped, strict=True):
        np.testing.assert_allclose(ours, values.grad.numpy(), rtol=0, atol=1e-11)


def test_batch_norm_in_use_answers_each_image_alone(rng):
    x, *others = batch(rng)
    together = bp.batch_norm2d(x, *others, False)
    np.testing.assert_array_equal(bp.batch_norm2d(x[:1], *others, False), together[:1])


def test_batch_norm_sends_nothing_back_along_what_it_removes(rng):
    x, weight, *_ = batch(rng)
    grad_x, _, _ = bp.batch_norm2d_backward(rng.normal(size=x.shape), x, weight, eps=0)
    np.testing.assert_allclose(grad_x.sum(axis=(0, 2, 3)), np.zeros(3), rtol=0, atol=1e-11)
    np.testing.assert_allclose((grad_x * x).sum(axis=(0, 2, 3)), np.zeros(3), rtol=0, atol=1e-10)


def test_dtypes(rng):
    x, weight, bias, mean, var = (values.astype(np.float32) for values in batch(rng))
    for training in (True, False):
        assert bp.batch_norm2d(x, weight, bias, mean, var, training).dtype == np.float32
        gradients = bp.batch_norm2d_backward(x, x, weight, mean, var, training)
        assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}
    logits, labels = x[:, :, 0, 0], np.array([0, 1, 2, 0])
    assert bp.cross_entropy(logits, labels).dtype == np.float32
    assert bp.cross_entropy_backward(logits, labels).dtype == np.float32
    assert bp.relu_backward(x, x).dtype == bp.tanh_backward(x, x).dtype == np.float32
    assert {
        gradient.dtype for gradient in bp.linear_backward(logits, logits, np.eye(3, dtype=np.float32))
    } == {np.dtype(np.float32)}


def test_no_images():
    nothing = np.ones((0, 3))
    assert [gradient.shape for gradient in bp.linear_backward(nothing, nothing, np.eye(3))] == [
        (0, 3),
        (3, 3),
        (3,),
    ]
    assert bp.relu_backward(nothing, nothing).shape == bp.tanh_backward(nothing, nothing).shape == (0, 3)
    assert bp.flatten_backward(np.ones((0, 12)), (0, 3, 2, 2)).shape == (0, 3, 2, 2)
    for loss in (bp.cross_entropy, bp.cross_entropy_backward):
        with pytest.raises(ValueError, match=r"logits are empty, \(0, 3\)"):
            loss(nothing, np.ones(0, int))


X = np.ones((2, 3, 1, 1))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: bp.linear_backward(X, np.ones((2, 3)), np.ones((4, 2))), ValueError, r"weight \(4, 2\)"),
        (lambda: bp.linear_backward(X, np.ones((2, 3)), np.ones((4, 3))), ValueError, r"output, \(2, 4\)"),
        (lambda: bp.flatten_backward(X, (2, 3, 2, 2)), ValueError, r"output, \(2, 12\)"),
        (lambda: bp.relu_backward([1], [1, 2]), ValueError, r"output, \(2,\), it has \(1,\)"),
        (lambda: bp.tanh_backward([1], [True]), TypeError, "its dtype is bool"),
        (lambda: bp.softmax([1, 2]), ValueError, r"logits must have shape \(N, num_classes\)"),
        (lambda: bp.cross_entropy(np.ones((2, 3)), [0]), ValueError, r"labels must have shape \(2,\)"),
        (lambda: bp.cross_entropy(np.ones((2, 3)), [0, 3]), ValueError, "from 0 to 2, they go from 0 to 3"),
        (lambda: bp.cross_entropy(np.ones((2, 3)), [0, -1]), ValueError, "they go from -1 to 0"),
        (lambda: bp.cross_entropy_backward(np.ones((1, 3)), [0.5]), TypeError, "their dtype is float64"),
        (
            lambda: bp.batch_norm2d(X[:1], np.ones(3), np.ones(3), np.ones(3), np.ones(3), True),
            ValueError,
            r"fewer than two values per channel have no variance: x has shape \(1, 3, 1, 1\)",
        ),
        (
            lambda: bp.batch_norm2d(X, np.ones(3), np.ones(3), np.ones(2), np.ones(3), True),
            ValueError,
            r"running_mean must have shape \(3,\), it has \(2,\)",
        ),
        (lambda: bp.batch_norm2d_backward(X, X, np.ones(2)), ValueError, r"weight \(2,\)"),
        (lambda: bp.batch_norm2d_backward(X[:1], X, np.ones(3)), ValueError, r"it has \(1, 3, 1, 1\)"),
        (
            lambda: bp.batch_norm2d_backward(X, X, np.ones(3), training=False),
            ValueError,
            "running_mean and running_var are needed",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_all_is_sorted_and_complete():
    assert sorted(bp.__all__) == sorted(set(bp.__all__))
    assert all(hasattr(bp, name) for name in bp.__all__)
