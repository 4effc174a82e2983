"""Max pooling backwards with overlapping windows, padding and shared ties (coverage row 5.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#pooling-backward"


def share_among_ties(grad_output, x, kernel_size, stride, padding):
    (H, W), (K_h, K_w), (s_h, s_w), (p_h, p_w) = x.shape[2:], kernel_size, stride, padding
    margins = ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w))
    framed = np.pad(x.astype(float), margins, constant_values=-np.inf)
    grad = np.zeros(framed.shape)
    for i, j in np.ndindex(grad_output.shape[2:]):
        window = np.s_[:, :, i * s_h : i * s_h + K_h, j * s_w : j * s_w + K_w]
        winners = framed[window] == framed[window].max(axis=(2, 3), keepdims=True)
        share = grad_output[:, :, i, j] / winners.sum(axis=(2, 3))
        grad[window] += winners * share[:, :, None, None]
    return grad[:, :, p_h : p_h + H, p_w : p_w + W]


def overlaps_overwritten(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = np.s_[n, c, i * s : i * s + k, j * t : j * t + m]
        best = pad[place] == pad[place].max()
        out[place] = np.where(best, grad_output[n, c, i, j] / best.sum(), out[place])
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def each_tie_gets_all(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = np.s_[n, c, i * s : i * s + k, j * t : j * t + m]
        out[place] += grad_output[n, c, i, j] * (pad[place] == pad[place].max())
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def first_tie_gets_all(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        row, column = divmod(pad[n, c, i * s : i * s + k, j * t : j * t + m].argmax(), m)
        out[n, c, i * s + row, j * t + column] += grad_output[n, c, i, j]
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def padding_of_zeros(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)))
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = np.s_[n, c, i * s : i * s + k, j * t : j * t + m]
        best = pad[place] == pad[place].max()
        out[place] += grad_output[n, c, i, j] * best / best.sum()
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def cut_with_minus_zero(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = np.s_[n, c, i * s : i * s + k, j * t : j * t + m]
        best = pad[place] == pad[place].max()
        out[place] += grad_output[n, c, i, j] * best / best.sum()
    return out[:, :, p:-p, q:-q]


def losers_get_a_share(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (k, m) = padding, stride, kernel_size
    out = np.zeros((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * q))
    for n, c, i, j in np.ndindex(grad_output.shape):
        out[n, c, i * s : i * s + k, j * t : j * t + m] += grad_output[n, c, i, j] / (k * m)
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def windows_side_by_side(grad_output, x, kernel_size, stride, padding):
    (p, q), (k, m) = padding, kernel_size
    pad = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    out = np.zeros(pad.shape)
    for n, c, i, j in np.ndindex(grad_output.shape):
        place = np.s_[n, c, i * k : i * k + k, j * m : j * m + m]
        best = pad[place] == pad[place].max(initial=-np.inf)
        out[place] += grad_output[n, c, i, j] * best / max(1, best.sum())
    return out[:, :, p : p + x.shape[2], q : q + x.shape[3]]


def pixel_by_pixel(grad_output, x, kernel_size, stride, padding):
    (N, C, H, W), (_, _, H_out, W_out) = x.shape, grad_output.shape
    grad_x = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(N, C, H_out, W_out):
        top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
        rows = range(max(top, 0), min(top + kernel_size[0], H))
        columns = range(max(left, 0), min(left + kernel_size[1], W))
        highest = max(x[n, c, r, k] for r in rows for k in columns)
        winners = [(r, k) for r in rows for k in columns if x[n, c, r, k] == highest]
        for r, k in winners:
            grad_x[n, c, r, k] += grad_output[n, c, i, j] / len(winners)
    return grad_x


def by_shifts(grad_output, x, kernel_size, stride, padding):
    (p, q), (s, t), (_, _, h, w) = padding, stride, grad_output.shape
    low = np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (q, q)), constant_values=x.min() - 1.0)
    shifts = [
        np.s_[:, :, k : k + s * (h - 1) + 1 : s, m : m + t * (w - 1) + 1 : t]
        for k, m in np.ndindex(*kernel_size)
    ]
    top = np.max([low[shift] for shift in shifts], axis=0)
    number = sum(low[shift] == top for shift in shifts)
    out = np.zeros(low.shape)
    for shift in shifts:
        out[shift] += np.where(low[shift] == top, grad_output / number, 0)
    return np.asfortranarray(out[:, :, p : p + x.shape[2], q : q + x.shape[3]])


def hidden(rng):
    def made(group, label, shape, kernel_size, stride, padding, top=3):
        N, C, *size = shape
        H, W = (
            (n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True)
        )
        x = rng.integers(0, top, shape) if top else rng.permutation(N * C * size[0] * size[1]).reshape(shape)
        return Case(group, label, (rng.integers(1, 10, (N, C, H, W)), x, kernel_size, stride, padding))

    yield made("overlap", "stride 1", (1, 1, 5, 6), (3, 2), (1, 1), (0, 0), top=0)
    yield made("overlap", "a rest on both sides", (2, 3, 6, 8), (3, 3), (2, 2), (0, 0), top=0)
    yield made("overlap", "stride above the window", (1, 2, 7, 5), (2, 1), (3, 2), (0, 0), top=0)
    yield made("ties", "many ties", (2, 2, 5, 6), (3, 2), (2, 1), (0, 0), top=2)
    flat = made("ties", "one grey", (1, 2, 4, 5), (2, 3), (2, 2), (0, 0), top=1)
    yield Case("ties", "one grey", (flat.args[0], flat.args[1] - 7, *flat.args[2:]))
    for shape, size, stride, padding in (
        ((2, 3, 4, 5), (3, 2), (2, 1), (1, 0)),
        ((1, 1, 4, 6), (4, 5), (1, 3), (2, 2)),
    ):
        case = made("padding", "negative values", shape, size, stride, padding)
        yield Case("padding", case.label, (case.args[0], case.args[1] - 5, size, stride, padding))


EXERCISE = Exercise(
    name="share_among_ties",
    title="Max pooling that is fair to ties",
    task=(
        "Max pooling keeps the largest value of each window, so only this value has an influence on what "
        "comes behind, and the window's gradient goes back to it alone. When several values of a window are "
        "equally large, as in a dark sky or after a ReLU, PyTorch gives everything to the first. Here they "
        "**share it in equal parts**.\n\n"
        "Write `share_among_ties(grad_output, x, kernel_size, stride, padding)` for images `x` of shape `(N, "
        "C, H, W)`, each channel by itself. The windows may overlap; what lies in the frame of `padding[0]` "
        "rows and `padding[1]` columns is no pixel and never wins. Every window holds at least one pixel. "
        "Return the gradient of `x`, in the shape of `x`."
    ),
    reference=share_among_ties,
    groups=(
        Group("overlap", 4, "Windows that overlap"),
        Group("ties", 3, "Ties"),
        Group("padding", 3, "Padding and negative values"),
    ),
    public=(
        Case(
            "overlap",
            "one pixel wins in two windows",
            (np.array([[[[1, 10]]]]), np.array([[[[3, 2, 7, 5, 6]]]]), (1, 3), (1, 2), (0, 0)),
        ),
        Case(
            "ties",
            "two of four are the largest",
            (np.array([[[[8]]]]), np.array([[[[5, 3], [1, 5]]]]), (2, 2), (2, 2), (0, 0)),
        ),
        Case(
            "padding",
            "three negative pixels in a frame",
            (np.array([[[[1, 10]]]]), np.array([[[[-4, -2, -3]]]]), (1, 3), (1, 2), (0, 1)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            overlaps_overwritten,
            "A pixel that wins in two windows got the gradient of one of them. Both windows pass its value "
            "on, so both gradients arrive: `+=` instead of `=`. With windows side by side nobody notices.",
            SECTION,
        ),
        Mistake(
            each_tie_gets_all,
            "Equal maxima each got the whole gradient of their window, so more gradient went back than came "
            "in. Divide it by their number; in total a window passes on what it was given.",
            SECTION,
        ),
        Mistake(
            first_tie_gets_all,
            "Among equal maxima the first took everything. That is PyTorch's rule, and not a bad one; the "
            "rule asked for here gives every one of them the same share.",
            SECTION,
        ),
        Mistake(
            padding_of_zeros,
            "Some gradient vanished in the frame: there you put zeros, and a zero is larger than any "
            "negative pixel. The frame never wins; fill it with minus infinity.",
            "layers.html#pooling",
        ),
        Mistake(
            cut_with_minus_zero,
            "Your result is empty where there is no padding: `a[0:-0]` is `a[0:0]`, and nothing lies between "
            "0 and 0. Cut the frame off by counting from the beginning, from p to p + H.",
            "backprop.html#stride-and-padding-backward",
        ),
        Mistake(
            losers_get_a_share,
            "Every pixel of a window got something. That is the way back through *average* pooling; behind "
            "a maximum, a pixel that was not the largest has no influence.",
            SECTION,
        ),
        Mistake(
            windows_side_by_side,
            "Your windows begin one window apart. The distance from one to the next is `stride`, which need "
            "not be the size of the window.",
            "layers.html#pooling",
        ),
    ),
    variants=(pixel_by_pixel, by_shifts),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Look at a single window: which of its pixels are equal to its maximum, and how many are there?",
        "`winners = window == window.max()` is an array of True and False. `grad_output[n, c, i, j] * "
        "winners / winners.sum()` is what this window sends back; add it at the window's place.",
        "Frame the images with `np.pad(…, constant_values=-np.inf)` (as floats), collect in an array of the "
        "framed size, and cut the frame off at the end, counting from the beginning.",
    ),
    section=SECTION,
)
