"""The second stage of Fast, Faster and Mask R-CNN: each region gets a class and a correction of its box.

Source: R. Girshick, "Fast R-CNN" (ICCV 2015), sections 2.1 to 2.3. Regions are learned from whether or not
they overlap an object a little; the paper takes as background only those that overlap one by 0.1 or more.
"""

from typing import NamedTuple

import torch
from torch import nn

from convnets.detection.arguments import check_boxes, check_classes, check_labels
from convnets.detection.choosing import choose_detections
from convnets.detection.coding import decode_boxes, encode_boxes
from convnets.detection.losses import box_loss, class_loss
from convnets.detection.matching import match_anchors
from convnets.detection.overlaps import box_iou
from convnets.detection.sampling import sample_balanced

__all__ = [
    "WEIGHTS",
    "RegionHead",
    "RegionLoss",
    "RegionTargets",
    "decode_regions",
    "region_loss",
    "region_loss_loops",
    "region_targets",
]

WEIGHTS = (10.0, 10.0, 5.0, 5.0)
"""Of centres and sizes, which bring the four numbers to about the same spread."""


class RegionTargets(NamedTuple):
    """R regions of one image that are learned from, and what is to be said of them.

    Attributes
    ----------
    regions : Tensor of shape (R, 4)
        xyxy in pixels; those with an object come first.
    matches : Tensor of shape (R,)
        int64: the object that a region is to find, or -1.
    classes : Tensor of shape (R,)
        int64: 0 for the background, else the label plus one.
    offsets : Tensor of shape (R, 4)
        From the region to its object; 0 for the background.
    """

    regions: torch.Tensor
    matches: torch.Tensor
    classes: torch.Tensor
    offsets: torch.Tensor


def region_targets(regions, boxes, labels, num=64, positive_fraction=0.25, iou_threshold=0.5, generator=None):
    """Draw regions to learn from, and say what each should find.

    Parameters
    ----------
    regions : Tensor of shape (L, 4)
        Proposals for one image.
    boxes : Tensor of shape (B, 4)
        The objects, each with an area. They are proposals too, so that there is always one that fits.
    labels : Tensor of shape (B,)
        int64, from 0.
    num : int
        How many regions; fewer if there are fewer.
    positive_fraction : float
        At most which part of them has an object.
    iou_threshold : float
        From which overlap on a region is to find the object that it overlaps most.
    generator : torch.Generator, optional
        Where chance comes from.

    Returns
    -------
    RegionTargets

    Raises
    ------
    TypeError, ValueError
        If a box or a region is bad, an object has no area, numbers do not fit, or a label is negative.
    """
    boxes = check_boxes("boxes", boxes, zero_size=False).to(regions)
    labels = check_labels("labels", labels, len(boxes)).to(regions.device)
    check_classes("labels", labels)  # -1 would become the background
    regions = torch.cat([check_boxes("regions", regions), boxes])
    matches = match_anchors(box_iou(boxes, regions), iou_threshold, iou_threshold, rescue=False)
    positive, negative = sample_balanced(matches, num, positive_fraction, generator)
    found = matches[positive]
    chosen = torch.cat([positive, negative])
    classes, offsets = torch.zeros_like(chosen), regions.new_zeros(len(chosen), 4)
    classes[: len(positive)] = labels[found] + 1
    offsets[: len(positive)] = encode_boxes(boxes[found], regions[positive], WEIGHTS)
    return RegionTargets(regions[chosen], matches[chosen], classes, offsets)


class RegionLoss(NamedTuple):
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


