"""Row 5.4: the gradient checker passes what is right, catches what is often wrong, and knows its traps."""

import numpy as np
import pytest

from convnets import backprop as bp
from convnets import layers

X, WEIGHT, BIAS = (3, 2, 6, 7), (4, 2, 3, 2), (4,)


def conv2d(x, weight, bias, stride=1, padding=0):
    return layers.conv2d(x, weight, bias, stride, padding)


def flipped_weight_gradient(grad, x, weight, bias, **options):
    grad_x, grad_weight, grad_bias = bp.conv2d_backward(grad, x, weight, **options)
    return grad_x, grad_weight[:, :, ::-1, ::-1], grad_bias


def unflipped_input_gradient(grad, x, weight, bias, **options):
    turned = weight[:, :, ::-1, ::-1]
    return bp.conv2d_input(x.shape, turned, grad, **options), *bp.conv2d_backward(grad, x, weight, **options)[
        1:
    ]


def stride_ignored(grad, x, weight, bias, stride, padding=0):
    H_out, W_out = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    spread = np.zeros((*grad.shape[:2], H_out, W_out))
    spread[:, :, : grad.shape[2], : grad.shape[3]] = grad  # as if windows had been next to one another
    return bp.conv2d_backward(spread, x, weight)


def cropped_by_minus_zero(grad, x, weight, bias, padding):
    padded = layers.pad(x, padding)
    grad_padded, *others = bp.conv2d_backward(grad, padded, weight)
    return grad_padded[:, :, padding:-padding, padding:-padding], *others


def bias_gradient_of_one_image(grad, x, weight, bias, **options):
    return *bp.conv2d_backward(grad, x, weight, **options)[:2], grad[0].sum(axis=(1, 2))


def bias_gradient_not_summed(grad, x, weight, bias, **options):
    return *bp.conv2d_backward(grad, x, weight, **options)[:2], grad.sum(axis=(2, 3))


def weight_gradient_averaged(grad, x, weight, bias, **options):
    grad_x, grad_weight, grad_bias = bp.conv2d_backward(grad, x, weight, **options)
    return grad_x, grad_weight / len(x), grad_bias


@pytest.mark.parametrize(
    "options", [{}, {"stride": 2}, {"padding": 1}, {"stride": (1, 3), "padding": 2}], ids=str
)
def test_a_right_convolution_passes(options, rng):
    arrays = [rng.normal(size=shape) for shape in (X, WEIGHT, BIAS)]
    report = bp.check_gradient(
        lambda x, weight, bias: conv2d(x, weight, bias, **options),
        lambda grad, x, weight, bias: bp.conv2d_backward(grad, x, weight, **options),
        *arrays,
        rng=rng,
    )
    assert report.passed, report
    assert report.worst.error < 1e-7
    assert [check.name for check in report.arguments] == ["x", "weight", "bias"]


@pytest.mark.parametrize(
    ("planted", "options", "blamed"),
    [
        (flipped_weight_gradient, {}, "weight"),
        (unflipped_input_gradient, {"padding": 1}, "x"),
        (stride_ignored, {"stride": 2}, "x"),
        (bias_gradient_of_one_image, {"padding": 1}, "bias"),
        (weight_gradient_averaged, {"stride": 2}, "weight"),
    ],
)
def test_planted_bugs_of_convolution_are_caught(planted, options, blamed, rng):
    arrays = [rng.normal(size=shape) for shape in (X, WEIGHT, BIAS)]
    report = bp.check_gradient(
        lambda x, weight, bias: conv2d(x, weight, bias, **options),
        lambda grad, x, weight, bias: planted(grad, x, weight, bias, **options),
        *arrays,
        rng=rng,
    )
    assert not report
    errors = {check.name: check.error for check in report.arguments}
    assert errors[blamed] > 1e-2
    assert f"DISAGREES, worst for {report.worst.name}" in str(report)


@pytest.mark.parametrize(
    ("planted", "options", "message"),
    [
        (cropped_by_minus_zero, {"padding": 0}, r"gradient of x must have its shape .* has \(3, 2, 0, 0\)"),
        (bias_gradient_not_summed, {}, r"gradient of bias must have its shape \(4,\), it has \(3, 4\)"),
    ],
)
def test_gradients_of_another_shape_are_refused(planted, options, message, rng):
    arrays = [rng.normal(size=shape) for shape in (X, WEIGHT, BIAS)]
    with pytest.raises(ValueError, match=message):
        bp.check_gradient(
            lambda x, weight, bias: conv2d(x, weight, bias, **options),
            lambda grad, x, weight, bias: planted(grad, x, weight, bias, **options),
            *arrays,
            rng=rng,
        )


