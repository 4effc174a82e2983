"""Max pooling that blurs before it leaves pixels out (coverage row 3.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import conv2d, max_pool2d, pad
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#anti-aliasing"


def max_blur_pool(x, kernel_size, taps, stride=(2, 2)):
    dense = max_pool2d(x[:, None].astype(float), kernel_size, stride=1)
    blur = np.outer(taps, taps) / np.sum(taps) ** 2
    return conv2d(pad(dense, len(taps) // 2, "reflect"), blur[None, None], stride=stride)[:, 0]


def left_out_before_the_blur(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    coarse = seen.max(axis=(3, 4))[:, :: stride[0], :: stride[1]]
    reach = len(taps) // 2
    framed = np.pad(coarse, ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    return (seen * np.outer(taps, taps)).sum(axis=(3, 4)) / np.sum(taps) ** 2


def not_blurred(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    return seen.max(axis=(3, 4))[:, :: stride[0], :: stride[1]]


def blurred_before_the_maximum(x, kernel_size, taps, stride=(2, 2)):
    reach = len(taps) // 2
    framed = np.pad(x, ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    soft = (seen * np.outer(taps, taps)).sum(axis=(3, 4)) / np.sum(taps) ** 2
    seen = np.lib.stride_tricks.sliding_window_view(soft, kernel_size, axis=(1, 2))
    return seen.max(axis=(3, 4))[:, :: stride[0], :: stride[1]]


def brighter_and_brighter(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    return (seen * np.outer(taps, taps)).sum(axis=(3, 4))[:, :: stride[0], :: stride[1]]


def divided_once_only(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    return (seen * np.outer(taps, taps)).sum(axis=(3, 4))[:, :: stride[0], :: stride[1]] / np.sum(taps)


def black_beyond_the_edge(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (reach, reach), (reach, reach)))
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    soft = (seen * np.outer(taps, taps)).sum(axis=(3, 4)) / np.sum(taps) ** 2
    return soft[:, :: stride[0], :: stride[1]]


def edge_pixel_repeated(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (reach, reach), (reach, reach)), mode="symmetric")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    soft = (seen * np.outer(taps, taps)).sum(axis=(3, 4)) / np.sum(taps) ** 2
    return soft[:, :: stride[0], :: stride[1]]


def blurred_across_only(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (0, 0), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, len(taps), axis=2)
    return (seen * taps).sum(axis=3)[:, :: stride[0], :: stride[1]] / np.sum(taps)


def taps_turned(x, kernel_size, taps, stride=(2, 2)):
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
    reach = len(taps) // 2
    framed = np.pad(seen.max(axis=(3, 4)), ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    seen = np.lib.stride_tricks.sliding_window_view(framed, (len(taps),) * 2, axis=(1, 2))
    soft = (seen * np.outer(taps, taps)[::-1, ::-1]).sum(axis=(3, 4)) / np.sum(taps) ** 2
    return soft[:, :: stride[0], :: stride[1]]


def one_axis_after_the_other(x, kernel_size, taps, stride=(2, 2)):
    out = x.astype(float)
    for axis in (1, 2):
        K, size = kernel_size[axis - 1], out.shape[axis]
        out = np.max([np.take(out, range(k, size - K + 1 + k), axis) for k in range(K)], axis=0)
    for axis in (1, 2):
        reach, size = len(taps) // 2, out.shape[axis]
        soft = 0.0
        for offset, tap in zip(range(-reach, reach + 1), taps, strict=True):
            places = [abs(k + offset) for k in range(size)]
            places = [size - 1 - abs(size - 1 - k) for k in places]
            soft = soft + tap / sum(taps) * np.take(out, places, axis)
        out = soft
    return out[:, :: stride[0], :: stride[1]]


def pixel_by_pixel(x, kernel_size, taps, stride=(2, 2)):
    (C, H, W), (K_h, K_w), reach = x.shape, kernel_size, len(taps) // 2
    dense = np.array(
        [
            [[x[c, i : i + K_h, j : j + K_w].max() for j in range(W - K_w + 1)] for i in range(H - K_h + 1)]
            for c in range(C)
        ]
    )
    framed = np.pad(dense, ((0, 0), (reach, reach), (reach, reach)), mode="reflect")
    out = np.zeros((C, -(-dense.shape[1] // stride[0]), -(-dense.shape[2] // stride[1])), dtype=np.float32)
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            top, left = i * stride[0], j * stride[1]
            window = framed[:, top : top + len(taps), left : left + len(taps)]
            out[:, i, j] = window @ taps @ taps / np.sum(taps) ** 2
    return out


def hidden(rng):
    binomial = np.array([1, 2, 1])
    yield Case("binomial", "stride 2", (rng.normal(size=(1, 7, 9)), (2, 2), binomial))
    yield Case("binomial", "several maps", (rng.integers(-9, 10, (3, 6, 7)), (2, 3), binomial, (2, 3)))
    yield Case("binomial", "five taps", (rng.normal(size=(2, 8, 7)), (3, 2), np.array([1, 4, 6, 4, 1])))
    for K, stride in (((2, 3), (2, 3)), ((1, 2), (3, 1)), ((3, 1), (1, 2))):
        taps = rng.integers(1, 9, int(rng.choice([3, 5]))) + np.array([0.5])
        yield Case("any", "taps that are not symmetric", (rng.normal(size=(2, 7, 8)), K, taps, stride))
    yield Case("any", "one tap", (rng.normal(size=(2, 5, 6)), (2, 2), np.array([3.0]), (2, 1)))


EXERCISE = Exercise(
    name="max_blur_pool",
    title="Blur before you leave pixels out",
    task=(
        "Max pooling with stride 2 does two things: it takes a maximum around every pixel, and it leaves "
        "out every other result. The second is what makes a small shift of the image change so much, and "
        "the remedy is older than networks: blur before you leave pixels out. Write `max_blur_pool(x, "
        "kernel_size, taps, stride=(2, 2))` for maps `x` of shape `(C, H, W)`:\n\n"
        "1. the maximum of **every** window of `kernel_size = (K_h, K_w)` that fits, with stride 1;\n"
        "2. a blur of these maps along the columns and along the rows with the weights `taps`, an array of "
        "odd length, divided by their sum so that brightness is kept. Nothing is flipped; beyond the edge "
        "the maps are continued by reflection, without repeating the pixel at the edge, so that their size "
        "stays the same;\n"
        "3. every `stride[0]`-th row and `stride[1]`-th column of that, beginning with the first."
    ),
    reference=max_blur_pool,
    groups=(
        Group("binomial", 5, "Symmetric taps"),
        Group("any", 5, "Any taps, other strides"),
    ),
    public=(
        Case(
            "binomial",
            "one bright pixel",
            (
                np.array([[[0, 0, 0, 0, 0], [0, 0, 16, 0, 0], [8, 0, 0, 0, 0], [0, 0, 0, 0, 32]]]),
                (1, 1),
                np.array([1, 2, 1]),
            ),
        ),
        Case(
            "binomial",
            "windows of 2 × 2",
            (
                np.array([[[0, 0, 16, 0, 0], [0, 0, 0, 0, 0], [0, 8, 0, 0, 0], [0, 0, 0, 0, 4]]]),
                (2, 2),
                np.array([1, 2, 1]),
            ),
        ),
        Case(
            "any",
            "taps that are not symmetric, stride 1",
            (np.array([[[0, 0, 0, 0], [0, 0, 9, 0], [0, 0, 0, 0]]]), (1, 1), np.array([1, 2, 0]), (1, 1)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            left_out_before_the_blur,
            "You left pixels out first and blurred what was left. Then the damage is done: blur the dense "
            "maximum, with stride 1, and only then take every second value.",
            SECTION,
        ),
        Mistake(
            not_blurred,
            "This is plain max pooling with a stride: the blur between the maximum and the leaving out is "
            "missing.",
            "layers.html#pooling",
        ),
        Mistake(
            blurred_before_the_maximum,
            "You blurred the image and then took the maximum. It is the maximum's output that is about to "
            "be thinned out, so it is what has to be blurred.",
            SECTION,
        ),
        Mistake(
            brighter_and_brighter,
            "Your blur makes the maps brighter. Divide the taps by their sum, once for each of the two "
            "directions.",
            "convolution.html#kernels",
        ),
        Mistake(
            divided_once_only,
            "You divided by the sum of the taps once. The blur is done twice, down and across, so it must "
            "be divided twice.",
            "convolution.html#kernels",
        ),
        Mistake(
            black_beyond_the_edge,
            "Your maps get darker towards their border: beyond it you put zeros. Go on by reflection there.",
            "layers.html#padding-modes",
        ),
        Mistake(
            edge_pixel_repeated,
            "Your mirror stands behind the last pixel, so that pixel comes twice. In “reflect” the mirror "
            "stands on it.",
            "layers.html#padding-modes",
        ),
        Mistake(
            blurred_across_only,
            "You blurred along one direction only. Pixels are left out in both, so the maps must be blurred "
            "in both.",
            SECTION,
        ),
        Mistake(
            taps_turned,
            "You turned the taps round. Nothing is flipped here: the first tap meets the pixel above, or to "
            "the left.",
            "convolution.html#cross-correlation",
        ),
    ),
    variants=(one_axis_after_the_other, pixel_by_pixel),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Three steps, three lines or three loops. Print the shape after each: only the last one makes the "
        "maps much smaller.",
        "`np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))` shows all windows at once; "
        '`.max(axis=(3, 4))` is the dense maximum. `np.pad(..., mode="reflect")` is the right frame for '
        "the blur.",
        "Blurring down and then across is one window of weights, `np.outer(taps, taps) / taps.sum() ** 2`. "
        "Afterwards, `[:, ::stride[0], ::stride[1]]`.",
    ),
    section=SECTION,
)
