"""Precision over recall, detection by detection, and the averages made of it (chapter *Detection*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["PrecisionRecall"]

AVERAGES = ("area", "voc", "coco")
SCORES = (0.97, 0.93, 0.88, 0.81, 0.74, 0.66, 0.59, 0.47, 0.35, 0.28)
VERDICTS = (True, True, False, True, False, False, True, True, False, False)
MOST_OBJECTS = 30


class PrecisionRecall(BookWidget):
    """A curve of precision over recall that grows by one detection at a time, the surest first.

    The reader turns verdicts round, changes scores and thereby the order, and sees the average precision as
    area, over 11 and over 101 recalls. The numbers are those of :func:`convnets.detection.precision_recall`
    and :func:`convnets.detection.average_precision`.

    Parameters
    ----------
    scores : array_like of shape (D,)
        Of 1 to 26 detections, from 0 to 1, in any order.
    verdicts : sequence of bool, of length D
        Whether each of them is right.
    objects : int
        How many objects there are to be found, 1 to 30, no fewer than detections that are right.
    step : int
        How many detections are counted at the start.
    average : {"area", "voc", "coco"}
        Which average is drawn at the start.

    Raises
    ------
    TypeError
        If a verdict is no truth value, or ``objects`` or ``step`` is not whole.
    ValueError
        If a shape, a range or a name is wrong.
    """

    alt = (
        "The curve of precision over recall, built detection by detection by falling score: turn verdicts "
        "round, change scores, and see average precision as area, over 11 and over 101 recalls."
    )
    _esm = parts.module("precision_recall")
    _own_css = parts.style("precision_recall")

    scores = traitlets.List().tag(sync=True)
    verdicts = traitlets.List().tag(sync=True)
    objects = traitlets.Int().tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    average = traitlets.Enum(AVERAGES).tag(sync=True)
    chosen = traitlets.Int(0, min=0).tag(sync=True)
    most = traitlets.Int(MOST_OBJECTS).tag(sync=True)

    def __init__(self, scores=SCORES, verdicts=VERDICTS, objects=6, *, step=4, average="area"):
        scores = _scores(scores)
        wrong = [value for value in verdicts if not isinstance(value, bool)]
        if wrong:
            raise TypeError(f"verdicts expects truth values, got {wrong[0]!r}")
        if len(verdicts) != len(scores):
            raise ValueError(f"expected a verdict for each score, got {len(verdicts)} and {len(scores)}")
        check_range("objects", objects, max(1, sum(verdicts)), MOST_OBJECTS)
        check_range("step", step, 0, len(scores))
        if average not in AVERAGES:
            raise ValueError(f"average expects one of {', '.join(map(repr, AVERAGES))}, got {average!r}")
        super().__init__(scores=scores, verdicts=list(verdicts), objects=objects, step=step, average=average)


def _scores(scores):
    array = np.asarray(scores, dtype=float)
    if array.ndim != 1 or not 1 <= array.size <= 26:
        raise ValueError(f"scores expects 1 to 26 numbers in one axis, its shape is {array.shape}")
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError(f"scores expects 0 to 1, has {array.min()} to {array.max()}")
    return array.tolist()
