"""The assignment *Sizing*: its title, its introduction and its exercises, in order."""

from solutions.sizing import (
    activation_bytes,
    cheapest_stack,
    count_cell,
    count_sparse,
    fit_windows,
    inception_cost,
    parameters_by_layer,
    receptive_fields,
    which_layers,
)

TITLE = "Sizing"

INTRODUCTION = (
    "Before a network is trained, one can know how large its maps are, how many numbers it learns, how much "
    "it computes, how much it must remember and how far it sees. You count all of it, for LeNet, AlexNet, "
    "VGG and GoogLeNet, with whole numbers and no surprises left at the end."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        fit_windows,
        which_layers,
        count_cell,
        count_sparse,
        parameters_by_layer,
        activation_bytes,
        receptive_fields,
        inception_cost,
        cheapest_stack,
    )
)
