"""How good the detections of a detector are: their mean average precision, and what would make it better.

Detections are compared with the objects of each picture, one class after the other. In the order of falling
scores a detection is right when it overlaps an object by an IoU of at least one half that no detection
before it has taken. The average precision is the area under precision and recall in plain steps, without the
envelope that PASCAL VOC and COCO lay over their curves: it is at most as large as theirs.

An answer is anything at all. What cannot be measured is a verdict; of each picture the `MOST` surest
detections count, so that no answer takes long.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.plain import Tensor
from checks.showing import describe, plural
from checks.verdict import Verdict

__all__ = ["ENOUGH", "MOST", "REMEDIES", "mean_average_precision", "problem"]

ENOUGH = 0.5  # IoU of a detection that is right
MOST = 100  # detections of a picture that count
FARTHEST = 1e6  # pixels; boxes are cut there, so that no area is infinite
PARTS = ("boxes", "labels", "scores")
ITEM = "one `(boxes, labels, scores)` for each picture"

Picture = tuple[np.ndarray, np.ndarray, np.ndarray]


def problem(value: Any, truth: Mapping[str, Any]) -> Verdict | None:
    """Say what keeps an answer from being measured.

    Parameters
    ----------
    value : object
        Plain data; a list of ``(boxes, labels, scores)`` where it is right: arrays of shapes (D, 4), (D,) and
        (D,), with any D of their own for each picture.
    truth : mapping
        ``boxes`` and ``labels``, lists of arrays of shapes (B, 4) and (B,), and ``size``, height and width of
        a picture.

    Returns
    -------
    Verdict or None
    """
    if not isinstance(value, list | tuple):
        sentence = f"Your result is {describe(value)}; a list was expected, {ITEM}."
        return Verdict(False, "type", sentence, f"Your result is not a list with {ITEM}.")
    if len(value) != len(truth["boxes"]):
        wanted = f"{len(truth['boxes'])} were expected, {ITEM}"
        sentence = f"Your result has {plural(len(value), 'item')}; {wanted}."
        return Verdict(False, "shape", sentence, f"Your result does not have {ITEM}.")
    found = (_problem_of(item, number) for number, item in enumerate(value))
    return next((verdict for verdict in found if verdict), None)


def mean_average_precision(value: Any, truth: Mapping[str, Any], remedy: str = "") -> float:
    """Compute the mean of the average precisions of all classes that there is an object of.

    Parameters
    ----------
    value, truth : object, mapping
        As for `problem`, which has found none.
    remedy : str
        A name in `REMEDIES`: the detections are changed so before they are measured.

    Returns
    -------
    float
        From 0 to 1.
    """
    objects = list(zip(truth["boxes"], truth["labels"], strict=True))
    with np.errstate(all="ignore"):
        pictures = [_surest(*_arrays(item)) for item in value]
        if remedy:
            mend, pairs = REMEDIES[remedy], zip(pictures, objects, strict=True)
            pictures = [_surest(*mend(picture, wanted, truth["size"])) for picture, wanted in pairs]
        classes = np.unique(np.concatenate(truth["labels"]))
        return float(np.mean([_average_precision(pictures, objects, label) for label in classes]))


def _problem_of(item: Any, number: int) -> Verdict | None:
    what = f"Item {number} of your result"
    if not isinstance(item, list | tuple) or len(item) != len(PARTS):
        sentence = f"{what} is {describe(item)}; `(boxes, labels, scores)` was expected."
        return Verdict(False, "type", sentence, "An item of your result is not `(boxes, labels, scores)`.")
    arrays = [_array(part) for part in item]
    for name, part, array in zip(PARTS, item, arrays, strict=True):
        if array is None:
            wanted = "an array of numbers was expected"
            sentence = f"{what}: its {name} are {describe(part)}; {wanted}."
            return Verdict(False, "type", sentence, f"The {name} of a picture: {wanted}.")
    boxes, labels, scores = _arrays(item)
    if scores.ndim != 1 or labels.shape != scores.shape or boxes.shape != (len(scores), 4):
        shapes = ", ".join(str(array.shape) for array in arrays)
        wanted = "(D, 4), (D,) and (D,) were expected for D detections"
        sentence = f"{what}: boxes, labels and scores have shapes {shapes}; {wanted}."
        return Verdict(False, "shape", sentence, f"Boxes, labels and scores of a picture: {wanted}.")
    for name, array in zip(PARTS, arrays, strict=True):
        if not np.isfinite(array).all():
            cause = "Did the training diverge? A lower learning rate may help."
            discreet = f"The {name} of a picture hold values that are NaN or infinite. {cause}"
            return Verdict(
                False, "nan", f"{what}: its {name} hold values that are NaN or infinite. {cause}", discreet
            )
    return None


def _array(part: Any) -> np.ndarray | None:
    """Return the numbers of a part; None where it holds anything else. No detection may be an empty list."""
    part = part.array if isinstance(part, Tensor) else part
    if isinstance(part, list | tuple) and not part:
        return np.zeros(0)
    return part if isinstance(part, np.ndarray) and part.dtype.kind in "iuf" else None


def _arrays(item: Any) -> Picture:
    boxes, labels, scores = (np.asarray(_array(part), dtype=np.float64) for part in item)
    return boxes if boxes.size else boxes.reshape(0, 4), labels, scores


def _surest(boxes: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> Picture:
    """Return the detections that count, by falling score."""
    order = np.argsort(-scores, kind="stable")[:MOST]
    return boxes[order].clip(-FARTHEST, FARTHEST), labels[order], scores[order]


def _overlaps(boxes: np.ndarray, objects: np.ndarray) -> np.ndarray:
    """Return the IoU of each detection with each object; a box that is inside out has no area."""
    one, other = boxes[:, None].astype(float), objects[None].astype(float)
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = np.clip(sides, 0, None).prod(axis=2)
    both = sum(np.clip(each[..., 2:] - each[..., :2], 0, None).prod(axis=2) for each in (one, other))
    return shared / (both - shared)


def _are_right(boxes: np.ndarray, objects: np.ndarray) -> np.ndarray:
    """Say for each detection of one class in one picture, the surest first, whether it finds an object."""
    overlaps = _overlaps(boxes, objects)
    right = np.zeros(len(boxes), dtype=bool)
    for number in range(len(boxes) if len(objects) else 0):
        best = int(overlaps[number].argmax())
        if overlaps[number, best] >= ENOUGH:
            right[number] = True
            overlaps[:, best] = 0  # it is taken
    return right


def _average_precision(pictures: list[Picture], objects: list[tuple], label: float) -> float:
    scores, right, total = [], [], 0
    for (boxes, labels, chances), (wanted, classes) in zip(pictures, objects, strict=True):
        asked = wanted[classes == label]
        scores.append(chances[labels == label])
        right.append(_are_right(boxes[labels == label], asked))
        total += len(asked)
    ranking = np.argsort(-np.concatenate(scores), kind="stable")
    ranks = np.flatnonzero(np.concatenate(right)[ranking]) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).sum() / total)


def _as_centres(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the boxes for centre, width and height."""
    (x, y, width, height), labels, scores = picture[0].T, *picture[1:]
    corners = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    return np.stack(corners, axis=1), labels, scores


