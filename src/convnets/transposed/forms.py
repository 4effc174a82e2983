"""Transposed convolution, four times the same operator (chapter *Transposed*).

As the transposed matrix of a convolution (eq-transposed), as stamps of the kernel that are added up
(eq-scatter), as an ordinary convolution of a map with zeros put between its pixels (eq-zero-insertion), and,
for use, as what it is in the backward pass: the gradient of a convolution with respect to its input.

Names, argument order and layouts are PyTorch's; the weight is (C_in, C_out / groups, K_h, K_w), that of the
convolution which is transposed, whose output channels are the input channels here.

Left out: inputs without batch axis, padding modes other than zeros.

Sources: M. Zeiler, D. Krishnan, G. Taylor and R. Fergus, "Deconvolutional networks" (2010); J. Long,
E. Shelhamer and T. Darrell, "Fully convolutional networks for semantic segmentation" (2015), section 3.3;
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4.
"""

import numpy as np

from convnets.backprop import conv2d_input
from convnets.layers import conv2d, convolution_matrix
from convnets.layers.arguments import pair
from convnets.transposed.arguments import checked

__all__ = [
    "conv_transpose2d",
    "conv_transpose2d_matrix",
    "conv_transpose2d_scatter",
    "conv_transpose2d_zero_insertion",
    "insert_zeros",
]


def conv_transpose2d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Apply a transposed convolution: the fast form, which is backpropagation's input gradient.

    Parameters
    ----------
    x : array_like of shape (N, C_in, H, W)
        The small maps; N may be 0.
    weight : array_like of shape (C_in, C_out / groups, K_h, K_w)
        The weight of the convolution that is transposed.
    bias : array_like of shape (C_out,), optional
    stride, padding, dilation : int or (int, int)
        Those of the convolution that is transposed; ``stride`` enlarges and ``padding`` cuts off.
    output_padding : int or (int, int)
        Rows and columns added at the bottom and right, each less than the stride or the dilation. They are
        not zeros: they are what stamps of the kernel leave there, and the bias.
    groups : int
        Divides the input channels; each group makes C_out / groups output channels.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        In ``np.result_type`` of the arrays, where integers count as float64 (the other forms keep them);
        H_out as :func:`convnets.transposed.transposed_output_size`. The last digits, which depend on the
        order of the sums, are not guaranteed.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats, or an option is no integer.
    ValueError
        If the shapes, the groups or the sizes do not fit together.

    Examples
    --------
    >>> conv_transpose2d([[[[1, 2]]]], [[[[1, 1, 1]]]], stride=2)
    array([[[[1., 1., 3., 2., 2.]]]])
    """
    x, weight, bias, g = checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    input_size = (len(x), g.groups * weight.shape[1], *g.output_size)
    out = conv2d_input(input_size, weight, g.appended(x), g.stride, g.padding, g.dilation, g.groups)
    return _with_bias(out, bias)


def conv_transpose2d_matrix(
    x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a transposed convolution by its definition: the transposed matrix of a convolution.

    Parameters, value and errors are those of :func:`conv_transpose2d`. The whole matrix is in memory,
    nearly all of it zeros.
    """
    x, weight, bias, g = checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    M = convolution_matrix(weight, g.output_size, g.stride, g.padding, g.dilation, g.groups)
    columns = g.appended(x).reshape(len(x), M.shape[0])
    out = columns @ M  # a batch stands in rows: each row is Mᵀ times a map, written as a row
    return _with_bias(out.reshape(len(x), g.groups * weight.shape[1], *g.output_size), bias)


def conv_transpose2d_scatter(
    x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a transposed convolution by stamping: each pixel adds a copy of the kernel, scaled by its value.

    Parameters, value and errors are those of :func:`conv_transpose2d`. Loops over all pixels: to read, not
    to use.
    """
    x, weight, bias, g = checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    N, C_in, H, W = x.shape
    C_group = weight.shape[1]  # output channels of a group
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = g.stride, g.padding, g.dilation
    H_out, W_out = g.output_size
    out = np.zeros((N, g.groups * C_group, H_out + 2 * p_h, W_out + 2 * p_w), np.result_type(x, weight))
    for n, c, i, j in np.ndindex(N, C_in, H, W):
        first = c // (C_in // g.groups) * C_group
        rows = slice(i * s_h, i * s_h + g.extent[0], d_h)
        columns = slice(j * s_w, j * s_w + g.extent[1], d_w)
        out[n, first : first + C_group, rows, columns] += x[n, c, i, j] * weight[c]
    return _with_bias(out[:, :, p_h : p_h + H_out, p_w : p_w + W_out], bias)


def conv_transpose2d_zero_insertion(
    x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Apply a transposed convolution as a convolution of stride 1 with the rotated kernel.

    stride − 1 zeros are put between the pixels, and dilation · (K − 1) − padding around them; where that is
    negative, as many rows and columns are cut off instead. Parameters, value and errors are those of
    :func:`conv_transpose2d`. Of the products, only one in stride² is with a pixel, the others are with zeros.
    """
    x, weight, bias, g = checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    C_in, C_group, K_h, K_w = weight.shape
    around = [
        (extent - 1 - p, extent - 1 - p + more)
        for extent, p, more in zip(g.extent, g.padding, g.output_padding, strict=True)
    ]
    spread = _padded_or_cut(insert_zeros(x, g.stride), around)
    turned = weight.reshape(g.groups, -1, C_group, K_h, K_w)[..., ::-1, ::-1].swapaxes(1, 2)
    turned = turned.reshape(g.groups * C_group, C_in // g.groups, K_h, K_w)
    return conv2d(spread, turned, bias, dilation=g.dilation, groups=g.groups)


def insert_zeros(x, stride):
    """Put ``stride − 1`` zeros between neighbouring pixels, none at the borders.

    Parameters
    ----------
    x : array_like of shape (..., H, W)
    stride : int or (int, int)

    Returns
    -------
    ndarray of shape (..., s_h · (H − 1) + 1, s_w · (W − 1) + 1)

    Raises
    ------
    TypeError
        If the stride is no integer.
    ValueError
        If ``x`` has fewer than two axes, or no pixel, or the stride is less than 1.
    """
    x, (s_h, s_w) = np.asarray(x), pair("stride", stride)
    if x.ndim < 2 or 0 in x.shape[-2:]:
        raise ValueError(f"x must have shape (..., H, W) with at least one pixel, its shape is {x.shape}")
    out = np.zeros((*x.shape[:-2], s_h * (x.shape[-2] - 1) + 1, s_w * (x.shape[-1] - 1) + 1), x.dtype)
    out[..., ::s_h, ::s_w] = x
    return out


def _padded_or_cut(x, around):
    """Add zeros around the last two axes; a negative number cuts off."""
    padded = np.pad(x, [(0, 0), (0, 0), *[(max(a, 0), max(b, 0)) for a, b in around]])
    rows, columns = (
        slice(max(-a, 0), n + min(b, 0)) for (a, b), n in zip(around, padded.shape[2:], strict=True)
    )
    return padded[:, :, rows, columns]


def _with_bias(out, bias):
    return out if bias is None else out + bias[:, None, None]
