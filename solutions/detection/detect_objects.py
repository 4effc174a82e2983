"""A detector's last steps: from raw maps to boxes, labels and scores (coverage row 12.16)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import endings, pipelines

SECTION = "detection.html#pipeline"


def detect_objects(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    W, (height, width) = class_maps.shape[2], image_shape
    num_shapes = len(code_maps) // 4
    found = []
    for n, (x1, y1, x2, y2) in enumerate(anchors):
        place, shape = divmod(n, num_shapes)
        row, column = divmod(place, W)
        odds = np.exp(np.split(class_maps[:, row, column], num_shapes)[shape])
        dx, dy, dw, dh = code_maps[4 * shape : 4 * shape + 4, row, column]
        x, y = (x1 + x2) / 2 + dx * (x2 - x1), (y1 + y2) / 2 + dy * (y2 - y1)
        w, h = np.exp(dw) * (x2 - x1), np.exp(dh) * (y2 - y1)
        box = max(x - w / 2, 0), max(y - h / 2, 0), min(x + w / 2, width), min(y + h / 2, height)
        found += [(odd, label, box) for label, odd in enumerate(odds[1:] / odds.sum()) if odd > threshold]
    kept = []
    for score, label, (x1, y1, x2, y2) in sorted(found, reverse=True):
        for _, other, (a1, b1, a2, b2) in kept:
            common = max(0, min(x2, a2) - max(x1, a1)) * max(0, min(y2, b2) - max(y1, b1))
            union = (x2 - x1) * (y2 - y1) + (a2 - a1) * (b2 - b1) - common
            if other == label and common > overlap * union:
                break
        else:
            kept.append((score, label, (x1, y1, x2, y2)))
    scores, labels, boxes = zip(*kept[:top], strict=True) if kept else ((), (), ())
    return np.array(boxes).reshape(-1, 4), np.array(labels, dtype=int), np.array(scores, dtype=float)


def class_after_class(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    def by_anchor(maps):
        split = np.stack(np.split(maps, len(code_maps) // 4))  # (A, numbers, H, W)
        return np.moveaxis(split, (0, 1), (2, 3)).reshape(len(anchors), -1)

    logits, codes = by_anchor(class_maps), by_anchor(code_maps)
    probability = np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, None])
    extent = np.diff(anchors.reshape(-1, 2, 2), axis=1)[:, 0]
    low = anchors[:, :2] + extent * (0.5 + codes[:, :2] - np.exp(codes[:, 2:]) / 2)
    high = np.minimum(low + extent * np.exp(codes[:, 2:]), image_shape[::-1])
    low = np.maximum(low, 0)
    area, rows = (high - low).prod(axis=1), []
    for label in range(logits.shape[1] - 1):
        score = probability[:, label + 1]
        left = [n for n in np.argsort(-score, kind="stable") if score[n] > threshold]
        while left:
            best, *left = left
            rows.append((-score[best], label, best))
            sides = np.minimum(high[left], high[best]) - np.maximum(low[left], low[best])
            common = np.prod(np.maximum(sides, 0), axis=1)
            stays = common / (area[left] + area[best] - common) <= overlap
            left = [n for n, stay in zip(left, stays, strict=True) if stay]
    rows = sorted(rows)[:top]
    chosen = np.array([row[2] for row in rows], dtype=int)
    boxes = np.hstack([low[chosen], high[chosen]])
    return (
        boxes,
        np.array([row[1] for row in rows], dtype=int),
        -np.array([row[0] for row in rows], dtype=float),
    )


def hidden(rng):
    def case(group, label, shape, num_shapes, num_classes, image_shape, threshold, top, spread=0.3):
        """Draw what a network says; two of three anchors see background."""
        unit = np.array(image_shape[::-1]) / shape[::-1]
        centres = (np.indices(shape).reshape(2, -1).T[:, None, ::-1] + 0.5) * unit
        half = rng.uniform(0.4, 0.9, (1, num_shapes, 2)) * unit
        anchors = np.concatenate([centres - half, centres + half], axis=2).reshape(-1, 4)
        maps = rng.normal(0, 2, (num_shapes, 1 + num_classes, *shape))
        maps[:, 0] += 6 * (rng.random((num_shapes, *shape)) < 0.67)
        maps += rng.normal(0, 2, (num_shapes, 1, *shape))
        codes = rng.normal(0, spread, (num_shapes * 4, *shape)).clip(-0.25, 0.25)  # centres stay in the image
        return Case(
            group, label, (maps.reshape(-1, *shape), codes, anchors, image_shape, threshold, 0.4, top)
        )

    yield case("maps", "one shape, no overlaps", (3, 4), 1, 2, (48, 80), 0.5, 50, 0.05)
    yield case("maps", "two shapes, a high map", (5, 2), 2, 2, (90, 40), 0.4, 50, 0.1)
    yield case("maps", "three shapes, four classes", (2, 3), 3, 4, (40, 54), 0.3, 50)
    yield case("ranking", "a low threshold", (4, 5), 2, 3, (60, 70), 0.05, 100)
    yield case("ranking", "the best five", (4, 3), 3, 3, (60, 50), 0.1, 5)
    logits = np.array([0, 1, 0, 2]) + rng.uniform(-0.4, 0.4, 4)
    twins = np.array([[-20.0, 0, 10, 10], [0, 0, 10, 10]])
    said = logits.reshape(4, 1, 1), np.zeros((8, 1, 1)), twins
    yield Case("ranking", "the same inside the image", (*said, (20, 20), 0.3, 0.4, 5))
    yield case("ranking", "nothing is sure", (3, 3), 2, 2, (50, 50), 0.9999999, 5)


ROW = np.array([[0.0, 0, 8, 8], [-2, 0, 10, 8], [8, 0, 16, 8], [6, 0, 18, 8]])
"""Two places side by side, with two shapes each, in an image of 8 × 16 pixels."""


EXERCISE = Exercise(
    name="detect_objects",
    title="From maps to detections",
    task=(
        "The last layer of a one-stage detector gives maps. With $A$ anchor shapes at each of the $H \\times "
        "W$ places, `class_maps` has shape $(A(1 + C), H, W)$: first the $1 + C$ class outputs of the first "
        "shape, background first, then those of the second shape, and so on. `code_maps` has shape $(4A, H, "
        "W)$: $t_x, t_y, t_w, t_h$ of the first shape, then of the second. `anchors`, shape $(HWA, 4)$, lie "
        "as in `lay_anchors`: row after row, place after place, shape after shape.\n\n"
        "Write `detect_objects(class_maps, code_maps, anchors, image_shape, threshold, overlap, top)`. Bring "
        "the maps into the order of the anchors; turn the class outputs of each anchor into probabilities by "
        "a softmax; decode the codes (without deviations) and clip the boxes to the image. Each class of "
        "each anchor whose probability is larger than `threshold` is a detection. Class by class, suppress "
        "those that overlap a better one by more than `overlap`. Of what is left return the `top` best of "
        "all classes, the surest first: boxes $(D, 4)$, labels $(D,)$ counted from 0 without the background, "
        "and scores $(D,)$. No two scores are equal, and every clipped box has an area."
    ),
    reference=detect_objects,
    groups=(
        Group("maps", 5, "Maps brought into order"),
        Group("ranking", 5, "Detections of several classes, ranked"),
    ),
    public=(
        Case(
            "maps",
            "two places, two shapes",
            (
                np.array([[[1.0, 0]], [[0.5, 3]], [[-3, 1]], [[6, 0]], [[0, -2]], [[1, 4]]]),
                np.array(
                    [[[0.0, 0.25]], [[0, 0]], [[0, 0]], [[0, 0]], [[0, 0.5]], [[0, 0]], [[0, 0]], [[0, -0.5]]]
                ),
                ROW,
                (8, 16),
                0.3,
                0.9,
                10,
            ),
        ),
        Case(
            "maps",
            "two rows, one shape",
            (
                np.array([[[0.0, 5], [1, 6]], [[2, 0], [4, 0]]]),
                np.concatenate([np.zeros((2, 2, 2)), np.full((2, 2, 2), 0.125)]),
                np.array([[1.0, 1, 7, 7], [9, 1, 15, 7], [1, 9, 7, 15], [9, 9, 15, 15]]),
                (16, 16),
                0.1,
                0.5,
                10,
            ),
        ),
        Case(
            "ranking",
            "two shapes, two classes, one place",
            (
                np.array([[[0.0]], [[4]], [[0]], [[0]], [[0]], [[3]]]),
                np.zeros((8, 1, 1)),
                np.array([[2.0, 2, 6, 6], [2, 2, 6, 5]]),
                (8, 8),
                0.2,
                0.5,
                10,
            ),
        ),
        Case(
            "ranking",
            "two guesses of one anchor",
            (
                np.array([[[0.0]], [[2]], [[1.5]]]),
                np.zeros((4, 1, 1)),
                np.array([[2.0, 2, 6, 6]]),
                (8, 8),
                0.2,
                0.5,
                10,
            ),
        ),
        Case(
            "ranking",
            "doubles, and the best two",
            (
                np.array([[[0.0, 0, 0]], [[4, 3, 0]], [[0, 0, 2]]]),
                np.zeros((4, 1, 3)),
                np.array([[0.0, 0, 8, 8], [0, 0, 8, 7], [8, 0, 16, 8]]),
                (8, 16),
                0.3,
                0.5,
                2,
            ),
        ),
        Case(
            "ranking",
            "the second class is surer",
            (
                np.array([[[0.0, 0]], [[2, 0]], [[0, 3]]]),
                np.zeros((4, 1, 2)),
                np.array([[0.0, 0, 8, 8], [8, 0, 16, 8]]),
                (8, 16),
                0.3,
                0.5,
                9,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            pipelines.numbers_of_a_box_apart,
            "You read the maps as all first numbers, then all second ones. They come shape after shape: "
            "the maps of the first anchor shape are the first ones, all of them.",
            SECTION,
        ),
        Mistake(
            pipelines.maps_reshaped_only,
            "You reshaped the maps and moved no axis. Then the four numbers of a box come from four "
            "places of one map; the places must come first and the maps last.",
            SECTION,
        ),
        Mistake(
            pipelines.columns_before_rows,
            "You went through the maps column by column. The anchors lie row after row, so their outputs "
            "must be read in the same order.",
            SECTION,
        ),
        Mistake(
            pipelines.background_is_a_class,
            "You report the background as if it were an object. Output 0 is the background; it takes part"
            " in the softmax, and class 0 is output 1.",
            SECTION,
        ),
        Mistake(
            pipelines.background_not_asked,
            "You took the softmax over the classes without the background. Then every anchor must see "
            "something, and an empty part of the image gets sure detections.",
            SECTION,
        ),
        Mistake(
            pipelines.sigmoid_for_softmax,
            "You took a sigmoid of each output. These outputs were trained with a softmax: only their "
            "differences within an anchor mean something.",
            SECTION,
        ),
        Mistake(
            pipelines.classes_suppress_each_other,
            "A detection of one class suppresses those of another with you. Two objects of different "
            "classes may share a place: suppress class by class.",
            SECTION,
        ),
        Mistake(
            pipelines.one_class_per_anchor,
            "You keep only the best class of each anchor. Each class above the threshold is a detection "
            "of its own: the second guess may be the right one.",
            SECTION,
        ),
        Mistake(
            pipelines.not_cut_at_the_border,
            "Your boxes reach beyond the image, where no object was ever drawn. Cut them off at the "
            "border; an object at the edge would otherwise be missed by its overlap.",
            SECTION,
        ),
        Mistake(
            endings.suppressed_before_clipping,
            "You clipped after the suppression. Two boxes that differ only outside the image look different "
            "then, and both are kept, as one and the same detection.",
            SECTION,
        ),
        Mistake(
            endings.top_before_suppression,
            "You kept the `top` best before the suppression. Doubles then take the places of other "
            "objects: suppress first, and cut the list at the end.",
            SECTION,
        ),
        Mistake(
            endings.least_sure_first,
            "You list the least sure detection first. `argsort` sorts upwards; the surest one comes first.",
            SECTION,
        ),
        Mistake(
            endings.order_of_classes,
            "You list the detections class by class. They come in one ranking, the surest first, whatever"
            " their class is.",
            SECTION,
        ),
    ),
    variants=(class_after_class,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=40,
    hints=(
        "The order of the axes is what this is about. You want one row per anchor: which axes tell the "
        "anchors apart, in which order, and which one goes through the numbers of one anchor?",
        "`maps.reshape(A, -1, H, W)` takes shapes and numbers apart; `.transpose(2, 3, 0, 1)` brings them "
        "into the order row, column, shape, number; `.reshape(len(anchors), -1)` makes rows of them.",
        "`anchor, label = np.nonzero(probabilities[:, 1:] > threshold)` lists all detections; "
        "`boxes[anchor]` and `probabilities[anchor, label + 1]` belong to them. `suppress_doubles` returns "
        "what stays, best first.",
    ),
    section=SECTION,
)
