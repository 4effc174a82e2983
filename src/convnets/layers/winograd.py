"""Convolution layers with 3×3 filters by Winograd's method (chapter *Layers*).

The method is explained in chapter *Convolution*; here it gets the arguments of a layer.
"""

import numpy as np

from convnets.convolution.winograd import correlate_tiles
from convnets.layers.arguments import check_convolution, out_sizes, pair
from convnets.layers.padding import border, pad

__all__ = ["conv2d_winograd"]


def conv2d_winograd(x, weight, bias=None, padding=0, padding_mode="zeros", tile=4):
    """Compute a convolution layer with 3×3 filters, stride 1, with fewer products than its definition has.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images; N may be 0.
    weight : ndarray of shape (C_out, C_in, 3, 3)
        The filters.
    bias : ndarray of shape (C_out,), optional
        What is added to each channel.
    padding, padding_mode
        As in :func:`conv2d`.
    tile : {2, 4}
        Side of the tiles that are computed together. 4 multiplies less and rounds more.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        As :func:`conv2d`, up to rounding.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d`; ValueError too if the filters are not 3×3 or ``tile`` is neither 2 nor 4.
    """
    x, weight, bias = check_convolution(x, weight, bias, 1)
    if weight.shape[2:] != (3, 3):
        raise ValueError(f"conv2d_winograd takes 3×3 filters only, weight has shape {weight.shape}")
    if tile not in (2, 4):
        raise ValueError(f"tile must be 2 or 4, got {tile!r}")
    padding = pair("padding", padding, least=0)
    out_sizes(x.shape[2:], (3, 3), padding=padding)  # raises where no window fits
    if padding_mode != "zeros":
        x, padding = pad(x, padding, padding_mode), (0, 0)
    if bias is not None:
        x = x.astype(np.result_type(x, weight, bias), copy=False)
    return correlate_tiles(x, weight, tile, border(padding), bias)
