"""Many small channels become one large image (coverage row 10.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "transposed.html#pixel-shuffle"


def shuffle_pixels(x, factors):
    (N, channels, H, W), (r_h, r_w) = x.shape, factors
    parts = x.reshape(N, channels // (r_h * r_w), r_h, r_w, H, W)
    return parts.transpose(0, 1, 4, 2, 5, 3).reshape(N, -1, H * r_h, W * r_w)


def numbers_left_in_order(x, factors):
    (N, C, H, W), (a, b) = x.shape, factors
    return x.reshape(N, C // (a * b), H * a, W * b)


def channel_runs_fastest(x, factors):
    (N, C, H, W), (a, b) = x.shape, factors
    y = x.reshape(N, a, b, C // (a * b), H, W)
    return y.transpose(0, 3, 4, 1, 5, 2).reshape(N, C // (a * b), H * a, W * b)


def down_before_across(x, factors):
    (N, C, H, W), (a, b) = x.shape, factors
    y = x.reshape(N, C // (a * b), b, a, H, W)
    return y.transpose(0, 1, 4, 3, 5, 2).reshape(N, C // (a * b), H * a, W * b)


def factors_exchanged(x, factors):
    (N, C, H, W), (b, a) = x.shape, factors
    y = x.reshape(N, C // (a * b), a, b, H, W)
    return y.transpose(0, 1, 4, 2, 5, 3).reshape(N, C // (a * b), H * a, W * b)


def small_images_side_by_side(x, factors):
    (N, C, H, W), (a, b) = x.shape, factors
    y = x.reshape(N, C // (a * b), a, b, H, W)
    return y.transpose(0, 1, 2, 4, 3, 5).reshape(N, C // (a * b), H * a, W * b)


def squares_enlarged(x, factors):
    (_, C, _, _), (a, b) = x.shape, factors
    return x[:, : C // (a * b)].repeat(a, axis=2).repeat(b, axis=3)


def pixel_by_pixel(x, factors):
    (N, channels, H, W), (r_h, r_w) = x.shape, factors
    out = np.zeros((N, channels // (r_h * r_w), H * r_h, W * r_w))
    for n, d, row, column in np.ndindex(out.shape):
        (i, a), (j, b) = divmod(row, r_h), divmod(column, r_w)
        out[n, d, row, column] = x[n, (d * r_h + a) * r_w + b, i, j]
    return out


def strided_slices(x, factors):
    per_image = factors[0] * factors[1]
    out = np.empty((len(x), x.shape[1] // per_image, x.shape[2] * factors[0], x.shape[3] * factors[1]))
    for number in range(per_image):
        a, b = divmod(number, factors[1])
        out[:, :, a :: factors[0], b :: factors[1]] = x[:, number::per_image]
    return np.asfortranarray(out)


def hidden(rng):
    for group, shape, factors in (
        ("one", (1, 6, 3, 2), (2, 3)),
        ("one", (1, 4, 2, 3), (1, 4)),
        ("one", (1, 6, 4, 5), (3, 2)),
        ("several", (2, 12, 2, 3), (3, 2)),
        ("several", (3, 8, 1, 4), (2, 2)),
        ("several", (2, 3, 3, 2), (1, 1)),
        ("several", (2, 24, 3, 2), (2, 4)),
    ):
        x = rng.permutation(int(np.prod(shape))).reshape(shape)
        yield Case(group, f"shape {shape}, factors {factors}", (x, factors))


EXERCISE = Exercise(
    name="shuffle_pixels",
    title="From channels to pixels",
    task=(
        "A layer that should enlarge an image $r_h$ times in height and $r_w$ times in width can also do "
        "this: stay small, make $r_h r_w$ channels for every one that is wanted, and then only move "
        "numbers. Each pixel's $r_h r_w$ channels become a little block of $r_h \\times r_w$ pixels.\n\n"
        "Write `shuffle_pixels(x, factors)` for `x` of shape `(N, C * r_h * r_w, H, W)` and `factors` "
        "equal to `(r_h, r_w)`. The result has the shape `(N, C, H * r_h, W * r_w)`. The channels that "
        "become one image lie next to each other: the first $r_h r_w$ of them belong to channel 0 of the "
        "result, the next to channel 1, and so on; inside a block they fill row after row. No filter and "
        "no sum is involved, so no checkerboard of overlaps can come in."
    ),
    reference=shuffle_pixels,
    groups=(
        Group("one", 5, "One channel comes out"),
        Group("several", 5, "Several images and channels"),
    ),
    public=(
        Case(
            "one",
            "four channels of four pixels",
            (np.array([1, 2, 3, 4]).reshape(1, 4, 1, 1) * np.array([[1, 10], [100, 1000]]), (2, 2)),
        ),
        Case("one", "six channels, one pixel", (np.arange(1, 7).reshape(1, 6, 1, 1), (2, 3))),
        Case(
            "several",
            "two channels come out",
            (np.array([[[[1], [10]], [[2], [20]], [[3], [30]], [[4], [40]]]]), (1, 2)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            numbers_left_in_order,
            "You changed the shape but left all numbers in their order. What should lie next to each other, "
            "the channels of one pixel, is far apart in memory: axes have to be moved between two reshapes.",
            SECTION,
        ),
        Mistake(
            channel_runs_fastest,
            "You took every C-th channel for one image. Here the channels of one result lie next to each "
            "other. Both orders exist in libraries, and weights of one are useless in the other.",
            SECTION,
        ),
        Mistake(
            down_before_across,
            "Your blocks are filled column by column. The channels of a pixel fill its block row by row: "
            "first across, then down.",
            SECTION,
        ),
        Mistake(
            factors_exchanged,
            "Your image grew by the wrong factors: the first of them is for the height, the second for the "
            "width.",
            SECTION,
        ),
        Mistake(
            small_images_side_by_side,
            "You set the small images side by side, like tiles. They are to be interleaved: neighbouring "
            "pixels of the result come from different channels of the same place.",
            SECTION,
        ),
        Mistake(
            squares_enlarged,
            "You repeated pixels of a few channels and left the other channels out. Every number of the "
            "input stands in the result exactly once.",
            "transposed.html#resize-convolution",
        ),
    ),
    variants=(pixel_by_pixel, strided_slices),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "Which channel stands in the upper left of every block? Where in the result are these places?",
        "Channel number `(c * r_h + a) * r_w + b` fills the places `[:, c, a::r_h, b::r_w]` of the result. "
        "Three loops and one assignment are enough.",
        "Without loops: reshape to `(N, C, r_h, r_w, H, W)`, bring the axes into the order N, C, H, r_h, W, "
        "r_w with `transpose`, and reshape again.",
    ),
    section=SECTION,
)
