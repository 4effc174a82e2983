"""A small exercise for the tests of the learner's side: add neighbours, in one and two dimensions."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake, Tolerance

__all__ = ["EXERCISE", "neighbours"]


def neighbours(x):
    return x[:-1] + x[1:]


def differences(x):
    return x[1:] - x[:-1]


def first_left_out(x):
    return x[1:-1] + x[2:]


def wrong_for_images(x):
    return neighbours(x) if x.ndim == 1 else x[:, :-1] + x[:, 1:]


def crashes_for_images(x):
    return np.array([x[i] + x[i + 1] if x.ndim == 1 else x[i, 99] for i in range(len(x) - 1)])


EXERCISE = Exercise(
    name="neighbours",
    title="Add neighbours",
    task="Add each value to the next.",
    reference=neighbours,
    groups=(Group("rows", 2, "Rows"), Group("images", 3, "Images")),
    public=(
        Case("images", "a small image", (np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 0.0]]),)),
        Case("rows", "four values", (np.array([1, 2, 4, 8]),)),
        Case("rows", "five values", (np.array([3, 1, 0, 0, 0]),)),
    ),
    hidden=lambda rng: [Case("rows", "secret", (rng.normal(size=9),))],
    mistakes=(
        Mistake(differences, "You subtracted; the task asks for a **sum**: `+`.", "seeing.html#sums"),
        Mistake(first_left_out, "The first pair is missing.", "seeing.html#ends"),
        Mistake(wrong_for_images, "You added columns, not rows.", "seeing.html#rows"),
        Mistake(crashes_for_images, "An image has more than one value per row.", "seeing.html#rows"),
    ),
    variants=(lambda x: np.add(x[1:], x[:-1]),),
    tolerance=Tolerance(0.0, 1e-12, "one sum"),
    difficulty=1,
    minutes=3,
    hints=("First.", "Second.", "Third."),
    section="seeing.html#neighbours",
    banned=("numpy.convolve",),
    seconds=0.3,
)
