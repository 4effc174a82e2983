"""The capstone: a detector that is trained within one call, and measured on pictures that it has not seen."""

import numpy as np

from checks.contract import Case, Exercise, Group, Measure, Mistake
from solutions.allowances import NETWORKS, SUMS
from solutions.detection.misjudged import detectors

SECTION = "detection.html#pipeline"
LEAST = {"apart": 0.65, "crossed": 0.55}
SIDE = 32  # pixels of a picture
NUM_TRAINING, NUM_UNSEEN = 160, 40


def train_detector(images, boxes, labels, unseen):
    """Take blobs for proposals, and learn what those of each class look like and where their boxes lie."""

    def without_ground(pictures):
        return pictures - np.median(pictures, axis=(1, 2), keepdims=True)

    def spread(maps, pick):
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
        shifts = [(i, j) for i in range(3) for j in range(3)]
        return pick.reduce([padded[:, i : i + SIDE, j : j + SIDE] for i, j in shifts])

    def blobs(pictures):
        marked = np.abs(without_ground(pictures)) > level
        solid = spread(spread(marked, np.logical_and), np.logical_or)  # nothing thinner than 3 pixels is left
        names = solid * np.arange(1, SIDE * SIDE + 1, dtype=np.int16).reshape(SIDE, SIDE)
        while not np.array_equal(joined := spread(names, np.maximum) * solid, names):
            names = joined
        found = []
        for picture in names:
            rows = []
            for name in set(picture[picture > 0]):
                y, x = np.nonzero(picture == name)
                x1, y1, x2, y2 = x.min(), y.min(), x.max() + 1, y.max() + 1
                sinks = (y.mean() + 0.5 - (y1 + y2) / 2) / (y2 - y1)
                rows.append((x1, y1, x2, y2, len(x) / ((x2 - x1) * (y2 - y1)), 4 * sinks))
            found.append(np.array(rows, dtype=float).reshape(-1, 6))
        return found

    middles = [
        abs(picture[int(y1 + y2) // 2, int(x1 + x2) // 2])
        for picture, known in zip(without_ground(images), boxes, strict=True)
        for x1, y1, x2, y2 in known
    ]
    level = np.percentile(middles, 5) / 2
    looks, moves, kinds = [], [], []
    for rows, known, of_known in zip(blobs(images), boxes, labels, strict=True):
        for row in rows:
            middle = (row[:2] + row[2:4]) / 2
            around = np.flatnonzero(((known[:, :2] < middle) & (middle < known[:, 2:])).all(axis=1))
            for number in around[:1]:
                looks.append(row[4:])
                moves.append(known[number] - row[:4])
                kinds.append(of_known[number])
    looks, moves, kinds = np.array(looks), np.array(moves), np.array(kinds)
    classes = np.unique(kinds)
    typical, move = (
        np.array([np.median(rows[kinds == kind], axis=0) for kind in classes]) for rows in (looks, moves)
    )
    answer = []
    for rows in blobs(unseen):
        distances = np.linalg.norm(rows[:, None, 4:] - typical, axis=2)
        nearest = distances.argmin(axis=1)
        answer.append((rows[:, :4] + move[nearest], classes[nearest], -distances.min(axis=1)))
    return answer


def nearest_blobs(images, boxes, labels, unseen):
    def cut(picture):
        ground = np.median(picture)
        marked = {(int(r), int(c)) for r, c in np.argwhere(np.abs(picture - ground) > 28)}
        near = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        cores = {p for p in marked if all((p[0] + i, p[1] + j) in marked for i, j in near)}
        while cores:
            heap = [cores.pop()]
            for r, c in heap:
                beside = {(r + i, c + j) for i, j in near} & cores
                cores -= beside
                heap += sorted(beside)
            spots = np.array([(r + i, c + j) for r, c in heap for i, j in near])
            (top, left), (bottom, right) = spots.min(axis=0), spots.max(axis=0) + 1
            patch = np.zeros((bottom - top, right - left))
            patch[spots[:, 0] - top, spots[:, 1] - left] = 1
            rows = np.linspace(0, len(patch) - 1, 8).round().astype(int)
            columns = np.linspace(0, patch.shape[1] - 1, 8).round().astype(int)
            yield (left, top, right, bottom), patch[rows[:, None], columns].ravel()

    patches, kinds = [], []
    for picture, known, of_known in zip(images[:40], boxes[:40], labels[:40], strict=True):
        for (x1, y1, x2, y2), patch in cut(picture):
            for (left, top, right, bottom), kind in zip(known, of_known, strict=True):
                if left < (x1 + x2) / 2 < right and top < (y1 + y2) / 2 < bottom:
                    patches.append(patch)
                    kinds.append(kind)
    patches, kinds, answer = np.array(patches), np.array(kinds), []
    for picture in unseen:
        found, named, sure = [], [], []
        for box, patch in cut(picture):
            differences = np.abs(patches - patch).sum(axis=1)
            votes = kinds[np.argsort(differences)[:5]]
            found.append(box)
            named.append(np.bincount(votes).argmax())
            sure.append(np.bincount(votes).max() - differences.min() / 64)
        answer.append((np.array(found).reshape(-1, 4), np.array(named, dtype=int), np.array(sure)))
    return answer


def scenes(rng, num, most, noise, lines):
    """Draw pictures of shapes that lie apart, with their boxes and classes.

    Up to ``most`` shapes are in a picture, and ``lines`` thin lines run behind them.
    """
    images, boxes, labels = np.zeros((num, SIDE, SIDE), dtype=np.uint8), [], []
    for image in images:
        ground = rng.uniform(95, 160)
        picture = np.full((SIDE, SIDE), ground)
        for _ in range(lines):
            draw_line(rng, picture, ground)
        frames, kinds = np.zeros((0, 4)), []
        for _ in range(rng.integers(1, most + 1)):
            side = rng.integers(9, 14)
            corner = rng.integers(0, SIDE - side + 1, 2)
            frame = np.hstack([corner, corner + side]).astype(float)
            if ((frames[:, :2] < frame[2:] + 2) & (frame[:2] < frames[:, 2:] + 2)).all(axis=1).any():
                continue
            kind = int(rng.integers(3))
            x, y = corner
            picture[y : y + side, x : x + side][mask(kind, side)] = contrasting(rng, ground)
            frames, kinds = np.vstack([frames, frame]), [*kinds, kind]
        image[...] = np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255)
        boxes.append(frames)
        labels.append(np.array(kinds))
    return images, boxes, labels


def contrasting(rng, ground):
    """Give a grey value that is far brighter or far darker than the ground."""
    return ground + rng.choice([-1, 1]) * rng.uniform(60, 90)


def draw_line(rng, picture, ground):
    """Draw a line of one pixel's width across a picture: along a row, a column or a diagonal."""
    places, start, kind = np.arange(SIDE), int(rng.integers(SIDE)), rng.integers(3)
    rows = [np.full(SIDE, start), places, (places + start) % SIDE][kind]
    columns = [places, np.full(SIDE, start), places][kind]
    picture[rows, columns] = contrasting(rng, ground)


def mask(kind, side):
    """Return which pixels of a frame a disc (0), square (1) or triangle (2) covers."""
    y, x = np.indices((side, side)) + 0.5 - side / 2
    return [x**2 + y**2 <= side**2 / 4, x < side, np.abs(x) <= (y + side / 2 + 0.5) / 2][kind]


def case(rng, group, label, most, noise, lines):
    images, boxes, labels = scenes(rng, NUM_TRAINING, most, noise, lines)
    unseen, there, kinds = scenes(rng, NUM_UNSEEN, most, noise, lines)
    truth = {"boxes": there, "labels": kinds, "size": (SIDE, SIDE)}
    return Case(group, label, (images, boxes, labels, unseen), truth=truth)


def cases(rng):
    yield case(rng, "apart", "one or two shapes on an even ground", 2, 6.0, 0)
    yield case(rng, "crossed", "up to three shapes, and two lines behind them", 3, 8.0, 2)


EXERCISE = Exercise(
    name="train_detector",
    title="A detector of your own",
    task=(
        "Grey pictures of 32 × 32 pixels show discs (class 0), squares (1) and triangles (2), brighter or "
        "darker than the ground. Write `train_detector(images, boxes, labels, unseen)`. `images`, shape "
        "$(N, 32, 32)$, are training pictures, whole numbers from 0 to 255; the lists `boxes` and `labels` "
        "hold for each of them the boxes of its objects, shape $(B, 4)$, and their classes, shape $(B,)$. "
        "Train on them, inside the call, and then return a list with one `(boxes, labels, scores)` for each "
        "of the `unseen` pictures: arrays of shapes $(D, 4)$, $(D,)$ and $(D,)$, with any $D$.\n\n"
        "No single answer is the right one here: what counts is the mean average precision at an IoU of "
        f"$1/2$. It has to reach {LEAST['apart']:g} where one or two shapes stand on an even ground, and "
        f"{LEAST['crossed']:g} where thin lines run behind up to three. (It is the area under precision and "
        "recall in plain steps, without the envelope of PASCAL VOC, and so a little smaller than yours.) How "
        "you get there is up to you. You may call your earlier answers, and `import torch` inside the "
        "function. A call may take two minutes on one core; a network of a few small layers needs seconds. "
        "The grader draws all pictures afresh, those for the training too: the same detector then reaches "
        "about a tenth more or less, so leave a margin."
    ),
    reference=train_detector,
    groups=(
        Group("apart", 6, "Shapes on an even ground"),
        Group("crossed", 6, "More shapes, and lines behind them"),
    ),
    public=tuple(cases(np.random.default_rng(2012))),
    hidden=cases,
    mistakes=(
        Mistake(
            detectors.centres_and_sizes,
            "Your boxes hold the centre, the width and the height of an object. That is a good form to "
            "learn in, but a box is asked for by its left, upper, right and lower edge.",
            SECTION,
            "centre and size",
        ),
        Mistake(
            detectors.corners_and_sizes,
            "Your boxes hold the upper left corner, the width and the height, as COCO's files do. Here the "
            "third and the fourth number are the right and the lower edge.",
            SECTION,
            "corner and size",
        ),
        Mistake(
            detectors.rows_first,
            "Your boxes start with the row. NumPy's indices do, too, but a box is asked for as left, upper, "
            "right and lower edge: columns first.",
            SECTION,
            "rows first",
        ),
        Mistake(
            detectors.shares_of_the_picture,
            "Your boxes are measured in parts of the picture, from 0 to 1, as a network may well give them. "
            "Multiply them by width and height: they are asked for in pixels.",
            SECTION,
            "shares of the picture",
        ),
        Mistake(
            detectors.background_counted,
            "Your labels start at 1, as the outputs of a network do whose first one is the background. The "
            "classes are counted without the background: a disc is 0.",
            SECTION,
            "labels from one",
        ),
        Mistake(
            detectors.every_cell_reports,
            "You report each object again and again, once for every place that sees it. Only the surest of "
            "these detections is right, all others are doubles: suppress them.",
            SECTION,
            "doubles",
        ),
        Mistake(
            detectors.doubts_for_scores,
            "Your scores are highest where you are least sure. A distance, a loss or the probability of the "
            "background ranks the worst detections first: turn the order round.",
            SECTION,
            "worst first",
        ),
    ),
    variants=(nearest_blobs,),
    tolerance=SUMS,
    banned=NETWORKS,
    difficulty=3,
    minutes=90,
    hints=(
        "Look at the pictures first. What must a detector say about each place of a picture, and how would "
        "you know from the boxes what it should have said? One cell for every four pixels is enough.",
        "Two convolutions of stride 2 bring 32 × 32 pixels to 8 × 8 cells. For each cell: scores of three "
        "classes and of the background, and four distances from its centre to the edges of a box. The cell "
        "that holds the centre of an object is told about it.",
        "Scale the pictures to about -1 to 1. Add a cross entropy over all cells and a smooth $L_1$ loss of "
        "the distances over the cells with an object; five hundred steps of Adam on 32 pictures each, with a "
        "learning rate that falls to the end, are enough. Then: softmax, boxes, and the suppression of "
        "doubles with your `suppress_doubles`.",
    ),
    section=SECTION,
    seconds=120.0,
    measure=Measure("mean average precision", LEAST),
)
