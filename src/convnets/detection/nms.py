"""Non-maximum suppression: of boxes that overlap, only the best stays (chapter *Detection*, section nms).

Greedy, class by class, and soft. Soft suppression is that of N. Bodla et al., "Soft-NMS: improving object
detection with one line of code" (ICCV 2017), which lowers the scores of boxes instead of dropping them; the
rounds in which :func:`nms` settles a block are those of "cluster NMS" of Z. Zheng et al. (2020). Learned
suppression is left out.
"""

import math

import torch

from convnets.detection.arguments import check_boxes, check_labels, check_scores, check_threshold
from convnets.detection.overlaps import iou_matrix, iou_of_pair

__all__ = [
    "batched_nms",
    "batched_nms_loops",
    "nms",
    "nms_loops",
    "soft_nms",
    "soft_nms_loops",
]

BLOCK = 64
"""How many boxes :func:`nms` settles at once."""


def nms(boxes, scores, iou_threshold):
    """Greedy non-maximum suppression.

    Take the box of highest score, drop all that overlap it by more than the threshold, and go on with the
    best of what is left. A box that has been dropped drops no other.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
    scores : Tensor of shape (B,)
    iou_threshold : float
        From 0 to 1. An overlap of exactly so much does not drop a box; which side of it rounding puts an
        overlap on depends on the dtype.

    Returns
    -------
    Tensor of shape (K,)
        int64: the indices of the boxes that stay, by falling score. Of equal scores the box that comes first
        is taken first.

    Raises
    ------
    TypeError, ValueError
        If the boxes are bad (:func:`~convnets.detection.box_area`), the scores are not finite or not as many,
        or the threshold is not from 0 to 1.
    """
    boxes, scores = _checked(boxes, scores, iou_threshold)
    left = scores.argsort(descending=True, stable=True)
    kept = [left[:0]]
    while len(left):
        block, rest = left[:BLOCK], left[BLOCK:]
        block = block[_settled(iou_matrix(boxes[block], boxes[block]) > iou_threshold)]
        kept.append(block)
        left = rest[~(iou_matrix(boxes[block], boxes[rest]) > iou_threshold).any(dim=0)]
    return torch.cat(kept)


def _checked(boxes, scores, iou_threshold):
    boxes = check_boxes("boxes", boxes).detach()
    check_threshold("iou_threshold", iou_threshold)
    return boxes, check_scores("scores", scores, len(boxes)).detach()


def _settled(overlaps):
    """Return which boxes of a block stay: those that no box before them that stays overlaps.

    All are assumed to stay, then the assumption is corrected until it holds. After n rounds the first n
    answers are right, and mostly far more, so that few rounds are needed.
    """
    earlier = overlaps.triu(1)  # row: the better box, column: the box it would drop
    stays = torch.ones(len(overlaps), dtype=torch.bool, device=overlaps.device)
    while True:
        corrected = ~earlier[stays].any(dim=0)
        if torch.equal(corrected, stays):
            return stays
        stays = corrected


def nms_loops(boxes, scores, iou_threshold):
    """Return what :func:`nms` returns, box by box and pair by pair: the definition."""
    boxes, scores = _checked(boxes, scores, iou_threshold)
    places, values = boxes.tolist(), scores.tolist()
    left = sorted(range(len(places)), key=lambda index: -values[index])
    kept = []
    while left:
        best, *others = left
        kept.append(best)
        left = [index for index in others if iou_of_pair(places[best], places[index]) <= iou_threshold]
    return torch.tensor(kept, dtype=torch.int64)


def batched_nms(boxes, scores, idxs, iou_threshold):
    """Greedy non-maximum suppression within each class: boxes of two classes never drop one another.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
    scores : Tensor of shape (B,)
    idxs : Tensor of shape (B,)
        int64: the class of each box, or whatever else is to be kept apart, such as the level of a pyramid.
    iou_threshold : float
        From 0 to 1.

    Returns
    -------
    Tensor of shape (K,)
        int64: the indices of the boxes that stay, by falling score over all classes.

    Raises
    ------
    TypeError, ValueError
        As :func:`nms` does, and if there are not as many classes as boxes.
    """
    return _by_class(nms, boxes, scores, idxs, iou_threshold)


