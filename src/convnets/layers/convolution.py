"""Convolution layers: the definition in loops, and the form that is used (chapter *Layers*).

As in every library, a filter is not flipped: what these layers compute is cross-correlation. Names, order and
defaults of the arguments are PyTorch's.

Source of the fast form: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural
networks for document processing" (2006).
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convnets.layers.arguments import check_convolution, out_sizes, pair
from convnets.layers.padding import pad

__all__ = ["conv1d", "conv1d_loops", "conv2d", "conv2d_loops"]

MOST_COLUMNS = 2**20
"""How many numbers to lay out as columns at a time: as many as stay in a fast cache, roughly."""


def conv2d_loops(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Compute a convolution layer by its definition: one weighted sum for each output.

    Parameters, value and errors are those of :func:`conv2d`.
    """
    x, weight, bias = check_convolution(x, weight, bias, groups)
    stride, padding = pair("stride", stride), pair("padding", padding, least=0)
    dilation = pair("dilation", dilation)
    N, _, H, W = x.shape
    C_out, per_group, K_h, K_w = weight.shape
    H_out, W_out = out_sizes((H, W), (K_h, K_w), stride, padding, dilation)
    padded = pad(x, padding, padding_mode)
    out = np.zeros((N, C_out, H_out, W_out), np.result_type(x, weight, *_given(bias)))
    for n, o, i, j in np.ndindex(out.shape):
        first = o // (C_out // groups) * per_group  # the first channel that this filter sees
        for c, s, t in np.ndindex(per_group, K_h, K_w):
            down, right = i * stride[0] + s * dilation[0], j * stride[1] + t * dilation[1]
            out[n, o, i, j] += weight[o, c, s, t] * padded[n, first + c, down, right]
        if bias is not None:
            out[n, o, i, j] += bias[o]
    return out


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Compute a convolution layer as a matrix product: filters are rows, windows are columns.

    Equation eq-conv2d-layer: out[n, o, i, j] = bias[o] + the sum over c, s, t of weight[o, c, s, t] times
    x[n, c, i · stride_h + s · dilation_h − padding_h, j · stride_w + t · dilation_w − padding_w].

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images; N may be 0.
    weight : ndarray of shape (C_out, C_in / groups, K_h, K_w)
        The filters.
    bias : ndarray of shape (C_out,), optional
        What is added to each channel.
    stride, padding, dilation : int or tuple of int
        Step from one window to the next; pixels added above and below, left and right; step from one pixel of
        a window to the next. A pair is (vertical, horizontal).
    groups : int
        Into how many groups the channels are cut; a group of filters sees one group of channels.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        As in :func:`pad`.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        The maps, in ``np.result_type(x, weight)``; sizes as :func:`convnets.sizing.output_size` says, rounded
        down.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats, or a setting anything but integers.
    ValueError
        If shapes or channels do not match, a setting is out of range, or no window fits.
    """
    x, weight, bias = check_convolution(x, weight, bias, groups)
    stride, padding = pair("stride", stride), pair("padding", padding, least=0)
    dilation = pair("dilation", dilation)
    N, C_in, H, W = x.shape
    C_out, _, K_h, K_w = weight.shape
    H_out, W_out = out_sizes((H, W), (K_h, K_w), stride, padding, dilation)
    dtype = np.result_type(x, weight, *_given(bias))
    rows = weight.reshape(groups, C_out // groups, -1).astype(dtype, copy=False)
    out = np.empty((N, groups, C_out // groups, H_out * W_out), dtype)
    if (K_h, K_w, *stride, *padding) == (1, 1, 1, 1, 0, 0):  # the pixels are the columns
        np.matmul(rows, x.reshape(N, groups, C_in // groups, H * W), out=out)
    else:
        images = _padded(x, padding, padding_mode)
        height = _rows_at_once((C_in, K_h, K_w, H_out, W_out), (H, W), padding)
        _multiply_columns(rows, images, out, (C_in, K_h, K_w, H_out, W_out), stride, dilation, height)
    out = out.reshape(N, C_out, H_out, W_out)
    if bias is not None:
        out += bias[:, None, None]
    return out


def _multiply_columns(rows, images, out, shape, stride, dilation, height):
    """Write the windows of a block of rows as columns, multiply, and do the same with the next block."""
    C_in, K_h, K_w, H_out, W_out = shape
    memory = np.empty(C_in * K_h * K_w * height * W_out, out.dtype)
    for image, maps in zip(images, out, strict=True):
        channel, down, right = image.strides
        steps = (channel, down * dilation[0], right * dilation[1], down * stride[0], right * stride[1])
        seen = as_strided(image, shape, steps, writeable=False)  # a view: no pixel is copied
        for top in range(0, H_out, height):
            block = seen[..., top : top + height, :]
            columns = memory[: block.size].reshape(block.shape)
            columns[...] = block
            columns = columns.reshape(len(rows), -1, block.shape[3] * W_out)
            np.matmul(rows, columns, out=maps[..., top * W_out : (top + height) * W_out])


def _padded(x, padding, mode):
    """Yield the images of a batch within their borders; zeros are written once, around one image's memory."""
    if padding == (0, 0):
        yield from x
    elif mode != "zeros":
        yield from (pad(image, padding, mode) for image in x)
    else:
        _, C, H, W = x.shape
        frame = np.zeros((C, H + 2 * padding[0], W + 2 * padding[1]), x.dtype)
        for image in x:
            frame[:, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = image
            yield frame


def _rows_at_once(shape, size, padding):
    """Return for how many rows of outputs to write columns at a time.

    Few enough for a fast cache; and few enough that they and the padded image take no more memory than all
    columns of the image would, as long as one row is left.
    """
    C_in, K_h, K_w, H_out, W_out = shape
    one_row = C_in * K_h * K_w * W_out
    frame = C_in * (size[0] + 2 * padding[0]) * (size[1] + 2 * padding[1]) if any(padding) else 0
    most = max(1, min(H_out * one_row - frame, MOST_COLUMNS) // one_row)
    return -(-H_out // -(-H_out // most))  # as many blocks, but of equal height


def _given(bias):
    return () if bias is None else (bias,)


def conv1d_loops(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Compute a layer of 1-D convolutions by its definition.

    Parameters, value and errors are those of :func:`conv1d`.
    """
    return _as_rows(conv2d_loops, x, weight, bias, stride, padding, dilation, groups, padding_mode)


def conv1d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Compute a layer of 1-D convolutions: signals are images of height 1.

    Equation eq-conv1d-layer: out[n, i, t] = bias[i] + the sum over j, τ of
    weight[i, j, τ] · x[n, j, t · stride + τ · dilation − padding].

    Parameters
    ----------
    x : ndarray of shape (N, C_in, L)
        A batch of signals; N may be 0.
    weight : ndarray of shape (C_out, C_in / groups, K)
        The filters.
    bias : ndarray of shape (C_out,), optional
        What is added to each channel.
    stride, padding, dilation : int
        As in :func:`conv2d`, along the one axis.
    groups : int
        As in :func:`conv2d`.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        As in :func:`pad`.

    Returns
    -------
    ndarray of shape (N, C_out, L_out)
        The maps, in ``np.result_type(x, weight)``.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d`.
    """
    return _as_rows(conv2d, x, weight, bias, stride, padding, dilation, groups, padding_mode)


def _as_rows(layer, x, weight, bias, stride, padding, dilation, groups, padding_mode):
    x, weight, bias = check_convolution(x, weight, bias, groups, images=("N", "C_in", "L"))
    settings = (1, stride), (0, padding), (1, dilation)
    return layer(x[:, :, None], weight[:, :, None], bias, *settings, groups, padding_mode)[:, :, 0]
