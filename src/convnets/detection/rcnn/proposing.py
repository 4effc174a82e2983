"""The first stage of Faster R-CNN: a network that proposes regions (chapter *Detection*, section faster).

On every cell of the map of features it says of each anchor whether there is an object, of whatever class, and
how its box differs. Source: S. Ren et al., "Faster R-CNN" (2015), section 3.1. Objectness is one number and a
sigmoid; the paper's two numbers and softmax say the same.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from convnets.detection.anchors import anchors_inside
from convnets.detection.arguments import check_boxes, check_scores
from convnets.detection.boxes import clip_boxes_to_image, remove_small_boxes
from convnets.detection.coding import decode_boxes, encode_boxes
from convnets.detection.losses import box_loss
from convnets.detection.matching import IGNORED, match_anchors
from convnets.detection.nms import nms
from convnets.detection.overlaps import box_iou
from convnets.detection.sampling import sample_balanced

__all__ = [
    "Proposals",
    "RegionProposalNetwork",
    "RpnLoss",
    "RpnTargets",
    "propose_regions",
    "rpn_loss",
    "rpn_loss_loops",
    "rpn_targets",
]

BETA = 1 / 9
"""Where the square of the box loss ends, as in the authors' code."""


class RpnTargets(NamedTuple):
    """Anchors of one image that are learned from, and what is to be said of them.

    Attributes
    ----------
    positive : Tensor of shape (P,)
        int64: indices of anchors with an object.
    negative : Tensor of shape (M,)
        int64: indices of anchors without.
    offsets : Tensor of shape (P, 4)
        From the positive anchors to their objects.
    """

    positive: torch.Tensor
    negative: torch.Tensor
    offsets: torch.Tensor


def rpn_targets(boxes, anchors, size, num=64, positive=0.7, negative=0.3, inside_only=False, generator=None):
    """Draw anchors to learn from, at most half of them with an object.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
        The objects, each with an area.
    anchors : Tensor of shape (A, 4)
    size : tuple of int
        (height, width) of the image.
    num : int
        How many anchors; the paper has 256 of about 20,000.
    positive, negative : float
        An anchor that overlaps an object by `positive` or more has it, and so has the one that overlaps it
        most; one that overlaps none by `negative` has none; those between are not learned from.
    inside_only : bool
        Whether anchors that cross the border are left out before anything is matched, as in the paper. Small
        images have few others.
    generator : torch.Generator, optional
        Where chance comes from.

    Returns
    -------
    RpnTargets

    Raises
    ------
    TypeError, ValueError
        If a box or an anchor is bad, or an object has no area.
    """
    boxes = check_boxes("boxes", boxes, zero_size=False).to(anchors)
    inside = (
        anchors_inside(anchors, size) if inside_only else torch.ones_like(anchors[:, 0], dtype=torch.bool)
    )
    matches = match_anchors(torch.where(inside, box_iou(boxes, anchors), 0), positive, negative)
    matches[~inside] = IGNORED
    chosen, background = sample_balanced(matches, num, 0.5, generator)
    return RpnTargets(chosen, background, encode_boxes(boxes[matches[chosen]], anchors[chosen]))


class RpnLoss(NamedTuple):
    """The two terms of the loss; the total is their sum.

    Attributes
    ----------
    objectness, offsets : Tensor of shape ()
    """

    objectness: torch.Tensor
    offsets: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return self.objectness + self.offsets


def rpn_loss(objectness, offsets, targets):
    """Binary cross-entropy of the drawn anchors, and the loss of the boxes of those that have an object.

    Parameters
    ----------
    objectness : Tensor of shape (A,)
        Before the sigmoid.
    offsets : Tensor of shape (A, 4)
    targets : RpnTargets

    Returns
    -------
    RpnLoss
        Both divided by the number of drawn anchors; 0, with gradients of zeros, if there are none.

    Raises
    ------
    ValueError
        If there are not as many offsets as anchors.
    """
    _check(objectness, offsets)
    positive, negative, due = targets
    num = len(positive) + len(negative)
    scores = objectness[torch.cat([positive, negative])]
    wanted = torch.zeros_like(scores)
    wanted[: len(positive)] = 1
    wrong = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="sum") / max(num, 1)
    return RpnLoss(wrong, box_loss(offsets[positive], due, num, BETA))


