"""A fully connected layer does not know where a pixel is: dimension hopping, undone (rows 1.1 and 1.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "seeing.html#what-makes-vision-hard"


def reorder_weights(weight, order):
    return weight[:, order]


def left_as_they_are(weight, order):
    return weight.copy()


def sent_the_other_way(weight, order):
    out = np.empty_like(weight)
    out[:, order] = weight
    return out


def units_reordered(weight, order):
    return weight[[place % len(weight) for place in order]]


def both_reordered(weight, order):
    columns = weight[:, order]
    return columns[[place % len(weight) for place in order]]


def weight_by_weight(weight, order):
    out = np.zeros(weight.shape)
    for unit in range(weight.shape[0]):
        for place, pixel in enumerate(order):
            out[unit, place] = weight[unit, pixel]
    return out


def as_a_matrix_product(weight, order):
    moves = np.zeros((len(order), len(order)), dtype=int)
    moves[order, np.arange(len(order))] = 1
    return np.asfortranarray(weight @ moves)


def hidden(rng):
    def turned(number):
        order = rng.permutation(number)
        while number > 2 and np.array_equal(order[order], np.arange(number)):
            order = rng.permutation(number)
        return order.tolist()

    yield Case("square", "as many units as pixels", (rng.integers(-9, 10, (5, 5)), turned(5)))
    yield Case("square", "floating point weights", (rng.normal(size=(4, 4)), turned(4)))
    yield Case("any", "fewer units than pixels", (rng.normal(size=(3, 12)), turned(12)))
    yield Case("any", "more units than pixels", (rng.integers(-9, 10, (9, 4)), turned(4)))
    yield Case("any", "one unit", (rng.integers(-9, 10, (1, 6)), turned(6)))


EXERCISE = Exercise(
    name="reorder_weights",
    title="Does the layer notice?",
    task=(
        "Someone rearranges the pixels of all our images, the same way each time: the image `x`, a vector "
        "of pixels, becomes `x[order]`. For us the picture is lost. And for a fully connected layer `weight "
        "@ x`?\n\n"
        "Write `reorder_weights(weight, order)`, which returns the weights of a layer that gives for every "
        "rearranged image exactly what the old layer gave for the original: `reorder_weights(weight, order) "
        "@ x[order]` equals `weight @ x`. Here `weight` has one row for each unit and one column for each "
        "pixel, and `order` is a list that holds each pixel's index once. The old weights must stay as they "
        "are."
    ),
    reference=reorder_weights,
    groups=(
        Group("square", 5, "As many units as pixels"),
        Group("any", 5, "Layers of any shape"),
    ),
    public=(
        Case("square", "three pixels move round", (np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), [1, 2, 0])),
        Case("any", "one unit, four pixels", (np.array([[10, 20, 30, 40]]), [2, 0, 1, 3])),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            left_as_they_are,
            "Your weights are the old ones, so each of them now meets a stranger's pixel. A weight belongs "
            "to a pixel, and when the pixel moves, the weight must move along.",
            SECTION,
        ),
        Mistake(
            sent_the_other_way,
            "You moved the weights the other way round. Place number k of the new image holds the pixel "
            "order[k], so column k of the new weights must be the column that belonged to that pixel.",
            SECTION,
        ),
        Mistake(
            units_reordered,
            "You rearranged the units instead of the pixels. The rows of weight are units, its columns are "
            "pixels; only the pixels have moved.",
            SECTION,
        ),
        Mistake(
            both_reordered,
            "You rearranged rows and columns. The pixels have moved, so the columns move along; the units "
            "stay where they are, or the outputs change places.",
            SECTION,
        ),
    ),
    variants=(weight_by_weight, as_a_matrix_product),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=10,
    hints=(
        "Write out `weight @ x` for one unit and three pixels. What happens to a sum when its terms change "
        "places?",
        "Which pixel stands in place 0 of `x[order]`? The weight of that pixel must stand in column 0.",
        "Columns are picked by the second index. NumPy takes a whole list of indices there, in the order in "
        "which you want them.",
    ),
    section=SECTION,
)
