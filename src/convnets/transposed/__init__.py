"""Transposed convolution: the backward pass of a convolution, used forward (chapter *Transposed*)."""

from convnets.transposed.bilinear import bilinear_kernel
from convnets.transposed.checkerboards import checkerboard, overlap_counts, phase_sums
from convnets.transposed.forms import (
    conv_transpose2d,
    conv_transpose2d_matrix,
    conv_transpose2d_scatter,
    conv_transpose2d_zero_insertion,
    insert_zeros,
)
from convnets.transposed.gradients import conv_transpose2d_backward
from convnets.transposed.remedies import pixel_shuffle, pixel_shuffle_weight, pixel_unshuffle, resize_conv2d
from convnets.transposed.sizes import output_padding_for, transposed_output_size

FORMS = {
    form.__name__: form
    for form in (
        conv_transpose2d_matrix,
        conv_transpose2d_scatter,
        conv_transpose2d_zero_insertion,
        conv_transpose2d,
    )
}
"""All forms of transposed convolution by name, the definition first."""

__all__ = [
    "FORMS",
    "bilinear_kernel",
    "checkerboard",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "conv_transpose2d_matrix",
    "conv_transpose2d_scatter",
    "conv_transpose2d_zero_insertion",
    "insert_zeros",
    "output_padding_for",
    "overlap_counts",
    "phase_sums",
    "pixel_shuffle",
    "pixel_shuffle_weight",
    "pixel_unshuffle",
    "resize_conv2d",
    "transposed_output_size",
]
