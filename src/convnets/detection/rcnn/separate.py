"""R-CNN: every region cut out, warped to one size, and shown to a network by itself (chapter *Detection*).

Three things are trained one after another: the network, to classify warped crops; with its features, for each
class a support vector machine; and for each class a regression of the box. It is the slow ancestor: every
region costs a pass of the network. Left out: pretraining, bringing features to a common length, and the
search for hard negatives, as the machines are shown all of them.

Source: R. Girshick et al., "Rich feature hierarchies" (CVPR 2014), sections 2 and 3, appendices A to C.
"""

from typing import NamedTuple

import torch
from torch import nn

from convnets.detection.arguments import check_boxes
from convnets.detection.backbone import Backbone
from convnets.detection.boxes import box_cxcywh_to_xyxy, box_xyxy_to_cxcywh
from convnets.detection.choosing import choose_detections
from convnets.detection.coding import decode_boxes, encode_boxes
from convnets.detection.losses import class_loss
from convnets.detection.matching import match_anchors
from convnets.detection.overlaps import box_iou
from convnets.detection.rcnn.fitting import fit_box_regression, fit_svm
from convnets.detection.rcnn.regions import region_targets
from convnets.detection.roi import roi_align

__all__ = ["Fitted", "Rcnn", "warp_regions"]

MAX_NEGATIVE = 0.3
"""A region that overlaps no object of a class by so much is a negative of its support vector machine."""
MIN_REGRESSION = 0.6
"""The box regression learns from regions that overlap an object by so much."""


def warp_regions(image, boxes, size, context=0):
    """Cut regions out of an image and stretch each to a square.

    Parameters
    ----------
    image : Tensor of shape (C, H, W)
    boxes : Tensor of shape (L, 4)
        xyxy in pixels, each with an area.
    size : int
        Side of the squares.
    context : int
        So many pixels of the square, on each side, show what is around the box; the paper has 16 of 227.

    Returns
    -------
    Tensor of shape (L, C, size, size)
        Beyond the image there is 0, but for the half pixel next to it, where the border goes on.

    Raises
    ------
    ValueError
        If a box is bad or has no area, or the context leaves no room for the box.
    """
    boxes = check_boxes("boxes", boxes, zero_size=False)
    if not 0 <= 2 * context < size:
        raise ValueError(f"context must be at least 0 and less than half of {size}, got {context}")
    centred = box_xyxy_to_cxcywh(boxes)
    sides = centred[:, 2:] * size / (size - 2 * context)
    return roi_align(
        image[None], [box_cxcywh_to_xyxy(torch.cat([centred[:, :2], sides], 1))], size, aligned=True
    )


class Fitted(NamedTuple):
    """What is learned on top of the network.

    Attributes
    ----------
    weight : Tensor of shape (D, C)
        Of the support vector machines, one for each class.
    bias : Tensor of shape (C,)
    regression : Tensor of shape (C, D, 4)
        Of the boxes.
    """

    weight: torch.Tensor
    bias: torch.Tensor
    regression: torch.Tensor


class Rcnn(nn.Module):
    """A small R-CNN.

    Parameters
    ----------
    num_classes : int
        C, without the background.
    backbone : torch.nn.Module, optional
        Maps images to features, and has ``out_channels`` and ``stride``.
    size : int
        Side of warped regions in pixels, a multiple of the stride.
    context : int
        As of :func:`warp_regions`.
    hidden : int
        D: the features of a region.

    Raises
    ------
    ValueError
        If the size is no multiple of the stride.
    """

    def __init__(self, num_classes, backbone=None, size=32, context=2, hidden=64):
        super().__init__()
        self.backbone = backbone or Backbone()
        if size % self.backbone.stride:
            raise ValueError(f"size must be a multiple of the stride {self.backbone.stride}, got {size}")
        cells = (size // self.backbone.stride) ** 2
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(self.backbone.out_channels * cells, hidden), nn.ReLU()
        )
        self.scores = nn.Linear(hidden, num_classes + 1)
        self.num_classes, self.size, self.context = num_classes, size, context

    def forward(self, image, regions):
        """Return features (L, D) of the regions (L, 4) of one image (3, H, W)."""
        return self.hidden(self.backbone(warp_regions(image, regions, self.size, self.context)))

    def loss(self, images, regions, objects, num=32, generator=None):
        """Return the cross-entropy of warped regions of a list of images, for training the network.

        Parameters
        ----------
        images : list of N Tensors of shape (3, H, W)
        regions : list of N Tensors of shape (L, 4)
        objects : list of N Objects
        num : int
            How many regions of each image, at most a quarter of them with an object.
        generator : torch.Generator, optional
            Where chance comes from.
        """
        scores, classes = [], []
        for image, proposed, entry in zip(images, regions, objects, strict=True):
            drawn = region_targets(proposed, entry.boxes, entry.labels, num, generator=generator)
            scores.append(self.scores(self(image, drawn.regions)))
            classes.append(drawn.classes)
        return class_loss(torch.cat(scores), torch.cat(classes))

    @torch.no_grad()
    def fit(self, images, regions, objects, strength=1.0, ridge=1.0):
        """Fit support vector machines and box regressions on the features of the network.

        Positives of a class are its objects, negatives the regions that overlap none of them much. Call it in
        evaluation mode.

        Parameters
        ----------
        images, regions, objects
            As of :meth:`loss`.
        strength, ridge : float
            C of the machines and λ of the regressions.

        Returns
        -------
        Fitted
        """
        drawn = [self._lessons(*triple) for triple in zip(images, regions, objects, strict=True)]
        machines, regressions = [], []
        for lessons in zip(*drawn, strict=True):  # of one class in all images
            features, positive, near, offsets = map(torch.cat, zip(*lessons, strict=True))
            machines.append(fit_svm(features, positive, strength))
            regressions.append(fit_box_regression(near, offsets, ridge))
        weight = torch.stack([svm.weight for svm in machines], dim=1)
        return Fitted(weight, torch.stack([svm.bias for svm in machines]), torch.stack(regressions))

    def _lessons(self, image, regions, entry):
        """Return for each class features and whether they are an object's; features near one and offsets."""
        candidates = torch.cat([regions, entry.boxes.to(regions)])
        features, lessons = self(image, candidates), []
        for label in range(self.num_classes):
            own = entry.labels == label
            boxes = entry.boxes[own].to(regions)
            overlap = box_iou(boxes, candidates)
            positive = torch.cat([torch.zeros(len(regions), dtype=torch.bool, device=own.device), own])
            kept = positive | (overlap < MAX_NEGATIVE).all(dim=0)
            matches = match_anchors(overlap, MIN_REGRESSION, MIN_REGRESSION, rescue=False)
            near = matches >= 0
            offsets = encode_boxes(boxes[matches[near]], candidates[near])
            lessons.append((features[kept], positive[kept], features[near], offsets))
        return lessons

    @torch.no_grad()
    def detect(self, image, regions, fitted, score_threshold=0.0, iou_threshold=0.5, max_detections=100):
        """Return the :class:`Detections` of one image (3, H, W) with proposals (L, 4).

        The score of a detection is its distance from the machine's border, in margins: 0 is on the border.
        """
        features = self(image, regions).double()
        scores = features @ fitted.weight + fitted.bias
        offsets = torch.einsum("ld,cdk->lck", features, fitted.regression)
        boxes = decode_boxes(offsets.to(regions.dtype), regions)
        limits = (tuple(image.shape[1:]), score_threshold, iou_threshold, max_detections)
        return choose_detections(boxes, scores.to(regions.dtype), *limits)
