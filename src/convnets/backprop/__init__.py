"""The layers of convolutional networks, backward (chapter *Backprop*).

A backward function takes the gradient of the loss at a layer's output, and what the layer needs to remember,
and returns the gradients at its input and at its weights. Names and arguments are those of the layer in
:mod:`convnets.layers`, with ``grad_output`` in front.
"""

from convnets.backprop.adjoint import adjoint_gap
from convnets.backprop.checking import check_gradient
from convnets.backprop.convolution import conv1d_backward, conv2d_backward, conv2d_input, conv2d_weight
from convnets.backprop.convolution_loops import conv2d_backward_loops
from convnets.backprop.gradient_report import ArgumentCheck, GradientReport
from convnets.backprop.lenet import Training, lenet, train_on_digits, train_on_mnist
from convnets.backprop.linear import flatten_backward, linear_backward
from convnets.backprop.losses import cross_entropy, cross_entropy_backward, softmax
from convnets.backprop.network import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Subsample2d,
    Tanh,
)
from convnets.backprop.nonlinearity import relu_backward, tanh_backward
from convnets.backprop.normalisation import batch_norm2d, batch_norm2d_backward
from convnets.backprop.padding import pad_backward
from convnets.backprop.pooling import (
    avg_pool2d_backward,
    blur_pool2d_backward,
    max_pool2d_backward,
    subsample2d_backward,
)
from convnets.backprop.training import SGD, Epoch, accuracy, fit, gradient_step
from convnets.backprop.tying import local2d_backward, tie_gradient

__all__ = [
    "SGD",
    "ArgumentCheck",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Epoch",
    "Flatten",
    "GradientReport",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Subsample2d",
    "Tanh",
    "Training",
    "accuracy",
    "adjoint_gap",
    "avg_pool2d_backward",
    "batch_norm2d",
    "batch_norm2d_backward",
    "blur_pool2d_backward",
    "check_gradient",
    "conv1d_backward",
    "conv2d_backward",
    "conv2d_backward_loops",
    "conv2d_input",
    "conv2d_weight",
    "cross_entropy",
    "cross_entropy_backward",
    "fit",
    "flatten_backward",
    "gradient_step",
    "lenet",
    "linear_backward",
    "local2d_backward",
    "max_pool2d_backward",
    "pad_backward",
    "relu_backward",
    "softmax",
    "subsample2d_backward",
    "tanh_backward",
    "tie_gradient",
    "train_on_digits",
    "train_on_mnist",
]
