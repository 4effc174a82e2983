"""Faster R-CNN: the network proposes its own regions (chapter *Detection*, section faster).

Two stages share the features of one backbone: the first proposes regions, the second says what is in them.
They are trained together, with four losses: is there something at this anchor, where is it, what is in this
region, where is it. Gradients do not flow through the places of proposed regions.

Source: S. Ren et al., "Faster R-CNN" (2015), section 3.2, its "approximate joint training".
"""

from typing import NamedTuple

import torch

from convnets.detection.anchors import anchor_shapes, grid_anchors
from convnets.detection.rcnn.fast import FastRcnn
from convnets.detection.rcnn.proposing import RegionProposalNetwork, propose_regions, rpn_loss, rpn_targets

__all__ = ["FasterLoss", "FasterRcnn"]


class FasterLoss(NamedTuple):
    """The four losses; the total is their sum.

    Attributes
    ----------
    objectness, anchor_offsets : Tensor of shape ()
        Of the first stage, the mean over images.
    classes, region_offsets : Tensor of shape ()
        Of the second.
    """

    objectness: torch.Tensor
    anchor_offsets: torch.Tensor
    classes: torch.Tensor
    region_offsets: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return sum(self)


class FasterRcnn(FastRcnn):
    """A small Faster R-CNN.

    Parameters
    ----------
    num_classes : int
        C, without the background.
    sizes : sequence of float
        Sides of the anchors in pixels.
    aspect_ratios : sequence of float
        Height over width of the anchors.
    num_proposals : int
        How many regions the first stage hands on.
    **options
        As of :class:`FastRcnn`.
    """

    def __init__(
        self, num_classes, sizes=(16, 32, 64), aspect_ratios=(0.5, 1.0, 2.0), num_proposals=50, **options
    ):
        super().__init__(num_classes, **options)
        self.register_buffer("shapes", anchor_shapes(sizes, aspect_ratios), persistent=False)
        self.rpn = RegionProposalNetwork(self.backbone.out_channels, len(self.shapes))
        self.num_proposals = num_proposals

    def anchors(self, features):
        """Return the anchors (A, 4) of a map of features (N, C, H, W)."""
        return grid_anchors(tuple(features.shape[2:]), self.backbone.stride, self.shapes)

    def propose(self, features, size):
        """Return :class:`Proposals` for each of N images of (height, width) `size` by their features."""
        return self._propose(*self.rpn(features), self.anchors(features), size)

    def _propose(self, objectness, offsets, anchors, size):
        pairs = zip(objectness, offsets, strict=True)
        return [propose_regions(*pair, anchors, size, num_after=self.num_proposals) for pair in pairs]

    def forward(self, images):
        """Return the proposed regions, a list of N Tensors (K, 4), and of all their scores and offsets."""
        features = self.backbone(images)
        regions = [entry.boxes for entry in self.propose(features, tuple(images.shape[2:]))]
        return regions, *self.head(self.cut(features, regions, self.size))

    def loss(self, images, objects, generator=None):
        """Return the :class:`FasterLoss` of images (N, 3, H, W) and a list of N :class:`Objects`."""
        return self.loss_of_both_stages(self.backbone(images), tuple(images.shape[2:]), objects, generator)[0]

    def loss_of_both_stages(self, features, size, objects, generator=None):
        """Return the :class:`FasterLoss`, and the :class:`RegionTargets` of each image."""
        anchors = self.anchors(features)
        objectness, offsets = self.rpn(features)
        first = [
            rpn_loss(scores, places, rpn_targets(entry.boxes, anchors, size, generator=generator))
            for scores, places, entry in zip(objectness, offsets, objects, strict=True)
        ]
        regions = [entry.boxes for entry in self._propose(objectness, offsets, anchors, size)]
        second, targets = self.loss_of_features(features, regions, objects, generator)
        means = (torch.stack(terms).mean() for terms in zip(*first, strict=True))
        return FasterLoss(*means, *second), targets

    def detect(self, images, score_threshold=0.05, iou_threshold=0.5, max_detections=100):
        """Return a list of N :class:`Detections` for images (N, 3, H, W)."""
        with torch.no_grad():
            features = self.backbone(images)
        limits = (score_threshold, iou_threshold, max_detections)
        return self.detect_alone(features, tuple(images.shape[2:]), *limits)

    @torch.no_grad()
    def detect_alone(self, features, size, *limits):
        """Return a list of N :class:`Detections` by the features of N images, whose regions are proposed."""
        regions = [entry.boxes for entry in self.propose(features, size)]
        return self.detect_in_features(features, regions, size, *limits)
