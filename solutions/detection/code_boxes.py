"""Boxes as offsets from anchors, and offsets as boxes (coverage row 12.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "detection.html#coding"


def code_boxes(anchors, boxes, codes, deviations):
    size = anchors[:, 2:] - anchors[:, :2]
    middle = (anchors[:, :2] + anchors[:, 2:]) / 2
    moved = ((boxes[:, :2] + boxes[:, 2:]) / 2 - middle) / size
    grown = np.log((boxes[:, 2:] - boxes[:, :2]) / size)
    shift, growth = np.split(codes * deviations, 2, axis=1)
    centre, half = middle + shift * size, size * np.exp(growth) / 2
    return np.hstack([moved, grown]) / deviations, np.hstack([centre - half, centre + half])


def without_a_logarithm(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, (boxes[:, 2:] - boxes[:, :2]) / s
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s, s * b / 2
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def growth_as_a_difference(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, (boxes[:, 2:] - boxes[:, :2]) / s - 1
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s, s * (1 + b) / 2
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def height_before_width(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)[:, ::-1]
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s, s * np.exp(b[:, ::-1]) / 2
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def x_divided_by_the_height(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s[:, ::-1], np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s[:, ::-1], s * np.exp(b) / 2
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def corner_for_the_centre(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], anchors[:, :2]
    t = (boxes[:, :2] - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s, s * np.exp(b)
    return np.hstack(t) / deviations, np.hstack([c, c + h])


def deviations_left_out(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes, 2)
    c, h = m + a * s, s * np.exp(b) / 2
    return np.hstack(t), np.hstack([c - h, c + h])


def deviations_the_other_way(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes / deviations, 2)
    c, h = m + a * s, s * np.exp(b) / 2
    return np.hstack(t) * deviations, np.hstack([c - h, c + h])


def measured_in_the_box(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    g = boxes[:, 2:] - boxes[:, :2]
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / g, np.log(g / s)
    a, b = np.hsplit(codes * deviations, 2)
    h = s * np.exp(b) / 2
    c = m + a * h * 2
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def whole_size_on_both_sides(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes * deviations, 2)
    c, h = m + a * s, s * np.exp(b)
    return np.hstack(t) / deviations, np.hstack([c - h, c + h])


def centres_and_sizes_returned(anchors, boxes, codes, deviations):
    s, m = anchors[:, 2:] - anchors[:, :2], (anchors[:, 2:] + anchors[:, :2]) / 2
    t = ((boxes[:, 2:] + boxes[:, :2]) / 2 - m) / s, np.log((boxes[:, 2:] - boxes[:, :2]) / s)
    a, b = np.hsplit(codes * deviations, 2)
    return np.hstack(t) / deviations, np.hstack([m + a * s, s * np.exp(b)])


def number_by_number(anchors, boxes, codes, deviations):
    told, found = np.zeros(boxes.shape), np.zeros(codes.shape)
    for n in range(len(anchors)):
        for k in (0, 1):
            low, high = anchors[n, k], anchors[n, k + 2]
            first, last = boxes[n, k], boxes[n, k + 2]
            told[n, k] = (first + last - low - high) / (2 * (high - low) * deviations[k])
            told[n, k + 2] = (np.log(last - first) - np.log(high - low)) / deviations[k + 2]
            centre = (low + high) / 2 + codes[n, k] * deviations[k] * (high - low)
            side = (high - low) * np.exp(codes[n, k + 2] * deviations[k + 2])
            found[n, k], found[n, k + 2] = centre - side / 2, centre + side / 2
    return told, found


def as_a_change_of_format(anchors, boxes, codes, deviations):
    change = np.array([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]])
    (ax, ay, aw, ah), (x, y, w, h) = (anchors @ change).T, (boxes @ change).T
    told = np.stack([(x - ax) / aw, (y - ay) / ah, np.log(w / aw), np.log(h / ah)], axis=1) / deviations
    dx, dy, dw, dh = (codes * deviations).T
    back = np.array([[1, 0, -0.5, 0], [0, 1, 0, -0.5], [1, 0, 0.5, 0], [0, 1, 0, 0.5]])
    return told, np.stack([ax + dx * aw, ay + dy * ah, aw * np.exp(dw), ah * np.exp(dh)], axis=1) @ back.T


def hidden(rng):
    def drawn(count):
        corner = rng.uniform(0, 60, (count, 2))
        return np.hstack([corner, corner + rng.uniform(5, 40, (count, 2))])

    ones, ssd = np.ones(4), np.array([0.1, 0.1, 0.2, 0.2])
    anchors = drawn(5)
    yield Case("told", "boxes anywhere", (anchors, drawn(5), np.zeros((5, 4)), ones))
    yield Case("told", "many boxes", (drawn(9), drawn(9), np.zeros((9, 4)), ones))
    yield Case("found", "codes as they come", (anchors, anchors.copy(), rng.normal(0, 0.6, (5, 4)), ones))
    yield Case("deviations", "those of SSD", (anchors, drawn(5), rng.normal(0, 2, (5, 4)), ssd))
    other = rng.uniform(0.1, 0.9, 4)
    yield Case("deviations", "four different ones", (drawn(3), drawn(3), rng.normal(0, 1, (3, 4)), other))
    yield Case("deviations", "no box", (drawn(0), drawn(0), np.zeros((0, 4)), ssd))


EXERCISE = Exercise(
    name="code_boxes",
    title="Four numbers that a network can learn",
    task=(
        "A network does not give boxes. It gives four numbers $t$ for each anchor, which say how the anchor "
        "must be moved and stretched: with centre $(x_a, y_a)$, width $w_a$ and height $h_a$ of the anchor "
        "and $x, y, w, h$ of the box, $t_x = (x - x_a)/w_a$, $t_y = (y - y_a)/h_a$, $t_w = \\ln(w/w_a)$ and "
        "$t_h = \\ln(h/h_a)$. So that all four vary about as much, each is then divided by its "
        "typical size, `deviations`.\n\n"
        "Write `code_boxes(anchors, boxes, codes, deviations)`, both ways at once: return the codes of "
        "`boxes`, what a network should have said, and the boxes that `codes` stand for, what it did say. "
        "`anchors`, `boxes` and `codes` have shape $(B, 4)$ and belong together row by row; "
        "`deviations` holds four numbers, in the order $x, y, w, h$. Anchors and boxes, given and returned, "
        "are `(x1, y1, x2, y2)`."
    ),
    reference=code_boxes,
    groups=(
        Group("told", 3, "From boxes to codes"),
        Group("found", 3, "From codes to boxes"),
        Group("deviations", 3, "Both, with deviations"),
    ),
    public=(
        Case(
            "told",
            "moved, then stretched",
            (
                np.array([[0.0, 0, 8, 4], [0, 0, 8, 4]]),
                np.array([[2.0, 1, 10, 5], [2, 1, 6, 9]]),
                np.zeros((2, 4)),
                np.ones(4),
            ),
        ),
        Case(
            "found",
            "moved, and all but doubled",
            (
                np.array([[0.0, 0, 8, 4], [10, 10, 20, 14]]),
                np.array([[0.0, 0, 8, 4], [10, 10, 20, 14]]),
                np.array([[0.5, 0.25, 0, 0], [0, 0.5, 0.7, -0.7]]),
                np.ones(4),
            ),
        ),
        Case(
            "deviations",
            "those of SSD",
            (
                np.array([[0.0, 0, 8, 4]]),
                np.array([[2.0, 1, 6, 9]]),
                np.array([[5.0, 2.5, 3.5, -3.5]]),
                np.array([0.1, 0.1, 0.2, 0.2]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            without_a_logarithm,
            "Your sizes are quotients, without the logarithm. The way back still works, but now twice as "
            "large is 1 away from no change, and half as large only ½; and a network may say -1.",
            SECTION,
        ),
        Mistake(
            growth_as_a_difference,
            "You took w/w_a - 1 for the growth. Near 0 that is almost the logarithm; far from it, twice as "
            "large and half as large are no longer opposites, and a size can turn negative.",
            SECTION,
        ),
        Mistake(
            height_before_width,
            "Your codes hold the height before the width. There and back again they come out right, which "
            "is why a round trip proves nothing: the order is x, y, w, h.",
            SECTION,
        ),
        Mistake(
            x_divided_by_the_height,
            "You divided the way along x by the anchor's height and that along y by its width. On square "
            "anchors nobody would see it: x goes with the width, y with the height.",
            SECTION,
        ),
        Mistake(
            corner_for_the_centre,
            "You measured from corner to corner. The codes measure from centre to centre, so that a box that "
            "only grows around its middle is not moved.",
            SECTION,
        ),
        Mistake(
            deviations_left_out,
            "You left out the deviations. The codes are divided by them, and multiplied by them on the way "
            "back; without that the loss hardly notices the small numbers among the four.",
            SECTION,
        ),
        Mistake(
            deviations_the_other_way,
            "You used the deviations the wrong way round: a code is *divided* by its typical size, which "
            "makes it about 1, and multiplied on the way back. A round trip does not show it.",
            SECTION,
        ),
        Mistake(
            measured_in_the_box,
            "You divided the way between the centres by the size of the box. The anchor's size is meant: it "
            "is known when the network is asked, the box is not.",
            SECTION,
        ),
        Mistake(
            centres_and_sizes_returned,
            "Your decoded boxes are still centre, width and height. One step is left: like the boxes that "
            "come in, they are asked for as `(x1, y1, x2, y2)`.",
            SECTION,
        ),
        Mistake(
            whole_size_on_both_sides,
            "Your decoded boxes are twice as wide and twice as high as they should be: from the centre it is "
            "*half* a width to either side.",
            SECTION,
        ),
    ),
    variants=(number_by_number, as_a_change_of_format),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "First turn anchors and boxes into centres and sizes. What is left are four formulas, and the same "
        "four solved for x, y, w and h.",
        "Solved: $x = x_a + t_x w_a$ and $w = w_a e^{t_w}$. The codes that come in must be multiplied by "
        "`deviations` before that, the codes that go out divided by them.",
        "`size = anchors[:, 2:] - anchors[:, :2]` and `middle = (anchors[:, :2] + anchors[:, 2:]) / 2` hold "
        "both directions in one array. With `centre` and `size` of a box it is `np.hstack([centre - size / "
        "2, centre + size / 2])`.",
    ),
    section=SECTION,
)