def region_loss(scores, offsets, classes, targets):
    r"""Cross-entropy of the class, and the loss of the box for regions that have an object.

    .. math:: L = \frac{1}{R} \sum_i \left( -\log p_{i, u_i} + [u_i \ge 1] \, L_{box}(t_i^{u_i} - v_i) \right)

    Only the offsets that a region has for its true class u are paid for.

    Parameters
    ----------
    scores : Tensor of shape (R, C + 1)
        Before the softmax; the background is class 0.
    offsets : Tensor of shape (R, K, 4)
        K = C for offsets of each class, K = 1 for the same ones for all.
    classes : Tensor of shape (R,)
        As of :class:`RegionTargets`, of one image or of several in a row.
    targets : Tensor of shape (R, 4)
        The offsets that there should be.

    Returns
    -------
    RegionLoss
        0, with gradients of zeros, if R = 0.

    Raises
    ------
    ValueError
        If the shapes do not fit one another, or a class is none of theirs.
    """
    positive, columns = _checked(scores, offsets, classes, targets)
    chosen = offsets[positive, columns]
    return RegionLoss(class_loss(scores, classes), box_loss(chosen, targets[positive], len(scores)))


def _checked(scores, offsets, classes, targets):
    """Return which regions have an object, and in which column the offsets of their classes are."""
    num, num_classes = len(scores), scores.shape[1] - 1
    fits = offsets.shape[1:] in [(1, 4), (num_classes, 4)]
    if not fits or {len(offsets), len(classes), len(targets)} != {num}:
        raise ValueError(
            f"for scores {tuple(scores.shape)} offsets must have shape ({num}, 1 or {num_classes}, 4), and "
            f"there must be {num} classes and targets; got {tuple(offsets.shape)}, {len(classes)} and "
            f"{len(targets)}"
        )
    check_classes("classes", classes, num_classes + 1)
    positive = (classes > 0).nonzero()[:, 0]
    return positive, (classes[positive] - 1 if offsets.shape[1] > 1 else torch.zeros_like(positive))


def region_loss_loops(scores, offsets, classes, targets):
    """Return what :func:`region_loss` returns, region by region: the definition."""
    _checked(scores, offsets, classes, targets)
    wrong_classes = wrong_boxes = 0.0
    for row, places, wanted, due in zip(scores, offsets, classes.tolist(), targets, strict=True):
        wrong_classes -= float(row.log_softmax(dim=0)[wanted])
        if wanted:
            distances = (places[wanted - 1 if len(places) > 1 else 0] - due).abs().tolist()
            wrong_boxes += sum(d**2 / 2 if d < 1 else d - 0.5 for d in distances)
    num = max(len(scores), 1)
    return RegionLoss(*(torch.tensor(value / num).to(scores.dtype) for value in (wrong_classes, wrong_boxes)))


def decode_regions(
    scores, offsets, regions, size, score_threshold=0.05, iou_threshold=0.5, max_detections=100
):
    """Turn what was said of the regions of one image into detections.

    Parameters
    ----------
    scores : Tensor of shape (R, C + 1)
    offsets : Tensor of shape (R, K, 4)
        K = C or 1.
    regions : Tensor of shape (R, 4)
    size : tuple of int
        (height, width) of the image.
    score_threshold, iou_threshold, max_detections
        As of :func:`~convnets.detection.choose_detections`.

    Returns
    -------
    Detections

    Raises
    ------
    ValueError
        If a number is not finite, a region has no area, or shapes do not fit.
    """
    boxes = decode_boxes(offsets, regions, WEIGHTS)
    boxes = boxes[:, 0] if offsets.shape[1] == 1 else boxes
    shares = scores.softmax(dim=1)[:, 1:]
    return choose_detections(boxes, shares, size, score_threshold, iou_threshold, max_detections)


class RegionHead(nn.Module):
    """Two fully connected layers on the features of a region, then its class and its offsets side by side.

    Parameters
    ----------
    in_channels : int
        Channels of the features.
    num_classes : int
        C, without the background.
    size : int
        Features of a region are size × size.
    hidden : int
        Units of either layer.
    class_specific : bool
        Whether each class has offsets of its own.
    """

    def __init__(self, in_channels, num_classes, size=7, hidden=128, class_specific=True):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(in_channels * size * size, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
        )
        self.scores = nn.Linear(hidden, num_classes + 1)
        self.offsets = nn.Linear(hidden, 4 * (num_classes if class_specific else 1))

    def forward(self, features):
        """Return scores (R, C + 1) and offsets (R, K, 4) of features (R, in_channels, size, size)."""
        hidden = self.layers(features)
        return self.scores(hidden), self.offsets(hidden).unflatten(1, (-1, 4))
