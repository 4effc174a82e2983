"""Folding batch normalisation into a convolution, for three branches at once (coverage row 7.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "training.html#folding"


def merge_branches(weight, point, norms, eps):
    C, _, K_h, K_w = weight.shape
    small, same = np.zeros(weight.shape), np.zeros(weight.shape)
    small[:, :, K_h // 2, K_w // 2] = point[:, :, 0, 0]
    same[:, :, K_h // 2, K_w // 2] = np.eye(C)
    merged, bias = np.zeros(weight.shape), np.zeros(C)
    for kernel, (gamma, beta, mean, var) in zip((weight, small, same), norms, strict=True):
        scale = gamma / np.sqrt(var + eps)
        merged += kernel * scale[:, None, None, None]
        bias += beta - mean * scale
    return merged, bias


def mean_forgotten(weight, point, norms, eps):
    C, i, j = len(weight), weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1][:, None] + np.diag(s[2])
    return merged, sum(norm[1] for norm in norms) + np.zeros(C)


def mean_not_scaled(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1][:, None] + np.diag(s[2])
    return merged, sum(norm[1] - norm[2] for norm in norms)


def eps_outside_the_root(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / (np.sqrt(v) + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1][:, None] + np.diag(s[2])
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms, s, strict=True))


def scaled_by_input_channel(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1] + np.diag(s[2])
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms, s, strict=True))


def point_in_the_corner(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, 0, 0] += point[:, :, 0, 0] * s[1][:, None]
    merged[:, :, i, j] += np.diag(s[2])
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms, s, strict=True))


def point_at_every_place(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None] + point * s[1][:, None, None, None]
    merged[:, :, i, j] += np.diag(s[2])
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms, s, strict=True))


def identity_between_all_channels(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1][:, None] + s[2][:, None]
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms, s, strict=True))


def identity_not_normalised(weight, point, norms, eps):
    i, j = weight.shape[2] // 2, weight.shape[3] // 2
    s = [g / np.sqrt(v + eps) for g, _, _, v in norms]
    merged = weight * s[0][:, None, None, None]
    merged[:, :, i, j] += point[:, :, 0, 0] * s[1][:, None] + np.eye(len(weight))
    return merged, sum(n[1] - n[2] * f for n, f in zip(norms[:2], s, strict=False))


def filter_by_filter(weight, point, norms, eps):
    merged, bias = weight.astype(float), np.zeros(len(weight))
    middle = weight.shape[2] // 2, weight.shape[3] // 2
    for c in range(len(weight)):
        factors = [gamma[c] / (var[c] + eps) ** 0.5 for gamma, _, _, var in norms]
        merged[c] *= factors[0]
        for d in range(len(weight)):
            merged[c, d][middle] += factors[1] * point[c, d, 0, 0]
        merged[c, c][middle] += factors[2]
        bias[c] = sum(n[1][c] - n[2][c] * f for n, f in zip(norms, factors, strict=True))
    return merged, bias


def by_padding(weight, point, norms, eps):
    frame = [(0, 0), (0, 0)] + [(k // 2, k // 2) for k in weight.shape[2:]]
    identity = np.eye(weight.shape[0])[:, :, np.newaxis, np.newaxis]
    kernels = np.stack([weight, np.pad(point, frame), np.pad(identity, frame)])
    gamma, beta, mean, var = np.stack(norms).swapaxes(0, 1)
    slope = gamma / np.sqrt(var + eps)
    return np.einsum("bo,bochw->ochw", slope, kernels), np.sum(beta - slope * mean, axis=0)


def hidden(rng):
    def block(group, label, C, kernel_size, eps=0.1, still=()):
        def norm(is_still):
            gamma, beta, mean = rng.uniform(0.5, 2, C), rng.uniform(-1, 1, C), rng.uniform(-2, 2, C)
            if is_still:  # a branch that says nothing
                return 0 * gamma, 0 * beta, mean, rng.uniform(0.2, 3, C)
            return gamma, beta, mean, rng.uniform(0.2, 3, C)

        weight, point = rng.normal(size=(C, C, *kernel_size)), rng.normal(size=(C, C, 1, 1))
        return Case(group, label, (weight, point, [norm(n in still) for n in range(3)], eps))

    yield block("large", "the first branch", 3, (3, 3), still=(1, 2))
    yield block("large", "not square", 2, (3, 5), still=(1, 2))
    yield block("point", "the second branch", 3, (3, 3), still=(0, 2))
    yield block("point", "a wide kernel", 2, (1, 5), still=(0, 2))
    yield block("same", "the third branch", 4, (3, 3), still=(0, 1))
    yield block("all", "three branches", 3, (3, 3))
    yield block("all", "not square, large eps", 2, (5, 3), eps=0.7)


ZEROS, ONES = np.zeros(2), np.ones(2)
STILL = (ZEROS, ZEROS, ONES, ONES)


EXERCISE = Exercise(
    name="merge_branches",
    title="Three branches become one convolution",
    task=(
        "RepVGG (Ding et al., 2021) is trained with blocks of three branches. The input, $C$ maps, goes "
        "through a convolution with the kernels `weight`, through one with $1 \\times 1$ kernels, `point`, "
        "and past both as it is. Each of the three is followed by a batch normalisation of its own, and "
        "the three results are added up. No branch has a bias, and the padding keeps the size of the "
        "maps.\n\nAt test time a batch normalisation does the same to every image, so the whole block is "
        "*one* convolution with a bias. Write `merge_branches(weight, point, norms, eps)`, which returns "
        "the weight, in the shape of the given one, and the bias of that convolution. `norms` lists what "
        "each batch normalisation has learnt, `(gamma, beta, mean, var)`, arrays of shape (C,): the one "
        "after `weight`, the one after `point`, the one on the bare input. It computes "
        "$\\gamma\\,(x - \\text{mean})/\\sqrt{\\text{var} + \\varepsilon} + \\beta$. "
        "Kernels have odd sizes $K_h$ and $K_w$."
    ),
    reference=merge_branches,
    groups=(
        Group("large", 3, "The large kernels and their normalisation"),
        Group("point", 3, "The 1 × 1 kernels"),
        Group("same", 3, "The bare input"),
        Group("all", 3, "All of them together"),
    ),
    public=(
        Case(
            "large",
            "only the first branch speaks",
            (
                np.array([[[[1.0, 2, 4]], [[0, 1, 0]]], [[[0, 1, 0]], [[3, 0, 1]]]]),
                np.ones((2, 2, 1, 1)),
                [
                    (
                        np.array([2.0, 6.0]),
                        np.array([1.0, 0.0]),
                        np.array([4.0, 2.0]),
                        np.array([3.75, 8.75]),
                    ),
                    STILL,
                    STILL,
                ],
                0.25,
            ),
        ),
        Case(
            "point",
            "only the second branch speaks",
            (
                np.ones((2, 2, 1, 3)),
                np.array([[[[1.0]], [[5.0]]], [[[0.0]], [[3.0]]]]),
                [
                    STILL,
                    (np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.array([1.0, 5.0]), np.array([0.0, 3.75])),
                    STILL,
                ],
                0.25,
            ),
        ),
        Case(
            "same",
            "only the bare input",
            (
                np.ones((2, 2, 3, 1)),
                np.ones((2, 2, 1, 1)),
                [
                    STILL,
                    STILL,
                    (
                        np.array([1.0, 3.0]),
                        np.array([2.0, 0.0]),
                        np.array([1.0, 1.0]),
                        np.array([3.75, 0.75]),
                    ),
                ],
                0.25,
            ),
        ),
        Case(
            "all",
            "three branches of one map",
            (
                np.array([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]]),
                np.array([[[[10.0]]]]),
                [
                    (np.array([2.0]), np.array([0.0]), np.array([1.0]), np.array([3.75])),
                    (np.array([1.0]), np.array([1.0]), np.array([4.0]), np.array([0.75])),
                    (np.array([6.0]), np.array([0.5]), np.array([2.0]), np.array([8.75])),
                ],
                0.25,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            mean_forgotten,
            "Your bias is the sum of the three β: the means are missing. They are subtracted from what the "
            "convolution gives, and that is a bias, too: −mean · γ/√(var + ε).",
            SECTION,
        ),
        Mistake(
            mean_not_scaled,
            "You subtracted the means as they are. They are subtracted *before* the division by the root and "
            "the multiplication by γ, so both act on them as well.",
            SECTION,
        ),
        Mistake(
            eps_outside_the_root,
            "You added ε to the root instead of the variance. With PyTorch's 1e-5 the difference hides in "
            "most channels, and shows in those whose variance is tiny.",
            SECTION,
        ),
        Mistake(
            scaled_by_input_channel,
            "You scaled the kernels along their second axis, by the map they read. The normalisation comes "
            "*behind* the convolution: its factor c belongs to output map c, the first axis.",
            SECTION,
        ),
        Mistake(
            point_in_the_corner,
            "You added the 1 × 1 kernel at the corner of the large one. It looks at the very pixel whose "
            "value it computes, and with padding on all sides that pixel is in the middle of the window.",
            SECTION,
        ),
        Mistake(
            point_at_every_place,
            "You added the 1 × 1 kernel to every place of the large one: broadcasting did that. It reads one "
            "pixel, the one in the middle, and not the neighbours.",
            SECTION,
        ),
        Mistake(
            identity_between_all_channels,
            "Your bare input lets every map flow into every other. As a convolution, doing nothing is a "
            "matrix with ones on its diagonal: map c reads map c alone.",
            SECTION,
        ),
        Mistake(
            identity_not_normalised,
            "You added the input as it is. In this block the third branch has a batch normalisation, too, "
            "with a factor and an offset for each map.",
            SECTION,
        ),
    ),
    variants=(filter_by_filter, by_padding),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Take one branch at a time. What is added up at the end may be added up before: the weights of three "
        "convolutions of the same size, and their biases.",
        "A branch is $\\gamma(w * x - \\text{mean})/\\sqrt{\\text{var} + \\varepsilon} + \\beta$. Multiply "
        "it out: what stands before $x$, and what stands alone? Then think of the second and the third "
        "branch as convolutions with kernels of the large size that are zero almost everywhere.",
        "With `scale = gamma / np.sqrt(var + eps)` a branch has the kernels `kernel * scale[:, None, None, "
        "None]` and the bias `beta - mean * scale`. For the second branch `kernel` is zero but for "
        "`kernel[:, :, K_h // 2, K_w // 2] = point[:, :, 0, 0]`; for the third one that is `np.eye(C)`.",
    ),
    section=SECTION,
)
