"""LeNet's subsampling: add up, scale, shift, squash (coverage row 3.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import subsample2d
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#subsampling"


def lenet_subsample(x, coefficient, bias, size=(2, 2)):
    return 1.7159 * np.tanh(2 / 3 * subsample2d(x, coefficient, bias, size))


def mean_instead_of_sum(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).mean(axis=(3, 5))
    return 1.7159 * np.tanh(2 / 3 * (coefficient[:, None, None] * pooled + bias[:, None, None]))


def maximum_instead_of_sum(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).max(axis=(3, 5))
    return 1.7159 * np.tanh(2 / 3 * (coefficient[:, None, None] * pooled + bias[:, None, None]))


def bias_scaled_too(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return 1.7159 * np.tanh(2 / 3 * coefficient[:, None, None] * (pooled + bias[:, None, None]))


def bias_for_each_pixel(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = (x * coefficient[:, None, None] + bias[:, None, None])[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return 1.7159 * np.tanh(2 / 3 * pooled)


def one_coefficient_for_all(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return 1.7159 * np.tanh(2 / 3 * (coefficient[0] * pooled + bias[0]))


def not_squashed(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return coefficient[:, None, None] * pooled + bias[:, None, None]


def plain_tanh(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = x[:, :, : H_out * size[0], : W_out * size[1]]
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return np.tanh(coefficient[:, None, None] * pooled + bias[:, None, None])


def squashed_too_early(x, coefficient, bias, size=(2, 2)):
    H_out, W_out = x.shape[2] // size[0], x.shape[3] // size[1]
    cut = 1.7159 * np.tanh(2 / 3 * x[:, :, : H_out * size[0], : W_out * size[1]])
    pooled = cut.reshape(*x.shape[:2], H_out, size[0], W_out, size[1]).sum(axis=(3, 5))
    return coefficient[:, None, None] * pooled + bias[:, None, None]


def windows_that_overlap(x, coefficient, bias, size=(2, 2)):
    pooled = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3)).sum(axis=(4, 5))
    return 1.7159 * np.tanh(2 / 3 * (coefficient[:, None, None] * pooled + bias[:, None, None]))


def window_by_window(x, coefficient, bias, size=(2, 2)):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size[0], W // size[1]))
    for n, c, i, j in np.ndindex(out.shape):
        total = bias[c]
        for s in range(size[0]):
            for t in range(size[1]):
                total += coefficient[c] * x[n, c, i * size[0] + s, j * size[1] + t]
        out[n, c, i, j] = 1.7159 * np.tanh(total * 2 / 3)
    return out


def by_slices(x, coefficient, bias, size=(2, 2)):
    H, W = x.shape[2] // size[0] * size[0], x.shape[3] // size[1] * size[1]
    pooled = sum(
        x[:, :, s : H : size[0], t : W : size[1]].astype(np.float32)
        for s in range(size[0])
        for t in range(size[1])
    )
    each = np.transpose(pooled, (0, 2, 3, 1)) * coefficient.astype(np.float32) + bias.astype(np.float32)
    return (np.float32(1.7159) * np.tanh(each * np.float32(2 / 3))).transpose(0, 3, 1, 2)


def hidden(rng):
    for N, C, H, W, size in (
        (2, 3, 4, 6, (2, 2)),
        (1, 2, 5, 7, (2, 3)),
        (3, 1, 7, 4, (3, 1)),
        (2, 4, 5, 3, (1, 2)),
    ):
        x = rng.normal(size=(N, C, H, W))
        coefficient, bias = rng.uniform(0.1, 0.4, C), rng.normal(size=C) / 3
        group = "lenet" if size == (2, 2) else "any"
        yield Case(group, f"{H} × {W}", (x, coefficient, bias, size))
        yield Case("lenet", "windows of 2 × 2", (x, coefficient, bias))


EXERCISE = Exercise(
    name="lenet_subsample",
    title="LeNet's subsampling",
    task=(
        "LeNet makes its maps smaller in a way of its own. In each map the pixels of a window are **added "
        "up**, the sum is multiplied by a coefficient and a bias is added; both numbers are learnt, one of "
        "each for every map. What comes out is squashed by $f(a) = 1.7159 \\tanh(\\tfrac{2}{3} a)$, chosen "
        "so that $f(1)$ is nearly 1 and $f(-1)$ nearly −1.\n\n"
        "Write `lenet_subsample(x, coefficient, bias, size=(2, 2))` for `x` of shape `(N, C, H, W)` and "
        "`coefficient`, `bias` of shape `(C,)`. The windows, `size` high and wide, lie side by side and do "
        "not overlap; rows and columns that fill no window are left out."
    ),
    reference=lenet_subsample,
    groups=(
        Group("lenet", 5, "Windows of 2 × 2, as in LeNet"),
        Group("any", 5, "Windows of any size"),
    ),
    public=(
        Case(
            "lenet",
            "one map of 2 × 4",
            (np.array([[[[1.0, 2, -1, 0], [3, 2, 0, -3]]]]), np.array([0.125]), np.array([0.5])),
        ),
        Case(
            "lenet",
            "two maps of 3 × 2",
            (
                np.array([[[[1.0, 0], [0, 1], [9, 9]], [[1, 1], [1, 1], [9, 9]]]]),
                np.array([0.5, 0.25]),
                np.array([0.0, -0.5]),
            ),
        ),
        Case(
            "any",
            "windows one high and three wide",
            (
                np.array([[[[1.0, 2, 3, 0, -1, 0, 7], [0, 0, 1, 5, 0, 0, 7]]]]),
                np.array([0.25]),
                np.array([0.0]),
                (1, 3),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            mean_instead_of_sum,
            "You averaged the window. LeNet adds it up: whether the sum becomes an average, or more, or "
            "less, is for the learnt coefficient to decide.",
            SECTION,
        ),
        Mistake(
            maximum_instead_of_sum,
            "You took the maximum. That became the custom later; LeNet's S layers add the pixels of a "
            "window up.",
            "layers.html#pooling",
        ),
        Mistake(
            bias_scaled_too,
            "You added the bias before multiplying, so it was scaled too. First comes the coefficient times "
            "the sum, then the bias.",
            SECTION,
        ),
        Mistake(
            bias_for_each_pixel,
            "You added the bias to every pixel of the window, so that it came several times. It is added "
            "once to each sum.",
            SECTION,
        ),
        Mistake(
            one_coefficient_for_all,
            "You used the coefficient and the bias of the first map for all of them. Every map has its own "
            "pair.",
            SECTION,
        ),
        Mistake(
            not_squashed,
            "The last step is missing: what comes out of the scaling goes through 1.7159 · tanh(2a/3), "
            "which keeps it between −1.7159 and 1.7159.",
            "layers.html#nonlinearity",
        ),
        Mistake(
            plain_tanh,
            "You squashed with the plain tanh. LeNet stretches it both ways, 1.7159 · tanh(2a/3), so that 1 "
            "stays nearly 1.",
            "layers.html#nonlinearity",
        ),
        Mistake(
            squashed_too_early,
            "You squashed the pixels before adding them up. The nonlinearity comes last, after coefficient "
            "and bias.",
            "layers.html#nonlinearity",
        ),
        Mistake(
            windows_that_overlap,
            "Your windows overlap: you moved them on by one pixel. In LeNet's S layers they lie side by "
            "side, so that every pixel is in one window at most.",
            "layers.html#stride-and-dilation",
        ),
    ),
    variants=(window_by_window, by_slices),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Compute the first public case by hand up to the squashing: the sum of the left window is 8.",
        "For windows side by side, `reshape` does everything: after cutting off what fills no window, "
        "`(N, C, H_out, K_h, W_out, K_w)` is the same memory seen in six axes. Add up the fourth and the "
        "sixth.",
        "`coefficient[:, None, None]` has one value for each map and fits an array of shape "
        "`(N, C, H_out, W_out)`, and so does the bias. Then `1.7159 * np.tanh(2 / 3 * a)`.",
    ),
    section=SECTION,
)
