"""The assignment *Transposed convolution*: its title, its introduction and its exercises, in order."""

from solutions.transposed import (
    as_ordinary_convolution,
    bilinear_weight,
    level_weight,
    output_paddings_back,
    shuffle_pixels,
    stamp_and_cut,
    stamps_per_pixel,
    transposed_matrix,
)

TITLE = "Transposed convolution"

INTRODUCTION = (
    "A convolution with a stride makes images small; its transpose makes them large again. You write it as a "
    "matrix, as a stamp and as an ordinary convolution in disguise, find the sizes that lead back up, catch "
    "the checkerboard that it likes to draw, and get rid of it in three ways."
)

EXERCISES = tuple(
    module.EXERCISE
    for module in (
        transposed_matrix,
        stamp_and_cut,
        as_ordinary_convolution,
        output_paddings_back,
        stamps_per_pixel,
        level_weight,
        bilinear_weight,
        shuffle_pixels,
    )
)
