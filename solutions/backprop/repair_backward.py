"""A backward pass with three bugs, each of which hides for some sizes (coverage rows 5.3, 5.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.backprop import conv2d_backward
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#gradient-checking"


def repair_backward(grad_output, x, weight, stride, padding):
    return conv2d_backward(grad_output, x, weight, stride, padding)


def overlaps_still_overwritten(grad_output, x, weight, stride, padding):
    (N, _, H, W), (p, q), (s, t) = x.shape, padding, stride
    big, dw = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q))), np.zeros(weight.shape)
    back = np.zeros(big.shape)
    for n, i, j in np.ndindex(N, *grad_output.shape[2:]):
        g = grad_output[n, :, i, j]
        there = np.s_[n, :, i * s : i * s + dw.shape[2], j * t : j * t + dw.shape[3]]
        dw += g[:, None, None, None] * big[there]
        back[there] = np.tensordot(g, weight, axes=1)
    return back[:, :, p : p + H, q : q + W], dw, grad_output.sum((0, 2, 3))


def cut_still_with_minus_zero(grad_output, x, weight, stride, padding):
    (N, _, _, _), (p, q), (s, t) = x.shape, padding, stride
    big, dw = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q))), np.zeros(weight.shape)
    back = np.zeros(big.shape)
    for n, i, j in np.ndindex(N, *grad_output.shape[2:]):
        g = grad_output[n, :, i, j]
        there = np.s_[n, :, i * s : i * s + dw.shape[2], j * t : j * t + dw.shape[3]]
        dw += g[:, None, None, None] * big[there]
        back[there] += np.tensordot(g, weight, axes=1)
    return back[:, :, p:-p, q:-q], dw, grad_output.sum((0, 2, 3))


def last_image_still_decides(grad_output, x, weight, stride, padding):
    (N, _, H, W), (p, q), (s, t) = x.shape, padding, stride
    big = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    back = np.zeros(big.shape)
    for n in range(N):
        dw = np.zeros(weight.shape)
        for i, j in np.ndindex(grad_output.shape[2:]):
            g = grad_output[n, :, i, j]
            there = np.s_[n, :, i * s : i * s + dw.shape[2], j * t : j * t + dw.shape[3]]
            dw += g[:, None, None, None] * big[there]
            back[there] += np.tensordot(g, weight, axes=1)
    return back[:, :, p : p + H, q : q + W], dw, grad_output.sum((0, 2, 3))


def zero_handled_on_both_axes_only(grad_output, x, weight, stride, padding):
    (N, _, _, _), (p, q), (s, t) = x.shape, padding, stride
    big, dw = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q))), np.zeros(weight.shape)
    back = np.zeros(big.shape)
    for n, i, j in np.ndindex(N, *grad_output.shape[2:]):
        g = grad_output[n, :, i, j]
        there = np.s_[n, :, i * s : i * s + dw.shape[2], j * t : j * t + dw.shape[3]]
        dw += g[:, None, None, None] * big[there]
        back[there] += np.tensordot(g, weight, axes=1)
    if p or q:
        back = back[:, :, p:-p, q:-q]
    return back, dw, grad_output.sum((0, 2, 3))


def weight_by_weight(grad_output, x, weight, stride, padding):
    (H, W), (p, q), (s, t) = x.shape[2:], padding, stride
    framed = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    grad_framed, grad_weight = np.zeros(framed.shape), np.zeros(weight.shape)
    last_row, last_column = s * (grad_output.shape[2] - 1), t * (grad_output.shape[3] - 1)
    for k, m in np.ndindex(weight.shape[2:]):
        met = np.s_[:, :, k : k + last_row + 1 : s, m : m + last_column + 1 : t]
        grad_weight[:, :, k, m] = np.tensordot(grad_output, framed[met], ((0, 2, 3), (0, 2, 3)))
        grad_framed[met] += np.einsum("nohw,oc->nchw", grad_output, weight[:, :, k, m])
    return grad_framed[:, :, p : p + H, q : q + W], grad_weight, grad_output.sum((0, 2, 3))


def number_by_number(grad_output, x, weight, stride, padding):
    grad_x, grad_weight, grad_bias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for n, o, i, j in np.ndindex(grad_output.shape):
        value = grad_output[n, o, i, j]
        grad_bias[o] += value
        for c, k, m in np.ndindex(weight.shape[1:]):
            row, column = i * stride[0] + k - padding[0], j * stride[1] + m - padding[1]
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                grad_x[n, c, row, column] += value * weight[o, c, k, m]
                grad_weight[o, c, k, m] += value * x[n, c, row, column]
    return grad_x, grad_weight, grad_bias


def hidden(rng):
    def made(group, label, shape, C_out, kernel_size, stride, padding):
        N, C_in, *size = shape
        H, W = (
            (n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True)
        )
        x, weight = rng.integers(1, 10, shape), rng.integers(1, 10, (C_out, C_in, *kernel_size))
        return Case(group, label, (rng.integers(1, 10, (N, C_out, H, W)), x, weight, stride, padding))

    yield made("overlap", "stride 1", (1, 2, 4, 5), 3, (3, 2), (1, 1), (1, 1))
    yield made("overlap", "a rest", (1, 3, 5, 6), 2, (3, 4), (2, 3), (1, 2))
    yield made("frame", "no padding", (1, 2, 4, 6), 3, (2, 3), (2, 3), (0, 0))
    yield made("frame", "beside only", (1, 3, 4, 5), 2, (2, 2), (2, 3), (0, 1))
    yield made("frame", "above and below only", (1, 2, 4, 5), 1, (3, 2), (3, 2), (1, 0))
    yield made("batch", "three images", (3, 2, 4, 5), 4, (2, 3), (2, 3), (1, 2))
    yield made("batch", "two images", (2, 3, 3, 4), 2, (1, 2), (2, 2), (1, 1))


EXERCISE = Exercise(
    name="repair_backward",
    title="Find the three bugs",
    task=(
        "The function below computes the gradients of a convolution layer: `grad_x`, `grad_weight` and "
        "`grad_bias`, for images framed with `padding[0]` rows and `padding[1]` columns of zeros on each "
        "side. Its author compared it with numerical gradients, for one image with padding 1 and windows "
        "side by side, and every digit agreed. Others who use it get nonsense.\n\n"
        "It has **three bugs**. Each is a small thing in one place, and each hides for some sizes of batch, "
        "padding or stride. Find them, and repair them in the cell below: delete the line that raises "
        "`NotImplementedError` and work on what stands under it. You may also write it anew."
    ),
    reference=repair_backward,
    groups=(
        Group("overlap", 4, "Windows that overlap"),
        Group("frame", 4, "Sides without padding"),
        Group("batch", 4, "Several images"),
    ),
    public=(
        Case(
            "overlap",
            "two windows share a pixel",
            (
                np.array([[[[1, 10]]]]),
                np.array([[[[5, 6, 7]]]]),
                np.array([[[[0, 0, 0], [2, 3, 4], [0, 0, 0]]]]),
                (1, 2),
                (1, 1),
            ),
        ),
        Case(
            "frame",
            "no padding",
            (np.array([[[[1, 10]]]]), np.array([[[[5, 6, 7, 8]]]]), np.array([[[[2, 3]]]]), (1, 2), (0, 0)),
        ),
        Case(
            "batch",
            "two images",
            (
                np.array([[[[1, 0], [0, 10]]], [[[0, 100], [1000, 0]]]]),
                np.array([[[[5, 6], [7, 8]]], [[[1, 2], [3, 4]]]]),
                np.array([[[[2, 3], [4, 6]]]]),
                (2, 2),
                (1, 1),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            overlaps_still_overwritten,
            "A bug is left where windows overlap: a pixel seen by two windows keeps the message of the "
            "later one only. Look for an `=` that should add. For windows side by side there is no "
            "difference.",
            "backprop.html#input-gradient",
        ),
        Mistake(
            cut_still_with_minus_zero,
            "A bug is left where a side has no padding: nothing of the gradient remains. What does "
            "`a[p:-p]` mean when p is 0? The frame can be cut off without counting from the end.",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            zero_handled_on_both_axes_only,
            "You treat padding 0 as a case of its own, but only when it is 0 both above and beside. With a "
            "frame on two sides out of four the old bug is back. Is there a way without cases?",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            last_image_still_decides,
            "A bug is left in batches: the gradient of the weight is that of the last image alone. All "
            "images share the weight, so it must not start from zeros again for each of them.",
            "backprop.html#weight-gradient",
        ),
    ),
    variants=(weight_by_weight, number_by_number),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "The author tried one image, padding 1 and stride equal to the filter's size. Change one of the "
        "three at a time and see which of the results goes wrong.",
        "Read the code and ask of each array: when does it start from zero, and when is something added to "
        "it? And of each slice: what does it give for the smallest numbers that are allowed?",
        "The three places: where a window's gradient is put into `grad_framed`, where `grad_weight` is set "
        "to zero, and the slice in the last line.",
    ),
    section=SECTION,
)
