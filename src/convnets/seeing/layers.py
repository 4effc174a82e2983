"""Three layers that look at an image, from everything at once to one small window everywhere.

A fully connected unit sees the whole image and has a weight for every pixel. A locally connected unit sees a
window, with weights of its own at each place. A convolutional unit sees a window with the same weights at
every place. Each step drops weights without dropping units.

Left out: stride, padding and whatever else :mod:`convnets.layers` adds, on which these stand.
"""

from convnets.convolution import cross_correlate2d
from convnets.layers import flatten, linear, local2d
from convnets.layers.arguments import IMAGES, as_array, check_convolution

__all__ = [
    "convolution_layer",
    "fully_connected",
    "locally_connected",
]


def fully_connected(x, weight, bias=None):
    """Compute a fully connected layer: each unit is a weighted sum of the whole image.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images; N may be 0.
    weight : ndarray of shape (num_units, C_in * H * W)
        One row for each unit; pixels in the order of ``x[n].ravel()``.
    bias : ndarray of shape (num_units,), optional
        What is added to each unit.

    Returns
    -------
    ndarray of shape (N, num_units)
        The units.

    Raises
    ------
    TypeError
        If an array holds anything but integers or real floats.
    ValueError
        If the shapes do not match.
    """
    return linear(flatten(as_array("x", x, IMAGES)), weight, bias)


def locally_connected(x, weight, bias=None):
    """Compute a locally connected layer: a window at each place, with the weights of that place.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images; N may be 0.
    weight : ndarray of shape (C_out, H_out, W_out, C_in, K_h, K_w)
        The weights of each unit, with H_out = H - K_h + 1 and W_out = W - K_w + 1.
    bias : ndarray of shape (C_out, H_out, W_out), optional
        What is added to each unit.

    Returns
    -------
    ndarray of shape (N, C_out, H_out, W_out)
        The units; windows are multiplied without a flip, as in :func:`convolution_layer`.

    Raises
    ------
    TypeError, ValueError
        As :func:`fully_connected`.
    """
    return local2d(x, weight, bias)


def convolution_layer(x, weight, bias=None):
    """Compute a convolutional layer: a window at each place, with the same weights everywhere.

    Parameters
    ----------
    x : ndarray of shape (N, C_in, H, W)
        A batch of images, at least one.
    weight : ndarray of shape (C_out, C_in, K_h, K_w)
        The filters.
    bias : ndarray of shape (C_out,), optional
        What is added to each channel.

    Returns
    -------
    ndarray of shape (N, C_out, H - K_h + 1, W - K_w + 1)
        The units. Filters are not flipped, as in the layers of every library: mathematically this is
        cross-correlation. :func:`convnets.layers.conv2d` computes the same, faster.

    Raises
    ------
    TypeError, ValueError
        As :func:`fully_connected`.
    """
    x, weight, bias = check_convolution(x, weight, bias, groups=1)
    out = cross_correlate2d(x, weight)
    return out if bias is None else out + bias[:, None, None]
