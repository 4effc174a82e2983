"""The assignment *Convolution*: its title, its introduction and its exercises, in order."""

from solutions.convolution import (
    add_echoes,
    conv1d_flip_and_filter,
    conv2d_flip_and_filter,
    edge_strength,
    filter_photograph,
    merge_kernels,
    photograph_stars,
    recover_kernel,
    toeplitz_matrix,
    windows_as_columns,
)

TITLE = "Convolution"

INTRODUCTION = (
    "One operation, seen from many sides: as echoes, as a sliding window, as a matrix, as a filter for "
    "photographs, and at last backwards, as a puzzle. What you write here is used again in the cells that "
    "follow, on a sound and on real photographs."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        add_echoes,
        conv1d_flip_and_filter,
        toeplitz_matrix,
        merge_kernels,
        photograph_stars,
        conv2d_flip_and_filter,
        filter_photograph,
        edge_strength,
        recover_kernel,
        windows_as_columns,
    )
)
