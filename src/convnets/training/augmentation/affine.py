"""Translation, rotation, stretch and shear: the affine maps (chapter *Training*, section *geometric*).

An affine map keeps straight lines straight and parallel lines parallel. It is a matrix of two rows: the new
point is A (x, y, 1). All but the translation are done about the middle of the image.

Source for handwritten characters: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional
neural networks applied to visual document analysis" (2003). Left out: maps with perspective.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_number, uniform
from convnets.training.augmentation.boxes import boxes_around, clip_boxes
from convnets.training.augmentation.warping import PADDING_MODES, pixel_centres, warp, warp_masks

__all__ = ["RandomAffine", "affine", "affine_boxes", "affine_masks", "affine_matrices"]


def affine_matrices(size, rotation, stretch, shear, translation):
    """Return the matrices that stretch, then shear, then rotate about the middle, and then translate.

    Parameters
    ----------
    size : (int, int)
        Height and width of the images.
    rotation : Tensor of shape (N,)
        Angles in degrees, clockwise as seen on the screen.
    stretch : Tensor of shape (N, 2)
        Factors along x and y.
    shear : Tensor of shape (N,)
        Angles in degrees by which upright lines lean to the left, less than 90.
    translation : Tensor of shape (N, 2)
        Pixels to the right and downwards.

    Returns
    -------
    Tensor of shape (N, 2, 3)
        A with (x', y') = A (x, y, 1).

    Examples
    --------
    >>> zero, one = torch.zeros(1), torch.ones(1, 2)
    >>> affine_matrices((4, 6), zero + 90, one, zero, 0 * one).round(decimals=4)
    tensor([[[-0., -1.,  5.],
             [ 1., -0., -1.]]])
    """
    angle, lean = torch.deg2rad(rotation), torch.tan(torch.deg2rad(shear))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    along_x, along_y = stretch.unbind(-1)
    first = torch.stack((cosine * along_x, sine * along_x), dim=-1)  # where (1, 0) goes
    second = torch.stack((cosine * lean - sine, sine * lean + cosine), dim=-1) * along_y[:, None]
    linear = torch.stack((first, second), dim=-1)
    middle = torch.tensor([size[1] / 2, size[0] / 2], dtype=linear.dtype, device=linear.device)
    offset = middle - linear @ middle + translation
    return torch.cat((linear, offset[:, :, None]), dim=-1)


def move(points, matrices):
    """Return A (x, y, 1) for points (N, ..., 2) and matrices (N, 2, 3)."""
    between = [1] * (points.ndim - 2)
    linear = matrices[:, :, :2].reshape(-1, *between, 2, 2)
    offset = matrices[:, :, 2].reshape(-1, *between, 2)
    return (linear @ points[..., None])[..., 0] + offset


def _sources(matrices, size):
    """Return for each pixel of the result the point that A moves there."""
    centres = pixel_centres(size, matrices.device, matrices.dtype).expand(len(matrices), *size, 2)
    return move(centres, _inverse(matrices))


def _inverse(matrices):
    linear = torch.linalg.inv(matrices[:, :, :2])
    return torch.cat((linear, -linear @ matrices[:, :, 2:]), dim=-1)


def affine(images, matrices, padding_mode="zeros"):
    """Move each image by an affine map of its own.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
    matrices : Tensor of shape (N, 2, 3)
        From points of the image to points of the result.
    padding_mode : {"zeros", "border", "reflection"}
        What comes in from outside.

    Returns
    -------
    Tensor of shape (N, C, H, W)

    Raises
    ------
    ValueError
        If there are more or fewer matrices than images, or the mode is unknown.
    """
    if matrices.shape != (len(images), 2, 3):
        raise ValueError(
            f"matrices must have shape ({len(images)}, 2, 3) for images {tuple(images.shape)}, "
            f"their shape is {tuple(matrices.shape)}"
        )
    return warp(images, _sources(matrices.to(images), images.shape[-2:]), padding_mode)


def affine_boxes(boxes, size, matrices):
    """Return the upright boxes around the moved boxes, cut off at the border.

    Parameters
    ----------
    boxes : Tensor of shape (N, B, 4)
        x1, y1, x2, y2 in pixels.
    size : (int, int)
        Height and width of the images.
    matrices : Tensor of shape (N, 2, 3)

    Returns
    -------
    Tensor of shape (N, B, 4)
        Around the four moved corners. Around the object itself a box could be smaller, since the object does
        not fill its corners as a rule; only its mask would tell.
    """
    x1, y1, x2, y2 = boxes.unbind(-1)
    corners = torch.stack(
        [torch.stack(corner, dim=-1) for corner in ((x1, y1), (x2, y1), (x1, y2), (x2, y2))], dim=-2
    )
    return clip_boxes(boxes_around(move(corners, matrices.to(boxes))), size)


def affine_masks(masks, matrices):
    """Move masks along: each pixel of the result takes the label that it shows, 0 from outside.

    Parameters
    ----------
    masks : Tensor of shape (N, H, W) or (N, B, H, W)
    matrices : Tensor of shape (N, 2, 3)

    Returns
    -------
    Tensor of the same shape
    """
    return warp_masks(masks, _sources(matrices, masks.shape[-2:]))


class RandomAffine(Augmentation):
    """Translate, rotate, stretch and shear each image at random, everything drawn evenly.

    Parameters
    ----------
    translation : float
        Largest shift, as a part of the height and of the width.
    rotation : float
        Largest angle in degrees, both ways.
    stretch : float
        Largest factor along an axis; factors are drawn from 1 / stretch to stretch, evenly on a logarithmic
        scale, for x and y separately.
    shear : float
        Largest angle in degrees by which upright lines lean, both ways.
    padding_mode : {"zeros", "border", "reflection"}
        What comes in from outside.

    Raises
    ------
    ValueError
        If an amount is outside its range, or the mode is unknown.
    """

    def __init__(self, translation=0.1, rotation=15.0, stretch=1.2, shear=10.0, padding_mode="zeros"):
        self.translation = check_number("translation", translation, 0, 1)
        self.rotation = check_number("rotation", rotation, 0, 180)
        self.stretch = check_number("stretch", stretch, 1)
        self.shear = check_number("shear", shear, 0, 89)
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {', '.join(PADDING_MODES)}, got {padding_mode!r}")
        self.padding_mode = padding_mode

    def draw(self, images, generator):
        """Return a matrix for each image."""

        def within(most):
            return uniform(-most, most, images, generator)

        H, W = images.shape[-2:]
        rotation, shear = within(self.rotation), within(self.shear)
        most = torch.tensor(self.stretch).log().item()
        stretch = torch.stack((within(most), within(most)), dim=-1).exp()
        translation = torch.stack((within(self.translation * W), within(self.translation * H)), dim=-1)
        return (affine_matrices((H, W), rotation, stretch, shear, translation),)

    def change_images(self, images, matrices):
        """Return the moved images."""
        return affine(images, matrices, self.padding_mode)

    def change_boxes(self, boxes, size, matrices):
        """Return the boxes around the moved boxes."""
        return affine_boxes(boxes, size, matrices)

    def change_masks(self, masks, matrices):
        """Return the moved masks."""
        return affine_masks(masks, matrices)
