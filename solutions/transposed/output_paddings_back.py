"""Sizes down an encoder, and the output paddings that lead back up (coverage rows 4.1, 10.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.sizing import output_size
from convnets.transposed import output_padding_for
from solutions.allowances import EXACT, LIBRARIES

SECTION = "transposed.html#sizes-back"


def output_paddings_back(size, layers):
    found = []
    for kernel_size, stride, padding, dilation in layers:
        small = output_size(size, kernel_size, stride, padding, dilation)
        found.append(output_padding_for(small, size, kernel_size, stride, padding, dilation))
        size = small
    return found[::-1]


def order_of_the_encoder(size, layers):
    out = []
    for k, s, p, d in layers:
        rest = (size + 2 * p - d * (k - 1) - 1) % s
        size = (size + 2 * p - d * (k - 1) - 1) // s + 1
        out.append(rest)
    return out


def dilation_left_out(size, layers):
    out = []
    for k, s, p, _ in layers:
        rest = (size + 2 * p - k) % s
        size = (size + 2 * p - k) // s + 1
        out.insert(0, rest)
    return out


def padding_left_out(size, layers):
    out = []
    for k, s, p, d in layers:
        rest = (size - d * (k - 1) - 1) % s
        size = (size + 2 * p - d * (k - 1) - 1) // s + 1
        out.insert(0, rest)
    return out


def padding_on_one_side(size, layers):
    out = []
    for k, s, p, d in layers:
        rest = (size + p - d * (k - 1) - 1) % s
        size = (size + p - d * (k - 1) - 1) // s + 1
        out.insert(0, rest)
    return out


def sizes_rounded_up(size, layers):
    out = []
    for k, s, p, d in layers:
        rest = (size + 2 * p - d * (k - 1) - 1) % s
        size = -(-(size + 2 * p - d * (k - 1) - 1) // s) + 1
        out.insert(0, rest)
    return out


def every_layer_sees_the_image(size, layers):
    out = []
    for k, s, p, d in layers:
        out.insert(0, (size + 2 * p - d * (k - 1) - 1) % s)
    return out


def always_one_less_than_the_stride(size, layers):
    return [s - 1 for _, s, _, _ in reversed(layers)]


def by_trying(size, layers):
    sizes = [size]
    for kernel_size, stride, padding, dilation in layers:
        framed, reach = sizes[-1] + 2 * padding, dilation * (kernel_size - 1) + 1
        sizes.append(len(range(0, framed - reach + 1, stride)))
    found = []
    for number in reversed(range(len(layers))):
        kernel_size, stride, padding, dilation = layers[number]
        without = (sizes[number + 1] - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1
        found += [extra for extra in range(stride) if without + extra == sizes[number]]
    return found


def from_the_last(size, layers):
    if not layers:
        return np.zeros(0, dtype=np.int64).tolist()
    kernel_size, stride, padding, dilation = layers[0]
    steps, rest = divmod(size + 2 * padding - dilation * (kernel_size - 1) - 1, stride)
    return [*from_the_last(steps + 1, layers[1:]), rest]


def hidden(rng):
    def layer(size, stride, dilated):
        kernel_size = int(rng.integers(2, 6))
        padding = int(rng.integers(0, kernel_size))
        dilation = int(rng.integers(2, 4)) if dilated else 1
        return kernel_size, stride, padding, dilation

    for size, stride in ((97, 2), (128, 5), (61, 3), (14, 4)):
        yield Case("one", f"{size} pixels, stride {stride}", (size, [layer(size, stride, False)]))
    for size, strides in ((577, (3, 2, 5)), (901, (2, 3, 4)), (1023, (7, 2, 3))):
        yield Case("chain", f"{size} pixels", (size, [layer(size, stride, False) for stride in strides]))
    for size, strides in ((901, (3, 4, 2)), (1402, (5, 2, 3))):
        yield Case("dilation", f"{size} pixels", (size, [layer(size, stride, True) for stride in strides]))
    yield Case("dilation", "known", (200, [(4, 3, 1, 2), (2, 5, 0, 3)]))
    yield Case("chain", "known", (300, [(5, 3, 2, 1), (4, 4, 1, 1), (3, 5, 1, 1)]))


EXERCISE = Exercise(
    name="output_paddings_back",
    title="Finding the way back up",
    task=(
        "An encoder makes an image smaller, layer after layer. A decoder goes the same way back, with one "
        "transposed convolution for each convolution, of the same kernel size $K$, stride $s$, padding $p$ "
        "and dilation $d$. But a layer rounds down: with $K = 3$, $s = 2$, $p = 1$ both 7 and 8 become 4, "
        "and from 4 nobody knows where it came from. That is what `output_padding` is for: it adds so many "
        "rows or columns to the result, at least 0 and fewer than the stride.\n\n"
        "Write `output_paddings_back(size, layers)`. `size` is the number of pixels along one axis of the "
        "image, and `layers` lists the encoder's layers from the image on, each as `(K, s, p, d)`. Return "
        "the list of the decoder's output paddings in the **decoder's** order, so that it comes through "
        "exactly the encoder's sizes. A layer without output padding makes $(m - 1) s - 2p + d(K - 1) + 1$ "
        "of $m$."
    ),
    reference=output_paddings_back,
    groups=(
        Group("one", 3, "A single layer"),
        Group("chain", 4, "Several layers"),
        Group("dilation", 3, "Dilation"),
    ),
    public=(
        Case("one", "8 became 4", (8, [(3, 2, 1, 1)])),
        Case("one", "7 became 4", (7, [(3, 2, 1, 1)])),
        Case("chain", "32 became 11, 5, 1", (32, [(3, 3, 1, 1), (4, 2, 1, 1), (3, 3, 0, 1)])),
        Case("dilation", "the filter reaches over 5 pixels", (24, [(3, 4, 1, 2)])),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            order_of_the_encoder,
            "Your numbers are right, but they stand in the encoder's order. The decoder begins at the "
            "smallest map, so the encoder's last layer is its first.",
            SECTION,
        ),
        Mistake(
            dilation_left_out,
            "You left the dilation out. A filter of K weights that stand d apart reaches over d(K − 1) + 1 "
            "pixels, and this is what has to fit.",
            "sizing.html#output-size",
        ),
        Mistake(
            padding_left_out,
            "You looked for the rest without the padding. The windows lie on the framed image, so what is "
            "left over is left over of size + 2p.",
            "sizing.html#output-size",
        ),
        Mistake(
            padding_on_one_side,
            "You counted the padding once. It is put on both sides of the image, so the size grows by 2p.",
            "sizing.html#output-size",
        ),
        Mistake(
            sizes_rounded_up,
            "On the way down you rounded up. A window that does not fit is left out, so a convolution rounds "
            "down: that is how the information about the rest gets lost.",
            "sizing.html#output-size",
        ),
        Mistake(
            every_layer_sees_the_image,
            "You worked out every layer for the size of the image. The second layer sees what the first one "
            "made: follow the sizes down first.",
            SECTION,
        ),
        Mistake(
            always_one_less_than_the_stride,
            "You always took the stride minus 1. That is the largest of the possible sizes; which one it was "
            "depends on how much was left over on the way down.",
            "sizing.html#output-size-inverse",
        ),
    ),
    variants=(by_trying, from_the_last),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "One layer first. Which size does it make of `size`? And which size would the transposed layer make "
        "of that, without output padding?",
        "The output padding is the difference between the size that is wanted and the one that comes back "
        "without it. It is also a remainder of a division: which one?",
        "In a loop over the layers, `rest = (size + 2 * p - d * (K - 1) - 1) % s` and `size = (…) // s + 1` "
        "with the same bracket. Collect the rests and reverse the list.",
    ),
    section=SECTION,
)
