"""What an Inception module costs, naive and with 1 × 1 reductions (coverage rows 4.9 and 4.10)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#googlenet-table"


def inception_cost(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth = C
        for kind, K, *wanted in branch:
            if kind == "conv":
                weights += K * K * depth * wanted[0]
                depth = wanted[0]
        maps += depth
    return maps, weights, weights * H * W


def every_layer_sees_the_input(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * C * layer[2]
                depth = layer[2]
        maps += depth
    return maps, weights, weights * H * W


def branches_in_a_row(in_shape, branches):
    C, H, W = in_shape
    maps, weights, depth = 0, 0, C
    for branch in branches:
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * depth * layer[2]
                depth = layer[2]
        maps += depth
    return maps, weights, weights * H * W


def maps_inside_the_branches_counted(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * depth * layer[2]
                depth = layer[2]
                maps += depth
        if all(layer[0] == "pool" for layer in branch):
            maps += C
    return maps, weights, weights * H * W


def pooled_maps_lost(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth, out = C, 0
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * depth * layer[2]
                depth = out = layer[2]
        maps += out
    return maps, weights, weights * H * W


def kernel_side_counted_once(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] * depth * layer[2]
                depth = layer[2]
        maps += depth
    return maps, weights, weights * H * W


def branches_added_up(in_shape, branches):
    C, H, W = in_shape
    widest = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * depth * layer[2]
                depth = layer[2]
        widest = max(widest, depth)
    return widest, weights, weights * H * W


def work_of_one_place(in_shape, branches):
    C = in_shape[0]
    maps = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += layer[1] ** 2 * depth * layer[2]
                depth = layer[2]
        maps += depth
    return maps, weights, weights


def biases_counted(in_shape, branches):
    C, H, W = in_shape
    maps = weights = 0
    for branch in branches:
        depth = C
        for layer in branch:
            if layer[0] == "conv":
                weights += (layer[1] ** 2 * depth + 1) * layer[2]
                depth = layer[2]
        maps += depth
    return maps, weights, weights * H * W


def without_the_pools(in_shape, branches):
    rows = []
    for branch in branches:
        learnt = [layer for layer in branch if layer[0] == "conv"]
        depths = [in_shape[0]] + [layer[2] for layer in learnt]
        products = [layer[1] ** 2 * depths[i] * depths[i + 1] for i, layer in enumerate(learnt)]
        rows.append((depths[-1], sum(products), sum(products) * in_shape[1] * in_shape[2]))
    return np.sum(rows, axis=0)


def with_the_shape_carried_along(in_shape, branches):
    maps, weights, work = 0, 0, 0
    for branch in branches:
        shape = list(in_shape)
        for layer in branch:
            if layer[0] == "pool":
                continue
            here = layer[1] * layer[1] * shape[0] * layer[2]
            shape[0] = layer[2]
            weights, work = weights + here, work + here * shape[1] * shape[2]
        maps = maps + shape[0]
    return [maps, weights, work]


def hidden(rng):
    for _ in range(3):
        shape = tuple(int(n) for n in rng.integers((20, 5, 5), (90, 30, 30)))
        a, b, c, d, e, f = (int(n) for n in rng.integers(3, 60, 6))
        reduced = [
            [("conv", 1, a)],
            [("conv", 1, b), ("conv", 3, c)],
            [("conv", 1, d), ("conv", 5, e)],
            [("pool", 3), ("conv", 1, f)],
        ]
        yield Case("single", "one filter size each", (shape, [[("conv", 3, a)], [("conv", 5, b)]]))
        yield Case("chains", "a bottleneck", (shape, [[("conv", 1, b), ("conv", 3, b), ("conv", 1, a)]]))
        yield Case("chains", "with reductions", (shape, reduced[:3]))
        yield Case("pooling", "pooling and reduction", (shape, reduced))
        yield Case("pooling", "pooling as it is", (shape, [*reduced[1:3], [("pool", 3)]]))


EXERCISE = Exercise(
    name="inception_cost",
    title="What an Inception module costs",
    task=(
        "In a module of GoogLeNet several branches look at the same input side by side, and their maps are "
        "stacked on top of each other. Write `inception_cost(in_shape, branches)` for an input of "
        '`in_shape = (C, H, W)`. A branch is a list of layers, one behind the other; a layer is `("conv", '
        'K, maps)`, a convolution with $K \\times K$ kernels, or `("pool", K)`, which keeps the number of '
        "maps. All of them keep height and width.\n\n"
        "Return three numbers: the maps of the stacked output, the weights of the module (biases are left "
        "out, as in the published table), and the multiply-adds of its convolutions for one image."
    ),
    reference=inception_cost,
    groups=(
        Group("single", 2, "One convolution in each branch"),
        Group("chains", 3, "Convolutions behind each other"),
        Group("pooling", 2, "A branch that pools"),
        Group("googlenet", 3, "Module 3a, naive and as it was built"),
    ),
    public=(
        Case("single", "two filter sizes", ((2, 3, 4), [[("conv", 1, 3)], [("conv", 3, 2)]])),
        Case(
            "chains",
            "a bottleneck beside a filter",
            ((8, 2, 3), [[("conv", 1, 2), ("conv", 3, 8)], [("conv", 1, 4)]]),
        ),
        Case("pooling", "pooled maps and filtered ones", ((4, 2, 2), [[("pool", 3)], [("conv", 1, 3)]])),
        Case(
            "googlenet",
            "3a, naive",
            ((192, 28, 28), [[("conv", 1, 64)], [("conv", 3, 128)], [("conv", 5, 32)], [("pool", 3)]]),
        ),
        Case(
            "googlenet",
            "3a, as it was built",
            (
                (192, 28, 28),
                [
                    [("conv", 1, 64)],
                    [("conv", 1, 96), ("conv", 3, 128)],
                    [("conv", 1, 16), ("conv", 5, 32)],
                    [("pool", 3), ("conv", 1, 32)],
                ],
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            every_layer_sees_the_input,
            "You let the second layer of a branch see the module's whole input. It sees what the layer "
            "before it hands on, and that the 1 × 1 layer hands on so few maps is the whole saving.",
            "sizing.html#bottleneck",
        ),
        Mistake(
            branches_in_a_row,
            "Your branches stand behind each other: the second began with the maps that the first had put "
            "out. They stand side by side, and each begins with the module's input.",
            SECTION,
        ),
        Mistake(
            maps_inside_the_branches_counted,
            "You counted the maps of every layer among the output. Those of a 1 × 1 reduction are used up "
            "inside the branch; only what the branch's last layer gives is stacked.",
            SECTION,
        ),
        Mistake(
            pooled_maps_lost,
            "The branch that only pools gave you no maps. Pooling keeps all the maps it gets; that is why "
            "the naive module grows and grows, and why 3a puts a 1 × 1 layer behind it.",
            SECTION,
        ),
        Mistake(
            kernel_side_counted_once,
            "You multiplied by K where K · K belongs. A 3 × 3 kernel has nine weights for each input map.",
            "sizing.html#counting-layers",
        ),
        Mistake(
            branches_added_up,
            "You took the maps of the widest branch, as if the branches were laid over each other and "
            "added. They are stacked: 64, 128, 32 and 32 maps make 256.",
            SECTION,
        ),
        Mistake(
            work_of_one_place,
            "Your multiply-adds are those of a single place. Every weight works once at each of the H · W "
            "places of the map.",
            "sizing.html#multiply-adds",
        ),
        Mistake(
            biases_counted,
            "You counted the biases too. It is a good habit, but the published table leaves them out, and "
            "so does this exercise: 163,328 weights for 3a, which the table calls 159 K.",
            "sizing.html#biases",
        ),
    ),
    variants=(without_the_pools, with_the_shape_carried_along),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Two loops, one inside the other: over the branches, and over the layers of a branch. Which number "
        "has to be set back to `C` at the beginning of each branch?",
        "Keep the number of maps that flow through the branch in a variable. A convolution has `K * K` "
        "times that many times `maps` weights, and afterwards `maps` flow.",
        "At the end of each branch, what flows is added to the output's maps; for a branch that only pools, "
        "that is still `C`. The multiply-adds are the weights times `H * W`.",
    ),
    section=SECTION,
)
