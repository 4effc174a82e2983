"""Backward through convolution layers: Cᵀ without writing C down (chapter *Backprop*).

Equations eq-input-gradient, eq-weight-gradient and eq-bias-gradient. Forward, a layer gathers windows into
the columns of a matrix and multiplies them by the filters. Backward, the gradient at the output is multiplied
by the transposed filters, which gives a gradient for each column, and each column is added back to where its
window was gathered. Columns of several small images are handled together.

Names and arguments of ``conv2d_input`` and ``conv2d_weight`` are those of ``torch.nn.grad``. Source of the
matrix products: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for
document processing" (2006).
"""

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output
from convnets.backprop.padding import pad_backward
from convnets.layers.arguments import IMAGES, check_convolution, out_sizes, pair
from convnets.layers.padding import pad
from convnets.layers.pooling import taps_of
from convnets.layers.windows import windows

__all__ = ["conv1d_backward", "conv2d_backward", "conv2d_input", "conv2d_weight"]

MOST_ENTRIES = 2**18
"""So many numbers the columns of one group of images may hold, unless one image alone has more."""


def conv2d_input(input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1):
    """Return the gradient of a convolution layer with respect to its input.

    Equation eq-input-gradient: grad_x[n, c, i·stride_h + s·dilation_h − padding_h, ...] collects
    weight[o, c, s, t] · grad_output[n, o, i, j] over all o, i, j, s, t that lead there.

    Parameters
    ----------
    input_size : tuple of int
        Shape (N, C_in, H, W) of what went in. It cannot be told from ``grad_output``: where the stride does
        not divide, inputs of several sizes give outputs of one.
    weight : array_like of shape (C_out, C_in / groups, K_h, K_w)
        The filters.
    grad_output : array_like of shape (N, C_out, H_out, W_out)
        Gradient at the output.
    stride, padding, dilation, groups
        As in :func:`convnets.layers.conv2d`.

    Returns
    -------
    ndarray of shape ``input_size``
        Pixels that no window reaches get 0. In ``np.result_type(weight, grad_output)``; integers count as
        float64.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.conv2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x = np.broadcast_to(np.float32(0), input_size)  # only its shape matters
    _, weight, grad_output, settings = _check(x, weight, grad_output, stride, padding, dilation, groups)
    stride, (down, right), dilation = settings
    N, C_in, H, W = input_size
    C_out, kernel_size, sizes = len(weight), weight.shape[2:], grad_output.shape[2:]
    filters = weight.reshape(groups, C_out // groups, -1).transpose(0, 2, 1)
    maps = grad_output.reshape(N, groups, C_out // groups, np.prod(sizes))
    padded = np.zeros((N, C_in, H + 2 * down, W + 2 * right), np.result_type(weight, grad_output))
    for images in _together(N, C_in * np.prod(kernel_size) * np.prod(sizes)):
        columns = (filters @ maps[images]).reshape(-1, C_in, np.prod(kernel_size), *sizes)
        taps = taps_of(padded[images], sizes, kernel_size, stride, dilation)
        for k, tap in enumerate(taps):  # views of the pixels that stand k-th in their windows
            tap += columns[:, :, k]
    return padded[:, :, down : down + H, right : right + W]


def conv2d_weight(x, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1):
    """Return the gradient of a convolution layer with respect to its filters.

    Equation eq-weight-gradient: a weight acts at every place of every image, so its gradient is the sum of
    grad_output[n, o, i, j] · x[n, c, i·stride_h + s·dilation_h − padding_h, ...] over n, i and j.

    Parameters
    ----------
    x : array_like of shape (N, C_in, H, W)
        What went in.
    weight_size : tuple of int
        Shape (C_out, C_in / groups, K_h, K_w) of the filters.
    grad_output : array_like of shape (N, C_out, H_out, W_out)
        Gradient at the output.
    stride, padding, dilation, groups
        As in :func:`convnets.layers.conv2d`.

    Returns
    -------
    ndarray of shape ``weight_size``
        In ``np.result_type(x, grad_output)``; integers count as float64. Zero if N is 0.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_input`.
    """
    weight = np.broadcast_to(np.float32(0), weight_size)  # only its shape matters
    x, _, grad_output, settings = _check(x, weight, grad_output, stride, padding, dilation, groups)
    stride, padding, dilation = settings
    C_out, kernel_size, sizes = weight_size[0], weight_size[2:], grad_output.shape[2:]
    seen = windows(pad(x, padding), kernel_size, stride, dilation)
    seen = seen.transpose(1, 4, 5, 0, 2, 3)  # (C_in, K_h, K_w, N, H_out, W_out)
    maps = grad_output.transpose(1, 0, 2, 3)  # (C_out, N, H_out, W_out)
    grad_weight = np.zeros(
        (groups, C_out // groups, np.prod(weight_size[1:])), np.result_type(x, grad_output)
    )
    for images in _together(len(x), x.shape[1] * np.prod(kernel_size) * np.prod(sizes)):
        columns = seen[:, :, :, images].reshape(groups, grad_weight.shape[2], -1)
        grad_weight += maps[:, images].reshape(groups, C_out // groups, -1) @ columns.transpose(0, 2, 1)
    return grad_weight.reshape(weight_size)


def conv2d_backward(grad_output, x, weight, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Return all gradients of a convolution layer.

    Parameters
    ----------
    grad_output : array_like of shape (N, C_out, H_out, W_out)
        Gradient at the output.
    x : array_like of shape (N, C_in, H, W)
        What went in.
    weight : array_like of shape (C_out, C_in / groups, K_h, K_w)
        The filters.
    stride, padding, dilation, groups, padding_mode
        As in :func:`convnets.layers.conv2d`.

    Returns
    -------
    grad_x : ndarray of shape (N, C_in, H, W)
        See :func:`conv2d_input`; what reaches the border is folded back as :func:`pad_backward` says.
    grad_weight : ndarray of shape (C_out, C_in / groups, K_h, K_w)
        See :func:`conv2d_weight`.
    grad_bias : ndarray of shape (C_out,)
        ``grad_output`` summed over images and places: a bias is a weight whose input is always 1.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_input`, and ValueError for an unknown padding mode.
    """
    if padding_mode != "zeros":
        padded = pad(as_floats("x", x, IMAGES), pair("padding", padding, least=0), padding_mode)
        grad_padded, *others = conv2d_backward(grad_output, padded, weight, stride, 0, dilation, groups)
        return pad_backward(grad_padded, padding, padding_mode), *others
    settings = (stride, padding, dilation, groups)
    grad_x = conv2d_input(np.shape(x), weight, grad_output, *settings)
    grad_weight = conv2d_weight(x, np.shape(weight), grad_output, *settings)
    return grad_x, grad_weight, as_floats("grad_output", grad_output).sum(axis=(0, 2, 3))


def conv1d_backward(grad_output, x, weight, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Return all gradients of a layer of 1-D convolutions: signals are images of height 1.

    Equations eq-input-gradient-1d and eq-weight-gradient-1d.

    Parameters
    ----------
    grad_output : array_like of shape (N, C_out, L_out)
        Gradient at the output.
    x : array_like of shape (N, C_in, L)
        What went in.
    weight : array_like of shape (C_out, C_in / groups, K)
        The filters.
    stride, padding, dilation : int
        As in :func:`convnets.layers.conv1d`.
    groups, padding_mode
        As in :func:`convnets.layers.conv1d`.

    Returns
    -------
    grad_x : ndarray of shape (N, C_in, L)
    grad_weight : ndarray of shape (C_out, C_in / groups, K)
    grad_bias : ndarray of shape (C_out,)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_backward`.
    """
    x, weight, _ = check_convolution(x, weight, None, groups, images=("N", "C_in", "L"))
    grad_output = as_floats("grad_output", grad_output, ("N", "C_out", "L_out"))
    settings = (1, stride), (0, padding), (1, dilation)
    grad_x, grad_weight, grad_bias = conv2d_backward(
        grad_output[:, :, None], x[:, :, None], weight[:, :, None], *settings, groups, padding_mode
    )
    return grad_x[:, :, 0], grad_weight[:, :, 0], grad_bias


def _together(N, entries):
    """Cut a batch into slices of images whose columns, of so many entries each, fit into the caches."""
    step = max(1, MOST_ENTRIES // max(1, int(entries)))
    return [slice(start, start + step) for start in range(0, N, step)]


def _check(x, weight, grad_output, stride, padding, dilation, groups):
    x, weight, _ = check_convolution(x, weight, None, groups)
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    padding = pair("padding", padding, least=0)
    sizes = out_sizes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    grad_output = check_grad_output(grad_output, (len(x), len(weight), *sizes))
    return as_floats("x", x), as_floats("weight", weight), grad_output, (stride, padding, dilation)
