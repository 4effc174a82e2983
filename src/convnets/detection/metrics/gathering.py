"""Detections and objects of many images, checked and taken apart by class."""

from typing import NamedTuple

import torch

from convnets.detection.annotations import Detections, Objects
from convnets.detection.arguments import check_boxes, check_labels, check_masks, check_scores
from convnets.detection.masks import check_same_size

__all__ = ["Pair", "checked_pairs", "labels_of"]


class Pair(NamedTuple):
    """Detections and objects of one class in one image, or of all; the surest detection first."""

    detections: Detections
    objects: Objects

    def of_class(self, label):
        """Return what there is of one class."""
        return Pair(
            _taken(self.detections, self.detections.labels == label),
            _taken(self.objects, self.objects.labels == label),
        )


def _taken(fields, which):
    return type(fields)(*(None if field is None else field[which] for field in fields))


def checked_pairs(detections, objects, masks=False):
    """Return a :class:`Pair` for each image, or say what does not fit.

    Parameters
    ----------
    detections : sequence of Detections
    objects : sequence of Objects
        Of the same images, in the same order.
    masks : bool
        Whether both must have masks, of one size.

    Returns
    -------
    list of Pair
        On the CPU, boxes and scores in float64, marks filled in where they were left out. Of equal scores the
        detection that came first stays first.

    Raises
    ------
    TypeError, ValueError
        If there are not as many of both, or a field is bad; the image is named.
    """
    if len(detections) != len(objects):
        raise ValueError(f"got detections of {len(detections)} images and objects of {len(objects)}")
    pairs = []
    for index, (found, there) in enumerate(zip(detections, objects, strict=True)):
        try:
            pair = Pair(_detections(found, masks), _objects(there, masks))
            if masks:
                check_same_size(pair.detections.masks, pair.objects.masks)
            pairs.append(pair)
        except (TypeError, ValueError) as error:
            raise type(error)(f"image {index}: {error}") from error
    return pairs


def _detections(found, masks):
    boxes = check_boxes("boxes of detections", found.boxes).detach().cpu().double()
    labels = check_labels("labels of detections", found.labels, len(boxes)).cpu()
    scores = check_scores("scores", found.scores, len(boxes)).detach().cpu().double()
    shapes = _masks("masks of detections", found.masks, len(boxes)) if masks else None
    order = scores.argsort(descending=True, stable=True)
    return _taken(Detections(boxes, labels, scores, shapes), order)


def _objects(there, masks):
    boxes = check_boxes("boxes of objects", there.boxes).detach().cpu().double()
    labels = check_labels("labels of objects", there.labels, len(boxes)).cpu()
    shapes = _masks("masks of objects", there.masks, len(boxes)) if masks else None
    if there.area is not None:
        area = check_scores("area", there.area, len(boxes)).cpu().double()
    elif masks:
        area = shapes.flatten(1).sum(dim=1).double()
    else:
        area = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
    marks = [_mark(name, getattr(there, name), len(boxes)) for name in ("difficult", "crowd")]
    return Objects(boxes, labels, *marks, area, shapes)


def _masks(name, masks, num):
    if masks is None:
        raise ValueError(f"{name} are needed, got None")
    return check_masks(name, masks, num).cpu()


def _mark(name, mark, num):
    if mark is None:
        return torch.zeros(num, dtype=torch.bool)
    if not isinstance(mark, torch.Tensor) or mark.dtype != torch.bool or mark.shape != (num,):
        raise ValueError(f"{name} must be a tensor of {num} booleans, got {mark!r}")
    return mark.cpu()


def labels_of(pairs):
    """Return all classes that are found or there, rising."""
    labels = [side.labels for pair in pairs for side in pair]
    return torch.cat(labels).unique().tolist() if labels else []
