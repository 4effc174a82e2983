"""Convolution in one dimension, two ways at once (chapter *Convolution*)."""

import numpy as np
import traitlets

from convnets.widgets import parts
from convnets.widgets.base import BookWidget

__all__ = ["TranslateAndScale"]

LONGEST = 6
LARGEST = 9


class TranslateAndScale(BookWidget):
    """Translate-and-scale beside flip-and-filter, with numbers that the reader changes.

    Parameters
    ----------
    a, b : array_like of int, of shape (1,) to (6,)
        The signals at the start, whole numbers from -9 to 9. The defaults are the lectures' example,
        (2, -1, 1) * (1, 1, 2) = (2, 1, 4, -1, 2).
    index : int
        The output that both pictures point out at the start.

    Raises
    ------
    TypeError
        If ``a`` or ``b`` hold something else than whole numbers.
    ValueError
        If ``a`` or ``b`` are too long, empty, not one-dimensional or out of range, or that output does not
        exist.
    """

    alt = (
        "One-dimensional convolution of two short lists of numbers, which can be changed, made in two ways "
        "side by side: adding moved and scaled copies, and sliding the turned list; step through the outputs."
    )
    _esm = parts.module("translate_and_scale")
    _own_css = parts.style("translate_and_scale")

    a = traitlets.List(traitlets.Int()).tag(sync=True)
    b = traitlets.List(traitlets.Int()).tag(sync=True)
    index = traitlets.Int(min=0).tag(sync=True)

    def __init__(self, a=(2, -1, 1), b=(1, 1, 2), index=2):
        a, b = _signal("a", a), _signal("b", b)
        if not 0 <= index < len(a) + len(b) - 1:
            raise ValueError(f"index expects 0 to {len(a) + len(b) - 2}, got {index}")
        super().__init__(a=a, b=b, index=index)


def _signal(name, value):
    array = np.asarray(value)
    if array.ndim != 1 or not 1 <= array.size <= LONGEST:
        raise ValueError(f"{name} expects 1 to {LONGEST} numbers in one axis, its shape is {array.shape}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} expects whole numbers, got {array.dtype}")
    if np.abs(array).max() > LARGEST:
        raise ValueError(f"{name} expects numbers from -{LARGEST} to {LARGEST}, got {array.tolist()}")
    return array.tolist()
