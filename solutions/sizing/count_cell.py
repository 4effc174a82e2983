"""A counting table, cell by cell: units, weights, connections (coverage rows 4.2 and 4.3)."""

from math import prod

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#counting-layers"


def count_cell(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units, maps = prod(out_shape), out_shape[0]
    if column == "units":
        return units
    seen = prod(in_shape) if kind == "full" else prod(kernel_shape)
    if kind == "convolution":
        seen *= in_shape[0]
    if column == "connections" or kind == "full":
        return units * (seen + bias)
    return maps * ((seen if kind == "convolution" else 1) + bias)


def shared_weights_share_connections(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * (np.prod(in_shape, dtype=int) + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * (area + bias) if column == "connections" else out_shape[0] * (1 + bias))
    return out_shape[0] * (in_shape[0] * area + bias)


def every_unit_has_its_own_weights(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * (np.prod(in_shape, dtype=int) + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * (area + bias) if column == "connections" else out_shape[0] * (1 + bias))
    return int(units * (in_shape[0] * area + bias))


def bias_forgotten(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * np.prod(in_shape, dtype=int))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * area if column == "connections" else out_shape[0])
    return int((units if column == "connections" else out_shape[0]) * in_shape[0] * area)


def bias_is_no_connection(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    more = bias if column == "weights" else 0
    if kind == "full":
        return int(units * (np.prod(in_shape, dtype=int) + more))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * area if column == "connections" else out_shape[0] * (1 + more))
    return int((units if column == "connections" else out_shape[0]) * (in_shape[0] * area + more))


def depth_forgotten(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * (np.prod(in_shape, dtype=int) + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * (area + bias) if column == "connections" else out_shape[0] * (1 + bias))
    return int((units if column == "connections" else out_shape[0]) * (area + bias))


def one_map_counted(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = out_shape[1] * out_shape[2]
    if column == "units":
        return units
    if kind == "full":
        return int(out_shape[0] * units * (np.prod(in_shape, dtype=int) + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return units * (area + bias) if column == "connections" else 1 + bias
    return (units if column == "connections" else 1) * (in_shape[0] * area + bias)


def subsampling_learns_a_kernel(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * (np.prod(in_shape, dtype=int) + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int((units if column == "connections" else out_shape[0]) * (area + bias))
    return int((units if column == "connections" else out_shape[0]) * (in_shape[0] * area + bias))


def one_input_for_each_map(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    units = np.prod(out_shape, dtype=int)
    if column == "units":
        return int(units)
    if kind == "full":
        return int(units * (in_shape[0] + bias))
    area = kernel_shape[0] * kernel_shape[1]
    if kind == "subsampling":
        return int(units * (area + bias) if column == "connections" else out_shape[0] * (1 + bias))
    return int((units if column == "connections" else out_shape[0]) * (in_shape[0] * area + bias))


def a_table_of_all_cells(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    C_in, (C_out, H_out, W_out) = in_shape[0], out_shape
    units, extra = C_out * H_out * W_out, 1 if bias else 0
    if kind == "full":
        each = C_in * in_shape[1] * in_shape[2] + extra
        cells = {"units": units, "weights": units * each, "connections": units * each}
    else:
        area = kernel_shape[0] * kernel_shape[1]
        learnt = C_in * area if kind == "convolution" else 1
        links = C_in * area if kind == "convolution" else area
        cells = {
            "units": units,
            "weights": C_out * (learnt + extra),
            "connections": units * (links + extra),
        }
    return cells[column]


def with_numpy_numbers(column, kind, in_shape, out_shape, kernel_shape=None, bias=False):
    out = np.array(out_shape, dtype=np.int64)
    if column == "units":
        return out.prod()
    window = (
        in_shape if kernel_shape is None else (1 if kind == "subsampling" else in_shape[0], *kernel_shape)
    )
    links = np.prod(window, dtype=np.int64) + int(bias)
    if column == "connections" or kind == "full":
        return out.prod() * links
    return out[0] * (links if kind == "convolution" else 1 + int(bias))


def hidden(rng):
    for bias in (True, False):
        C_in, C_out, H, W, H_out, W_out = (int(n) for n in rng.integers(2, 40, 6))
        kernel = tuple(int(n) for n in rng.permutation([1, 2, 3, 4, 5, 7])[:2])
        rows = {
            "convolution": ("convolution", (C_in, H, W), (C_out, H_out, W_out), kernel, bias),
            "subsampling": ("subsampling", (C_in, H, W), (C_in, H_out, W_out), kernel, bias),
            "full": ("full", (C_in, H, W), (C_out, 1, 1), None, bias),
        }
        for kind, row in rows.items():
            yield Case("units", kind, ("units", *row))
            yield Case(f"{kind}-weights", "a layer of any size", ("weights", *row))
            yield Case(f"{kind}-connections", "a layer of any size", ("connections", *row))


EXERCISE = Exercise(
    name="count_cell",
    title="A counting table, cell by cell",
    task=(
        "A network is compared with others by a table: one row for each layer, three columns. Write "
        "`count_cell(column, kind, in_shape, out_shape, kernel_shape=None, bias=False)`, which computes one "
        "cell. Shapes are `(C, H, W)`, and `column` is\n\n"
        '- `"units"`: how many values the layer puts out;\n'
        '- `"weights"`: how many numbers it learns;\n'
        '- `"connections"`: how many inputs all its units have together.\n\n'
        'The `kind` of a layer is `"convolution"` (each unit sees a window of `kernel_shape` in all input '
        'maps, one set of weights for each output map), `"subsampling"` (each unit adds up a window of its '
        "*own* map and multiplies the sum by one learnt coefficient for each map, as in LeNet) or "
        '`"full"` (each unit sees everything and has weights of its own). With `bias=True` every set of '
        "weights has a bias, and a bias is a connection too: one more input of the unit, always 1.\n\n"
        "Each column is checked for each kind of layer on its own, so you can fill the table cell by cell."
    ),
    reference=count_cell,
    groups=(
        Group("units", 1, "Units"),
        Group("convolution-weights", 2, "Weights of a convolution"),
        Group("convolution-connections", 2, "Connections of a convolution"),
        Group("subsampling-weights", 1, "Weights of a subsampling layer"),
        Group("subsampling-connections", 2, "Connections of a subsampling layer"),
        Group("full-weights", 1, "Weights of a fully connected layer"),
        Group("full-connections", 1, "Connections of a fully connected layer"),
    ),
    public=(
        Case("units", "LeNet's C1", ("units", "convolution", (1, 32, 32), (6, 28, 28), (5, 5), True)),
        Case(
            "convolution-weights",
            "C3, if every map saw all six",
            ("weights", "convolution", (6, 14, 14), (16, 10, 10), (5, 5), True),
        ),
        Case(
            "convolution-connections",
            "LeNet's C1",
            ("connections", "convolution", (1, 32, 32), (6, 28, 28), (5, 5), True),
        ),
        Case(
            "subsampling-weights",
            "LeNet's S2",
            ("weights", "subsampling", (6, 28, 28), (6, 14, 14), (2, 2), True),
        ),
        Case(
            "subsampling-connections",
            "LeNet's S2",
            ("connections", "subsampling", (6, 28, 28), (6, 14, 14), (2, 2), True),
        ),
        Case(
            "full-weights",
            "LeNet's C5, which sees all of S4",
            ("weights", "full", (16, 5, 5), (120, 1, 1), None, True),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            shared_weights_share_connections,
            "You counted the connections of a convolution like its weights. A weight is learnt once, but it "
            "is used at every place: each unit has connections of its own, and that is where the computing "
            "time goes.",
            SECTION,
        ),
        Mistake(
            every_unit_has_its_own_weights,
            "You gave every unit of the convolution weights of its own, so you counted its connections. The "
            "units of one output map share one set: count it once for each map.",
            "seeing.html#weight-sharing",
        ),
        Mistake(
            bias_forgotten,
            "The biases are missing. With bias=True every set of weights has one number more, and every "
            "unit one connection more: C1 of LeNet has 156 weights, not 150.",
            "sizing.html#biases",
        ),
        Mistake(
            bias_is_no_connection,
            "You counted the biases among the weights, but not among the connections. In the papers' tables "
            "the bias is one more input of every unit, so C1 has 26 connections for each unit: 122,304, not "
            "117,600.",
            "sizing.html#biases",
        ),
        Mistake(
            depth_forgotten,
            "Your windows are flat. A unit of a convolution sees its window in all the maps of its input, "
            "so the window's area is multiplied by their number.",
            "layers.html#channels",
        ),
        Mistake(
            one_map_counted,
            "You counted a single output map. There are C_out of them, each with units and, where weights "
            "are shared, with a set of weights of its own.",
            SECTION,
        ),
        Mistake(
            subsampling_learns_a_kernel,
            "You gave the subsampling layer a weight for each pixel of its window. It adds the pixels up "
            "as they are and learns a single coefficient for each map, and the bias.",
            "layers.html#subsampling",
        ),
        Mistake(
            one_input_for_each_map,
            "Your fully connected units see one number of each map. They see all of them: C · H · W inputs, "
            "which is why most weights of such networks are found here.",
            SECTION,
        ),
    ),
    variants=(a_table_of_all_cells, with_numpy_numbers),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Begin with one number: how many inputs does a single unit have? It is different for each kind of "
        "layer.",
        "Connections are units times inputs of a unit, for all three kinds. Weights are sets times weights "
        "of a set: as many sets as maps where they are shared, as many as units where they are not.",
        "Inputs of a unit: `C_in * K_h * K_w`, `K_h * K_w`, or `C_in * H * W`; add 1 for the bias. Only "
        "subsampling differs between the columns: its set holds one coefficient, however large the window.",
    ),
    section=SECTION,
)
