"""LeNet's table of connections: a layer whose maps do not see all inputs (coverage row 4.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#lenet-table"

C3 = [[(first + k) % 6 for k in range(3)] for first in range(6)]
C3 += [[(first + k) % 6 for k in range(4)] for first in range(6)]
C3 += [[(first + k) % 6 for k in (0, 1, 3, 4)] for first in range(3)]
C3 += [[0, 1, 2, 3, 4, 5]]
C3 = [sorted(seen) for seen in C3]


def count_sparse(table, kernel_shape, out_shape):
    window = kernel_shape[0] * kernel_shape[1]
    weights = sum(window * len(seen) + 1 for seen in table)
    return weights, weights * out_shape[0] * out_shape[1]


def everybody_sees_everything(table, kernel_shape, out_shape):
    inputs = max((m for seen in table for m in seen), default=-1) + 1
    weights = len(table) * (inputs * kernel_shape[0] * kernel_shape[1] + 1)
    return weights, weights * out_shape[0] * out_shape[1]


def bias_forgotten(table, kernel_shape, out_shape):
    weights = sum(len(seen) for seen in table) * kernel_shape[0] * kernel_shape[1]
    return weights, weights * out_shape[0] * out_shape[1]


def a_bias_for_each_link(table, kernel_shape, out_shape):
    weights = sum(len(seen) for seen in table) * (kernel_shape[0] * kernel_shape[1] + 1)
    return weights, weights * out_shape[0] * out_shape[1]


def one_kernel_for_all_inputs(table, kernel_shape, out_shape):
    weights = len(table) * (kernel_shape[0] * kernel_shape[1] + 1)
    links = sum(len(seen) * kernel_shape[0] * kernel_shape[1] + 1 for seen in table)
    return weights, links * out_shape[0] * out_shape[1]


def connections_of_one_place(table, kernel_shape, out_shape):
    weights = sum(len(seen) * kernel_shape[0] * kernel_shape[1] + 1 for seen in table)
    return weights, weights


def all_maps_like_the_first(table, kernel_shape, out_shape):
    weights = len(table) * (len(table[0]) * kernel_shape[0] * kernel_shape[1] + 1)
    return weights, weights * out_shape[0] * out_shape[1]


def link_by_link(table, kernel_shape, out_shape):
    weights = connections = 0
    for seen in table:
        for _ in seen:
            weights += kernel_shape[0] * kernel_shape[1]
            connections += kernel_shape[0] * kernel_shape[1] * out_shape[0] * out_shape[1]
        weights += 1
        connections += out_shape[0] * out_shape[1]
    return [weights, connections]


def by_a_matrix_of_zeros_and_ones(table, kernel_shape, out_shape):
    sees = np.zeros((len(table), 99), dtype=int)
    for number, seen in enumerate(table):
        sees[number, seen] = 1
    weights = sees.sum() * np.prod(kernel_shape) + len(table)
    return np.array([weights, weights * np.prod(out_shape)])


def hidden(rng):
    for maps, inputs in ((3, 5), (6, 4), (9, 2)):
        table = [
            sorted(int(m) for m in rng.permutation(inputs)[: rng.integers(1, inputs + 1)])
            for _ in range(maps - 1)
        ]
        table.append(list(range(inputs)))
        table.insert(0, [int(rng.integers(inputs))])
        kernel = tuple(int(n) for n in rng.permutation([1, 2, 3, 5])[:2])
        out = tuple(int(n) for n in rng.permutation(np.arange(4, 30))[:2])
        yield Case("any", f"{inputs} inputs, {maps + 1} maps", (table, kernel, out))
        groups = [[2 * (m // 2), 2 * (m // 2) + 1] for m in range(2 * inputs)]
        yield Case("regular", "groups of two", (groups, kernel, out))
        yield Case("regular", "each map sees one", ([[m] for m in range(maps)], kernel, out))


EXERCISE = Exercise(
    name="count_sparse",
    title="LeNet's table of connections",
    task=(
        "In LeNet's layer C3 the sixteen output maps do not all see the same inputs. A table says who sees "
        "whom; it broke the symmetry between the maps and saved connections at a time when each one cost "
        "dearly. Here it is a list with one entry for each output map: the numbers of the input maps that "
        "this map sees.\n\n"
        "Write `count_sparse(table, kernel_shape, out_shape)` for kernels of `kernel_shape = (K_h, K_w)` "
        "and output maps of `out_shape = (H_out, W_out)`. Each output map has a kernel for each input it "
        "sees and **one** bias. Return two numbers: the weights, biases included, and the connections of "
        "the whole layer, where the bias of a unit is one connection."
    ),
    reference=count_sparse,
    groups=(
        Group("lenet", 3, "LeNet's own table"),
        Group("regular", 3, "Tables that are regular"),
        Group("any", 4, "Any table"),
    ),
    public=(
        Case("lenet", "C3", (C3, (5, 5), (10, 10))),
        Case("regular", "two groups of two", ([[0, 1], [0, 1], [2, 3], [2, 3]], (3, 3), (2, 2))),
        Case("any", "one sees one, the other both", ([[0], [0, 1]], (1, 2), (2, 3))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            everybody_sees_everything,
            "You let every output map see all the inputs; for C3 that makes 2,416 weights. The table says "
            "otherwise: the first map sees three of the six, and only the last one sees them all.",
            SECTION,
        ),
        Mistake(
            bias_forgotten,
            "You left the biases out, which makes 1,500 for C3. Each of its sixteen output maps has one "
            "more number to learn, and each unit one more connection.",
            "sizing.html#biases",
        ),
        Mistake(
            a_bias_for_each_link,
            "You counted a bias for each kernel. What comes from the inputs is added up first, and then one "
            "bias is added: one for each output map, however many inputs it sees.",
            "sizing.html#biases",
        ),
        Mistake(
            one_kernel_for_all_inputs,
            "You gave each output map one kernel, used on all its inputs. It has a kernel of its own for "
            "each input that it sees: what matters in one map need not matter in another.",
            "layers.html#channels",
        ),
        Mistake(
            connections_of_one_place,
            "Your second number counts the connections at a single place. Each output map has H_out · W_out "
            "units, and each of them has all these connections.",
            "sizing.html#counting-layers",
        ),
        Mistake(
            all_maps_like_the_first,
            "You counted every output map like the first. In C3 six maps see three inputs, nine see four, "
            "and one sees all six, so their kernels must be counted one by one.",
            SECTION,
        ),
    ),
    variants=(link_by_link, by_a_matrix_of_zeros_and_ones),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "How many weights has an output map that sees a single input? And one that sees three?",
        "The length of an entry of the table is the number of kernels of that map. Add the weights up over "
        "the entries, one bias for each of them.",
        "At each place of the output every weight is used exactly once, so the connections are the weights "
        "times `H_out * W_out`.",
    ),
    section=SECTION,
)
