"""Images with the objects in them, as many as fit in memory: what detectors learn from and are asked.

The counterpart of :class:`convnets.training.Images`, for the training notebooks of the chapter *Detection*.
All images of a set have one size, to which photographs are stretched.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from convnets import data
from convnets.detection.annotations import Objects
from convnets.detection.scenes import objects_of_boxed, objects_of_scene
from convnets.training.augmentation import Annotated

__all__ = ["ObjectImages", "drawn_digits", "drawn_shapes", "load_objects"]

MIN_SIDE = 1.0
"""An object of which less is left in an augmented image, in pixels, is left out."""


@dataclass(frozen=True, eq=False)
class ObjectImages:
    """N images of one size, each with its objects.

    Attributes
    ----------
    images : Tensor of shape (N, 3, H, W)
        float32 from 0 to 1.
    objects : tuple of N Objects
    regions : tuple of N Tensors of shape (L, 4), optional
        Proposals that come from outside of the network.

    Raises
    ------
    ValueError
        If there are not as many objects, or regions, as images.
    """

    images: torch.Tensor
    objects: tuple
    regions: tuple | None = None

    def __post_init__(self):
        num, proposed = len(self.images), self.objects if self.regions is None else self.regions
        if self.images.dim() != 4 or {len(self.objects), len(proposed)} != {num}:
            regions = "no" if self.regions is None else len(self.regions)
            raise ValueError(
                "expected images (N, 3, H, W), the objects of each and their regions, if any; got images "
                f"{tuple(self.images.shape)}, objects of {len(self.objects)} and regions of {regions}"
            )

    def __len__(self):
        return len(self.images)

    @property
    def shape(self):
        """(3, H, W) of each image."""
        return tuple(self.images.shape[1:])

    def to(self, device):
        """Return the same images with all that belongs to them on `device`."""
        objects = tuple(_on(entry, device) for entry in self.objects)
        regions = self.regions and tuple(part.to(device) for part in self.regions)
        return ObjectImages(self.images.to(device), objects, regions)

    def take(self, indices):
        """Return the images with these indices (n,), an integer tensor, in this order."""
        chosen = indices.tolist()
        regions = self.regions and tuple(self.regions[k] for k in chosen)
        return ObjectImages(self.images[indices], tuple(self.objects[k] for k in chosen), regions)

    def split(self, size):
        """Return the images in order, in sets of `size` or, the last one, fewer."""
        return [self.take(indices) for indices in torch.arange(len(self)).split(size)] if len(self) else []

    def spread(self, num):
        """Return `num` images from all over the set, first and last among them; all where there are fewer."""
        if num is None or num >= len(self):
            return self
        return self.take(torch.linspace(0, len(self) - 1, num).round().long())

    def with_regions(self, propose):
        """Return the same images with the regions (L, 4) that `propose` finds in each image (3, H, W)."""
        return dataclasses.replace(self, regions=tuple(propose(image) for image in self.images))

    def augmented(self, augment, generator):
        """Return changed images, and their objects where they have gone.

        Parameters
        ----------
        augment : convnets.training.augmentation.Augmentation
        generator : torch.Generator
            Where chance comes from.

        Returns
        -------
        ObjectImages
            Without objects that have left the image.

        Raises
        ------
        ValueError
            If there are regions, which would not fit any more.
        """
        if self.regions is not None:
            raise ValueError("regions do not move along with an augmentation; propose them afterwards")
        images, boxes, masks = augment.apply(Annotated(self.images, *self._padded()), generator)
        masks = [None] * len(self) if masks is None else masks
        objects = tuple(
            _moved(entry, *moved) for entry, *moved in zip(self.objects, boxes, masks, strict=True)
        )
        return ObjectImages(images, objects)

    def _padded(self):
        """Return boxes (N, B, 4), and masks (N, B, H, W) if all objects have some, filled up with zeros."""
        most = max(len(entry.boxes) for entry in self.objects)
        boxes = self.images.new_zeros(len(self), most, 4)
        for row, entry in zip(boxes, self.objects, strict=True):
            row[: len(entry.boxes)] = entry.boxes
        if any(entry.masks is None for entry in self.objects):
            return boxes, None
        masks = boxes.new_zeros(len(self), most, *self.images.shape[2:], dtype=torch.bool)
        for row, entry in zip(masks, self.objects, strict=True):
            row[: len(entry.masks)] = entry.masks
        return boxes, masks


def _on(entry, device):
    return Objects(*(None if field is None else field.to(device) for field in entry))


def _moved(entry, boxes, masks):
    """Return objects with their new boxes and masks, those that are still there."""
    num = len(entry.boxes)
    kept = (boxes[:num, 2:] - boxes[:num, :2]).amin(dim=1) >= MIN_SIDE
    still = [None if field is None else field[kept] for field in (entry.labels, entry.difficult, entry.crowd)]
    return Objects(boxes[:num][kept], *still, masks=None if masks is None else masks[:num][kept])


def load_objects(name, split="train", *, size):
    """Return photographs with boxes, stretched to one size.

    Parameters
    ----------
    name : {"bccd", "pets"}
        A set with boxes of :data:`convnets.data.REGISTRY`.
    split : {"train", "test"}
    size : tuple of int
        (height, width).

    Returns
    -------
    ObjectImages

    Raises
    ------
    convnets.data.DataUnavailableError
        If a file is missing and cannot be downloaded.
    """
    return _gathered(data.load(name, split), size)


def _gathered(boxed, size):
    pairs = [objects_of_boxed(boxed, index, size) for index in range(len(boxed))]
    images, objects = zip(*pairs, strict=True)
    return ObjectImages(torch.stack(images), objects)


def drawn_digits(seed, num, size=64, max_digits=4, split="train"):
    """Return canvases of :func:`convnets.data.scattered_digits`, size × size pixels."""
    rng = np.random.default_rng(seed)
    return _gathered(data.scattered_digits(rng, num, size, max_digits, split=split), (size, size))


def drawn_shapes(seed, num, size=64, max_shapes=3):
    """Return scenes of :func:`convnets.data.shapes`, size × size pixels; their objects have masks."""
    scenes = data.shapes(np.random.default_rng(seed), num, size, max_shapes)
    images, objects, _ = zip(*map(objects_of_scene, scenes), strict=True)
    return ObjectImages(torch.stack(images), objects)
