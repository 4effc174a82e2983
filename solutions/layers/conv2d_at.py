"""A strided, padded convolution layer at a few places only (coverage row 3.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import conv2d
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#two-dimensional-layer"


def conv2d_at(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    rows, columns = np.array(positions).T
    return conv2d(x, weight, bias, stride, padding)[:, :, rows, columns].astype(float)


def stride_forgotten(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        window = padded[:, :, i : i + weight.shape[2], j : j + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def strides_exchanged(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0] + 30), (padding[1], padding[1] + 30)))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[1], j * stride[0]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def one_stride_for_both(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0] + 30), (padding[1], padding[1] + 30)))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[0], j * stride[0]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def padding_forgotten(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    roomy = np.pad(x, ((0, 0), (0, 0), (0, 30), (0, 30)))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[0], j * stride[1]
        window = roomy[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def negative_index_from_the_far_end(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        for s in range(weight.shape[2]):
            for t in range(weight.shape[3]):
                row, column = i * stride[0] + s - padding[0], j * stride[1] + t - padding[1]
                if row < x.shape[2] and column < x.shape[3]:
                    out[:, :, number] += x[:, :, row, column] @ weight[:, :, s, t].T
        out[:, :, number] += bias
    return out


def filters_turned(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[0], j * stride[1]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        turned = weight[:, :, ::-1, ::-1]
        out[:, :, number] = np.tensordot(window, turned, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def bias_forgotten(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[0], j * stride[1]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3)))
    return out


def a_bias_for_each_channel(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (i, j) in enumerate(positions):
        top, left = i * stride[0], j * stride[1]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        for channel in range(x.shape[1]):
            seen, filters = window[:, channel], weight[:, channel]
            out[:, :, number] += np.tensordot(seen, filters, ((1, 2), (1, 2))) + bias
    return out


def row_and_column_exchanged(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0], 30), (padding[1], 30)))
    out = np.zeros((len(x), len(weight), len(positions)))
    for number, (j, i) in enumerate(positions):
        top, left = i * stride[0], j * stride[1]
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        out[:, :, number] = np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3))) + bias
    return out


def product_by_product(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    out = np.zeros((len(x), len(weight), len(positions))) + np.asarray(bias)[:, None]
    for number, (i, j) in enumerate(positions):
        for n, o, c, s, t in np.ndindex(len(x), *weight.shape):
            row, column = i * stride[0] + s - padding[0], j * stride[1] + t - padding[1]
            if row in range(x.shape[2]) and column in range(x.shape[3]):
                out[n, o, number] += weight[o, c, s, t] * x[n, c, row, column]
    return out


def windows_then_one_product(x, weight, bias, positions, stride=(1, 1), padding=(0, 0)):
    framed = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2)).astype(np.float32)
    every = np.lib.stride_tricks.sliding_window_view(framed, weight.shape[2:], axis=(2, 3))
    i, j = np.array(positions).T * np.array(stride)[:, None]
    filters, shift = weight.astype(np.float32), bias.astype(np.float32)
    return np.einsum("ncpst,ocst->nop", every[:, :, i, j], filters) + shift[:, None]


def hidden(rng):
    def case(group, N, C_in, C_out, size, kernel, stride, padding):
        H_out, W_out = (
            (n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel, stride, padding, strict=True)
        )
        places = [(int(p) // W_out, int(p) % W_out) for p in rng.permutation(H_out * W_out)[:5]]
        x, weight = rng.normal(size=(N, C_in, *size)), rng.normal(size=(C_out, C_in, *kernel))
        places.append((H_out - 1, W_out - 1))
        return Case(group, f"kernel {kernel}", (x, weight, rng.normal(size=C_out), places, stride, padding))

    yield case("plain", 2, 3, 4, (5, 7), (2, 3), (1, 1), (0, 0))
    yield case("plain", 1, 2, 1, (4, 3), (3, 1), (1, 1), (0, 0))
    yield case("stride", 2, 3, 2, (9, 8), (3, 2), (2, 3), (0, 0))
    yield case("stride", 1, 1, 3, (7, 10), (2, 3), (3, 2), (0, 0))
    yield case("padding", 2, 2, 3, (4, 6), (3, 5), (1, 1), (1, 2))
    yield case("padding", 1, 3, 2, (5, 4), (5, 3), (1, 1), (2, 0))
    yield case("both", 2, 3, 4, (8, 9), (3, 4), (2, 3), (1, 2))
    yield case("both", 3, 1, 2, (6, 11), (4, 3), (3, 2), (2, 1))


EXERCISE = Exercise(
    name="conv2d_at",
    title="Only the outputs that were asked for",
    task=(
        "Sometimes a few outputs of a layer are all one wants to know. Write `conv2d_at(x, weight, bias, "
        "positions, stride=(1, 1), padding=(0, 0))`, which computes a convolution layer only there. `x` has "
        "the shape `(N, C_in, H, W)`, `weight` the shape `(C_out, C_in, K_h, K_w)`, `bias` the shape "
        "`(C_out,)`, and `positions` is a list of pairs `(i, j)`: row and column **of the output**. Stride "
        "and padding are pairs too, vertical and horizontal.\n\n"
        "The output at row $i$, column $j$ is the sum over the window whose top left corner lies at row $i "
        "\\cdot S_h - P_h$ and column $j \\cdot S_w - P_w$ of the image, over all input channels, plus the "
        "bias; nothing is flipped, and outside the image there are zeros. Return the values as an array of "
        "shape `(N, C_out, len(positions))`. All positions lie within the output."
    ),
    reference=conv2d_at,
    groups=(
        Group("plain", 3, "Stride 1, no padding"),
        Group("stride", 2, "Strides that differ"),
        Group("padding", 2, "Paddings that differ"),
        Group("both", 3, "Strides and paddings together"),
    ),
    public=(
        Case(
            "plain",
            "two windows of 2 × 2",
            (
                np.array([[[[1, 2, 3, 4], [5, 6, 7, 8], [9, 0, 1, 2]]]]),
                np.array([[[[1, 10], [100, 1000]]]]),
                np.array([0]),
                [(0, 0), (1, 2)],
            ),
        ),
        Case(
            "plain",
            "two channels in, two out, and a bias",
            (
                np.array([[[[1, 2]], [[3, 4]]]]),
                np.array([[[[1, 10]], [[100, 0]]], [[[0, 0]], [[0, 1]]]]),
                np.array([4000, 10]),
                [(0, 0)],
            ),
        ),
        Case(
            "stride",
            "two down, one to the right",
            (
                np.arange(1, 21).reshape(1, 1, 5, 4),
                np.array([[[[1], [100]]]]),
                np.array([0]),
                [(0, 0), (1, 0), (1, 1), (0, 1)],
                (2, 1),
            ),
        ),
        Case(
            "padding",
            "zeros above and below only",
            (
                np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3]]]]),
                np.array([[[[1], [10], [100]]]]),
                np.array([0]),
                [(0, 0), (1, 2)],
                (1, 1),
                (1, 0),
            ),
        ),
        Case(
            "both",
            "the lecture's 5 × 5, K = 3, P = 1, S = 2",
            (
                np.arange(1, 26).reshape(1, 1, 5, 5),
                np.array([[[[1, 0, 0], [0, 0, 10], [0, 0, 0]]]]),
                np.array([0]),
                [(0, 0), (1, 1), (2, 1)],
                (2, 2),
                (1, 1),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            stride_forgotten,
            "You took the positions for places in the image. They count outputs: one step in the output is "
            "a step of a whole stride in the image.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            strides_exchanged,
            "The two strides have changed places. In a pair the vertical one comes first: it belongs to the "
            "rows.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            one_stride_for_both,
            "You used the vertical stride for the columns too. The pair holds two numbers, and they may "
            "differ.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            padding_forgotten,
            "You used no padding: your first window begins at the image's first pixel. With padding it "
            "begins P pixels before, among the zeros, and all the other windows with it.",
            "layers.html#padding-modes",
        ),
        Mistake(
            negative_index_from_the_far_end,
            "Above or left of the image you read pixels from its far end: to Python, index −1 is the last "
            "element. Ask whether the index is negative, as you ask whether it is too large.",
            "layers.html#padding-modes",
        ),
        Mistake(
            filters_turned,
            "You turned the filters round before laying them on. That is convolution as mathematicians mean "
            "it; a layer multiplies its weights with the window as they are.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            bias_forgotten,
            "The bias is missing. When a filter has been multiplied with its window and everything is added "
            "up, its bias comes on top: one number for each output channel.",
            SECTION,
        ),
        Mistake(
            a_bias_for_each_channel,
            "You added the bias once for each input channel. The channels are added up first; then the bias "
            "comes on top, once.",
            "layers.html#channels",
        ),
        Mistake(
            row_and_column_exchanged,
            "You read the positions as column and row. As everywhere in arrays, the row comes first: (1, 2) "
            "is the second row, the third column.",
            SECTION,
        ),
    ),
    variants=(product_by_product, windows_then_one_product),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Take the last public case and find the nine pixels of its first window with a pencil. Which of "
        "them are in the image at all?",
        "Frame the image with zeros first. In the framed image the window of position `(i, j)` begins at "
        "row `i * S_h` and column `j * S_w`: the padding has cancelled out.",
        "`window = framed[:, :, top:top + K_h, left:left + K_w]` holds all images and all channels. "
        "`np.tensordot(window, weight, ((1, 2, 3), (1, 2, 3)))` has the shape `(N, C_out)`; the bias is "
        "added to that.",
    ),
    section=SECTION,
)
