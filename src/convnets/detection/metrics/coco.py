"""Average precision as COCO measures it (chapter *Detection*, section metrics).

Averaged over ten thresholds of overlap, over 101 recalls and over classes; and for small, medium and large
objects apart. The rules are those of pycocotools, T.-Y. Lin et al., "Microsoft COCO" (2014), with which tests
compare. Left out are recalls for fewer detections, and keypoints.
"""

from typing import NamedTuple

import numpy as np
import torch

from convnets.detection.boxes import box_area
from convnets.detection.masks import mask_intersection
from convnets.detection.metrics.curves import COCO_LEVELS, average_precision, precision_recall
from convnets.detection.metrics.gathering import checked_pairs, labels_of
from convnets.detection.metrics.verdicts import DISREGARDED, FALSE, coco_verdicts
from convnets.detection.overlaps import box_intersection, overlap_ratio

__all__ = ["AREAS", "THRESHOLDS", "CocoResult", "coco_average_precision"]

THRESHOLDS = torch.from_numpy(np.linspace(0.5, 0.95, 10))
AREAS = {"all": (0, 1e10), "small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 1e10)}
"""Which objects are asked for, by their area in square pixels, both ends included."""


class CocoResult(NamedTuple):
    """COCO's averages, each a float from 0 to 1 or None where no object is asked for.

    Attributes
    ----------
    ap
        Average precision over thresholds 0.5, 0.55, … 0.95 and classes.
    ap50, ap75
        At a threshold of 0.5 and of 0.75.
    ap_small, ap_medium, ap_large
        Of objects up to 32² pixels, from there to 96², and from there on.
    recall
        The share of objects found at all, averaged over thresholds and classes.
    per_class : dict of int to (float or None)
        `ap` of each label.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    recall: float | None
    per_class: dict


def coco_average_precision(detections, objects, overlap="boxes", max_detections=100):
    """Return COCO's averages.

    Parameters
    ----------
    detections : sequence of Detections
    objects : sequence of Objects
        Of the same images, in the same order. Which are difficult makes no difference here.
    overlap : {"boxes", "masks"}
        What is compared. Both sides must have masks for the latter.
    max_detections : int
        How many detections count in each image for each class, the surest.

    Returns
    -------
    CocoResult
        Of equal scores the detection of the earlier image comes first, then the earlier of the image.

    Raises
    ------
    TypeError, ValueError
        If a field is bad (the image is named), there are not as many images of both, the overlap is not known
        or `max_detections` is not positive.
    """
    if overlap not in ("boxes", "masks"):
        raise ValueError(f"overlap must be 'boxes' or 'masks', got {overlap!r}")
    if max_detections < 1:
        raise ValueError(f"max_detections must be at least 1, got {max_detections}")
    pairs = checked_pairs(detections, objects, masks=overlap == "masks")
    labels = labels_of(pairs)
    by_area = {area: [] for area in AREAS}
    recalls = []
    for label in labels:
        judged = [_Judged(pair.of_class(label), overlap, max_detections) for pair in pairs]
        for area, limits in AREAS.items():
            values = _over_thresholds(judged, limits)
            by_area[area].append(values and [value for value, _ in values])
            if area == "all":
                recalls.append(values and [recall for _, recall in values])
    return _result(labels, by_area, recalls)


class _Judged:
    """Detections and objects of one class in one image, with their overlaps."""

    def __init__(self, pair, overlap, max_detections):
        found, self.objects = pair
        found = type(found)(*(None if field is None else field[:max_detections] for field in found))
        self.scores = found.scores
        if overlap == "masks":
            self.area, there = _pixels(found.masks), _pixels(self.objects.masks)
            shared = mask_intersection(found.masks, self.objects.masks)
        else:
            self.area, there = box_area(found.boxes), box_area(self.objects.boxes)
            shared = box_intersection(found.boxes, self.objects.boxes)
        union = self.area[:, None] + there - shared
        self.iou = overlap_ratio(shared, torch.where(self.objects.crowd, self.area[:, None], union))

    def disregarded(self, limits):
        """Return which objects are not asked for: crowds, and those of another size."""
        return self.objects.crowd | _beyond(self.objects.area, limits)

    def verdicts(self, limits):
        """Return the verdicts (T, D); a detection of another size that finds nothing is disregarded too."""
        found = coco_verdicts(self.iou, THRESHOLDS, self.disregarded(limits), self.objects.crowd)
        found[(found == FALSE) & _beyond(self.area, limits)] = DISREGARDED
        return found


def _pixels(masks):
    return masks.flatten(1).sum(dim=1).double()


def _beyond(area, limits):
    return (area < limits[0]) | (area > limits[1])


def _over_thresholds(judged, limits):
    """Return average precision and recall at each threshold, or None if no object is asked for."""
    num_objects = sum(int((~one.disregarded(limits)).sum()) for one in judged)
    if not num_objects:
        return None
    order = torch.cat([one.scores for one in judged]).argsort(descending=True, stable=True)
    verdicts = torch.cat([one.verdicts(limits) for one in judged], dim=1)[:, order]
    curves = [precision_recall(row, num_objects) for row in verdicts]
    return [
        (average_precision(*curve, COCO_LEVELS), float(curve.recall[-1]) if len(curve.recall) else 0.0)
        for curve in curves
    ]


def _result(labels, by_area, recalls):
    at = {round(threshold, 2): index for index, threshold in enumerate(THRESHOLDS.tolist())}
    everything = by_area["all"]
    return CocoResult(
        ap=_mean(everything),
        ap50=_mean([values and values[at[0.5]] for values in everything]),
        ap75=_mean([values and values[at[0.75]] for values in everything]),
        ap_small=_mean(by_area["small"]),
        ap_medium=_mean(by_area["medium"]),
        ap_large=_mean(by_area["large"]),
        recall=_mean(recalls),
        per_class={label: _mean([values]) for label, values in zip(labels, everything, strict=True)},
    )


def _mean(values):
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
