"""Where the maximum of each pooling window stands (coverage row 3.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "layers.html#pooling"


def max_places(x, kernel_size, stride, padding=(0, 0)):
    H_out, W_out = (
        (n + 2 * p - k) // s + 1 for n, k, s, p in zip(x.shape[1:], kernel_size, stride, padding, strict=True)
    )
    places = np.zeros((len(x), H_out, W_out, 2), dtype=int)
    for c, i, j in np.ndindex(places.shape[:3]):
        top, left = i * stride[0] - padding[0], j * stride[1] - padding[1]
        rows = range(max(top, 0), min(top + kernel_size[0], x.shape[1]))
        columns = range(max(left, 0), min(left + kernel_size[1], x.shape[2]))
        places[c, i, j] = max(((a, b) for a in rows for b in columns), key=lambda place: x[c][place])
    return places


def zeros_win_at_the_border(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x, ((0, 0), (P_h, P_h), (P_w, P_w)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows, columns = flat // K_w, flat % K_w
    rows = rows + np.arange(seen.shape[1])[:, None] * stride[0] - P_h
    columns = columns + np.arange(seen.shape[2]) * stride[1] - P_w
    return np.stack([rows, columns], axis=3)


def last_of_equals(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = K_h * K_w - 1 - seen.reshape(*seen.shape[:3], K_h * K_w)[..., ::-1].argmax(axis=3)
    rows, columns = flat // K_w, flat % K_w
    rows = rows + np.arange(seen.shape[1])[:, None] * stride[0] - P_h
    columns = columns + np.arange(seen.shape[2]) * stride[1] - P_w
    return np.stack([rows, columns], axis=3)


def places_in_the_padded_image(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows = flat // K_w + np.arange(seen.shape[1])[:, None] * stride[0]
    columns = flat % K_w + np.arange(seen.shape[2]) * stride[1]
    return np.stack([rows, columns], axis=3)


def places_in_the_window(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    return np.stack([flat // K_w, flat % K_w], axis=3)


def flat_index_split_by_the_height(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows, columns = flat // K_h, flat % K_h
    rows = rows + np.arange(seen.shape[1])[:, None] * stride[0] - P_h
    columns = columns + np.arange(seen.shape[2]) * stride[1] - P_w
    return np.stack([rows, columns], axis=3)


def column_before_row(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows, columns = flat // K_w, flat % K_w
    rows = rows + np.arange(seen.shape[1])[:, None] * stride[0] - P_h
    columns = columns + np.arange(seen.shape[2]) * stride[1] - P_w
    return np.stack([columns, rows], axis=3)


def signs_ignored(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    sizes = np.abs(x.astype(float))
    padded = np.pad(sizes, ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, :: stride[0], :: stride[1]]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows, columns = flat // K_w, flat % K_w
    rows = rows + np.arange(seen.shape[1])[:, None] * stride[0] - P_h
    columns = columns + np.arange(seen.shape[2]) * stride[1] - P_w
    return np.stack([rows, columns], axis=3)


def windows_side_by_side(x, kernel_size, stride, padding=(0, 0)):
    (K_h, K_w), (P_h, P_w) = kernel_size, padding
    padded = np.pad(x.astype(float), ((0, 0), (P_h, P_h), (P_w, P_w)), constant_values=-np.inf)
    seen = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    seen = seen[:, ::K_h, ::K_w]
    flat = seen.reshape(*seen.shape[:3], K_h * K_w).argmax(axis=3)
    rows, columns = flat // K_w, flat % K_w
    rows = rows + np.arange(seen.shape[1])[:, None] * K_h - P_h
    columns = columns + np.arange(seen.shape[2]) * K_w - P_w
    return np.stack([rows, columns], axis=3)


def best_so_far(x, kernel_size, stride, padding=(0, 0)):
    (C, H, W), (K_h, K_w) = x.shape, kernel_size
    H_out, W_out = (H + 2 * padding[0] - K_h) // stride[0] + 1, (W + 2 * padding[1] - K_w) // stride[1] + 1
    out = np.zeros((C, H_out, W_out, 2))
    for c in range(C):
        for i in range(H_out):
            for j in range(W_out):
                best = None
                for a in range(i * stride[0] - padding[0], i * stride[0] - padding[0] + K_h):
                    for b in range(j * stride[1] - padding[1], j * stride[1] - padding[1] + K_w):
                        if 0 <= a < H and 0 <= b < W and (best is None or x[c, a, b] > best):
                            best = x[c, a, b]
                            out[c, i, j] = a, b
    return out


def all_windows_at_once(x, kernel_size, stride, padding=(0, 0)):
    frame = ((0, 0), (padding[0],) * 2, (padding[1],) * 2)
    lowest = np.pad(x - x.min() + 1, frame, constant_values=0)
    number = np.pad(np.arange(x[0].size).reshape(1, *x.shape[1:]), frame)
    cut = (slice(None), slice(None, None, stride[0]), slice(None, None, stride[1]))
    values, numbers = (
        np.lib.stride_tricks.sliding_window_view(one, kernel_size, axis=(1, 2))[cut]
        for one in (lowest, number)
    )
    first = values.reshape(*values.shape[:3], -1).argmax(axis=3)
    flat = np.broadcast_to(numbers, values.shape).reshape(*values.shape[:3], -1)
    where = np.take_along_axis(flat, first[..., None], axis=3)[..., 0]
    return np.stack(np.divmod(where, x.shape[2]), axis=-1)


def hidden(rng):
    def values(*shape):
        return rng.permutation(int(np.prod(shape))).reshape(shape) - int(np.prod(shape)) // 2

    for shape, kernel, stride in (
        ((2, 5, 7), (2, 3), (2, 1)),
        ((1, 6, 5), (3, 2), (1, 2)),
        ((3, 7, 8), (3, 2), (2, 3)),
    ):
        yield Case("overlap", f"kernel {kernel}, stride {stride}", (values(*shape), kernel, stride))
    ties = rng.integers(0, 2, (2, 5, 6))
    yield Case("overlap", "many equal numbers", (ties, (3, 2), (1, 2)))
    yield Case("overlap", "rectified numbers", (np.maximum(rng.normal(size=(1, 5, 6)), 0), (3, 3), (2, 2)))
    for shape, kernel, stride, padding in (
        ((2, 4, 5), (3, 2), (2, 1), (1, 0)),
        ((1, 5, 4), (2, 4), (1, 2), (1, 2)),
        ((2, 5, 6), (3, 3), (2, 2), (1, 1)),
    ):
        negative = values(*shape) - 1000
        yield Case("padding", "any numbers", (values(*shape), kernel, stride, padding))
        yield Case("padding", "negative numbers", (negative + 0.5, kernel, stride, padding))


EXERCISE = Exercise(
    name="max_places",
    title="Where did the maximum stand?",
    task=(
        "Max pooling keeps the strongest response of each window and forgets where it was. Some things need "
        "the place: the way back of the gradient, and whoever wants to see what a unit liked. Write "
        "`max_places(x, kernel_size, stride, padding=(0, 0))` for maps `x` of shape `(C, H, W)`; the "
        "settings are pairs, vertical and horizontal, and windows that do not fit any more are left out.\n\n"
        "Return an array of whole numbers of shape `(C, H_out, W_out, 2)`: for each window of each map the "
        "row and the column of its maximum **in the unpadded image**. Padding never wins, not even against "
        "negative numbers, and is at most half a window. Where several pixels are equal, the first one in "
        "reading order counts."
    ),
    reference=max_places,
    groups=(
        Group("worked", 2, "Windows of 2 × 2, side by side"),
        Group("overlap", 4, "Windows that overlap"),
        Group("padding", 4, "Padding"),
    ),
    public=(
        Case(
            "worked",
            "four windows side by side",
            (np.array([[[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]]), (2, 2), (2, 2)),
        ),
        Case(
            "overlap", "three columns wide", (np.array([[[0, -9, 5, 7, 1], [0, 2, 8, 6, 1]]]), (2, 3), (1, 2))
        ),
        Case(
            "overlap",
            "equals, and a large negative number",
            (np.array([[[3, 3, 1, -9], [1, 3, 2, 2]]]), (1, 2), (1, 1)),
        ),
        Case("padding", "nothing but negative numbers", (np.array([[[-5, -2, -4]]]), (1, 3), (1, 2), (0, 1))),
        Case(
            "padding",
            "two maps",
            (np.array([[[1, 2], [3, 4]], [[-1, -2], [-3, -4]]]), (2, 3), (2, 1), (1, 1)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            zeros_win_at_the_border,
            "You padded with zeros, and among negative numbers a zero wins: your maximum stands outside the "
            "image. Pad with −∞, or look only at the pixels of the window that exist.",
            SECTION,
        ),
        Mistake(
            last_of_equals,
            "Among equal pixels you took the last one. The rule here, and in the libraries, is the first in "
            "reading order: replace the best one so far only by something larger.",
            SECTION,
        ),
        Mistake(
            places_in_the_padded_image,
            "Your places are right in the padded image. In the image itself every row and column has a "
            "smaller number: take the padding off again.",
            "layers.html#padding-modes",
        ),
        Mistake(
            places_in_the_window,
            "Your places count from the corner of each window. Add the row and the column where the window "
            "begins.",
            SECTION,
        ),
        Mistake(
            flat_index_split_by_the_height,
            "You split the flat index of the window by its height. Windows are flattened row by row, and a "
            "row is as long as the window is wide: divide by the width.",
            SECTION,
        ),
        Mistake(
            column_before_row,
            "You gave the column first. The last axis of the result holds the row and then the column.",
            SECTION,
        ),
        Mistake(
            signs_ignored,
            "You looked for the number farthest from zero, and a large negative one won. The maximum is the "
            "largest number, sign included.",
            SECTION,
        ),
        Mistake(
            windows_side_by_side,
            "Your windows lie side by side. How far it is to the next window is told by the stride; if that "
            "is smaller than the window, they overlap.",
            "layers.html#stride-and-dilation",
        ),
    ),
    variants=(best_so_far, all_windows_at_once),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Look at the public case with negative numbers. Its first window hangs over the left edge: which "
        "two pixels does it really see?",
        "For each window, cut its rows and columns down to those that exist: from `max(top, 0)` to "
        "`min(top + K_h, H)`. What is left over is never empty, and padding can no longer win.",
        "`np.argmax` of that piece gives the first maximum in reading order as a flat index; `divmod(flat, "
        "piece.shape[1])` makes a row and a column of it. Add where the piece begins.",
    ),
    section=SECTION,
)
