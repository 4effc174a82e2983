"""Convolution of signals and images, from the definition to the fast forms (chapter *Convolution*).

Every function convolves in the true sense: the kernel is flipped. What layers of networks compute without
the flip is called by its name, cross-correlation. The forms of one dimension and of two dimensions each
share one signature and agree with one another; they differ in how they go about it, and in speed.

Left out: stride, dilation, groups and bias belong to the layers that are built on this package.
"""

from convnets.convolution.correlation import cross_correlate1d, cross_correlate2d
from convnets.convolution.fast import conv2d_fft, conv2d_im2col, conv2d_windows, im2col
from convnets.convolution.kernels import KERNELS, Kernel, normalised
from convnets.convolution.one_dimensional import (
    conv1d_flip_and_filter,
    conv1d_toeplitz,
    conv1d_translate_and_scale,
    toeplitz_matrix,
)
from convnets.convolution.two_dimensional import (
    conv2d_doubly_block_toeplitz,
    conv2d_flip_and_filter,
    conv2d_translate_and_scale,
    doubly_block_toeplitz,
)
from convnets.convolution.winograd import conv2d_winograd, winograd_matrices

FORMS = {
    form.__name__: form
    for form in (
        conv2d_translate_and_scale,
        conv2d_flip_and_filter,
        conv2d_doubly_block_toeplitz,
        conv2d_windows,
        conv2d_im2col,
        conv2d_fft,
        conv2d_winograd,
    )
}
"""All forms of 2-D convolution by name, definitions first; ``conv2d_winograd`` takes 3×3 kernels only."""

__all__ = [
    "FORMS",
    "KERNELS",
    "Kernel",
    "conv1d_flip_and_filter",
    "conv1d_toeplitz",
    "conv1d_translate_and_scale",
    "conv2d_doubly_block_toeplitz",
    "conv2d_fft",
    "conv2d_flip_and_filter",
    "conv2d_im2col",
    "conv2d_translate_and_scale",
    "conv2d_windows",
    "conv2d_winograd",
    "cross_correlate1d",
    "cross_correlate2d",
    "doubly_block_toeplitz",
    "im2col",
    "normalised",
    "toeplitz_matrix",
    "winograd_matrices",
]
