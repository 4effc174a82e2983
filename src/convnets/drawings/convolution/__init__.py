"""Figures of the chapter on convolution."""

from convnets.drawings.convolution.filtering import axis_of_sharpness, kernel_gallery, signs_of_sobel
from convnets.drawings.convolution.speed import crossover_chart
from convnets.drawings.convolution.sums import (
    copies_of_a_kernel,
    copies_of_an_image,
    doubly_block_picture,
    flipped_windows,
    toeplitz_picture,
    wrapped_sums,
)

__all__ = [
    "axis_of_sharpness",
    "copies_of_a_kernel",
    "copies_of_an_image",
    "crossover_chart",
    "doubly_block_picture",
    "flipped_windows",
    "kernel_gallery",
    "signs_of_sobel",
    "toeplitz_picture",
    "wrapped_sums",
]
