"""The inverse question: which kernel size, stride and padding lead from one size to another (row 4.1)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.sizing import output_size
from solutions.allowances import EXACT, LIBRARIES

SECTION = "sizing.html#output-size-inverse"


def which_layers(size, wanted, largest):
    return [
        (K, S, P)
        for K in range(1, largest + 1)
        for S in range(1, K + 1)
        for P in range(K // 2 + 1)
        if size + 2 * P >= K and output_size(size, K, S, P) == wanted
    ]


def only_what_comes_out_even(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K // 2 + 1):
                if size + 2 * P >= K and size + 2 * P - K == (wanted - 1) * S:
                    found.append((K, S, P))
    return found


def rounded_up(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K // 2 + 1):
                if size + 2 * P >= K and -(-(size + 2 * P - K) // S) + 1 == wanted:
                    found.append((K, S, P))
    return found


def padded_at_one_end(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K // 2 + 1):
                if size + P >= K and (size + P - K) // S + 1 == wanted:
                    found.append((K, S, P))
    return found


def steps_longer_than_the_window(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, largest + 1):
            for P in range(K // 2 + 1):
                if size + 2 * P >= K and (size + 2 * P - K) // S + 1 == wanted:
                    found.append((K, S, P))
    return found


def windows_in_nothing_but_padding(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K + 1):
                if size + 2 * P >= K and (size + 2 * P - K) // S + 1 == wanted:
                    found.append((K, S, P))
    return found


def only_the_usual_padding(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            P = (K - 1) // 2
            if size + 2 * P >= K and (size + 2 * P - K) // S + 1 == wanted:
                found.append((K, S, P))
    return found


def the_last_window_forgotten(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K // 2 + 1):
                if size + 2 * P >= K and (size + 2 * P - K) // S == wanted:
                    found.append((K, S, P))
    return found


def from_the_inequality(size, wanted, largest):
    found = []
    for K in range(1, largest + 1):
        for S in range(1, K + 1):
            for P in range(K // 2 + 1):
                room = size + 2 * P - K
                if (wanted - 1) * S <= room < wanted * S:
                    found.append([K, S, P])
    return found


def everything_tried_at_once(size, wanted, largest):
    K, S, P = np.indices((largest + 1, largest + 1, largest // 2 + 1)).reshape(3, -1)
    keep = (K >= 1) & (S >= 1) & (S <= K) & (2 * P <= K)
    K, S, P = K[keep], S[keep], P[keep]
    room = size + 2 * P - K
    right = (room >= 0) & (room // S + 1 == wanted)
    return list(zip(K[right], S[right], P[right], strict=True))


def hidden(rng):
    for _ in range(3):
        half = int(rng.integers(20, 200))
        yield Case("halve", "an even size", (2 * half, half, int(rng.integers(5, 9))))
        yield Case("halve", "an odd size", (2 * half + 1, half, int(rng.integers(5, 9))))
        size = int(rng.integers(9, 30))
        for wanted in (size, size - 2, size // 3):
            yield Case("any", "some size", (size, wanted, int(rng.integers(4, 8))))
    yield Case("any", "windows larger than the line", (3, 2, int(rng.integers(6, 9))))
    yield Case("none", "a size that nothing gives", (int(rng.integers(20, 30)), 60, 6))
    yield Case("none", "so few need longer steps", (int(rng.integers(40, 50)), 2, 5))


EXERCISE = Exercise(
    name="which_layers",
    title="Which K, S and P turn 224 into 112?",
    task=(
        "Many networks begin by halving the image: 224 pixels become 112. Which kernel size $K$, stride $S$ "
        "and padding $P$ can do that? Write `which_layers(size, wanted, largest)`, which returns **all** "
        "triples `(K, S, P)` that turn `size` pixels into `wanted`, as a list in ascending order: first by "
        "$K$, then by $S$, then by $P$.\n\n"
        "Only sensible layers count: $1 \\le K \\le$ `largest`; no pixel is jumped over, $1 \\le S \\le K$; "
        "at most half of a window may be padding, $0 \\le P \\le K/2$. Where the windows do not come out "
        "even, the rest is left out, as convolutions do it."
    ),
    reference=which_layers,
    groups=(
        Group("halve", 4, "Layers that halve"),
        Group("any", 4, "Any two sizes"),
        Group("none", 2, "Sizes that no layer gives"),
    ),
    public=(
        Case("halve", "seven pixels become three", (7, 3, 3)),
        Case("halve", "224 pixels become 112", (224, 112, 7)),
        Case("any", "five pixels stay five", (5, 5, 5)),
        Case("any", "ten pixels become four", (10, 4, 4)),
        Case("none", "five pixels cannot become nine", (5, 9, 3)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            only_what_comes_out_even,
            "You kept only the layers whose windows come out even. A convolution does not mind a rest: it "
            "leaves the last pixels out. ResNet's first layer, K = 7, S = 2, P = 3 on 224 pixels, is such a "
            "case.",
            "sizing.html#output-size",
        ),
        Mistake(
            rounded_up,
            "You rounded up: in some of your layers the last window hangs over the edge, and in some of "
            "those you left out it would. A convolution rounds down.",
            "sizing.html#output-size",
        ),
        Mistake(
            padded_at_one_end,
            "You added the padding at one end only. It counts twice: P pixels in front of the line and P "
            "behind it.",
            "sizing.html#output-size",
        ),
        Mistake(
            steps_longer_than_the_window,
            "Some of your layers take steps that are longer than their window, so that there are pixels no "
            "window ever sees. The task leaves those out: S is at most K.",
            SECTION,
        ),
        Mistake(
            windows_in_nothing_but_padding,
            "Some of your layers have so much padding that a window lies mostly, or wholly, in it and says "
            "nothing about the image. Here P is at most half of K, rounded down.",
            SECTION,
        ),
        Mistake(
            only_the_usual_padding,
            "You tried one padding for each kernel, the usual one. It is a good habit, but not a law: "
            "without padding, or with another amount, the same size can come out.",
            SECTION,
        ),
        Mistake(
            the_last_window_forgotten,
            "Your layers give one pixel more than was wanted: you counted the steps between the windows. "
            "Three windows are two steps apart; the first window stands there before any step is taken.",
            "sizing.html#output-size",
        ),
    ),
    variants=(from_the_inequality, everything_tried_at_once),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "There are not many sensible layers: with kernels up to 7, fewer than a hundred. A computer can "
        "try them all.",
        "Three loops, over `K`, `S` and `P`, in this order, give the list in the right order by themselves. "
        "`range(K // 2 + 1)` are the paddings.",
        "For each triple compute the output size, rounded down with `//`, and keep the triple where it is "
        "`wanted`. A window that is longer than the padded line gives no output at all.",
    ),
    section=SECTION,
)
