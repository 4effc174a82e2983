"""What each output of YOLO should say, and how much it counts (coverage row 12.14)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import grids

SECTION = "detection.html#yolo"


def grid_targets(boxes, labels, image_shape, num_classes, predicted):
    S, P, (height, width) = predicted.shape[0], predicted.shape[2], image_shape
    targets, weights = np.zeros((S, S, P * 5 + num_classes)), np.zeros((S, S, P * 5 + num_classes))
    weights[:, :, [5 * p + 4 for p in range(P)]] = 0.5
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        across, down = (x1 + x2) / 2 / width * S, (y1 + y2) / 2 / height * S
        row, column = min(int(down), S - 1), min(int(across), S - 1)
        if targets[row, column, 5 * P :].any():
            continue
        overlaps = []
        for x, y, root_w, root_h, _ in predicted[row, column]:
            half_w, half_h = root_w**2 * width / 2, root_h**2 * height / 2
            x, y = (column + x) * width / S, (row + y) * height / S
            shared_w = max(0, min(x + half_w, x2) - max(x - half_w, x1))
            shared = shared_w * max(0, min(y + half_h, y2) - max(y - half_h, y1))
            overlaps.append(shared / (4 * half_w * half_h + (x2 - x1) * (y2 - y1) - shared))
        best = int(np.argmax(overlaps))
        roots = np.sqrt((x2 - x1) / width), np.sqrt((y2 - y1) / height)
        chosen = slice(5 * best, 5 * best + 5)
        targets[row, column, chosen] = [across - column, down - row, *roots, overlaps[best]]
        weights[row, column, chosen] = [5, 5, 5, 5, 1]
        targets[row, column, 5 * P + label] = 1
        weights[row, column, 5 * P :] = 1
    return targets, weights


def all_boxes_decoded(boxes, labels, image_shape, num_classes, predicted):
    S, P, unit = len(predicted), predicted.shape[2], np.array(image_shape[::-1], dtype=float)
    cell = np.stack(np.meshgrid(np.arange(S), np.arange(S)), axis=-1)[:, :, None]
    centre, extent = (predicted[..., :2] + cell) / S, np.square(predicted[..., 2:4])
    low, high = centre - extent / 2, centre + extent / 2
    goal = np.zeros((S, S, P, 5))
    gain = np.broadcast_to([0, 0, 0, 0, 0.5], goal.shape).copy()
    kinds, counts = np.zeros((S, S, num_classes)), np.zeros((S, S, num_classes))
    for n in range(len(boxes) - 1, -1, -1):  # the first object comes last and stays
        a, b = boxes[n, :2] / unit, boxes[n, 2:] / unit
        place = (a + b) / 2 * S
        column, row = np.clip(np.floor(place), 0, S - 1).astype(int)
        sides = np.clip(np.minimum(high[row, column], b) - np.maximum(low[row, column], a), 0, None)
        common = sides[:, 0] * sides[:, 1]
        areas = extent[row, column, :, 0] * extent[row, column, :, 1] + np.prod(b - a)
        iou = common / (areas - common)
        goal[row, column], gain[row, column], kinds[row, column] = 0, [0, 0, 0, 0, 0.5], 0
        goal[row, column, iou.argmax()] = np.hstack([place - (column, row), np.sqrt(b - a), iou.max()])
        gain[row, column, iou.argmax()] = [5, 5, 5, 5, 1]
        kinds[row, column, labels[n]], counts[row, column] = 1, 1
    flat = (S, S, 5 * P)
    return np.dstack([goal.reshape(flat), kinds]), np.dstack([gain.reshape(flat), counts])


def hidden(rng):
    def case(group, label, centres, image_shape, S, P, num_classes=3):
        """Put objects at centres in cells (x, y); draw sizes, labels and what the network said."""
        unit = np.array(image_shape[::-1]) / S
        middle = np.array(centres, dtype=float).reshape(-1, 2) * unit
        half = rng.uniform(0.3, 0.9, middle.shape) * np.minimum(np.minimum(middle, unit * S - middle), unit)
        predicted = np.concatenate(
            [rng.uniform(0, 1, (S, S, P, 2)), rng.uniform(0.4, 0.8, (S, S, P, 3))], axis=3
        )
        labels = rng.integers(0, num_classes, len(middle))
        boxes = np.hstack([middle - half, middle + half])
        return Case(group, label, (boxes, labels, image_shape, num_classes, predicted))

    a, b = rng.uniform(0.1, 0.9, 2)
    yield case("cell", "a high image", [[2 + a, 0 + b]], (96, 64), 3, 1)
    yield case("cell", "a wide image", [[0 + a, 3 + b]], (64, 128), 4, 2)
    yield case("boxes", "three boxes per cell", [[1 + a, 1 + b], [2 + b, 0 + a]], (60, 90), 3, 3)
    yield case("boxes", "two boxes per cell", [[0 + a, 1 + b], [1 + b, 0 + a]], (80, 50), 2, 2, 5)
    yield case("crowd", "two in one cell", [[1 + a, 2 + b], [1.5, 2.5], [0.5, 0 + a]], (96, 128), 4, 2)
    yield case("crowd", "centres on borders", [[1, 1 + a], [2 + b, 3]], (64, 128), 4, 2)
    alike = case("boxes", "two equal boxes per cell", [[1 + a, 0 + b], [0 + b, 1 + a]], (50, 80), 2, 2)
    alike.args[-1][:, :, 1] = alike.args[-1][:, :, 0]
    yield alike
    yield case("crowd", "no object", [], (64, 64), int(rng.integers(2, 5)), 2)


EXERCISE = Exercise(
    name="grid_targets",
    title="What YOLO is told",
    task=(
        "YOLO (Redmon et al., 2016) lays a grid of $S \\times S$ cells over the image. Each cell gives $P$ "
        "boxes, five numbers each, and then $C$ class scores. An object is a matter for the cell in which "
        "its centre lies (on a border between two: the right or lower one). The five numbers of a box are: x "
        "and y of its centre within the cell, each from 0 to 1; the square *roots* of its width and height, "
        "as parts of the image's; and the confidence.\n\n"
        "Write `grid_targets(boxes, labels, image_shape, num_classes, predicted)`, for one image. "
        "`predicted`, shape $(S, S, P, 5)$, holds the boxes that the network gave, `image_shape` is "
        "`(height, width)`. Return targets and weights, both of shape $(S, S, 5P + C)$, such that the loss "
        "is the sum of weight × (output − target)². Of a cell with an object, the predicted box that "
        "overlaps it most answers for it (of equals the first): it gets the object's four numbers, with "
        "weight 5, and its own IoU with the object as confidence, with weight 1. The class scores of the "
        "cell get 1 for the class and 0 for the others, with weight 1. Every other confidence, in whatever "
        "cell, should be 0, with weight ½. All else has weight 0 and target 0. Of several objects in one "
        "cell only the first counts."
    ),
    reference=grid_targets,
    groups=(
        Group("cell", 4, "One object, one box per cell, or two"),
        Group("boxes", 3, "Which box answers"),
        Group("crowd", 3, "Crowded cells, borders, and no objects"),
    ),
    public=(
        Case(
            "cell",
            "at the right of the upper edge",
            (
                np.array([[60.0, 4, 80, 12]]),
                np.array([1]),
                (64, 80),
                2,
                np.tile([0.5, 0.25, 0.5, 0.5, 0.75], (2, 2, 1, 1)),
            ),
        ),
        Case(
            "boxes",
            "one cell, two boxes",
            (
                np.array([[8.0, 8, 24, 40]]),
                np.array([0]),
                (64, 64),
                3,
                np.array([[[[0.75, 0.75, 0.5, 0.5, 1], [0.25, 0.5, 0.5, 0.75, 0]]]]),
            ),
        ),
        Case(
            "crowd",
            "two in one cell",
            (
                np.array([[2.0, 36, 18, 60], [4, 40, 12, 56]]),
                np.array([2, 0]),
                (64, 64),
                3,
                np.tile([0.5, 0.5, 0.5, 0.75, 0.5], (2, 2, 1, 1)),
            ),
        ),
        Case(
            "crowd",
            "a centre between two cells",
            (
                np.array([[20.0, 8, 44, 24]]),
                np.array([0]),
                (64, 64),
                1,
                np.tile([0.5, 0.5, 0.75, 0.75, 0.5], (2, 2, 1, 1)),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            grids.place_in_the_image,
            "Your x and y are measured in the image. They are measured in the *cell*: 0 at its left or "
            "upper edge, 1 at the other, so that every cell can say the same things.",
            SECTION,
        ),
        Mistake(
            grids.row_and_column_swapped,
            "Your object landed in the mirrored cell: an object at the right of the upper edge is in row "
            "0 and the last column. An array is indexed [row = y, column = x].",
            SECTION,
        ),
        Mistake(
            grids.size_in_cells,
            "Your width and height are measured in cells. Only the place is: an object is often larger "
            "than its cell, and its size is told as a part of the whole image.",
            SECTION,
        ),
        Mistake(
            grids.no_root,
            "Your sizes are told as they are. The network gives their square roots, so that five pixels "
            "too many cost more on a small box than on a large one.",
            SECTION,
        ),
        Mistake(
            grids.confidence_of_one,
            "You ask for a confidence of 1. What is asked for is the overlap of the predicted box with "
            "the object: a box that lies badly should not be sure of itself.",
            SECTION,
        ),
        Mistake(
            grids.first_box_answers,
            "The first box of the cell always answers with you. The one that overlaps the object most "
            "does: so each learns its own kind of shape, and gets better at it.",
            SECTION,
        ),
        Mistake(
            grids.roots_taken_for_sizes,
            "To find the box that answers, you took the third and fourth numbers of a predicted box for its "
            "width and height. They are the roots: all boxes come out too large.",
            SECTION,
        ),
        Mistake(
            grids.empty_cells_have_classes,
            "You let the class scores of empty cells count. There is no right class for them; only their "
            "confidence is told, and that is 0.",
            SECTION,
        ),
        Mistake(
            grids.empty_cells_say_nothing,
            "In cells without an object nothing counts with you. Their confidences must be pushed to 0, "
            "with a weight of ½, or the detector sees objects everywhere.",
            SECTION,
        ),
        Mistake(
            grids.other_boxes_of_the_cell_left_alone,
            "In a cell with an object you left the boxes that do not answer for it alone. Their "
            "confidence counts as that of any box without an object: it should be 0, with a weight of ½.",
            SECTION,
        ),
        Mistake(
            grids.later_object_takes_the_cell,
            "Of two objects in one cell the later one replaces the first. A cell can answer for one "
            "object only, and here the first of them keeps it.",
            SECTION,
        ),
        Mistake(
            grids.border_to_the_left,
            "A centre on the border between two cells went to the left or the upper one. It belongs to "
            "the right or the lower one, where its x or y is 0: round down.",
            SECTION,
        ),
        Mistake(
            grids.coordinates_weigh_one,
            "Your four coordinates have a weight of 1. It is 5: most cells are empty, and without it "
            "their confidences would drown what the few boxes have to learn.",
            SECTION,
        ),
    ),
    variants=(all_boxes_decoded,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=40,
    hints=(
        "Begin with an image without objects: which weights are not 0? Then take one object, and find its "
        "cell: `centre / image * S`, rounded down, gives (column, row).",
        "To find out which predicted box answers, turn each box of the cell into pixels: the centre is at "
        "(column + x) · width / S, and the width is the *square* of the third number times the image's. Then "
        "compute its IoU with the object.",
        "Confidences stand at the places `4 : 5 * P : 5` of the last axis, class scores from `5 * P` on, and "
        "box $k$ from `5 * k` to `5 * k + 5`. Remember which cells are taken.",
    ),
    section=SECTION,
)
