"""The gradient of a convolution's input, with stride and uneven padding (coverage rows 5.1, 5.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.backprop import conv2d_input
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#stride-and-padding-backward"


def input_gradient(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right) = input_size, padding
    framed = (len(grad_output), weight.shape[1], top + H + bottom, left + W + right)
    return conv2d_input(framed, weight, grad_output, stride)[:, :, top : top + H, left : left + W]


def overlaps_overwritten(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i * s : i * s + part.shape[2], j * t : j * t + part.shape[3]] = part
    return big[:, :, top : top + H, left : left + W]


def filter_turned(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight[:, :, ::-1, ::-1], axes=1)
        big[:, :, i * s : i * s + part.shape[2], j * t : j * t + part.shape[3]] += part
    return big[:, :, top : top + H, left : left + W]


def stride_forgotten(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right) = input_size, padding
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i : i + part.shape[2], j : j + part.shape[3]] += part
    return big[:, :, top : top + H, left : left + W]


def cut_with_minus_zero(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i * s : i * s + part.shape[2], j * t : j * t + part.shape[3]] += part
    return big[:, :, top:-bottom, left:-right]


def padding_not_cut_off(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i * s : i * s + part.shape[2], j * t : j * t + part.shape[3]] += part
    return big


def cut_on_the_other_side(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    for i, j in np.ndindex(grad_output.shape[2:]):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i * s : i * s + part.shape[2], j * t : j * t + part.shape[3]] += part
    return big[:, :, bottom : bottom + H, right : right + W]


def pixels_without_a_window_missing(grad_output, weight, input_size, stride, padding):
    (_, _, h, w), (_, C, K_h, K_w), (s, t) = grad_output.shape, weight.shape, stride
    top, bottom, left, right = padding
    big = np.zeros((len(grad_output), C, (h - 1) * s + K_h, (w - 1) * t + K_w))
    for i, j in np.ndindex(h, w):
        part = np.tensordot(grad_output[:, :, i, j], weight, axes=1)
        big[:, :, i * s : i * s + K_h, j * t : j * t + K_w] += part
    return big[:, :, top : big.shape[2] - bottom, left : big.shape[3] - right]


def weight_by_weight(grad_output, weight, input_size, stride, padding):
    (H, W), (top, bottom, left, right), (s, t) = input_size, padding, stride
    big = np.zeros((len(grad_output), weight.shape[1], top + H + bottom, left + W + right))
    rows = s * np.arange(grad_output.shape[2])[:, None]
    columns = t * np.arange(grad_output.shape[3])
    for k, m in np.ndindex(weight.shape[2:]):
        big[:, :, rows + k, columns + m] += np.einsum("nohw,oc->nchw", grad_output, weight[:, :, k, m])
    return big[:, :, top : top + H, left : left + W]


def pixel_by_pixel(grad_output, weight, input_size, stride, padding):
    (N, _, H_out, W_out), (_, C_in, K_h, K_w) = grad_output.shape, weight.shape
    out = np.zeros((N, C_in, *input_size))
    for i in range(H_out):
        for j in range(W_out):
            for k in range(K_h):
                for m in range(K_w):
                    row, column = i * stride[0] + k - padding[0], j * stride[1] + m - padding[2]
                    if 0 <= row < input_size[0] and 0 <= column < input_size[1]:
                        out[:, :, row, column] += grad_output[:, :, i, j] @ weight[:, :, k, m]
    return np.asfortranarray(out)


def hidden(rng):
    def made(group, label, channels, input_size, kernel_size, stride, padding):
        N, C_in, C_out = channels
        ends = ((0, padding[0] + padding[1]), (1, padding[2] + padding[3]))
        sizes = [(input_size[a] + extra - kernel_size[a]) // stride[a] + 1 for a, extra in ends]
        weight = rng.integers(1, 10, (C_out, C_in, *kernel_size)) * rng.choice([-1, 1])
        grad_output = rng.integers(1, 10, (N, C_out, *sizes))
        return Case(group, label, (grad_output, weight, input_size, stride, padding))

    yield made("overlap", "stride 1", (1, 1, 1), (5, 6), (3, 2), (1, 1), (0, 0, 0, 0))
    yield made("overlap", "no rest", (1, 1, 1), (5, 7), (3, 3), (2, 2), (0, 0, 0, 0))
    yield made("rest", "a rest on both sides", (1, 1, 1), (6, 9), (2, 3), (3, 4), (0, 0, 0, 0))
    yield made("rest", "stride above the kernel", (1, 1, 1), (5, 8), (1, 2), (2, 4), (0, 0, 0, 0))
    yield made("padding", "four different sides", (1, 1, 1), (4, 5), (3, 4), (1, 2), (1, 2, 3, 0))
    yield made("padding", "two sides", (1, 1, 1), (5, 4), (4, 3), (2, 1), (2, 0, 0, 1))
    yield made("batch", "everything", (2, 3, 4), (6, 5), (3, 2), (2, 3), (0, 1, 1, 0))
    yield made("batch", "more channels in than out", (3, 4, 2), (4, 6), (2, 3), (1, 2), (1, 1, 2, 2))


EXERCISE = Exercise(
    name="input_gradient",
    title="The gradient of the image, with uneven padding",
    task=(
        "On the way forward a window of pixels becomes one output value; on the way back the output value's "
        "gradient returns to all the pixels of its window, each time multiplied by the weight that lay on "
        "that pixel. Where windows overlap, a pixel gets several such messages.\n\n"
        "Write `input_gradient(grad_output, weight, input_size, stride, padding)` for a layer with `weight` "
        "of shape `(C_out, C_in, K_h, K_w)` and images of size `input_size`, which is `(H, W)`. The four "
        "numbers of `padding` say how many zeros were put around each image: `(top, bottom, left, right)`. "
        "Some libraries need such uneven padding to keep a size. Return the gradient of the images "
        "themselves, of shape `(N, C_in, H, W)`. Pixels that no window reached have the gradient 0."
    ),
    reference=input_gradient,
    groups=(
        Group("overlap", 3, "Windows that overlap"),
        Group("rest", 2, "Pixels that no window reaches"),
        Group("padding", 3, "Padding that differs from side to side"),
        Group("batch", 3, "Several images and channels"),
    ),
    public=(
        Case(
            "overlap",
            "one output value",
            (
                np.array([[[[0, 0], [1, 0]]]]),
                np.array([[[[1, 2, 3], [4, 5, 6]]]]),
                (3, 4),
                (1, 1),
                (0, 0, 0, 0),
            ),
        ),
        Case(
            "overlap",
            "the pixel in the middle is seen twice",
            (np.array([[[[1, 10]]]]), np.array([[[[2, 3, 4]]]]), (1, 5), (1, 2), (0, 0, 0, 0)),
        ),
        Case(
            "rest",
            "the last pixel is seen by nobody",
            (np.array([[[[1, 10]]]]), np.array([[[[2, 3]]]]), (1, 5), (1, 2), (0, 0, 0, 0)),
        ),
        Case(
            "padding",
            "two zeros on the left, one on the right",
            (np.array([[[[1, 10, 100]]]]), np.array([[[[2, 3]]]]), (1, 3), (1, 2), (0, 0, 2, 1)),
        ),
        Case(
            "batch",
            "two images, one channel, two filters",
            (
                np.array([[[[1]], [[10]]], [[[3]], [[0]]]]),
                np.array([[[[1, 2]]], [[[3, 4]]]]),
                (1, 2),
                (1, 1),
                (0, 0, 0, 0),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            overlaps_overwritten,
            "Where windows overlap, the later one replaced what the earlier one had left. A pixel that was "
            "seen twice changes the loss in two ways, and both count: `+=` instead of `=`. With windows side "
            "by side nobody notices.",
            "backprop.html#input-gradient",
        ),
        Mistake(
            filter_turned,
            "The filter came back turned by half. The pixel that lay under the filter's first weight gets "
            "the first weight back. The turn belongs to the other way of computing this, which slides over "
            "`grad_output`.",
            "backprop.html#input-gradient",
        ),
        Mistake(
            stride_forgotten,
            "You put neighbouring output values one pixel apart. Their windows lay `stride` pixels apart on "
            "the way forward, and they do on the way back.",
            SECTION,
        ),
        Mistake(
            cut_with_minus_zero,
            "Your result is empty where a side has no padding: `a[2:-0]` is `a[2:0]`, and there is nothing "
            "between 2 and 0. Count from the beginning instead: from `top` to `top + H`.",
            SECTION,
        ),
        Mistake(
            padding_not_cut_off,
            "Your gradient has the size of the padded image. The zeros around it are no pixels and need no "
            "gradient: cut them off at the end.",
            SECTION,
        ),
        Mistake(
            cut_on_the_other_side,
            "You cut off as much at the top as there is at the bottom, and as much on the left as on the "
            "right. The order of `padding` is top, bottom, left, right.",
            SECTION,
        ),
        Mistake(
            pixels_without_a_window_missing,
            "Your gradient is too small: the rows or columns that no window reached are missing. They are "
            "pixels of the image all the same; their gradient is 0. That is why `input_size` is an argument.",
            SECTION,
        ),
    ),
    variants=(weight_by_weight, pixel_by_pixel),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Make an array of zeros as large as the *padded* images, and think about one output value at row "
        "`i`, column `j`: which part of that array gets something from it?",
        "It is the window that begins at `i * s_h` and `j * s_w`. For a whole batch, `np.tensordot("
        "grad_output[:, :, i, j], weight, axes=1)` has the shape `(N, C_in, K_h, K_w)`: one window per "
        "image. Add it.",
        "When all is added up, keep the rows from `top` to `top + H` and the columns from `left` to "
        "`left + W`. This works for sides without padding too.",
    ),
    section=SECTION,
)