def _check(objectness, offsets):
    if objectness.dim() != 1 or tuple(offsets.shape) != (len(objectness), 4):
        shapes = f"{tuple(objectness.shape)} and {tuple(offsets.shape)}"
        raise ValueError(
            f"objectness and offsets must have shapes (A,) and (A, 4), their shapes are {shapes}"
        )


def rpn_loss_loops(objectness, offsets, targets):
    """Return what :func:`rpn_loss` returns, anchor by anchor: the definition."""
    _check(objectness, offsets)
    wrong, distance = 0.0, 0.0
    shares = objectness.sigmoid()
    for index, due in zip(targets.positive.tolist(), targets.offsets.tolist(), strict=True):
        wrong -= float(shares[index].log())
        for found, wanted in zip(offsets[index].tolist(), due, strict=True):
            d = abs(found - wanted)
            distance += d**2 / (2 * BETA) if d < BETA else d - BETA / 2
    for index in targets.negative.tolist():
        wrong -= float((1 - shares[index]).log())
    num = max(len(targets.positive) + len(targets.negative), 1)
    return RpnLoss(*(torch.tensor(value / num).to(objectness.dtype) for value in (wrong, distance)))


class Proposals(NamedTuple):
    """Regions of one image where there may be something.

    Attributes
    ----------
    boxes : Tensor of shape (K, 4)
        xyxy in pixels, inside the image, by falling score.
    scores : Tensor of shape (K,)
        From 0 to 1.
    """

    boxes: torch.Tensor
    scores: torch.Tensor


def propose_regions(
    objectness, offsets, anchors, size, num_before=1000, num_after=100, iou_threshold=0.7, min_size=1.0
):
    """Turn what was said of the anchors of one image into regions.

    Correct the anchors, cut them off at the border, drop the tiny ones, take the best, suppress duplicates
    without regard to class, and take the best of what is left.

    Parameters
    ----------
    objectness : Tensor of shape (A,)
        Before the sigmoid.
    offsets, anchors : Tensor of shape (A, 4)
    size : tuple of int
        (height, width) of the image.
    num_before, num_after : int
        How many regions stay before and after suppression, at most.
    iou_threshold : float
        For suppression.
    min_size : float
        Least width and height in pixels, positive.

    Returns
    -------
    Proposals
        Without gradients: what comes after learns from the regions, not how they came about.

    Raises
    ------
    ValueError
        If a number is not finite, shapes do not fit, or `min_size` is not positive.
    """
    if min_size <= 0:
        raise ValueError(f"min_size must be positive, got {min_size}")
    scores = check_scores("objectness", objectness, len(anchors)).detach().sigmoid()
    boxes = clip_boxes_to_image(decode_boxes(offsets.detach(), anchors), size)
    kept = remove_small_boxes(boxes, min_size)
    kept = kept[scores[kept].argsort(descending=True, stable=True)[:num_before]]
    kept = kept[nms(boxes[kept], scores[kept], iou_threshold)[:num_after]]
    return Proposals(boxes[kept], scores[kept])


class RegionProposalNetwork(nn.Module):
    """A 3×3 convolution on the features, then objectness and offsets of each anchor side by side.

    Parameters
    ----------
    in_channels : int
        Channels of the features.
    num_shapes : int
        Anchors of each cell.
    """

    def __init__(self, in_channels, num_shapes):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels, 3, padding=1)
        self.objectness = nn.Conv2d(in_channels, num_shapes, 1)
        self.offsets = nn.Conv2d(in_channels, 4 * num_shapes, 1)

    def forward(self, features):
        """Return objectness (N, A) and offsets (N, A, 4), in the order of ``grid_anchors``."""
        hidden = functional.relu(self.conv(features))
        offsets = self.offsets(hidden).unflatten(1, (-1, 4)).permute(0, 3, 4, 1, 2)
        return self.objectness(hidden).permute(0, 2, 3, 1).flatten(1), offsets.flatten(1, 3)
