"""Convolution as a matrix, on a line and on a ring (coverage row 2.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets import convolution
from solutions.allowances import CONVOLVERS_1D, EXACT

SECTION = "convolution.html#toeplitz"


def toeplitz_matrix(kernel, length, mode):
    if mode != "circular":
        return convolution.toeplitz_matrix(kernel, length, mode=mode)
    full = convolution.toeplitz_matrix(kernel, length, mode="full")
    ring = np.zeros((length, length))
    for row, values in enumerate(full):
        ring[row % length] += values
    return ring


def kernel_not_flipped(kernel, length, mode):
    size = len(kernel)
    full = np.zeros((length + size - 1, length))
    for column in range(length):
        full[column : column + size, column] = kernel[::-1]
    if mode == "full":
        return full
    if mode == "valid":
        return full[size - 1 : length]
    ring = np.zeros((length, length))
    for row, values in enumerate(full):
        ring[row % length] += values
    return ring


def rows_and_columns_exchanged(kernel, length, mode):
    size = len(kernel)
    full = np.zeros((length + size - 1, length))
    for column in range(length):
        full[column : column + size, column] = kernel
    if mode == "full":
        return full.T
    if mode == "valid":
        return full[size - 1 : length].T
    ring = np.zeros((length, length))
    for row, values in enumerate(full):
        ring[row % length] += values
    return ring.T


def valid_cut_from_the_top(kernel, length, mode):
    size = len(kernel)
    full = np.zeros((length + size - 1, length))
    for column in range(length):
        full[column : column + size, column] = kernel
    if mode == "full":
        return full
    if mode == "valid":
        return full[: length - size + 1]
    ring = np.zeros((length, length))
    for row, values in enumerate(full):
        ring[row % length] += values
    return ring


def ring_cut_open(kernel, length, mode):
    size = len(kernel)
    full = np.zeros((length + size - 1, length))
    for column in range(length):
        full[column : column + size, column] = kernel
    if mode == "full":
        return full
    if mode == "valid":
        return full[size - 1 : length]
    return full[:length]


def long_kernel_goes_round_once(kernel, length, mode):
    size = len(kernel)
    full = np.zeros((length + size - 1, length))
    for column in range(length):
        full[column : column + size, column] = kernel
    if mode == "full":
        return full
    if mode == "valid":
        return full[size - 1 : length]
    ring = np.zeros((length, length))
    for column in range(length):
        for k in range(size):
            ring[(column + k) % length, column] = kernel[k]
    return ring


def diagonal_by_diagonal(kernel, length, mode):
    rows = length if mode == "circular" else length + len(kernel) - 1
    matrix = np.zeros((rows, length))
    for k, weight in enumerate(kernel):
        for column in range(length):
            matrix[(column + k) % rows, column] += weight
    return matrix[len(kernel) - 1 : length] if mode == "valid" else matrix


def from_the_definition(kernel, length, mode):
    size = len(kernel)
    if mode == "circular":
        folded = np.zeros(length)
        np.add.at(folded, np.arange(size) % length, kernel)
        row, column = np.indices((length, length))
        return folded[(row - column) % length]
    row, column = np.indices((length + size - 1, length))
    offset = row - column
    matrix = np.where((offset >= 0) & (offset < size), np.asarray(kernel)[np.clip(offset, 0, size - 1)], 0)
    return np.asfortranarray(matrix[size - 1 : length] if mode == "valid" else matrix)


def hidden(rng):
    for length, size in ((4, 3), (3, 5), (1, 4), (6, 1), (5, 2)):
        kernel = rng.integers(1, 10, size) * rng.choice([-1, 1], size)
        yield Case("full", f"{size} weights, length {length}", (kernel, length, "full"))
        yield Case("circular", f"{size} weights, length {length}", (kernel, length, "circular"))
        if size <= length:
            yield Case("valid", f"{size} weights, length {length}", (kernel, length, "valid"))
    yield Case("circular", "three times round the ring", (rng.integers(1, 10, 8), 3, "circular"))


EXERCISE = Exercise(
    name="toeplitz_matrix",
    title="Convolution is a matrix, on a line and on a ring",
    task=(
        "Convolution with a fixed kernel is linear, so there is a matrix $T$ with $T a = a * "
        "\\text{kernel}$ for every signal $a$ of the given `length`. Write `toeplitz_matrix(kernel, length, "
        "mode)` for three modes:\n\n"
        '- `"full"`: all of $a * \\text{kernel}$; one row more than `length` for each further weight,\n'
        '- `"valid"`: only the rows in which the whole kernel meets the signal (never called with a '
        "kernel longer than the signal),\n"
        '- `"circular"`: the signal lives on a ring, as the hours of a day do. What leaves at the end '
        "comes in at the beginning and is *added* there, as often as it goes round."
    ),
    reference=toeplitz_matrix,
    groups=(
        Group("full", 3, "All of the convolution"),
        Group("valid", 3, "Only complete overlaps"),
        Group("circular", 4, "A signal on a ring"),
    ),
    public=(
        Case("full", "the lecture's 5 × 3 matrix", (np.array([1, 1, 2]), 3, "full")),
        Case("full", "a kernel that is not symmetric", (np.array([1, 2, 4]), 2, "full")),
        Case("valid", "a kernel that is not symmetric", (np.array([1, 2, 4]), 5, "valid")),
        Case("circular", "a kernel that is not symmetric", (np.array([1, 2, 4]), 4, "circular")),
        Case("circular", "a kernel longer than the ring", (np.array([1, 20, 300, 4000]), 3, "circular")),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            kernel_not_flipped,
            "Your matrix computes cross-correlation. Look at one column: it is the answer to an impulse, "
            "and an impulse must return the kernel itself, read from top to bottom. In the rows it then "
            "stands backwards.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            rows_and_columns_exchanged,
            "You built the transpose. The signal multiplies from the right, so the matrix has one column "
            "for each of its samples and one row for each value of the result.",
            SECTION,
        ),
        Mistake(
            valid_cut_from_the_top,
            "Your “valid” matrix keeps the first rows of the full one, but in those the kernel still hangs "
            "over the beginning of the signal. Keep the rows in which every weight of the kernel appears.",
            "convolution.html#one-dimension",
        ),
        Mistake(
            ring_cut_open,
            "On the ring something got lost: every column of a circular matrix holds the whole kernel. What "
            "runs out at the bottom of a column comes in again at its top.",
            SECTION,
        ),
        Mistake(
            long_kernel_goes_round_once,
            "When the kernel is longer than the ring, two of its weights land in the same place, and you "
            "kept only the later one. The wave that comes round meets the one that is still there: they add "
            "up.",
            SECTION,
        ),
    ),
    variants=(diagonal_by_diagonal, from_the_definition),
    tolerance=EXACT,
    banned=CONVOLVERS_1D,
    difficulty=2,
    minutes=25,
    hints=(
        "Column $j$ of any matrix is its answer to the impulse at $j$. What does convolution make of an "
        "impulse?",
        "In the full matrix, column `j` holds the kernel from row `j` downwards and zeros elsewhere. "
        'For `"valid"`, think which of its rows contain the complete kernel.',
        "For the ring, the weight `kernel[k]` of column `j` goes to row `(j + k) % length`, and it is added "
        "to what is there. The valid rows of the full matrix are those from `len(kernel) - 1` up to "
        "`length`.",
    ),
    section=SECTION,
)
