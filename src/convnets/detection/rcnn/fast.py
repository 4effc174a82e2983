"""Fast R-CNN: one look at the image, then all regions from the same features (chapter *Detection*).

R-CNN runs its network once for each region; here it runs once for each image, and regions are cut from its
features. Classes and boxes are learned at the same time as the features. Proposals still come from outside.
Left out: pretraining, images at several scales, and the truncated SVD of the layers, which makes them faster.

Source: R. Girshick, "Fast R-CNN" (ICCV 2015).
"""

import torch
from torch import nn

from convnets.detection.backbone import Backbone
from convnets.detection.rcnn.regions import RegionHead, decode_regions, region_loss, region_targets
from convnets.detection.roi import roi_align, roi_pool

__all__ = ["FastRcnn"]


class FastRcnn(nn.Module):
    """A small Fast R-CNN.

    Parameters
    ----------
    num_classes : int
        C, without the background.
    backbone : torch.nn.Module, optional
        Maps images to features, and has ``out_channels`` and ``stride``.
    size : int
        Features of a region are size × size.
    pooling : {"align", "pool"}
        How they are cut out.
    hidden : int
        Units of the head's layers.
    num_samples : int
        How many regions of an image are learned from.

    Raises
    ------
    ValueError
        If the pooling is another.
    """

    def __init__(self, num_classes, backbone=None, size=7, pooling="align", hidden=128, num_samples=64):
        super().__init__()
        if pooling not in ("align", "pool"):
            raise ValueError(f"pooling must be 'align' or 'pool', got {pooling!r}")
        self.backbone = backbone or Backbone()
        self.head = RegionHead(self.backbone.out_channels, num_classes, size, hidden)
        self.size, self.pooling, self.num_samples = size, pooling, num_samples

    def cut(self, features, regions, size):
        """Return features (R, C, size, size) of a list of regions (L, 4) for each map of features."""
        scale = 1 / self.backbone.stride
        if self.pooling == "pool":
            return roi_pool(features, regions, size, scale)
        return roi_align(features, regions, size, scale, sampling_ratio=2, aligned=True)

    def forward(self, images, regions):
        """Return scores (R, C + 1) and offsets (R, C, 4) of all regions, image by image.

        Parameters
        ----------
        images : Tensor of shape (N, 3, H, W)
        regions : list of N Tensors of shape (L, 4)
        """
        return self.head(self.cut(self.backbone(images), regions, self.size))

    def loss(self, images, regions, objects, generator=None):
        """Return the :class:`RegionLoss` of images, proposals for each, and a list of N :class:`Objects`."""
        return self.loss_of_features(self.backbone(images), regions, objects, generator)[0]

    def loss_of_features(self, features, regions, objects, generator=None):
        """Return the :class:`RegionLoss` and the :class:`RegionTargets` of each image."""
        targets = [
            region_targets(part, entry.boxes, entry.labels, self.num_samples, generator=generator)
            for part, entry in zip(regions, objects, strict=True)
        ]
        scores, offsets = self.head(self.cut(features, [entry.regions for entry in targets], self.size))
        classes, due = (torch.cat([entry[k] for entry in targets]) for k in (2, 3))
        return region_loss(scores, offsets, classes, due), targets

    def detect(self, images, regions, score_threshold=0.05, iou_threshold=0.5, max_detections=100):
        """Return a list of N :class:`Detections` for images and proposals (L, 4) for each."""
        with torch.no_grad():
            features = self.backbone(images)
        limits = (tuple(images.shape[2:]), score_threshold, iou_threshold, max_detections)
        return self.detect_in_features(features, regions, *limits)

    @torch.no_grad()
    def detect_in_features(self, features, regions, *limits):
        """Return what :meth:`detect` returns; limits are size and thresholds of ``decode_regions``."""
        scores, offsets = self.head(self.cut(features, regions, self.size))
        lengths = [len(part) for part in regions]
        parts = zip(scores.split(lengths), offsets.split(lengths), regions, strict=True)
        return [decode_regions(*part, *limits) for part in parts]
