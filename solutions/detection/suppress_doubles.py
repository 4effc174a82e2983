"""Non-maximum suppression, class by class, with ties and chains (coverage row 12.6)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES
from solutions.detection.misjudged import suppressions

SECTION = "detection.html#nms"


def suppress_doubles(boxes, scores, labels, threshold):
    order, kept = np.argsort(-scores, kind="stable"), []
    sizes = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for i in order:
        rivals = [j for j in kept if labels[j] == labels[i]]
        sides = np.minimum(boxes[rivals, 2:], boxes[i, 2:]) - np.maximum(boxes[rivals, :2], boxes[i, :2])
        common = np.prod(np.maximum(sides, 0), axis=1)
        if not np.any(common / (sizes[rivals] + sizes[i] - common) > threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


def round_after_round(boxes, scores, labels, threshold):
    left = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    kept = []
    while left:
        winner, *left = left
        kept.append(winner)
        x1, y1, x2, y2 = boxes[winner]

        def survives(i, x1=x1, y1=y1, x2=x2, y2=y2, winner=winner):
            width = min(x2, boxes[i][2]) - max(x1, boxes[i][0])
            height = min(y2, boxes[i][3]) - max(y1, boxes[i][1])
            if labels[i] != labels[winner] or width <= 0 or height <= 0:
                return True
            size = (boxes[i][2] - boxes[i][0]) * (boxes[i][3] - boxes[i][1])
            return width * height / (size + (x2 - x1) * (y2 - y1) - width * height) <= threshold

        left = [i for i in left if survives(i)]
    return np.array(kept, dtype=np.int64)


def classes_moved_apart(boxes, scores, labels, threshold):
    far = (np.max(boxes, initial=0) - np.min(boxes, initial=0) + 1) * labels[:, None]
    moved = boxes + far
    alive, kept = np.ones(len(scores), dtype=bool), []
    for i in np.lexsort((np.arange(len(scores)), -scores)):
        if alive[i]:
            kept.append(i)
            w, h = (np.minimum(moved[i, 2:], moved[:, 2:]) - np.maximum(moved[i, :2], moved[:, :2])).T
            both = np.where((w > 0) & (h > 0), w * h, 0)
            sizes = (moved[:, 2] - moved[:, 0]) * (moved[:, 3] - moved[:, 1])
            alive &= ~(both / (sizes + sizes[i] - both) > threshold)
    return np.array(kept, dtype=int)


def hidden(rng):
    def case(group, label, boxes, scores, labels, threshold):
        """Show boxes in an order that is drawn, scores in steps that binary fractions hold."""
        order = rng.permutation(len(boxes))
        boxes = np.array(boxes, dtype=float).reshape(-1, 4) + np.tile(rng.integers(0, 50, 2), 2)
        scores = np.array(scores, dtype=float) * rng.choice([0.25, 0.125, 0.0625])
        labels = np.array(labels, dtype=int) + int(rng.integers(0, 4))
        return Case(group, label, (boxes[order], scores[order], labels[order], threshold))

    chain = [[0, 0, 10, 4], [4, 0, 14, 4], [8, 0, 18, 4], [12, 0, 22, 4], [30, 0, 34, 4]]
    yield case("one", "a chain", chain, [7, 6, 5, 4, 1], [0] * 5, 0.25)
    yield case("one", "a chain, its middle first", chain, [4, 6, 7, 5, 2], [0] * 5, 0.25)
    yield case(
        "one", "just at the threshold", [[0, 0, 4, 4], [0, 0, 4, 2], [0, 0, 2, 4]], [3, 2, 1], [0] * 3, 0.5
    )
    corner = rng.integers(0, 12, (12, 2))
    crowd = np.concatenate([corner, corner + rng.integers(5, 12, (12, 2))], axis=1)
    yield case("one", "a crowd", crowd, rng.permutation(12) + 1, [0] * 12, 0.3)
    yield case("classes", "a crowd of three kinds", crowd, rng.permutation(12) + 1, [0, 1, 2] * 4, 0.15)
    yield case("classes", "two at one place", chain[:2] + chain[:2], [7, 6, 5, 4], [0, 0, 1, 1], 0.25)
    yield case("ties", "equal scores", [[0, 0, 8, 4], [1, 0, 9, 4], [2, 0, 10, 4]], [3, 3, 3], [0] * 3, 0.25)
    yield case("ties", "a row of equals", chain, [2] * 5, [0] * 5, 0.25)
    yield case("ties", "no box", [], [], [], float(rng.choice([0.25, 0.5])))


CHAIN = np.array([[0.0, 0, 10, 4], [4, 0, 14, 4], [8, 0, 18, 4]])


EXERCISE = Exercise(
    name="suppress_doubles",
    title="Who suppresses whom",
    task=(
        "A detector finds the same object many times. Write `suppress_doubles(boxes, scores, labels, "
        "threshold)`, the greedy non-maximum suppression that keeps the best of each heap: take the box of "
        "the highest score and drop all boxes *of its class* whose intersection over union with it is "
        "larger than `threshold`; of those that are left take the best one; and so on.\n\n"
        "Return the numbers of the boxes that are kept, in the order in which they were taken, all "
        "classes in one ranking. Of two equal scores the box that comes first in the array is better. "
        "`boxes` has shape $(B, 4)$, each `(x1, y1, x2, y2)` with a positive area; $B$ may be 0."
    ),
    reference=suppress_doubles,
    groups=(
        Group("one", 4, "Boxes of one class"),
        Group("classes", 3, "Boxes of several classes"),
        Group("ties", 3, "Equal scores, and no boxes"),
    ),
    public=(
        Case("one", "a chain of three", (CHAIN, np.array([0.75, 0.5, 0.25]), np.array([1, 1, 1]), 0.25)),
        Case(
            "one",
            "two separate heaps",
            (
                np.array([[0.0, 0, 8, 4], [20, 0, 28, 4], [1, 0, 9, 4], [21, 0, 29, 4], [30, 0, 34, 4]]),
                np.array([0.25, 0.75, 0.875, 0.5, 0.125]),
                np.array([2, 2, 2, 2, 2]),
                0.5,
            ),
        ),
        Case(
            "one",
            "exactly at the threshold",
            (np.array([[0.0, 0, 4, 4], [0, 0, 4, 2]]), np.array([0.5, 0.25]), np.array([0, 0]), 0.5),
        ),
        Case(
            "classes",
            "a horse below its rider",
            (
                np.array([[0.0, 0, 10, 4], [1, 0, 11, 4], [0, 1, 10, 4]]),
                np.array([0.25, 0.75, 0.5]),
                np.array([0, 1, 1]),
                0.5,
            ),
        ),
        Case(
            "classes",
            "three boxes, two classes",
            (CHAIN * 3, np.array([0.75, 0.5, 0.875]), np.array([1, 0, 1]), 0.1),
        ),
        Case(
            "ties",
            "two equal scores",
            (np.array([[0.0, 0, 8, 4], [1, 0, 9, 4]]), np.array([0.5, 0.5]), np.array([0, 0]), 0.5),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            suppressions.the_suppressed_suppress,
            "With you a box that has been dropped still drops others. In the chain A, B, C the best one, A, "
            "removes B; nothing that is left overlaps C, so C stays.",
            SECTION,
        ),
        Mistake(
            suppressions.lowest_score_first,
            "You began with the lowest score: `argsort` sorts upwards. So the worst box of each heap "
            "survived and the best ones were dropped.",
            SECTION,
        ),
        Mistake(
            suppressions.all_classes_together,
            "You let boxes of one class drop boxes of another. A rider and a horse share most of their "
            "pixels, and both are there: each class is suppressed by itself.",
            SECTION,
        ),
        Mistake(
            suppressions.boxes_for_numbers,
            "You returned the boxes themselves. Return their numbers: with these the caller can pick out "
            "scores, labels and masks as well.",
            SECTION,
        ),
        Mistake(
            suppressions.in_the_order_given,
            "You kept the right boxes, but list them by their place in the array. They come in the order in "
            "which they were taken: highest score first.",
            SECTION,
        ),
        Mistake(
            suppressions.class_after_class,
            "You list the boxes class by class. Suppression goes class by class, the ranking does not: what "
            "follows cuts the list after the best hundred, whatever they are.",
            SECTION,
        ),
        Mistake(
            suppressions.threshold_itself_is_too_much,
            "You dropped a box whose overlap is exactly the threshold. Only a *larger* one is too much; that "
            "is the convention here, as in torchvision.",
            SECTION,
        ),
        Mistake(
            suppressions.later_one_wins_a_tie,
            "Of two equal scores you took the later box. Reversing a sorted list reverses the equal ones, "
            'too; sort the negative scores with `kind="stable"` instead.',
            SECTION,
        ),
        Mistake(
            suppressions.only_the_best_one_suppresses,
            "Only the best box of each class suppresses anything with you. Each box that is kept does: an "
            "image may show two horses, and each has its heap.",
            SECTION,
        ),
    ),
    variants=(round_after_round, classes_moved_apart),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "You need a list of the boxes that are kept, and the boxes in order of falling score. For each box "
        "in turn there is one question only. Which?",
        "A box is kept if no box *that was kept before it*, of the same class, overlaps it too much. Boxes "
        "that were dropped are asked nothing any more.",
        '`order = np.argsort(-scores, kind="stable")`; then, for `i` in `order`, compute the IoU with each '
        "`j` in `kept` for which `labels[j] == labels[i]`, and append `i` if none is larger than the "
        "threshold. At the end `np.array(kept, dtype=int)`.",
    ),
    section=SECTION,
)
