"""Non-maximum suppression, round by round: greedy and soft (chapter *Detection*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.boxes import check_boxes
from convnets.widgets.ranges import check_range

__all__ = ["SuppressionSteps"]

METHODS = ("greedy", "linear", "gaussian")
SIZE = (400, 220)
"""Width and height of the picture."""

OBJECTS = [(112, 100, 70, 65), (170, 105, 60, 70), (332, 120, 45, 52)]
"""What is to be found: ellipses, centre x, y and half their width and height."""

BOXES = [
    (42, 36, 182, 166),
    (110, 34, 232, 176),
    (284, 70, 378, 174),
    (34, 26, 170, 158),
    (56, 46, 192, 174),
    (120, 48, 242, 184),
    (100, 24, 220, 166),
    (296, 60, 390, 164),
    (50, 30, 228, 172),
    (244, 152, 300, 210),
]
SCORES = [0.95, 0.9, 0.88, 0.84, 0.75, 0.72, 0.6, 0.55, 0.48, 0.3]
RANGES = {"threshold": (0, 1), "sigma": (0.05, 1), "least": (0.01, 0.6)}


class SuppressionSteps(BookWidget):
    """Ten scored boxes about three objects, of which suppression takes one each round.

    Two of the objects overlap by a third: with a low threshold the greedy method loses one of them. The
    rounds are those of :func:`convnets.detection.nms` and :func:`convnets.detection.soft_nms`.

    Parameters
    ----------
    method : {"greedy", "linear", "gaussian"}
        The method at the start; the last two are soft suppression.
    threshold : float
        Overlap above which boxes are dropped, or their scores lowered, 0 to 1.
    sigma : float
        How slowly the Gaussian method lowers scores, 0.05 to 1.
    least : float
        Score below which the soft methods drop a box, 0.01 to 0.6.
    step : int
        How many rounds are done at the start; those that there are, if there are fewer.
    boxes : array_like of int, of shape (B, 4), optional
        x1, y1, x2, y2 in a picture 400 wide and 220 high; 1 to 26 boxes.
    scores : array_like of shape (B,), optional
        From 0 to 1.

    Raises
    ------
    TypeError
        If ``step`` or a number of a box is not whole.
    ValueError
        If a name, a range or a shape is wrong.
    """

    alt = (
        "Ten scored boxes around three objects: step through non-maximum suppression, with a threshold to "
        "set, and see which box is dropped by which; or soft suppression, which lowers scores instead."
    )
    _esm = parts.module("suppression_steps")
    _own_css = parts.style("suppression_steps")

    size = traitlets.List(list(SIZE)).tag(sync=True)
    objects = traitlets.List().tag(sync=True)
    boxes = traitlets.List().tag(sync=True)
    scores = traitlets.List().tag(sync=True)
    method = traitlets.Enum(METHODS).tag(sync=True)
    threshold = traitlets.Float().tag(sync=True)
    sigma = traitlets.Float().tag(sync=True)
    least = traitlets.Float().tag(sync=True)
    step = traitlets.Int(min=0).tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(
        self, method="greedy", threshold=0.5, *, sigma=0.5, least=0.1, step=0, boxes=None, scores=None
    ):
        if method not in METHODS:
            raise ValueError(f"method expects one of {', '.join(map(repr, METHODS))}, got {method!r}")
        for name, value in (("threshold", threshold), ("sigma", sigma), ("least", least)):
            _check_share(name, value, *RANGES[name])
        objects = OBJECTS if boxes is None else []
        boxes = check_boxes("boxes", BOXES if boxes is None else boxes, SIZE, (1, 26))
        check_range("step", step, 0, len(boxes))
        super().__init__(
            objects=[list(each) for each in objects],
            boxes=boxes,
            scores=_scores(SCORES if scores is None else scores, len(boxes)),
            method=method,
            threshold=threshold,
            sigma=sigma,
            least=least,
            step=step,
            ranges=RANGES,
        )


def _check_share(name, value, least, most):
    if not least <= value <= most:
        raise ValueError(f"{name} expects {least} to {most}, got {value}")


def _scores(scores, num):
    array = np.asarray(scores, dtype=float)
    if array.shape != (num,):
        raise ValueError(f"scores expects shape ({num},), one for each box, its shape is {array.shape}")
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError(f"scores expects 0 to 1, has {array.min()} to {array.max()}")
    return array.tolist()
