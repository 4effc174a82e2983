"""The nearest filter that draws no checkerboard (coverage row 10.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.transposed import phase_sums
from solutions.allowances import LIBRARIES, SUMS

SECTION = "transposed.html#checkerboards"


def level_weight(weight, stride):
    sums = phase_sums(weight, stride)
    excess = sums - sums.mean(axis=(2, 3), keepdims=True)
    share = excess / phase_sums(np.ones(weight.shape[2:]), stride)
    turns = [-(-k // s) for k, s in zip(weight.shape[2:], stride, strict=True)]
    return weight - np.tile(share, turns)[:, :, : weight.shape[2], : weight.shape[3]]


def every_weight_pays_all(weight, stride):
    (s, t), out = stride, weight.astype(float)
    goal = weight.sum((2, 3)) / (s * t)
    for a, b in np.ndindex(s, t):
        part = weight[:, :, a::s, b::t]
        out[:, :, a::s, b::t] = part - (part.sum((2, 3)) - goal)[:, :, None, None]
    return out


def means_made_equal(weight, stride):
    (s, t), out = stride, weight.astype(float)
    goal = weight.mean((2, 3))
    for a, b in np.ndindex(s, t):
        part = weight[:, :, a::s, b::t]
        out[:, :, a::s, b::t] = part - (part.mean((2, 3)) - goal)[:, :, None, None]
    return out


def goal_moves_along(weight, stride):
    (s, t), out = stride, weight.astype(float)
    for a, b in np.ndindex(s, t):
        part = out[:, :, a::s, b::t]
        excess = part.sum((2, 3)) - out.sum((2, 3)) / (s * t)
        part -= excess[:, :, None, None] / (part.shape[2] * part.shape[3])
    return out


def weights_multiplied(weight, stride):
    (s, t), out = stride, weight.astype(float)
    goal = weight.sum((2, 3)) / (s * t)
    for a, b in np.ndindex(s, t):
        part = weight[:, :, a::s, b::t]
        out[:, :, a::s, b::t] = part * (goal / part.sum((2, 3)))[:, :, None, None]
    return out


def blocks_instead_of_turns(weight, stride):
    (s, t), out = stride, weight.astype(float)
    goal = weight.sum((2, 3)) / (s * t)
    for rows in np.array_split(np.arange(weight.shape[2]), s):
        for columns in np.array_split(np.arange(weight.shape[3]), t):
            part = weight[:, :, rows][..., columns]
            excess = (part.sum((2, 3)) - goal) / (len(rows) * len(columns))
            out[:, :, rows[:, None], columns] = part - excess[:, :, None, None]
    return out


def all_filters_together(weight, stride):
    (s, t), out = stride, weight.astype(float)
    number = weight.shape[0] * weight.shape[1]
    for a, b in np.ndindex(s, t):
        part = weight[:, :, a::s, b::t]
        out[:, :, a::s, b::t] = part - (part.sum() - weight.sum() / (s * t)) / (part[0, 0].size * number)
    return out


def sums_made_zero(weight, stride):
    (s, t), out = stride, weight.astype(float)
    for a, b in np.ndindex(s, t):
        part = weight[:, :, a::s, b::t]
        out[:, :, a::s, b::t] = part - part.mean((2, 3), keepdims=True)
    return out


def by_least_squares(weight, stride):
    K_h, K_w = weight.shape[2:]
    turn = (np.arange(K_h)[:, None] % stride[0]) * stride[1] + np.arange(K_w) % stride[1]
    sums = (turn.ravel() == np.arange(stride[0] * stride[1])[:, None]).astype(float)
    flat = weight.reshape(-1, K_h * K_w)
    goal = np.repeat(flat.sum(axis=1, keepdims=True) / len(sums), len(sums), axis=1)
    change = np.linalg.pinv(sums) @ (goal - flat @ sums.T).T
    return (flat + change.T).reshape(weight.shape)


def filter_by_filter(weight, stride):
    out = np.array(weight, dtype=np.float64)
    for c in range(weight.shape[0]):
        for d in range(weight.shape[1]):
            target = out[c, d].sum() / stride[0] / stride[1]
            for a in range(stride[0]):
                for b in range(stride[1]):
                    turn = out[c, d, a :: stride[0], b :: stride[1]]
                    turn += (target - turn.sum()) / turn.size
    return out


def hidden(rng):
    def made(group, label, shape, stride):
        weight = rng.integers(1, 10, shape) * rng.choice([-1, 1])
        return Case(group, label, (weight, stride))

    yield made("one", "3 × 4, stride 2", (1, 1, 3, 4), (2, 2))
    yield made("one", "5 × 4, unequal strides", (1, 1, 5, 4), (3, 2))
    yield made("one", "4 × 7, unequal strides", (1, 1, 4, 7), (2, 4))
    yield made("one", "rows only", (1, 1, 5, 2), (2, 1))
    yield made("several", "two to three channels", (2, 3, 4, 3), (3, 2))
    yield made("several", "three to two channels", (3, 2, 3, 5), (2, 3))


EXERCISE = Exercise(
    name="level_weight",
    title="A filter without a checkerboard",
    task=(
        "The weights of a filter take turns: with stride $s$, a place of the result meets every $s$-th row "
        "and every $s$-th column of the filter, and its neighbour the next ones. On a uniform area a place "
        "gets the **sum** of the weights whose turn it is. There are $s_h s_w$ such sums, and where they "
        "differ, the result shows a checkerboard.\n\n"
        "Write `level_weight(weight, stride)` for `weight` of shape `(C_in, C_out, K_h, K_w)`. In each of "
        "the filters `weight[c, d]`, make these sums equal, so that the sum of *all* weights of the filter "
        "stays what it was, and change the weights as little as possible: all weights of one turn are "
        "moved by the same amount. The filter is at least as large as the stride. Return the new weights."
    ),
    reference=level_weight,
    groups=(
        Group("one", 5, "A single filter"),
        Group("several", 5, "Several channels"),
    ),
    public=(
        Case("one", "three ones, stride 2", (np.ones((1, 1, 1, 3)), (1, 2))),
        Case("one", "five weights, stride 2", (np.array([[[[1, 2, 3, 4, 8]]]]), (1, 2))),
        Case("several", "two filters", (np.array([[[[0, 6, 0, 0]], [[8, 0, 0, 0]]]]), (1, 2))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            every_weight_pays_all,
            "You moved every weight of a turn by the whole excess of their sum, so it is overshot. The "
            "excess is shared: divide it by the number of weights whose turn it is.",
            SECTION,
        ),
        Mistake(
            means_made_equal,
            "You made the means equal. When the stride does not divide the filter's size, some turns have "
            "more weights than others, and equal means give unequal sums; what one sees are the sums.",
            SECTION,
        ),
        Mistake(
            goal_moves_along,
            "Your goal moves while you work: the filter is summed again after some of its weights have been "
            "changed. Take the sum of the whole filter once, before the first change.",
            SECTION,
        ),
        Mistake(
            weights_multiplied,
            "You multiplied the weights of each turn by a factor. The sums are equal then, but large weights "
            "were moved more than small ones; the smallest change moves all of them by the same amount.",
            SECTION,
        ),
        Mistake(
            blocks_instead_of_turns,
            "You cut the filter into blocks of neighbours. Weights that take turns alternate: rows 0, s, "
            "2s … belong together, then rows 1, s + 1, 2s + 1, and so on.",
            "transposed.html#scatter-form",
        ),
        Mistake(
            all_filters_together,
            "You levelled the sum over all filters. Each filter meets another input channel, whose values "
            "nobody knows in advance, so each has to be level by itself.",
            SECTION,
        ),
        Mistake(
            sums_made_zero,
            "Your sums are equal because they are all 0, and so nothing is left of a uniform area. The sum "
            "of all weights of a filter should stay what it was.",
            SECTION,
        ),
    ),
    variants=(by_least_squares, filter_by_filter),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Take five weights in a row and stride 2. Which of them are added in an even place of the result, "
        "and which in an odd one?",
        "The weights of one turn are `weight[:, :, a::s_h, b::s_w]`. All turns should end at the same sum: "
        "the sum of the whole filter divided by the number of turns.",
        "The difference between a turn's sum and that goal, divided by the number of its weights, is what to "
        "subtract from each of them. Work on a float copy, and write into its slices.",
    ),
    section=SECTION,
)
