"""How many stamps reach each pixel: the checkerboard itself (coverage row 10.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.transposed import overlap_counts
from solutions.allowances import EXACT, LIBRARIES

SECTION = "transposed.html#checkerboards"


def stamps_per_pixel(size, kernel_size, stride, padding):
    return overlap_counts(size, kernel_size, stride, padding)


def edge_forgotten(size, kernel_size, stride, padding):
    shape = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True)]
    out = np.zeros(shape, dtype=int)
    for y, x in np.ndindex(*shape):
        down = len(range((y + padding[0]) % stride[0], kernel_size[0], stride[0]))
        out[y, x] = down * len(range((x + padding[1]) % stride[1], kernel_size[1], stride[1]))
    return out


def only_whether_reached(size, kernel_size, stride, padding):
    (h, w), (k, m), (s, t), (p, q) = size, kernel_size, stride, padding
    out = np.zeros(((h - 1) * s + k, (w - 1) * t + m), dtype=int)
    for i, j in np.ndindex(h, w):
        out[i * s : i * s + k, j * t : j * t + m] = 1
    return out[p : len(out) - p, q : out.shape[1] - q]


def padding_forgotten(size, kernel_size, stride, padding):
    (h, w), (k, m), (s, t) = size, kernel_size, stride
    out = np.zeros(((h - 1) * s + k, (w - 1) * t + m), dtype=int)
    for i, j in np.ndindex(h, w):
        out[i * s : i * s + k, j * t : j * t + m] += 1
    return out


def cut_with_minus_zero(size, kernel_size, stride, padding):
    (h, w), (k, m), (s, t), (p, q) = size, kernel_size, stride, padding
    out = np.zeros(((h - 1) * s + k, (w - 1) * t + m), dtype=int)
    for i, j in np.ndindex(h, w):
        out[i * s : i * s + k, j * t : j * t + m] += 1
    return out[p:-p, q:-q]


def rows_and_columns_added(size, kernel_size, stride, padding):
    sides = []
    for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True):
        side = np.zeros((n - 1) * s + k, dtype=int)
        for i in range(n):
            side[i * s : i * s + k] += 1
        sides.append(side[p : len(side) - p])
    return sides[0][:, None] + sides[1]


def windows_of_the_way_down(size, kernel_size, stride, padding):
    (h, w), (k, m), (s, t), (p, q) = size, kernel_size, stride, padding
    out = np.zeros((h + 2 * p, w + 2 * q), dtype=int)
    for i in range(0, h + 2 * p - k + 1, s):
        for j in range(0, w + 2 * q - m + 1, t):
            out[i : i + k, j : j + m] += 1
    return out[p : p + h, q : q + w]


def stride_and_filter_exchanged(size, kernel_size, stride, padding):
    (h, w), (s, t), (k, m), (p, q) = size, kernel_size, stride, padding
    shape = ((h - 1) * k + s - 2 * p, (w - 1) * m + t - 2 * q)
    out = np.zeros((h * (s + k), w * (t + m)), dtype=int)
    for i, j in np.ndindex(h, w):
        out[i * s : i * s + k, j * t : j * t + m] += 1
    return out[p : p + shape[0], q : q + shape[1]]


def one_axis_at_a_time(size, kernel_size, stride, padding):
    sides = []
    for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True):
        distance = np.arange((n - 1) * s + k - 2 * p)[:, None] + p - s * np.arange(n)
        sides.append(((distance >= 0) & (distance < k)).sum(axis=1))
    return np.outer(*sides)


def pixel_by_pixel(size, kernel_size, stride, padding):
    H_out, W_out = (
        (n - 1) * s + k - 2 * p for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True)
    )
    counts = []
    for y in range(padding[0], H_out + padding[0]):
        above = [i for i in range(size[0]) if i * stride[0] <= y < i * stride[0] + kernel_size[0]]
        for x in range(padding[1], W_out + padding[1]):
            beside = [j for j in range(size[1]) if j * stride[1] <= x < j * stride[1] + kernel_size[1]]
            counts.append(float(len(above) * len(beside)))
    return np.array(counts).reshape(H_out, W_out)


def hidden(rng):
    for group, kernels, paddings in (
        ("plain", ((3, 4), (5, 2), (2, 5)), ((0, 0),)),
        ("padding", ((4, 5), (3, 4), (5, 3)), ((1, 2), (2, 1), (0, 1))),
    ):
        for number, kernel_size in enumerate(kernels):
            size = tuple(rng.integers(3, 7, 2).tolist())
            padding = paddings[number % len(paddings)]
            yield Case(
                group, f"filter {kernel_size}", (size, kernel_size, (2, 3)[:: 1 - 2 * (number % 2)], padding)
            )
    n = int(rng.integers(3, 9))
    yield Case("plain", "holes between the stamps", ((n, 3), (1, 2), (2, 4), (0, 0)))
    yield Case("padding", "a filter that its stride divides", ((n, 4), (4, 6), (2, 3), (1, 2)))


EXERCISE = Exercise(
    name="stamps_per_pixel",
    title="Who is painted how often?",
    task=(
        "When stamps overlap, some places of the sheet are reached by more of them than others, and where "
        "all pixels and all weights are alike, these counts are the picture: a checkerboard, if the stride "
        "does not divide the filter's size.\n\n"
        "Write `stamps_per_pixel(size, kernel_size, stride, padding)`. The small image has `size` equal to "
        "`(H, W)` pixels, each of which presses a stamp of `kernel_size` places; stamps are `stride` places "
        "apart, and `padding` rows and columns are cut off each side of the finished sheet. All four "
        "arguments are pairs, rows first. Return how many stamps reach each place that is left, as an array "
        "of whole numbers of shape $((H - 1) s_h + K_h - 2 p_h,\\ (W - 1) s_w + K_w - 2 p_w)$."
    ),
    reference=stamps_per_pixel,
    groups=(
        Group("plain", 5, "No padding"),
        Group("padding", 5, "Padding"),
    ),
    public=(
        Case("plain", "three stamps of three, stride 2", ((1, 3), (1, 3), (1, 2), (0, 0))),
        Case("plain", "two by two stamps", ((2, 2), (3, 2), (2, 1), (0, 0))),
        Case("padding", "four stamps, the edges cut", ((1, 4), (1, 5), (1, 2), (0, 1))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            edge_forgotten,
            "Your counts are right in the middle and too large at the edges: there, stamps are missing that "
            "would belong to pixels outside the small image.",
            SECTION,
        ),
        Mistake(
            only_whether_reached,
            "You noted which places are reached, not how often. Each further stamp adds 1.",
            SECTION,
        ),
        Mistake(
            padding_forgotten,
            "The padding is not cut off: your sheet has its full size still. Each side loses `padding` rows "
            "or columns.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            cut_with_minus_zero,
            "Your result is empty where the padding is 0: `a[0:-0]` is `a[0:0]`, and nothing lies between 0 "
            "and 0. Count from the beginning, up to the length minus the padding.",
            "transposed.html#sizes-back",
        ),
        Mistake(
            rows_and_columns_added,
            "You added the counts of rows and columns. A place that is reached by 2 rows of stamps and 3 "
            "columns of stamps is reached by every pair of them, 6 in all: multiply.",
            SECTION,
        ),
        Mistake(
            windows_of_the_way_down,
            "You counted on the way down: how many windows see each pixel of an image of this size. Here the "
            "image is the small one, and each of its pixels stamps a place of the large sheet.",
            "transposed.html#scatter-form",
        ),
        Mistake(
            stride_and_filter_exchanged,
            "Filter and stride have changed places: your stamps are as large as the stride and lie one "
            "filter apart.",
            "transposed.html#scatter-form",
        ),
    ),
    variants=(one_axis_at_a_time, pixel_by_pixel),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "You have a function that stamps. What would it draw if every pixel and every weight were 1?",
        "Without it: begin with zeros of the full sheet's size, `(H - 1) * s_h + K_h` by `(W - 1) * s_w + "
        "K_w`, and add 1 to a block for each pixel of the small image.",
        "The block of the pixel at `(i, j)` is `sheet[i * s_h : i * s_h + K_h, j * s_w : j * s_w + K_w]`. At "
        "the end, cut `padding` off each side, counting from the beginning.",
    ),
    section=SECTION,
)
