"""The assignment *Architectures*: its title, its introduction and its exercises, in order."""

from solutions.architectures import (
    connect_by_table,
    network_from_table,
    port_weights,
    residual_block,
    response_norm,
    side_by_side,
    skip_deleted,
    unite_towers,
    widest_network,
)

TITLE = "Architectures"

INTRODUCTION = (
    "Every famous network brought one new idea, and each of them fits into a few lines. You build LeNet's "
    "table of connections, AlexNet's two towers, a VGG out of its column, the Inception module and the "
    "residual block, spend a budget of parameters to the last one, delete blocks from a network, and bring "
    "weights from one library to another until the logits agree."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        connect_by_table,
        response_norm,
        unite_towers,
        network_from_table,
        side_by_side,
        residual_block,
        widest_network,
        skip_deleted,
        port_weights,
    )
)
