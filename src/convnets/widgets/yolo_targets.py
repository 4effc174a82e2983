"""Boxes drawn on YOLO's grid, and what its cells should say (chapter *Detection*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.boxes import check_boxes
from convnets.widgets.ranges import check_range

__all__ = ["YoloTargets"]

SIZE = 448
"""Width and height of the image, as in the paper."""

GRID = 7
CLASSES = ("dog", "bicycle", "car")
MOST_BOXES = 6
BOXES = ((72, 144, 224, 392), (88, 96, 352, 320), (264, 48, 416, 136))


class YoloTargets(BookWidget):
    """A grid of 7 × 7 cells on which the reader draws boxes, and the target of the cell that answers.

    The numbers are those of :func:`convnets.detection.yolo_targets`.

    Parameters
    ----------
    boxes : array_like of int, of shape (B, 4)
        At most 6 boxes at the start: x1, y1, x2, y2 in an image of 448 × 448 pixels; multiples of 8.
    labels : sequence of int, of length B
        Their classes: 0 to 2 for dog, bicycle and car.
    chosen : int
        Whose cell is shown at the start.

    Raises
    ------
    TypeError
        If a number is not whole.
    ValueError
        If there are too many boxes, one has no area or reaches out, or a class does not exist.
    """

    alt = (
        "A grid of 7 by 7 cells: draw boxes on it, give them classes, and see which cell answers for each, "
        "the target of that cell number by number, and which box is lost when two share a cell."
    )
    _esm = parts.module("yolo_targets")
    _own_css = parts.style("yolo_targets")

    size = traitlets.Int(SIZE).tag(sync=True)
    grid = traitlets.Int(GRID).tag(sync=True)
    classes = traitlets.List(list(CLASSES)).tag(sync=True)
    boxes = traitlets.List().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(min=0).tag(sync=True)

    def __init__(self, boxes=BOXES, labels=(0, 1, 2), chosen=0):
        boxes = check_boxes("boxes", boxes, (SIZE, SIZE), (0, MOST_BOXES))
        if len(labels) != len(boxes):
            raise ValueError(f"expected a label for each box, got {len(labels)} and {len(boxes)}")
        for label in labels:
            check_range("labels", label, 0, len(CLASSES) - 1)
        check_range("chosen", chosen, 0, max(0, len(boxes) - 1))
        super().__init__(boxes=boxes, labels=list(labels), chosen=chosen)
