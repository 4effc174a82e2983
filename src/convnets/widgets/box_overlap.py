"""Two boxes and how much they overlap: IoU and GIoU (chapter *Detection*)."""

import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.boxes import check_boxes
from convnets.widgets.ranges import check_range

__all__ = ["BoxOverlap"]

SIZE = (24, 14)
"""Width and height of the field."""

PRESETS = [
    {"name": "overlapping", "boxes": [[3, 3, 13, 9], [8, 5, 18, 12]]},
    {"name": "half of it", "boxes": [[4, 3, 16, 11], [4, 3, 10, 11]]},
    {"name": "a third", "boxes": [[3, 3, 13, 11], [8, 3, 18, 11]]},
    {"name": "inside", "boxes": [[4, 2, 20, 12], [9, 5, 13, 9]]},
    {"name": "touching", "boxes": [[3, 3, 10, 9], [10, 5, 18, 12]]},
    {"name": "apart", "boxes": [[1, 1, 7, 5], [16, 8, 23, 13]]},
    {"name": "equal", "boxes": [[6, 3, 17, 10], [6, 3, 17, 10]]},
]


class BoxOverlap(BookWidget):
    """Two boxes on squared paper, moved by mouse, finger or keys, with their areas, IoU and GIoU.

    The numbers are those of :func:`convnets.detection.box_iou` and
    :func:`convnets.detection.generalized_box_iou`.

    Parameters
    ----------
    boxes : array_like of int, of shape (2, 4), optional
        A and B at the start: x1, y1, x2, y2 in squares of a field 24 wide and 14 high.
    chosen : int
        Which of them the keys move at the start, 0 or 1.
    enclosed : bool
        Whether the smallest box around both is drawn at the start.

    Raises
    ------
    TypeError
        If a number is not whole or ``enclosed`` is no truth value.
    ValueError
        If there are not two boxes with an area inside the field.
    """

    alt = (
        "Two boxes on squared paper that can be moved and stretched, with their areas, what they share, "
        "intersection over union, and generalised intersection over union."
    )
    _esm = parts.module("box_overlap")
    _own_css = parts.style("box_overlap")

    size = traitlets.List(list(SIZE)).tag(sync=True)
    boxes = traitlets.List().tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    enclosed = traitlets.Bool().tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(self, boxes=None, chosen=0, enclosed=True):
        check_range("chosen", chosen, 0, 1)
        if not isinstance(enclosed, bool):
            raise TypeError(f"enclosed expects a truth value, got {enclosed!r}")
        boxes = PRESETS[0]["boxes"] if boxes is None else boxes
        super().__init__(
            boxes=check_boxes("boxes", boxes, SIZE, (2, 2)), chosen=chosen, enclosed=enclosed, presets=PRESETS
        )
