"""An Inception module built from a list of its branches (coverage row 6.5)."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import FLOAT32, NETWORKS
from solutions.architectures.misbuilt import inception_modules
from solutions.trials import trial

SECTION = "architectures.html#inception"


def side_by_side(C_in, branches):
    class Module(nn.Module):
        def __init__(self):
            super().__init__()
            self.branches = nn.ModuleList(self.chain(branch) for branch in branches)

        def chain(self, branch):
            layers, depth = [], C_in
            for kind, K, *maps in branch:
                if kind == "pool":
                    layers.append(nn.MaxPool2d(K, stride=1, padding=K // 2))
                else:
                    layers += [nn.Conv2d(depth, maps[0], K, padding=K // 2), nn.ReLU()]
                    depth = maps[0]
            return nn.Sequential(*layers)

        def forward(self, x):
            return torch.cat([branch(x) for branch in self.branches], dim=1)

    return Module()


def written_into_one_tensor(C_in, branches):
    module = nn.Module()
    module.branches = nn.ModuleList()
    depths = []
    for branch in branches:
        depth, layers = C_in, nn.Sequential()
        for layer in branch:
            half = layer[1] // 2
            if layer[0] == "conv":
                layers.append(nn.Conv2d(depth, layer[2], layer[1], padding=half))
                layers.append(nn.ReLU())
                depth = layer[2]
            else:
                layers.append(nn.MaxPool2d(layer[1], stride=1, padding=half))
        module.branches.append(layers)
        depths.append(depth)

    def forward(x):
        out = x.new_empty(len(x), sum(depths), *x.shape[2:])
        for number, branch in enumerate(module.branches):
            start = sum(depths[:number])
            out[:, start : start + depths[number]] = branch(x)
        return out

    module.forward = forward
    return module


def padded_by_hand(C_in, branches):
    class Pool(nn.Module):
        def __init__(self, K):
            super().__init__()
            self.K = K

        def forward(self, x):
            half = self.K // 2
            framed = nn.functional.pad(x, (half,) * 4, value=float("-inf"))
            return framed.unfold(2, self.K, 1).unfold(3, self.K, 1).amax((4, 5))

    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.branches = nn.ModuleList()
            for branch in branches:
                depths = [C_in] + [layer[2] for layer in branch if layer[0] == "conv"]
                chain, number = [], 0
                for kind, K, *_ in branch:
                    if kind == "pool":
                        chain.append(Pool(K))
                        continue
                    chain.append(nn.Conv2d(depths[number], depths[number + 1], K, padding="same"))
                    chain.append(nn.ReLU())
                    number += 1
                self.branches.append(nn.Sequential(*chain))

        def forward(self, x):
            return torch.hstack([branch(x) for branch in self.branches])

    return Stack()


def made(group, label, rng, branches, shape):
    tried = trial(side_by_side(shape[1], branches), rng, shape)
    return Case(group, label, (shape[1], branches), trial=tried)


def hidden(rng):
    a, b, c, d = (int(n) for n in rng.integers(2, 5, 4))
    naive = [[("conv", 1, a)], [("conv", 3, b)], [("conv", 5, c)]]
    reduced = [[("conv", 1, a)], [("conv", 1, 2), ("conv", 3, b)], [("conv", 1, 1), ("conv", 5, c)]]
    yield made("beside", "naive", rng, naive, (2, d, 5, 4))
    yield made("chains", "with reductions", rng, reduced, (2, d, 4, 6))
    yield made("pooling", "naive, with a pool", rng, [*naive, [("pool", 3)]], (2, d, 4, 5))
    yield made("pooling", "3a in small", rng, [*reduced, [("pool", 3), ("conv", 1, d)]], (2, 4, 5, 3))


CHAINS = [[("conv", 1, 1), ("conv", 3, 3)], [("conv", 1, 2)]]
WITH_A_POOL = [[("conv", 1, 2)], [("conv", 1, 2), ("conv", 3, 2)], [("pool", 3), ("conv", 1, 2)]]

EXERCISE = Exercise(
    name="side_by_side",
    title="An Inception module of any branches",
    task=(
        "In a module of GoogLeNet several branches look at the same input, and their maps are stacked in the "
        "order of the branches. Write `side_by_side(C_in, branches)`, which returns such a module for inputs "
        'with `C_in` maps. A branch is a list of layers, one behind the other: `("conv", K, maps)` is a '
        'convolution and a ReLU behind it, `("pool", K)` a max pooling. Kernel sizes are odd, and every '
        "layer keeps height and width.\n\n"
        "Keep the branches in an `nn.ModuleList` called `branches`, each as an `nn.Sequential` of "
        "`nn.Conv2d`, `nn.ReLU` and `nn.MaxPool2d`."
    ),
    reference=side_by_side,
    groups=(
        Group("beside", 3, "One convolution in each branch"),
        Group("chains", 3, "Convolutions behind each other"),
        Group("pooling", 4, "Branches that pool"),
    ),
    public=(
        made(
            "beside",
            "two filter sizes",
            np.random.default_rng(1),
            [[("conv", 1, 2)], [("conv", 3, 2)]],
            (2, 2, 2, 3),
        ),
        made("chains", "a reduction", np.random.default_rng(2), CHAINS, (1, 4, 3, 2)),
        made("pooling", "a pool alone", np.random.default_rng(3), [[("pool", 3)]], (1, 2, 4, 3)),
        made("pooling", "three branches", np.random.default_rng(4), WITH_A_POOL, (1, 2, 4, 4)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            inception_modules.stacked_along_the_batch,
            "You stacked the branches along axis 0, which counts images: out of a batch of 2 came one of 4. "
            "Maps are counted along axis 1.",
            SECTION,
        ),
        Mistake(
            inception_modules.added_up,
            "You added the branches' maps. The next layer is to see what each of them has found, and so they "
            "are stacked: 64, 128, 32 and 32 maps make 256.",
            SECTION,
        ),
        Mistake(
            inception_modules.one_behind_the_other,
            "Your branches stand behind each other: the second looks at what the first has made. They stand "
            "side by side, and each looks at the module's input.",
            SECTION,
        ),
        Mistake(
            inception_modules.last_branch_first,
            "Your maps come in the opposite order: the last branch's first. Loaded weights of the next layer "
            "would meet the maps of another branch.",
            SECTION,
        ),
        Mistake(
            inception_modules.pools_that_shrink,
            "Your pooling takes steps as long as its window, PyTorch's habit. Here it must not shrink the "
            "maps, or they cannot be stacked with the others: its windows take steps of 1.",
            SECTION,
        ),
        Mistake(
            inception_modules.pools_without_a_border,
            "Your pooling loses the border. Its windows need a frame to keep height and width, or its maps "
            "do not fit on those of the other branches.",
            SECTION,
        ),
        Mistake(
            inception_modules.reductions_left_out,
            "You built only the last convolution of each branch. The 1 × 1 layers before it are what makes "
            "the module affordable: without them the 3 × 3 kernels see all input maps.",
            SECTION,
        ),
        Mistake(
            inception_modules.every_layer_sees_the_input,
            "Each of your convolutions expects the module's input. Only the first of a branch sees it; the "
            "others see the few maps that the layer before them has made.",
            SECTION,
        ),
    ),
    variants=(written_into_one_tensor, padded_by_hand),
    tolerance=FLOAT32,
    banned=NETWORKS,
    difficulty=2,
    minutes=25,
    hints=(
        "Two loops: over the branches, and over the layers of a branch. Which number starts again from "
        "`C_in` with every branch?",
        "With an odd K, `padding=K // 2` keeps height and width at a step of 1, for convolutions and for "
        "pooling. What is the default step of `nn.MaxPool2d`?",
        "In `forward`, run all branches on the same `x` and hand the list of their results to `torch.cat`, "
        "along the axis of the maps.",
    ),
    section=SECTION,
)
