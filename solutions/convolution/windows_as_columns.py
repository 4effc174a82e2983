"""Convolution as one matrix product, with the flip in the windows (coverage row 2.8)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import im2col
from solutions.allowances import EXACT, LIBRARIES

SECTION = "convolution.html#fast-forms"


def windows_as_columns(x, kernel_shape):
    C, (K_h, K_w) = len(x), kernel_shape
    columns = im2col(x, kernel_shape).reshape(C, K_h, K_w, -1)
    return columns[:, ::-1, ::-1].reshape(C * K_h * K_w, -1)


def windows_not_flipped(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w].ravel()
        for i in range(x.shape[1] - K_h + 1)
        for j in range(x.shape[2] - K_w + 1)
    ]
    return np.array(rows).T


def channels_flipped_too(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w].ravel()[::-1]
        for i in range(x.shape[1] - K_h + 1)
        for j in range(x.shape[2] - K_w + 1)
    ]
    return np.array(rows).T


def windows_as_rows(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w][:, ::-1, ::-1].ravel()
        for i in range(x.shape[1] - K_h + 1)
        for j in range(x.shape[2] - K_w + 1)
    ]
    return np.array(rows)


def down_the_columns_first(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w][:, ::-1, ::-1].ravel()
        for j in range(x.shape[2] - K_w + 1)
        for i in range(x.shape[1] - K_h + 1)
    ]
    return np.array(rows).T


def channels_last(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w][:, ::-1, ::-1].transpose(1, 2, 0).ravel()
        for i in range(x.shape[1] - K_h + 1)
        for j in range(x.shape[2] - K_w + 1)
    ]
    return np.array(rows).T


def windows_side_by_side(x, kernel_shape):
    K_h, K_w = kernel_shape
    rows = [
        x[:, i : i + K_h, j : j + K_w][:, ::-1, ::-1].ravel()
        for i in range(0, x.shape[1] - K_h + 1, K_h)
        for j in range(0, x.shape[2] - K_w + 1, K_w)
    ]
    return np.array(rows).T


def number_by_number(x, kernel_shape):
    (C, H, W), (K_h, K_w) = x.shape, kernel_shape
    H_out, W_out = H - K_h + 1, W - K_w + 1
    columns = np.zeros((C * K_h * K_w, H_out * W_out))
    for c in range(C):
        for k in range(K_h):
            for m in range(K_w):
                for i in range(H_out):
                    for j in range(W_out):
                        value = x[c, i + K_h - 1 - k, j + K_w - 1 - m]
                        columns[(c * K_h + k) * K_w + m, i * W_out + j] = value
    return columns


def one_slice_per_row(x, kernel_shape):
    (_, H, W), (K_h, K_w) = x.shape, kernel_shape
    rows = []
    for channel in x:
        for k in reversed(range(K_h)):
            for m in reversed(range(K_w)):
                rows.append(channel[k : k + H - K_h + 1, m : m + W - K_w + 1].ravel())
    return np.asfortranarray(rows)


def hidden(rng):
    for shape, size in (((1, 4, 6), (2, 3)), ((3, 5, 4), (3, 2)), ((2, 3, 7), (3, 1)), ((4, 2, 2), (2, 2))):
        group = "grey" if shape[0] == 1 else "colour"
        label = f"{shape[1]} × {shape[2]}, kernel {size[0]} × {size[1]}"
        yield Case(group, label, (rng.integers(-99, 100, shape), size))
        yield Case(group, label + ", floats", (rng.normal(size=shape), size))
    yield Case("grey", "one by one", (rng.normal(size=(1, 3, 2)), (1, 1)))


EXERCISE = Exercise(
    name="windows_as_columns",
    title="One matrix product for a whole image",
    task=(
        "Processors are best at one thing: multiplying large matrices. So lay out the windows of an image "
        "as the columns of a matrix, and a convolution becomes a single product. The chapter flips the "
        "kernel before the product; you turn the **windows** round instead, once, and then any number of "
        "kernels can be used as they are.\n\n"
        "Write `windows_as_columns(x, kernel_shape)` for an image `x` of shape `(C, H, W)`. With $H_{out} = "
        "H - K_h + 1$ and $W_{out} = W - K_w + 1$ the result has the shape `(C * K_h * K_w, H_out * "
        "W_out)`: one column for each window, the windows taken row by row; in a column, channel after "
        "channel, and inside a channel the turned window row by row. Then `kernels.reshape(C_out, -1) @ "
        "columns` is a true convolution, added up over the channels."
    ),
    reference=windows_as_columns,
    groups=(
        Group("grey", 5, "One channel"),
        Group("colour", 5, "Several channels"),
    ),
    public=(
        Case("grey", "a row of three pixels", (np.array([[[1, 2, 3]]]), (1, 2))),
        Case("grey", "2 × 3 pixels", (np.array([[[1, 2, 3], [4, 5, 6]]]), (2, 2))),
        Case("grey", "windows below each other", (np.arange(1, 13).reshape(1, 4, 3), (3, 2))),
        Case("colour", "two channels", (np.array([[[1, 2, 3]], [[10, 20, 30]]]), (1, 2))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            windows_not_flipped,
            "Your columns hold the windows as they are, so the product is a cross-correlation. Turn each "
            "window round, rows and columns, before you flatten it.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            channels_flipped_too,
            "By reversing the whole column you reversed the order of the channels too: red changed places "
            "with blue. Only height and width are flipped.",
            SECTION,
        ),
        Mistake(
            windows_as_rows,
            "You have got the transpose: each window lies in a row. Here each row belongs to one weight of "
            "the kernel and each column to one pixel of the result.",
            SECTION,
        ),
        Mistake(
            down_the_columns_first,
            "Your windows are in a different order: you went down the image first and then to the right. "
            "The result is folded back row by row, so the window to the right comes next.",
            SECTION,
        ),
        Mistake(
            channels_last,
            "Inside a column you mixed the channels pixel by pixel. Kernels are flattened channel after "
            "channel, and the windows must have the same order, or each weight meets the wrong number.",
            SECTION,
        ),
        Mistake(
            windows_side_by_side,
            "Your windows lie side by side like tiles. Convolution moves on by one pixel at a time, so "
            "neighbouring windows share most of their pixels, and every pixel is copied several times.",
            SECTION,
        ),
    ),
    variants=(number_by_number, one_slice_per_row),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=3,
    minutes=25,
    hints=(
        "Work out the result for the row `1 2 3` and windows of two on paper: two columns, each turned "
        "round.",
        "A window with all its channels is `x[:, i:i + K_h, j:j + K_w]`. Reverse its last two axes, flatten "
        "it, and collect.",
        "A list of flattened windows, `i` in the outer and `j` in the inner loop, makes a matrix with a "
        "window in each *row*; one transpose is left to do.",
    ),
    section=SECTION,
)
