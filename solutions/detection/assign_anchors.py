"""Matching anchors with objects: two thresholds, and a rescue (coverage row 12.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES
from solutions.detection.misjudged import assignments

SECTION = "detection.html#matching"


def assign_anchors(iou, positive, negative):
    if not len(iou):
        return np.full(iou.shape[1], -1)
    best = iou.max(axis=0)
    answers = np.where(best >= positive, iou.argmax(axis=0), np.where(best < negative, -1, -2))
    left = iou.copy()
    while left.size and left.max() > 0:
        b, a = np.unravel_index(left.argmax(), left.shape)
        answers[a] = b
        left[b], left[:, a] = 0, 0
    return answers


def pair_after_pair(iou, positive, negative):
    num_objects, num_anchors = iou.shape
    result = []
    for a in range(num_anchors):
        column = list(iou[:, a])
        largest = max(column, default=0.0)
        known = column.index(largest) if column and largest >= positive else -2
        result.append(known if known >= 0 or largest >= negative else -1)
    waiting, free = set(range(num_objects)), set(range(num_anchors))
    while waiting and free:
        value, b, a = min((-iou[b, a], b, a) for b in waiting for a in free)
        if value == 0:
            break
        result[a] = b
        waiting.remove(b)
        free.remove(a)
    return np.array(result, dtype=int)


def in_one_sorted_list(iou, positive, negative):
    padded = np.vstack([np.zeros(iou.shape[1]), iou])
    winner = padded.argmax(axis=0)
    value = np.take_along_axis(padded, winner[None], axis=0)[0]
    result = np.select([value >= positive, value >= negative], [winner - 1, -2], -1)
    is_served, is_used = np.zeros(len(iou), bool), np.zeros(iou.shape[1], bool)
    for place in np.argsort(-iou, axis=None, kind="stable"):
        row, column = divmod(int(place), iou.shape[1])
        if not (is_served[row] or is_used[column]) and iou[row, column] > 0:
            result[column], is_served[row], is_used[column] = row, True, True
    return result


def hidden(rng):
    def case(group, label, table, positive=0.7, negative=0.3):
        """Move the anchors of a table about; what overlaps what remains."""
        table = np.array(table, dtype=float)
        return Case(group, label, (table[:, rng.permutation(table.shape[1])], positive, negative))

    def drawn(num_objects, num_anchors, top):
        table = rng.permutation(num_objects * num_anchors).reshape(num_objects, num_anchors) + 1
        return table * top / table.size

    yield case("thresholds", "one object", [[0.95, 0.7, 0.69, 0.3, 0.29, 0]])
    yield case(
        "thresholds", "two objects", [[0.9, 0.85, 0.75, 0.2, 0.1, 0.5], [0.1, 0.8, 0.77, 0.95, 0.3, 0.6]]
    )
    yield case("rescue", "many, none of which fits", drawn(3, 9, 0.45))
    yield case("rescue", "thresholds of SSD", drawn(4, 12, 0.6), 0.5, 0.5)
    yield case("rivals", "as they come", drawn(5, 8, 1))
    yield case("rivals", "more objects than anchors", drawn(5, 3, 0.9))
    yield case("rivals", "some touch nothing", drawn(4, 7, 1) * rng.permutation([1, 0, 1, 1])[:, None])
    yield case("rivals", "equal overlaps", rng.integers(0, 4, (4, 8)) / 4)
    yield case("rivals", "all overlaps equal", np.full((3, 6), 0.8))
    yield case("rescue", "no object", np.zeros((0, int(rng.integers(3, 9)))))


EXERCISE = Exercise(
    name="assign_anchors",
    title="Which anchor answers for which object?",
    task=(
        "Before a detector can be trained, every anchor must know what it should have said. "
        "Write `assign_anchors(iou, positive, negative)`. `iou` has shape $(B, A)$: the overlap of each "
        "object with each anchor. Return an array of $A$ whole numbers.\n\n"
        "*First* every anchor is asked for the object that it overlaps most (of equals the first). From "
        "`positive` on the anchor answers for it, and gets its number; below `negative` it is background, "
        "-1; in between it is ignored, -2. *Then* every object gets one anchor of its own, whatever that "
        "anchor was given before: of all pairs of an object and an anchor, the one with the largest overlap "
        "is served; then, of the objects and anchors that are left, again the pair with the largest overlap; "
        "until no pair that overlaps at all is left. (Of equal overlaps the first object counts, then the "
        "first anchor.) $B$ may be 0."
    ),
    reference=assign_anchors,
    groups=(
        Group("thresholds", 3, "Anchors between two thresholds"),
        Group("rescue", 3, "Objects that no anchor fits, and no objects"),
        Group("rivals", 4, "Objects that want the same anchor"),
    ),
    public=(
        Case(
            "thresholds",
            "two objects, seven anchors",
            (np.array([[0.9, 0.8, 0.5, 0.3, 0.1, 0.7, 0.2], [0.2, 0.75, 0.1, 0, 0.8, 0.1, 0]]), 0.7, 0.3),
        ),
        Case(
            "rescue",
            "an object that no anchor fits",
            (np.array([[0.8, 0.1, 0, 0.1], [0, 0.2, 0.45, 0.1]]), 0.7, 0.3),
        ),
        Case("rescue", "an object that touches nothing", (np.array([[0.8, 0, 0.1], [0, 0, 0]]), 0.7, 0.3)),
        Case("rivals", "two want the first anchor", (np.array([[0.6, 0.4, 0], [0.5, 0.2, 0.1]]), 0.7, 0.3)),
        Case("rivals", "the second wants it more", (np.array([[0.5, 0.4, 0], [0.6, 0.2, 0.1]]), 0.7, 0.3)),
        Case("rivals", "both anchors fit one object", (np.array([[0.9, 0.85], [0.75, 0.1]]), 0.7, 0.3)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            assignments.nobody_is_rescued,
            "You assign by the thresholds alone. An object that no anchor fits well enough then has no "
            "positive anchor at all, and is never learnt: give it the best one that is free.",
            SECTION,
        ),
        Mistake(
            assignments.best_anchor_of_each_object_only,
            "You looked for the best anchor of each object, along the wrong axis of the table. First each"
            " *anchor* is asked for its best object: many anchors may answer for one.",
            SECTION,
        ),
        Mistake(
            assignments.later_object_overwrites,
            "Where two objects want the same anchor, the later one takes it from the earlier one, which "
            "is left with nothing. The larger overlap comes first, and the other takes its next best.",
            SECTION,
        ),
        Mistake(
            assignments.first_come_first_served,
            "You serve the objects in the order of the table. The order of an annotation file means "
            "nothing: of all pairs, the one that overlaps most is served first.",
            SECTION,
        ),
        Mistake(
            assignments.loser_gets_nothing,
            "An object whose best anchor is taken gets none with you. It takes the best one that is still"
            " free: every object that overlaps a free anchor must be learnt.",
            SECTION,
        ),
        Mistake(
            assignments.thresholds_the_other_side,
            "Your thresholds fall on the other side: an overlap that equals `positive` is positive, and "
            "one that equals `negative` is ignored, not negative.",
            SECTION,
        ),
        Mistake(
            assignments.nothing_is_ignored,
            "Anchors between the two thresholds are background with you. Half an object is not "
            "background: neither answer would be fair, so such anchors are ignored, -2.",
            SECTION,
        ),
        Mistake(
            assignments.last_object_above_the_threshold,
            "An anchor that fits several objects goes to the last of them with you. It goes to the one "
            "that it overlaps most.",
            SECTION,
        ),
        Mistake(
            assignments.last_of_equals,
            "Of equal overlaps you serve the last object and the last anchor. The first ones count: the "
            "first object, then the first anchor, as `argmax` finds them.",
            SECTION,
        ),
        Mistake(
            assignments.objects_without_overlap_rescued,
            "You also rescued an object that touches no anchor. `argmax` of a row of zeros is some "
            "anchor, but one that sees nothing of the object: it has nothing to learn from.",
            SECTION,
        ),
        Mistake(
            assignments.rescued_only_where_free,
            "An object that comes to the rescue must get its anchor even where the thresholds had given "
            "it to another object. With you, the first answer stays, and the object goes without.",
            SECTION,
        ),
    ),
    variants=(pair_after_pair, in_one_sorted_list),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "The two steps ask in two directions. The first goes down the columns of the table: one answer for "
        "each anchor. The second goes through pairs and ends with one anchor for each object.",
        "For the first step `iou.max(axis=0)` and `iou.argmax(axis=0)` are all you need; without objects "
        "they fail, so treat that case first. For the second, look for the largest number of the whole "
        "table.",
        "Work on a copy of the table. As long as its largest number is above 0: its row is an object, its "
        "column an anchor; note the pair, then set the whole row and the whole column to 0. "
        "`np.unravel_index(left.argmax(), left.shape)` gives row and column.",
    ),
    section=SECTION,
)
