"""The matrix of a transposed convolution, written down from its weights (coverage rows 10.1, 10.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import convolution_matrix
from solutions.allowances import EXACT, LIBRARIES

SECTION = "transposed.html#transposing-it"


def transposed_matrix(weight, size, stride, padding):
    lengths = zip(size, weight.shape[2:], stride, padding, strict=True)
    large = tuple((n - 1) * s + k - 2 * p for n, k, s, p in lengths)
    return convolution_matrix(weight, large, stride, padding).T


def the_way_down(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k - 2 * p, (w - 1) * t + m - 2 * q
    M = np.zeros((C, h, w, D, H, W))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        y, x = i * s + a - p, j * t + b - q
        if 0 <= y < H and 0 <= x < W:
            M[c, i, j, d, y, x] += weight[c, d, a, b]
    return M.reshape(C * h * w, D * H * W)


def filter_turned(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k - 2 * p, (w - 1) * t + m - 2 * q
    M = np.zeros((D, H, W, C, h, w))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        y, x = i * s + a - p, j * t + b - q
        if 0 <= y < H and 0 <= x < W:
            M[d, y, x, c, i, j] += weight[c, d, -1 - a, -1 - b]
    return M.reshape(D * H * W, C * h * w)


def stride_forgotten_inside(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k - 2 * p, (w - 1) * t + m - 2 * q
    M = np.zeros((D, H, W, C, h, w))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        y, x = i + a - p, j + b - q
        if 0 <= y < H and 0 <= x < W:
            M[d, y, x, c, i, j] += weight[c, d, a, b]
    return M.reshape(D * H * W, C * h * w)


def padding_not_cut(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t) = weight.shape, size, stride
    H, W = (h - 1) * s + k, (w - 1) * t + m
    M = np.zeros((D, H, W, C, h, w))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        M[d, i * s + a, j * t + b, c, i, j] += weight[c, d, a, b]
    return M.reshape(D * H * W, C * h * w)


def padding_added_outside(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k + 2 * p, (w - 1) * t + m + 2 * q
    M = np.zeros((D, H, W, C, h, w))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        M[d, i * s + a + p, j * t + b + q, c, i, j] += weight[c, d, a, b]
    return M.reshape(D * H * W, C * h * w)


def edge_comes_in_on_the_other_side(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k - 2 * p, (w - 1) * t + m - 2 * q
    M = np.zeros((D, H, W, C, h, w))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        M[d, (i * s + a - p) % H, (j * t + b - q) % W, c, i, j] += weight[c, d, a, b]
    return M.reshape(D * H * W, C * h * w)


def channels_last(weight, size, stride, padding):
    (C, D, k, m), (h, w), (s, t), (p, q) = weight.shape, size, stride, padding
    H, W = (h - 1) * s + k - 2 * p, (w - 1) * t + m - 2 * q
    M = np.zeros((H, W, D, h, w, C))
    for c, d, i, j, a, b in np.ndindex(C, D, h, w, k, m):
        y, x = i * s + a - p, j * t + b - q
        if 0 <= y < H and 0 <= x < W:
            M[y, x, d, i, j, c] += weight[c, d, a, b]
    return M.reshape(D * H * W, C * h * w)


def impulse_by_impulse(weight, size, stride, padding):
    (C_in, C_out, K_h, K_w), (H, W) = weight.shape, size
    columns = []
    for c, i, j in np.ndindex(C_in, H, W):
        sheet = np.zeros((C_out, (H - 1) * stride[0] + K_h, (W - 1) * stride[1] + K_w), dtype=weight.dtype)
        top, left = i * stride[0], j * stride[1]
        sheet[:, top : top + K_h, left : left + K_w] = weight[c]
        rows = slice(padding[0], sheet.shape[1] - padding[0])
        columns.append(sheet[:, rows, padding[1] : sheet.shape[2] - padding[1]].ravel())
    return np.array(columns).T


def by_differences(weight, size, stride, padding):
    def along(n, k, s, p):
        place, start = np.arange((n - 1) * s + k - 2 * p), s * np.arange(n)
        return place[:, None] + p - start

    (C_in, C_out, K_h, K_w), (H, W) = weight.shape, size
    a, b = along(H, K_h, stride[0], padding[0]), along(W, K_w, stride[1], padding[1])
    inside = ((a >= 0) & (a < K_h))[:, None, :, None] & ((b >= 0) & (b < K_w))[None, :, None, :]
    chosen = weight[:, :, a.clip(0, K_h - 1)[:, None, :, None], b.clip(0, K_w - 1)[None, :, None, :]]
    matrix = np.einsum("cdyxhw->dyxchw", chosen * inside)
    return matrix.reshape(C_out * len(a) * len(b), C_in * H * W).astype(float)


def hidden(rng):
    def made(group, label, channels, kernel_size, size, stride, padding):
        weight = rng.integers(1, 10, (*channels, *kernel_size)) * rng.choice([-1, 1])
        return Case(group, label, (weight, size, stride, padding))

    yield made("stride", "stride 1", (1, 1), (2, 3), (3, 2), (1, 1), (0, 0))
    yield made("stride", "overlap below, not beside", (1, 1), (3, 2), (2, 3), (2, 2), (0, 0))
    yield made("stride", "holes", (1, 1), (1, 2), (3, 2), (2, 3), (0, 0))
    yield made("padding", "rows only", (1, 1), (3, 2), (2, 3), (2, 1), (1, 0))
    yield made("padding", "both", (1, 1), (4, 3), (3, 2), (1, 3), (2, 1))
    yield made("channels", "two to three", (2, 3), (2, 3), (2, 2), (2, 1), (0, 1))
    yield made("channels", "three to one", (3, 1), (3, 2), (2, 3), (1, 2), (1, 0))


EXERCISE = Exercise(
    name="transposed_matrix",
    title="The matrix that goes back up",
    task=(
        "A convolution that makes a large image small is a wide, flat matrix; its transpose is tall and "
        "narrow, and makes a small image large. Write `transposed_matrix(weight, size, stride, padding)`: "
        "the matrix $M$ with `M @ x.ravel()` equal to the transposed convolution of `x`, flattened too.\n\n"
        "Each pixel of `x`, at row $i$ and column $j$, puts the filter onto the result, scaled by its value: "
        "the filter's first weight lands in row $i s_h - p_h$ and column $j s_w - p_w$, and what falls "
        "outside is lost. `x` has the shape `(C_in, H, W)` with `size` equal to `(H, W)`; `weight` has the "
        "shape `(C_in, C_out, K_h, K_w)`: the input channel comes first here. The result has `C_out` "
        "channels of $H_{out} = (H - 1) s_h + K_h - 2 p_h$ rows and $W_{out} = (W - 1) s_w + K_w - 2 p_w$ "
        "columns; everything is flattened channel after channel, row after row."
    ),
    reference=transposed_matrix,
    groups=(
        Group("stride", 4, "One channel, no padding"),
        Group("padding", 3, "Padding"),
        Group("channels", 3, "Several channels"),
    ),
    public=(
        Case(
            "stride",
            "a row of three pixels, stride 2",
            (np.array([[[[1, 2, 3]]]]), (1, 3), (1, 2), (0, 0)),
        ),
        Case(
            "stride",
            "2 × 2 to 4 × 4, as in the lecture",
            (np.array([[[[1, 2], [3, 4]]]]), (2, 2), (2, 2), (0, 0)),
        ),
        Case(
            "padding", "one row is cut at either end", (np.array([[[[1], [2], [3]]]]), (3, 1), (1, 1), (1, 0))
        ),
        Case(
            "channels", "two channels to one", (np.array([[[[1, 2]]], [[[10, 20]]]]), (1, 2), (1, 1), (0, 0))
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            the_way_down,
            "This is the matrix of the convolution that makes images small. The one that goes back up is its "
            "transpose: one column for each pixel of the small image.",
            SECTION,
        ),
        Mistake(
            filter_turned,
            "Look at one column of your matrix, folded to an image: the filter stands in it upside down and "
            "back to front. A pixel puts the filter down as it is; no turn is needed in this form.",
            "transposed.html#scatter-form",
        ),
        Mistake(
            stride_forgotten_inside,
            "Your matrix has the right size, but neighbouring pixels put their filters only one place apart. "
            "The filter of row i begins `stride` times i rows down.",
            SECTION,
        ),
        Mistake(
            padding_not_cut,
            "Your result ignores the padding. What the convolution added around the large image before it "
            "looked, the transpose takes away again: `padding` rows and columns on each side.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            padding_added_outside,
            "You made the result larger by the padding. For the transposed convolution, padding works the "
            "other way round: more of it cuts away more.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            edge_comes_in_on_the_other_side,
            "What falls off at one edge comes in at the opposite one. Negative places count from the end in "
            "NumPy, without a word; check that a place is at least 0 and inside before you write to it.",
            SECTION,
        ),
        Mistake(
            channels_last,
            "Your rows and columns are in another order: pixel by pixel, with the channels inside. "
            "Flattening an image of shape `(C, H, W)` runs through the whole first channel first.",
            "transposed.html#the-matrix",
        ),
    ),
    variants=(impulse_by_impulse, by_differences),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "A column of a matrix is its answer to a single pixel of value 1. What does one such pixel draw?",
        "Make an array of zeros of shape `(C_out, H_out, W_out, C_in, H, W)` and fill in weight by weight; "
        "at the end, one `reshape` gives the matrix.",
        "The weight at `(k, m)` for the pixel at `(i, j)` stands at row `i * s_h + k - p_h` and column `j * "
        "s_w + m - p_w` of the result, if both are inside.",
    ),
    section=SECTION,
)
