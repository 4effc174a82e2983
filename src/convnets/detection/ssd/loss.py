"""What SSD's default boxes should say, and what wrong answers cost."""

from typing import NamedTuple

import torch
from torch.nn import functional

from convnets.detection.arguments import check_boxes, check_classes, check_labels
from convnets.detection.coding import encode_boxes
from convnets.detection.losses import box_loss
from convnets.detection.matching import NEGATIVE, match_anchors
from convnets.detection.overlaps import box_iou
from convnets.detection.sampling import hard_negatives, hard_negatives_loops

__all__ = ["WEIGHTS", "SsdLoss", "SsdTargets", "ssd_loss", "ssd_loss_loops", "ssd_targets"]

WEIGHTS = (10.0, 10.0, 5.0, 5.0)
"""Of centres and sizes: the inverse of the "variances" 0.1 and 0.2 of the authors' code."""


class SsdTargets(NamedTuple):
    """What the default boxes of one image, or of N with a leading axis, should say.

    Attributes
    ----------
    classes : Tensor of shape (A,)
        int64: 0 for the background, else the label plus one.
    offsets : Tensor of shape (A, 4)
        From the default box to its object; 0 for the background.
    """

    classes: torch.Tensor
    offsets: torch.Tensor


def ssd_targets(boxes, labels, anchors, iou_threshold=0.5):
    """Match objects with default boxes.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
        The objects, each with an area.
    labels : Tensor of shape (B,)
        int64, from 0.
    anchors : Tensor of shape (A, 4)
        The default boxes.
    iou_threshold : float
        From which overlap on a default box learns to find the object it overlaps most. Besides, every object
        gets the default box that overlaps it most.

    Returns
    -------
    SsdTargets

    Raises
    ------
    TypeError, ValueError
        If a box is bad or has no area, labels and boxes do not fit, or a label is negative.
    """
    boxes = check_boxes("boxes", boxes, zero_size=False).to(anchors)
    labels = check_labels("labels", labels, len(boxes)).to(anchors.device)
    check_classes("labels", labels)  # -1 would become the background
    matches = match_anchors(box_iou(boxes, anchors), iou_threshold, iou_threshold)
    positive = matches >= 0
    classes, offsets = torch.zeros_like(matches), torch.zeros_like(anchors)
    classes[positive] = labels[matches[positive]] + 1
    offsets[positive] = encode_boxes(boxes[matches[positive]], anchors[positive], WEIGHTS)
    return SsdTargets(classes, offsets)


class SsdLoss(NamedTuple):
    """The two terms of the loss; the total is their sum.

    Attributes
    ----------
    classes, offsets : Tensor of shape ()
    """

    classes: torch.Tensor
    offsets: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return self.classes + self.offsets


def ssd_loss(scores, offsets, targets, ratio=3.0):
    """Cross-entropy of default boxes with an object and of the hardest without, and the loss of offsets.

    Parameters
    ----------
    scores : Tensor of shape (N, A, C + 1)
        Before the softmax; the background is class 0.
    offsets : Tensor of shape (N, A, 4)
    targets : SsdTargets
        Those of N images, stacked.
    ratio : float
        How many default boxes without an object count for each one with, in each image: those of largest
        loss.

    Returns
    -------
    SsdLoss
        Sums divided by the number of default boxes with an object in the whole batch; 0 where there is none.

    Raises
    ------
    ValueError
        If the shapes do not fit one another, a class is none of theirs, or a score is not finite.
    """
    positive = _checked(scores, offsets, targets)
    costs = functional.cross_entropy(scores.flatten(0, 1), targets.classes.flatten(), reduction="none")
    costs = costs.view(positive.shape)
    matches = torch.where(positive, 0, NEGATIVE)
    counted = [hard_negatives(*pair, ratio) for pair in zip(costs, matches, strict=True)]
    counted = positive | torch.stack(counted) if counted else positive
    num = int(positive.sum())
    wrong_boxes = box_loss(offsets[positive], targets.offsets[positive], num)
    return SsdLoss(costs[counted].sum() / max(num, 1), wrong_boxes)


def _checked(scores, offsets, targets):
    """Return which default boxes have an object, (N, A)."""
    expected = tuple(targets.classes.shape)
    if scores.dim() != 3 or tuple(scores.shape[:2]) != expected or tuple(offsets.shape) != (*expected, 4):
        raise ValueError(
            f"scores and offsets must have shapes (N, A, C + 1) and (N, A, 4) with (N, A) = {expected}, "
            f"their shapes are {tuple(scores.shape)} and {tuple(offsets.shape)}"
        )
    check_classes("classes", targets.classes, scores.shape[2])
    return targets.classes > 0


def ssd_loss_loops(scores, offsets, targets, ratio=3.0):
    """Return what :func:`ssd_loss` returns, default box by default box: the definition."""
    positive = _checked(scores, offsets, targets)
    num, wrong_classes, wrong_boxes = max(int(positive.sum()), 1), 0.0, 0.0
    for image in range(len(scores)):
        shares = scores[image].double().softmax(dim=1).tolist()
        classes = targets.classes[image].tolist()
        costs = -torch.tensor([share[wanted] for share, wanted in zip(shares, classes, strict=True)]).log()
        matches = torch.tensor([0 if wanted else NEGATIVE for wanted in classes])
        hard = hard_negatives_loops(costs, matches, ratio).tolist()
        for index, wanted in enumerate(classes):
            if wanted or hard[index]:
                wrong_classes += float(costs[index])
            for found, due in zip(offsets[image, index], targets.offsets[image, index], strict=True):
                distance = abs(float(found - due)) if wanted else 0.0
                wrong_boxes += distance**2 / 2 if distance < 1 else distance - 0.5
    return SsdLoss(*(torch.tensor(value / num).to(scores.dtype) for value in (wrong_classes, wrong_boxes)))
