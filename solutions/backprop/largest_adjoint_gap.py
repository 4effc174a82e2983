"""The adjoint test on data: does a backward pass belong to its forward pass? (coverage row 5.4)"""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#adjoint-test"


def largest_adjoint_gap(x, forward_x, y, backward_y):
    x, forward_x, y, backward_y = (
        np.asarray(a, dtype=float).reshape(len(a), -1) for a in (x, forward_x, y, backward_y)
    )
    gaps = np.abs(np.sum(forward_x * y, axis=1) - np.sum(x * backward_y, axis=1))
    lengths = np.linalg.norm(forward_x, axis=1) * np.linalg.norm(y, axis=1)
    return float(np.max(gaps / lengths))


def errors_cancel_between_probes(x, forward_x, y, backward_y):
    x, f, y, b = (a.astype(float) for a in (x, forward_x, y, backward_y))
    gap = abs((f * y).sum() - (x * b).sum())
    return float(gap / (np.linalg.norm(f.ravel()) * np.linalg.norm(y.ravel())))


def sign_kept(x, forward_x, y, backward_y):
    gaps = []
    for x0, f, y0, b in zip(*(a.astype(float) for a in (x, forward_x, y, backward_y)), strict=True):
        gap = (f * y0).sum() - (x0 * b).sum()
        gaps.append(gap / (np.linalg.norm(f.ravel()) * np.linalg.norm(y0.ravel())))
    return float(max(gaps))


def averaged_over_the_probes(x, forward_x, y, backward_y):
    gaps = []
    for x0, f, y0, b in zip(*(a.astype(float) for a in (x, forward_x, y, backward_y)), strict=True):
        gap = abs((f * y0).sum() - (x0 * b).sum())
        gaps.append(gap / (np.linalg.norm(f.ravel()) * np.linalg.norm(y0.ravel())))
    return float(np.mean(gaps))


def not_divided(x, forward_x, y, backward_y):
    gaps = []
    for x0, f, y0, b in zip(*(a.astype(float) for a in (x, forward_x, y, backward_y)), strict=True):
        gaps.append(abs((f * y0).sum() - (x0 * b).sum()))
    return float(max(gaps))


def bare_sums_compared(x, forward_x, y, backward_y):
    gaps = []
    for x0, f, y0, b in zip(*(a.astype(float) for a in (x, forward_x, y, backward_y)), strict=True):
        gap = abs(f.sum() * y0.sum() - x0.sum() * b.sum())
        gaps.append(gap / (np.linalg.norm(f.ravel()) * np.linalg.norm(y0.ravel())))
    return float(max(gaps))


def single_precision_kept(x, forward_x, y, backward_y):
    gaps = []
    for x0, f, y0, b in zip(x, forward_x, y, backward_y, strict=True):
        gap = abs((f * y0).sum() - (x0 * b).sum())
        gaps.append(gap / (np.linalg.norm(f.ravel()) * np.linalg.norm(y0.ravel())))
    return float(max(gaps))


def probe_by_probe(x, forward_x, y, backward_y):
    largest = 0.0
    for number in range(len(x)):
        a, b = np.ravel(forward_x[number]).astype(float), np.ravel(y[number]).astype(float)
        c, d = np.ravel(x[number]).astype(float), np.ravel(backward_y[number]).astype(float)
        largest = max(largest, abs(a @ b - c @ d) / np.sqrt((a @ a) * (b @ b)))
    return largest


def by_einsum(x, forward_x, y, backward_y):
    x, f, y, b = (a.reshape(len(a), -1).astype(np.float64) for a in (x, forward_x, y, backward_y))
    left, right = np.einsum("pi,pi->p", f, y), np.einsum("pi,pi->p", x, b)
    return np.max(np.abs(left - right) / np.sqrt(np.einsum("pi,pi,pj,pj->p", f, f, y, y)))


def hidden(rng):
    for number, rows, columns in ((1, 3, 4), (4, 5, 2), (3, 2, 6)):
        matrix = rng.integers(-9, 10, (rows, columns)) + 0.5
        x, y = rng.normal(size=(number, columns)), rng.normal(size=(number, rows))
        spoilt = matrix + rng.normal(size=matrix.shape)
        yield Case("one" if number == 1 else "many", "a wrong matrix", (x, x @ matrix.T, y, y @ spoilt))
    x, y = rng.normal(size=(3, 2, 4, 3)), rng.normal(size=(3, 1, 2, 3))
    forward, backward = x[:, :1, ::2] + x[:, 1:, ::2], np.zeros((3, 2, 4, 3))
    backward[:, :, ::2] = y
    yield Case(
        "many", "one probe of three is wrong", (x, forward, y, backward * [[[[1]]], [[[1.5]]], [[[1]]]])
    )
    size = 400
    x, y = rng.normal(size=(2, size)).astype(np.float32), rng.normal(size=(2, size)).astype(np.float32)
    scale = np.float32(rng.uniform(1000, 3000))
    nearly = np.array([1, 1.00001], np.float32)[:, None] * scale * y
    yield Case("single", "nearly right", (x, scale * x, y, nearly))


