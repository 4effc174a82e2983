"""Many views of one image at test time, and the mean of what a network says of them (*test-crops*).

At test time nothing is random: four corners, the middle, and the five mirrored, at several scales. The
network's probabilities are averaged over these views.

Sources: A. Krizhevsky et al., "ImageNet classification with deep convolutional neural networks" (2012),
section 4.1, for ten crops; K. He et al., "Deep residual learning for image recognition" (2016), section 3.4,
for the five scales, at which the paper runs the network over the whole image instead of cropping.
"""

import torch

from convnets.training.augmentation.arguments import check_images, check_size
from convnets.training.augmentation.resizing import resize
from convnets.training.augmentation.scale_and_crop import resized_size

__all__ = ["SHORT_SIDES", "mean_probabilities", "multi_scale_crops", "ten_crops"]

SHORT_SIDES = (224, 256, 384, 480, 640)
"""The five scales of ResNet's tests."""


def ten_crops(images, size):
    """Return four corners, the middle, and all five flipped.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
    size : int
        Side of the square crops.

    Returns
    -------
    Tensor of shape (N, 10, C, size, size)
        Upper left, upper right, lower left, lower right, middle (towards the upper left where it cannot be
        exact), and the same flipped.

    Raises
    ------
    ValueError
        If the crops do not fit.
    """
    check_images(images)
    size = check_size("size", size)
    down, right = (side - size for side in images.shape[-2:])
    if min(down, right) < 0:
        raise ValueError(f"crops of {size}×{size} do not fit into images {tuple(images.shape)}")
    corners = ((0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2))
    crops = [images[:, :, top : top + size, left : left + size] for top, left in corners]
    return torch.stack(crops + [view.flip(-1) for view in crops], dim=1)


def multi_scale_crops(images, size=224, short_sides=SHORT_SIDES):
    """Yield ten crops of the images at each of several scales.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Of floats.
    size : int
        Side of the square crops.
    short_sides : sequence of int
        What the short side is resized to; none smaller than ``size``.

    Yields
    ------
    Tensor of shape (N, 10, C, size, size)
        One for each scale, so that never more than ten views are in memory.

    Raises
    ------
    ValueError
        If the crops do not fit.
    """
    for short_side in short_sides:
        short_side = check_size("short_sides", short_side)
        yield ten_crops(resize(images, resized_size(images.shape[-2:], short_side)), size)


@torch.no_grad()
def mean_probabilities(network, views):
    """Return the mean over all views of the probabilities that a network gives.

    Parameters
    ----------
    network : callable
        From images (N, C, H, W) to logits (N, K); a module should be in evaluation mode.
    views : iterable of Tensor of shape (N, V, C, H, W)
        What :func:`ten_crops` returns, in a list, or what :func:`multi_scale_crops` yields.

    Returns
    -------
    Tensor of shape (N, K)
        Probabilities, which are averaged, not the logits.

    Raises
    ------
    ValueError
        If there are no views.
    """
    total, count = 0, 0
    for several in views:
        N, V = several.shape[:2]
        probabilities = network(several.flatten(0, 1)).softmax(dim=-1)
        total = total + probabilities.unflatten(0, (N, V)).sum(dim=1)
        count += V
    if count == 0:
        raise ValueError("no views: nothing to average")
    return total / count
