"""Colour jitter: random brightness, contrast and saturation (chapter *Training*, section *colour-jitter*).

Each mixes the image with something plainer: with black, with its own mean grey, with itself in grey.
A factor of 1 keeps the image, 0 leaves only the plain one, and more than 1 goes away from it.

Source: A. G. Howard, "Some improvements on deep convolutional neural network based image classification"
(2013), section 2.2. Left out: hue; a random order of the three.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_colours, check_number, one_for_each, uniform

__all__ = ["ColourJitter", "change_brightness", "change_contrast", "change_saturation", "luminance"]

LUMINANCE = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in grey, after ITU-R BT.601."""


def luminance(images):
    """Return the grey image of a colour image: 0.299 red + 0.587 green + 0.114 blue.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)

    Returns
    -------
    Tensor of shape (N, 1, H, W)
    """
    shares = torch.tensor(LUMINANCE, dtype=images.dtype, device=images.device)
    return (images * shares[:, None, None]).sum(dim=1, keepdim=True)


def change_brightness(images, factor):
    """Mix each image with black: factor · image, cut off at 0 and 1.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)
        Values from 0 to 1.
    factor : Tensor of shape (N,)

    Returns
    -------
    Tensor of shape (N, 3, H, W)
    """
    return _mix(torch.zeros_like(images), images, factor)


def change_contrast(images, factor):
    """Mix each image with its own mean grey, one number for the whole image.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)
        Values from 0 to 1.
    factor : Tensor of shape (N,)

    Returns
    -------
    Tensor of shape (N, 3, H, W)
        mean + factor · (image − mean), cut off at 0 and 1, where the mean is that of :func:`luminance`.
    """
    return _mix(luminance(images).mean(dim=(1, 2, 3), keepdim=True), images, factor)


def change_saturation(images, factor):
    """Mix each image with itself in grey.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)
        Values from 0 to 1.
    factor : Tensor of shape (N,)

    Returns
    -------
    Tensor of shape (N, 3, H, W)
        grey + factor · (image − grey), cut off at 0 and 1.
    """
    return _mix(luminance(images), images, factor)


def _mix(plain, images, factor):
    check_colours(images)
    factor = one_for_each("factor", factor, images).to(images.dtype)[:, None, None, None]
    return (plain + factor * (images - plain)).clamp(0, 1)


class ColourJitter(Augmentation):
    """Change brightness, contrast and saturation of each image, in this order.

    Parameters
    ----------
    brightness, contrast, saturation : float
        By how much at most: the factor is drawn evenly from 1 − amount to 1 + amount. 0 changes nothing.

    Raises
    ------
    ValueError
        If an amount is not from 0 to 1; and, when applied, if values are outside 0..1, as they are after
        normalising.
    """

    def __init__(self, brightness=0.4, contrast=0.4, saturation=0.4):
        self.brightness = check_number("brightness", brightness, 0, 1)
        self.contrast = check_number("contrast", contrast, 0, 1)
        self.saturation = check_number("saturation", saturation, 0, 1)

    def draw(self, images, generator):
        """Return the three factors of each image."""
        amounts = self.brightness, self.contrast, self.saturation
        return tuple(uniform(1 - amount, 1 + amount, images, generator) for amount in amounts)

    def change_images(self, images, brightness, contrast, saturation):
        """Return the images in other colours."""
        images = change_brightness(images, brightness)
        images = change_contrast(images, contrast)
        return change_saturation(images, saturation)