EXERCISE = Exercise(
    name="largest_adjoint_gap",
    title="A test that no wrong backward pass survives",
    task=(
        "A linear layer is a matrix $A$, though nobody may ever have written it down, and its backward pass "
        "should be $A^T$. For all $x$ and $y$ that means $\\langle A x, y\\rangle = \\langle x, A^T "
        "y\\rangle$, where $\\langle\\cdot,\\cdot\\rangle$ multiplies place by place and adds up. So draw a "
        "random $x$ and a random $y$, send one forward and the other backward, and compare two numbers: a "
        "wrong backward pass has practically no chance.\n\n"
        "Write `largest_adjoint_gap(x, forward_x, y, backward_y)`. The first axis of each array numbers the "
        "probes; the other axes are those of the layer's images. For each probe, take $\\left|\\langle Ax, "
        "y\\rangle - \\langle x, \\text{backward}(y)\\rangle\\right|$ and divide it by $\\lVert Ax\\rVert "
        "\\, \\lVert y\\rVert$ (the roots of the sums of squares, never 0 here), so that large numbers do "
        "not look like large errors. Return the largest of these gaps as a number. The arrays may be "
        "float32: calculate in float64 all the same."
    ),
    reference=largest_adjoint_gap,
    groups=(
        Group("one", 3, "One probe"),
        Group("many", 4, "Several probes, images of any shape"),
        Group("single", 3, "Arrays in single precision"),
    ),
    public=(
        Case(
            "one",
            "a matrix that somebody forgot to transpose",
            (np.array([[1.0, 0.0]]), np.array([[1.0, 3.0]]), np.array([[0.0, 4.0]]), np.array([[8.0, 16.0]])),
        ),
        Case(
            "many",
            "two errors of opposite sign",
            (
                np.array([[3.0, 4.0], [3.0, 4.0]]),
                np.array([[6.0, 8.0], [6.0, 8.0]]),
                np.array([[4.0, 3.0], [4.0, 3.0]]),
                np.array([[9.0, 6.0], [7.0, 6.0]]),
            ),
        ),
        Case(
            "many",
            "the second probe is right",
            (
                np.array([[1.0, 2.0], [2.0, 1.0]]),
                np.array([[1.0, 2.0], [2.0, 1.0]]),
                np.array([[2.0, 0.0], [0.0, 2.0]]),
                np.array([[0.0, 2.0], [0.0, 2.0]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            errors_cancel_between_probes,
            "You added up over all probes before comparing. Then an error of +3 in one probe hides an error "
            "of −3 in another; each probe needs a comparison of its own.",
            SECTION,
        ),
        Mistake(
            sign_kept,
            "A gap can be negative as well: you looked for the largest number without taking absolute "
            "values, so a backward pass that gives too much seems better than a right one.",
            SECTION,
        ),
        Mistake(
            averaged_over_the_probes,
            "You averaged the gaps. One probe that fails is proof enough, and a mean over many that pass "
            "would bury it: the largest gap is asked for.",
            SECTION,
        ),
        Mistake(
            not_divided,
            "Your gaps are not divided by the lengths of Ax and y. An error of 0.001 is nothing between "
            "numbers in the millions and a disaster between numbers like 0.01.",
            "backprop.html#gradient-checking",
        ),
        Mistake(
            bare_sums_compared,
            "You multiplied sums instead of summing products. A sum does not notice when values change "
            "places, so a flipped filter would pass your test. First multiply place by place, then add.",
            SECTION,
        ),
        Mistake(
            single_precision_kept,
            "You calculated in single precision, whose rounding errors are as large as the gap you are "
            "looking for. Convert the arrays to float64 before the first product.",
            "backprop.html#gradient-checking",
        ),
    ),
    variants=(probe_by_probe, by_einsum),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Take one probe and forget the rest: `(forward_x[0] * y[0]).sum()` is the first of the two numbers.",
        "`a.reshape(len(a), -1).astype(float)` makes one row of each probe, whatever its shape. After that, "
        "sums over `axis=1` give one number per probe.",
        "`np.linalg.norm(a, axis=1)` gives the lengths of the rows. What remains is a difference, `abs`, one "
        "division and `max`.",
    ),
    section=SECTION,
)
