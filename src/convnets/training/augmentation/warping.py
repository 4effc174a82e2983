"""Moving the pixels of images by any map of the plane (chapter *Training*, section *geometric*).

A warp is told where each pixel of the *result* comes from: there the image is read, between its pixels by
bilinear interpolation. Asked the other way, where each pixel goes to, some pixels of the result would be hit
twice and others never.

Points are (x, y) in pixels from the upper left corner, so that the middle of the pixel in row i and column j
is (j + 1/2, i + 1/2), and boxes are measured alike. Left out: blur where a warp makes the image smaller.
"""

import torch

__all__ = ["pixel_centres", "warp", "warp_masks"]

PADDING_MODES = ("zeros", "border", "reflection")


def pixel_centres(size, device=None, dtype=torch.float32):
    """Return the middles of all pixels of an image.

    Parameters
    ----------
    size : (int, int)
        Height and width.
    device : torch.device, optional
    dtype : torch.dtype

    Returns
    -------
    Tensor of shape (H, W, 2)
        x and y.
    """
    y, x = (torch.arange(side, device=device, dtype=dtype) + 0.5 for side in size)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def warp(images, sources, padding_mode="zeros"):
    """Read each image at the points given.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Of floats.
    sources : Tensor of shape (N, H_out, W_out, 2)
        For each pixel of the result, the point (x, y) of the image that it shows.
    padding_mode : {"zeros", "border", "reflection"}
        What lies outside the image: black, its last pixels, or its mirror image.

    Returns
    -------
    Tensor of shape (N, C, H_out, W_out)

    Raises
    ------
    ValueError
        If the mode is unknown.
    """
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"padding_mode must be one of {', '.join(PADDING_MODES)}, got {padding_mode!r}")
    if not len(images):
        return images.new_zeros(0, images.shape[1], *sources.shape[1:3])
    size = torch.tensor([images.shape[-1], images.shape[-2]], dtype=images.dtype, device=images.device)
    from_minus_one = 2 * sources.to(images.dtype) / size - 1
    return torch.nn.functional.grid_sample(
        images, from_minus_one, mode="bilinear", padding_mode=padding_mode, align_corners=False
    )


def warp_masks(masks, sources):
    """Read each mask at the points given: a label or truth value is taken as it is, never mixed with another.

    Parameters
    ----------
    masks : Tensor of shape (N, H, W) or (N, B, H, W)
        Integers or truth values.
    sources : Tensor of shape (N, H_out, W_out, 2)
        As for :func:`warp`.

    Returns
    -------
    Tensor of shape (N, H_out, W_out) or (N, B, H_out, W_out)
        0 where the point lies outside the mask.
    """
    column, row = sources.floor().long().unbind(-1)
    H, W = masks.shape[-2:]
    inside = (column >= 0) & (column < W) & (row >= 0) & (row < H)
    images = torch.arange(len(masks), device=masks.device)[:, None, None]
    picked = masks.movedim((0, -2, -1), (0, 1, 2))[images, row.clamp(0, H - 1), column.clamp(0, W - 1)]
    inside = inside.reshape(*inside.shape, *[1] * (picked.ndim - 3))
    return torch.where(inside, picked, torch.zeros_like(picked)).movedim((0, 1, 2), (0, -2, -1))
