"""Scale and crop, with boxes, labels and mask in step (coverage row 7.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "training.html#scale-and-crop"


def crop_scene(image, boxes, labels, mask, short_side, corner, size):
    factor, (top, left) = short_side / min(mask.shape), corner
    places = [(np.arange(start, start + size) + 0.5) / factor for start in corner]
    between = [np.clip(p - 0.5, 0, n - 1) for p, n in zip(places, mask.shape, strict=True)]
    lower = [np.floor(p).astype(int) for p in between]
    upper = [np.minimum(i + 1, n - 1) for i, n in zip(lower, mask.shape, strict=True)]
    rows, columns = (p - i for p, i in zip(between, lower, strict=True))
    tall = image[:, lower[0]] * (1 - rows[:, None]) + image[:, upper[0]] * rows[:, None]
    image = tall[:, :, lower[1]] * (1 - columns) + tall[:, :, upper[1]] * columns
    boxes = np.clip(boxes * factor - [left, top, left, top], 0, size)
    is_seen = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    mask = mask[np.ix_(*(np.floor(p).astype(int) for p in places))]
    return image, boxes[is_seen], labels[is_seen], mask


def long_side_fitted(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / max(mask.shape), corner
    y, x = (
        (np.arange(c, min(c + size, round(f * n))) + 0.5) / f for c, n in zip(corner, mask.shape, strict=True)
    )
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [k, t, k, t], 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels[keep], mask[y.astype(int)][:, x.astype(int)]


def mask_interpolated(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [k, t, k, t], 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels[keep], np.rint(A @ mask @ B.T).astype(int)


def pixels_looked_up_at_their_edge(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = (np.arange(c, c + size) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [k, t, k, t], 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels[keep], mask[y.astype(int)][:, x.astype(int)]


def boxes_moved_before_they_were_scaled(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip((boxes - [k, t, k, t]) * f, 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels[keep], mask[y.astype(int)][:, x.astype(int)]


def top_taken_from_x(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [t, k, t, k], 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels[keep], mask[y.astype(int)][:, x.astype(int)]


def boxes_left_hanging_over(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = boxes * f - [k, t, k, t]
    keep = ((boxes[:, :2] < size) & (boxes[:, 2:] > 0)).all(1)
    return A @ image @ B.T, boxes[keep], labels[keep], mask[y.astype(int)][:, x.astype(int)]


def labels_not_dropped(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [k, t, k, t], 0, size)
    keep = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    return A @ image @ B.T, boxes[keep], labels, mask[y.astype(int)][:, x.astype(int)]


def empty_boxes_kept(image, boxes, labels, mask, short_side, corner, size):
    f, (t, k) = short_side / min(mask.shape), corner
    y, x = ((np.arange(c, c + size) + 0.5) / f for c in corner)
    A, B = (np.maximum(0, 1 - abs(np.clip(p - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            for p, n in zip((y, x), mask.shape, strict=True))  # fmt: skip
    boxes = np.clip(boxes * f - [k, t, k, t], 0, size)
    return A @ image @ B.T, boxes, labels, mask[y.astype(int)][:, x.astype(int)]


def pixel_by_pixel(image, boxes, labels, mask, short_side, corner, size):
    height, width = mask.shape
    scale = min(height, width) / short_side
    cut, names = np.zeros((len(image), size, size)), np.zeros((size, size), mask.dtype)
    for i, j in np.ndindex(size, size):
        y, x = (corner[0] + i + 0.5) * scale, (corner[1] + j + 0.5) * scale
        names[i, j] = mask[int(y), int(x)]
        y, x = min(max(y - 0.5, 0), height - 1), min(max(x - 0.5, 0), width - 1)
        for row in range(height):
            for column in range(width):
                share = max(0, 1 - abs(y - row)) * max(0, 1 - abs(x - column))
                cut[:, i, j] += share * image[:, row, column]
    seen, known = [], []
    for (x1, y1, x2, y2), label in zip(boxes / scale, labels, strict=True):
        x1, x2 = (min(max(x - corner[1], 0), size) for x in (x1, x2))
        y1, y2 = (min(max(y - corner[0], 0), size) for y in (y1, y2))
        if x1 < x2 and y1 < y2:
            seen.append((x1, y1, x2, y2))
            known.append(label)
    return cut, np.array(seen).reshape(-1, 4), np.array(known, dtype=labels.dtype), names


def resized_as_a_whole(image, boxes, labels, mask, short_side, corner, size):
    (H, W), (top, left) = mask.shape, corner
    h, w = H * short_side // min(H, W), W * short_side // min(H, W)
    y, x = (np.arange(h) + 0.5) * H / h, (np.arange(w) + 0.5) * W / w
    image = np.array([[np.interp(x - 0.5, np.arange(W), line) for line in one] for one in image])
    image = np.array([[np.interp(y - 0.5, np.arange(H), line) for line in one.T] for one in image])
    window = np.s_[top : top + size, left : left + size]
    mask = mask[y.astype(int)[:, None], x.astype(int)]
    boxes = np.clip(boxes * np.array([w / W, h / H] * 2) - np.array([left, top] * 2), 0, size)
    found = np.flatnonzero(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) > 0)
    return np.swapaxes(image, 1, 2)[:, *window], boxes[found], labels[found], mask[window]


def hidden(rng):
    def scene(group, label, shape, boxes, short_side, corner, size):
        image, mask = rng.integers(0, 256, shape).astype(float), rng.choice([0, 2, 7, 9], shape[1:])
        boxes = np.array(boxes, dtype=float).reshape(-1, 4) + rng.uniform(0.01, 0.09)
        labels = rng.permutation(len(boxes) + 3)[: len(boxes)]
        return Case(group, label, (image, boxes, labels, mask, short_side, corner, size))

    inside = [(3, 3, 4.2, 4.5), (2.2, 3.2, 5, 4)]
    yield scene("picture", "enlarged", (3, 10, 5), [], 7, (6, 1), 5)
    yield scene("picture", "reduced", (2, 15, 10), [], 4, (2, 0), 4)
    yield scene("picture", "the lower right corner", (1, 5, 10), [], 8, (3, 11), 5)
    yield scene("inside", "enlarged", (3, 6, 9), inside, 10, (3, 2), 7)
    yield scene("inside", "reduced", (1, 15, 10), [(2, 6, 9, 12), (3, 5, 8, 8)], 6, (1, 0), 6)
    row = rng.uniform(1, 3)
    cut = [(0, row, 9, row + 1), (7.5, 4, 8.9, 5), (3, row, 5, 5), (2.5, 0, 4, 0.4), (5, 2, 8.6, 5.9)]
    yield scene("edge", "five objects", (1, 6, 9), [cut[i] for i in rng.permutation(5)], 10, (3, 2), 7)
    yield scene("edge", "nothing is left", (2, 6, 9), [(0, 0, 1, 1), (7.9, 5, 8.8, 5.8)], 10, (4, 3), 5)


EXERCISE = Exercise(
    name="crop_scene",
    title="Scale, crop, and take the boxes along",
    task=(
        "ResNet's training pictures were resized at random, and a random square was cut out. Here the dice "
        "have been rolled: write `crop_scene(image, boxes, labels, mask, short_side, corner, size)`.\n\n"
        "The whole picture is resized so that its shorter side has `short_side` pixels, by one factor "
        "$f$ in both directions (the longer side comes out whole); then the square of `size` pixels whose "
        "upper left pixel is `corner = (row, column)` is cut out, and it lies inside. The *image* is "
        "interpolated linearly in both directions: pixel $i$ of a side of the resized picture has its "
        "centre at $(i + \\frac12)/f$, measured in old pixels, whose centres are at $\\frac12, 1\\frac12 "
        "\\dots$; beyond the outermost centres the outermost pixel counts. The *mask* holds class numbers: "
        "each pixel takes the label of the old pixel in which its centre lies.\n\n"
        "Boxes `(x1, y1, x2, y2)`, in pixels, move with the picture and end at the edges of the square. An "
        "object of which nothing is left is dropped, and its label with it. Return image, boxes, labels and "
        "mask."
    ),
    reference=crop_scene,
    groups=(
        Group("picture", 4, "Picture and mask, without objects"),
        Group("inside", 4, "Objects within the square"),
        Group("edge", 4, "Objects across and beyond its edges"),
    ),
    public=(
        Case(
            "picture",
            "twice as large",
            (
                np.array([[[10.0, 20, 30], [50, 60, 70]]]),
                np.zeros((0, 4)),
                np.zeros(0, dtype=int),
                np.array([[0, 2, 9], [2, 2, 0]]),
                4,
                (0, 1),
                4,
            ),
        ),
        Case(
            "inside",
            "two thirds as large",
            (
                np.array([[[0.0, 0, 0, 0, 0, 8], [0, 0, 4, 0, 0, 0], [0, 0, 0, 16, 0, 0]]]),
                np.array([[2.0, 1, 4, 2.5]]),
                np.array([6]),
                np.array([[0, 0, 7, 0, 0, 2], [0, 0, 0, 2, 0, 0], [0, 2, 0, 7, 0, 5]]),
                2,
                (0, 1),
                2,
            ),
        ),
        Case(
            "edge",
            "one inside, one cut off, one lost",
            (
                np.array([[[1.0, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]]),
                np.array([[3.0, 0, 4, 1], [0, 1, 2, 3], [1, 1, 2, 2]]),
                np.array([8, 4, 6]),
                np.array([[0, 0, 0, 8], [4, 6, 0, 0], [4, 4, 0, 0]]),
                6,
                (2, 1),
                4,
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            long_side_fitted,
            "You resized until the *longer* side had the length asked for. It is the shorter one that must: "
            "otherwise the square no longer fits into the picture.",
            SECTION,
        ),
        Mistake(
            mask_interpolated,
            "You interpolated the mask like the image. Halfway between class 0 and class 2 there is no class "
            "1: labels are names, not amounts, so a new pixel takes one old pixel's label.",
            SECTION,
        ),
        Mistake(
            pixels_looked_up_at_their_edge,
            "You looked up pixel i at i / f. That is its left edge; its centre is half a pixel further, and "
            "the old values sit at the centres of old pixels. Your picture has moved against its boxes.",
            SECTION,
        ),
        Mistake(
            boxes_moved_before_they_were_scaled,
            "You moved the boxes before you scaled them. The corner of the square is counted in pixels of "
            "the *resized* picture, so scale first and subtract then.",
            SECTION,
        ),
        Mistake(
            top_taken_from_x,
            "From the x of your boxes you subtracted the row of the corner, and from the y its column. An "
            "array is indexed by (row, column), a box gives x first: the two orders meet here.",
            SECTION,
        ),
        Mistake(
            boxes_left_hanging_over,
            "Some of your boxes reach beyond the square. What was cut away of an object cannot be seen any "
            "more, so its box ends at the edge: between 0 and `size`.",
            SECTION,
        ),
        Mistake(
            labels_not_dropped,
            "You dropped the boxes of which nothing is left, but kept all labels. From the first lost object "
            "on, each box now has the label of another one.",
            SECTION,
        ),
        Mistake(
            empty_boxes_kept,
            "You kept boxes of objects that are not in the square at all: they have a width or a height of "
            "0. An object of which nothing can be seen is not in the new picture.",
            SECTION,
        ),
    ),
    variants=(pixel_by_pixel, resized_as_a_whole),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=40,
    hints=(
        "You need not resize the whole picture. Ask of each pixel of the *square*: which place of the old "
        "picture does its centre come from? Its number in the resized picture is `corner` plus its number in "
        "the square.",
        "In old pixels that place is $p = (\\text{corner} + i + \\frac12) / f$. The mask takes "
        "`np.floor(p)`. For the image, $p - \\frac12$ lies between two old pixels (cut it to 0 … n − 1 "
        "first); its fractional part is the share of the second.",
        "`np.interp(p - 0.5, np.arange(n), line)` interpolates one line of the picture, its ends included: "
        "first along the rows, then along the columns. Boxes: `boxes * f`, minus `[left, top, left, top]`, "
        "`np.clip(…, 0, size)`; keep those with $x_1 < x_2$ and $y_1 < y_2$.",
    ),
    section=SECTION,
)
