"""A small assignment that stands for any: two exercises, one of which bans a call."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake, Tolerance

TITLE = "Tiny"
INTRODUCTION = "Two exercises that take a minute."


def double(x):
    return 2 * np.asarray(x)


def squared(x):
    return np.asarray(x) ** 2


def added_two(x):
    return np.asarray(x) + 2


def in_place(x):
    x *= 2
    return x


def double_by_adding(x):
    return x + x


def double_in_a_loop(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = 2 * x[i]
    return out


def cases_of_double(rng):
    yield Case("small", "two numbers", (rng.normal(size=2),))
    yield Case("large", "many numbers", (rng.normal(size=50),))


def total(a, scale=1.0):
    return float(np.sum(np.asarray(a)) * scale)


def scale_ignored(a, scale=1.0):
    return float(sum(a))


def product(a, scale=1.0):
    out = scale
    for value in a:
        out = out * value
    return out


def last_left_out(a, scale=1.0):
    return float(scale * sum(a[:-1]))


def total_in_a_loop(a, scale=1.0):
    out = 0.0
    for value in a:
        out += value * scale
    return out


def cases_of_total(rng):
    yield Case("plain", "five numbers", (rng.normal(size=5),))
    yield Case(
        "scaled", "five numbers and a scale", (rng.normal(size=5),), {"scale": float(rng.uniform(2, 3))}
    )


EXERCISES = (
    Exercise(
        name="double",
        title="Twice as much",
        task="Return the array `x`, each value doubled.",
        reference=double,
        groups=(Group("small", 1, "Few numbers"), Group("large", 2, "Many numbers")),
        public=(Case("small", "one number", (np.array([3.0]),)),),
        hidden=cases_of_double,
        mistakes=(
            Mistake(
                squared, "You squared the values; twice as much is a sum, not a square.", "tiny.html#double"
            ),
            Mistake(added_two, "You added two; twice as much depends on the value.", "tiny.html#double"),
            Mistake(
                in_place, "You changed the array that you were given; make a new one.", "tiny.html#in-place"
            ),
        ),
        variants=(double_by_adding, double_in_a_loop),
        tolerance=Tolerance(0.0, 0.0, "a doubled float is exact"),
        difficulty=1,
        minutes=1,
        hints=("Twice is a product.", "With which number?", "With two."),
        section="tiny.html#double",
        seconds=1.0,
    ),
    Exercise(
        name="total",
        title="All together",
        task="Return the sum of `a` times `scale`.",
        reference=total,
        groups=(Group("plain", 2, "Without a scale"), Group("scaled", 3, "With a scale")),
        public=(
            Case("plain", "three numbers", (np.array([1.0, 2.0, 4.0]),)),
            Case("scaled", "three numbers and a scale", (np.array([1.0, 2.0, 4.0]),), {"scale": 2.0}),
        ),
        hidden=cases_of_total,
        mistakes=(
            Mistake(scale_ignored, "You did not use the scale.", "tiny.html#scale"),
            Mistake(product, "You multiplied the values; a total adds them.", "tiny.html#total"),
            Mistake(last_left_out, "The last value is missing.", "tiny.html#total"),
        ),
        variants=(total_in_a_loop,),
        tolerance=Tolerance(1e-12, 1e-12, "sums of five products in any order"),
        banned=("numpy.sum",),
        difficulty=2,
        minutes=2,
        hints=("Add.", "Add in a loop.", "Begin with 0.0 and add each value times the scale."),
        section="tiny.html#total",
        seconds=1.0,
    ),
)
