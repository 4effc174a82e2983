"""The cheapest stack of filters for a receptive field (coverage row 4.8, turned into a search)."""

from itertools import product

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#small-filters"


def cheapest_stack(field, in_channels, channels, at_least=1):
    def cost(kernels):
        first, *others = (K * K * channels for K in kernels)
        return first * in_channels + sum(others) * channels

    stacks = [
        list(kernels)
        for depth in range(at_least, field // 2 + 1)
        for kernels in product(range(3, field + 1, 2), repeat=depth)
        if sum(kernels) - depth + 1 == field
    ]
    return min((cost(kernels), kernels) for kernels in stacks)


def always_filters_of_three(field, in_channels, channels, at_least=1):
    depth = field // 2
    return 9 * channels * (in_channels + (depth - 1) * channels), [3] * depth


def first_layer_as_deep_as_the_others(field, in_channels, channels, at_least=1):
    waiting, stacks = [[]], []
    while waiting:
        kernels = waiting.pop()
        reach = 1 + sum(K - 1 for K in kernels)
        if reach == field and len(kernels) >= at_least:
            stacks.append((sum(K * K for K in kernels) * channels * channels, kernels))
        waiting += [[*kernels, K] for K in range(3, field - reach + 2, 2)]
    return min(stacks)


def sides_not_areas(field, in_channels, channels, at_least=1):
    waiting, stacks = [[]], []
    while waiting:
        kernels = waiting.pop()
        reach = 1 + sum(K - 1 for K in kernels)
        if reach == field and len(kernels) >= at_least:
            cost = kernels[0] * in_channels * channels + sum(kernels[1:]) * channels * channels
            stacks.append((cost, kernels))
        waiting += [[*kernels, K] for K in range(3, field - reach + 2, 2)]
    return min(stacks)


def number_of_layers_ignored(field, in_channels, channels, at_least=1):
    waiting, stacks = [[]], []
    while waiting:
        kernels = waiting.pop()
        reach = 1 + sum(K - 1 for K in kernels)
        if reach == field:
            cost = kernels[0] ** 2 * in_channels * channels
            stacks.append((cost + sum(K * K for K in kernels[1:]) * channels * channels, kernels))
        waiting += [[*kernels, K] for K in range(3, field - reach + 2, 2)]
    return min(stacks)


def exactly_so_many_layers(field, in_channels, channels, at_least=1):
    waiting, stacks = [[]], []
    while waiting:
        kernels = waiting.pop()
        reach = 1 + sum(K - 1 for K in kernels)
        if reach == field and len(kernels) == at_least:
            cost = kernels[0] ** 2 * in_channels * channels
            stacks.append((cost + sum(K * K for K in kernels[1:]) * channels * channels, kernels))
        waiting += [[*kernels, K] for K in range(3, field - reach + 2, 2)]
    return min(stacks)


def small_filters_always_first(field, in_channels, channels, at_least=1):
    waiting, stacks = [[]], []
    while waiting:
        kernels = waiting.pop()
        reach = 1 + sum(K - 1 for K in kernels)
        if reach == field and len(kernels) >= at_least and kernels == sorted(kernels):
            cost = kernels[0] ** 2 * in_channels * channels
            stacks.append((cost + sum(K * K for K in kernels[1:]) * channels * channels, kernels))
        waiting += [[*kernels, K] for K in range(3, field - reach + 2, 2)]
    return min(stacks)


def grown_layer_by_layer(field, in_channels, channels, at_least=1):
    best = {1: [(0, [])]}
    for reach in range(3, field + 1, 2):
        best[reach] = []
        for before in range(1, reach, 2):
            for cost, kernels in best[before]:
                depth = channels if kernels else in_channels
                side = reach - before + 1
                best[reach].append((cost + side**2 * depth * channels, [*kernels, side]))
    return min(entry for entry in best[field] if len(entry[1]) >= at_least)


def the_remaining_filters_spread_evenly(field, in_channels, channels, at_least=1):
    found = []
    steps = field // 2
    for first in range(1, steps + 1):
        rest = steps - first
        for others in range(max(at_least - 1, 1 if rest else 0), rest + 1):
            if others == 0 and rest:
                continue
            low, extra = divmod(rest, others) if others else (0, 0)
            sides = [2 * low + 1] * (others - extra) + [2 * low + 3] * extra
            kernels = [2 * first + 1, *sides]
            areas = np.array(kernels) ** 2 * channels
            cost = areas[0] * in_channels + areas[1:].sum() * channels
            if len(kernels) >= at_least:
                found.append((int(cost), kernels))
    return min(found)


def hidden(rng):
    for field in (3, 7, 11):
        channels = int(rng.integers(8, 70))
        yield Case("deep", "as many maps as inputs", (field, channels, channels))
        yield Case("image", "few inputs", (field, int(rng.integers(1, 4)), channels))
    for field, at_least in ((9, 2), (9, 3), (11, 2), (11, 4)):
        yield Case("layers", "few inputs, several layers", (field, 2, int(rng.integers(20, 70)), at_least))
    channels = int(rng.integers(10, 40))
    yield Case("layers", "half as many inputs", (9, channels // 2, channels, 2))


EXERCISE = Exercise(
    name="cheapest_stack",
    title="The cheapest way to see that far",
    task=(
        "Three filters of 3 × 3 see as far as one of 7 × 7 and have fewer weights. Then why does ResNet "
        "begin with a 7 × 7? Find out by trying everything.\n\n"
        "A stack is a list of kernel sizes, odd and at least 3; all strides are 1. The first layer makes "
        "`channels` maps out of `in_channels`, every further one makes `channels` out of `channels`; there "
        "are no biases. Write `cheapest_stack(field, in_channels, channels, at_least=1)`: of all stacks of "
        "`at_least` layers or more whose receptive field is exactly `field` pixels (an odd number, at least "
        "3), find the one with the fewest weights. Return the number of its weights and the list of its "
        "kernel sizes, first layer first. Where several stacks cost the same, return the one whose list "
        "Python calls the smallest (`[3, 5] < [5, 3]`)."
    ),
    reference=cheapest_stack,
    groups=(
        Group("deep", 3, "Inside a network: as many maps go in as come out"),
        Group("image", 3, "On the image: few channels go in"),
        Group("layers", 4, "At least so many layers"),
    ),
    public=(
        Case("deep", "seven pixels, 64 maps", (7, 64, 64)),
        Case("image", "seven pixels of a colour image", (7, 3, 64)),
        Case("layers", "the same, two layers or more", (7, 3, 64, 2)),
        Case("layers", "seven pixels, two layers or more", (7, 48, 64, 2)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            always_filters_of_three,
            "You took filters of 3 × 3 without asking what they cost. Inside a network they win; on an "
            "image with three channels every further layer is far deeper than the first, and one large "
            "filter is cheaper.",
            SECTION,
        ),
        Mistake(
            first_layer_as_deep_as_the_others,
            "You gave all layers the same depth. The first one sees in_channels maps, all others see "
            "channels: its kernels are as deep as its own input.",
            "layers.html#channels",
        ),
        Mistake(
            sides_not_areas,
            "You counted K where K · K belongs. A kernel has as many weights as its square has pixels, and "
            "that is just why large ones are dear.",
            "sizing.html#counting-layers",
        ),
        Mistake(
            number_of_layers_ignored,
            "Your stack has fewer layers than at_least allows. Each layer is followed by a nonlinearity, "
            "and whoever asks for two of them is ready to pay.",
            "layers.html#nonlinearity",
        ),
        Mistake(
            exactly_so_many_layers,
            "You tried stacks of exactly at_least layers. That is the least number; more may be cheaper.",
            SECTION,
        ),
        Mistake(
            small_filters_always_first,
            "You tried each set of kernels in one order only, the small ones first. The order matters: the "
            "first layer is the one with few inputs, so a large filter costs least there.",
            SECTION,
        ),
    ),
    variants=(grown_layer_by_layer, the_remaining_filters_spread_evenly),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=3,
    minutes=30,
    hints=(
        "A filter of size `K` adds `K - 1` pixels to the field. Write down all stacks whose field is 7, by "
        "hand: there are four.",
        "Build all stacks by recursion, or by `itertools.product` over kernel sizes: keep a list if its "
        "`K - 1` add up to `field - 1` and it is long enough.",
        "Compute the weights of each stack, the first kernel with `in_channels`, the others with "
        "`channels`. `min` over pairs `(weights, kernels)` compares the costs first and then the lists.",
    ),
    section=SECTION,
)
