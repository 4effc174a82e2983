"""A residual block for any list of convolutions (coverage row 6.6)."""

import numpy as np
import torch
from torch import nn

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import FLOAT32, NETWORKS
from solutions.architectures.misbuilt import residual_blocks
from solutions.trials import trial

SECTION = "architectures.html#residual-block"


def residual_block(C_in, widths, kernel_sizes, stride):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            depths = [C_in, *widths]
            first = next((i for i, K in enumerate(kernel_sizes) if K > 1), 0)
            self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
            for i, K in enumerate(kernel_sizes):
                step = stride if i == first else 1
                self.convs.append(nn.Conv2d(depths[i], depths[i + 1], K, step, K // 2, bias=False))
                self.norms.append(nn.BatchNorm2d(depths[i + 1]))
            self.shortcut = nn.Sequential()
            if stride != 1 or C_in != widths[-1]:
                self.shortcut.append(nn.Conv2d(C_in, widths[-1], 1, stride, bias=False))
                self.shortcut.append(nn.BatchNorm2d(widths[-1]))

        def forward(self, x):
            out = x
            for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
                out = norm(conv(torch.relu(out) if i else out))
            return torch.relu(out + self.shortcut(x))

    return Block()


def with_two_ways_named(C_in, widths, kernel_sizes, stride):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip([C_in, *widths[:-1]], widths, kernel_sizes, strict=True)
            self.convs = nn.ModuleList(
                [nn.Conv2d(a, b, K, padding=(K - 1) // 2, bias=False) for a, b, K in pairs]
            )
            self.norms = nn.ModuleList([nn.BatchNorm2d(b) for b in widths])
            wide = [i for i, K in enumerate(kernel_sizes) if K != 1]
            self.convs[wide[0] if wide else 0].stride = (stride, stride)
            self.shortcut = nn.Identity()
            if (stride, C_in) != (1, widths[-1]):
                layers = nn.Conv2d(C_in, widths[-1], 1, stride=stride, bias=False), nn.BatchNorm2d(widths[-1])
                self.shortcut = nn.Sequential(*layers)

        def body(self, x):
            for conv, norm in list(zip(self.convs, self.norms, strict=True))[:-1]:
                x = nn.functional.relu(norm(conv(x)))
            return self.norms[-1](self.convs[-1](x))

        def forward(self, x):
            return (self.body(x) + self.shortcut(x)).clamp(min=0)

    return Block()


def assembled_from_outside(C_in, widths, kernel_sizes, stride):
    block, depth, waiting = nn.Module(), C_in, stride
    block.convs, block.norms = nn.ModuleList(), nn.ModuleList()
    for maps, K in zip(widths, kernel_sizes, strict=True):
        takes_the_step = K > 1 or all(each == 1 for each in kernel_sizes)
        step = waiting if takes_the_step else 1
        waiting = 1 if takes_the_step else waiting
        block.convs.append(nn.Conv2d(depth, maps, K, stride=step, padding=K // 2, bias=False))
        block.norms.append(nn.BatchNorm2d(maps))
        depth = maps
    if stride > 1 or depth != C_in:
        block.shortcut = nn.ModuleList([nn.Conv2d(C_in, depth, 1, stride, bias=False), nn.BatchNorm2d(depth)])

    def forward(x):
        out = block.norms[0](block.convs[0](x))
        for conv, norm in zip(block.convs[1:], block.norms[1:], strict=True):
            out = norm(conv(out.relu()))
        for layer in getattr(block, "shortcut", ()):
            x = layer(x)
        return torch.maximum(out + x, torch.zeros(()))

    block.forward = forward
    return block


def made(group, label, rng, widths, kernel_sizes, stride, shape, mode="eval"):
    args = shape[1], widths, kernel_sizes, stride
    return Case(group, label, args, trial=trial(residual_block(*args), rng, shape, mode))


def hidden(rng):
    a, b, c = (int(n) for n in rng.integers(2, 5, 3))
    yield made("identity", "basic", rng, [a, b], [3, 3], 1, (2, b, 4, 5))
    yield made("identity", "three layers", rng, [a, b, c], [3, 3, 5], 1, (1, c, 5, 4))
    yield made("projection", "half the size", rng, [a, a], [3, 3], 2, (2, a, 5, 6))
    yield made("projection", "more maps", rng, [b + 3, b + 3], [3, 3], 1, (2, b, 3, 4))
    yield made("bottleneck", "same shape", rng, [2, 2, c], [1, 3, 1], 1, (2, c, 4, 4))
    yield made("bottleneck", "half the size", rng, [2, 3, a + 4], [1, 3, 1], 2, (2, a, 5, 4))
    yield made("training", "with the batch's statistics", rng, [a, b], [3, 3], 2, (3, c, 4, 4), "train")
    yield made("training", "a bottleneck", rng, [2, 2, b], [1, 3, 1], 1, (4, b, 3, 3), "train")


EXERCISE = Exercise(
    name="residual_block",
    title="A residual block of any depth",
    task=(
        "Write `residual_block(C_in, widths, kernel_sizes, stride)`, which returns a residual block as a "
        "`torch.nn.Module`. It has one convolution for each entry of the two lists, with so many output maps "
        "and a kernel of so many pixels a side, which is odd: `[64, 64]` and `[3, 3]` make the block of "
        "ResNet-18, `[64, 64, 256]` and `[1, 3, 1]` that of ResNet-50. No convolution has a bias; behind "
        "each comes a batch normalisation, and a ReLU **between** the layers. What comes out is added to "
        "the skip, and a ReLU follows the sum.\n\n"
        "The first convolution that is larger than 1 × 1 takes the stride, or the first of all where none "
        "is; the padding keeps height and width otherwise. The skip hands on the input as it is. Only where "
        "the shape changes, it is a convolution of 1 × 1 with the stride, without bias, and a batch "
        "normalisation. Call the layers `convs` and `norms`, each an `nn.ModuleList`, and the projection "
        "`shortcut`, an `nn.Sequential` of two."
    ),
    reference=residual_block,
    groups=(
        Group("identity", 3, "A skip that hands on the input"),
        Group("projection", 4, "A skip that has to change the shape"),
        Group("bottleneck", 3, "Bottlenecks"),
        Group("training", 2, "In training, with the batch's own statistics"),
    ),
    public=(
        made("identity", "basic", np.random.default_rng(1), [3, 2], [3, 3], 1, (1, 2, 3, 4)),
        made("projection", "half the size", np.random.default_rng(2), [2, 2], [3, 3], 2, (1, 2, 4, 5)),
        made("projection", "more maps", np.random.default_rng(3), [3, 3], [3, 3], 1, (1, 2, 3, 3)),
        made("bottleneck", "half the size", np.random.default_rng(4), [2, 2, 4], [1, 3, 1], 2, (1, 3, 4, 4)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            residual_blocks.bent_before_the_sum,
            "Your last ReLU stands before the sum, and none behind it. So a block could only ever add to "
            "what comes over the skip, never take away from it.",
            SECTION,
        ),
        Mistake(
            residual_blocks.sum_left_unbent,
            "A ReLU is missing behind the sum. What one block hands to the next is bent; without that, the "
            "path over the skips stays linear from one end to the other.",
            SECTION,
        ),
        Mistake(
            residual_blocks.bent_twice,
            "You bent the body's result before the sum as well. Then it is never negative, and a block could "
            "only add to the skip; the ReLU comes once, behind the sum.",
            SECTION,
        ),
        Mistake(
            residual_blocks.input_overwritten,
            "You added to the input in place: `+=` on what the skip hands on changes the tensor that the "
            "caller still has, and that the gradient needs. Write a sum that makes a new one.",
            SECTION,
        ),
        Mistake(
            residual_blocks.skip_bent_in_place,
            "Your first step bends the input, and in place, so that the skip too has lost all that was "
            "negative. The block begins with a convolution, and the skip takes the input as it came.",
            SECTION,
        ),
        Mistake(
            residual_blocks.skip_never_projected,
            "Your skip has no projection. Where the stride or the number of maps changes the shape, input "
            "and result cannot be added: a 1 × 1 convolution has to bring the skip into shape.",
            SECTION,
        ),
        Mistake(
            residual_blocks.skip_always_projected,
            "Your skip is a convolution even where the shape stays. The point of the block is that the input "
            "can pass it unchanged; a projection is for blocks that change the shape.",
            SECTION,
        ),
        Mistake(
            residual_blocks.projected_when_shrinking_only,
            "You project only where the stride shrinks the maps. A block may keep the size and change the "
            "number of maps; then the two cannot be added either.",
            SECTION,
        ),
        Mistake(
            residual_blocks.step_taken_by_the_first_layer,
            "Your bottleneck takes the stride in its 1 × 1 layer, which then never looks at three of four "
            "pixels. The task gives it to the first convolution that is larger.",
            "architectures.html#resnet",
        ),
        Mistake(
            residual_blocks.biases_beside_the_norms,
            "Your convolutions have biases. The batch normalisation behind each of them subtracts the mean, "
            "and with it any bias; it brings one of its own.",
            SECTION,
        ),
    ),
    variants=(with_two_ways_named, assembled_from_outside),
    tolerance=FLOAT32,
    banned=NETWORKS,
    difficulty=3,
    minutes=40,
    hints=(
        "A class with `__init__` and `forward`, inside the function, sees its four arguments. First build "
        "the layers for a stride of 1 and equal shapes, and pass the first check.",
        "A block of n layers has n - 1 ReLUs in its body. The last one stands behind the sum, and none of "
        "them may work in place on the input.",
        "With an empty `nn.Sequential()` as shortcut, `self.shortcut(x)` hands on `x` as it is. Give it the "
        "two layers where `stride != 1 or C_in != widths[-1]`.",
    ),
    section=SECTION,
)
