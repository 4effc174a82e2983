"""The assignment *Training*: its title, its introduction and its exercises, in order."""

from solutions.training import (
    crop_scene,
    flip_scene,
    jitter_colours,
    merge_branches,
    normalise_batches,
    rates_on_plateau,
    tint_images,
)

TITLE = "Training"

INTRODUCTION = "x"

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        flip_scene,
        crop_scene,
        jitter_colours,
        tint_images,
        normalise_batches,
        merge_branches,
        rates_on_plateau,
    )
)
