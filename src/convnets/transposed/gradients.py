"""Backward through a transposed convolution: forward again (chapter *Transposed*, eq-transposed-backward).

Transposing twice gives the matrix back, so the gradient with respect to the input is the convolution itself,
and the gradient with respect to the weight is that of the convolution with its two maps in exchanged roles.
"""

import numpy as np

from convnets.backprop import conv2d_weight
from convnets.layers import conv2d
from convnets.transposed.arguments import checked

__all__ = ["conv_transpose2d_backward"]


def conv_transpose2d_backward(
    grad_output, x, weight, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Return the gradients of a loss with respect to input, weight and bias of a transposed convolution.

    Parameters
    ----------
    grad_output : array_like of shape (N, C_out, H_out, W_out)
        The gradient of the loss with respect to the output of :func:`convnets.transposed.conv_transpose2d`.
    x : array_like of shape (N, C_in, H, W)
        The input of the forward pass.
    weight : array_like of shape (C_in, C_out / groups, K_h, K_w)
    stride, padding, output_padding, groups, dilation
        As in the forward pass.

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray
        In the shapes of ``x``, of ``weight`` and (C_out,).

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.transposed.conv_transpose2d`, and where ``grad_output`` has not the output's shape.
    """
    x, weight, _, g = checked(x, weight, None, stride, padding, output_padding, groups, dilation)
    grad_output = np.asarray(grad_output)
    expected = (len(x), g.groups * weight.shape[1], *g.output_size)
    if grad_output.shape != expected:
        raise ValueError(f"grad_output expects shape {expected}, its shape is {grad_output.shape}")
    options = (g.stride, g.padding, g.dilation, g.groups)
    grad_x = conv2d(grad_output, weight, None, *options)[:, :, : x.shape[2], : x.shape[3]]
    grad_weight = conv2d_weight(grad_output, weight.shape, g.appended(x), *options)
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))
