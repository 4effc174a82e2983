"""Transposed convolution as stamping, with four edges of their own (coverage rows 10.2, 10.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.transposed import conv_transpose2d
from solutions.allowances import LIBRARIES, SUMS

SECTION = "transposed.html#scatter-form"


def stamp_and_cut(x, weight, stride, cut):
    sheet = conv_transpose2d(x, weight, stride=stride)
    (H, W), (top, bottom, left, right) = sheet.shape[2:], cut
    return sheet[:, :, top : H - bottom, left : W - right]


def overlaps_overwritten(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, b, c, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] = stamp
    return out[:, :, a : out.shape[2] - b, c : out.shape[3] - d]


def overlaps_averaged(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, b, c, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    times = np.zeros(out.shape)
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
        times[:, :, i * s : i * s + k, j * t : j * t + m] += 1
    out = out / np.maximum(times, 1)
    return out[:, :, a : out.shape[2] - b, c : out.shape[3] - d]


def stamp_turned(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, b, c, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight[:, :, ::-1, ::-1], axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
    return out[:, :, a : out.shape[2] - b, c : out.shape[3] - d]


def cut_with_minus_zero(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, b, c, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
    return out[:, :, a:-b, c:-d]


def every_stamp_cut(x, weight, stride, cut):
    (a, b, c, d), (s, t) = cut, stride
    weight = weight[:, :, a : weight.shape[2] - b, c : weight.shape[3] - d]
    (N, _, h, w), (_, D, k, m) = x.shape, weight.shape
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
    return out


def edges_in_another_order(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, c, b, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, (h - 1) * s + k, (w - 1) * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
    return out[:, :, a : out.shape[2] - b, c : out.shape[3] - d]


def sheet_too_large(x, weight, stride, cut):
    (N, _, h, w), (_, D, k, m), (s, t), (a, b, c, d) = x.shape, weight.shape, stride, cut
    out = np.zeros((N, D, h * s + k, w * t + m))
    for i, j in np.ndindex(h, w):
        stamp = np.tensordot(x[:, :, i, j], weight, axes=1)
        out[:, :, i * s : i * s + k, j * t : j * t + m] += stamp
    return out[:, :, a : out.shape[2] - b, c : out.shape[3] - d]


def weight_by_weight(x, weight, stride, cut):
    (N, _, H, W), (_, C_out, K_h, K_w), (s_h, s_w) = x.shape, weight.shape, stride
    sheet = np.zeros((N, C_out, (H - 1) * s_h + K_h, (W - 1) * s_w + K_w))
    for k, m in np.ndindex(K_h, K_w):
        here = np.s_[:, :, k : k + (H - 1) * s_h + 1 : s_h, m : m + (W - 1) * s_w + 1 : s_w]
        sheet[here] += np.einsum("nchw,cd->ndhw", x, weight[:, :, k, m])
    rows, columns = np.arange(sheet.shape[2]), np.arange(sheet.shape[3])
    rows, columns = rows[cut[0] : len(rows) - cut[1]], columns[cut[2] : len(columns) - cut[3]]
    return sheet[:, :, rows][..., columns]


def number_by_number(x, weight, stride, cut):
    H_out = (x.shape[2] - 1) * stride[0] + weight.shape[2] - cut[0] - cut[1]
    W_out = (x.shape[3] - 1) * stride[1] + weight.shape[3] - cut[2] - cut[3]
    out = np.zeros((len(x), weight.shape[1], H_out, W_out))
    for n, c, i, j in np.ndindex(x.shape):
        for d, k, m in np.ndindex(weight.shape[1:]):
            row, column = i * stride[0] + k - cut[0], j * stride[1] + m - cut[2]
            if 0 <= row < H_out and 0 <= column < W_out:
                out[n, d, row, column] += x[n, c, i, j] * weight[c, d, k, m]
    return out


def hidden(rng):
    def made(group, label, shape, C_out, kernel_size, stride, cut):
        x, weight = rng.integers(1, 10, shape), rng.integers(1, 10, (shape[1], C_out, *kernel_size))
        return Case(group, label, (x * rng.choice([-1, 1], shape), weight, stride, cut))

    yield made("stamps", "stride 1", (1, 1, 3, 4), 1, (3, 2), (1, 1), (0, 0, 0, 0))
    yield made("stamps", "some overlap", (1, 1, 4, 3), 1, (4, 3), (3, 2), (0, 0, 0, 0))
    yield made("stamps", "holes", (1, 1, 2, 3), 1, (1, 2), (3, 4), (0, 0, 0, 0))
    yield made("cut", "four different edges", (1, 1, 4, 3), 1, (4, 5), (2, 3), (1, 2, 3, 0))
    yield made("cut", "as padding 1, output_padding 1", (1, 1, 3, 4), 1, (3, 3), (2, 2), (1, 0, 1, 0))
    yield made("cut", "wide", (1, 1, 3, 2), 1, (5, 4), (1, 2), (3, 2, 0, 1))
    yield made("batch", "everything", (2, 3, 3, 2), 4, (2, 3), (1, 2), (0, 1, 1, 0))
    yield made("batch", "fewer channels out than in", (3, 4, 2, 3), 2, (3, 2), (2, 3), (1, 1, 0, 0))


EXERCISE = Exercise(
    name="stamp_and_cut",
    title="Stamp, add, and cut the edges",
    task=(
        "Take the filter as a rubber stamp. Each pixel of the small image presses it onto a large sheet, "
        "`stride` places further on each time, with its own value as the amount of ink; where stamps "
        "overlap, the ink adds up. At the end the four edges of the sheet are cut.\n\n"
        "Write `stamp_and_cut(x, weight, stride, cut)` for images `x` of shape `(N, C_in, H, W)` and "
        "`weight` of shape `(C_in, C_out, K_h, K_w)`: from every input channel a stamp for every output "
        "channel. The four numbers of `cut` say how many rows and columns are cut off: `(top, bottom, "
        "left, right)`. The sheet is just large enough for all stamps. (A transposed convolution with "
        "padding 1 is the cut `(1, 1, 1, 1)`, and `output_padding=1` leaves one more row and column "
        "standing: `(1, 0, 1, 0)`.)"
    ),
    reference=stamp_and_cut,
    groups=(
        Group("stamps", 4, "Stamps that overlap"),
        Group("cut", 3, "Edges to cut"),
        Group("batch", 3, "Several images and channels"),
    ),
    public=(
        Case(
            "stamps",
            "one pixel",
            (
                np.array([[[[0, 0], [0, 1]]]]),
                np.array([[[[1, 2, 3], [4, 5, 6]]]]),
                (2, 2),
                (0, 0, 0, 0),
            ),
        ),
        Case(
            "stamps",
            "two stamps share a place",
            (np.array([[[[1, 10]]]]), np.array([[[[1, 2, 3]]]]), (1, 2), (0, 0, 0, 0)),
        ),
        Case(
            "cut",
            "one place on the left, two on the right",
            (np.array([[[[1, 10, 100]]]]), np.array([[[[1, 2, 3, 4]]]]), (1, 2), (0, 0, 1, 2)),
        ),
        Case(
            "batch",
            "two images, two channels, one result",
            (
                np.array([[[[1]], [[10]]], [[[0]], [[100]]]]),
                np.array([[[[1, 2]]], [[[3, 4]]]]),
                (1, 1),
                (0, 0, 0, 0),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            overlaps_overwritten,
            "Where stamps overlap, yours shows the later one only. This ink is transparent: what two stamps "
            "leave in one place is added.",
            SECTION,
        ),
        Mistake(
            overlaps_averaged,
            "Where stamps overlap you took their mean. It would remove the checkerboard, but the transpose "
            "of a convolution adds: nothing in a matrix product divides.",
            "transposed.html#checkerboards",
        ),
        Mistake(
            stamp_turned,
            "Your stamps stand upside down and back to front. The turned filter belongs to the form with "
            "inserted zeros; a stamp leaves the filter as it is.",
            "transposed.html#zero-insertion",
        ),
        Mistake(
            cut_with_minus_zero,
            "Your result is empty where an edge stays: `a[1:-0]` is `a[1:0]`, which has nothing in it. Count "
            "from the beginning, up to the height minus what is cut.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            every_stamp_cut,
            "You cut the edges off every stamp before it was pressed. They are cut off the finished sheet, "
            "where only the outermost stamps lose something.",
            SECTION,
        ),
        Mistake(
            edges_in_another_order,
            "You read the four numbers of `cut` as top, left, bottom, right. They are top, bottom, left, "
            "right.",
            SECTION,
        ),
        Mistake(
            sheet_too_large,
            "Your sheet has room for one more stamp than there are. The last of H stamps begins after "
            "H − 1 strides, so the sheet has (H − 1) · s + K rows.",
            "transposed.html#sizes-back",
        ),
    ),
    variants=(weight_by_weight, number_by_number),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Forget batch and channels at first: one image, one stamp. How large is the sheet, and where does "
        "the stamp of the pixel at `(i, j)` begin?",
        "It covers the rows from `i * s_h` to `i * s_h + K_h`. For all images and channels at once, its ink "
        "is `np.tensordot(x[:, :, i, j], weight, axes=1)`, of shape `(N, C_out, K_h, K_w)`.",
        "Add it with `+=`. After the loop, keep the rows from `top` to `sheet.shape[2] - bottom`, and the "
        "columns likewise.",
    ),
    section=SECTION,
)
