"""The gradient flowing back through one filter, place by place (chapter *Backprop*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget
from convnets.widgets.ranges import check_range

__all__ = ["GradientFlow"]

DIMENSIONS = ("1-D", "2-D")
GRADIENTS = ("numbers", "ones", "one")
LARGEST = 9  # numbers in the pictures
RANGES = {"stride": (1, 3), "padding": (0, 2)}

_X = ((1, 0, 2, -1, 1), (0, 3, 1, 0, -2), (2, -1, 0, 1, 1), (1, 1, -2, 0, 2), (0, 2, 1, -1, 0))
_WEIGHT = ((1, 0, -1), (2, 1, 0), (0, -1, 3))
_GRAD_OUTPUT = (
    (1, -1, 2, 0, 1, 3, -2),
    (2, 0, 1, -2, 1, 0, 1),
    (0, 3, -1, 1, 2, -1, 0),
    (-1, 1, 0, 2, -2, 1, 1),
    (1, 2, -3, 1, 0, 2, -1),
    (0, -2, 1, 1, 3, 0, 2),
    (2, 1, 0, -1, 1, -2, 1),
)


class GradientFlow(BookWidget):
    """One step per output: its gradient flows back into the input and into the weights.

    Times the kernel it is added into ``grad_x``, times the window into ``grad_weight``. After the last step
    both equal those of :func:`convnets.backprop.conv2d_backward`, for one image, one channel and one filter.

    Parameters
    ----------
    x : array_like of int, of shape (5, 5)
        The layer's input, whole numbers from -9 to 9. In one dimension its first row is taken.
    weight : array_like of int, of shape (3, 3)
        The filter; in one dimension its second row.
    grad_output : array_like of int, of shape (7, 7)
        Gradients with respect to the outputs; as many as there are outputs are taken, from the upper left.
    stride, padding : int
        Of the layer, 1 to 3 and 0 to 2.
    position : int
        The output whose gradient flows at the start, counted row by row; the last one if there are fewer.
    dimensions : {"2-D", "1-D"}
        Whether the window moves in rows and columns or along one row.

    Raises
    ------
    TypeError
        If a number is no integer.
    ValueError
        If a shape, a range or a name is wrong.
    """

    alt = (
        "Backward through one filter, step by step: each output's gradient times the kernel is added into "
        "the gradient of the input, and times the window into that of the weights, with running totals."
    )
    _esm = parts.module("gradient_flow")
    _own_css = parts.style("gradient_flow")

    x = traitlets.List().tag(sync=True)
    weight = traitlets.List().tag(sync=True)
    grad_output = traitlets.List().tag(sync=True)
    stride = traitlets.Int().tag(sync=True)
    padding = traitlets.Int().tag(sync=True)
    position = traitlets.Int(min=0).tag(sync=True)
    ranges = traitlets.Dict().tag(sync=True)
    dimensions = traitlets.Enum(DIMENSIONS).tag(sync=True)
    shown = traitlets.Enum(GRADIENTS).tag(sync=True)

    def __init__(
        self,
        x=_X,
        weight=_WEIGHT,
        grad_output=_GRAD_OUTPUT,
        *,
        stride=1,
        padding=0,
        position=0,
        dimensions="2-D",
        shown="numbers",
    ):
        check_range("stride", stride, *RANGES["stride"])
        check_range("padding", padding, *RANGES["padding"])
        check_range("position", position, 0, 7**2)
        for name, value, known in (("dimensions", dimensions, DIMENSIONS), ("shown", shown, GRADIENTS)):
            if value not in known:
                raise ValueError(f"{name} expects one of {', '.join(map(repr, known))}, got {value!r}")
        super().__init__(
            x=_matrix("x", x, 5),
            weight=_matrix("weight", weight, 3),
            grad_output=_matrix("grad_output", grad_output, 7),
            stride=stride,
            padding=padding,
            position=position,
            ranges=RANGES,
            dimensions=dimensions,
            shown=shown,
        )


def _matrix(name, value, side):
    array = np.asarray(value)
    if array.shape != (side, side):
        raise ValueError(f"{name} expects shape {(side, side)}, its shape is {array.shape}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} expects whole numbers, got {array.dtype}")
    if np.abs(array).max() > LARGEST:
        raise ValueError(f"{name} expects numbers from -{LARGEST} to {LARGEST}, got {array.tolist()}")
    return array.tolist()
