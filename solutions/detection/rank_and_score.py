"""Average precision of a class over many images, by the rules of PASCAL VOC (coverage row 12.7)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import rankings

SECTION = "detection.html#average-precision"


def rank_and_score(scores, overlaps, difficult):
    ranking = []
    for image, values in enumerate(scores):
        ranking += [(-score, image, place) for place, score in enumerate(values)]
    verdicts, claimed = [], set()
    for _, image, place in sorted(ranking):
        iou = overlaps[image][place]
        best = iou.argmax() if iou.size else None
        if best is None or iou[best] < 0.5:
            verdicts.append(0)
        elif not difficult[image][best]:
            verdicts.append(int((image, best) not in claimed))
            claimed.add((image, best))
    found = np.cumsum(verdicts)
    recall = found / sum(np.count_nonzero(~hard) for hard in difficult)
    precision = found / (np.arange(len(found)) + 1)
    best_from_here = [precision[n:].max() for n in range(len(found))]
    eleven = [
        max((p for p, r in zip(precision, recall, strict=True) if r >= t / 10), default=0) for t in range(11)
    ]
    return sum(eleven) / 11, float(np.dot(np.diff(recall, prepend=0), best_from_here))


def with_one_table(scores, overlaps, difficult):
    image = np.repeat(np.arange(len(scores)), [len(s) for s in scores])
    place = np.concatenate([np.arange(len(s)) for s in scores])
    order = np.argsort(-np.concatenate(scores), kind="stable")
    is_hit, seen = [], {}
    for i, d in zip(image[order], place[order], strict=True):
        row = list(overlaps[i][d])
        top = max(row, default=0.0)
        if top < 0.5:
            is_hit.append(False)
            continue
        which = row.index(top)
        if not difficult[i][which]:
            seen[i, which] = seen.get((i, which), 0) + 1
            is_hit.append(seen[i, which] == 1)
    total = int(sum(np.sum(np.logical_not(hard)) for hard in difficult))
    hits = np.flatnonzero(is_hit)  # recall moves at these places of the ranking only
    precision = np.arange(1, len(hits) + 1) / (hits + 1)
    envelope = np.array([precision[k:].max() for k in range(len(hits))])
    at_levels = [envelope[-(-t * total // 10) - 1 if t else 0 :][:1].sum() for t in range(11)]
    return np.sum(at_levels) / 11, envelope.sum() / total


def area_of_steps(scores, overlaps, difficult):
    judged = []
    for image in range(len(scores)):
        is_free = ~difficult[image]
        for d in sorted(range(len(scores[image])), key=lambda d: (-scores[image][d], d)):
            iou = overlaps[image][d]
            hits = np.flatnonzero((iou >= 0.5) & (iou == iou.max(initial=0)))[:1]
            if len(hits) == 0:
                judged.append((-scores[image][d], image, d, 0))
            elif not difficult[image][hits[0]]:
                judged.append((-scores[image][d], image, d, int(is_free[hits[0]])))
                is_free[hits[0]] = False
    total = sum(int(len(hard) - hard.sum()) for hard in difficult)
    right, best, area, points = 0, {}, 0.0, [0.0] * 11
    for rank, entry in enumerate(sorted(judged), start=1):
        right += entry[-1]
        best[right] = max(best.get(right, 0.0), right / rank)
    for count in range(right, 0, -1):
        best[count] = max(best[count], best.get(count + 1, 0.0))
        area += best[count] / total
        for t in range(11):
            if 10 * count >= t * total:
                points[t] = max(points[t], best[count])
    return sum(points) / 11, area


def hidden(rng):
    def case(group, label, images):
        """Take images as (scores in sixteenths, overlaps in tenths, which are difficult), in a new order."""
        chosen = [images[i] for i in rng.permutation(len(images))]
        scores = [np.array(s, dtype=float) / 16 for s, _, _ in chosen]
        tables = [np.array(o, dtype=float).reshape(len(s), len(h)) / 10 for s, o, h in chosen]
        return Case(group, label, (scores, tables, [np.array(h, dtype=bool) for _, _, h in chosen]))

    def drawn(first, count, num_objects, hard=()):
        levels = rng.choice([0, 1, 3, 6, 7, 8, 9], (count, num_objects))
        values = (rng.permutation(count) * 5 + first) % 16
        return values, levels, [b in hard for b in range(num_objects)]

    yield case("ranking", "a ranking with gaps", [([9, 8, 7, 6], [[7, 0], [0, 1], [1, 6], [2, 2]], [0, 0])])
    yield case("ranking", "three images", [drawn(i, 5, 3) for i in range(3)])
    yield case("ranking", "an image without objects", [drawn(1, 3, 2), drawn(2, 3, 0), drawn(3, 2, 2)])
    yield case("doubles", "several on one", [([9, 7, 5, 4], [[5, 0], [9, 0], [6, 7], [8, 7]], [0, 0])])
    yield case("doubles", "crowded images", [drawn(i, 9, 2) for i in range(3)])
    yield case("difficult", "some are difficult", [drawn(i, 6, 4, (0, 2)) for i in range(3)])
    yield case("difficult", "nothing was found", [([], [], [0, 1]), drawn(1, 0, 3)])


def one_per_image(hits):
    """Give a ranking image by image: 1 where its object is found, 0 for a false alarm, None for a miss."""
    scores = [np.array([1 - n / 8] if hit is not None else []) for n, hit in enumerate(hits)]
    overlaps = [np.array([[0.75]] if hit else np.zeros((len(s), int(hit is None))), dtype=float)
                for hit, s in zip(hits, scores, strict=True)]  # fmt: skip
    return scores, overlaps, [np.zeros(o.shape[1], dtype=bool) for o in overlaps]


EXERCISE = Exercise(
    name="rank_and_score",
    title="One number for a detector",
    task=(
        "How good is a detector at one class? Write `rank_and_score(scores, overlaps, difficult)`. Each is a "
        "list with one entry for each image: the scores of the $D$ detections; their overlaps (IoU) with the "
        "$B$ objects that are really there, shape $(D, B)$; and which of these objects are marked as "
        "difficult. $D$ and $B$ differ from image to image and may be 0.\n\n"
        "The detections of all images are ranked by falling score (of equals, the earlier image comes first, "
        "then the earlier detection). In this order each one is judged by the object that it overlaps most, "
        "of equals the first. Is that overlap below 0.5, the detection is false. Is the object difficult, "
        "the detection is left out, as if it had not been made. Otherwise the first detection of the object "
        "is right, and each later one false. Recall counts the objects that are not difficult; there is at "
        "least one.\n\nReturn the average precision twice: as VOC 2007 did, the mean over the recalls 0, 0.1 "
        "… 1 of the largest precision at this recall or a higher one (0 where it is not reached); and as VOC "
        "has done since 2010, the area under that same envelope."
    ),
    reference=rank_and_score,
    groups=(
        Group("ranking", 4, "Ranking, precision and recall"),
        Group("doubles", 4, "Several detections of an object"),
        Group("difficult", 4, "Difficult objects, and no detections"),
    ),
    public=(
        Case(
            "ranking",
            "right, false, right, right, false, false, right; one missed",
            one_per_image([1, 0, 1, 1, 0, 0, 1, None]),
        ),
        Case(
            "ranking",
            "two images, not in order",
            (
                [np.array([0.25, 0.5, 0.375]), np.array([0.75, 0.125])],
                [np.array([[0.5, 0], [0, 0.25], [0.1, 0.6]]), np.array([[0.0], [0.9]])],
                [np.zeros(2, dtype=bool), np.zeros(1, dtype=bool)],
            ),
        ),
        Case(
            "ranking",
            "two equal scores",
            (
                [np.array([0.5]), np.array([0.5])],
                [np.array([[0.2]]), np.array([[0.8]])],
                [np.array([False])] * 2,
            ),
        ),
        Case(
            "doubles",
            "one object found twice",
            (
                [np.array([0.75, 0.5, 0.25])],
                [np.array([[0.6, 0.1], [0.9, 0.55], [0.1, 0.7]])],
                [np.zeros(2, dtype=bool)],
            ),
        ),
        Case(
            "difficult",
            "the second is difficult",
            (
                [np.array([0.75, 0.5, 0.25])],
                [np.array([[0.1, 0.7, 0.1], [0.2, 0.9, 0], [0.1, 0, 0.8]])],
                [np.array([False, True, False])],
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            rankings.doubles_are_right,
            "You count every detection that lies on an object as right, also the second and third on the "
            "same one. Then recall can exceed 1, and the average precision with it: each object is found "
            "once.",
            SECTION,
        ),
        Mistake(
            rankings.difficult_ones_are_asked_for,
            "You treat difficult objects like all others. They are there to be forgiven: they do not "
            "count among the objects, and a detection of one is neither right nor a false alarm.",
            SECTION,
        ),
        Mistake(
            rankings.difficult_ones_are_false_alarms,
            "You count the detection of a difficult object as a false alarm. It is dropped from the "
            "ranking altogether: the object is there, after all.",
            SECTION,
        ),
        Mistake(
            rankings.difficult_ones_in_the_denominator,
            "You drop detections of difficult objects, but still divide by all objects. A detector that "
            "forgoes the difficult ones could then never reach a recall of 1.",
            SECTION,
        ),
        Mistake(
            rankings.images_apart,
            "You rank the detections image by image, one image after the other. All images go into *one* "
            "ranking by score: a sure detection of the last image comes before an unsure one of the "
            "first.",
            SECTION,
        ),
        Mistake(
            rankings.one_precision_per_image,
            "You computed an average precision for each image and took the mean. All images go into one "
            "ranking: whether a score is high shows only in comparison with those of other images.",
            SECTION,
        ),
        Mistake(
            rankings.scores_not_sorted,
            "You took the detections as they came. Precision and recall are read while going down the "
            "ranking by score, and of several detections of an object the surest one counts.",
            SECTION,
        ),
        Mistake(
            rankings.later_one_wins_a_tie,
            "Of equal scores you rank the later detection first. Reversing a sorted list reverses the equal "
            'ones, too; sort the negative scores with `kind="stable"` instead.',
            SECTION,
        ),
        Mistake(
            rankings.next_best_object_taken,
            "Where the best object of a detection is taken, you try its second best. That is COCO's rule;"
            " by VOC's a detection stands for the object that it overlaps most, and else is a double.",
            SECTION,
        ),
        Mistake(
            rankings.half_is_not_enough,
            "An overlap of exactly one half counts as a miss with you. From one half on, that one "
            "included, the object is found.",
            SECTION,
        ),
        Mistake(
            rankings.no_envelope,
            "For the area you took the precision as it is, with its teeth. Each recall gets the best "
            "precision that is reached there *or further down*: fill up the curve from the right first.",
            SECTION,
        ),
        Mistake(
            rankings.levels_past_the_recall,
            "Your levels come from `np.linspace(0, 1, 11)`, whose seventh is 0.6000000000000001: a recall"
            " of 3/5 misses it. Compute the levels as t / 10, which rounds as the recall itself does.",
            SECTION,
        ),
        Mistake(
            rankings.precision_just_at_the_level,
            "At each of the eleven levels you read off the first precision. The *largest* one at this "
            "recall or any higher one counts: it may lie further down the ranking.",
            SECTION,
        ),
        Mistake(
            rankings.missed_objects_forgotten,
            "You divide by the objects that were found, so that recall always reaches 1. Divide by all "
            "that are there: what was missed must cost something.",
            SECTION,
        ),
    ),
    variants=(with_one_table, area_of_steps),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=45,
    hints=(
        "Two steps. First a list of verdicts, right or false, in the order of the ranking; detections that "
        "are left out do not appear in it. Then everything follows from that list and the number of objects.",
        "For the verdicts remember which objects of which image have been claimed. With `found = "
        "np.cumsum(verdicts)` precision is `found` divided by 1, 2, 3 …, and recall `found` divided by the "
        "number of objects that are not difficult.",
        "The envelope at place $n$ is the largest precision from $n$ on: `precision[n:].max()`. The area is "
        "the sum of each step of recall times the envelope there; most steps are 0. For the eleven points, "
        "compare recall with `t / 10` for `t` in `range(11)`.",
    ),
    section=SECTION,
)
