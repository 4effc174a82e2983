"""Horizontal flip: left becomes right (chapter *Training*, section *flip*).

A cat in a mirror is a cat; a digit in a mirror is another sign, or none. So this is for photographs, not for
digits and letters. Left out: flips of up and down.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import bernoulli, check_number, one_for_each

__all__ = ["RandomFlip", "flip", "flip_boxes"]


def flip(images, flipped):
    """Flip some images of a batch from left to right.

    Parameters
    ----------
    images : Tensor of shape (N, ..., W)
        Images or masks, of any dtype.
    flipped : Tensor of shape (N,)
        Truth values: which of them.

    Returns
    -------
    Tensor of shape (N, ..., W)
        Column j of a flipped image is column W − 1 − j of the image.

    Raises
    ------
    ValueError
        If ``flipped`` has not one entry for each image.
    """
    flipped = one_for_each("flipped", flipped, images)
    return torch.where(flipped.reshape(-1, *[1] * (images.ndim - 1)), images.flip(-1), images)


def flip_boxes(boxes, flipped, width):
    """Flip the boxes of some images: x1 becomes W − x2, and x2 becomes W − x1.

    Parameters
    ----------
    boxes : Tensor of shape (N, B, 4)
        x1, y1, x2, y2 in pixels.
    flipped : Tensor of shape (N,)
        Truth values: those of which images.
    width : int
        Of the images, in pixels.

    Returns
    -------
    Tensor of shape (N, B, 4)

    Raises
    ------
    ValueError
        If ``flipped`` has not one entry for each image.
    """
    flipped = one_for_each("flipped", flipped, boxes)
    x1, y1, x2, y2 = boxes.unbind(-1)
    mirrored = torch.stack((width - x2, y1, width - x1, y2), dim=-1)
    return torch.where(flipped[:, None, None], mirrored, boxes)


class RandomFlip(Augmentation):
    """Flip each image from left to right with a probability.

    Parameters
    ----------
    p : float
        The probability, a half by default.

    Raises
    ------
    ValueError
        If it is not from 0 to 1.
    """

    def __init__(self, p=0.5):
        self.p = check_number("p", p, 0, 1)

    def draw(self, images, generator):
        """Return which images are flipped."""
        return (bernoulli(self.p, images, generator),)

    def change_images(self, images, flipped):
        """Return the images, some of them flipped."""
        return flip(images, flipped)

    def change_boxes(self, boxes, size, flipped):
        """Return the boxes, flipped along."""
        return flip_boxes(boxes, flipped, size[1])

    def change_masks(self, masks, flipped):
        """Return the masks, flipped along."""
        return flip(masks, flipped)
