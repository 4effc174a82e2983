"""The reverse puzzle: which kernel was it? (coverage row 2.6, the other way round)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv2d_flip_and_filter
from solutions.allowances import LEAST_SQUARES, LIBRARIES

SECTION = "convolution.html#reverse-puzzle"


def recover_kernel(x, y, shape):
    windows = np.lib.stride_tricks.sliding_window_view(x, shape).reshape(y.size, -1)
    flipped, *_ = np.linalg.lstsq(windows, y.ravel(), rcond=None)
    return flipped.reshape(shape)[::-1, ::-1]


def solution_left_flipped(x, y, shape):
    height, width = shape
    rows = [x[i : i + height, j : j + width].ravel() for i in range(y.shape[0]) for j in range(y.shape[1])]
    return np.linalg.lstsq(np.array(rows, float), y.ravel(), rcond=None)[0].reshape(shape)


def as_few_windows_as_weights(x, y, shape):
    height, width = shape
    rows = [x[i : i + height, j : j + width].ravel() for i in range(y.shape[0]) for j in range(y.shape[1])]
    few = height * width
    return np.linalg.lstsq(np.array(rows[:few], float), y.ravel()[:few], rcond=None)[0].reshape(shape)[
        ::-1, ::-1
    ]


def windows_and_values_in_different_order(x, y, shape):
    height, width = shape
    rows = [x[i : i + height, j : j + width].ravel() for j in range(y.shape[1]) for i in range(y.shape[0])]
    return np.linalg.lstsq(np.array(rows, float), y.ravel(), rcond=None)[0].reshape(shape)[::-1, ::-1]


def read_column_by_column(x, y, shape):
    height, width = shape
    rows = [x[i : i + height, j : j + width].ravel() for i in range(y.shape[0]) for j in range(y.shape[1])]
    weights = np.linalg.lstsq(np.array(rows, float), y.ravel(), rcond=None)[0]
    return weights.reshape((width, height)).T[::-1, ::-1]


def output_correlated_with_input(x, y, shape):
    height, width = shape
    out = np.zeros(shape)
    for i in range(height):
        for j in range(width):
            window = x[
                height - 1 - i : height - 1 - i + y.shape[0], width - 1 - j : width - 1 - j + y.shape[1]
            ]
            out[i, j] = (window * y).sum() / (window**2).sum()
    return out


def columns_already_flipped(x, y, shape):
    height, width = shape
    columns = [
        x[i : i + y.shape[0], j : j + y.shape[1]].ravel()
        for i in range(height - 1, -1, -1)
        for j in range(width - 1, -1, -1)
    ]
    return (np.linalg.pinv(np.array(columns, dtype=float).T) @ y.ravel()).reshape(shape)


def normal_equations(x, y, shape):
    height, width = shape
    gram = np.zeros((height * width, height * width))
    right = np.zeros(height * width)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i : i + height, j : j + width][::-1, ::-1].ravel().astype(float)
            gram += np.outer(window, window)
            right += window * y[i, j]
    return np.asfortranarray(np.linalg.solve(gram, right).reshape(shape))


def hidden(rng):
    for size in ((2, 3), (3, 1), (1, 4), (3, 3)):
        x, kernel = rng.normal(size=(9, 11)), rng.integers(-9, 10, size)
        kernel[0, 0], kernel[-1, -1] = 11, -10
        label = f"{size[0]} × {size[1]}"
        y = conv2d_flip_and_filter(x, kernel, mode="valid")
        yield Case("exact", label, (x, y, size))
        yield Case("noisy", label, (x, y + rng.normal(size=y.shape), size))
    x = rng.integers(0, 10, (8, 10)) + 20 * rng.integers(0, 2, (8, 10))
    y = conv2d_flip_and_filter(x, np.array([[1, 2], [3, 4]]), mode="valid")
    yield Case("exact", "whole numbers", (x, y, (2, 2)))


EXERCISE = Exercise(
    name="recover_kernel",
    title="The reverse puzzle: which kernel was it?",
    task=(
        "Somebody filtered an image and kept the kernel secret. You have the image before (`x`) and after "
        "(`y`), you know that `y` is the “valid” convolution of `x` with a kernel of the given `shape = "
        "(K_h, K_w)`, perhaps with a little noise on it. Find the kernel.\n\n"
        "Every pixel of `y` is an equation: a window of `x`, multiplied by the unknown weights and added "
        "up. There are more equations than unknowns, and the noise makes them contradict each other, so "
        "write `recover_kernel(x, y, shape)` to return the kernel that comes closest to all of them, the "
        "one with the smallest sum of squared errors. Solving such a system is not the puzzle here: "
        "`np.linalg` is yours to use."
    ),
    reference=recover_kernel,
    groups=(
        Group("exact", 5, "Kernels of several shapes, without noise"),
        Group("noisy", 5, "The same with noise"),
    ),
    public=(
        Case(
            "exact",
            "two weights in a row",
            (np.array([[3, 1, 4, 1, 5]]), np.array([[7, 6, 9, 7]]), (1, 2)),
        ),
        Case(
            "exact",
            "two by two weights",
            (
                np.array([[1, 0, 0, 2], [0, 2, 1, 0], [0, 1, 0, 3]]),
                np.array([[6, 5, 8], [7, 13, 7]]),
                (2, 2),
            ),
        ),
        Case(
            "noisy",
            "one weight, three equations that disagree",
            (np.array([[1, 2, 2]]), np.array([[4, 5, 6.5]]), (1, 1)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            solution_left_flipped,
            "You found the right numbers, but they stand upside down and back to front. Your equations lay "
            "the unknown weights straight on the windows, so you solved for the flipped kernel: turn it "
            "round at the end.",
            "convolution.html#flip-and-filter",
        ),
        Mistake(
            as_few_windows_as_weights,
            "You used only as many windows as there are weights. Without noise that may do; with noise, "
            "every further window helps to average the errors away. Give all of them to a least-squares "
            "solver.",
            SECTION,
        ),
        Mistake(
            windows_and_values_in_different_order,
            "Your equations got the wrong right-hand sides: the windows go down the columns and the values "
            "of y along the rows. Window number n must belong to value number n.",
            SECTION,
        ),
        Mistake(
            read_column_by_column,
            "The weights are right, but you folded them into the kernel column by column. A window that is "
            "flattened row by row gives weights that must be folded up row by row.",
            SECTION,
        ),
        Mistake(
            output_correlated_with_input,
            "You found each weight on its own, as if the others were zero. But every pixel of y is a sum "
            "over all the weights at once; the equations must be solved together.",
            SECTION,
        ),
    ),
    variants=(columns_already_flipped, normal_equations),
    tolerance=LEAST_SQUARES,
    banned=LIBRARIES,
    difficulty=3,
    minutes=30,
    hints=(
        "Write down the equation of the pixel `y[0, 0]` for a kernel of 1 × 2. Which pixels of `x` occur in "
        "it?",
        "Collect the windows of `x`, each flattened into a row, in the order of `y.ravel()`: a matrix with "
        "one row for each pixel of `y` and one column for each weight. `np.linalg.lstsq` does the rest.",
        "The solution multiplies the windows without a flip, so it is the flipped kernel: fold it with "
        "`reshape(shape)` and reverse both axes.",
    ),
    section=SECTION,
)