def _as_corners(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the boxes for upper left corner, width and height."""
    boxes, labels, scores = picture
    return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]), labels, scores


def _as_rows(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the boxes for (y1, x1, y2, x2)."""
    boxes, labels, scores = picture
    return boxes[:, [1, 0, 3, 2]], labels, scores


def _as_shares(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the boxes for parts of the picture's width and height."""
    boxes, labels, scores = picture
    return boxes * [size[1], size[0], size[1], size[0]], labels, scores


def _from_one(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the labels for outputs of a network whose first one is the background."""
    boxes, labels, scores = picture
    return boxes, labels - 1, scores


def _reversed(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Take the scores for doubts."""
    boxes, labels, scores = picture
    return boxes, labels, -scores


def _without_doubles(picture: Picture, objects: tuple, size: tuple[int, int]) -> Picture:
    """Leave out what finds an object that a surer detection of the same class has found."""
    boxes, labels, scores = picture
    finds = (_overlaps(boxes, objects[0]) >= ENOUGH) & (labels[:, None] == objects[1])
    is_first = finds & (finds.cumsum(axis=0) == 1)
    stays = is_first.any(axis=1) | ~finds.any(axis=1)
    return boxes[stays], *(part[stays] for part in (labels, scores))


REMEDIES = {
    "centre and size": _as_centres,
    "corner and size": _as_corners,
    "doubles": _without_doubles,
    "labels from one": _from_one,
    "rows first": _as_rows,
    "shares of the picture": _as_shares,
    "worst first": _reversed,
}
