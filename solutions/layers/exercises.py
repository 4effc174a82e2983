"""The assignment *Layers*: its title, its introduction and its exercises, in order."""

from solutions.layers import (
    average_ceil,
    collapse_layers,
    conv1d_causal,
    conv2d_at,
    depthwise_separable,
    frame_picture,
    gap_inside,
    lenet_subsample,
    max_blur_pool,
    max_places,
)

TITLE = "Layers"

INTRODUCTION = (
    "The parts of which convolutional networks are built: convolutions with all their settings, and the "
    "poolings between them. You write them with NumPy, take two of them apart, find out when two are really "
    "one, and measure whether maps move along when the image does."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        conv1d_causal,
        conv2d_at,
        frame_picture,
        depthwise_separable,
        max_places,
        average_ceil,
        lenet_subsample,
        collapse_layers,
        gap_inside,
        max_blur_pool,
    )
)
