"""Batch normalisation backwards, from its output alone (coverage row 7.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#batch-normalisation"


def batch_norm_from_output(grad_output, y, weight, bias, var, eps):
    gamma, beta, sigma = (a[:, None, None] for a in (weight, bias, np.sqrt(var + eps)))
    x_hat = (y - beta) / gamma
    grad_bias = grad_output.sum(axis=(0, 2, 3))
    grad_weight = (grad_output * x_hat).sum(axis=(0, 2, 3))
    number = y.size / len(weight)
    through_statistics = (grad_bias[:, None, None] + x_hat * grad_weight[:, None, None]) / number
    return gamma / sigma * (grad_output - through_statistics), grad_weight, grad_bias


def statistics_held_constant(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g = (y - b) / w, grad_output
    return w * g / np.sqrt(v + eps), (g * h).sum((0, 2, 3)), g.sum((0, 2, 3))


def mean_held_constant(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    back = g - h * (g * h).mean(a, keepdims=True)
    return w * back / np.sqrt(v + eps), (g * h).sum(a), g.sum(a)


def variance_held_constant(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    return w * (g - g.mean(a, keepdims=True)) / np.sqrt(v + eps), (g * h).sum(a), g.sum(a)


def statistics_of_each_place(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    back = g - g.mean(0) - h * (g * h).mean(0)
    return w * back / np.sqrt(v + eps), (g * h).sum(a), g.sum(a)


def statistics_of_each_image(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    back = g - g.mean((2, 3), keepdims=True) - h * (g * h).mean((2, 3), keepdims=True)
    return w * back / np.sqrt(v + eps), (g * h).sum(a), g.sum(a)


def output_taken_as_normalised(grad_output, y, weight, bias, var, eps):
    w, v = (a.reshape(1, -1, 1, 1) for a in (weight, var))
    g, a = grad_output, (0, 2, 3)
    back = g - g.mean(a, keepdims=True) - y * (g * y).mean(a, keepdims=True)
    return w * back / np.sqrt(v + eps), (g * y).sum(a), g.sum(a)


def weight_left_out(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    back = g - g.mean(a, keepdims=True) - h * (g * h).mean(a, keepdims=True)
    return back / np.sqrt(v + eps), (g * h).sum(a), g.sum(a)


def eps_outside_the_root(grad_output, y, weight, bias, var, eps):
    w, b, v = (a.reshape(1, -1, 1, 1) for a in (weight, bias, var))
    h, g, a = (y - b) / w, grad_output, (0, 2, 3)
    back = g - g.mean(a, keepdims=True) - h * (g * h).mean(a, keepdims=True)
    return w * back / (np.sqrt(v) + eps), (g * h).sum(a), g.sum(a)


def channel_by_channel(grad_output, y, weight, bias, var, eps):
    grad_x, grad_weight, grad_bias = np.zeros(y.shape), np.zeros(len(var)), np.zeros(len(var))
    for c in range(len(var)):
        seen = (y[:, c] - bias[c]) / weight[c]
        wanted = grad_output[:, c]
        grad_weight[c], grad_bias[c] = np.vdot(wanted, seen), wanted.sum()
        rest = wanted - wanted.mean() - seen * (wanted * seen).mean()
        grad_x[:, c] = weight[c] * rest / (var[c] + eps) ** 0.5
    return grad_x, grad_weight, grad_bias


def two_steps(grad_output, y, weight, bias, var, eps):
    column, axes = (1, len(weight), 1, 1), (0, 2, 3)
    slope = 1 / np.sqrt(var + eps).reshape(column)
    normal = (y - bias.reshape(column)) / weight.reshape(column)
    grad_normal = grad_output * weight.reshape(column)
    grad_var = (-0.5 * grad_normal * normal * slope**2).sum(axes, keepdims=True)
    count = grad_output[:, 0].size
    grad_centred = grad_normal * slope + 2 * grad_var * normal / slope / count
    grad_x = grad_centred - grad_centred.mean(axes, keepdims=True)
    return [grad_x, (grad_output * normal).sum(axes), grad_output.sum(axes)]


def hidden(rng):
    for group, shape, eps in (
        ("one", (4, 1, 1, 3), 0.0),
        ("one", (3, 1, 2, 2), 0.5),
        ("several", (2, 3, 3, 4), 0.25),
        ("several", (3, 2, 1, 5), 0.5),
        ("several", (5, 4, 2, 1), 1e-5),
        ("several", (2, 3, 1, 1), 0.5),
    ):
        C = shape[1]
        x = rng.normal(size=shape) * rng.uniform(0.5, 3, (C, 1, 1)) + rng.normal(size=(C, 1, 1))
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        weight, bias = rng.uniform(0.5, 2, C) * rng.choice([-1, 1], C), rng.normal(size=C) + 2
        normal = (x - mean[:, None, None]) / np.sqrt(var + eps)[:, None, None]
        y = normal * weight[:, None, None] + bias[:, None, None]
        label = f"shape {shape}, eps {eps}"
        yield Case(group, label, (rng.normal(size=shape) + 1, y, weight, bias, var, eps))


EXERCISE = Exercise(
    name="batch_norm_from_output",
    title="Batch normalisation backwards, without its input",
    task=(
        "Batch normalisation makes $\\hat x = (x - \\mu)/\\sqrt{\\sigma^2 + \\epsilon}$ of its input, with "
        "one mean $\\mu$ and one variance $\\sigma^2$ for each **channel**, taken over the batch and all "
        "places, and puts out $y = \\gamma \\hat x + \\beta$. Every value of a channel has a part in $\\mu$ "
        "and $\\sigma^2$, and so in every other output of this channel.\n\n"
        "To save memory, the input has been overwritten after the forward pass. Write "
        "`batch_norm_from_output(grad_output, y, weight, bias, var, eps)`: compute the gradients from the "
        "output `y` of shape `(N, C, H, W)`, `weight` ($\\gamma$, never 0), `bias` ($\\beta$) and the "
        "batch's variance `var` ($\\sigma^2$), all three of shape `(C,)`. Return `grad_x`, `grad_weight` and "
        "`grad_bias`, in this order."
    ),
    reference=batch_norm_from_output,
    groups=(
        Group("one", 5, "One channel"),
        Group("several", 6, "Several channels, images of any size"),
    ),
    public=(
        Case(
            "one",
            "x was -1, -1, 1, 1",
            (
                np.array([1.0, 0, 0, 0]).reshape(4, 1, 1, 1),
                np.array([-1.0, -1, 1, 1]).reshape(4, 1, 1, 1),
                np.array([1.0]),
                np.array([0.0]),
                np.array([1.0]),
                0.0,
            ),
        ),
        Case(
            "one",
            "x was -3, -3, 3, 3; with a weight, a bias and a large eps",
            (
                np.array([8.0, 0, 0, 16]).reshape(2, 1, 1, 2),
                np.array([3.8, 3.8, 6.2, 6.2]).reshape(2, 1, 1, 2),
                np.array([2.0]),
                np.array([5.0]),
                np.array([9.0]),
                16.0,
            ),
        ),
        Case(
            "several",
            "two channels",
            (
                np.array([[[[4.0, 0]], [[0, 0]]], [[[0, 0]], [[0, 8]]]]),
                np.array([[[[-1.0, 1]], [[9, 11]]], [[[1, -1]], [[11, 9]]]]),
                np.array([1.0, -1.0]),
                np.array([0.0, 10.0]),
                np.array([1.0, 4.0]),
                0.0,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            statistics_held_constant,
            "You treated mean and variance as constants. They are made of the same values: whoever moves one "
            "x moves them too, and through them every output of the channel. Two more terms are needed.",
            SECTION,
        ),
        Mistake(
            mean_held_constant,
            "The way through the mean is missing: raising one x raises the mean, which lowers all outputs of "
            "the channel a little. A constant added to the whole channel must come out as gradient 0.",
            SECTION,
        ),
        Mistake(
            variance_held_constant,
            "The way through the variance is missing: an x far from the mean widens the channel, and all of "
            "it is divided by more. This term contains the mean of gradient times normalised value.",
            SECTION,
        ),
        Mistake(
            statistics_of_each_place,
            "You averaged over the batch only, place by place. In a convolutional network one filter makes a "
            "whole channel, so there is one mean per channel, over images, rows and columns.",
            SECTION,
        ),
        Mistake(
            statistics_of_each_image,
            "You averaged within each image. That is instance normalisation; batch normalisation takes one "
            "mean per channel over the whole batch, so that the images depend on each other.",
            SECTION,
        ),
        Mistake(
            output_taken_as_normalised,
            "You took the output for the normalised value. Between the two there are weight and bias: undo "
            "them first, with (y − β) / γ.",
            SECTION,
        ),
        Mistake(
            weight_left_out,
            "The gradient of x does not know the weight γ. It stands between the output and the normalised "
            "value, so everything on its way back is multiplied by it.",
            SECTION,
        ),
        Mistake(
            eps_outside_the_root,
            "Your eps stands outside the root. It is added to the variance, and the root is taken of the "
            "sum: √(σ² + ε). With the usual tiny eps the difference hides well.",
            SECTION,
        ),
    ),
    variants=(channel_by_channel, two_steps),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=40,
    hints=(
        "Recover the normalised values from `y`, `weight` and `bias`. With them, `grad_weight` and "
        "`grad_bias` are one sum each, over the axes 0, 2 and 3.",
        "An array of shape `(C,)` meets one of shape `(N, C, H, W)` after `a[:, None, None]`. The gradient "
        "of x begins as `weight / sqrt(var + eps) * (grad_output - … - …)`: one term for the mean, one for "
        "the variance.",
        "The first term is the mean of `grad_output`; the second is `x_hat` times the mean of `grad_output * "
        "x_hat`; both means are over the axes 0, 2 and 3 of the channel.",
    ),
    section=SECTION,
)
