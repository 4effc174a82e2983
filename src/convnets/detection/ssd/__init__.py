"""SSD: default boxes on maps of several scales, each scored and corrected in one pass (chapter *Detection*).

Where YOLO has one coarse grid and boxes from nothing, SSD has a fine map for small objects, coarser ones for
larger objects, and on every cell a few default boxes of fixed shapes that the network only corrects. There
are thousands of them and few objects, so of the boxes without one only the hardest are learned from.

Source: W. Liu et al., "SSD: single shot multibox detector" (ECCV 2016), section 2. Left out: the pretrained
VGG network, the normalisation of its first map, and random crops by overlap.
"""

from convnets.detection.ssd.default_boxes import default_boxes, default_boxes_loops, default_scales
from convnets.detection.ssd.loss import SsdLoss, SsdTargets, ssd_loss, ssd_loss_loops, ssd_targets
from convnets.detection.ssd.network import Ssd, SsdOutput, ssd_decode

__all__ = [
    "Ssd",
    "SsdLoss",
    "SsdOutput",
    "SsdTargets",
    "default_boxes",
    "default_boxes_loops",
    "default_scales",
    "ssd_decode",
    "ssd_loss",
    "ssd_loss_loops",
    "ssd_targets",
]
