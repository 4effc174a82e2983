"""Local response normalisation by AlexNet's own formula (coverage row 6.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import NETWORKS, SUMS

SECTION = "architectures.html#alexnet"


def response_norm(x, n, k, alpha, beta):
    maps = x.shape[1]
    framed = np.pad(x**2, ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    power = sum(framed[:, step : step + maps] for step in range(n))
    return x / (k + alpha * power) ** beta


def mean_instead_of_sum(x, n, k, alpha, beta):
    framed = np.pad(x * x, ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    power = sum(framed[:, i : i + x.shape[1]] for i in range(n))
    return x / (k + alpha * power / n) ** beta


def neighbours_within_the_map(x, n, k, alpha, beta):
    framed = np.pad(x * x, ((0, 0), (0, 0), (0, 0), (n // 2, n // 2)))
    power = sum(framed[:, :, :, i : i + x.shape[3]] for i in range(n))
    return x / (k + alpha * power) ** beta


def not_squared(x, n, k, alpha, beta):
    framed = np.pad(np.abs(x), ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    power = sum(framed[:, i : i + x.shape[1]] for i in range(n))
    return x / (k + alpha * power) ** beta


def around_the_corner(x, n, k, alpha, beta):
    power = sum(np.roll(x * x, step, axis=1) for step in range(-(n // 2), n // 2 + 1))
    return x / (k + alpha * power) ** beta


def n_on_either_side(x, n, k, alpha, beta):
    framed = np.pad(x * x, ((0, 0), (n, n), (0, 0), (0, 0)))
    power = sum(framed[:, i : i + x.shape[1]] for i in range(2 * n + 1))
    return x / (k + alpha * power) ** beta


def without_itself(x, n, k, alpha, beta):
    framed = np.pad(x * x, ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    power = sum(framed[:, i : i + x.shape[1]] for i in range(n)) - x * x
    return x / (k + alpha * power) ** beta


def square_root_taken(x, n, k, alpha, beta):
    framed = np.pad(x * x, ((0, 0), (n // 2, n // 2), (0, 0), (0, 0)))
    power = sum(framed[:, i : i + x.shape[1]] for i in range(n))
    return x / np.sqrt(k + alpha * power)


def map_by_map(x, n, k, alpha, beta):
    out = np.zeros(x.shape)
    for i in range(x.shape[1]):
        near = x[:, max(0, i - n // 2) : i + n // 2 + 1]
        out[:, i] = x[:, i] * (k + alpha * (near**2).sum(axis=1)) ** -beta
    return out


def by_a_banded_matrix(x, n, k, alpha, beta):
    maps = np.arange(x.shape[1])
    near = np.abs(maps[:, None] - maps) <= n // 2
    return x / (k + alpha * np.einsum("ij,njhw->nihw", near, np.square(x))) ** beta


def hidden(rng):
    for _ in range(2):
        beta = float(rng.uniform(0.6, 1.4))
        x = rng.normal(0, 3, (2, 7, 3, 4))
        yield Case("inside", "three maps", (x, 3, 2.0, 0.5, beta))
        x = rng.normal(0, 3, (1, 3, 4, 2))
        yield Case("ends", "a window wider than there are maps", (x, 5, 1.5, 0.25, beta))
        x = rng.normal(0, 90, (2, 8, 3, 5))
        yield Case("paper", "the paper's numbers", (x, 5, 2.0, 1e-4, 0.75))


EXERCISE = Exercise(
    name="response_norm",
    title="Local response normalisation, as the paper has it",
    task=(
        "In AlexNet a unit that responds strongly dims the units at the same place in the maps next to it. "
        "The value $a_i$ of map $i$ becomes\n\n"
        "$$b_i = \\frac{a_i}{\\bigl(k + \\alpha \\sum_j a_j^2\\bigr)^{\\beta}},$$\n\n"
        "where the sum runs over the `n` maps around map $i$, itself in the middle; beyond the first and the "
        "last map there is nothing to add. Write `response_norm(x, n, k, alpha, beta)` for an array `x` of "
        "shape (N, C, H, W) and an odd `n`. PyTorch has a layer of this name, which computes something else "
        "for the same numbers."
    ),
    reference=response_norm,
    groups=(
        Group("inside", 3, "Maps in the middle"),
        Group("ends", 3, "The first maps and the last"),
        Group("paper", 2, "The paper's numbers: n = 5, k = 2, α = 0.0001, β = 0.75"),
    ),
    public=(
        Case(
            "inside",
            "five maps, one place",
            (np.array([1.0, 2.0, 4.0, 3.0, 1.0]).reshape(1, 5, 1, 1), 3, 2.0, 0.5, 1.0),
        ),
        Case(
            "ends",
            "only the last map responds",
            (np.array([0.0, 0.0, 0.0, 2.0] * 2).reshape(2, 4, 1, 1), 3, 1.0, 1.0, 2.0),
        ),
        Case(
            "paper",
            "six maps, two places",
            (np.arange(-60.0, 60.0, 10.0).reshape(1, 6, 1, 2), 5, 2.0, 1e-4, 0.75),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            mean_instead_of_sum,
            "You divided the sum by n, as PyTorch's layer does. In the paper α multiplies the sum itself: "
            "whoever copies its 0.0001 into PyTorch gets a fifth of the effect.",
            SECTION,
        ),
        Mistake(
            neighbours_within_the_map,
            "You added the neighbours to the left and right in the same map. AlexNet's neighbours stand at "
            "the same place in the maps before and behind: axis 1 of the array.",
            SECTION,
        ),
        Mistake(
            not_squared,
            "You added the values themselves, not their squares. Squares count a strong response for much "
            "more than several weak ones, and they have no sign.",
            SECTION,
        ),
        Mistake(
            around_the_corner,
            "Your maps stand in a circle: the first one was dimmed by the last. Beyond the first and the "
            "last map there is nothing.",
            SECTION,
        ),
        Mistake(
            n_on_either_side,
            "You took n maps on either side. n counts all maps in the window, so that for n = 5 there are "
            "two on either side and the map itself.",
            SECTION,
        ),
        Mistake(
            without_itself,
            "You left the map itself out of the sum. Its own square is the one in the middle of the window, "
            "and often the largest.",
            SECTION,
        ),
        Mistake(
            square_root_taken,
            "You took the square root, as one does to normalise a length. Here the exponent is a number of "
            "its own, β, and AlexNet takes 0.75.",
            SECTION,
        ),
    ),
    variants=(map_by_map, by_a_banded_matrix),
    tolerance=SUMS,
    banned=("torch.nn.LocalResponseNorm", "torch.nn.functional.local_response_norm", *NETWORKS),
    difficulty=1,
    minutes=15,
    hints=(
        "Square the whole array first. What remains is a sum over a window that slides along axis 1, the "
        "axis of the maps.",
        "For map `i` the window goes from `i - n // 2` to `i + n // 2`, ends included. A slice may end "
        "beyond the array, but it must not begin at a negative number.",
        "A loop over the maps is fine: `(x[:, first:last] ** 2).sum(axis=1)` is the sum for all images and "
        "places at once.",
    ),
    section=SECTION,
)
