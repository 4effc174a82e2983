"""A batch of images with what is known about them, and what every augmentation is (chapter *Training*).

An augmentation draws a few numbers for each image, and changes images, boxes and masks by these. Drawing and
changing are kept apart: the functions that change take the numbers as arguments, so that a test or a page can
give them by hand, and classes draw them from a generator.
"""

from typing import NamedTuple

import torch

from convnets.training.augmentation.arguments import check_boxes, check_images, check_masks

__all__ = ["Annotated", "Augmentation", "Compose"]


class Annotated(NamedTuple):
    """A batch of images with their boxes and masks.

    Attributes
    ----------
    images : Tensor of shape (N, C, H, W)
    boxes : Tensor of shape (N, B, 4), optional
        x1, y1, x2, y2 in pixels, measured from the upper left corner of the image, so that the whole image is
        (0, 0, W, H). Images with fewer than B boxes are filled up with zeros: a point stays a point.
    masks : Tensor of shape (N, H, W) or (N, B, H, W), optional
        Integers or truth values, one for each pixel.
    """

    images: torch.Tensor
    boxes: torch.Tensor | None = None
    masks: torch.Tensor | None = None


class Augmentation:
    """What changes each image of a batch in a way of its own.

    A subclass says which parameters are drawn for a batch and what they do. One that only changes colours
    leaves boxes and masks as they are.
    """

    def __call__(self, images, generator):
        """Return changed images.

        Parameters
        ----------
        images : Tensor of shape (N, C, H, W)
            On any device; they are not changed themselves.
        generator : torch.Generator
            Where the parameters of each image come from. One on the CPU draws the same numbers for every
            device; one on the device of the images saves a copy.

        Returns
        -------
        Tensor of shape (N, C, H_out, W_out)

        Raises
        ------
        TypeError, ValueError
            If the images have the wrong dtype or shape.
        """
        return self.apply(Annotated(images), generator).images

    def apply(self, annotated, generator):
        """Return changed images together with their boxes and masks, as an :class:`Annotated`.

        A box is the smallest upright one around what has become of it, cut off at the border; one that has
        left the image has no area any more, and a caller drops it by that.

        Parameters
        ----------
        annotated : Annotated
        generator : torch.Generator

        Returns
        -------
        Annotated

        Raises
        ------
        TypeError, ValueError
            If images, boxes or masks have the wrong dtype or shape.
        """
        images, boxes, masks = annotated
        check_images(images)
        if boxes is not None:
            check_boxes(boxes, images)
        if masks is not None:
            check_masks(masks, images)
        parameters = self.draw(images, generator)
        return Annotated(
            self.change_images(images, *parameters),
            boxes if boxes is None else self.change_boxes(boxes, images.shape[-2:], *parameters),
            masks if masks is None else self.change_masks(masks, *parameters),
        )

    def draw(self, images, generator):
        """Return the parameters of this batch, a tuple of tensors with one entry for each image."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it draws")

    def change_images(self, images, *parameters):
        """Return the images changed by the parameters."""
        raise NotImplementedError(f"{type(self).__name__} does not say what becomes of images")

    def change_boxes(self, boxes, size, *parameters):
        """Return the boxes in images of size (H, W), changed by the parameters."""
        return boxes

    def change_masks(self, masks, *parameters):
        """Return the masks changed by the parameters."""
        return masks


class Compose(Augmentation):
    """Several augmentations, one after the other.

    Parameters
    ----------
    *augmentations : Augmentation
        In the order in which they are applied. Colours are changed before images are normalised, since they
        need values from 0 to 1.

    Raises
    ------
    TypeError
        If one of them is no augmentation.
    """

    def __init__(self, *augmentations):
        for augmentation in augmentations:
            if not isinstance(augmentation, Augmentation):
                raise TypeError(f"Compose takes augmentations, got a {type(augmentation).__name__}")
        self.augmentations = augmentations

    def apply(self, annotated, generator):
        """Return what the last augmentation returns, each having worked on the result of the one before."""
        for augmentation in self.augmentations:
            annotated = augmentation.apply(annotated, generator)
        return annotated
