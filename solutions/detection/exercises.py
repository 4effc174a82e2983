"""The assignment *Detection*: its title, its introduction and its exercises, in order."""

from solutions.detection import (
    align_regions,
    assign_anchors,
    code_boxes,
    detect_objects,
    grid_targets,
    lay_anchors,
    mask_loss,
    mine_negatives,
    overlap_table,
    pool_regions,
    propose_regions,
    rank_and_score,
    sort_errors,
    suppress_doubles,
    train_detector,
)

TITLE = "Detection"

INTRODUCTION = (
    "What is in the picture, and where? In the first part you write what every detector is made of: boxes "
    "that are compared, suppressed, coded and matched, regions brought to one size, and the measures that "
    "rank detectors and tell what is wrong with them. In the second you write what YOLO, SSD, Faster R-CNN "
    "and Mask R-CNN are taught, put a detector together that an oracle's outputs bring to a mean average "
    "precision of 1, and train one of your own."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        overlap_table,
        suppress_doubles,
        lay_anchors,
        code_boxes,
        assign_anchors,
        rank_and_score,
        sort_errors,
        pool_regions,
        align_regions,
        grid_targets,
        mine_negatives,
        propose_regions,
        mask_loss,
        detect_objects,
        train_detector,
    )
)
