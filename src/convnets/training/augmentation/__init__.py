"""Augmentation: each image in a new guise whenever it is looked at (chapter *Training*).

Every augmentation takes a batch (N, C, H, W) of floats from 0 to 1 on any device and a ``torch.Generator``,
and draws for each image by itself: ``augment(images, generator)``. With ``augment.apply`` boxes and masks
move along. Images are normalised afterwards.
"""

from convnets.training.augmentation.affine import (
    RandomAffine,
    affine,
    affine_boxes,
    affine_masks,
    affine_matrices,
)
from convnets.training.augmentation.annotated import Annotated, Augmentation, Compose
from convnets.training.augmentation.colour_jitter import (
    ColourJitter,
    change_brightness,
    change_contrast,
    change_saturation,
    luminance,
)
from convnets.training.augmentation.flip import RandomFlip, flip, flip_boxes
from convnets.training.augmentation.lens_distortion import (
    RandomLensDistortion,
    distort,
    distort_boxes,
    distort_masks,
)
from convnets.training.augmentation.pca_colour import (
    ColourComponents,
    PCAColour,
    add_colour,
    colour_components,
    colour_offsets,
)
from convnets.training.augmentation.random_crop import RandomCrop, crop, crop_boxes
from convnets.training.augmentation.resizing import resize
from convnets.training.augmentation.scale_and_crop import (
    ScaleAndCrop,
    resized_size,
    scale_and_crop,
    scale_and_crop_boxes,
    scale_and_crop_masks,
)
from convnets.training.augmentation.views import (
    SHORT_SIDES,
    mean_probabilities,
    multi_scale_crops,
    ten_crops,
)

__all__ = [
    "SHORT_SIDES",
    "Annotated",
    "Augmentation",
    "ColourComponents",
    "ColourJitter",
    "Compose",
    "PCAColour",
    "RandomAffine",
    "RandomCrop",
    "RandomFlip",
    "RandomLensDistortion",
    "ScaleAndCrop",
    "add_colour",
    "affine",
    "affine_boxes",
    "affine_masks",
    "affine_matrices",
    "change_brightness",
    "change_contrast",
    "change_saturation",
    "colour_components",
    "colour_offsets",
    "crop",
    "crop_boxes",
    "distort",
    "distort_boxes",
    "distort_masks",
    "flip",
    "flip_boxes",
    "luminance",
    "mean_probabilities",
    "multi_scale_crops",
    "resize",
    "resized_size",
    "scale_and_crop",
    "scale_and_crop_boxes",
    "scale_and_crop_masks",
    "ten_crops",
]
