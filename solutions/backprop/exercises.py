"""The assignment *Backpropagation*: its title, its introduction and its exercises, in order."""

from solutions.backprop import (
    add_tied_gradients,
    back_through_steps,
    batch_norm_from_output,
    input_gradient,
    largest_adjoint_gap,
    repair_backward,
    share_among_ties,
    unlabelled_cross_entropy,
    weight_gradient,
)

TITLE = "Backpropagation"

INTRODUCTION = (
    "Every layer of a network is told what the loss thinks of its output, and passes the message on: to its "
    "weights, which learn from it, and to its input. You write that message for one layer after another, "
    "build the test that tells true messages from false ones, repair a backward pass with three bugs, and "
    "at the end train a network with what you have written."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        add_tied_gradients,
        weight_gradient,
        input_gradient,
        largest_adjoint_gap,
        back_through_steps,
        share_among_ties,
        unlabelled_cross_entropy,
        batch_norm_from_output,
        repair_backward,
    )
)
