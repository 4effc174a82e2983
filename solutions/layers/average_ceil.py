"""Average pooling with windows that hang over the edge (coverage row 3.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import avg_pool2d
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#pooling"


def average_ceil(x, kernel_size, stride, padding=(0, 0)):
    return avg_pool2d(x[None], kernel_size, stride, padding, ceil_mode=True, count_include_pad=False)[0]


def no_window_hangs_over(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = (H + 2 * P_h - K_h) // S_h + 1, (W + 2 * P_w - K_w) // S_w + 1
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            out[:, i, j] = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w].mean(axis=(1, 2))
    return out


def one_window_too_many(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            window = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w]
            out[:, i, j] = window.sum(axis=(1, 2)) / max(window[0].size, 1)
    return out


def divided_by_the_whole_window(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            window = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w]
            out[:, i, j] = window.sum(axis=(1, 2)) / (K_h * K_w)
    return out


def padding_counted(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    padded = np.pad(x, ((0, 0), (P_h, P_h), (P_w, P_w)))
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = padded[:, i * S_h : i * S_h + K_h, j * S_w : j * S_w + K_w]
            out[:, i, j] = window.mean(axis=(1, 2))
    return out


def last_window_pushed_back(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = min(i * S_h - P_h, H + P_h - K_h), min(j * S_w - P_w, W + P_w - K_w)
            out[:, i, j] = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w].mean(axis=(1, 2))
    return out


def slice_that_begins_below_zero(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            window = x[:, top : top + K_h, left : left + K_w]
            out[:, i, j] = window.sum(axis=(1, 2)) / window[0].size if window.size else np.nan
    return out


def strides_exchanged(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_w, S_h), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            out[:, i, j] = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w].mean(axis=(1, 2))
    return out


def averaged_over_the_channels_too(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w), (S_h, S_w), (P_h, P_w) = x.shape, kernel_size, stride, padding
    H_out, W_out = -(-(H + 2 * P_h - K_h) // S_h) + 1, -(-(W + 2 * P_w - K_w) // S_w) + 1
    H_out, W_out = H_out - ((H_out - 1) * S_h >= H + P_h), W_out - ((W_out - 1) * S_w >= W + P_w)
    out = np.zeros((C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * S_h - P_h, j * S_w - P_w
            out[:, i, j] = x[:, max(top, 0) : top + K_h, max(left, 0) : left + K_w].mean()
    return out


def sums_and_counts(x, kernel_size, stride, padding=(0, 0)):
    starts = []
    for size, K, S, P in zip(x.shape[1:], kernel_size, stride, padding, strict=True):
        begin, found = -P, [-P]
        while begin + K < size + P and begin + S < size:
            begin += S
            found.append(begin)
        starts.append(found)
    ones = np.ones_like(x, dtype=float)
    totals = []
    for values in (x, ones):
        rows = [values[:, max(a, 0) : a + kernel_size[0]].sum(axis=1) for a in starts[0]]
        rows = np.stack(rows, axis=1)
        parts = [rows[:, :, max(b, 0) : b + kernel_size[1]].sum(axis=2) for b in starts[1]]
        totals.append(np.stack(parts, axis=2))
    return totals[0] / totals[1]


def outside_is_not_a_number(x, kernel_size, stride, padding=(0, 0)):
    counts = []
    for size, K, S, P in zip(x.shape[1:], kernel_size, stride, padding, strict=True):
        count = int(np.ceil((size + 2 * P - K) / S)) + 1
        counts.append(count if (count - 1) * S < size + P else count - 1)
    frame = [(0, 0)] + [(P, K + S) for P, K, S in zip(padding, kernel_size, stride, strict=True)]
    padded = np.pad(x.astype(float), frame, constant_values=np.nan)
    out = np.empty((len(x), *counts))
    for i, j in np.ndindex(*counts):
        top, left = i * stride[0], j * stride[1]
        window = padded[:, top : top + kernel_size[0], left : left + kernel_size[1]]
        out[:, i, j] = np.nanmean(window, axis=(1, 2))
    return out


def hidden(rng):
    for shape, kernel, stride in (
        ((2, 6, 8), (2, 4), (2, 2)),
        ((1, 5, 7), (3, 1), (1, 3)),
    ):
        yield Case("even", f"kernel {kernel}, stride {stride}", (rng.normal(size=shape), kernel, stride))
    for shape, kernel, stride in (
        ((2, 6, 8), (3, 2), (2, 3)),
        ((1, 8, 6), (2, 3), (3, 2)),
        ((3, 5, 6), (2, 4), (2, 3)),
    ):
        yield Case("over", f"kernel {kernel}, stride {stride}", (rng.normal(size=shape), kernel, stride))
    for shape, kernel, stride, padding in (
        ((2, 5, 6), (3, 2), (2, 3), (1, 1)),
        ((1, 6, 4), (2, 4), (2, 3), (1, 2)),
        ((2, 7, 5), (4, 3), (3, 2), (0, 1)),
    ):
        yield Case("padding", f"padding {padding}", (rng.normal(size=shape), kernel, stride, padding))
    yield Case("unneeded", "the next window would see nothing", (rng.normal(size=(2, 6, 5)), (2, 2), (3, 2)))
    yield Case("unneeded", "only padding", (rng.normal(size=(1, 5, 7)), (2, 3), (3, 2), (1, 1)))
    yield Case("unneeded", "both ways", (rng.normal(size=(2, 6, 3)), (1, 2), (2, 3), (0, 0)))


EXERCISE = Exercise(
    name="average_ceil",
    title="Windows that hang over the edge",
    task=(
        "Where windows do not come out even, a pooling layer may leave the last pixels out, or let one more "
        "window hang over the edge, so that every pixel is seen. The second is called *ceil mode*, because "
        "the output size is rounded up. Write `average_ceil(x, kernel_size, stride, padding=(0, 0))`, "
        "average pooling in ceil mode for maps `x` of shape `(C, H, W)`; settings are pairs, vertical and "
        "horizontal:\n\n"
        "- each window is averaged over **those of its pixels that lie in the image**: neither padding nor "
        "what hangs over counts;\n"
        "- the output size is $\\lceil (H + 2P - K) / S \\rceil + 1$, but if the last window would start "
        "beyond the last pixel of the image, it is dropped.\n\n"
        "Padding is at most half a window. Return an array of shape `(C, H_out, W_out)`."
    ),
    reference=average_ceil,
    groups=(
        Group("even", 2, "Windows that come out even"),
        Group("over", 3, "Windows that hang over the edge"),
        Group("padding", 3, "Padding"),
        Group("unneeded", 2, "A last window that would see nothing"),
    ),
    public=(
        Case("even", "four windows, two maps", (np.arange(16.0).reshape(2, 2, 4) ** 2, (1, 2), (1, 2))),
        Case("over", "five pixels in a row", (np.array([[[1.0, 3, 5, 7, 100]]]), (1, 2), (1, 2))),
        Case(
            "over",
            "over the edge below and to the right",
            (
                np.array([[[1.0, 2, 3, 10], [4, 5, 6, 20], [7, 8, 9, 30], [100, 200, 300, 400]]]),
                (2, 3),
                (3, 2),
            ),
        ),
        Case("padding", "padding on both sides", (np.array([[[6.0, 2, 4, 8]]]), (1, 3), (1, 2), (0, 1))),
        Case(
            "unneeded",
            "six pixels, windows of two, steps of three",
            (np.array([[[1.0, 3, 9, 5, 7, 9]]]), (1, 2), (1, 3)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            no_window_hangs_over,
            "You rounded down: the last pixels are in no window at all. In ceil mode one more window hangs "
            "over the edge for their sake.",
            "sizing.html#output-size",
        ),
        Mistake(
            one_window_too_many,
            "Your last window starts where there is no image any more and averages over nothing. Such a "
            "window is dropped: ceil mode rounds up for pixels that would be missed, and here there are "
            "none.",
            "sizing.html#output-size",
        ),
        Mistake(
            divided_by_the_whole_window,
            "You divided by the size of the whole window everywhere. At the edge it sees fewer pixels, and "
            "the average came out too small, as if there were black beyond.",
            SECTION,
        ),
        Mistake(
            padding_counted,
            "You averaged the zeros of the padding too, so the maps get darker at their border. Here only "
            "pixels of the image count.",
            "layers.html#padding-modes",
        ),
        Mistake(
            last_window_pushed_back,
            "You pushed the last window back until it fits. It stays where its step takes it and hangs over "
            "the edge: the average of what it still sees counts.",
            SECTION,
        ),
        Mistake(
            slice_that_begins_below_zero,
            "Where a window begins before the image, your slice begins with a negative index. Python counts "
            "that from the far end, so the piece is empty, and the mean of nothing is no number. Let it "
            "begin at 0.",
            "layers.html#padding-modes",
        ),
        Mistake(
            strides_exchanged,
            "The two strides have changed places. The vertical one comes first: it belongs to the rows.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            averaged_over_the_channels_too,
            "You averaged over the maps as well. Pooling treats every map on its own: as many come out as "
            "went in.",
            "layers.html#channels",
        ),
    ),
    variants=(sums_and_counts, outside_is_not_a_number),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Do it for one row first: `[1, 3, 5, 7, 100]`, windows of two, steps of two. What does the last "
        "window see, and what is its average?",
        "Start with the number of windows. `-(-a // b)` is `a / b` rounded up; afterwards compare the start "
        "of the last window, `(count - 1) * S - P`, with the number of pixels.",
        "Cut every window down to what exists, from `max(top, 0)` on; a slice that ends beyond the image "
        "ends with the image. `mean(axis=(1, 2))` of that piece is the answer.",
    ),
    section=SECTION,
)
