"""Resizing as two matrix products, with blur where an image is made smaller (chapter *Training*, *scales*).

A row of the result is a weighted mean of rows of the image, and a column one of columns, so that the whole is
R X Cᵀ. The weights are triangles: between two pixels when the image is enlarged, which is bilinear
interpolation, and as wide as the distance of the new pixels when it is made smaller, which prevents aliasing.
Any window of the result can be computed alone, by computing fewer rows of R and C.
"""

import torch

__all__ = ["nearest_indices", "resize", "resize_matrix"]


def resize_matrix(side, new_side, first, count, dtype=torch.float32):
    """Return the weights with which new pixels are made of old ones, for one axis and each image.

    Parameters
    ----------
    side : int
        Pixels of the image along the axis.
    new_side : Tensor of shape (N,)
        How many it is resized to.
    first : Tensor of shape (N,)
        The first of the new pixels that is wanted.
    count : int
        How many new pixels are wanted.
    dtype : torch.dtype

    Returns
    -------
    Tensor of shape (N, count, side)
        Rows that sum to 1. The new pixel i has its centre at c = (i + 1/2) · s with s = side / new_side, and
        the old pixel j a weight proportional to max(0, 1 − |j + 1/2 − c| / max(1, s)).

    Examples
    --------
    >>> resize_matrix(4, torch.tensor([2]), torch.tensor([0]), 2)
    tensor([[[0.4286, 0.4286, 0.1429, 0.0000],
             [0.0000, 0.1429, 0.4286, 0.4286]]])
    """
    ratio = side / new_side.to(dtype)
    new = first.to(dtype)[:, None] + torch.arange(count, device=first.device) + 0.5
    centres = new * ratio[:, None]
    old = torch.arange(side, device=first.device, dtype=dtype) + 0.5
    width = ratio.clamp(min=1)[:, None, None]
    weights = (1 - (old - centres[:, :, None]).abs() / width).clamp(min=0)
    return weights / weights.sum(dim=-1, keepdim=True)


def nearest_indices(side, new_side, first, count):
    """Return for new pixels the old pixel that each lies in, for one axis and each image: for masks.

    Parameters
    ----------
    side, new_side, first, count
        As for :func:`resize_matrix`.

    Returns
    -------
    Tensor of shape (N, count)
        The whole part of (i + 1/2) · side / new_side.
    """
    new = first[:, None] + torch.arange(count, device=first.device)
    return torch.div((2 * new + 1) * side, 2 * new_side[:, None], rounding_mode="floor")


def resize(images, size):
    """Resize all images of a batch alike.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Of floats.
    size : (int, int)
        New height and width.

    Returns
    -------
    Tensor of shape (N, C, *size)
    """
    one = torch.ones(1, dtype=torch.long, device=images.device)
    rows, columns = (
        resize_matrix(side, new * one, 0 * one, new, images.dtype)
        for side, new in zip(images.shape[-2:], size, strict=True)
    )
    return rows @ images @ columns.mT
