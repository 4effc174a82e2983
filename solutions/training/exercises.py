"""The assignment *Training*: its title, its introduction and its exercises, in order."""

from solutions.training import (
    crop_scene,
    flip_scene,
    jitter_colours,
    merge_branches,
    name_causes,
    normalise_batches,
    rates_on_plateau,
    repair_training,
    tint_images,
)

TITLE = "Training"

INTRODUCTION = (
    "What lies between a network and a network that works: pictures that are changed before it sees them, "
    "statistics that it keeps, a rate that falls at the right moment. You write each of these, fold "
    "three branches into one convolution, and at the end you run a clinic: nine illnesses of training runs, "
    "told from their curves, and a script to be mended."
)

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
        name_causes,
        repair_training,
    )
)