def batched_nms_loops(boxes, scores, idxs, iou_threshold):
    """Return what :func:`batched_nms` returns, with :func:`nms_loops` for each class."""
    return _by_class(nms_loops, boxes, scores, idxs, iou_threshold)


def _by_class(suppress, boxes, scores, idxs, iou_threshold):
    boxes, scores = _checked(boxes, scores, iou_threshold)
    idxs = check_labels("idxs", idxs, len(boxes))
    stays = torch.zeros_like(idxs, dtype=torch.bool)
    for label in idxs.unique():
        members = (idxs == label).nonzero()[:, 0]
        stays[members[suppress(boxes[members], scores[members], iou_threshold)]] = True
    order = scores.argsort(descending=True, stable=True)
    return order[stays[order]]


def soft_nms(boxes, scores, method="linear", iou_threshold=0.3, sigma=0.5, score_threshold=0.001):
    r"""Soft non-maximum suppression: lower the scores of boxes that overlap a better one.

    The box of highest score is taken, and the score s of each that is left becomes

    .. math:: s \, (1 - \mathrm{IoU}) \text{ if } \mathrm{IoU} > \text{threshold (linear)}, \qquad
              s \, e^{-\mathrm{IoU}^2 / \sigma} \text{ (Gaussian)};

    then the highest of what is left is taken, and so on.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
    scores : Tensor of shape (B,)
        At least 0.
    method : {"linear", "gaussian"}
    iou_threshold : float
        Above which overlap the linear method lowers scores, as in the published code; the paper's formula
        includes the threshold itself.
    sigma : float
        How slowly the Gaussian method lowers scores with the overlap; positive.
    score_threshold : float
        Boxes whose score falls below it are dropped.

    Returns
    -------
    indices : Tensor of shape (K,)
        int64, in the order in which boxes are taken; of equal scores the box that comes first is taken first.
    scores : Tensor of shape (K,)
        The scores with which they are taken, falling.

    Raises
    ------
    TypeError, ValueError
        As :func:`nms` does; and if a score is negative, sigma is not positive or the method is not known.
    """
    boxes, scores = _checked_soft(boxes, scores, method, iou_threshold, sigma)
    left, values = torch.ones_like(scores, dtype=torch.bool), scores
    indices, taken = [], []
    while left.any() and (highest := values.max()) >= score_threshold:
        best = int(values.argmax())
        indices.append(best)
        taken.append(float(highest))
        left[best] = False
        overlaps = iou_matrix(boxes[best : best + 1], boxes)[0]
        values = torch.where(left, values * _factor(overlaps, method, iou_threshold, sigma), -1)
    return torch.tensor(indices, dtype=torch.int64, device=boxes.device), scores.new_tensor(taken)


def _checked_soft(boxes, scores, method, iou_threshold, sigma):
    boxes, scores = _checked(boxes, scores, iou_threshold)
    if method not in ("linear", "gaussian"):
        raise ValueError(f"method must be 'linear' or 'gaussian', got {method!r}")
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {sigma}")
    if len(scores) and float(scores.min()) < 0:
        raise ValueError(f"scores must not be negative to be lowered, the least is {float(scores.min())}")
    return boxes, scores


def _factor(overlaps, method, iou_threshold, sigma):
    if method == "gaussian":
        return torch.exp(-(overlaps**2) / sigma)
    return torch.where(overlaps > iou_threshold, 1 - overlaps, 1)


def soft_nms_loops(boxes, scores, method="linear", iou_threshold=0.3, sigma=0.5, score_threshold=0.001):
    """Return what :func:`soft_nms` returns, box by box and pair by pair: the definition."""
    boxes, scores = _checked_soft(boxes, scores, method, iou_threshold, sigma)
    places, values = boxes.tolist(), scores.tolist()
    left, indices, taken = list(range(len(places))), [], []
    while left := [index for index in left if values[index] >= score_threshold]:
        best = max(left, key=lambda index: values[index])
        left.remove(best)
        indices.append(best)
        taken.append(values[best])
        for index in left:
            overlap = iou_of_pair(places[best], places[index])
            if method == "gaussian":
                values[index] *= math.exp(-(overlap**2) / sigma)
            elif overlap > iou_threshold:
                values[index] *= 1 - overlap
    return torch.tensor(indices, dtype=torch.int64), torch.tensor(taken, dtype=scores.dtype)
