"""Convolution layers with 3×3 filters by Winograd's method (chapter *Layers*)."""

from convnets.convolution import conv2d_winograd as convolve
from convnets.layers.arguments import check_convolution, pair
from convnets.layers.padding import pad

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
    padded = pad(x, pair("padding", padding, least=0), padding_mode)
    out = convolve(padded, weight[:, :, ::-1, ::-1], "valid", tile)
    return out if bias is None else out + bias[:, None, None]
