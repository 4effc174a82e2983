"""How many weights a layer has: everything to everything, local, shared (coverage rows 1.2 and 1.4)."""

from math import prod

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "seeing.html#counting-weights"


def count_weights(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    seen_by_a_unit = in_shape[0] * prod(kernel_shape or in_shape[1:])
    sets_of_weights = out_shape[0] if shared else prod(out_shape)
    return sets_of_weights * (seen_by_a_unit + bias)


def connections_counted(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    return out_shape[0] * out_shape[1] * out_shape[2] * (in_shape[0] * height * width + bias)


def input_channels_forgotten(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    sets = out_shape[0] if shared else out_shape[0] * out_shape[1] * out_shape[2]
    return sets * (height * width + bias)


def one_map_only(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    sets = 1 if shared else out_shape[1] * out_shape[2]
    return sets * (in_shape[0] * height * width + bias)


def one_bias_for_each_map(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    sets = out_shape[0] if shared else out_shape[0] * out_shape[1] * out_shape[2]
    return sets * in_shape[0] * height * width + bias * out_shape[0]


def one_bias_for_each_unit(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    sets = out_shape[0] if shared else out_shape[0] * out_shape[1] * out_shape[2]
    return sets * in_shape[0] * height * width + bias * out_shape[0] * out_shape[1] * out_shape[2]


def bias_forgotten(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    height, width = kernel_shape or in_shape[1:]
    sets = out_shape[0] if shared else out_shape[0] * out_shape[1] * out_shape[2]
    return sets * in_shape[0] * height * width


def case_by_case(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    C_in, H, W = in_shape
    C_out, H_out, W_out = out_shape
    biases = 0
    if kernel_shape is None:
        weights = C_in * H * W * C_out * H_out * W_out
    else:
        weights = C_in * kernel_shape[0] * kernel_shape[1] * C_out
        if not shared:
            weights *= H_out * W_out
    if bias:
        biases = C_out if shared else C_out * H_out * W_out
    return weights + biases


def with_numpy(in_shape, out_shape, kernel_shape=None, shared=False, bias=False):
    window = np.prod(in_shape[1:] if kernel_shape is None else kernel_shape, dtype=np.int64)
    units = np.prod(out_shape, dtype=np.int64)
    places = np.prod(out_shape[1:], dtype=np.int64) if shared else 1
    return units // places * (in_shape[0] * window + (1 if bias else 0))


def hidden(rng):
    for _ in range(4):
        C_in, H, W, C_out, H_out, W_out = (int(n) for n in rng.integers(2, 40, 6))
        kernel = tuple(int(n) for n in rng.integers(2, 8, 2))
        into, out = (C_in, H, W), (C_out, H_out, W_out)
        yield Case("full", "a layer of any size", (into, out))
        yield Case("local", "a layer of any size", (into, out, kernel))
        yield Case("shared", "a layer of any size", (into, out, kernel, True))
        yield Case("bias", "fully connected", (into, out), {"bias": True})
        yield Case("bias", "local", (into, out, kernel), {"bias": True})
        yield Case("bias", "shared", (into, out, kernel, True, True))
    yield Case("bias", "one unit", ((1, 1, 1), (1, 1, 1), (1, 1), True, True))


EXERCISE = Exercise(
    name="count_weights",
    title="How many weights?",
    task=(
        "A layer takes an image of shape `in_shape = (C_in, H, W)` and has one unit for each value of its "
        "output, of shape `out_shape = (C_out, H_out, W_out)`. Write `count_weights(in_shape, out_shape, "
        "kernel_shape=None, shared=False, bias=False)`, which counts the numbers that the layer must "
        "learn:\n\n"
        "- without a `kernel_shape` it is **fully connected**: each unit sees the whole input;\n"
        "- with `kernel_shape = (K_h, K_w)` it is **locally connected**: each unit sees a window of that "
        "size, in all the channels, and has weights of its own;\n"
        "- if `shared` is true as well, it is **convolutional**: the units of one output channel share one "
        "set of weights.\n\n"
        "With `bias=True` each set of weights has one more number, its bias. Return a whole number."
    ),
    reference=count_weights,
    groups=(
        Group("full", 2, "Fully connected"),
        Group("local", 2, "Locally connected"),
        Group("shared", 3, "Convolutional"),
        Group("bias", 3, "Biases"),
    ),
    public=(
        Case("full", "a 200 × 200 colour image, 1000 units", ((3, 200, 200), (1000, 1, 1))),
        Case(
            "local",
            "1000 × 1000 pixels, 100 windows of 10 × 10 at each",
            ((1, 1000, 1000), (100, 1000, 1000), (10, 10)),
        ),
        Case(
            "shared",
            "1000 × 1000 pixels, 100 filters of 10 × 10",
            ((1, 1000, 1000), (100, 1000, 1000), (10, 10), True),
        ),
        Case(
            "bias",
            "2 × 2 shared weights and a bias, five filters",
            ((1, 3, 4), (5, 2, 3), (2, 2), True, True),
        ),
        Case(
            "bias", "2 × 2 weights and a bias at each place", ((1, 3, 4), (5, 2, 3), (2, 2)), {"bias": True}
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            connections_counted,
            "You counted connections. A shared weight has a connection at every place of the image, but it "
            "is one number, learnt once: moving the filter costs nothing.",
            "seeing.html#weight-sharing",
        ),
        Mistake(
            input_channels_forgotten,
            "You forgot the depth of the input. A window on a colour image is a little box, red, green and "
            "blue on top of each other, and each of its values has a weight.",
            SECTION,
        ),
        Mistake(
            one_map_only,
            "You counted a single output channel. Each of the C_out channels looks for something else and "
            "needs weights of its own.",
            SECTION,
        ),
        Mistake(
            one_bias_for_each_map,
            "You gave each output channel one bias even where its units share nothing. A bias belongs to a "
            "set of weights: where every unit has its own weights, it has its own bias too.",
            "seeing.html#locally-connected",
        ),
        Mistake(
            one_bias_for_each_unit,
            "You gave every unit a bias of its own even where the weights are shared. Units that share "
            "their weights share the bias too: one for each filter.",
            "seeing.html#weight-sharing",
        ),
        Mistake(
            bias_forgotten,
            "With bias=True you counted as many numbers as without. Each set of weights has one more number "
            "to learn.",
            SECTION,
        ),
    ),
    variants=(case_by_case, with_numpy),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Ask two questions: how many inputs does one unit see, and how many different sets of weights are "
        "there?",
        "A unit sees `C_in` times the window's area, where for a fully connected layer the window is the "
        "whole image. There are as many sets as units, unless they are shared.",
        "Multiply the two. A bias is like one more input that every unit sees, always 1: add it to the "
        "first factor.",
    ),
    section=SECTION,
)