def pool_that_assigns(grad, x):
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad.shape):
        window = x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        s, t = np.unravel_index(window.argmax(), window.shape)
        grad_x[n, c, 2 * i + s, 2 * j + t] = grad[n, c, i, j]  # should add
    return grad_x


def pool_that_rewards_every_winner(grad, x):
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad.shape):
        window = x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        grad_x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += grad[n, c, i, j] * (window == window.max())
    return grad_x


def pool_that_shares(grad, x):
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad.shape):
        window = x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        won = window == window.max()
        grad_x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += grad[n, c, i, j] * won / won.sum()
    return grad_x


def overlapping_pool(x):
    return layers.max_pool2d(x, 3, 2)


def right_pool(grad, x):
    return bp.max_pool2d_backward(grad, x, 3, 2)


@pytest.mark.parametrize(
    ("backward", "passes_distinct", "passes_ties"),
    [
        (right_pool, True, True),
        (pool_that_shares, True, True),
        (pool_that_assigns, False, False),
        (pool_that_rewards_every_winner, True, False),
    ],
)
def test_overlaps_and_ties_of_maximum_pooling(backward, passes_distinct, passes_ties, rng):
    distinct = rng.permutation(2 * 2 * 7 * 7).reshape(2, 2, 7, 7) / 7
    report = bp.check_gradient(overlapping_pool, backward, distinct, rng=rng)
    assert report.passed == passes_distinct, report
    assert not report.worst.kinks
    tied = rng.integers(0, 3, (2, 2, 7, 7)).astype(float)
    report = bp.check_gradient(overlapping_pool, backward, tied, rng=rng)
    assert report.passed == passes_ties, report
    assert report.worst.kinks


def batch_norm_without(missing):
    def backward(grad, x, weight, bias):
        centre = {"keepdims": True, "axis": (0, 2, 3)}
        deviation = np.sqrt(x.var(**centre) + 1e-5)
        normalised = (x - x.mean(**centre)) / deviation
        through_mean, through_variance = grad.mean(**centre), normalised * (grad * normalised).mean(**centre)
        kept = {
            "mean": through_variance,
            "variance": through_mean,
            "both": 0,
            "none": through_mean + through_variance,
        }
        grad_x = weight[:, None, None] / deviation * (grad - kept[missing])
        return grad_x, (grad * normalised).sum(axis=(0, 2, 3)), grad.sum(axis=(0, 2, 3))

    return backward


@pytest.mark.parametrize("missing", ["none", "mean", "variance", "both"])
def test_terms_that_batch_norm_may_miss(missing, rng):
    x, weight, bias = rng.normal(1, 2, (4, 2, 3, 3)), rng.normal(size=2), rng.normal(size=2)
    report = bp.check_gradient(
        lambda x, weight, bias: bp.batch_norm2d(x, weight, bias, np.zeros(2), np.ones(2), True),
        batch_norm_without(missing),
        *(x, weight, bias),
        rng=rng,
    )
    assert report.passed == (missing == "none"), report
    if missing != "none":
        assert report.worst.name == "x"


@pytest.mark.parametrize("slope_at_zero", [0, 0.5, 1, 1.5, -0.1])
def test_any_slope_between_both_sides_passes_at_a_kink(slope_at_zero, rng):
    x = np.array([-1.0, 0.0, 2.0, 0.0])
    report = bp.check_gradient(
        layers.relu, lambda grad, x: grad * np.where(x == 0, slope_at_zero, x > 0), x, rng=rng
    )
    assert report.passed == (0 <= slope_at_zero <= 1)
    assert report.worst.kinks == ((1,), (3,))
    assert "2 at a kink (first: (1,))" in str(report)


def test_a_kink_close_by_is_no_kink(rng):
    x = np.array([1e-6, -1e-6, 1.0])  # within the first step of the kink, beyond the second
    report = bp.check_gradient(layers.relu, bp.relu_backward, x, rng=rng)
    assert report.passed
    assert not report.worst.kinks


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1, 1e6])
def test_step_and_error_follow_the_scale(scale, rng):
    x = scale * rng.normal(size=20)
    right = bp.check_gradient(
        lambda x: (x / scale) ** 3, lambda grad, x: grad * 3 * x**2 / scale**3, x, rng=rng
    )
    assert right.passed, right
    wrong = bp.check_gradient(
        lambda x: (x / scale) ** 3, lambda grad, x: grad * 3.0003 * x**2 / scale**3, x, rng=rng
    )
    assert not wrong
    assert wrong.worst.error == pytest.approx(1e-4, rel=0.01)


