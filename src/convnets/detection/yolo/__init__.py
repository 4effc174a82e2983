r"""YOLO: a grid of cells, each of which says at once what is there and where (chapter *Detection*).

The image is cut into S × S cells. The cell in which the centre of an object lies answers for it: with B
boxes, each of (x, y, √w, √h, confidence), and C probabilities of classes, S × S × (5B + C) numbers in all,
7 × 7 × 30 for the 20 classes of PASCAL VOC. x and y are from 0 to 1 across the cell, w and h parts of the
image. A cell has one set of classes, so of two objects with centres in one cell one is lost.

Source: J. Redmon et al., "You only look once" (CVPR 2016), section 2 and equation 3. As in the authors' code,
the network gives the square roots of width and height, so that no root of a negative number is ever taken.
Left out: the pretrained network of 24 layers, and everything of the later versions.
"""

from convnets.detection.yolo.loss import YoloLoss, yolo_loss, yolo_loss_loops
from convnets.detection.yolo.network import Yolo, yolo_decode
from convnets.detection.yolo.targets import YoloTargets, yolo_targets, yolo_targets_loops

__all__ = [
    "Yolo",
    "YoloLoss",
    "YoloTargets",
    "yolo_decode",
    "yolo_loss",
    "yolo_loss_loops",
    "yolo_targets",
    "yolo_targets_loops",
]
