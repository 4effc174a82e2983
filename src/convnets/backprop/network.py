"""Layers that remember what they need for the way back, and a network of them (chapter *Backprop*).

A layer has ``forward(x)`` and ``backward(grad_output)``; the second speaks of the latest call of the first.
``parameters()`` and ``gradients()`` are lists of arrays in the same order; parameters are changed in place by
whoever trains them. Names and arguments are those of ``torch.nn``, and chance comes in as ``rng``.

Left out: branches, and gradients added up over several calls. Each backward pass writes them anew.
"""

from math import prod, sqrt

import numpy as np

from convnets import layers
from convnets.backprop.convolution import conv2d_backward
from convnets.backprop.linear import flatten_backward, linear_backward
from convnets.backprop.nonlinearity import relu_backward, tanh_backward
from convnets.backprop.normalisation import batch_norm2d, batch_norm2d_backward
from convnets.backprop.pooling import avg_pool2d_backward, max_pool2d_backward, subsample2d_backward
from convnets.layers.arguments import pair

__all__ = [
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Flatten",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Subsample2d",
    "Tanh",
]


class Layer:
    """What all layers have in common; by itself it has no parameters."""

    training = True
    weight = bias = grad_weight = grad_bias = None

    def forward(self, x):
        """Return the layer's output for ``x``, and remember what the way back needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, grad_output):
        """Return the gradient at the latest input, and keep those of the parameters."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def parameters(self):
        """Return the arrays that are learned."""
        return [values for values in (self.weight, self.bias) if values is not None]

    def gradients(self):
        """Return the gradients of the latest backward pass, one for each parameter."""
        pairs = ((self.weight, self.grad_weight), (self.bias, self.grad_bias))
        return [gradient for values, gradient in pairs if values is not None]

    def train(self, mode=True):
        """Choose between training and, with False, use."""
        self.training = mode


class Conv2d(Layer):
    """A convolution layer; weights are normal with variance gain² / fan-in, biases start at zero.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding, dilation, groups, padding_mode
        As in ``torch.nn.Conv2d``.
    rng : numpy.random.Generator
        Where the weights come from.
    gain : float
        1 before tanh, √2 before ReLU, which drops half of what it gets.
    dtype : dtype
        Of the parameters.

    Raises
    ------
    ValueError
        If ``groups`` does not divide both numbers of channels.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        padding_mode="zeros",
        *,
        rng,
        gain=1.0,
        dtype=np.float32,
    ):
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups must divide {in_channels} and {out_channels} channels, got {groups}")
        shape = (out_channels, in_channels // groups, *pair("kernel_size", kernel_size))
        self.weight = _normal(rng, shape, gain, dtype)
        self.bias = np.zeros(out_channels, dtype)
        self.settings = (stride, padding, dilation, groups, padding_mode)

    def forward(self, x):
        self.x = x
        return layers.conv2d(x, self.weight, self.bias, *self.settings)

    def backward(self, grad_output):
        gradients = conv2d_backward(grad_output, self.x, self.weight, *self.settings)
        grad_x, self.grad_weight, self.grad_bias = gradients
        return grad_x


class Linear(Layer):
    """A fully connected layer; weights and bias start as those of :class:`Conv2d`."""

    def __init__(self, in_features, out_features, *, rng, gain=1.0, dtype=np.float32):
        self.weight = _normal(rng, (out_features, in_features), gain, dtype)
        self.bias = np.zeros(out_features, dtype)

    def forward(self, x):
        self.x = x
        return layers.linear(x, self.weight, self.bias)

    def backward(self, grad_output):
        grad_x, self.grad_weight, self.grad_bias = linear_backward(grad_output, self.x, self.weight)
        return grad_x


class ReLU(Layer):
    """What is positive."""

    def forward(self, x):
        self.x = x
        return layers.relu(x)

    def backward(self, grad_output):
        return relu_backward(grad_output, self.x)


class Tanh(Layer):
    """The hyperbolic tangent."""

    def forward(self, x):
        self.y = layers.tanh(x)
        return self.y

    def backward(self, grad_output):
        return tanh_backward(grad_output, self.y)


class MaxPool2d(Layer):
    """Maximum pooling, with the arguments of :func:`convnets.layers.max_pool2d`."""

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
        self.settings = (kernel_size, stride, padding, dilation, ceil_mode)

    def forward(self, x):
        self.x = x
        return layers.max_pool2d(x, *self.settings)

    def backward(self, grad_output):
        return max_pool2d_backward(grad_output, self.x, *self.settings)


class AvgPool2d(Layer):
    """Average pooling, with the arguments of :func:`convnets.layers.avg_pool2d`."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        self.settings = (kernel_size, stride, padding, ceil_mode, count_include_pad)

    def forward(self, x):
        self.input_size = x.shape
        return layers.avg_pool2d(x, *self.settings)

    def backward(self, grad_output):
        return avg_pool2d_backward(grad_output, self.input_size, *self.settings)


class Subsample2d(Layer):
    """LeNet's subsampling; coefficients start at 1 / (K_h · K_w), which averages, biases at zero."""

    def __init__(self, channels, kernel_size=2, stride=None, *, dtype=np.float32):
        self.weight = np.full(channels, 1 / prod(pair("kernel_size", kernel_size)), dtype)
        self.bias = np.zeros(channels, dtype)
        self.settings = (kernel_size, stride)

    def forward(self, x):
        self.x = x
        return layers.subsample2d(x, self.weight, self.bias, *self.settings)

    def backward(self, grad_output):
        gradients = subsample2d_backward(grad_output, self.x, self.weight, *self.settings)
        grad_x, self.grad_weight, self.grad_bias = gradients
        return grad_x


class BatchNorm2d(Layer):
    """Batch normalisation; starts with scale 1 and shift 0, and with averages 0 and 1."""

    def __init__(self, channels, eps=1e-5, momentum=0.1, *, dtype=np.float32):
        self.weight, self.bias = np.ones(channels, dtype), np.zeros(channels, dtype)
        self.running_mean, self.running_var = np.zeros(channels, dtype), np.ones(channels, dtype)
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        self.x = x
        statistics = self.running_mean, self.running_var, self.training
        return batch_norm2d(x, self.weight, self.bias, *statistics, self.momentum, self.eps)

    def backward(self, grad_output):
        statistics = self.running_mean, self.running_var, self.training
        gradients = batch_norm2d_backward(grad_output, self.x, self.weight, *statistics, self.eps)
        grad_x, self.grad_weight, self.grad_bias = gradients
        return grad_x


class Flatten(Layer):
    """Each image as one row."""

    def forward(self, x):
        self.input_size = x.shape
        return layers.flatten(x)

    def backward(self, grad_output):
        return flatten_backward(grad_output, self.input_size)


class Sequential(Layer):
    """One layer after the other, and backwards in reverse.

    Attributes
    ----------
    layers : tuple of Layer
        In the order of the forward pass.
    """

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output

    def parameters(self):
        return [values for layer in self.layers for values in layer.parameters()]

    def gradients(self):
        return [gradient for layer in self.layers for gradient in layer.gradients()]

    def train(self, mode=True):
        super().train(mode)
        for layer in self.layers:
            layer.train(mode)


def _normal(rng, shape, gain, dtype):
    return (rng.standard_normal(shape) * gain / sqrt(prod(shape[1:]))).astype(dtype)