def test_strong_curvature_is_no_kink(rng):
    x = np.array([0.0, 1e-3, -2e-3])
    report = bp.check_gradient(
        lambda x: np.sin(300 * x), lambda grad, x: grad * 300 * np.cos(300 * x), x, rng=rng
    )
    assert report.passed, report
    assert not report.worst.kinks


def test_float32_is_checked_in_float64(rng):
    x = rng.normal(size=5).astype(np.float32)
    report = bp.check_gradient(np.tanh, lambda grad, x: bp.tanh_backward(grad, np.tanh(x)), x, rng=rng)
    assert report.passed
    assert "note: arguments were turned into float64" in str(report)
    with pytest.raises(
        TypeError, match="arguments in float64 with float32, whose rounding would hide the slope"
    ):
        bp.check_gradient(lambda x: np.float32(x), lambda grad, x: grad, x, rng=rng)


def test_the_worst_index_is_named(rng):
    def backward(grad, x):
        grad_x = grad * np.cos(x)
        grad_x[1, 2] *= 1.01
        return grad_x

    report = bp.check_gradient(np.sin, backward, rng.uniform(0, 1, (3, 4)), rng=rng)
    assert report.worst.index == (1, 2)
    assert report.worst.analytic == pytest.approx(1.01 * report.worst.numeric)
    assert "worst relative error 9.9e-03 at index (1, 2)" in str(report)


def test_large_arguments_are_sampled(rng):
    report = bp.check_gradient(
        np.sin, lambda grad, x: grad * np.cos(x), np.ones(1000), rng=rng, max_entries=30
    )
    assert (report.worst.num_checked, report.worst.size) == (30, 1000)
    assert "30 of 1000 entries checked" in str(report)


def test_labels_have_no_gradient_and_are_passed_on(rng):
    logits, labels = rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])
    report = bp.check_gradient(
        bp.cross_entropy,
        lambda grad, logits, labels: grad * bp.cross_entropy_backward(logits, labels),
        *(logits, labels),
        rng=rng,
    )
    assert report.passed
    assert len(report.arguments) == 1


def test_gradients_that_are_not_finite_fail(rng):
    report = bp.check_gradient(np.sin, lambda grad, x: grad * np.nan, np.ones(2), rng=rng)
    assert not report
    assert report.worst.error == np.inf


@pytest.mark.parametrize(
    ("forward", "backward", "argument", "error", "message"),
    [
        (
            np.sin,
            lambda grad, x: (None,),
            np.ones(2),
            ValueError,
            "gradients of 1 to 1 arguments, it returned 0",
        ),
        (np.sin, lambda grad, x: (x, x), np.ones(2), ValueError, "it returned 2"),
        (np.sin, lambda grad, x: x, np.ones((0, 2)), ValueError, r"is empty, its shape is \(0, 2\)"),
        (
            lambda x: 1.0 * x,
            lambda grad, x: grad,
            np.arange(3),
            TypeError,
            "x is no array of floats but int64",
        ),
        (lambda x: x * np.inf, lambda grad, x: grad, np.ones(2), ValueError, "not finite, inf first"),
    ],
)
def test_errors(forward, backward, argument, error, message, rng):
    with pytest.raises(error, match=message):
        bp.check_gradient(forward, backward, argument, rng=rng)


def test_chance_in_the_forward_pass_is_noticed(rng):
    with pytest.raises(ValueError, match="differently the second time"):
        bp.check_gradient(lambda x: x * rng.random(), lambda grad, x: grad, np.ones(2), rng=rng)


def test_adjoint_gap_by_hand(rng):
    C = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 2.0]])
    assert bp.adjoint_gap(lambda x: C @ x, lambda y: C.T @ y, (3,), rng) < 1e-15
    assert bp.adjoint_gap(lambda x: 0 * x, lambda y: 0 * y, (3,), rng) == 0
    with pytest.raises(ValueError, match=r"shape of x, \(3,\), for y \(2,\); it returned \(2,\)"):
        bp.adjoint_gap(lambda x: C @ x, lambda y: y, (3,), rng)


@pytest.mark.parametrize("options", [{}, {"stride": 2}, {"padding": 1}, {"dilation": 2}], ids=str)
def test_adjoint_gap_of_a_flipped_kernel_is_wide(options, rng):
    weight = rng.normal(size=(4, 3, 3, 2))
    gap = bp.adjoint_gap(
        lambda x: layers.conv2d(x, weight, **options),
        lambda y: bp.conv2d_input((2, 3, 7, 6), weight[:, :, ::-1, ::-1], y, **options),
        (2, 3, 7, 6),
        rng,
    )
    assert gap > 1e-3
