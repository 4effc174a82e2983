"""Boxes x1, y1, x2, y2 under a change of place: what goes round the moved points, and what is left inside."""

import torch

__all__ = ["boxes_around", "clip_boxes"]


def clip_boxes(boxes, size):
    """Cut boxes off at the border of images.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)
        x1, y1, x2, y2 in pixels.
    size : (int, int)
        Height and width of the images.

    Returns
    -------
    Tensor of shape (..., 4)
        A box outside has no area.
    """
    H, W = size
    most = torch.tensor([W, H, W, H], dtype=boxes.dtype, device=boxes.device)
    return boxes.clamp(min=0).minimum(most)


def boxes_around(points):
    """Return the smallest upright boxes around sets of points.

    Parameters
    ----------
    points : Tensor of shape (..., P, 2)
        x and y of P points.

    Returns
    -------
    Tensor of shape (..., 4)
    """
    return torch.cat((points.amin(dim=-2), points.amax(dim=-2)), dim=-1)
