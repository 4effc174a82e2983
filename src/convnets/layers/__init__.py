"""The layers of convolutional networks, forward (chapter *Layers*).

Each layer that slides a window is here twice: in the loops of its definition, to read and to trust, and in
the form that is used. Names, order of arguments, defaults and layouts are those of
``torch.nn.functional``: maps are ``(N, C, H, W)``, filters ``(C_out, C_in / groups, K_h, K_w)``.

Left out: the way back, which is :mod:`convnets.backprop`, and everything that counts and sizes layers, which
is :mod:`convnets.sizing`.
"""

from convnets.layers.convolution import conv1d, conv1d_loops, conv2d, conv2d_loops
from convnets.layers.equivariance import equivariance_gap, shift
from convnets.layers.matrix import convolution_matrix
from convnets.layers.padding import pad
from convnets.layers.pooling import (
    avg_pool2d,
    avg_pool2d_loops,
    blur_pool2d,
    max_pool2d,
    max_pool2d_loops,
    subsample2d,
)
from convnets.layers.units import flatten, linear, local2d, relu, tanh
from convnets.layers.windows import windows
from convnets.layers.winograd import conv2d_winograd

__all__ = [
    "avg_pool2d",
    "avg_pool2d_loops",
    "blur_pool2d",
    "conv1d",
    "conv1d_loops",
    "conv2d",
    "conv2d_loops",
    "conv2d_winograd",
    "convolution_matrix",
    "equivariance_gap",
    "flatten",
    "linear",
    "local2d",
    "max_pool2d",
    "max_pool2d_loops",
    "pad",
    "relu",
    "shift",
    "subsample2d",
    "tanh",
    "windows",
]
