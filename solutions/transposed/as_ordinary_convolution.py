"""Transposed convolution as an ordinary one, on an image with zeros inserted (coverage rows 10.2, 10.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "transposed.html#zero-insertion"


def as_ordinary_convolution(x, weight, stride, padding, output_padding):
    filters = np.flip(weight, (2, 3)).swapaxes(0, 1)
    lengths = zip(x.shape[2:], weight.shape[2:], stride, padding, output_padding, strict=True)
    first, places = [], []
    for n, k, s, p, extra in lengths:
        first.append(k - 1 - p)
        places.append((n - 1) * s + 1 + 2 * (k - 1 - p) + extra)
    prepared = np.zeros((*x.shape[:2], *places), x.dtype)
    for i, j in np.ndindex(x.shape[2:]):
        row, column = i * stride[0] + first[0], j * stride[1] + first[1]
        if 0 <= row < places[0] and 0 <= column < places[1]:
            prepared[:, :, row, column] = x[:, :, i, j]
    return prepared, filters


def filter_not_turned(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0), max(a + e, 0)), (max(b, 0), max(b + f, 0))))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a + e, 0), max(-b, 0) : wide.shape[3] + min(b + f, 0)]
    return wide, weight.swapaxes(0, 1)


def filter_transposed(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0), max(a + e, 0)), (max(b, 0), max(b + f, 0))))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a + e, 0), max(-b, 0) : wide.shape[3] + min(b + f, 0)]
    return wide, weight.transpose(1, 0, 3, 2)


def channels_not_exchanged(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0), max(a + e, 0)), (max(b, 0), max(b + f, 0))))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a + e, 0), max(-b, 0) : wide.shape[3] + min(b + f, 0)]
    return wide, weight[..., ::-1, ::-1]


def zeros_behind_the_last(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, h * s, w * t))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0), max(a + e, 0)), (max(b, 0), max(b + f, 0))))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a + e, 0), max(-b, 0) : wide.shape[3] + min(b + f, 0)]
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def one_zero_too_many_between(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, [step + 1 for step in stride], output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0), max(a + e, 0)), (max(b, 0), max(b + f, 0))))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a + e, 0), max(-b, 0) : wide.shape[3] + min(b + f, 0)]
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def padded_by_the_padding(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f), (a, b) = x.shape, stride, output_padding, padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    wide = np.pad(thin, ((0, 0), (0, 0), (a, a + e), (b, b + f)))
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def output_padding_on_both_sides(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t) = x.shape, stride
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p + e for k, p, e in zip(weight.shape[2:], padding, output_padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (max(a, 0),) * 2, (max(b, 0),) * 2))
    wide = wide[:, :, max(-a, 0) : wide.shape[2] + min(a, 0), max(-b, 0) : wide.shape[3] + min(b, 0)]
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def negative_frame_left_out(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (max(k - 1 - p, 0) for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (a, a + e), (b, b + f)))
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def negative_frame_padded(x, weight, stride, padding, output_padding):
    (N, C, h, w), (s, t), (e, f) = x.shape, stride, output_padding
    thin = np.zeros((N, C, (h - 1) * s + 1, (w - 1) * t + 1))
    thin[:, :, ::s, ::t] = x
    a, b = (k - 1 - p for k, p in zip(weight.shape[2:], padding, strict=True))
    wide = np.pad(thin, ((0, 0), (0, 0), (a, a + e), (b, b + f)))
    return wide, weight[..., ::-1, ::-1].swapaxes(0, 1)


def place_by_place(x, weight, stride, padding, output_padding):
    (N, C_in, H, W), (_, C_out, K_h, K_w) = x.shape, weight.shape
    top, left = K_h - 1 - padding[0], K_w - 1 - padding[1]
    rows = (H - 1) * stride[0] + 1 + 2 * top + output_padding[0]
    columns = (W - 1) * stride[1] + 1 + 2 * left + output_padding[1]
    prepared, filters = np.zeros((N, C_in, rows, columns)), np.zeros((C_out, C_in, K_h, K_w))
    for row, column in np.ndindex(rows, columns):
        (i, below), (j, beside) = divmod(row - top, stride[0]), divmod(column - left, stride[1])
        if below == beside == 0 and 0 <= i < H and 0 <= j < W:
            prepared[:, :, row, column] = x[:, :, i, j]
    for c, d, k, m in np.ndindex(weight.shape):
        filters[d, c, K_h - 1 - k, K_w - 1 - m] = weight[c, d, k, m]
    return prepared, filters


def axis_by_axis(x, weight, stride, padding, output_padding):
    out = np.asarray(x)
    for axis in (2, 3):
        k, s, p = weight.shape[axis], stride[axis - 2], padding[axis - 2]
        out = np.moveaxis(out, axis, 0)
        spread = np.zeros((len(out), s, *out.shape[1:]))
        spread[:, 0] = out
        spread = spread.reshape(-1, *out.shape[1:])[: (len(out) - 1) * s + 1]
        edge = np.zeros((k - 1, *out.shape[1:]))
        behind = np.zeros((k - 1 + output_padding[axis - 2], *out.shape[1:]))
        full = np.concatenate([edge, spread, behind])
        out = np.moveaxis(full[p : len(full) - p], 0, axis)
    return [out, np.rot90(weight, 2, axes=(2, 3)).transpose(1, 0, 2, 3)]


def hidden(rng):
    def made(group, label, shape, C_out, kernel_size, stride, padding, output_padding):
        x, weight = rng.integers(1, 10, shape), rng.integers(1, 10, (shape[1], C_out, *kernel_size))
        return Case(group, label, (x, weight, stride, padding, output_padding))

    yield made("zeros", "stride 1", (1, 1, 3, 2), 1, (2, 3), (1, 1), (0, 0), (0, 0))
    yield made("zeros", "unequal strides", (1, 1, 2, 3), 1, (3, 2), (3, 2), (0, 0), (0, 0))
    yield made("frame", "padding and output_padding", (1, 1, 3, 2), 1, (3, 4), (2, 3), (1, 2), (1, 2))
    yield made("frame", "nothing left to add", (1, 1, 2, 4), 1, (3, 2), (2, 2), (2, 1), (0, 1))
    yield made("frame", "more padding than K - 1", (1, 1, 4, 3), 1, (2, 1), (2, 2), (2, 1), (0, 1))
    yield made("channels", "everything", (2, 3, 2, 3), 4, (3, 2), (2, 3), (1, 0), (1, 0))
    yield made("channels", "two to two", (3, 2, 3, 2), 2, (2, 3), (1, 2), (0, 1), (0, 1))


EXERCISE = Exercise(
    name="as_ordinary_convolution",
    title="A transposed convolution is an ordinary one",
    task=(
        "Who has an ordinary convolution, stride 1 and no padding, can do transposed ones: with the right "
        "image and the right filters. Write `as_ordinary_convolution(x, weight, stride, padding, "
        "output_padding)`, which returns both, so that cross-correlating `prepared` with `filters`, as every "
        "convolution layer does, gives the transposed convolution of `x` with `weight`.\n\n"
        "For `prepared`, put $s - 1$ zeros between neighbouring pixels of `x` (shape `(N, C_in, H, W)`), "
        "then a frame of $K - 1 - p$ zeros around everything, and `output_padding` further zeros **below "
        "and on the right** only. Where $K - 1 - p$ is negative, so many rows or columns are cut off "
        "instead (after the further zeros were put there). The layer's `weight` has the shape `(C_in, "
        "C_out, K_h, K_w)`; `filters` must have the shape `(C_out, C_in, K_h, K_w)`, and each filter is "
        "turned by half."
    ),
    reference=as_ordinary_convolution,
    groups=(
        Group("zeros", 4, "Zeros in between, filters turned"),
        Group("frame", 4, "Padding and output_padding"),
        Group("channels", 3, "Several images and channels"),
    ),
    public=(
        Case(
            "zeros",
            "one row, stride 3",
            (np.array([[[[5, 6]]]]), np.array([[[[1, 2]]]]), (1, 3), (0, 0), (0, 0)),
        ),
        Case(
            "zeros",
            "a filter that shows each turn",
            (np.array([[[[7]]]]), np.array([[[[1, 2], [3, 4]]]]), (1, 1), (0, 0), (0, 0)),
        ),
        Case(
            "frame",
            "padding 1, one more place on the right",
            (np.array([[[[5, 6]]]]), np.array([[[[1, 2, 3, 4]]]]), (1, 2), (0, 1), (0, 1)),
        ),
        Case(
            "frame",
            "the frame is negative",
            (np.array([[[[5, 6, 7]]]]), np.array([[[[1, 2]]]]), (1, 2), (0, 2), (0, 0)),
        ),
        Case(
            "channels",
            "two channels to one",
            (np.array([[[[5]], [[6]]]]), np.array([[[[1, 2]]], [[[3, 4]]]]), (1, 1), (0, 0), (0, 0)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            filter_not_turned,
            "Your filters are not turned. A pixel stamps the filter's first weight to the upper left; seen "
            "from the result, that weight comes from the lower right. Reverse both spatial axes.",
            SECTION,
        ),
        Mistake(
            filter_transposed,
            "You transposed the filters: rows became columns. The transpose is that of the large matrix; the "
            "filter itself is turned by half, which reverses both axes and keeps its shape.",
            SECTION,
        ),
        Mistake(
            channels_not_exchanged,
            "Your filters begin with the input channel still. An ordinary layer has its weight as `(C_out, "
            "C_in, K_h, K_w)`; a transposed one has the two exchanged.",
            "transposed.html#transposing-it",
        ),
        Mistake(
            zeros_behind_the_last,
            "You put zeros behind the last pixel too. They stand only *between* pixels, so H pixels take "
            "(H − 1) · s + 1 places.",
            SECTION,
        ),
        Mistake(
            one_zero_too_many_between,
            "There are too many zeros between your pixels. Neighbours end up s places apart, so s − 1 zeros "
            "stand between them; with stride 1 there is none.",
            SECTION,
        ),
        Mistake(
            padded_by_the_padding,
            "Your frame is as wide as the padding. Here padding takes away: without any, the frame is K − 1 "
            "wide, so that every weight meets every pixel, and each unit of padding makes it narrower.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            output_padding_on_both_sides,
            "You put the output_padding on all sides. It only settles how many rows and columns there are "
            "at the end, below and on the right; above and left it would shift the image.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            negative_frame_left_out,
            "Where the padding is larger than K − 1 your frame stays at zero. Then rows and columns have to "
            "go: a frame of −1 cuts one off on each side.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            negative_frame_padded,
            "Where the padding is larger than K − 1, a frame of negative width was asked for, and `np.pad` "
            "refuses it: it can add but not take away. There, rows and columns have to be cut off instead.",
            "transposed.html#sizes-back",
        ),
    ),
    variants=(place_by_place, axis_by_axis),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Do it in steps: first an array of shape `(N, C_in, (H - 1) * s_h + 1, (W - 1) * s_w + 1)` with "
        "zeros between the pixels, then the frame, and the filters quite separately.",
        "`spread[:, :, ::s_h, ::s_w] = x` puts the pixels in their places. The filters are "
        "`weight[:, :, ::-1, ::-1].swapaxes(0, 1)`.",
        "To have no trouble with negative frames: pad by K − 1 on all sides and by `output_padding` below "
        "and on the right, and then *cut* `padding` rows and columns off each side, counting from the "
        "beginning.",
    ),
    section=SECTION,
)
