"""SSD: classes for all default boxes, and the hard negatives that count (coverage row 12.15)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import minings

SECTION = "detection.html#ssd"


def mine_negatives(matches, labels, logits, ratio):
    N, A = matches.shape
    targets, counts, total = np.zeros((N, A), dtype=int), np.zeros((N, A), dtype=bool), 0.0
    for n in range(N):
        for a in range(A):
            if matches[n, a] >= 0:
                targets[n, a], counts[n, a] = labels[n][matches[n, a]] + 1, True
        rest = [a for a in range(A) if matches[n, a] < 0]
        losses = np.log(np.exp(logits[n]).sum(axis=1)) - logits[n, range(A), targets[n]]
        rest.sort(key=lambda a, losses=losses: -losses[a])
        counts[n, rest[: ratio * (A - len(rest))]] = True
        total += losses[counts[n]].sum()
    return targets, counts, total / max(1, np.sum(matches >= 0))


def by_a_threshold(matches, labels, logits, ratio):
    is_matched = matches >= 0
    padded = [np.append(known, -1) for known in labels]  # place -1 holds what becomes background
    targets = np.array([known[row] + 1 for known, row in zip(padded, matches, strict=True)])
    highest = logits.max(axis=-1)
    losses = highest + np.log(np.exp(logits - highest[..., None]).sum(axis=-1))
    losses = losses - (logits * (targets[..., None] == np.arange(logits.shape[-1]))).sum(axis=-1)
    counts = is_matched.copy()
    for n, wanted in enumerate(ratio * is_matched.sum(axis=1)):
        rest = np.sort(losses[n][~is_matched[n]])[::-1]
        if wanted and rest.size:
            counts[n] |= losses[n] >= rest[min(wanted, rest.size) - 1]
    return targets, counts, (losses * counts).sum() / max(is_matched.sum(), 1)


def hidden(rng):
    def case(group, label, positives, num_anchors, num_classes=3, ratio=3):
        """Draw so many positives for each image, of as many objects or fewer."""
        matches = np.full((len(positives), num_anchors), -1)
        labels = [rng.permutation(np.arange(count + 2) % num_classes)[:count] for count in positives]
        for row, count in zip(matches, positives, strict=True):
            row[rng.permutation(num_anchors)[:count]] = rng.permutation(count)
        logits = rng.normal(0, 2, (len(positives), num_anchors, num_classes + 1))
        return Case(group, label, (matches, labels, logits + rng.normal(0, 3, (*matches.shape, 1)), ratio))

    yield case("one", "two of twelve", (2,), 12)
    yield case("one", "three of thirty, two negatives each", (3,), 30, 5, 2)
    yield case("one", "not enough negatives", (4,), 9)
    yield case("batch", "four images", (1, 3, 2, 1), 16)
    yield case("batch", "one of them without objects", (2, 0, 1), 12, 2)
    yield case("batch", "no objects at all", (0, 0), 6)


EXERCISE = Exercise(
    name="mine_negatives",
    title="Three hard ones for each good one",
    task=(
        "SSD (Liu et al., 2016) asks thousands of default boxes what they see, and nearly all of them see "
        "nothing. If all counted, the loss would be about background alone. Write `mine_negatives(matches, "
        "labels, logits, ratio)`. For $N$ images and $A$ boxes, `matches` has shape $(N, A)$: the number of "
        "the object that a box is matched with, or -1. `labels[n]` holds the classes of the objects of image "
        "$n$, counted from 0. `logits`, shape $(N, A, 1 + C)$, is what the network gave before the softmax; "
        "its output 0 is the background.\n\n"
        "Return three things. The *targets*, shape $(N, A)$: which output should be the largest. Which boxes "
        "*count*, boolean, of the same shape: all that are matched, and in each image, of those that are "
        "not, `ratio` times as many as are matched in that image, or all if there are fewer: those of the "
        "largest cross-entropy loss. (No two losses are equal.) And the *loss*: the cross-entropies of "
        "all boxes that count, summed up, divided by the number of matched boxes of the batch, or by 1 if "
        "there are none."
    ),
    reference=mine_negatives,
    groups=(
        Group("one", 5, "One image"),
        Group("batch", 5, "Several images"),
    ),
    public=(
        Case(
            "one",
            "one match, eight boxes",
            (
                np.array([[-1, -1, 1, -1, -1, -1, -1, -1]]),
                [np.array([1, 0])],
                np.array(
                    [
                        [
                            [1.0, 2, 0],
                            [4, 0, 1],
                            [0, 1, 3],
                            [0, 2.5, 2.5],
                            [5, 9, 0],
                            [3, 0, 5],
                            [-2, -9, -7],
                            [2, 1, 0],
                        ]
                    ]
                ),
                3,
            ),
        ),
        Case(
            "one",
            "two matches",
            (
                np.array([[0, -1, -1, 1, -1, -1]]),
                [np.array([2, 0])],
                np.array(
                    [[[3.0, 0, 0, 2], [1, 0, 2, 0], [0, 0, 0, 1], [1, 4, 0, 0], [2, 0, 2, 0], [9, 0, 0, 5]]]
                ),
                1,
            ),
        ),
        Case(
            "batch",
            "two images",
            (
                np.array([[0, -1, -1, -1], [-1, 0, -1, -1]]),
                [np.array([0]), np.array([1])],
                np.array(
                    [
                        [[0.0, 1, 2], [1, 5, 0], [0, 4, 1], [0, 3, 1]],
                        [[1, 1, 3], [2, 0, 1], [3, 0, 2], [4, 0, 1]],
                    ]
                ),
                1,
            ),
        ),
        Case(
            "batch",
            "an image without objects",
            (
                np.array([[-1, -1, -1], [-1, 0, -1]]),
                [np.zeros(0, dtype=int), np.array([0])],
                np.array([[[0.0, 1], [1, 5], [0, 4]], [[1, 1], [2, 0], [3, 0]]]),
                1,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            minings.numbers_for_classes,
            "You took the number of the matched object for its class. The number says which object it is;"
            " its class stands in `labels`.",
            SECTION,
        ),
        Mistake(
            minings.background_not_counted,
            "Your classes are not moved by one. Output 0 is the background, so class 0 of the labels is "
            "output 1: with you, the first class is trained to look like nothing.",
            SECTION,
        ),
        Mistake(
            minings.easiest_kept,
            "You kept the negatives with the smallest loss. Those the network knows already; the hard "
            "ones, of the largest loss, are what it can learn from.",
            SECTION,
        ),
        Mistake(
            minings.hardest_of_the_batch,
            "You chose the hardest negatives of the whole batch. Each image by itself keeps three for "
            "each of its positives: otherwise one difficult picture takes the places of all others.",
            SECTION,
        ),
        Mistake(
            minings.positives_among_the_hard,
            "Your hard negatives include anchors that are matched with an object. For these, a large loss"
            " as background is as it should be; they must not take places among the negatives.",
            SECTION,
        ),
        Mistake(
            minings.three_in_all,
            "You kept `ratio` negatives in each image. It is that many for *each positive*: an image of "
            "five objects has more to say about background, too.",
            SECTION,
        ),
        Mistake(
            minings.lowest_background_output,
            "You took the lowest background output for the hardest. Outputs mean something only in "
            "comparison with those of the same anchor: rank by the loss, after the softmax.",
            SECTION,
        ),
        Mistake(
            minings.surest_of_an_object,
            "You ranked by the most probable object class. The loss of a negative is -log of its "
            "*background* probability: two classes that share the blame make it as hard as one.",
            SECTION,
        ),
        Mistake(
            minings.images_without_objects_count,
            "You kept negatives of an image without any positive. Three for each positive are none there:"
            " such an image has no part in this loss.",
            SECTION,
        ),
        Mistake(
            minings.divided_by_all_that_count,
            "You divided by all anchors that count. SSD divides by the number of matched ones, so that "
            "the negatives that come along do not make the positives count less.",
            SECTION,
        ),
        Mistake(
            minings.negatives_not_in_the_loss,
            "Your loss leaves out the negatives that you have just chosen. They count, too: as background.",
            SECTION,
        ),
    ),
    variants=(by_a_threshold,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "The targets come first: 0 wherever `matches` is -1, and one more than the label elsewhere. From "
        "then on every box has a loss, and the only question is which of them count.",
        "The cross-entropy of a box is the logarithm of the sum of the exponentials of its outputs, less the "
        "output of its target. For the unmatched boxes the target is the background.",
        "In image $n$: `rest = np.flatnonzero(matches[n] < 0)`, sorted with `np.argsort(-losses[n][rest])`, "
        "of which the first `ratio * (matches[n] >= 0).sum()` count.",
    ),
    section=SECTION,
)
