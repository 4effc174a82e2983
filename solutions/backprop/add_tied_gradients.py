"""Tied weights: the gradient of one weight is the sum over all its places (coverage row 5.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "backprop.html#tied-weights"


def add_tied_gradients(grad_matrix, ties, num_weights):
    used = ties >= 0
    return np.bincount(ties[used], weights=grad_matrix[used], minlength=num_weights)


def last_place_wins(grad_matrix, ties, num_weights):
    used = ties >= 0
    out = np.zeros(num_weights)
    out[ties[used]] += grad_matrix[used]
    return out


def averaged_over_its_places(grad_matrix, ties, num_weights):
    out = np.zeros(num_weights)
    for weight in range(num_weights):
        places = grad_matrix[ties == weight]
        if places.size:
            out[weight] = places.mean()
    return out


def no_connection_counts_for_the_last(grad_matrix, ties, num_weights):
    out = np.zeros(num_weights)
    np.add.at(out, ties, grad_matrix)
    return out


def places_counted(grad_matrix, ties, num_weights):
    out = np.zeros(num_weights)
    for weight in range(num_weights):
        out[weight] = (ties == weight).sum()
    return out


def unused_weights_left_out(grad_matrix, ties, num_weights):
    out = np.zeros(ties.max() + 1)
    for weight in range(ties.max() + 1):
        out[weight] = grad_matrix[ties == weight].sum()
    return out


def entry_by_entry(grad_matrix, ties, num_weights):
    out = [0.0] * num_weights
    for row in range(ties.shape[0]):
        for column in range(ties.shape[1]):
            if ties[row, column] != -1:
                out[ties[row, column]] += float(grad_matrix[row, column])
    return np.array(out)


def one_hot_product(grad_matrix, ties, num_weights):
    belongs = ties.reshape(-1, 1) == np.arange(num_weights)
    return grad_matrix.reshape(-1) @ belongs


def hidden(rng):
    for length, size in ((6, 3), (4, 4), (7, 2)):
        ties = np.full((length - size + 1, length), -1)
        for row in range(len(ties)):
            ties[row, row : row + size] = np.arange(size)
        yield Case(
            "convolution", f"{size} weights, {length} inputs", (rng.normal(size=ties.shape), ties, size)
        )
    for shape, number in (((3, 5), 4), ((5, 2), 9), ((4, 6), 2)):
        ties = rng.integers(-1, number, shape)
        ties[ties == number - 2] = number - 1
        ties[0, 0], ties[-1, -1] = number - 1, -1
        yield Case("any", f"{number} weights", (rng.integers(-9, 10, shape), ties, number))
    ties = rng.integers(-1, 3, (4, 5))
    ties[1, :3] = 2
    yield Case("any", "unused weights at the end", (rng.normal(size=(4, 5)), ties, 6))


EXERCISE = Exercise(
    name="add_tied_gradients",
    title="Weights that are tied add their gradients",
    task=(
        "A layer is a matrix in which some entries are one and the same weight. Backpropagation first gives "
        "the gradient of every *entry*, as if all of them were free: `grad_matrix`. The array `ties`, of the "
        "same shape, says which weight stands where, with $-1$ where there is no connection at all: such an "
        "entry is always 0, and its gradient concerns no weight.\n\n"
        "Write `add_tied_gradients(grad_matrix, ties, num_weights)`, which returns the gradient of each of "
        "the `num_weights` weights. Moving a weight moves all of its places at once, so the changes of the "
        "loss add up. A weight that is used nowhere has the gradient 0."
    ),
    reference=add_tied_gradients,
    groups=(
        Group("convolution", 5, "The matrix of a convolution"),
        Group("any", 5, "Any way of tying"),
    ),
    public=(
        Case(
            "convolution",
            "three weights, four inputs",
            (
                np.array([[1, 2, 3, 4], [50, 60, 70, 80]]),
                np.array([[0, 1, 2, -1], [-1, 0, 1, 2]]),
                3,
            ),
        ),
        Case("any", "mirrored, one weight twice", (np.array([[1, 20, 300]]), np.array([[0, 1, 0]]), 2)),
        Case(
            "any",
            "weights 1 and 3 are used nowhere",
            (np.array([[4, 5], [6, 7]]), np.array([[0, 2], [2, 0]]), 4),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            last_place_wins,
            "Each weight got the gradient of one of its places only. `out[ties] += …` does not add twice "
            "where an index occurs twice: NumPy computes all the sums first and then stores them one over "
            "the other.",
            SECTION,
        ),
        Mistake(
            averaged_over_its_places,
            "You averaged over the places of a weight. A weight that stands in ten places moves the loss "
            "ten times over when it moves, so its gradients are added.",
            SECTION,
        ),
        Mistake(
            no_connection_counts_for_the_last,
            "The last weight has too large a gradient: the index −1, which stands for “no connection” here, "
            "means “the last one” to NumPy. Leave those entries out before you add.",
            SECTION,
        ),
        Mistake(
            places_counted,
            "You counted how many places each weight has. What is asked for is the sum of the gradients at "
            "those places.",
            SECTION,
        ),
        Mistake(
            unused_weights_left_out,
            "Your result is too short: it ends with the last weight that is used somewhere. A weight that is "
            "used nowhere has a gradient too, and it is 0; there are `num_weights` of them.",
            SECTION,
        ),
    ),
    variants=(entry_by_entry, one_hot_product),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Weight number 2 stands wherever `ties == 2`. What has to be done with the gradients at those "
        "places?",
        "A loop over the weights is short and right: for each one, `grad_matrix[ties == weight].sum()`.",
        "Without a loop there are `np.add.at(out, index, values)` and `np.bincount(index, weights=values, "
        "minlength=num_weights)`. Both dislike −1: select the entries with `ties >= 0` first.",
    ),
    section=SECTION,
)
