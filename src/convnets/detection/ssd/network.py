"""A small SSD: a backbone, coarser maps after it, and two convolutions on every map."""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

from convnets.architectures.googlenet import BasicConv2d
from convnets.detection.backbone import Backbone
from convnets.detection.choosing import choose_detections
from convnets.detection.coding import decode_boxes
from convnets.detection.ssd.default_boxes import default_boxes, default_scales
from convnets.detection.ssd.loss import WEIGHTS, SsdTargets, ssd_loss, ssd_targets

__all__ = ["Ssd", "SsdOutput", "ssd_decode"]


class SsdOutput(NamedTuple):
    """What the network says of N images.

    Attributes
    ----------
    scores : Tensor of shape (N, A, C + 1)
        Before the softmax; the background is class 0.
    offsets : Tensor of shape (N, A, 4)
    anchors : Tensor of shape (A, 4)
        The default boxes they belong to.
    """

    scores: torch.Tensor
    offsets: torch.Tensor
    anchors: torch.Tensor


def ssd_decode(scores, offsets, anchors, size, score_threshold=0.05, iou_threshold=0.45, max_detections=100):
    """Turn what the default boxes of one image say into detections.

    Parameters
    ----------
    scores : Tensor of shape (A, C + 1)
        Before the softmax.
    offsets, anchors : Tensor of shape (A, 4)
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
        If shapes do not fit, or a number is not finite.
    """
    boxes = decode_boxes(offsets, anchors, WEIGHTS)
    shares = scores.softmax(dim=1)[:, 1:]
    return choose_detections(boxes, shares, size, score_threshold, iou_threshold, max_detections)


class Ssd(nn.Module):
    """A small SSD.

    Parameters
    ----------
    num_classes : int
        C, without the background.
    backbone : torch.nn.Module, optional
        Maps images to the finest map, and has ``out_channels``.
    extra : sequence of int
        Channels of the coarser maps, each of half the size of the one before.
    scales : sequence of float, optional
        One more than there are maps; by default those of :func:`~convnets.detection.default_scales`.
    aspect_ratios : sequence of float
        Height over width, on all maps.
    squares : sequence of float
        Scales of further squares on all maps.
    """

    def __init__(
        self,
        num_classes,
        backbone=None,
        extra=(64, 64),
        scales=None,
        aspect_ratios=(1.0, 2.0, 0.5),
        squares=(),
    ):
        super().__init__()
        self.num_classes, self.aspect_ratios, self.squares = num_classes, tuple(aspect_ratios), tuple(squares)
        self.backbone = backbone or Backbone()
        widths = (self.backbone.out_channels, *extra)
        self.scales = tuple(scales or default_scales(len(widths)))
        num_shapes = len(self.aspect_ratios) + 1 + len(self.squares)
        self.extra = nn.ModuleList(
            BasicConv2d(before, after, 3, stride=2, padding=1, batch_norm=True)
            for before, after in pairwise(widths)
        )
        self.score_heads = nn.ModuleList(
            nn.Conv2d(width, num_shapes * (num_classes + 1), 3, padding=1) for width in widths
        )
        self.offset_heads = nn.ModuleList(nn.Conv2d(width, num_shapes * 4, 3, padding=1) for width in widths)

    def forward(self, images):
        """Return the :class:`SsdOutput` of images (N, 3, H, W)."""
        maps = [self.backbone(images)]
        for stage in self.extra:
            maps.append(stage(maps[-1]))
        scores = [
            _by_anchor(head(features), self.num_classes + 1)
            for head, features in zip(self.score_heads, maps, strict=True)
        ]
        offsets = [_by_anchor(head(part), 4) for head, part in zip(self.offset_heads, maps, strict=True)]
        feature_sizes = [tuple(features.shape[2:]) for features in maps]
        ratios = [self.aspect_ratios] * len(maps)
        anchors = default_boxes(feature_sizes, tuple(images.shape[2:]), self.scales, ratios, self.squares)
        return SsdOutput(torch.cat(scores, dim=1), torch.cat(offsets, dim=1), anchors.to(images))

    def loss(self, images, objects):
        """Return the :class:`SsdLoss` of images (N, 3, H, W) and a list of N :class:`Objects`."""
        scores, offsets, anchors = self(images)
        targets = [ssd_targets(entry.boxes, entry.labels, anchors) for entry in objects]
        stacked = SsdTargets(*(torch.stack(parts) for parts in zip(*targets, strict=True)))
        return ssd_loss(scores, offsets, stacked)

    def detect(self, images, score_threshold=0.05, iou_threshold=0.45, max_detections=100):
        """Return a list of N :class:`Detections` for images (N, 3, H, W)."""
        with torch.no_grad():
            scores, offsets, anchors = self(images)
        limits = (tuple(images.shape[2:]), score_threshold, iou_threshold, max_detections)
        return [ssd_decode(*pair, anchors, *limits) for pair in zip(scores, offsets, strict=True)]


def _by_anchor(output, num):
    """Bring a head's output (N, A · num, H, W) to (N, H · W · A, num), the order of the anchors."""
    return output.unflatten(1, (-1, num)).permute(0, 3, 4, 1, 2).flatten(1, 3)
