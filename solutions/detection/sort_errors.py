"""What kind of mistakes a detector makes, image by image (coverage row 12.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES
from solutions.detection.misjudged import verdicts

SECTION = "detection.html#average-precision"


def sort_errors(overlaps, labels, scores, object_labels):
    verdicts, claimed = {}, set()
    for d in sorted(range(len(labels)), key=lambda d: (-scores[d], d)):
        own = {b: iou for b, iou in enumerate(overlaps[d]) if object_labels[b] == labels[d]}
        others = [iou for b, iou in enumerate(overlaps[d]) if b not in own]
        free = {b: iou for b, iou in own.items() if b not in claimed and iou >= 0.5}
        if free:
            verdicts[d] = "right"
            claimed.add(max(free, key=free.get))
        elif max(own.values(), default=0) >= 0.5:
            verdicts[d] = "double"
        elif max(others, default=0) >= 0.5:
            verdicts[d] = "class"
        else:
            verdicts[d] = "place" if max(own.values(), default=0) >= 0.1 else "background"
    is_missed = np.array([b not in claimed for b in range(len(object_labels))], dtype=bool)
    return [verdicts[d] for d in range(len(labels))], is_missed


def with_tables(overlaps, labels, scores, object_labels):
    is_own = np.equal.outer(labels, object_labels)
    lies_on = overlaps >= 0.5
    near = (is_own & (overlaps >= 0.1)).any(axis=1)
    verdicts = np.where(near, "place", "background").astype(object)
    verdicts[(lies_on & ~is_own).any(axis=1)] = "class"
    verdicts[(lies_on & is_own).any(axis=1)] = "double"
    is_missed = np.ones(len(object_labels), dtype=bool)
    for d in np.lexsort((np.arange(len(scores)), -scores)):
        possible = np.flatnonzero(lies_on[d] & is_own[d] & is_missed)
        if possible.size:
            verdicts[d] = "right"
            is_missed[possible[overlaps[d, possible].argmax()]] = False
    return verdicts.tolist(), is_missed


def hidden(rng):
    def case(group, label, D, B, num_classes):
        overlaps = rng.choice([0, 0.05, 0.1, 0.3, 0.5, 0.6, 0.8], (D, B)) + rng.uniform(0, 0.04, (D, B))
        scores = rng.permutation(D) / 32
        return Case(
            group, label, (overlaps, rng.integers(0, num_classes, D), scores, rng.integers(0, num_classes, B))
        )

    yield case("one", "six detections", 6, 3, 1)
    yield case("one", "a crowd", 12, 4, 1)
    yield case("classes", "two classes", 12, 4, 2)
    yield case("classes", "four classes", 15, 5, 4)
    yield case("classes", "no object", int(rng.integers(2, 6)), 0, 3)
    yield case("classes", "no detection", 0, int(rng.integers(2, 6)), 3)


EXERCISE = Exercise(
    name="sort_errors",
    title="What kind of mistake?",
    task=(
        "A low average precision says that a detector is bad, not what it is bad at. Write `sort_errors("
        "overlaps, labels, scores, object_labels)`, for one image: `overlaps` has shape $(D, B)$, the IoU of "
        "each detection with each object; the other three hold the classes and scores of the $D$ detections "
        "and the classes of the $B$ objects. Both may be 0.\n\n"
        "Judge the detections by falling score; no two are equal. A detection *lies on* an object if their "
        "overlap is at least 0.5. The first of these that holds is its verdict:\n\n"
        '- `"right"`: it lies on an object of its class that no detection has claimed yet, and claims it '
        "(of several the one that it overlaps most);\n"
        '- `"double"`: it lies on an object of its class;\n'
        '- `"class"`: it lies on an object of another class;\n'
        '- `"place"`: it overlaps an object of its class by at least 0.1;\n'
        '- `"background"`: none of these.\n\n'
        "Return the verdicts, a list with one entry for each detection as they were given; and a boolean "
        "array that says which objects are missed: claimed by none."
    ),
    reference=sort_errors,
    groups=(
        Group("one", 4, "Objects of one class"),
        Group("classes", 4, "Several classes, and empty images"),
    ),
    public=(
        Case(
            "one",
            "right, double, near, nothing",
            (
                np.array([[0.7, 0], [0.5, 0.2], [0, 0.1], [0.05, 0]]),
                np.array([0, 0, 0, 0]),
                np.array([0.25, 0.75, 0.5, 0.125]),
                np.array([0, 0]),
            ),
        ),
        Case(
            "one",
            "two that stand close together",
            (np.array([[0.8, 0.1], [0.7, 0.6]]), np.array([2, 2]), np.array([0.75, 0.5]), np.array([2, 2])),
        ),
        Case(
            "classes",
            "a dog called a cat",
            (np.array([[0.8, 0], [0, 0.2]]), np.array([1, 0]), np.array([0.75, 0.5]), np.array([0, 1])),
        ),
        Case(
            "classes",
            "a cat before a dog",
            (
                np.array([[0.9, 0.6], [0.8, 0.7], [0.2, 0.6]]),
                np.array([0, 0, 0]),
                np.array([0.75, 0.5, 0.25]),
                np.array([0, 1]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            verdicts.as_they_come,
            "You judged the detections as they come. The surest one claims an object first; which of two "
            "is the double depends on their scores, not on their places in the list.",
            SECTION,
        ),
        Mistake(
            verdicts.in_the_order_of_scores,
            "Your verdicts are right, but stand in the order of the scores. They belong to the detections"
            " as they were given: entry d to detection d.",
            SECTION,
        ),
        Mistake(
            verdicts.any_class_is_right,
            "You take a detection for right whatever its class is. Only an object of its own class can "
            "make it so; one of another class makes it a mistake of the class.",
            SECTION,
        ),
        Mistake(
            verdicts.doubles_are_badly_placed,
            "You call a double badly placed. It lies on its object as well as the first one; its fault is"
            " that the object had been found already, and suppression would have helped.",
            SECTION,
        ),
        Mistake(
            verdicts.best_object_only,
            "Where the best object of a detection is taken you call it a double at once. It may claim "
            "another object of its class that it overlaps by half or more and that is still free.",
            SECTION,
        ),
        Mistake(
            verdicts.class_before_double,
            "You asked for objects of other classes before you asked for doubles. A detection that lies "
            "on an object of its own class has the right class; it only comes too late.",
            SECTION,
        ),
        Mistake(
            verdicts.place_before_class,
            "You asked for the place before the class. A box that lies well on an object of another "
            "class, and touches one of its own, was drawn around the former: its class is the mistake.",
            SECTION,
        ),
        Mistake(
            verdicts.any_class_is_near,
            "You call a detection badly placed when it lies near any object. Near one of *its class*: "
            "with neither class nor place right there is nothing that it could have meant.",
            SECTION,
        ),
        Mistake(
            verdicts.background_from_zero_on,
            "You call a detection badly placed as soon as it touches an object. From an overlap of 0.1 on"
            " it is; below that it is background.",
            SECTION,
        ),
        Mistake(
            verdicts.a_tenth_is_not_enough,
            "An overlap of exactly 0.1 is background with you. From 0.1 on, that included, a detection of "
            "the right class is one that is badly placed.",
            SECTION,
        ),
        Mistake(
            verdicts.half_is_not_enough,
            "An overlap of exactly one half is not enough for you. From one half on, that one included, a"
            " detection lies on the object.",
            SECTION,
        ),
        Mistake(
            verdicts.claimed_by_the_wrong_class,
            "An object that was detected with the wrong class counts as found with you. It is missed: "
            "nobody has said what it is. Only right detections claim their object.",
            SECTION,
        ),
    ),
    variants=(with_tables,),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=30,
    hints=(
        "Five questions, asked in a fixed order; the first that is answered with yes decides. Keep a record "
        "of the objects that have been claimed.",
        "For detection $d$ split its row of the table in two: overlaps with objects of its class, and with "
        "others. An image without objects has empty rows, of which the maximum must not fail: "
        "`max(initial=0)`.",
        "`own = np.where(object_labels == labels[d], overlaps[d], 0)` and `free = np.where(claimed, 0, "
        'own)`: if `free.max(initial=0) >= 0.5` the verdict is `"right"` and `claimed[free.argmax()] = '
        "True`. Write the verdict to place `d` of a list that was made before the loop.",
    ),
    section=SECTION,
)
