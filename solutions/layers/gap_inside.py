"""How far a map is from moving along with the image, away from its borders (coverage row 3.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "layers.html#equivariance"


def gap_inside(before, after, shift, margin):
    gap = 0.0
    for c, i, j in np.ndindex(before.shape):
        places = [(i, i + shift[0], before.shape[1]), (j, j + shift[1], before.shape[2])]
        if all(margin <= place < size - margin for *both, size in places for place in both):
            gap = max(gap, abs(after[c, places[0][1], places[1][1]] - before[c, i, j]))
    return float(gap)


def borders_compared(before, after, shift, margin):
    (dy, dx), (_, H, W) = shift, before.shape
    old = before[:, max(0, -dy) : H - max(0, dy), max(0, -dx) : W - max(0, dx)]
    new = after[:, max(0, dy) : H + min(0, dy), max(0, dx) : W + min(0, dx)]
    return float(np.abs(new - old).max())


def carried_round_the_edge(before, after, shift, margin):
    _, H, W = before.shape
    moved = np.roll(before, shift, axis=(1, 2))
    return float(np.abs(after - moved)[:, margin : H - margin, margin : W - margin].max())


def only_where_it_went_to(before, after, shift, margin):
    (dy, dx), (_, H, W) = shift, before.shape
    gap = 0.0
    for i in range(max(margin, dy), min(H - margin, H + dy)):
        for j in range(max(margin, dx), min(W - margin, W + dx)):
            gap = max(gap, np.abs(after[:, i, j] - before[:, i - dy, j - dx]).max())
    return float(gap)


def moved_the_other_way(before, after, shift, margin):
    (dy, dx), (_, H, W) = shift, before.shape
    rows = [i for i in range(margin, H - margin) if margin <= i - dy < H - margin]
    columns = [j for j in range(margin, W - margin) if margin <= j - dx < W - margin]
    gap = 0.0
    for i in rows:
        for j in columns:
            gap = max(gap, np.abs(after[:, i - dy, j - dx] - before[:, i, j]).max())
    return float(gap)


def axes_exchanged(before, after, shift, margin):
    (dx, dy), (_, H, W) = shift, before.shape
    rows = [i for i in range(margin, H - margin) if margin <= i + dy < H - margin]
    columns = [j for j in range(margin, W - margin) if margin <= j + dx < W - margin]
    gap = 0.0
    for i in rows:
        for j in columns:
            gap = max(gap, np.abs(after[:, i + dy, j + dx] - before[:, i, j]).max())
    return float(gap)


def not_moved_at_all(before, after, shift, margin):
    _, H, W = before.shape
    return float(np.abs(after - before)[:, margin : H - margin, margin : W - margin].max())


def minus_signs_win_nothing(before, after, shift, margin):
    (dy, dx), (_, H, W) = shift, before.shape
    gap = -np.inf
    for i in range(margin, H - margin):
        for j in range(margin, W - margin):
            if margin <= i + dy < H - margin and margin <= j + dx < W - margin:
                gap = max(gap, (after[:, i + dy, j + dx] - before[:, i, j]).max())
    return float(gap)


def averaged(before, after, shift, margin):
    (dy, dx), (_, H, W) = shift, before.shape
    gaps = []
    for i in range(margin, H - margin):
        for j in range(margin, W - margin):
            if margin <= i + dy < H - margin and margin <= j + dx < W - margin:
                gaps.append(np.abs(after[:, i + dy, j + dx] - before[:, i, j]))
    return float(np.mean(gaps))


def two_pieces_cut_out(before, after, shift, margin):
    cuts = [], []
    for size, d in zip(before.shape[1:], shift, strict=True):
        first, last = margin + max(0, -d), size - margin - max(0, d)
        cuts[0].append(slice(first, last))
        cuts[1].append(slice(first + d, last + d))
    old, new = before[:, cuts[0][0], cuts[0][1]], after[:, cuts[1][0], cuts[1][1]]
    return np.max(np.abs(new - old))


def what_does_not_count_is_blanked(before, after, shift, margin):
    maps = []
    for one in (before, after):
        known = np.full(one.shape, np.nan)
        inner = (slice(None), slice(margin, one.shape[1] - margin), slice(margin, one.shape[2] - margin))
        known[inner] = one[inner]
        maps.append(np.pad(known, ((0, 0), (9, 9), (9, 9)), constant_values=np.nan))
    moved = np.roll(maps[0], shift, axis=(1, 2))
    return float(np.nanmax(np.abs(maps[1] - moved)))


def hidden(rng):
    def case(group, C, size, shift, margin, noise):
        before = rng.normal(size=(C, *size))
        after = rng.normal(size=before.shape) * 9
        for c, i, j in np.ndindex(before.shape):
            a, b = i + shift[0], j + shift[1]
            if margin <= a < size[0] - margin and margin <= b < size[1] - margin:
                after[c, a, b] = before[c, i, j] - rng.random() * noise
        return Case(group, f"shift {shift}, margin {margin}", (before, after, shift, margin))

    yield case("whole", 1, (4, 6), (1, 2), 0, 1.0)
    yield case("whole", 2, (5, 4), (2, 0), 0, 0.5)
    for shift in ((1, 2), (0, 3), (2, 1)):
        yield case("margin", 2, (8, 10), shift, 1, 1.0)
        yield case("margin", 3, (9, 10), shift, 2, 0.1)
    for shift in ((-1, -2), (2, -1), (-2, 0), (-1, 3)):
        yield case("back", 2, (8, 9), shift, 1, 1.0)
    yield case("margin", 1, (7, 8), (1, 1), 2, 0.0)


EXERCISE = Exercise(
    name="gap_inside",
    title="How far from equivariant?",
    task=(
        "If an image moves, a layer's maps should move along. At their border they cannot: there the layer "
        "sees padding, or things that were not in the image before. So whoever measures has to leave the "
        "border out.\n\n"
        "Write `gap_inside(before, after, shift, margin)`. `before` are the maps that a layer made of an "
        "image and `after` those it made of the moved image, both of shape `(C, H, W)`; `shift = (dy, dx)` "
        "says by how many pixels the maps should have moved down and to the right; negative numbers mean up "
        "and to the left. What stands in `before` at `[c, i, j]` should now stand in `after` at `[c, i + dy, "
        "j + dx]`. Compare the two wherever **both** places are at least `margin` pixels away from every "
        "edge, which means that rows and columns below `margin` are left out, and as many at the other end. "
        "Return the largest absolute difference, as a number. There is always something to compare."
    ),
    reference=gap_inside,
    groups=(
        Group("whole", 3, "No margin"),
        Group("margin", 4, "A margin"),
        Group("back", 3, "Moves up and to the left"),
    ),
    public=(
        Case(
            "whole",
            "one down, and something changed",
            (
                np.array([[[1.0, 2], [3, 4], [5, 6]]]),
                np.array([[[9.0, 20], [1, 2], [3.5, 1]]]),
                (1, 0),
                0,
            ),
        ),
        Case(
            "margin",
            "two to the right, in a single row of three",
            (
                np.array([[[7.0] * 7, [7, 1, 2, 3, 5, 8, 7], [7] * 7]]),
                np.array([[[0.0] * 7, [4, 7, 7, 1, 2.5, 2, 9], [0] * 7]]),
                (0, 2),
                1,
            ),
        ),
        Case(
            "back",
            "one up and one to the left",
            (
                np.array([[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]),
                np.array([[[5.0, 6.25, 0], [8, 9, 0], [0, 0, 0]]]),
                (-1, -1),
                0,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            borders_compared,
            "You compared the borders too, where a layer sees padding and cannot know better. Leave out "
            "whatever is nearer than the margin to an edge before you compare.",
            SECTION,
        ),
        Mistake(
            carried_round_the_edge,
            "You moved the map with np.roll, and what left at one edge came in at the other. The image did "
            "not do that: only places that exist both before and after can be compared.",
            "layers.html#padding-modes",
        ),
        Mistake(
            only_where_it_went_to,
            "You kept the margin in the second map only. A value that stood at the border of the first map "
            "is spoilt, wherever it has moved since: both places must be inside.",
            SECTION,
        ),
        Mistake(
            moved_the_other_way,
            "You looked in the wrong direction. What moves down by dy stands dy rows further down "
            "afterwards: its row in `after` is i + dy.",
            SECTION,
        ),
        Mistake(
            axes_exchanged,
            "You took the shift for (dx, dy). The first number counts rows, downwards; the second one "
            "columns, to the right.",
            SECTION,
        ),
        Mistake(
            not_moved_at_all,
            "You compared the same places of both maps. That asks whether the output stayed as it was, "
            "which is invariance; here it should have moved along.",
            SECTION,
        ),
        Mistake(
            minus_signs_win_nothing,
            "You took the largest difference with its sign, so a value that fell by much counted less than "
            "one that rose a little. Take absolute values first.",
            SECTION,
        ),
        Mistake(
            averaged,
            "You averaged the differences. A gap that is large in one place vanishes among many small ones; "
            "the largest is asked for.",
            SECTION,
        ),
    ),
    variants=(two_pieces_cut_out, what_does_not_count_is_blanked),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "Take one row: the map was `1 2 3 5 8`, and the image moved by two. Which of the five can be found "
        "again, and where?",
        "A row `i` counts if `margin <= i < H - margin` and also `margin <= i + dy < H - margin`; the same "
        "for columns with `dx`.",
        "Loops over the rows and columns that count are enough: keep the largest of "
        "`np.abs(after[:, i + dy, j + dx] - before[:, i, j]).max()`.",
    ),
    section=SECTION,
)
