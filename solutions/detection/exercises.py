"""The assignment *Detection*: its title, its introduction and its exercises, in order."""

from solutions.detection import (
    align_regions,
    assign_anchors,
    code_boxes,
    grid_targets,
    lay_anchors,
    mask_loss,
    mine_negatives,
    overlap_table,
    pool_regions,
    propose_regions,
    rank_and_score,
    suppress_doubles,
)

TITLE = "Detection"

INTRODUCTION = (
    "What is in the picture, and where? You write the pieces that every detector is made of: boxes "
    "that are compared, suppressed, coded and matched; and the measure that ranks detectors."
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
        pool_regions,
        align_regions,
        grid_targets,
        mine_negatives,
        propose_regions,
        mask_loss,
    )
)
