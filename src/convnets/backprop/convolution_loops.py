"""Backward through a convolution layer by its definition (chapter *Backprop*).

Every product of the forward pass, y += w · x, sends back two: w̄ += ȳ · x and x̄ += ȳ · w. Nothing else is
needed; to be read and to be trusted, not to be fast.
"""

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output
from convnets.backprop.padding import pad_backward
from convnets.layers.arguments import check_convolution, out_sizes, pair
from convnets.layers.padding import pad

__all__ = ["conv2d_backward_loops"]


def conv2d_backward_loops(
    grad_output, x, weight, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"
):
    """Return all gradients of a convolution layer, product by product.

    Parameters, values and errors are those of :func:`convnets.backprop.conv2d_backward`.
    """
    x, weight, _ = check_convolution(x, weight, None, groups)
    x, weight = as_floats("x", x), as_floats("weight", weight)
    stride, padding = pair("stride", stride), pair("padding", padding, least=0)
    dilation = pair("dilation", dilation)
    C_out, per_group, K_h, K_w = weight.shape
    sizes = out_sizes(x.shape[2:], (K_h, K_w), stride, padding, dilation)
    grad_output = check_grad_output(grad_output, (len(x), C_out, *sizes))
    padded = pad(x, padding, padding_mode)
    grad_padded = np.zeros(padded.shape, np.result_type(weight, grad_output))
    grad_weight = np.zeros(weight.shape, np.result_type(x, grad_output))
    grad_bias = np.zeros(C_out, grad_output.dtype)
    for n, o, i, j in np.ndindex(grad_output.shape):
        grad = grad_output[n, o, i, j]
        first = o // (C_out // groups) * per_group  # the first channel that this filter sees
        for c, s, t in np.ndindex(per_group, K_h, K_w):
            down, right = i * stride[0] + s * dilation[0], j * stride[1] + t * dilation[1]
            grad_padded[n, first + c, down, right] += grad * weight[o, c, s, t]
            grad_weight[o, c, s, t] += grad * padded[n, first + c, down, right]
        grad_bias[o] += grad
    return pad_backward(grad_padded, padding, padding_mode), grad_weight, grad_bias
