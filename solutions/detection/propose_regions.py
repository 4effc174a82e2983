"""Region proposals: from anchors, codes and scores to a few boxes (coverage row 12.10)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import proposals

SECTION = "detection.html#region-proposals"


def propose_regions(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    boxes = []
    for (x1, y1, x2, y2), (dx, dy, dw, dh) in zip(anchors, codes, strict=True):
        x, y = (x1 + x2) / 2 + dx * (x2 - x1), (y1 + y2) / 2 + dy * (y2 - y1)
        w, h = (x2 - x1) * np.exp(dw), (y2 - y1) * np.exp(dh)
        boxes.append([max(x - w / 2, 0), max(y - h / 2, 0)])
        boxes[-1] += [min(x + w / 2, image_shape[1]), min(y + h / 2, image_shape[0])]
    boxes = np.array(boxes).reshape(-1, 4)
    sides = boxes[:, 2:] - boxes[:, :2]
    large = [n for n in np.argsort(-scores, kind="stable") if sides[n].min() >= min_size]
    kept = []
    for n in large[:before]:
        low, high = np.maximum(boxes[kept, :2], boxes[n, :2]), np.minimum(boxes[kept, 2:], boxes[n, 2:])
        common = np.prod(np.maximum(high - low, 0), axis=1)
        union = sides[kept].prod(axis=1) + sides[n].prod() - common
        if len(kept) < after and np.all(common <= threshold * union):
            kept.append(n)
    return boxes[kept], scores[kept]


def filtered_step_by_step(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    size = anchors[:, 2:] - anchors[:, :2]
    edges = np.stack([-np.exp(codes[:, 2:]) / 2, np.exp(codes[:, 2:]) / 2], axis=1)
    edges = (edges + codes[:, None, :2] + 0.5) * size[:, None] + anchors[:, None, :2]  # (A, 2, xy)
    edges = np.minimum(np.maximum(edges, 0), image_shape[::-1])
    is_large = np.min(edges[:, 1] - edges[:, 0], axis=1) >= min_size
    edges, scores = edges[is_large], scores[is_large]
    order = np.lexsort((np.arange(len(scores)), -scores))[:before]
    edges, scores = edges[order], scores[order]
    winners = np.zeros(0, dtype=int)
    is_left = np.ones(len(scores), dtype=bool)
    while is_left.any() and len(winners) < after:
        best = int(is_left.argmax())
        winners = np.append(winners, best)
        shared = np.minimum(edges[:, 1], edges[best, 1]) - np.maximum(edges[:, 0], edges[best, 0])
        shared = np.where((shared > 0).all(axis=1), shared.prod(axis=1), 0)
        areas = (edges[:, 1] - edges[:, 0]).prod(axis=1)
        is_left &= shared / (areas + areas[best] - shared) <= threshold
        is_left[best] = False
    return edges[winners].reshape(-1, 4), scores[winners]


def hidden(rng):
    def drawn(count, image_shape, reach=0.0):
        height, width = image_shape
        middle = rng.uniform(-reach, 1 + reach, (count, 2)) * (width, height)
        middle = middle.clip(1, np.array([width, height]) - 1)
        half = rng.uniform(4, 12, (count, 2))
        return np.hstack([middle - half, middle + half])

    def case(group, label, count, image_shape, min_size, before, after, reach=0.0, spread=0.2):
        codes = rng.normal(0, spread, (count, 4)) * ([0.2, 0.2, 1, 1] if reach else 1)
        scores = rng.permutation(count) / count
        anchors = drawn(count, image_shape, reach)
        return Case(group, label, (anchors, codes, scores, image_shape, min_size, before, after, 0.4))

    yield case("decode", "a few", 6, (50, 70), 1.0, 20, 4)
    yield case("decode", "coarse codes", 8, (60, 40), 1.0, 20, 20, spread=0.5)
    yield case("small", "many at the border", 20, (60, 90), 6.0, 30, 30, 0.2)
    yield case("small", "all but a few are small", 12, (50, 40), 15.0, 20, 9)
    yield case("order", "many", 60, (40, 60), 5.0, 20, 8, 0.1)
    yield case("order", "more than there are", 15, (60, 30), 5.0, 100, 100, 0.3)
    yield case("order", "none is left", 5, (40, 40), float(rng.integers(50, 90)), 10, 10)


STILL = np.zeros((4, 4))


EXERCISE = Exercise(
    name="propose_regions",
    title="From anchors to proposals",
    task=(
        "The first stage of Faster R-CNN (Ren et al., 2015) says for every anchor how much it looks like an "
        "object, and how it should be moved and stretched. Write `propose_regions(anchors, codes, scores, "
        "image_shape, min_size, before, after, threshold)`, which makes proposals of that, in this order:\n\n"
        "1. decode the codes $(t_x, t_y, t_w, t_h)$, as in `code_boxes`, without deviations;\n"
        "2. clip all boxes to the image, `image_shape` being `(height, width)`;\n"
        "3. drop those whose width or height is now less than `min_size`;\n"
        "4. of the others keep the `before` best by score;\n"
        "5. suppress those that overlap a better one by more than `threshold`;\n"
        "6. keep the `after` best of what is left.\n\n"
        "Return the boxes, shape $(K, 4)$, and their scores, best first. No two scores are equal."
    ),
    reference=propose_regions,
    groups=(
        Group("decode", 3, "Decoded boxes, best first"),
        Group("small", 3, "Clipped and small boxes"),
        Group("order", 4, "The order of the steps"),
    ),
    public=(
        Case(
            "decode",
            "three apart, two wanted",
            (
                np.array([[0.0, 0, 8, 8], [20, 0, 28, 8], [0, 20, 8, 28]]),
                np.array([[0.5, 0.25, 0, 0], [0, 0, 0.5, -0.5], [0, 0.25, 0, 0.25]]),
                np.array([0.5, 0.75, 0.25]),
                (40, 40),
                1.0,
                10,
                2,
                0.5,
            ),
        ),
        Case(
            "small",
            "two across the border",
            (
                np.array([[-4.0, 4, 8, 16], [30, -4, 50, 12]]),
                STILL[:2],
                np.array([0.75, 0.5]),
                (20, 40),
                4.0,
                10,
                10,
                0.5,
            ),
        ),
        Case(
            "small",
            "two strips, a small one, a large one",
            (
                np.array([[-9.0, 0, 3, 9], [10, 10, 30, 13], [30, 0, 35, 3], [10, 20, 14, 30]]),
                STILL,
                np.array([0.75, 0.5, 0.375, 0.25]),
                (40, 40),
                4.0,
                10,
                10,
                0.5,
            ),
        ),
        Case(
            "order",
            "the same inside the image",
            (
                np.array([[-20.0, 0, 10, 10], [0, 0, 10, 10]]),
                STILL[:2],
                np.array([0.5, 0.75]),
                (40, 40),
                4.0,
                9,
                9,
                0.5,
            ),
        ),
        Case(
            "order",
            "the best two are doubles",
            (
                np.array([[0.0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]]),
                STILL[:3],
                np.array([0.75, 0.5, 0.25]),
                (40, 40),
                4.0,
                2,
                9,
                0.5,
            ),
        ),
        Case(
            "order",
            "the best one is small",
            (
                np.array([[0.0, 0, 3, 3], [10, 0, 20, 10], [20, 20, 30, 30], [0, 20, 9, 29]]),
                STILL,
                np.array([0.75, 0.5, 0.25, 0.125]),
                (40, 40),
                4.0,
                2,
                9,
                0.5,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            proposals.never_clipped,
            "Your proposals reach beyond the image. There are no features out there; every box is cut off"
            " at the border before anything else is asked of it.",
            SECTION,
        ),
        Mistake(
            proposals.clipped_at_the_other_side,
            "You cut x off at the height of the image and y at its width. `image_shape` is (height, "
            "width), a box gives x first.",
            SECTION,
        ),
        Mistake(
            proposals.suppressed_before_clipping,
            "You suppressed before you clipped. Two boxes that differ only outside the image look "
            "different then, and both are kept, as one and the same proposal.",
            SECTION,
        ),
        Mistake(
            proposals.best_cut_after_suppression,
            "You kept the best `before` only after the suppression. The cut comes first: it is there so "
            "that the suppression has two thousand boxes to compare, not a hundred thousand.",
            SECTION,
        ),
        Mistake(
            proposals.best_cut_before_the_small_go,
            "You took the best `before` while the small boxes were still among them. They go first; with "
            "you, each of them takes the place of a proposal.",
            SECTION,
        ),
        Mistake(
            proposals.size_by_area,
            "You judged the size by the area. Both sides must reach `min_size`: a box of forty times two "
            "pixels covers enough of them, and shows nothing.",
            SECTION,
        ),
        Mistake(
            proposals.size_itself_is_too_small,
            "You dropped a box of which one side is exactly `min_size`. Only those go that have a side of "
            "less than that.",
            SECTION,
        ),
        Mistake(
            proposals.one_long_side_is_enough,
            "A box with one long side passes as large enough with you. Both its width and its height must"
            " reach `min_size`.",
            SECTION,
        ),
        Mistake(
            proposals.size_before_clipping,
            "You measured the boxes before they were clipped. What counts is what is left of them in the "
            "image: of a large box it may be a strip.",
            SECTION,
        ),
        Mistake(
            proposals.worst_first,
            "You began with the lowest score: `argsort` sorts upwards. So the worst proposals are kept, "
            "and they suppress the best ones.",
            SECTION,
        ),
        Mistake(
            proposals.all_that_survive,
            "You return all proposals that survive the suppression. At most `after` are asked for, the "
            "best ones: every one of them costs a pass through the second stage.",
            SECTION,
        ),
        Mistake(
            proposals.sizes_not_exponential,
            "You decoded the sizes as 1 + t. The code of a size is a logarithm, so the way back is the "
            "exponential function: no code makes a box vanish or turn inside out.",
            SECTION,
        ),
    ),
    variants=(filtered_step_by_step,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "You have written nearly all of it: `code_boxes` decodes, `suppress_doubles` suppresses. What "
        "remains is to put the steps in order, and to carry the scores along.",
        "`np.clip(boxes, 0, [width, height, width, height])` clips. After that a boolean array says which "
        "boxes stay; index boxes *and* scores with it. Give `suppress_doubles` labels that are all 0.",
        "`order = np.argsort(-scores)[:before]`, then `boxes, scores = boxes[order], scores[order]`, then "
        "`kept = suppress_doubles(boxes, scores, np.zeros(len(scores), dtype=int), threshold)[:after]`.",
    ),
    section=SECTION,
)
