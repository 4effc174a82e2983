"""One convolution layer, one matrix (chapters *Layers* and *Backprop*)."""

import numpy as np

from convnets.layers.arguments import check_convolution, out_sizes, pair

__all__ = ["convolution_matrix"]


def convolution_matrix(weight, size, stride=1, padding=0, dilation=1, groups=1):
    """Build the matrix C for which ``C @ x[n].ravel()`` is ``conv2d(x, weight, ...)[n].ravel()``.

    Parameters
    ----------
    weight : ndarray of shape (C_out, C_in / groups, K_h, K_w)
        The filters.
    size : int or tuple of int
        Height and width (H, W) of the images that the matrix will multiply.
    stride, padding, dilation, groups
        As in :func:`conv2d`; padding adds zeros.

    Returns
    -------
    ndarray of shape (C_out * H_out * W_out, C_in * H * W)
        The dense matrix, in the dtype of ``weight``. Mostly zeros: for looking at small images only.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d`.
    """
    H, W = pair("size", size)
    shape = np.shape(weight)
    _, weight, _ = check_convolution(
        np.empty((0, groups * shape[1] if len(shape) > 1 else 1, H, W)), weight, None, groups
    )
    stride, padding = pair("stride", stride), pair("padding", padding, least=0)
    dilation = pair("dilation", dilation)
    C_out, per_group, K_h, K_w = shape
    H_out, W_out = out_sizes((H, W), (K_h, K_w), stride, padding, dilation)
    sees = np.repeat(np.eye(groups, dtype=weight.dtype), C_out // groups, axis=0)  # (C_out, groups)
    filters = sees[:, :, None, None, None] * weight[:, None]  # zero for channels of other groups
    padded = np.zeros(
        (C_out, H_out, W_out, groups, per_group, H + 2 * padding[0], W + 2 * padding[1]), weight.dtype
    )
    for i, j in np.ndindex(H_out, W_out):
        rows = i * stride[0] + dilation[0] * np.arange(K_h)
        columns = j * stride[1] + dilation[1] * np.arange(K_w)
        padded[:, i, j, :, :, rows[:, None], columns] = filters.transpose(3, 4, 0, 1, 2)
    inside = padded[..., padding[0] : padding[0] + H, padding[1] : padding[1] + W]
    return inside.reshape(C_out * H_out * W_out, groups * per_group * H * W)
