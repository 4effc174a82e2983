"""Lens distortion: straight lines become curves (chapter *Training*, section *geometric*).

A point at distance r from the middle of the result is read at distance r (1 + k r²), where r is 1 in the
corners. With k > 0 the corners show what lies farther out, so that lines bulge outwards like a barrel; with
k < 0 they are pulled in like a pincushion.

Source: D. C. Brown, "Decentering distortion of lenses" (1966), first radial term. Left out: higher terms and
decentring.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_number, one_for_each, uniform
from convnets.training.augmentation.boxes import boxes_around, clip_boxes
from convnets.training.augmentation.warping import PADDING_MODES, pixel_centres, warp, warp_masks

__all__ = ["RandomLensDistortion", "distort", "distort_boxes", "distort_masks"]

NEWTON_STEPS = 20
"""Enough for double precision from any start inside the image."""


def _middle(size, like):
    """Return the middle of an image as (x, y), and the distance of its corners from there."""
    middle = torch.tensor([size[1] / 2, size[0] / 2], dtype=like.dtype, device=like.device)
    return middle, middle.norm()


def _sources(strength, size):
    """Return for each pixel of the result the point that it shows."""
    middle, radius = _middle(size, strength)
    centred = (pixel_centres(size, strength.device, strength.dtype) - middle) / radius
    squared = centred.square().sum(dim=-1, keepdim=True)
    return middle + radius * centred * (1 + strength[:, None, None, None] * squared)


def _moved(points, strength, size):
    """Return where points (N, ..., 2) of the image are seen in the result: solve r (1 + k r²) = distance."""
    middle, radius = _middle(size, points)
    centred = (points - middle) / radius
    distance = centred.norm(dim=-1, keepdim=True)
    k = strength.reshape(-1, *[1] * (points.ndim - 1))
    r = distance.clone()
    for _ in range(NEWTON_STEPS):
        r = r - (r * (1 + k * r.square()) - distance) / (1 + 3 * k * r.square()).clamp(min=0.05)
        r = r.clamp(0, 2)
    return middle + radius * centred * torch.where(distance > 0, r / distance.clamp(min=1e-12), 1)


def distort(images, strength, padding_mode="zeros"):
    """Distort each image as a lens would.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Of floats.
    strength : Tensor of shape (N,)
        k: positive for a barrel, negative for a pincushion; above −1/3, beyond which the image would fold.
    padding_mode : {"zeros", "border", "reflection"}
        What comes in from outside.

    Returns
    -------
    Tensor of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If there is not one strength for each image, or the mode is unknown.
    """
    strength = one_for_each("strength", strength, images).to(images.dtype)
    return warp(images, _sources(strength, images.shape[-2:]), padding_mode)


def distort_boxes(boxes, size, strength):
    """Return the upright boxes around the distorted boxes, cut off at the border.

    The edges of a box become curves. Along an edge the distortion depends on the distance from the middle of
    the image only, so that the curve reaches farthest at an end of the edge or where the edge is nearest to
    the middle: the corners and these points are enough.

    Parameters
    ----------
    boxes : Tensor of shape (N, B, 4)
        x1, y1, x2, y2 in pixels.
    size : (int, int)
        Height and width of the images.
    strength : Tensor of shape (N,)

    Returns
    -------
    Tensor of shape (N, B, 4)
    """
    strength = one_for_each("strength", strength, boxes).to(boxes.dtype)
    x1, y1, x2, y2 = boxes.unbind(-1)
    x, y = (torch.clamp(torch.full_like(x1, side / 2), low, high)
            for side, low, high in ((size[1], x1, x2), (size[0], y1, y2)))  # fmt: skip
    outline = [(a, b) for a in (x1, x, x2) for b in (y1, y, y2)]
    points = torch.stack([torch.stack(point, dim=-1) for point in outline], dim=-2)
    return clip_boxes(boxes_around(_moved(points, strength, size)), size)


def distort_masks(masks, strength):
    """Distort masks along: each pixel of the result takes the label that it shows, 0 from outside.

    Parameters
    ----------
    masks : Tensor of shape (N, H, W) or (N, B, H, W)
    strength : Tensor of shape (N,)

    Returns
    -------
    Tensor of the same shape
    """
    strength = one_for_each("strength", strength, masks)
    return warp_masks(masks, _sources(strength, masks.shape[-2:]))


class RandomLensDistortion(Augmentation):
    """Distort each image by a random strength.

    Parameters
    ----------
    most : float
        The strength is drawn evenly from −most to most, which must stay below 1/3.
    padding_mode : {"zeros", "border", "reflection"}
        What comes in from outside.

    Raises
    ------
    ValueError
        If ``most`` is not from 0 to 0.33, or the mode is unknown.
    """

    def __init__(self, most=0.2, padding_mode="zeros"):
        self.most = check_number("most", most, 0, 0.33)
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {', '.join(PADDING_MODES)}, got {padding_mode!r}")
        self.padding_mode = padding_mode

    def draw(self, images, generator):
        """Return the strength for each image."""
        return (uniform(-self.most, self.most, images, generator),)

    def change_images(self, images, strength):
        """Return the distorted images."""
        return distort(images, strength, self.padding_mode)

    def change_boxes(self, boxes, size, strength):
        """Return the boxes around the distorted boxes."""
        return distort_boxes(boxes, size, strength)

    def change_masks(self, masks, strength):
        """Return the distorted masks."""
        return distort_masks(masks, strength)
