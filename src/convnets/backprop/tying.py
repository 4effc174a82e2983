"""Backward with weights of one's own at each place, and what tying them does (chapter *Backprop*).

A convolution layer is a fully connected one whose matrix C repeats each weight along its diagonals. Nothing
about the way back changes: each entry of C gets a gradient as if it were free (eq-untied-gradient), and a
weight that stands in many places gets the sum of theirs (eq-tied-gradient).
"""

from math import prod

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output
from convnets.layers.arguments import IMAGES, out_sizes, pair
from convnets.layers.matrix import convolution_matrix
from convnets.layers.padding import pad
from convnets.layers.pooling import taps_of
from convnets.layers.windows import windows

__all__ = ["local2d_backward", "tie_gradient"]


def local2d_backward(grad_output, x, weight, stride=1, padding=0, dilation=1):
    """Return all gradients of a locally connected layer.

    Parameters
    ----------
    grad_output : array_like of shape (N, C_out, H_out, W_out)
        Gradient at the output.
    x : array_like of shape (N, C_in, H, W)
        What went in.
    weight : array_like of shape (C_out, H_out, W_out, C_in, K_h, K_w)
        The weights of each unit.
    stride, padding, dilation : int or tuple of int
        As in :func:`convnets.layers.local2d`.

    Returns
    -------
    grad_x : ndarray of shape (N, C_in, H, W)
    grad_weight : ndarray of shape (C_out, H_out, W_out, C_in, K_h, K_w)
        No sum over places. Summed over H_out and W_out it is that of a convolution layer.
    grad_bias : ndarray of shape (C_out, H_out, W_out)

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.local2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x = as_floats("x", x, IMAGES)
    weight = as_floats("weight", weight, ("C_out", "H_out", "W_out", "C_in", "K_h", "K_w"))
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    down, right = pair("padding", padding, least=0)
    (C_out, H_out, W_out, C_in), kernel_size = weight.shape[:4], weight.shape[4:]
    sizes = out_sizes(x.shape[2:], kernel_size, stride, (down, right), dilation)
    if (C_in, H_out, W_out) != (x.shape[1], *sizes):
        raise ValueError(
            f"weight {weight.shape} does not match x {x.shape}: C_in, H_out, W_out = {(x.shape[1], *sizes)}"
        )
    grad_output = check_grad_output(grad_output, (len(x), C_out, *sizes))
    padded = pad(x, (down, right))
    seen = windows(padded, kernel_size, stride, dilation)  # (N, C_in, H_out, W_out, K_h, K_w)
    grad_weight = np.einsum("nohw,nchwij->ohwcij", grad_output, seen)
    columns = np.einsum("nohw,ohwcij->ijnchw", grad_output, weight)
    grad_padded = np.zeros(padded.shape, columns.dtype)
    taps = taps_of(grad_padded, sizes, kernel_size, stride, dilation)
    for tap, column in zip(taps, columns.reshape(-1, *columns.shape[2:]), strict=True):
        tap += column
    H, W = x.shape[2:]
    grad_x = grad_padded[:, :, down : down + H, right : right + W]
    return grad_x, grad_weight, grad_output.sum(axis=0)


def tie_gradient(grad_matrix, weight_size, size, stride=1, padding=0, dilation=1, groups=1):
    """Turn the gradient of the matrix C, its entries taken as free, into that of the filters it repeats.

    Equation eq-tied-gradient: the gradient of a weight is the sum over the places at which it stands in C,
    which at stride 1 are diagonals of the matrix.

    Parameters
    ----------
    grad_matrix : array_like of shape (C_out * H_out * W_out, C_in * H * W)
        One number for each entry of :func:`convnets.layers.convolution_matrix`; those at entries that are
        zero by construction are left out.
    weight_size : tuple of int
        Shape (C_out, C_in / groups, K_h, K_w) of the filters.
    size : int or tuple of int
        Height and width (H, W) of the images.
    stride, padding, dilation, groups
        As in :func:`convnets.layers.convolution_matrix`.

    Returns
    -------
    ndarray of shape ``weight_size``
        float64. A weight that only ever meets padding stands nowhere and gets 0.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.convolution_matrix`, and ValueError if ``grad_matrix`` has another shape.
    """
    num_weights = prod(weight_size)
    numbers = np.arange(1, num_weights + 1).reshape(weight_size)
    stands = convolution_matrix(numbers, size, stride, padding, dilation, groups)  # 0: no weight here
    grad_matrix = as_floats("grad_matrix", grad_matrix)
    if grad_matrix.shape != stands.shape:
        raise ValueError(f"grad_matrix must have the shape of C, {stands.shape}, it has {grad_matrix.shape}")
    sums = np.bincount(stands.ravel(), weights=grad_matrix.ravel(), minlength=num_weights + 1)
    return sums[1:].reshape(weight_size)
