"""Batch normalisation per filter, in training and after it, with running statistics (coverage row 7.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "training.html#batch-norm-at-test-time"


def normalise_batches(batches, is_training, weight, bias, momentum, eps):
    running_mean, running_var = np.zeros(len(weight)), np.ones(len(weight))
    outputs = []
    for x, trains in zip(batches, is_training, strict=True):
        mean, var = running_mean, running_var
        if trains:
            mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            count = x.size // len(weight)
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * count / (count - 1)
        scale = weight / np.sqrt(var + eps)
        outputs.append(x * scale[:, None, None] + (bias - mean * scale)[:, None, None])
    return outputs, running_mean, running_var


def momentum_the_other_way_round(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean((0, 2, 3)), x.var((0, 2, 3)), x[:, 0].size
        if trains:
            M, V = momentum * M + (1 - momentum) * m, momentum * V + (1 - momentum) * v * n / (n - 1)
        m, v = (m, v) if trains else (M, V)
        out.append(((x.swapaxes(1, 3) - m) / np.sqrt(v + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def biased_variance_remembered(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v = x.mean((0, 2, 3)), x.var((0, 2, 3))
        if trains:
            M, V = M + momentum * (m - M), V + momentum * (v - V)
        m, v = (m, v) if trains else (M, V)
        out.append(((x.swapaxes(1, 3) - m) / np.sqrt(v + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def unbiased_variance_divides(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v = x.mean((0, 2, 3)), x.var((0, 2, 3), ddof=1)
        if trains:
            M, V = M + momentum * (m - M), V + momentum * (v - V)
        m, v = (m, v) if trains else (M, V)
        out.append(((x.swapaxes(1, 3) - m) / np.sqrt(v + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def batch_statistics_always(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean((0, 2, 3)), x.var((0, 2, 3)), x[:, 0].size
        if trains:
            M, V = M + momentum * (m - M), V + momentum * (v * n / (n - 1) - V)
        out.append(((x.swapaxes(1, 3) - m) / np.sqrt(v + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def learns_in_evaluation(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean((0, 2, 3)), x.var((0, 2, 3)), x[:, 0].size
        use = (m, v) if trains else (M, V)
        M, V = M + momentum * (m - M), V + momentum * (v * n / (n - 1) - V)
        out.append(((x.swapaxes(1, 3) - use[0]) / np.sqrt(use[1] + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def running_statistics_always(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean((0, 2, 3)), x.var((0, 2, 3)), x[:, 0].size
        if trains:
            M, V = M + momentum * (m - M), V + momentum * (v * n / (n - 1) - V)
        out.append(((x.swapaxes(1, 3) - M) / np.sqrt(V + eps) * weight + bias).swapaxes(1, 3))
    return out, M, V


def each_image_by_itself(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True), x[0, 0].size
        if trains:
            M = M + momentum * (m.mean((0, 2, 3)) - M)
            V = V + momentum * (v.mean((0, 2, 3)) * n / (n - 1) - V)
        else:
            m, v = M[:, None, None], V[:, None, None]
        out.append((x - m) / np.sqrt(v + eps) * weight[:, None, None] + bias[:, None, None])
    return out, M, V


def each_place_by_itself(batches, is_training, weight, bias, momentum, eps):
    M, V, out = 0 * weight, 0 * weight + 1, []
    for x, trains in zip(batches, is_training, strict=True):
        m, v, n = x.mean(0), x.var(0), len(x)
        if trains:
            M = M + momentum * (m.mean((1, 2)) - M)
            V = V + momentum * (v.mean((1, 2)) * n / (n - 1) - V)
        else:
            m, v = M[:, None, None], V[:, None, None]
        out.append((x - m) / np.sqrt(v + eps) * weight[:, None, None] + bias[:, None, None])
    return out, M, V


def channel_by_channel(batches, is_training, weight, bias, momentum, eps):
    memory = [(0.0, 1.0)] * len(weight)
    outputs = [np.empty(x.shape) for x in batches]
    for c in range(len(weight)):
        old_mean, old_var = memory[c]
        for number, x in enumerate(batches):
            values = x[:, c]
            if is_training[number]:
                centre, spread = np.mean(values), np.var(values)
                old_mean += momentum * (centre - old_mean)
                old_var += momentum * (np.var(values, ddof=1) - old_var)
            else:
                centre, spread = old_mean, old_var
            outputs[number][:, c] = weight[c] * (values - centre) / (spread + eps) ** 0.5 + bias[c]
        memory[c] = old_mean, old_var
    return outputs, np.array([m for m, _ in memory]), np.array([v for _, v in memory])


def rows_of_a_matrix(batches, is_training, weight, bias, momentum, eps):
    statistics, made = np.stack([np.zeros(weight.size), np.ones(weight.size)]), []
    for x, trains in zip(batches, is_training, strict=True):
        table = np.moveaxis(x, 1, -1).reshape(-1, weight.size)
        here = statistics
        if trains:
            here = np.stack([table.mean(axis=0), ((table - table.mean(axis=0)) ** 2).mean(axis=0)])
            larger = here * np.array([[1.0], [len(table) / (len(table) - 1.0)]])
            statistics = statistics - momentum * statistics + momentum * larger
        table = weight * (table - here[0]) * (here[1] + eps) ** -0.5 + bias
        made.append(np.moveaxis(table.reshape(x.shape[0], *x.shape[2:], -1), -1, 1))
    return tuple(made), statistics[0], statistics[1]


def hidden(rng):
    def run(group, label, C, *sizes, momentum=0.1, eps=1e-2):
        batches = [rng.normal(rng.uniform(-3, 3), rng.uniform(0.5, 2), (n, C, h, w)) for n, h, w in sizes]
        weight, bias = rng.uniform(0.5, 2, C), rng.uniform(-1, 1, C)
        return group, label, [batches, None, weight, bias, momentum, eps]

    def modes(made, *is_training):
        group, label, args = made
        return Case(group, label, (args[0], list(is_training), *args[2:]))

    yield modes(run("training", "one batch", 3, (4, 2, 3)), True)
    yield modes(run("training", "hardly any variance", 2, (3, 2, 2), eps=0.5), True)
    yield modes(
        run("training", "three batches", 2, (4, 2, 3), (2, 3, 2), (3, 1, 2), momentum=0.3), *[True] * 3
    )
    yield modes(run("evaluation", "never trained", 3, (2, 3, 2)), False)
    yield modes(run("evaluation", "after training", 2, (3, 2, 2), (1, 2, 3), momentum=0.25), True, False)
    sizes = (3, 2, 3), (2, 1, 2), (4, 2, 2), (2, 3, 1), (1, 2, 2)
    yield modes(run("both", "in turn", 3, *sizes, momentum=0.2), True, False, True, False, False)
    yield modes(run("both", "evaluated first", 2, *sizes[1:4]), False, True, True)


EXERCISE = Exercise(
    name="normalise_batches",
    title="Batch normalisation, in training and after it",
    task=(
        "A layer of batch normalisation has a memory. In training it normalises a batch by the batch's own "
        "mean and variance, and lets them flow into what it remembers; in evaluation it uses what it "
        "remembers and changes nothing. Write "
        "`normalise_batches(batches, is_training, weight, bias, momentum, eps)`, which sends one batch after "
        "the other through such a layer, in training where `is_training` says so and in evaluation "
        "otherwise. Return the list of outputs, the running mean and the running variance after the last.\n\n"
        "Mean $\\mu$ and variance $\\sigma^2$ are per filter, over images, rows and columns, and "
        "$y = \\gamma\\,(x - \\mu)/\\sqrt{\\sigma^2 + \\varepsilon} + \\beta$ with `weight` for "
        "$\\gamma$ and `bias` for $\\beta$. The running mean begins at 0, the running variance at 1, and "
        "each is replaced by $(1 - \\text{momentum})$ times itself plus $\\text{momentum}$ times the "
        "batch's value: PyTorch's convention. As in PyTorch, a batch of $m$ values per filter is "
        "normalised by the variance with $1/m$ and remembered with the one with $1/(m-1)$."
    ),
    reference=normalise_batches,
    groups=(
        Group("training", 5, "Batches in training"),
        Group("evaluation", 4, "Batches in evaluation"),
        Group("both", 3, "Both in turn"),
    ),
    public=(
        Case(
            "training",
            "two filters, once",
            (
                [np.array([[[[1.0, 3]], [[10, 10]]], [[[5, 7]], [[10, 14]]]])],
                [True],
                np.array([1.0, 2.0]),
                np.array([0.0, 1.0]),
                0.1,
                1.0,
            ),
        ),
        Case(
            "training",
            "two batches",
            (
                [np.array([[[[0.0, 2, 4]]]]), np.array([[[[6.0]]], [[[10.0]]]])],
                [True, True],
                np.array([1.0]),
                np.array([0.0]),
                0.25,
                0.5,
            ),
        ),
        Case(
            "evaluation",
            "a memory as at its birth",
            ([np.array([[[[3.0, 6]]]])], [False], np.array([2.0]), np.array([1.0]), 0.5, 3.0),
        ),
        Case(
            "both",
            "trained on two images, asked about one",
            (
                [np.array([[[[1.0, 3]]], [[[5, 7]]]]), np.array([[[[4.0, 8]]]]), np.array([[[[0.0, 2]]]])],
                [True, False, True],
                np.array([1.0]),
                np.array([0.0]),
                0.5,
                0.5,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            momentum_the_other_way_round,
            "Your memory keeps a share of `momentum` of itself. That is the convention of other libraries; "
            "in PyTorch's, which is used here, `momentum` is the share of what is *new*.",
            SECTION,
        ),
        Mistake(
            biased_variance_remembered,
            "You remember the variance with 1/m. The batch is normalised by that one, but the running "
            "variance is an estimate for all images to come, and takes 1/(m − 1).",
            SECTION,
        ),
        Mistake(
            unbiased_variance_divides,
            "You normalise a batch by the variance with 1/(m − 1). That one is for the memory; the batch "
            "itself is divided by its own spread, with 1/m, so that its variance becomes 1.",
            "training.html#batch-norm-per-filter",
        ),
        Mistake(
            batch_statistics_always,
            "In evaluation you still use the batch's own mean and variance. Then the answer for an image "
            "depends on the images beside it; use the running ones.",
            SECTION,
        ),
        Mistake(
            learns_in_evaluation,
            "Your memory changes in evaluation, too. Whoever measures a network must not change it, and test "
            "images must leave no trace in it.",
            SECTION,
        ),
        Mistake(
            running_statistics_always,
            "In training you normalise by the running mean and variance. There the batch is normalised by "
            "its own; the running ones are only collected, for later.",
            SECTION,
        ),
        Mistake(
            each_image_by_itself,
            "You normalise each image by its own mean and variance, which is called *instance* "
            "normalisation. The mean and the variance of a filter are over all images of the batch.",
            "training.html#batch-norm-per-filter",
        ),
        Mistake(
            each_place_by_itself,
            "You took a mean for each place of the map, over the images only. A filter is the same at every "
            "place, so its statistics are over rows and columns as well.",
            "training.html#batch-norm-per-filter",
        ),
    ),
    variants=(channel_by_channel, rows_of_a_matrix),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "The two variables that outlive a batch are the running mean and the running variance. Write a loop "
        "over the batches with an `if`: which two numbers per filter normalise this batch, and does the "
        "memory change?",
        "`x.mean(axis=(0, 2, 3))` and `x.var(axis=(0, 2, 3))` have shape (C,); the second one divides by m. "
        "`[:, None, None]` lines them up with x.",
        "In training: normalise by `mean` and `var`; then `running_mean = (1 - momentum) * running_mean + "
        "momentum * mean`, and the same with `var * m / (m - 1)`. In evaluation: normalise by the running "
        "ones, and that is all.",
    ),
    section=SECTION,
)
