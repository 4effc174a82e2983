"""Flip-and-filter, one output at a time (coverage row 2.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets import convolution
from solutions.allowances import CONVOLVERS_1D, SUMS

SECTION = "convolution.html#flip-and-filter"


def conv1d_flip_and_filter(a, b, positions):
    full = convolution.conv1d_flip_and_filter(a, b)
    return np.array([full[t] if 0 <= t < len(full) else 0.0 for t in positions], dtype=float)


def kernel_not_flipped(a, b, positions):
    padded = np.pad(a, len(b) - 1)
    last = len(a) + len(b) - 2
    return np.array([padded[t : t + len(b)] @ b if 0 <= t <= last else 0.0 for t in positions])


def signal_read_from_its_end(a, b, positions):
    full = np.zeros(len(a) + len(b) - 1)
    for tau in range(len(a)):
        full[tau : tau + len(b)] += a[tau] * b
    return np.array([full[t] if -len(full) <= t < len(full) else 0.0 for t in positions])


def border_value_repeated(a, b, positions):
    padded = np.pad(a, len(b) - 1)
    last = len(a) + len(b) - 2
    inside = np.clip(positions, 0, last)
    return np.array([padded[t : t + len(b)] @ b[::-1] for t in inside], dtype=float)


def counted_from_the_centre(a, b, positions):
    padded = np.pad(a, len(b) - 1)
    last = len(a) + len(b) - 2
    late = [t + (len(b) - 1) // 2 for t in positions]
    return np.array([padded[t : t + len(b)] @ b[::-1] if 0 <= t <= last else 0.0 for t in late])


def only_complete_overlaps(a, b, positions):
    padded = np.pad(a, len(b) - 1)
    first, last = min(len(a), len(b)) - 1, max(len(a), len(b)) - 1
    return np.array([padded[t : t + len(b)] @ b[::-1] if first <= t <= last else 0.0 for t in positions])


def outside_left_out(a, b, positions):
    padded = np.pad(a, len(b) - 1)
    last = len(a) + len(b) - 2
    return np.array([padded[t : t + len(b)] @ b[::-1] for t in positions if 0 <= t <= last], dtype=float)


def term_by_term(a, b, positions):
    out = []
    for t in positions:
        total = 0.0
        for tau in range(len(a)):
            if 0 <= t - tau < len(b):
                total += a[tau] * b[t - tau]
        out.append(total)
    return np.array(out)


def slide_over_zeros(a, b, positions):
    reach = len(b) - 1
    padded = np.concatenate([np.zeros(reach), a, np.zeros(reach)])
    inside = range(len(a) + reach)
    return np.array([padded[t : t + len(b)] @ b[::-1] if t in inside else 0.0 for t in positions])


def with_the_roles_exchanged(a, b, positions):
    total = np.zeros(len(positions), dtype=np.float32)
    for tau, weight in enumerate(b):
        for i, t in enumerate(positions):
            if t - tau in range(len(a)):
                total[i] += weight * a[t - tau]
    return total


def hidden(rng):
    for length, taps in ((7, 3), (6, 4), (2, 5), (1, 3), (5, 1)):
        where = rng.permutation(length + taps - 1).tolist()
        a, b = rng.integers(-9, 10, length), rng.integers(1, 10, taps)
        yield Case("inside", f"{length} samples, {taps} weights", (a, b, where))
    a, b = rng.normal(size=8), rng.normal(size=3)
    yield Case("inside", "floating point numbers", (a, b, [9, 4, 0, 5, 4]))
    yield Case("outside", "far outside", (a, b, [-20, -3, -1, 0, 9, 10, 30]))
    impulse = np.eye(5)[int(rng.integers(1, 4))]
    yield Case("outside", "an impulse", (impulse, b, list(range(-4, 12))))


EXERCISE = Exercise(
    name="conv1d_flip_and_filter",
    title="One value at a time: flip and filter",
    task=(
        "Translate-and-scale gives you the whole of $a * b$ or nothing. **Flip-and-filter** can be asked "
        "for a single value: turn the kernel round, lay it over the signal, multiply and add,\n\n"
        "$$(a * b)_t = \\sum_\\tau a_\\tau\\, b_{t-\\tau}.$$\n\n"
        "Write `conv1d_flip_and_filter(a, b, positions)`, which gives $(a * b)_t$ for every $t$ in "
        "`positions` and computes nothing else. A position may be any whole number, negative ones too: "
        "where the signal and the flipped kernel do not touch, the sum has no terms and the value is 0."
    ),
    reference=conv1d_flip_and_filter,
    groups=(
        Group("worked", 3, "The lecture's numbers and an impulse"),
        Group("inside", 4, "Positions where signal and kernel touch"),
        Group("outside", 3, "Positions where they do not touch"),
    ),
    public=(
        Case(
            "worked",
            "(2, −1, 1) * (1, 1, 2), all of it",
            (np.array([2, -1, 1]), np.array([1, 1, 2]), [0, 1, 2, 3, 4]),
        ),
        Case("worked", "an impulse", (np.array([0, 1, 0]), np.array([1, 2, 4]), [1, 2, 3])),
        Case("inside", "one value", (np.array([2, -1, 1]), np.array([1, 1, 2]), [2])),
        Case("outside", "before and after", (np.array([2, -1, 1]), np.array([1, 1, 2]), [-1, 0, 5, -2])),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            kernel_not_flipped,
            "You laid the kernel over the signal without turning it round: that is cross-correlation. The "
            "index of b is t − τ: as τ goes up, it goes down, so b is read backwards. An impulse shows it: "
            "1, 2, 4 came back as 4, 2, 1.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            signal_read_from_its_end,
            "A negative position gave you a value from the far end. In mathematics the signal is zero "
            "before it begins; in Python, index −1 means the last element. Test for it before you index.",
            SECTION,
        ),
        Mistake(
            border_value_repeated,
            "Outside the result you repeated its first or last value. There the flipped kernel no longer "
            "touches the signal: the sum has no terms, and a sum without terms is 0.",
            SECTION,
        ),
        Mistake(
            counted_from_the_centre,
            "Your values are right but stand in the wrong place: you counted t from the kernel's middle, as "
            "the mode “same” does. In the formula t = 0 is the first value, where only a₀ and b₀ meet.",
            "convolution.html#one-dimension",
        ),
        Mistake(
            only_complete_overlaps,
            "Near the ends you answered 0, where the kernel hangs over the edge of the signal. There the "
            "sum is shorter, but it is not empty: the terms that exist still count.",
            SECTION,
        ),
        Mistake(
            outside_left_out,
            "Some positions got no answer: you left out the ones where the signals do not touch. Each "
            "position is a question, and the answer there is 0, so the result has one value per position.",
            SECTION,
        ),
    ),
    variants=(term_by_term, slide_over_zeros, with_the_roles_exchanged),
    tolerance=SUMS,
    banned=CONVOLVERS_1D,
    difficulty=2,
    minutes=20,
    hints=(
        "Work out $(a*b)_2$ for the lecture's numbers on paper. Which three products do you add?",
        "For a given `t`, let `tau` run over the signal `a`. The partner of `a[tau]` is `b[t - tau]`, if "
        "there is one.",
        "“If there is one” means `0 <= t - tau < len(b)`. Python does not complain about a negative index, "
        "so you must ask yourself. Begin each sum with 0.",
    ),
    section=SECTION,
)
