"""The gradient of a convolution's filters, with stride and a border of repeated pixels (coverage row 5.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.backprop import conv2d_weight
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#weight-gradient"


def weight_gradient(grad_output, x, kernel_size, stride, padding):
    (p_h, p_w), C_out, C_in = padding, grad_output.shape[1], x.shape[1]
    framed = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)), mode="edge")
    grad_weight = conv2d_weight(framed, (C_out, C_in, *kernel_size), grad_output, stride)
    return grad_weight, grad_output.sum(axis=(0, 2, 3))


def turned_by_half(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    out = np.zeros((D, x.shape[1], *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, -1 - i, -1 - j] = np.einsum("nohw,nchw->oc", grad_output, seen)
    return out, grad_output.sum(axis=(0, 2, 3))


def stride_forgotten(grad_output, x, kernel_size, stride, padding):
    (p, q), (_, D, h, w) = padding, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    out = np.zeros((D, x.shape[1], *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        out[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, pad[:, :, i : i + h, j : j + w])
    return out, grad_output.sum(axis=(0, 2, 3))


def filter_grows_by_the_rest(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    rows, columns = pad.shape[2] - s * (h - 1), pad.shape[3] - t * (w - 1)
    out = np.zeros((D, x.shape[1], rows, columns))
    for i, j in np.ndindex(rows, columns):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, seen)
    return out, grad_output.sum(axis=(0, 2, 3))


def zeros_around(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    out = np.zeros((D, x.shape[1], *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, seen)
    return out, grad_output.sum(axis=(0, 2, 3))


def channels_exchanged(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    out = np.zeros((x.shape[1], D, *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, i, j] = np.einsum("nohw,nchw->co", grad_output, seen)
    return out, grad_output.sum(axis=(0, 2, 3))


def averaged_over_the_batch(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (N, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    out = np.zeros((D, x.shape[1], *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, seen) / N
    return out, grad_output.sum(axis=(0, 2, 3)) / N


def bias_of_each_image(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, D, h, w) = padding, stride, grad_output.shape
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    out = np.zeros((D, x.shape[1], *kernel_size))
    for i, j in np.ndindex(*kernel_size):
        seen = pad[:, :, i : i + s * (h - 1) + 1 : s, j : j + t * (w - 1) + 1 : t]
        out[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, seen)
    return out, grad_output.sum(axis=(2, 3))


def window_by_window(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (K_h, K_w) = padding, stride, kernel_size
    pad = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
    total = np.zeros((grad_output.shape[1], x.shape[1], K_h, K_w))
    for n, o, i, j in np.ndindex(grad_output.shape):
        total[o] += grad_output[n, o, i, j] * pad[n, :, i * s : i * s + K_h, j * t : j * t + K_w]
    return [total, np.einsum("nohw->o", grad_output)]


def one_product(grad_output, x, kernel_size, stride, padding):
    rows = np.clip(np.arange(-padding[0], x.shape[2] + padding[0]), 0, x.shape[2] - 1)
    columns = np.clip(np.arange(-padding[1], x.shape[3] + padding[1]), 0, x.shape[3] - 1)
    pad = x[:, :, rows[:, None], columns]
    windows = np.lib.stride_tricks.sliding_window_view(pad, kernel_size, axis=(2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1]]
    return np.tensordot(grad_output, windows, axes=((0, 2, 3), (0, 2, 3))), grad_output.sum((0, 2, 3))


def hidden(rng):
    def made(group, label, shape, C_out, kernel_size, stride, padding):
        N, C_in, *size = shape
        H, W = (
            (n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True)
        )
        grad_output, x = rng.integers(-9, 10, (N, C_out, H, W)), rng.integers(-9, 10, (N, C_in, *size))
        return Case(group, label, (grad_output, x, kernel_size, stride, padding))

    yield made("stride", "no rest", (1, 1, 5, 7), 1, (3, 3), (2, 2), (0, 0))
    yield made("stride", "a rest on both sides", (1, 1, 6, 9), 1, (2, 3), (3, 2), (0, 0))
    yield made("stride", "stride above the kernel", (1, 1, 8, 5), 1, (2, 1), (3, 1), (0, 0))
    yield made("padding", "one side only", (1, 1, 4, 6), 1, (3, 2), (1, 2), (0, 1))
    yield made("padding", "wide", (1, 1, 3, 5), 1, (4, 3), (2, 3), (3, 2))
    yield made("batch", "everything", (3, 2, 6, 7), 4, (3, 2), (2, 3), (1, 2))
    yield made("batch", "no padding", (2, 4, 5, 6), 3, (2, 3), (1, 2), (0, 0))


EXERCISE = Exercise(
    name="weight_gradient",
    title="The gradient of the filters",
    task=(
        "A convolution layer lays its filter on one window after another, $s$ pixels apart, and each output "
        "value is `(filter * window).sum() + bias`. So each output value asks the filter to become more, or "
        "less, like *its* window, and all these wishes are added up.\n\n"
        "Write `weight_gradient(grad_output, x, kernel_size, stride, padding)`. The images `x` have the "
        "shape `(N, C_in, H, W)`, and around each of them the layer repeats the nearest border pixel, "
        "`padding[0]` rows above and below, `padding[1]` columns left and right (`np.pad` calls this mode "
        '`"edge"`). The gradient of the output, `grad_output`, has the shape `(N, C_out, H_out, W_out)`. '
        "Return the two arrays `grad_weight` of shape `(C_out, C_in, K_h, K_w)` and `grad_bias` of shape "
        "`(C_out,)`. The sizes need not divide: rows at the bottom and columns at the right that no window "
        "reached have no say."
    ),
    reference=weight_gradient,
    groups=(
        Group("stride", 4, "Strides, and rows that no window reaches"),
        Group("padding", 3, "A border of repeated pixels"),
        Group("batch", 3, "Several images and channels"),
    ),
    public=(
        Case(
            "stride",
            "one window counts",
            (
                np.array([[[[0, 0], [0, 1]]]]),
                np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]),
                (2, 2),
                (1, 1),
                (0, 0),
            ),
        ),
        Case(
            "stride",
            "two windows, and a pixel that none reaches",
            (np.array([[[[1, 10]]]]), np.array([[[[1, 2, 3, 4, 5]]]]), (1, 2), (1, 2), (0, 0)),
        ),
        Case(
            "padding",
            "the border is repeated",
            (np.array([[[[1, 10, 100]]]]), np.array([[[[3, 5]]]]), (1, 2), (1, 1), (0, 1)),
        ),
        Case(
            "batch",
            "two images, two channels, three filters",
            (
                np.array([[[[1]], [[0]], [[2]]], [[[10]], [[5]], [[0]]]]),
                np.array([[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]),
                (1, 2),
                (1, 1),
                (0, 0),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            turned_by_half,
            "Your filter's gradient stands upside down and back to front. A window that lay under the "
            "filter's first weight belongs to the first weight. Beware of checks that compare means: yours "
            "has the right mean.",
            SECTION,
        ),
        Mistake(
            stride_forgotten,
            "Your windows lie one pixel apart. The output value in row $i$ saw the window that begins in row "
            "`i * stride`, on the way back as on the way forward.",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            filter_grows_by_the_rest,
            "Your gradient is larger than the filter: it also covers the rows and columns that were left "
            "over because the stride did not divide. No weight ever met them; keep the first `kernel_size`.",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            zeros_around,
            "You put zeros around the images, but this layer repeated their border pixels. A weight that "
            "lay on the border was multiplied by a pixel there, and learns from that pixel.",
            "layers.html#padding-modes",
        ),
        Mistake(
            channels_exchanged,
            "The first two axes of your gradient are exchanged. The gradient has the shape of the weight: "
            "first the output channel, whose filter it is, then the input channel it looks at.",
            "layers.html#channels",
        ),
        Mistake(
            averaged_over_the_batch,
            "You averaged over the images. When a mean is wanted, the loss takes it, once, at the very top; "
            "`grad_output` already contains its 1/N. A layer only adds up.",
            "backprop.html#softmax-cross-entropy",
        ),
        Mistake(
            bias_of_each_image,
            "Your bias has a gradient for every image of the batch. It is one number per output channel, "
            "shared by all places and all images: add over the batch as well.",
            "backprop.html#tied-weights",
        ),
    ),
    variants=(window_by_window, one_product),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Begin with four loops: image, output channel, row and column of the output. Which window of the "
        "padded image did this output value see, with all its channels?",
        "The window is `framed[n, :, i * s_h : i * s_h + K_h, j * s_w : j * s_w + K_w]`. Multiply it by the "
        "gradient of this one output value and add it to `grad_weight` of this output channel.",
        "Faster: loop over the filter's places `(k, m)` only. The pixels that place met are `framed[:, :, "
        'k : k + s_h * (H_out - 1) + 1 : s_h, …]`, and `np.einsum("nohw,nchw->oc", …)` does the rest.',
    ),
    section=SECTION,
)
