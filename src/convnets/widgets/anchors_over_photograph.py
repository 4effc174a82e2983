"""Anchors over a photograph, and which of them answer for a box (chapter *Detection*)."""

import numpy as np
import traitlets

from convnets.widgets import parts, pictures
from convnets.widgets.base import BookWidget
from convnets.widgets.boxes import check_boxes
from convnets.widgets.ranges import check_range

__all__ = ["AnchorsOverPhotograph"]

SIZE = (288, 192)
"""Width and height of the photograph in pixels."""

CUP = (80, 8, 200, 148)
"""The cup in it."""

STRIDES = (8, 16, 32)
SIZES = {32: "32", 64: "64", 128: "128"}
RATIOS = {0.5: "1 : 2", 1.0: "1 : 1", 2.0: "2 : 1"}
RANGES = {"positive": (0.1, 0.95), "negative": (0, 0.95)}


class AnchorsOverPhotograph(BookWidget):
    """A photograph of a cup under a grid of anchors, and a box that the reader drags.

    Anchors are those of :func:`convnets.detection.anchor_shapes` and
    :func:`convnets.detection.grid_anchors`, matched with the box as by
    :func:`convnets.detection.match_anchors`.

    Parameters
    ----------
    object : sequence of int
        The box at the start: x1, y1, x2, y2 in a photograph 288 wide and 192 high; multiples of 4.
    stride : {8, 16, 32}
        Width and height of a cell in pixels.
    sizes : sequence of {32, 64, 128}
        Sides of the squares of the anchors' areas.
    ratios : sequence of {0.5, 1.0, 2.0}
        Height over width.
    positive, negative : float
        From which overlap on an anchor is positive, and below which it is negative.
    rescue : bool
        Whether the anchor that overlaps the box most is positive in any case.
    cell : tuple of int
        (column, row) of the cell whose anchors are drawn, whatever they overlap.

    Raises
    ------
    TypeError
        If a number that must be whole is not, or ``rescue`` is no truth value.
    ValueError
        If a choice does not exist, a box has no area or reaches out, or not negative <= positive.
    """

    alt = (
        "A photograph of a cup under a grid of anchors: drag a box over it, choose stride, sizes, ratios and "
        "thresholds, and see which anchors are positive, ignored and negative."
    )
    _esm = parts.module("anchors_over_photograph")
    _own_css = parts.style("anchors_over_photograph")

    photograph = traitlets.Unicode().tag(sync=True)
    shows = traitlets.Unicode().tag(sync=True)
    extent = traitlets.List(list(SIZE)).tag(sync=True)
    object = traitlets.List().tag(sync=True)
    stride = traitlets.Int().tag(sync=True)
    sizes = traitlets.List().tag(sync=True)
    ratios = traitlets.List().tag(sync=True)
    positive = traitlets.Float().tag(sync=True)
    negative = traitlets.Float().tag(sync=True)
    rescue = traitlets.Bool().tag(sync=True)
    cell = traitlets.List().tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        object=CUP,
        stride=32,
        sizes=(64, 128),
        ratios=(0.5, 1.0, 2.0),
        *,
        positive=0.7,
        negative=0.3,
        rescue=True,
        cell=(7, 3),
    ):
        _check_choices("stride", [stride], STRIDES)
        _check_choices("sizes", sizes, SIZES)
        _check_choices("ratios", ratios, RATIOS)
        for name, at, length in zip(("column", "row"), cell, SIZE, strict=True):
            check_range(name, at, 0, length // stride - 1)
        _check_thresholds(positive, negative)
        if not isinstance(rescue, bool):
            raise TypeError(f"rescue expects a truth value, got {rescue!r}")
        from convnets import data

        pixels = np.rint(255 * data.photograph("coffee", SIZE[::-1])).astype(np.uint8)
        super().__init__(
            photograph=pictures.jpeg(pixels),
            shows=data.PHOTOGRAPHS["coffee"].shows,
            object=check_boxes("object", [object], SIZE)[0],
            stride=stride,
            sizes=[each for each in SIZES if each in sizes],
            ratios=[each for each in RATIOS if each in ratios],
            positive=positive,
            negative=negative,
            rescue=rescue,
            cell=list(cell),
            choices={
                "stride": list(STRIDES),
                "sizes": [list(each) for each in SIZES.items()],
                "ratios": [list(each) for each in RATIOS.items()],
            },
            ranges=RANGES,
        )


def _check_choices(name, values, known):
    wrong = [value for value in values if value not in known]
    if wrong:
        raise ValueError(f"{name} expects {', '.join(map(str, known))}, got {', '.join(map(str, wrong))}")


def _check_thresholds(positive, negative):
    for name, value in (("positive", positive), ("negative", negative)):
        least, most = RANGES[name]
        if not least <= value <= most:
            raise ValueError(f"{name} expects {least} to {most}, got {value}")
    if negative > positive:
        raise ValueError(f"expected negative <= positive, got {negative} and {positive}")
