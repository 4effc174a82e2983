"""Size, jump and start of the receptive field, layer after layer (coverage row 4.8)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#receptive-field"


def receptive_fields(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        size, start, jump = size + (K - 1) * D * jump, start - P * jump, jump * S
        fields.append((size, jump, start))
    return fields


def doubled_by_pooling(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        size = size * S if K == S and K > 1 else size + (K - 1) * D * jump
        start -= P * jump
        jump *= S
        fields.append((size, jump, start))
    return fields


def own_stride_counted_at_once(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        start -= P * jump
        jump *= S
        size += (K - 1) * D * jump
        fields.append((size, jump, start))
    return fields


def only_the_stride_before(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        size += (K - 1) * D * jump
        start -= P * jump
        jump = S
        fields.append((size, jump, start))
    return fields


def steps_that_stay_small(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        size += (K - 1) * D
        start -= P * jump
        jump *= S
        fields.append((size, jump, start))
    return fields


def padding_forgotten(layers):
    size, jump, fields = 1, 1, []
    for K, S, _, D in layers:
        size += (K - 1) * D * jump
        jump *= S
        fields.append((size, jump, 0))
    return fields


def padding_in_pixels_of_the_image(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, D in layers:
        size += (K - 1) * D * jump
        start -= P
        jump *= S
        fields.append((size, jump, start))
    return fields


def holes_forgotten(layers):
    size, jump, start, fields = 1, 1, 0, []
    for K, S, P, _ in layers:
        size += (K - 1) * jump
        start -= P * jump
        jump *= S
        fields.append((size, jump, start))
    return fields


def whole_kernels_added(layers):
    size, jump, start, fields = 0, 1, 0, []
    for K, S, P, D in layers:
        size += ((K - 1) * D + 1) * jump
        start -= P * jump
        jump *= S
        fields.append((size, jump, start))
    return fields


def back_from_two_neighbours(layers):
    fields = []
    for depth in range(1, len(layers) + 1):
        ends = []
        for unit in (0, 1):
            first = last = unit
            for K, S, P, D in reversed(layers[:depth]):
                first, last = first * S - P, last * S - P + D * (K - 1)
            ends.append((first, last))
        (first, last), (following, _) = ends
        fields.append([last - first + 1, following - first, first])
    return fields


def by_running_products(layers):
    K, S, P, D = np.array(layers).T
    jumps = np.cumprod([1, *S])
    sizes = 1 + np.cumsum((K - 1) * D * jumps[:-1])
    starts = -np.cumsum(P * jumps[:-1])
    return list(zip(sizes, jumps[1:], starts, strict=True))


def hidden(rng):
    def stack(depth, padded, dilated):
        low, high = (1, 1, 0, 1), (8, 4, 4 if padded else 1, 4 if dilated else 2)
        return [tuple(int(n) for n in rng.integers(low, high)) for _ in range(depth)]

    vgg = [(3, 1, 1, 1)] * 2 + [(2, 2, 0, 1)]
    for depth in (3, 5):
        yield Case("stride", "any strides", ([*stack(depth, False, False), (3, 2, 0, 1), (3, 1, 0, 1)],))
        yield Case("padding", "padded", ([(5, 2, 1, 1), *stack(depth, True, False), (3, 1, 2, 1)],))
        yield Case("dilation", "padded and dilated", ([(3, 2, 1, 2), *stack(depth, True, True)],))
    repeats = int(rng.integers(2, 5))
    yield Case("stride", "convolutions and pooling", ([(3, 1, 0, 1), (3, 1, 0, 1), (2, 2, 0, 1)] * repeats,))
    yield Case("padding", "like VGG-16", (vgg * 2 + [(3, 1, 1, 1)] * int(rng.integers(1, 5)),))


EXERCISE = Exercise(
    name="receptive_fields",
    title="How far does a unit see?",
    task=(
        "A unit deep in a network sees a large piece of the image, although each layer looks only at small "
        "windows of the one before. Write `receptive_fields(layers)` for a list of layers `(K, S, P, D)`: "
        "kernel size, stride, padding, dilation along one axis, for convolution and pooling alike. Return a "
        "list with one tuple `(size, jump, start)` for each layer:\n\n"
        "- `size`: how many pixels of the image a unit of this layer sees, from the first to the last;\n"
        "- `jump`: how many pixels of the image the fields of two neighbouring units lie apart;\n"
        "- `start`: the first pixel that unit 0 sees, where 0 is the image's first pixel; padding makes it "
        "negative."
    ),
    reference=receptive_fields,
    groups=(
        Group("small", 2, "Small filters in a row"),
        Group("stride", 3, "Strides and pooling"),
        Group("padding", 3, "Padding"),
        Group("dilation", 2, "Dilation"),
    ),
    public=(
        Case("small", "three filters of 3", ([(3, 1, 0, 1)] * 3,)),
        Case("stride", "pooling, then a filter", ([(3, 1, 0, 1), (2, 2, 0, 1), (2, 2, 0, 1), (3, 1, 0, 1)],)),
        Case(
            "padding",
            "AlexNet's first four layers",
            ([(11, 4, 0, 1), (3, 2, 0, 1), (5, 1, 2, 1), (3, 2, 0, 1)],),
        ),
        Case("padding", "how VGG-16 begins", ([(3, 1, 1, 1), (3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)],)),
        Case("dilation", "wider and wider", ([(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)],)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            doubled_by_pooling,
            "You multiplied the size at the pooling layer. Pooling adds to the field what any window adds, "
            "K − 1 steps of the jump so far; what it doubles is the jump.",
            SECTION,
        ),
        Mistake(
            own_stride_counted_at_once,
            "You multiplied the jump before you used it. The window of a layer lies on the units of the "
            "layer before, so its taps are as far apart as those units are; its own stride only counts "
            "further up.",
            SECTION,
        ),
        Mistake(
            only_the_stride_before,
            "Your jump remembers one stride only. Strides multiply: after two layers with stride 2, "
            "neighbouring units lie four pixels apart, and still do after a layer with stride 1.",
            SECTION,
        ),
        Mistake(
            steps_that_stay_small,
            "Your fields grow by K − 1 pixels at every layer, however deep. One step on a map that was made "
            "with strides is a jump of several pixels of the image.",
            SECTION,
        ),
        Mistake(
            padding_forgotten,
            "You let every field start at pixel 0. With padding the first window begins before the image "
            "does, so unit 0 starts at a negative number.",
            SECTION,
        ),
        Mistake(
            padding_in_pixels_of_the_image,
            "You took the padding of every layer in pixels of the image. It is added to the layer's own "
            "input, where a step of one is worth a whole jump.",
            SECTION,
        ),
        Mistake(
            holes_forgotten,
            "You forgot the dilation. Taps that lie D apart reach D times as far with the same number of "
            "weights: that is what they are for.",
            "layers.html#stride-and-dilation",
        ),
        Mistake(
            whole_kernels_added,
            "You added whole windows. Two filters of 3 see five pixels, not six: they share one. Before the "
            "first layer the size is 1, and each layer adds K − 1 steps.",
            "sizing.html#small-filters",
        ),
    ),
    variants=(back_from_two_neighbours, by_running_products),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Before the first layer a “unit” is a pixel: size 1, jump 1, start 0. What does one filter of 3 "
        "with stride 2 make of the three numbers?",
        "Between the first and the last tap of a window there are `(K - 1) * D` steps, and each is a `jump` "
        "of the layer before. The padding moves the start back by `P` such steps.",
        "In this order: `size += (K - 1) * D * jump`, `start -= P * jump`, and only then `jump *= S`.",
    ),
    section=SECTION,
)
