"""Colour offsets along the principal components of all colours (chapter *Training*, section *pca-colour*).

Colours of photographs do not vary evenly: most of their variance is from dark to light, some from blue to
yellow, little from green to purple. An offset drawn with these variances looks like another light, not like
another filter in front of the lens. One offset for an image, the same for all its pixels.

Source: A. Krizhevsky, I. Sutskever and G. E. Hinton, "ImageNet classification with deep convolutional neural
networks" (2012), section 4.1.
"""

from typing import NamedTuple

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_colours, check_number

__all__ = ["ColourComponents", "PCAColour", "add_colour", "colour_components", "colour_offsets"]


class ColourComponents(NamedTuple):
    """What the colours of a set of images vary along.

    Attributes
    ----------
    mean : Tensor of shape (3,)
        The mean colour.
    variances : Tensor of shape (3,)
        Eigenvalues of the covariance of red, green and blue, the largest first.
    directions : Tensor of shape (3, 3)
        Its eigenvectors, one in each *column*, in the same order, turned so that none sums to less than 0.
    """

    mean: torch.Tensor
    variances: torch.Tensor
    directions: torch.Tensor


def colour_components(images):
    """Find the principal components of the colours of all pixels of all images.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)
        Values from 0 to 1: all images of a training set, or many of them.

    Returns
    -------
    ColourComponents

    Raises
    ------
    ValueError
        If there are no images, or they do not hold three colours from 0 to 1.
    """
    check_colours(images)
    if len(images) == 0:
        raise ValueError(f"no images, no colours: their shape is {tuple(images.shape)}")
    colours = images.movedim(1, -1).reshape(-1, 3).double()
    mean = colours.mean(dim=0)
    covariance = (colours - mean).T @ (colours - mean) / len(colours)
    variances, directions = torch.linalg.eigh(covariance)
    directions = directions * torch.where(directions.sum(dim=0) < 0, -1.0, 1.0)
    ordered = mean, variances.flip(0).clamp(min=0), directions.flip(1)
    return ColourComponents(*(part.to(images.dtype) for part in ordered))


def colour_offsets(components, strengths, by="variance"):
    """Return the offsets that strengths along the components make.

    Parameters
    ----------
    components : ColourComponents
    strengths : Tensor of shape (N, 3)
        How far to go along each component, without units.
    by : {"variance", "deviation"}
        By what a strength is multiplied: by the component's variance, as AlexNet's paper has it, whose effect
        depends on whether black and white are 0 and 1 or 0 and 255; or by the root of it.

    Returns
    -------
    Tensor of shape (N, 3)
        Red, green and blue: the sum over k of strength k · scale k · direction k.
    """
    if by not in ("variance", "deviation"):
        raise ValueError(f"by must be 'variance' or 'deviation', got {by!r}")
    scales = components.variances if by == "variance" else components.variances.sqrt()
    return (strengths * scales.to(strengths)) @ components.directions.to(strengths).T


def add_colour(images, offsets):
    """Add a colour to all pixels of each image, cut off at 0 and 1.

    Parameters
    ----------
    images : Tensor of shape (N, 3, H, W)
        Values from 0 to 1.
    offsets : Tensor of shape (N, 3)

    Returns
    -------
    Tensor of shape (N, 3, H, W)

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    check_colours(images)
    if offsets.shape != images.shape[:2]:
        raise ValueError(
            f"offsets must have shape {tuple(images.shape[:2])}, one colour for each image, "
            f"their shape is {tuple(offsets.shape)}"
        )
    return (images + offsets.to(images)[:, :, None, None]).clamp(0, 1)


class PCAColour(Augmentation):
    """Add a random colour to each image, along the principal components.

    Parameters
    ----------
    components : ColourComponents
        Of the training set, from :func:`colour_components`.
    deviation : float
        Standard deviation of the strengths, which are normally distributed around 0.
    by : {"variance", "deviation"}
        As in :func:`colour_offsets`.

    Raises
    ------
    ValueError
        If the deviation is negative or ``by`` is unknown.
    """

    def __init__(self, components, deviation=0.1, by="variance"):
        self.components = components
        self.deviation = check_number("deviation", deviation)
        colour_offsets(components, torch.zeros(0, 3), by)  # complains about what it does not know
        self.by = by

    def draw(self, images, generator):
        """Return an offset for each image."""
        drawn = torch.randn(len(images), 3, generator=generator, device=generator.device)
        strengths = self.deviation * drawn.to(images.device, non_blocking=True)
        return (colour_offsets(self.components, strengths, self.by),)

    def change_images(self, images, offsets):
        """Return the images in another light."""
        return add_colour(images, offsets)
