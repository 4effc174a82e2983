"""Mask R-CNN: Faster R-CNN with a mask, and if asked for keypoints, of every region (chapter *Detection*).

Source: K. He et al., "Mask R-CNN" (ICCV 2017). While training, masks come from the proposals; when detecting,
from the corrected boxes of the detections, so that far fewer are made. The feature pyramid is left out.
"""

from typing import NamedTuple

import torch

from convnets.detection.rcnn.faster import FasterRcnn
from convnets.detection.rcnn.keypoints import decode_keypoints, keypoint_loss, keypoint_targets
from convnets.detection.rcnn.mask_head import MaskHead, mask_loss, mask_targets, paste_masks

__all__ = ["MaskLoss", "MaskRcnn"]


class MaskLoss(NamedTuple):
    """The losses of Faster R-CNN, that of masks and that of keypoints; the total is their sum.

    Attributes
    ----------
    objectness, anchor_offsets, classes, region_offsets, masks, keypoints : Tensor of shape ()
    """

    objectness: torch.Tensor
    anchor_offsets: torch.Tensor
    classes: torch.Tensor
    region_offsets: torch.Tensor
    masks: torch.Tensor
    keypoints: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return sum(self)


class MaskRcnn(FasterRcnn):
    """A small Mask R-CNN.

    Parameters
    ----------
    num_classes : int
        C, without the background.
    num_keypoints : int
        K; 0 for masks alone.
    mask_size : int
        M, even: the masks are M × M, the features they are made from half as long.
    **options
        As of :class:`FasterRcnn`.

    Raises
    ------
    ValueError
        If the size of masks is odd or not positive.
    """

    def __init__(self, num_classes, num_keypoints=0, mask_size=28, **options):
        super().__init__(num_classes, **options)
        if mask_size < 2 or mask_size % 2:
            raise ValueError(f"mask_size must be even and positive, got {mask_size}")
        self.mask_size = mask_size
        self.mask_head = MaskHead(self.backbone.out_channels, num_classes)
        self.keypoint_head = MaskHead(self.backbone.out_channels, num_keypoints) if num_keypoints else None

    def loss(self, images, objects, generator=None, keypoints=None):
        """Return the :class:`MaskLoss` of images.

        Parameters
        ----------
        images : Tensor of shape (N, 3, H, W)
        objects : list of N Objects
            With masks.
        generator : torch.Generator, optional
            Where chance comes from.
        keypoints : list of N Tensors of shape (B, K, 2), optional
            (x, y) in pixels, NaN for those that an object does not have; needed if there are any.

        Raises
        ------
        TypeError, ValueError
            If a box is bad or has no area, masks are missing, or keypoints are, or do not fit.
        """
        if self.keypoint_head is not None and (keypoints is None or len(keypoints) != len(objects)):
            found = None if keypoints is None else f"those of {len(keypoints)}"
            raise ValueError(f"keypoints of each of {len(objects)} images are needed, got {found}")
        features = self.backbone(images)
        losses, targets = self.loss_of_both_stages(features, tuple(images.shape[2:]), objects, generator)
        found = [entry.matches >= 0 for entry in targets]
        regions = [entry.regions[kept] for entry, kept in zip(targets, found, strict=True)]
        matches = [entry.matches[kept] for entry, kept in zip(targets, found, strict=True)]
        labels = torch.cat([entry.classes[kept] - 1 for entry, kept in zip(targets, found, strict=True)])
        pooled = self.cut(features, regions, self.mask_size // 2)
        triples = list(zip(objects, regions, matches, strict=True))
        due = torch.cat([mask_targets(entry.masks, *pair, self.mask_size) for entry, *pair in triples])
        cost = mask_loss(self.mask_head(pooled), due, labels)
        if self.keypoint_head is None:
            return MaskLoss(*losses, cost, torch.zeros_like(cost))
        pairs = zip(keypoints, regions, matches, strict=True)
        cells = torch.cat([keypoint_targets(*part, self.mask_size) for part in pairs])
        return MaskLoss(*losses, cost, keypoint_loss(self.keypoint_head(pooled), cells))

    def detect(self, images, score_threshold=0.05, iou_threshold=0.5, max_detections=100):
        """Return a list of N :class:`Detections` with masks for images (N, 3, H, W)."""
        with torch.no_grad():
            features = self.backbone(images)
        size = tuple(images.shape[2:])
        found = self.detect_alone(features, size, score_threshold, iou_threshold, max_detections)
        shares = self._maps(features, found, self.mask_head)
        return [
            entry._replace(masks=paste_masks(_of_class(maps.sigmoid(), entry.labels), entry.boxes, size))
            for entry, maps in zip(found, shares, strict=True)
        ]

    def detect_keypoints(self, images, detections):
        """Return points (D, K, 2) and their probabilities (D, K) for each image's :class:`Detections`.

        Raises
        ------
        ValueError
            If the network was built without keypoints.
        """
        if self.keypoint_head is None:
            raise ValueError("the network was built with num_keypoints=0")
        with torch.no_grad():
            features = self.backbone(images)
        maps = self._maps(features, detections, self.keypoint_head)
        return [decode_keypoints(part, entry.boxes) for part, entry in zip(maps, detections, strict=True)]

    @torch.no_grad()
    def _maps(self, features, detections, head):
        """Return what a head says of each image's detections, (D, maps, M, M)."""
        boxes = [entry.boxes for entry in detections]
        pooled = self.cut(features, boxes, self.mask_size // 2)
        return head(pooled).split([len(part) for part in boxes])


def _of_class(maps, labels):
    return maps[torch.arange(len(labels), device=maps.device), labels]
