"""A network read from a column of VGG's table (coverage row 6.4)."""

import numpy as np
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import FLOAT32, NETWORKS
from solutions.trials import trial

SECTION = "architectures.html#vgg"


def network_from_table(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
            continue
        K, C_out = map(int, name.removeprefix("conv").split("-"))
        layers += [nn.Conv2d(C_in, C_out, K, padding=K // 2), nn.ReLU()]
        C_in = C_out
    return nn.Sequential(*layers)


def border_given_up(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers += [nn.Conv2d(C_in, C_out, K), nn.ReLU()]
            C_in = C_out
    return nn.Sequential(*layers)


def padded_by_one_always(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers += [nn.Conv2d(C_in, C_out, K, padding=1), nn.ReLU()]
            C_in = C_out
    return nn.Sequential(*layers)


def nothing_between_convolutions(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers.append(nn.Conv2d(C_in, C_out, K, padding=K // 2))
            C_in = C_out
    return nn.Sequential(*layers)


def bent_once_a_block(column, C_in):
    layers = []
    for name, following in zip(column, [*column[1:], "maxpool"], strict=True):
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers.append(nn.Conv2d(C_in, C_out, K, padding=K // 2))
            layers += [nn.ReLU()] if following == "maxpool" else []
            C_in = C_out
    return nn.Sequential(*layers)


def depth_not_carried_along(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers += [nn.Conv2d(C_in, C_out, K, padding=K // 2), nn.ReLU()]
    return nn.Sequential(*layers)


def overlapping_pools(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(3, stride=2))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers += [nn.Conv2d(C_in, C_out, K, padding=K // 2), nn.ReLU()]
            C_in = C_out
    return nn.Sequential(*layers)


def pools_that_keep_the_size(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2, stride=1))
        else:
            K, C_out = map(int, name[4:].split("-"))
            layers += [nn.Conv2d(C_in, C_out, K, padding=K // 2), nn.ReLU()]
            C_in = C_out
    return nn.Sequential(*layers)


def three_everywhere(column, C_in):
    layers = []
    for name in column:
        if name == "maxpool":
            layers.append(nn.MaxPool2d(2))
        else:
            C_out = int(name.split("-")[1])
            layers += [nn.Conv2d(C_in, C_out, 3, padding=1), nn.ReLU()]
            C_in = C_out
    return nn.Sequential(*layers)


def a_class_of_its_own(column, C_in):
    class Network(nn.Sequential):
        def add(self, layer):
            self.add_module(str(len(self)), layer)

    network, depth = Network(), C_in
    for name in column:
        if name.startswith("conv"):
            kernel, depth_out = name[4:].split("-")
            network.add(nn.Conv2d(depth, int(depth_out), int(kernel), padding="same"))
            network.add(nn.ReLU(inplace=True))
            depth = int(depth_out)
        else:
            network.add(nn.MaxPool2d(kernel_size=2, stride=2))
    return network


def depths_looked_up(column, C_in):
    import re

    found = [re.fullmatch(r"conv(\d)-(\d+)", name) for name in column]
    depths = [C_in] + [int(each[2]) for each in found if each]
    layers, number = [], 0
    for each in found:
        if each:
            K = int(each[1])
            layers.append(nn.Conv2d(depths[number], depths[number + 1], (K, K), padding=(K - 1) // 2))
            number += 1
        layers.append(nn.ReLU() if each else nn.MaxPool2d((2, 2)))
    return nn.Sequential(*layers)


def made(group, label, rng, column, shape):
    tried = trial(network_from_table(column, shape[1]), rng, shape)
    return Case(group, label, (column, shape[1]), trial=tried)


def hidden(rng):
    a, b, c = (int(n) for n in rng.integers(2, 6, 3))
    yield made("single", "one layer", rng, [f"conv3-{a}"], (2, b, 4, 5))
    column = [f"conv3-{a}", "maxpool", f"conv3-{b}", f"conv3-{b}", "maxpool"]
    yield made("blocks", "like A", rng, column, (2, 3, 9, 6))
    yield made("blocks", "like E", rng, [f"conv3-{c}"] * 4 + ["maxpool"], (1, 2, 5, 4))
    yield made("ones", "like C", rng, [f"conv3-{b}", f"conv1-{c}", "maxpool"], (2, a, 5, 7))
    yield made("ones", "a filter of five", rng, [f"conv5-{c}", f"conv1-{a}"], (1, 2, 6, 5))


EXERCISE = Exercise(
    name="network_from_table",
    title="A VGG out of its table",
    task=(
        "The VGG paper describes each of its networks by a column of a table: `conv3-64` is a convolution "
        "with $3 \\times 3$ kernels and 64 maps, `conv1-256` one with $1 \\times 1$ kernels, `maxpool` "
        "halves height and width. Behind each convolution stands a ReLU, which the table does not show.\n\n"
        "Write `network_from_table(column, C_in)`, which reads such a list of names and returns the network "
        "as one `nn.Sequential` of `nn.Conv2d`, `nn.ReLU` and `nn.MaxPool2d`, for images with `C_in` maps. "
        "Convolutions keep height and width, whatever the size of their kernels, which is odd."
    ),
    reference=network_from_table,
    groups=(
        Group("single", 3, "One convolution"),
        Group("blocks", 4, "Blocks with pooling"),
        Group("ones", 3, "Kernels of other sizes"),
    ),
    public=(
        made("single", "one layer", np.random.default_rng(1), ["conv3-2"], (1, 1, 3, 4)),
        made(
            "blocks",
            "two blocks",
            np.random.default_rng(2),
            ["conv3-3", "conv3-2", "maxpool", "conv3-4"],
            (1, 2, 5, 6),
        ),
        made("ones", "one by one", np.random.default_rng(3), ["conv3-2", "conv1-3"], (1, 2, 2, 3)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            border_given_up,
            "Your maps lose their border in every layer. VGG pads each 3 × 3 convolution with 1, so that "
            "only pooling changes the size, and nineteen layers fit on an image.",
            SECTION,
        ),
        Mistake(
            padded_by_one_always,
            "You padded every convolution with 1. That suits a 3 × 3 kernel; with 1 × 1 the map grows, and "
            "its border knows nothing but the bias. The padding follows from the kernel.",
            SECTION,
        ),
        Mistake(
            nothing_between_convolutions,
            "Your convolutions follow each other directly. Two linear layers in a row are one linear layer: "
            "it takes the ReLU behind each of them to make the depth worth something.",
            SECTION,
        ),
        Mistake(
            bent_once_a_block,
            "You put one ReLU into each block, before the pooling. It belongs behind each convolution: that "
            "three small layers bend three times is one of VGG's reasons for them.",
            SECTION,
        ),
        Mistake(
            depth_not_carried_along,
            "All your convolutions expect `C_in` maps. Only the first layer sees the image; each of the "
            "others sees as many maps as the layer before it has made.",
            SECTION,
        ),
        Mistake(
            overlapping_pools,
            "You pooled with windows of 3 that overlap, as AlexNet does. VGG's windows are 2 × 2 and lie "
            "side by side.",
            SECTION,
        ),
        Mistake(
            pools_that_keep_the_size,
            "Your pooling windows take steps of 1, so that the maps keep their size but for one row and one "
            "column. VGG halves both sides: the step is 2.",
            SECTION,
        ),
        Mistake(
            three_everywhere,
            "You took 3 × 3 kernels whatever the name says. Column C has layers called conv1: they mix maps "
            "without looking at the neighbours, with a ninth of the weights.",
            SECTION,
        ),
    ),
    variants=(a_class_of_its_own, depths_looked_up),
    tolerance=FLOAT32,
    banned=NETWORKS,
    difficulty=1,
    minutes=20,
    hints=(
        "Go through the names in a loop and collect layers in a list; at the end `nn.Sequential(*layers)` "
        "makes a network of them.",
        '`name.removeprefix("conv").split("-")` gives kernel size and maps as two texts. Behind a '
        "convolution, remember how many maps it makes: the next one gets them.",
        "A kernel of size K keeps height and width when the padding is K // 2. VGG pools with "
        "`nn.MaxPool2d(2)`.",
    ),
    section=SECTION,
)
