"""What has to be kept in memory, to train and to run (coverage row 4.7)."""

from itertools import pairwise

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#activation-memory"


def activation_bytes(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    if training:
        return batch * bytes_per_value * sum(values)
    return batch * bytes_per_value * max(map(sum, pairwise(values)))


def image_forgotten(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    pairs = [values[i] + values[i + 1] for i in range(len(values) - 1)]
    return batch * bytes_per_value * (sum(values[1:]) if training else max(pairs))


def one_map_at_a_time(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    return batch * bytes_per_value * (sum(values) if training else max(values))


def two_largest_wherever_they_are(shapes, batch=1, bytes_per_value=4, training=True):
    values = sorted(C * H * W for C, H, W in shapes)
    return batch * bytes_per_value * (sum(values) if training else values[-1] + values[-2])


def everything_kept_always(shapes, batch=1, bytes_per_value=4, training=True):
    return batch * bytes_per_value * sum(C * H * W for C, H, W in shapes)


def batch_forgotten(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    pairs = [values[i] + values[i + 1] for i in range(len(values) - 1)]
    return bytes_per_value * (sum(values) if training else max(pairs))


def numbers_not_bytes(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    pairs = [values[i] + values[i + 1] for i in range(len(values) - 1)]
    return batch * (sum(values) if training else max(pairs))


def first_layer_only(shapes, batch=1, bytes_per_value=4, training=True):
    values = [C * H * W for C, H, W in shapes]
    pairs = [values[i] + values[i + 1] for i in range(len(values) - 1)]
    return batch * bytes_per_value * (sum(values) if training else pairs[0])


def layer_by_layer(shapes, batch=1, bytes_per_value=4, training=True):
    total = peak = before = 0
    for number, (C, H, W) in enumerate(shapes):
        now = C * H * W * bytes_per_value * batch
        total += now
        if number and before + now > peak:
            peak = before + now
        before = now
    return total if training else peak


def with_numpy(shapes, batch=1, bytes_per_value=4, training=True):
    values = np.array(shapes, dtype=np.int64).prod(axis=1) * bytes_per_value * batch
    return values.sum() if training else (values[:-1] + values[1:]).max()


def hidden(rng):
    for _ in range(4):
        shapes = [tuple(int(n) for n in rng.integers(2, 60, 3)) for _ in range(5)]
        batch, width = int(rng.integers(2, 300)), int(rng.choice([1, 2, 8]))
        yield Case("training", "one image", (shapes,))
        yield Case("running", "one image", (shapes,), {"training": False})
        yield Case("batch", "a batch, in training", (shapes, batch, width))
        yield Case("batch", "a batch, when run", (shapes, batch, width, False))
    large = tuple(int(n) for n in rng.integers(50, 60, 3))
    apart = [(1, 2, 3), large, (2, 2, 2), large, (3, 4, 5)]
    yield Case("running", "two large ones that never meet", (apart,), {"training": False})


EXERCISE = Exercise(
    name="activation_bytes",
    title="What has to be remembered",
    task=(
        "The parameters of a network take room in memory, but what flows through it often takes more. Given "
        "the `shapes` of everything that flows, a list of `(C, H, W)` beginning with the image itself, "
        "write `activation_bytes(shapes, batch=1, bytes_per_value=4, training=True)`:\n\n"
        "- in **training** the way back needs every value again, so all of them are kept, the image "
        "included;\n"
        "- a network that only **runs** needs, while it computes one layer, what goes into that layer and "
        "what comes out; everything earlier may be forgotten. Its need is that of the worst moment.\n\n"
        "Return the number of bytes for `batch` images at once, a whole number. There are at least two "
        "shapes."
    ),
    reference=activation_bytes,
    groups=(
        Group("training", 3, "Training with one image"),
        Group("running", 4, "Running with one image"),
        Group("batch", 3, "Batches, and numbers of other sizes"),
    ),
    public=(
        Case("training", "three small shapes", ([(3, 2, 2), (4, 2, 2), (1, 1, 1)],)),
        Case("running", "the same", ([(3, 2, 2), (4, 2, 2), (1, 1, 1)],), {"training": False}),
        Case(
            "running",
            "two large ones that never meet",
            ([(1, 1, 1), (5, 2, 1), (2, 1, 1), (3, 1, 3)],),
            {"training": False},
        ),
        Case(
            "batch",
            "how VGG-16 begins, 32 images",
            ([(3, 224, 224), (64, 224, 224), (64, 224, 224), (64, 112, 112)], 32),
        ),
        Case("batch", "numbers of two bytes", ([(3, 2, 2), (4, 2, 2), (1, 1, 1)], 5, 2, False)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            image_forgotten,
            "You left the image out. The gradient of the first layer's weights is made from it, so in "
            "training it has to wait with the rest.",
            "backprop.html#weight-gradient",
        ),
        Mistake(
            one_map_at_a_time,
            "For the network that runs you took the largest shape alone. While a layer computes, what goes "
            "in and what comes out are both there, so at each moment two shapes add up.",
            SECTION,
        ),
        Mistake(
            two_largest_wherever_they_are,
            "You added the two largest shapes, wherever they stand. Only neighbours are in memory together: "
            "the output of one layer and the output of the next.",
            SECTION,
        ),
        Mistake(
            everything_kept_always,
            "You kept everything even though nobody will go back. A network that only runs may forget a "
            "shape as soon as the next layer has read it.",
            SECTION,
        ),
        Mistake(
            batch_forgotten,
            "You counted a single image. Weights are shared by the whole batch; what flows through the "
            "network is not, each image has its own.",
            SECTION,
        ),
        Mistake(
            numbers_not_bytes,
            "You counted numbers. A number in single precision takes four bytes, in half precision two: "
            "multiply by bytes_per_value.",
            SECTION,
        ),
        Mistake(
            first_layer_only,
            "You looked at the first layer only. The worst moment is often there, but it need not be: take "
            "the largest of all the neighbouring pairs.",
            SECTION,
        ),
    ),
    variants=(layer_by_layer, with_numpy),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Turn each shape into one number first: how many values has it?",
        "For training, add the numbers up. For running, go along the list and look at two neighbours at a "
        "time: `zip(values, values[1:])` gives all the pairs.",
        "Take the largest sum of a pair. At the end multiply by `batch` and by `bytes_per_value`, in both "
        "cases.",
    ),
    section=SECTION,
)
