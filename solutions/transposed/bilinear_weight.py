"""Weights with which a transposed convolution enlarges an image smoothly (coverage row 10.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.transposed import bilinear_kernel
from solutions.allowances import LIBRARIES, SUMS

SECTION = "transposed.html#bilinear-initialisation"


def bilinear_weight(channels, stride):
    kernel = bilinear_kernel(tuple(2 * s - s % 2 for s in stride), stride)
    return np.eye(channels)[:, :, None, None] * kernel


def every_channel_into_every_other(channels, stride):
    sides = []
    for s in stride:
        k = 2 * s - s % 2
        sides.append(1 - np.abs(np.arange(k) - (k - 1) / 2) / s)
    return np.ones((channels, channels, 1, 1)) * np.outer(*sides)


def peak_beside_the_middle(channels, stride):
    sides = []
    for s in stride:
        k = 2 * s - s % 2
        sides.append(1 - np.abs(np.arange(k) - k // 2) / s)
    return np.eye(channels)[:, :, None, None] * np.outer(*sides)


def weights_sum_to_one(channels, stride):
    sides = []
    for s in stride:
        k = 2 * s - s % 2
        side = 1 - np.abs(np.arange(k) - (k - 1) / 2) / s
        sides.append(side / side.sum())
    return np.eye(channels)[:, :, None, None] * np.outer(*sides)


def each_weight_one(channels, stride):
    return np.eye(channels)[:, :, None, None] * np.ones([2 * s - s % 2 for s in stride])


def ramp_down_to_zero(channels, stride):
    sides = [np.bartlett(2 * s - s % 2) if s > 1 else np.ones(1) for s in stride]
    return np.eye(channels)[:, :, None, None] * np.outer(*sides)


def slope_from_the_size(channels, stride):
    sides = []
    for s in stride:
        k = 2 * s - s % 2
        sides.append(1 - np.abs(np.arange(k) - (k - 1) / 2) / (k / 2))
    return np.eye(channels)[:, :, None, None] * np.outer(*sides)


def axes_exchanged(channels, stride):
    sides = []
    for s in stride:
        k = 2 * s - s % 2
        sides.append(1 - np.abs(np.arange(k) - (k - 1) / 2) / s)
    return np.eye(channels)[:, :, None, None] * np.outer(*reversed(sides))


def rising_and_falling(channels, stride):
    sides = []
    for s in stride:
        rising = (np.arange(s) + 1) / s if s % 2 else (2 * np.arange(s) + 1) / (2 * s)
        sides.append(np.concatenate([rising, rising[::-1][s % 2 :]]))
    weight = np.zeros((channels, channels, len(sides[0]), len(sides[1])))
    for c in range(channels):
        weight[c, c] = sides[0][:, None] * sides[1]
    return weight


def weight_by_weight(channels, stride):
    (s_h, s_w), sizes = stride, [2 * s if s % 2 == 0 else 2 * s - 1 for s in stride]
    weight = np.zeros((channels, channels, *sizes), dtype=np.float32)
    for k in range(sizes[0]):
        for m in range(sizes[1]):
            below, beside = abs(2 * k - sizes[0] + 1) / 2, abs(2 * m - sizes[1] + 1) / 2
            weight[range(channels), range(channels), k, m] = (1 - below / s_h) * (1 - beside / s_w)
    return weight


def hidden(rng):
    wide = int(rng.integers(5, 9))
    yield Case("one", "stride 4 and 5", (1, (4, 5)))
    yield Case("one", "a random stride", (1, (wide, wide + 1)))
    yield Case("one", "stride 1 below", (1, (1, 6)))
    yield Case("several", "four channels", (4, (3, 2)))
    yield Case("several", "a random number of channels", (int(rng.integers(2, 6)), (2, wide)))


EXERCISE = Exercise(
    name="bilinear_weight",
    title="Weights that enlarge without steps",
    task=(
        "A transposed convolution can enlarge an image smoothly from the start, before it has learnt "
        "anything, if its stamps are little tents: highest in the middle and falling evenly on all sides, so "
        "that neighbouring tents, $s$ places apart, always add up to 1.\n\n"
        "Write `bilinear_weight(channels, stride)`: the weight of a layer that enlarges $s_h$ times in "
        "height and $s_w$ times in width, with `stride` equal to `(s_h, s_w)`. Along each axis the filter "
        "has $K = 2s - 1$ weights if $s$ is odd and $K = 2s$ if $s$ is even, and weight number $k$ along "
        "the axis is\n\n$$1 - \\frac{\\left|k - \\frac{K - 1}{2}\\right|}{s};$$\n\n"
        "a weight of the filter is the product of the two. The result has the shape `(channels, channels, "
        "K_h, K_w)`. Each channel is enlarged by itself: no channel shows up in another."
    ),
    reference=bilinear_weight,
    groups=(
        Group("one", 5, "One channel, strides of all kinds"),
        Group("several", 5, "Several channels"),
    ),
    public=(
        Case("one", "stride 2, in a row", (1, (1, 2))),
        Case("one", "stride 3, in a row", (1, (1, 3))),
        Case("one", "stride 2 and 3", (1, (2, 3))),
        Case("several", "two channels", (2, (1, 2))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            every_channel_into_every_other,
            "Every output channel gets all input channels, so red, green and blue are added to one grey. "
            "Only the filters from a channel to itself are tents; the others are zero.",
            SECTION,
        ),
        Mistake(
            peak_beside_the_middle,
            "Your tent is not centred. With an even number of weights its top lies between the two in the "
            "middle, at (K − 1) / 2; otherwise the image is moved by half a place.",
            SECTION,
        ),
        Mistake(
            weights_sum_to_one,
            "You made each filter sum to 1, as for a blur. Here the tents of neighbouring pixels have to add "
            "up to 1 in every place; the whole filter then sums to s_h · s_w. Yours darkens the image.",
            SECTION,
        ),
        Mistake(
            each_weight_one,
            "All your weights are 1. Stamps of that kind overlap in blocks and do not fall off: the weights "
            "should decrease evenly from the middle to the edge.",
            SECTION,
        ),
        Mistake(
            ramp_down_to_zero,
            "Your tent reaches 0 at its outermost weights. They are still part of it: zero would be reached "
            "s places from the middle, just outside the filter.",
            SECTION,
        ),
        Mistake(
            slope_from_the_size,
            "Your tent falls by 1 / (K / 2) from place to place. For an odd stride that is not 1 / s: the "
            "filter has 2s − 1 weights, and tents that are s places apart no longer add up to 1.",
            SECTION,
        ),
        Mistake(
            axes_exchanged,
            "Height and width have changed places. The first number of `stride` is for the rows, and so is "
            "the third axis of the weight.",
            "transposed.html#transposing-it",
        ),
    ),
    variants=(rising_and_falling, weight_by_weight),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Work out the row of weights for s = 2 on paper. There are four, they are symmetric, and the first "
        "and the third add up to 1.",
        "Make one row of weights for the height and one for the width with `np.arange(K)` and the formula; "
        "`np.outer` multiplies each with each.",
        "Begin with `np.zeros((channels, channels, K_h, K_w))` and put the tent at `weight[c, c]` for every "
        "channel `c`.",
    ),
    section=SECTION,
)
