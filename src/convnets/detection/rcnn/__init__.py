"""Regions with features: R-CNN, Fast, Faster and Mask R-CNN (chapter *Detection*).

One idea in four steps, each of which took a part that had been outside into the network: the features of a
region, its class and box, the proposals, the mask. Sources stand with each step.
"""

from convnets.detection.rcnn.fast import FastRcnn
from convnets.detection.rcnn.faster import FasterLoss, FasterRcnn
from convnets.detection.rcnn.fitting import (
    LinearSvm,
    fit_box_regression,
    fit_svm,
    svm_objective,
    svm_objective_loops,
)
from convnets.detection.rcnn.keypoints import (
    decode_keypoints,
    keypoint_loss,
    keypoint_targets,
    keypoint_targets_loops,
)
from convnets.detection.rcnn.mask_head import (
    MaskHead,
    mask_loss,
    mask_loss_loops,
    mask_targets,
    mask_targets_loops,
    paste_masks,
    paste_masks_loops,
)
from convnets.detection.rcnn.masked import MaskLoss, MaskRcnn
from convnets.detection.rcnn.proposals import (
    colour_segments,
    colour_segments_loops,
    segment_proposals,
    window_proposals,
)
from convnets.detection.rcnn.proposing import (
    Proposals,
    RegionProposalNetwork,
    RpnLoss,
    RpnTargets,
    propose_regions,
    rpn_loss,
    rpn_loss_loops,
    rpn_targets,
)
from convnets.detection.rcnn.regions import (
    RegionHead,
    RegionLoss,
    RegionTargets,
    decode_regions,
    region_loss,
    region_loss_loops,
    region_targets,
)
from convnets.detection.rcnn.separate import Fitted, Rcnn, warp_regions

__all__ = [
    "FastRcnn",
    "FasterLoss",
    "FasterRcnn",
    "Fitted",
    "LinearSvm",
    "MaskHead",
    "MaskLoss",
    "MaskRcnn",
    "Proposals",
    "Rcnn",
    "RegionHead",
    "RegionLoss",
    "RegionProposalNetwork",
    "RegionTargets",
    "RpnLoss",
    "RpnTargets",
    "colour_segments",
    "colour_segments_loops",
    "decode_keypoints",
    "decode_regions",
    "fit_box_regression",
    "fit_svm",
    "keypoint_loss",
    "keypoint_targets",
    "keypoint_targets_loops",
    "mask_loss",
    "mask_loss_loops",
    "mask_targets",
    "mask_targets_loops",
    "paste_masks",
    "paste_masks_loops",
    "propose_regions",
    "region_loss",
    "region_loss_loops",
    "region_targets",
    "rpn_loss",
    "rpn_loss_loops",
    "rpn_targets",
    "segment_proposals",
    "svm_objective",
    "svm_objective_loops",
    "warp_regions",
    "window_proposals",
]
