r"""Precision and recall, and the one number made of them (chapter *Detection*, section metrics).

Go through the detections from the surest down. After each, precision is the share of detections so far that
are right, recall the share of objects found so far. Average precision is the area under that curve once every
dip has been filled up from the right:

.. math:: \hat p(r) = \max_{r' \geq r} p(r')

VOC averaged it over the recalls 0, 0.1, … 1 until 2009 and takes the area since 2010 (M. Everingham et al.,
"The PASCAL visual object classes challenge: a retrospective", 2015); COCO averages over 0, 0.01, … 1.
"""

from typing import NamedTuple

import numpy as np
import torch

__all__ = [
    "COCO_LEVELS",
    "VOC_LEVELS",
    "Curve",
    "average_precision",
    "average_precision_loops",
    "precision_recall",
    "precision_recall_loops",
]

VOC_LEVELS = torch.arange(11, dtype=torch.float64) / 10
"""The recalls of VOC until 2009."""
COCO_LEVELS = torch.from_numpy(np.linspace(0, 1, 101))
"""COCO's recalls, rounded as in pycocotools: 0.35 is a little more there, and a recall of 7/20 misses it."""


class Curve(NamedTuple):
    """Precision and recall after each detection, the surest first.

    Attributes
    ----------
    precision, recall : Tensor of shape (D,)
        float64.
    """

    precision: torch.Tensor
    recall: torch.Tensor


def precision_recall(verdicts, num_objects):
    """Return precision and recall after each detection.

    Parameters
    ----------
    verdicts : Tensor of shape (D,)
        Whether each detection is right, the surest first: booleans, or the constants ``TRUE``, ``FALSE`` and
        ``DISREGARDED`` of :mod:`convnets.detection.metrics`. What is disregarded has no part in the curve.
    num_objects : int
        How many objects were to be found, at least 1.

    Returns
    -------
    Curve
        Of as many points as detections that count.

    Raises
    ------
    ValueError
        If the verdicts are no vector of such numbers, or more of them are right than there are objects: an
        object found twice is right once.
    """
    right = _counted(verdicts, num_objects).double()
    found = right.cumsum(dim=0)
    return Curve(found / torch.arange(1, len(right) + 1, dtype=torch.float64), found / num_objects)


def _counted(verdicts, num_objects):
    verdicts = torch.as_tensor(verdicts).cpu()
    if verdicts.dim() != 1:
        raise ValueError(f"verdicts must have shape (D,), their shape is {tuple(verdicts.shape)}")
    if num_objects < 1:
        raise ValueError(f"without objects there is no recall, num_objects is {num_objects}")
    whole = verdicts.to(torch.int8)
    wrong = verdicts[(whole != verdicts) | (whole < -1) | (whole > 1)]
    if len(wrong):
        raise ValueError(f"verdicts must be 1, 0 or -1, got {wrong[0].item()}")
    right = whole[whole >= 0]
    if int(right.sum()) > num_objects:
        raise ValueError(f"{int(right.sum())} detections cannot be right about {num_objects} objects")
    return right


def precision_recall_loops(verdicts, num_objects):
    """Return what :func:`precision_recall` returns, detection by detection: the definition."""
    precision, recall, found = [], [], 0
    for rank, right in enumerate(_counted(verdicts, num_objects).tolist(), start=1):
        found += right
        precision.append(found / rank)
        recall.append(found / num_objects)
    return Curve(*(torch.tensor(values, dtype=torch.float64) for values in (precision, recall)))


def average_precision(precision, recall, levels=None):
    """Return the average precision of a curve.

    Parameters
    ----------
    precision, recall : Tensor of shape (D,)
        As :func:`precision_recall` returns them. D may be 0: nothing was found, and the average is 0.
    levels : Tensor of shape (L,), optional
        The recalls over which precision is averaged, `VOC_LEVELS` or `COCO_LEVELS`. By default the area under
        the filled-up curve, which is the average over all recalls.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the shapes differ, a number is not from 0 to 1, or recall falls.
    """
    precision, recall = _checked(precision, recall)
    if not len(precision):
        return 0.0
    filled = precision.flip(0).cummax(dim=0).values.flip(0)
    if levels is None:
        steps = recall.diff(prepend=recall.new_zeros(1))
        return float((steps * filled).sum())
    levels = torch.as_tensor(levels, dtype=torch.float64)
    reached = torch.searchsorted(recall, levels)  # the first detection whose recall is at least the level
    return float(torch.cat([filled, filled.new_zeros(1)])[reached].mean())


def _checked(precision, recall):
    curve = [torch.as_tensor(values).cpu().double() for values in (precision, recall)]
    if curve[0].dim() != 1 or curve[0].shape != curve[1].shape:
        shapes = " and ".join(str(tuple(values.shape)) for values in curve)
        raise ValueError(f"precision and recall must have one shape (D,), got {shapes}")
    if not all(bool(((values >= 0) & (values <= 1)).all()) for values in curve):
        raise ValueError("precision and recall must be from 0 to 1")
    if bool((curve[1].diff() < 0).any()):
        raise ValueError("recall must not fall: detections go from the surest down")
    return curve


def average_precision_loops(precision, recall, levels=None):
    """Return what :func:`average_precision` returns, level by level: the definition."""
    precision, recall = (values.tolist() for values in _checked(precision, recall))
    points = list(zip(precision, recall, strict=True))
    if levels is not None:
        best = [max((p for p, r in points if r >= level), default=0.0) for level in levels]
        return sum(best) / len(best)
    area, before = 0.0, 0.0
    for index, r in enumerate(recall):
        area += (r - before) * max(precision[index:])
        before = r
    return area
