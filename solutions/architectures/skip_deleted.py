"""A residual network that has lost some of its blocks (coverage row 6.9)."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import FLOAT32, NETWORKS
from solutions.trials import trial

SECTION = "architectures.html#deleting-blocks"


def skip_deleted(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList(nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks))

        def forward(self, x):
            for number, block in enumerate(self.blocks):
                if number not in deleted:
                    x = x + torch.relu(block(x))
            return x

    return Network()


def numbered_anew(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            left = num_blocks - len(deleted)
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(left)])

        def forward(self, x):
            for block in self.blocks:
                x = x + torch.relu(block(x))
            return x

    return Network()


def skips_deleted_too(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for number, block in enumerate(self.blocks):
                x = torch.zeros_like(x) if number in deleted else x + torch.relu(block(x))
            return x

    return Network()


def skips_deleted_instead(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for number, block in enumerate(self.blocks):
                body = torch.relu(block(x))
                x = body if number in deleted else x + body
            return x

    return Network()


def input_counted_twice(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for number, block in enumerate(self.blocks):
                x = x + (torch.relu(x) if number in deleted else torch.relu(block(x)))
            return x

    return Network()


def those_in_the_list_kept(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for number, block in enumerate(self.blocks):
                if number in deleted:
                    x = x + torch.relu(block(x))
            return x

    return Network()


def as_many_from_the_end(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for block in list(self.blocks)[: num_blocks - len(deleted)]:
                x = x + torch.relu(block(x))
            return x

    return Network()


def counted_from_one(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])

        def forward(self, x):
            for number, block in enumerate(self.blocks, start=1):
                if number not in deleted:
                    x = x + torch.relu(block(x))
            return x

    return Network()


def weights_multiplied_by_zero(C, num_blocks, deleted):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList()
            for _ in range(num_blocks):
                self.blocks.append(nn.Conv2d(C, C, (3, 3), padding="same"))

        def forward(self, x):
            gates = [0.0 if number in deleted else 1.0 for number in range(num_blocks)]
            for gate, block in zip(gates, self.blocks, strict=True):
                x = x + gate * block(x).clamp(min=0)
            return x

    return Network()


def kept_in_a_second_list(C, num_blocks, deleted):
    network = nn.Module()
    network.blocks = nn.ModuleList([nn.Conv2d(C, C, 3, padding=1) for _ in range(num_blocks)])
    kept = [network.blocks[number] for number in sorted(set(range(num_blocks)) - set(deleted))]

    def forward(x):
        out = x.clone()
        for block in kept:
            out += nn.functional.relu(block(out))
        return out

    network.forward = forward
    return network


def made(group, label, rng, C, num_blocks, deleted, shape):
    args = C, num_blocks, deleted
    return Case(group, label, args, trial=trial(skip_deleted(*args), rng, shape))


def hidden(rng):
    C = int(rng.integers(2, 4))
    yield made("one", "the first block", rng, C, 3, [0], (2, C, 4, 5))
    yield made("one", "a block in the middle", rng, C, 4, [int(rng.integers(1, 3))], (2, C, 3, 4))
    several = sorted(rng.choice(5, 3, replace=False).tolist())
    yield made("several", "three of five", rng, C, 5, several, (2, C, 4, 3))
    yield made("several", "not in order", rng, C, 4, [3, 0], (1, C, 3, 5))
    yield made("ends", "none", rng, C, 3, [], (2, C, 4, 3))
    yield made("ends", "all", rng, C, 2, [1, 0], (2, C, 3, 4))


EXERCISE = Exercise(
    name="skip_deleted",
    title="Delete blocks, keep the weights",
    task=(
        "A residual network of `num_blocks` blocks was trained, and now some of its blocks are deleted, to "
        "see how it does without them. Write `skip_deleted(C, num_blocks, deleted)`, which returns the "
        "network as a `torch.nn.Module`. Block `i` turns `x` into `x + relu(conv(x))`, where `conv` is an "
        "`nn.Conv2d` with a $3 \\times 3$ kernel and a bias, from `C` maps to `C` maps of the same size. Of "
        "a block whose number is in the list `deleted`, counted from 0, only the skip is left.\n\n"
        "The trained weights must still load under their old names: keep **all** the convolutions in an "
        "`nn.ModuleList` called `blocks`."
    ),
    reference=skip_deleted,
    groups=(
        Group("one", 4, "One block deleted"),
        Group("several", 4, "Several blocks, in any order"),
        Group("ends", 2, "None, and all"),
    ),
    public=(
        made("one", "the second of three", np.random.default_rng(1), 1, 3, [1], (1, 1, 2, 3)),
        made("several", "two of four", np.random.default_rng(2), 1, 4, [3, 0], (1, 1, 3, 2)),
        made("ends", "all of them", np.random.default_rng(3), 2, 2, [0, 1], (1, 2, 2, 2)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            numbered_anew,
            "You built only the blocks that are left, and they are numbered anew: the trained weights of a "
            "later block would be loaded into an earlier one. Keep all blocks, and run fewer.",
            SECTION,
        ),
        Mistake(
            skips_deleted_too,
            "A deleted block gave zeros, and everything before it was lost. That is what happens in a plain "
            "network; here the skip is left, and it hands on what came.",
            SECTION,
        ),
        Mistake(
            skips_deleted_instead,
            "You deleted the skip and kept the convolution. It is the other way round: the block is the "
            "convolution, and what is left when it goes is the way around it.",
            SECTION,
        ),
        Mistake(
            input_counted_twice,
            "In a deleted block you took the input for the convolution's result, and added it to itself. "
            "Without the convolution there is nothing to add.",
            SECTION,
        ),
        Mistake(
            those_in_the_list_kept,
            "You ran the blocks in the list and left out the others. The list names those that are deleted.",
            SECTION,
        ),
        Mistake(
            as_many_from_the_end,
            "You left out as many blocks as the list is long, but always the last ones. Which they are "
            "stands in the list; early and late blocks are not missed alike.",
            SECTION,
        ),
        Mistake(
            counted_from_one,
            "You counted the blocks from 1, so that always the block before the right one was deleted. The "
            "first block has the number 0.",
            SECTION,
        ),
    ),
    variants=(weights_multiplied_by_zero, kept_in_a_second_list),
    tolerance=FLOAT32,
    banned=NETWORKS,
    difficulty=2,
    minutes=25,
    hints=(
        "Two things are separate: which layers the network **has**, and which of them its forward pass runs. "
        "Only one of them depends on the list.",
        "`enumerate(self.blocks)` gives each block with its number. What happens to `x` when the number is "
        "in `deleted`?",
        "For a block that is not deleted: `x = x + torch.relu(block(x))`. For one that is: nothing at all.",
    ),
    section=SECTION,
)
