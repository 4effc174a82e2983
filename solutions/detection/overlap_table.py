"""Intersection over union of every box with every other, and what GIoU adds (coverage row 12.1)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "detection.html#iou"


def overlap_table(boxes, others):
    a, b = boxes[:, None], others[None]
    common = np.prod(
        np.maximum(0, np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])), 2
    )
    frame = np.prod(np.maximum(a[..., 2:], b[..., 2:]) - np.minimum(a[..., :2], b[..., :2]), 2)
    union = np.prod(a[..., 2:] - a[..., :2], 2) + np.prod(b[..., 2:] - b[..., :2], 2) - common
    return common / union, common / union - (frame - union) / frame


def negative_sides_multiplied(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - i
    return i / u, i / u - (h - u) / h


def common_part_counted_twice(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1)
    return i / u, i / u - (h - u) / h


def one_pixel_added(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2]) + 1
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2]) + 1
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2] + 1).prod(-1) + (q[..., 2:] - q[..., :2] + 1).prod(-1) - i
    return i / u, i / u - (h - u) / h


def divided_by_the_smaller(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    a, b = (p[..., 2:] - p[..., :2]).prod(-1), (q[..., 2:] - q[..., :2]).prod(-1)
    return i / np.minimum(a, b), i / np.minimum(a, b) - (h - (a + b - i)) / h


def table_turned(boxes, others):
    p, q = boxes[None], others[:, None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - i
    return i / u, i / u - (h - u) / h


def empty_part_over_the_union(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - i
    return i / u, i / u - (h - u) / u


def union_left_in_the_frame(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - i
    return i / u, i / u - (h - i) / h


def generalized_stops_at_zero(boxes, others):
    p, q = boxes[:, None], others[None]
    sides = np.minimum(p[..., 2:], q[..., 2:]) - np.maximum(p[..., :2], q[..., :2])
    hull = np.maximum(p[..., 2:], q[..., 2:]) - np.minimum(p[..., :2], q[..., :2])
    i, h = sides.clip(0).prod(-1), hull.prod(-1)
    u = (p[..., 2:] - p[..., :2]).prod(-1) + (q[..., 2:] - q[..., :2]).prod(-1) - i
    return i / u, np.maximum(i / u - (h - u) / h, 0)


def pair_by_pair(boxes, others):
    iou, giou = np.zeros((len(boxes), len(others))), np.zeros((len(boxes), len(others)))
    for i, (left, top, right, bottom) in enumerate(boxes):
        for j, (x1, y1, x2, y2) in enumerate(others):
            width = max(0.0, min(right, x2) - max(left, x1))
            height = max(0.0, min(bottom, y2) - max(top, y1))
            both = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - width * height
            around = (max(right, x2) - min(left, x1)) * (max(bottom, y2) - min(top, y1))
            iou[i, j] = width * height / both
            giou[i, j] = width * height / both - 1 + both / around
    return iou, giou


def by_side_lengths(boxes, others):
    sides, totals = [], []
    for axis in (0, 1):
        a, b = boxes[:, axis::2], others[:, axis::2]
        long = np.maximum.outer(a[:, 1], b[:, 1]) - np.minimum.outer(a[:, 0], b[:, 0])
        totals.append(long)
        sides.append(np.clip(np.add.outer(a[:, 1] - a[:, 0], b[:, 1] - b[:, 0]) - long, 0, None))
    shared = sides[0] * sides[1]
    size = [np.multiply(*(group[:, 2:] - group[:, :2]).T) for group in (boxes, others)]
    union = np.add.outer(*size) - shared
    return shared / union, shared / union + union / (totals[0] * totals[1]) - 1


def hidden(rng):
    def drawn(count):
        corner = rng.uniform(0, 6, (count, 2))
        return np.concatenate([corner, corner + rng.uniform(2, 6, (count, 2))], axis=1)

    def apart(count):
        return drawn(count) + rng.uniform(13, 30, (1, 1)) * np.array([1, 1, 1, 1])

    outer = drawn(3)
    inner = outer + np.array([0.4, 0.3, -0.5, -0.2])
    yield Case("over", "nested boxes", (outer, inner))
    yield Case("over", "boxes across each other", (drawn(4), drawn(3) + np.array([0, 1.0, 0, 1])))
    yield Case("over", "each with itself", (outer, outer[:2]))
    yield Case("apart", "far away along both axes", (drawn(2), apart(3)))
    yield Case("apart", "side by side", (drawn(3), drawn(2) + np.array([15.0, 0, 15, 0])))
    yield Case("many", "all kinds", (np.concatenate([drawn(6), apart(2)]), drawn(5)))
    yield Case("many", "no other box", (drawn(3), drawn(0)))


EXERCISE = Exercise(
    name="overlap_table",
    title="Every box with every other",
    task=(
        "A box is `(x1, y1, x2, y2)`: its left, upper, right and lower edge, in pixels; it is `x2 - x1` "
        "wide. Write `overlap_table(boxes, others)`, which returns two tables of shape "
        "$(B_1, B_2)$, one row for each of `boxes`, one column for each of `others`. The first holds the "
        "intersection over union (IoU). The second holds the generalised one (Rezatofighi et al., 2019), "
        "$\\text{IoU} - (|C| - |A \\cup B|)/|C|$, where $C$ is the smallest box around both: the larger "
        "the empty part of $C$ is, the lower it gets, so that even two boxes which share nothing can be "
        "told to come nearer. Every box has a positive area; there may be no boxes at all."
    ),
    reference=overlap_table,
    groups=(
        Group("over", 3, "Boxes that overlap"),
        Group("apart", 3, "Boxes that share nothing"),
        Group("many", 3, "Tables of many boxes, or of none"),
    ),
    public=(
        Case("over", "a quarter of it", (np.array([[0.0, 0, 1, 1]]), np.array([[0.0, 0, 2, 2]]))),
        Case("over", "across each other", (np.array([[0.0, 0, 4, 2]]), np.array([[2.0, 1, 5, 5]]))),
        Case("apart", "touching", (np.array([[0.0, 0, 2, 2]]), np.array([[2.0, 0, 3, 2]]))),
        Case("apart", "diagonal neighbours", (np.array([[0.0, 0, 2, 1]]), np.array([[3.0, 3, 5, 7]]))),
        Case(
            "many",
            "two boxes, three others",
            (
                np.array([[0.0, 0, 2, 2], [1, 0, 4, 2]]),
                np.array([[1.0, 1, 3, 3], [0, 0, 2, 2], [5, 5, 6, 7]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            negative_sides_multiplied,
            "Two boxes that lie apart along both axes overlap with you: the common width is negative, the "
            "common height, too, and their product is positive. Each side must stop at 0 before you "
            "multiply.",
            SECTION,
        ),
        Mistake(
            common_part_counted_twice,
            "Your union is the sum of the two areas. The common part lies in both boxes and is counted twice "
            "in it, so that even a box with itself gets one half only.",
            SECTION,
        ),
        Mistake(
            one_pixel_added,
            "Your widths and heights are one pixel too large: (0, 0, 1, 1) and (0, 0, 2, 2) give 4/9. That "
            "is the old convention of VOC, where x2 is the last pixel; here x2 is the edge behind it.",
            SECTION,
        ),
        Mistake(
            divided_by_the_smaller,
            "You divided by the area of the smaller box. Then any box inside a large one scores 1, however "
            "little of the large one it covers; the union punishes that.",
            SECTION,
        ),
        Mistake(
            table_turned,
            "Your tables lie on their side: rows belong to `boxes`, the first argument, and columns to "
            "`others`. With as many of the one as of the other you would not see it by the shape.",
            SECTION,
        ),
        Mistake(
            empty_part_over_the_union,
            "You divided the empty part of the frame by the union. It is a share of the frame, which keeps "
            "the generalised IoU above -1; yours falls without end as the boxes move apart.",
            SECTION,
        ),
        Mistake(
            union_left_in_the_frame,
            "From the frame you took away the intersection only. What remains empty is what *neither* box "
            "covers: the frame less the union. Two equal boxes must give 1.",
            SECTION,
        ),
        Mistake(
            generalized_stops_at_zero,
            "You cut the generalised IoU off at 0. Below zero lies all that it is good for: there it tells "
            "boxes that share nothing how far apart they are.",
            SECTION,
        ),
    ),
    variants=(pair_by_pair, by_side_lengths),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=1,
    minutes=20,
    hints=(
        "Draw two boxes and mark the left edge of what they share. Which of the two left edges is it? And "
        "which one belongs to the frame around both?",
        "The common part begins at the *larger* x1 and ends at the *smaller* x2. If it ends before it "
        "begins, its width is 0. The union is both areas less the common part.",
        "`boxes[:, None]` has shape (B1, 1, 4) and `others[None]` has (1, B2, 4); `np.minimum` and "
        "`np.maximum` of the two give tables. Sides are `np.maximum(0, end - begin)`.",
    ),
    section=SECTION,
)
