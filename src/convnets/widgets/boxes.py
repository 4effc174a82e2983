"""Checking the boxes that explorers of detection are made with."""

import numpy as np

__all__ = ["check_boxes"]


def check_boxes(name, boxes, size, num=None):
    """Return boxes as lists of whole numbers.

    Parameters
    ----------
    name : str
        What the caller calls them.
    boxes : array_like of int, of shape (B, 4)
        x1, y1, x2, y2.
    size : tuple of int
        Width and height of the field in which they lie.
    num : tuple of int, optional
        How many there must be, at least and at most.

    Returns
    -------
    list of list of int

    Raises
    ------
    TypeError
        If they are not whole numbers.
    ValueError
        If the shape is another, a box has no area or reaches out of the field, or there are too many or few.
    """
    array = np.asarray(boxes)
    array = array.reshape(0, 4).astype(int) if not array.size else array
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} expects shape (B, 4), its shape is {array.shape}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} expects whole numbers, got {array.dtype}")
    if num and not num[0] <= len(array) <= num[1]:
        raise ValueError(f"{name} expects {num[0]} to {num[1]} boxes, got {len(array)}")
    is_wrong = (array[:, :2] < 0) | (array[:, 2:] > size) | (array[:, :2] >= array[:, 2:])
    if is_wrong.any():
        wrong = array[is_wrong.any(axis=1)][0].tolist()
        raise ValueError(f"{name} expects x1 < x2 <= {size[0]} and y1 < y2 <= {size[1]}, got {wrong}")
    return array.tolist()
