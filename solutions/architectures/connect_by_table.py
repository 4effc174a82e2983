"""A convolution layer in which a table says who sees whom, as LeNet-5's C3 (coverage row 6.1)."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake
from convnets.sizing.networks import C3_TABLE
from solutions.allowances import FLOAT32_WHOLE, NETWORKS
from solutions.trials import trial

SECTION = "architectures.html#lenet"


def connect_by_table(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList(nn.Conv2d(len(row), 1, kernel_size) for row in table)

        def forward(self, x):
            seen = [one(x[:, list(row)]) for one, row in zip(self.maps, table, strict=True)]
            return torch.cat(seen, dim=1)

    return Layer()


def every_map_sees_all(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            seen = 1 + max(max(row) for row in table)
            self.maps = nn.ModuleList([nn.Conv2d(seen, 1, kernel_size) for _ in table])

        def forward(self, x):
            return torch.cat([one(x) for one in self.maps], 1)

    return Layer()


def first_maps_taken(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(len(row), 1, kernel_size) for row in table])

        def forward(self, x):
            return torch.cat([one(x[:, : one.in_channels]) for one in self.maps], 1)

    return Layer()


def rows_in_ascending_order(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(len(row), 1, kernel_size) for row in table])

        def forward(self, x):
            pairs = zip(self.maps, table, strict=True)
            return torch.cat([one(x[:, sorted(row)]) for one, row in pairs], 1)

    return Layer()


def stacked_along_the_batch(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(len(row), 1, kernel_size) for row in table])

        def forward(self, x):
            pairs = zip(self.maps, table, strict=True)
            return torch.cat([one(x[:, list(row)]) for one, row in pairs])

    return Layer()


def hidden_in_a_list(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = [nn.Conv2d(len(row), 1, kernel_size) for row in table]

        def forward(self, x):
            pairs = zip(self.maps, table, strict=True)
            return torch.cat([one(x[:, list(row)]) for one, row in pairs], 1)

    return Layer()


def inputs_added_first(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(1, 1, kernel_size) for _ in table])

        def forward(self, x):
            pairs = zip(self.maps, table, strict=True)
            return torch.cat([one(x[:, list(row)].sum(1, keepdim=True)) for one, row in pairs], 1)

    return Layer()


def without_biases(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(len(row), 1, kernel_size, bias=False) for row in table])

        def forward(self, x):
            pairs = zip(self.maps, table, strict=True)
            return torch.cat([one(x[:, list(row)]) for one, row in pairs], 1)

    return Layer()


def one_weight_full_of_zeros(table, kernel_size):
    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.maps = nn.ModuleList([nn.Conv2d(len(row), 1, kernel_size) for row in table])

        def forward(self, x):
            weight = x.new_zeros(len(table), x.shape[1], *kernel_size)
            for number, row in enumerate(table):
                weight[number, list(row)] = self.maps[number].weight[0]
            bias = torch.cat([one.bias for one in self.maps])
            return nn.functional.conv2d(x, weight, bias)

    return Layer()


def filled_map_by_map(table, kernel_size):
    layer = nn.Module()
    layer.maps = nn.ModuleList()
    for row in table:
        layer.maps.append(nn.Conv2d(len(row), 1, kernel_size))

    def forward(x):
        N, _, H, W = x.shape
        out = torch.empty(N, len(table), H - kernel_size[0] + 1, W - kernel_size[1] + 1)
        for number, row in enumerate(table):
            inputs = torch.stack([x[:, map_number] for map_number in row], dim=1)
            out[:, number] = layer.maps[number](inputs)[:, 0]
        return out

    layer.forward = forward
    return layer


def made(group, label, rng, table, kernel_size, shape):
    tried = trial(connect_by_table(table, kernel_size), rng, shape)
    return Case(group, label, (table, kernel_size), trial=tried)


def hidden(rng):
    wheel = [[(first + step) % 5 for step in range(3)] for first in range(5)]
    apart = [sorted(rng.choice(7, 3, replace=False).tolist()) for _ in range(4)]
    yield made("few", "neighbours", rng, [[0, 1], [1, 2]], (2, 3), (2, 3, 4, 6))
    yield made("few", "one map each", rng, [[2], [0], [1]], (3, 2), (3, 3, 4, 5))
    yield made("order", "around the corner", rng, wheel, (2, 2), (2, 5, 4, 3))
    yield made("order", "with gaps", rng, apart, (1, 3), (2, 7, 3, 4))
    yield made("lenet", "C3", rng, [list(row) for row in C3_TABLE], (5, 5), (2, 6, 7, 6))


FEW, GAPS = [[1], [0, 1], [0, 2], [0, 1, 2]], [[0, 3], [3, 1], [2, 0, 1]]

EXERCISE = Exercise(
    name="connect_by_table",
    title="LeNet-5's third layer, map by map",
    task=(
        "In LeNet's layer C3 no map sees all the maps below it: a table says which ones each of them sees. "
        "Write `connect_by_table(table, kernel_size)`, which returns such a layer as a `torch.nn.Module`. "
        "Row `o` of the table lists the input maps that output map `o` looks at, **in the order in which "
        "its weights take them**; `kernel_size` is a pair, and there is no padding.\n\n"
        "Give the layer an `nn.ModuleList` called `maps` that holds one `nn.Conv2d` with one output map for "
        "each row, so that its parameters are `maps.0.weight`, `maps.0.bias`, `maps.1.weight` and so on. "
        "You may define a class inside the function, or above it."
    ),
    reference=connect_by_table,
    groups=(
        Group("few", 3, "A table of a few maps"),
        Group("order", 3, "Rows with gaps, and in any order"),
        Group("lenet", 4, "LeNet's own table, 1,516 parameters"),
    ),
    public=(
        made("few", "four rows", np.random.default_rng(1), FEW, (1, 2), (2, 3, 2, 3)),
        made("order", "rows in any order", np.random.default_rng(2), GAPS, (2, 1), (1, 4, 3, 2)),
        made("lenet", "C3", np.random.default_rng(3), [list(row) for row in C3_TABLE], (5, 5), (1, 6, 5, 5)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            every_map_sees_all,
            "Each of your maps has weights for every input map, as in a full convolution. With LeNet's table "
            "that makes 2,416 parameters; it has 1,516, because a map has kernels only for the maps in its "
            "row.",
            SECTION,
        ),
        Mistake(
            first_maps_taken,
            "You gave each convolution as many input maps as its row has entries, but always the first ones. "
            "Which maps they are is what the row says.",
            SECTION,
        ),
        Mistake(
            rows_in_ascending_order,
            "You sorted the rows, so that some weights met the wrong maps. LeNet's sixth row is 5, 0, 1: the "
            "first kernel belongs to map 5.",
            SECTION,
        ),
        Mistake(
            stacked_along_the_batch,
            "You stacked the maps along axis 0, which counts images: a batch of 2 came out as one of 8. Maps "
            "are counted along axis 1.",
            "architectures.html#inception",
        ),
        Mistake(
            hidden_in_a_list,
            "Your network has no parameters, although it computes with some: a plain list hides its layers "
            "from PyTorch. No optimiser would ever change them. `nn.ModuleList` shows them.",
            SECTION,
        ),
        Mistake(
            inputs_added_first,
            "You added the input maps and filtered their sum, with a single kernel. Each input map needs a "
            "kernel of its own: maps of different meaning are weighed differently.",
            SECTION,
        ),
        Mistake(
            without_biases,
            "Your maps have no bias. LeNet adds one number to each map of C3, sixteen in all, and 1,516 "
            "parameters are 1,500 weights and these.",
            SECTION,
        ),
    ),
    variants=(one_weight_full_of_zeros, filled_map_by_map),
    tolerance=FLOAT32_WHOLE,
    banned=NETWORKS,
    difficulty=2,
    minutes=25,
    hints=(
        "`x[:, row]` picks the maps of a row out of a batch `x`, in the row's order, when `row` is a list. "
        "How many input maps does the convolution of that row have?",
        "In `__init__`: an `nn.ModuleList` of `nn.Conv2d(len(row), 1, kernel_size)`, one for each row. In "
        "`forward`: each of them looks at its own maps.",
        "Each convolution gives one map of shape (N, 1, H_out, W_out). `torch.cat` puts a list of them "
        "together; think about the axis.",
    ),
    section=SECTION,
)
