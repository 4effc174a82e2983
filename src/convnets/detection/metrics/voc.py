"""Average precision as PASCAL VOC measures it (chapter *Detection*, section metrics).

Left out is VOC's convention that x2 is the last pixel, so that widths are one more: boxes are those of
:mod:`convnets.detection.boxes`.
"""

from typing import NamedTuple

import torch

from convnets.detection.metrics.curves import average_precision, precision_recall
from convnets.detection.metrics.gathering import checked_pairs, labels_of
from convnets.detection.metrics.verdicts import DISREGARDED, voc_verdicts
from convnets.detection.overlaps import box_iou

__all__ = ["ScoredCurve", "VocResult", "voc_average_precision", "voc_curve"]


class ScoredCurve(NamedTuple):
    """The detections of one class over all images, the surest first, without those that are disregarded.

    Attributes
    ----------
    scores : Tensor of shape (D,)
        float64.
    verdicts : Tensor of shape (D,)
        int8: 1 where the detection is right, else 0.
    precision, recall : Tensor of shape (D,)
        float64, after each detection.
    num_objects : int
        How many there are to be found, difficult ones not counted.
    """

    scores: torch.Tensor
    verdicts: torch.Tensor
    precision: torch.Tensor
    recall: torch.Tensor
    num_objects: int


class VocResult(NamedTuple):
    """Average precision.

    Attributes
    ----------
    mean : float or None
        Over the classes that have objects (mAP); None if none has.
    per_class : dict of int to (float or None)
        By label; None for a class that is detected and has no object.
    """

    mean: float | None
    per_class: dict


def voc_curve(detections, objects, label, iou_threshold=0.5):
    """Return precision and recall of one class after each detection.

    Parameters
    ----------
    detections : sequence of Detections
    objects : sequence of Objects
        Of the same images, in the same order.
    label : int
        The class.
    iou_threshold : float
        From which overlap on a detection finds an object.

    Returns
    -------
    ScoredCurve
        Of equal scores the detection of the earlier image comes first, then the earlier of the image: another
        order may give another average.

    Raises
    ------
    TypeError, ValueError
        If a field is bad, images are missing, or the class has no object that is not difficult.
    """
    curve = _curve(checked_pairs(detections, objects), label, iou_threshold)
    if curve is None:
        raise ValueError(f"class {label} has no object that is not difficult, hence no recall")
    return curve


def _curve(pairs, label, iou_threshold):
    pairs = [pair.of_class(label) for pair in pairs]
    num_objects = sum(int((~objects.difficult).sum()) for _, objects in pairs)
    if not num_objects:
        return None
    verdicts = torch.cat([_verdicts(*pair, iou_threshold) for pair in pairs])
    scores = torch.cat([found.scores for found, _ in pairs])
    order = scores.argsort(descending=True, stable=True)
    order = order[verdicts[order] != DISREGARDED]
    return ScoredCurve(
        scores[order], verdicts[order], *precision_recall(verdicts[order], num_objects), num_objects
    )


def _verdicts(found, there, iou_threshold):
    return voc_verdicts(box_iou(found.boxes, there.boxes), there.difficult, iou_threshold)


def voc_average_precision(detections, objects, iou_threshold=0.5, levels=None):
    """Return VOC's average precision of each class, and their mean.

    Parameters
    ----------
    detections : sequence of Detections
    objects : sequence of Objects
        Of the same images, in the same order.
    iou_threshold : float
        From which overlap on a detection finds an object.
    levels : Tensor of shape (L,), optional
        ``VOC_LEVELS`` for the average over eleven recalls, as until 2009; by default the area, as since 2010.

    Returns
    -------
    VocResult

    Raises
    ------
    TypeError, ValueError
        If a field is bad (the image is named) or there are not as many images of both.
    """
    pairs = checked_pairs(detections, objects)
    per_class = {}
    for label in labels_of(pairs):
        curve = _curve(pairs, label, iou_threshold)
        per_class[label] = curve and average_precision(curve.precision, curve.recall, levels)
    known = [value for value in per_class.values() if value is not None]
    return VocResult(sum(known) / len(known) if known else None, per_class)
