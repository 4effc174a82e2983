"""From predictions to boxes, and a small network that makes them."""

import torch
from torch import nn

from convnets.detection.backbone import Backbone
from convnets.detection.choosing import choose_detections
from convnets.detection.yolo.loss import yolo_loss
from convnets.detection.yolo.targets import YoloTargets, split_predictions, yolo_targets

__all__ = ["Yolo", "yolo_decode"]


def yolo_decode(predictions, size, num_boxes=2, score_threshold=0.05, iou_threshold=0.5):
    """Turn what the cells of one image say into boxes.

    Parameters
    ----------
    predictions : Tensor of shape (S, S, 5·B + C)
        As for :func:`yolo_loss`.
    size : tuple of int
        (height, width) of the image.
    num_boxes : int
        B.
    score_threshold : float
        A box is given for each class whose score, confidence times probability, is greater.
    iou_threshold : float
        For non-maximum suppression within a class.

    Returns
    -------
    Detections
        As :func:`~convnets.detection.choose_detections` returns them.

    Raises
    ------
    ValueError
        If the shape is another.
    """
    boxes, confidence, classes = split_predictions(predictions.detach(), num_boxes)
    if predictions.dim() != 3 or predictions.shape[0] != predictions.shape[1]:
        raise ValueError(f"predictions must have shape (S, S, 5·B + C), got {tuple(predictions.shape)}")
    scores = (confidence[..., None] * classes[..., None, :]).flatten(0, 2)  # (S·S·B, C)
    places = _absolute(boxes, size).flatten(0, 2)
    return choose_detections(places, scores, size, score_threshold, iou_threshold)


def _absolute(boxes, size):
    """Return boxes (S, S, B, 4) in pixels, xyxy."""
    grid = boxes.shape[0]
    rows, columns = torch.meshgrid(*(torch.arange(grid, device=boxes.device),) * 2, indexing="ij")
    corner = torch.stack([columns, rows], dim=-1)[:, :, None]  # (S, S, 1, 2)
    centre, half = (boxes[..., :2] + corner) / grid, boxes[..., 2:].square() / 2
    return torch.cat([centre - half, centre + half], dim=-1) * boxes.new_tensor([size[1], size[0]] * 2)


class Yolo(nn.Module):
    """A small YOLO: a backbone, pooled to S × S cells, and two fully connected layers that see all of them.

    Parameters
    ----------
    num_classes : int
        C.
    backbone : torch.nn.Module, optional
        Maps images to features, and has ``out_channels``.
    grid : int
        S.
    num_boxes : int
        B.
    hidden : int
        Units of the hidden layer.
    """

    def __init__(self, num_classes, backbone=None, grid=7, num_boxes=2, hidden=256):
        super().__init__()
        self.grid, self.num_boxes, self.num_classes = grid, num_boxes, num_classes
        self.backbone = backbone or Backbone()
        channels = 5 * num_boxes + num_classes
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(grid),
            nn.Flatten(),
            nn.Linear(self.backbone.out_channels * grid * grid, hidden),
            nn.LeakyReLU(0.1),
            nn.Linear(hidden, grid * grid * channels),
        )

    def forward(self, images):
        """Return predictions (N, S, S, 5·B + C) for images (N, 3, H, W)."""
        return self.head(self.backbone(images)).unflatten(1, (self.grid, self.grid, -1))

    def loss(self, images, objects):
        """Return the :class:`YoloLoss` of images (N, 3, H, W) and a list of N :class:`Objects`."""
        size = tuple(images.shape[2:])
        targets = [yolo_targets(entry.boxes, entry.labels, size, self.grid) for entry in objects]
        stacked = YoloTargets(*(torch.stack(parts) for parts in zip(*targets, strict=True)))
        return yolo_loss(self(images), stacked, self.num_boxes)

    def detect(self, images, score_threshold=0.05, iou_threshold=0.5):
        """Return a list of N :class:`Detections` for images (N, 3, H, W)."""
        with torch.no_grad():
            predictions = self(images)
        size = tuple(images.shape[2:])
        return [
            yolo_decode(part, size, self.num_boxes, score_threshold, iou_threshold) for part in predictions
        ]
