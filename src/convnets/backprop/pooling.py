"""Backward through pooling (chapter *Backprop*, section pooling-backward).

An average sends an equal share back to every pixel of its window, a maximum everything to the one pixel that
won. Where windows overlap, a pixel receives from all of them: contributions are added, never assigned. As
forward, all windows are handled at once, one place inside the window after the other.
"""

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output
from convnets.backprop.padding import pad_backward
from convnets.layers.arguments import out_sizes, pair
from convnets.layers.padding import border, filled
from convnets.layers.pooling import binomial, check_pooling, max_pool2d, pixels_counted, reach, taps_of

__all__ = [
    "avg_pool2d_backward",
    "blur_pool2d_backward",
    "max_pool2d_backward",
    "subsample2d_backward",
]


def max_pool2d_backward(grad_output, x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Return the gradient at the input of maximum pooling.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, H_out, W_out)
        Gradient at the output.
    x : array_like of shape (N, C, H, W)
        What went in.
    kernel_size, stride, padding, dilation, ceil_mode
        As in :func:`convnets.layers.max_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Each window's gradient at its largest pixel. Of equals the first takes it all, row by row, as in
        PyTorch; splitting it would be as right, giving it to each of them would not. A window that holds a
        NaN sends nothing back.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.max_pool2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x = as_floats("x", x)
    largest = max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)
    remaining = check_grad_output(grad_output, largest.shape).copy()
    x, kernel_size, stride, padding = check_pooling(x, kernel_size, stride, padding)
    dilation = pair("dilation", dilation)
    margins = reach(x, largest.shape[2:], kernel_size, stride, padding, dilation)
    settings = largest.shape[2:], kernel_size, stride, dilation
    padded = filled(x, margins, -np.inf)
    grad_padded = np.zeros(padded.shape, remaining.dtype)
    for tap, grad_tap in zip(taps_of(padded, *settings), taps_of(grad_padded, *settings), strict=True):
        won = np.where(tap == largest, remaining, 0)
        grad_tap += won
        remaining -= won  # what has found its pixel is not given to a second one
    return pad_backward(grad_padded, margins)


def avg_pool2d_backward(
    grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """Return the gradient at the input of average pooling.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, H_out, W_out)
        Gradient at the output.
    input_size : tuple of int
        Shape (N, C, H, W) of what went in; the values do not matter, the layer is linear.
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As in :func:`convnets.layers.avg_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        The sum of each pixel's shares in the windows it stands in; a share is the gradient over the number of
        pixels that were averaged.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.avg_pool2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x, kernel_size, stride, padding = check_pooling(_only_shape(input_size), kernel_size, stride, padding)
    sizes = out_sizes(x.shape[2:], kernel_size, stride, padding, rounding="ceil" if ceil_mode else "floor")
    grad_output = check_grad_output(grad_output, (*x.shape[:2], *sizes))
    settings = kernel_size, stride, padding
    counts = [
        pixels_counted(*axis, count_include_pad) for axis in zip(x.shape[2:], sizes, *settings, strict=True)
    ]
    shares = grad_output / np.outer(*counts).astype(grad_output.dtype)
    return _spread(shares, x, *settings)


def subsample2d_backward(grad_output, x, weight, kernel_size=2, stride=None):
    """Return all gradients of LeNet's subsampling.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, H_out, W_out)
        Gradient at the output.
    x : array_like of shape (N, C, H, W)
        What went in.
    weight : array_like of shape (C,)
        The coefficients.
    kernel_size, stride
        As in :func:`convnets.layers.subsample2d`.

    Returns
    -------
    grad_x : ndarray of shape (N, C, H, W)
        Every pixel of a window receives coefficient times gradient.
    grad_weight : ndarray of shape (C,)
        Gradients times sums of windows, added up over images and places.
    grad_bias : ndarray of shape (C,)
        Gradients added up over images and places.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.subsample2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x, kernel_size, stride, padding = check_pooling(as_floats("x", x), kernel_size, stride, 0)
    weight = as_floats("weight", weight)
    if weight.shape != x.shape[1:2]:
        raise ValueError(f"weight must have shape {x.shape[1:2]}, it has {weight.shape}")
    sizes = out_sizes(x.shape[2:], kernel_size, stride)
    grad_output = check_grad_output(grad_output, (*x.shape[:2], *sizes))
    sums = sum(taps_of(x, sizes, kernel_size, stride))
    grad_x = _spread(grad_output * weight[:, None, None], x, kernel_size, stride, padding)
    return grad_x, (grad_output * sums).sum(axis=(0, 2, 3)), grad_output.sum(axis=(0, 2, 3))


def blur_pool2d_backward(grad_output, input_size, kernel_size=3, stride=2, padding_mode="reflect"):
    """Return the gradient at the input of blur-pooling.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, H_out, W_out)
        Gradient at the output.
    input_size : tuple of int
        Shape (N, C, H, W) of what went in; the values do not matter, the layer is linear.
    kernel_size, stride, padding_mode
        As in :func:`convnets.layers.blur_pool2d`.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Each output's gradient spread by the filter, and folded back at the borders.

    Raises
    ------
    TypeError, ValueError
        As :func:`convnets.layers.blur_pool2d`, and ValueError if ``grad_output`` has not the output's shape.
    """
    x, (taps, _), stride, _ = check_pooling(_only_shape(input_size), kernel_size, stride, 0)
    margins = border((((taps - 1) // 2, taps // 2),) * 2)
    reached = [size + sum(sides) for size, sides in zip(x.shape[2:], margins, strict=True)]
    sizes = out_sizes(reached, (taps, taps), stride)
    grad_output = check_grad_output(grad_output, (*x.shape[:2], *sizes))
    row = binomial(taps).astype(grad_output.dtype)
    grad_padded = np.zeros((*x.shape[:2], *reached), grad_output.dtype)
    grad_taps = taps_of(grad_padded, sizes, (taps, taps), stride)
    for scale, grad_tap in zip(np.outer(row, row).flat, grad_taps, strict=True):
        grad_tap += scale * grad_output
    return pad_backward(grad_padded, margins, padding_mode)


def _only_shape(input_size):
    """Return a stand-in for an array of which nothing but the shape matters."""
    return np.broadcast_to(np.float32(0), input_size)


def _spread(shares, x, kernel_size, stride, padding):
    """Add each window's share to all of its pixels."""
    sizes = shares.shape[2:]
    margins = reach(x, sizes, kernel_size, stride, padding)
    reached = [size + sum(sides) for size, sides in zip(x.shape[2:], margins, strict=True)]
    grad_padded = np.zeros((*x.shape[:2], *reached), shares.dtype)
    for grad_tap in taps_of(grad_padded, sizes, kernel_size, stride):
        grad_tap += shares
    return pad_backward(grad_padded, margins)
