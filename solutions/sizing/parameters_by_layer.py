"""A network's parameters, row by row: AlexNet with its two groups (coverage rows 4.6 and 4.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.sizing import output_size
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#alexnet-table"

ALEXNET = [
    ("conv", 96, 11, 4, 0, 1), ("pool", 3, 2),
    ("conv", 256, 5, 1, 2, 2), ("pool", 3, 2),
    ("conv", 384, 3, 1, 1, 1), ("conv", 384, 3, 1, 1, 2), ("conv", 256, 3, 1, 1, 2), ("pool", 3, 2),
    ("full", 4096), ("full", 4096), ("full", 1000),
]  # fmt: skip


def parameters_by_layer(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for kind, *numbers in layers:
        if kind == "conv":
            maps, K, S, P, groups = numbers
            rows.append(maps * (C // groups * K * K + 1))
            C, H, W = maps, output_size(H, K, S, P), output_size(W, K, S, P)
        elif kind == "pool":
            rows.append(0)
            H, W = (output_size(side, *numbers) for side in (H, W))
        else:
            rows.append(numbers[0] * (C * H * W + 1))
            C, H, W = numbers[0], 1, 1
    return rows


def groups_forgotten(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, _ = layer
            rows.append(maps * (C * K * K + 1))
            C, H, W = maps, (H - K + 2 * P) // S + 1, (W - K + 2 * P) // S + 1
        elif layer[0] == "pool":
            rows.append(0)
            H, W = (H - layer[1]) // layer[2] + 1, (W - layer[1]) // layer[2] + 1
        else:
            rows.append(layer[1] * (C * H * W + 1))
            C, H, W = layer[1], 1, 1
    return rows


def maps_divided_among_groups_too(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, groups = layer
            rows.append(maps // groups * (C // groups * K * K + 1))
            C, H, W = maps, (H - K + 2 * P) // S + 1, (W - K + 2 * P) // S + 1
        elif layer[0] == "pool":
            rows.append(0)
            H, W = (H - layer[1]) // layer[2] + 1, (W - layer[1]) // layer[2] + 1
        else:
            rows.append(layer[1] * (C * H * W + 1))
            C, H, W = layer[1], 1, 1
    return rows


def bias_forgotten(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, groups = layer
            rows.append(maps * (C // groups) * K * K)
            C, H, W = maps, (H - K + 2 * P) // S + 1, (W - K + 2 * P) // S + 1
        elif layer[0] == "pool":
            rows.append(0)
            H, W = (H - layer[1]) // layer[2] + 1, (W - layer[1]) // layer[2] + 1
        else:
            rows.append(layer[1] * C * H * W)
            C, H, W = layer[1], 1, 1
    return rows


def one_number_of_each_map(in_shape, layers):
    C, rows = in_shape[0], []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, _, _, groups = layer
            rows.append(maps * (C // groups * K * K + 1))
            C = maps
        elif layer[0] == "pool":
            rows.append(0)
        else:
            rows.append(layer[1] * (C + 1))
            C = layer[1]
    return rows


def pooling_keeps_the_size(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, groups = layer
            rows.append(maps * (C // groups * K * K + 1))
            C, H, W = maps, (H - K + 2 * P) // S + 1, (W - K + 2 * P) // S + 1
        elif layer[0] == "pool":
            rows.append(0)
        else:
            rows.append(layer[1] * (C * H * W + 1))
            C, H, W = layer[1], 1, 1
    return rows


def pooling_divides_by_the_stride(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, groups = layer
            rows.append(maps * (C // groups * K * K + 1))
            C, H, W = maps, (H - K + 2 * P) // S + 1, (W - K + 2 * P) // S + 1
        elif layer[0] == "pool":
            rows.append(0)
            H, W = H // layer[2], W // layer[2]
        else:
            rows.append(layer[1] * (C * H * W + 1))
            C, H, W = layer[1], 1, 1
    return rows


def sizes_rounded_up(in_shape, layers):
    (C, H, W), rows = in_shape, []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, K, S, P, groups = layer
            rows.append(maps * (C // groups * K * K + 1))
            C, H, W = maps, -((K - H - 2 * P) // S) + 1, -((K - W - 2 * P) // S) + 1
        elif layer[0] == "pool":
            rows.append(0)
            H, W = -((layer[1] - H) // layer[2]) + 1, -((layer[1] - W) // layer[2]) + 1
        else:
            rows.append(layer[1] * (C * H * W + 1))
            C, H, W = layer[1], 1, 1
    return rows


def weights_and_biases_apart(in_shape, layers):
    shape, rows = np.array(in_shape), np.zeros(len(layers), dtype=int)
    for number, layer in enumerate(layers):
        biases = 0 if layer[0] == "pool" else layer[1]
        if layer[0] == "full":
            weights, shape = layer[1] * shape.prod(), np.array([layer[1], 1, 1])
        elif layer[0] == "pool":
            weights, shape[1:] = 0, (shape[1:] - layer[1]) // layer[2] + 1
        else:
            weights = layer[1] * shape[0] * layer[2] ** 2 // layer[5]
            shape = np.array([layer[1], *((shape[1:] + 2 * layer[4] - layer[2]) // layer[3] + 1)])
        rows[number] = weights + biases
    return rows


def with_a_helper_inside(in_shape, layers):
    def step(side, K, S, P=0):
        return len(range(0, side + 2 * P - K + 1, S))

    rows, (C, H, W) = [], in_shape
    for layer in layers:
        if layer[0] == "pool":
            H, W = step(H, *layer[1:]), step(W, *layer[1:])
            rows.append(0)
            continue
        K, S, P, groups = layer[2:] if layer[0] == "conv" else (None, None, None, 1)
        rows.append(layer[1] + layer[1] * (C // groups) * (H * W if K is None else K * K))
        C, H, W = layer[1], 1 if K is None else step(H, K, S, P), 1 if K is None else step(W, K, S, P)
    return tuple(rows)


def hidden(rng):
    for _ in range(3):
        g = int(rng.integers(2, 4))
        shape = (2 * g, *(int(n) for n in rng.integers(40, 70, 2)))
        K, S, P = int(rng.integers(3, 8)), int(rng.integers(2, 4)), int(rng.integers(0, 3))
        maps = 3 * g * int(rng.integers(1, 4))
        first, second = ("conv", maps, K, S, P, 1), ("conv", 2 * g, 3, 1, 1, g)
        units = [("full", int(n)) for n in rng.integers(5, 50, 2)]
        yield Case("convolutions", "one after the other", (shape, [first, first]))
        yield Case("groups", "the second in groups", (shape, [first, second]))
        yield Case("groups", "depthwise", (shape, [("conv", 4 * g, K, S, P, 2 * g), ("pool", 3, 2)]))
        yield Case("full", "a whole network", (shape, [first, ("pool", 3, 2), second, *units]))
        yield Case("full", "pools that do not fit evenly", (shape, [("pool", 4, 3), ("pool", 3, 2), *units]))


EXERCISE = Exercise(
    name="parameters_by_layer",
    title="Sixty million, row by row",
    task=(
        "AlexNet has 60,965,224 parameters. Where are they? Write `parameters_by_layer(in_shape, layers)`, "
        "which walks an image of `in_shape = (C, H, W)` through a list of layers and returns a list with "
        "the number of parameters of each, biases included. A layer is a tuple:\n\n"
        '- `("conv", maps, K, S, P, groups)`: kernels of $K \\times K$, stride $S$, padding $P$. With more '
        "than one group, input and output maps are dealt out evenly to the groups, and each output map sees "
        "only the input maps of its own group;\n"
        '- `("pool", K, S)`: windows of $K \\times K$, stride $S$, nothing to learn;\n'
        '- `("full", units)`: fully connected to everything that comes in.\n\n'
        "Sizes are rounded down. The list has one entry for each layer, for a pooling layer a 0."
    ),
    reference=parameters_by_layer,
    groups=(
        Group("convolutions", 2, "Convolutions in a row"),
        Group("groups", 3, "Convolutions in groups"),
        Group("full", 3, "Networks that end in fully connected layers"),
        Group("alexnet", 2, "AlexNet"),
    ),
    public=(
        Case(
            "convolutions",
            "two convolutions",
            ((3, 8, 9), [("conv", 4, 3, 1, 0, 1), ("pool", 2, 2), ("conv", 5, 2, 1, 0, 1)]),
        ),
        Case("groups", "four maps in two groups", ((4, 6, 6), [("conv", 6, 3, 1, 0, 2)])),
        Case("full", "straight from the image", ((2, 3, 4), [("full", 10), ("full", 3)])),
        Case(
            "full",
            "a small network",
            ((1, 8, 11), [("conv", 2, 3, 2, 1, 1), ("pool", 4, 2), ("full", 10), ("full", 3)]),
        ),
        Case("alexnet", "all eleven layers", ((3, 227, 227), ALEXNET)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            groups_forgotten,
            "You forgot the groups: AlexNet's second convolution came out at 614,656 instead of 307,456. A "
            "kernel is only as deep as its group, so two groups halve the weights.",
            "layers.html#groups",
        ),
        Mistake(
            maps_divided_among_groups_too,
            "You divided by the number of groups twice. Each output map sees only a part of the inputs, but "
            "there are still as many output maps as before.",
            "layers.html#groups",
        ),
        Mistake(
            bias_forgotten,
            "The biases are missing: one for each output map of a convolution, one for each unit of a fully "
            "connected layer. Few as they are, the published 60,965,224 contains them.",
            "sizing.html#biases",
        ),
        Mistake(
            one_number_of_each_map,
            "Your fully connected layers see one number of each map. They see all of them: AlexNet's first "
            "one has 256 · 6 · 6 = 9,216 inputs, and 37 million weights.",
            SECTION,
        ),
        Mistake(
            pooling_keeps_the_size,
            "Pooling has nothing to learn, but it makes the maps smaller, and so the fully connected layers "
            "behind it. You let the size pass unchanged.",
            "layers.html#pooling",
        ),
        Mistake(
            pooling_divides_by_the_stride,
            "You divided height and width by the stride of the pooling. That happens to be right for "
            "windows as wide as their steps; the others need the formula of the convolution, which asks how "
            "many windows fit.",
            "sizing.html#output-size",
        ),
        Mistake(
            sizes_rounded_up,
            "Where the windows do not come out even you rounded up, so too many values reach the fully "
            "connected layer. Here sizes are rounded down.",
            "sizing.html#output-size",
        ),
    ),
    variants=(weights_and_biases_apart, with_a_helper_inside),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Keep the shape `C, H, W` of what flows between the layers in three variables, and change them in "
        "every turn of a loop over the layers.",
        "A convolution has `maps` kernels of `C // groups * K * K` weights, and `maps` biases; a fully "
        "connected layer has `units` times `C * H * W` weights, and `units` biases.",
        "After a convolution `C` is `maps`, and `H`, `W` follow from `(H + 2 * P - K) // S + 1`. After a "
        "fully connected layer the shape is `units, 1, 1`, so the next one needs no rule of its own.",
    ),
    section=SECTION,
)
