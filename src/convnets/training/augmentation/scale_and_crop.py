"""Random scales and crops, as VGG and ResNet were trained (chapter *Training*, section *scale-and-crop*).

The image is resized until its short side is L, a number drawn for each image, and a square is cut out at a
random place. A small L shows much of the image and small objects, a large L a part of it and large ones.

Sources: K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition"
(2015), section 3.1, with L from 256 to 512; K. He et al., "Deep residual learning for image recognition"
(2016), section 3.4, with L from 256 to 480. Left out: crops of random area and ratio, as in GoogLeNet.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_size, integers, one_for_each
from convnets.training.augmentation.random_crop import crop_boxes
from convnets.training.augmentation.resizing import nearest_indices, resize_matrix

__all__ = ["ScaleAndCrop", "resized_size", "scale_and_crop", "scale_and_crop_boxes", "scale_and_crop_masks"]


def resized_size(size, short_side):
    """Return height and width after resizing until the short side is as asked for.

    Parameters
    ----------
    size : (int, int)
        Height and width before.
    short_side : int or Tensor of shape (N,)
        L, or one L for each image.

    Returns
    -------
    (H_out, W_out)
        Integers or tensors, as the argument. The long side is rounded down.

    Examples
    --------
    >>> resized_size((427, 640), 256)
    (256, 383)
    """
    shorter = min(size)
    return tuple(side * short_side // shorter for side in size)


def scale_and_crop(images, short_side, top, left, size):
    """Resize each image to a short side of its own and cut a square out of it.

    Parameters
    ----------
    images : Tensor of shape (N, C, H, W)
        Of floats.
    short_side : Tensor of shape (N,)
        Whole numbers, L in the lectures; at least ``size``.
    top, left : Tensor of shape (N,)
        Row and column, in the resized image, of the square's first pixel.
    size : int
        Side of the square.

    Returns
    -------
    Tensor of shape (N, C, size, size)
        Only the square is computed, not the resized image around it.
    """
    short_side = one_for_each("short_side", short_side, images)
    starts = one_for_each("top", top, images), one_for_each("left", left, images)
    rows, columns = (
        resize_matrix(side, new_side, first, size, images.dtype)
        for side, new_side, first in zip(
            images.shape[-2:], resized_size(images.shape[-2:], short_side), starts, strict=True
        )
    )
    return rows[:, None] @ images @ columns[:, None].mT


def scale_and_crop_boxes(boxes, image_size, short_side, top, left, size):
    """Move boxes along with :func:`scale_and_crop`, and cut them off at the border.

    Parameters
    ----------
    boxes : Tensor of shape (N, B, 4)
        x1, y1, x2, y2 in pixels.
    image_size : (int, int)
        Height and width of the images before.
    short_side, top, left, size
        As there.

    Returns
    -------
    Tensor of shape (N, B, 4)
    """
    short_side = one_for_each("short_side", short_side, boxes)
    H, W = image_size
    new_H, new_W = resized_size(image_size, short_side)
    ratios = torch.stack((new_W / W, new_H / H, new_W / W, new_H / H), dim=-1).to(boxes.dtype)
    return crop_boxes(boxes * ratios[:, None], top, left, (size, size))


def scale_and_crop_masks(masks, short_side, top, left, size):
    """Move masks along with :func:`scale_and_crop`: each new pixel takes the label of the old one it lies in.

    Parameters
    ----------
    masks : Tensor of shape (N, H, W) or (N, B, H, W)
    short_side, top, left, size
        As there.

    Returns
    -------
    Tensor of shape (N, size, size) or (N, B, size, size)
    """
    short_side = one_for_each("short_side", short_side, masks)
    starts = one_for_each("top", top, masks), one_for_each("left", left, masks)
    rows, columns = (
        nearest_indices(side, new_side, first, size)
        for side, new_side, first in zip(
            masks.shape[-2:], resized_size(masks.shape[-2:], short_side), starts, strict=True
        )
    )
    images = torch.arange(len(masks), device=masks.device)[:, None, None]
    picked = masks.movedim((0, -2, -1), (0, 1, 2))[images, rows[:, :, None], columns[:, None, :]]
    return picked.movedim((0, 1, 2), (0, -2, -1))


class ScaleAndCrop(Augmentation):
    """Resize each image to a random short side and cut out a square at a random place.

    Parameters
    ----------
    size : int
        Side of the square.
    short_sides : (int, int)
        The least and the largest L, both included; ResNet's by default.

    Raises
    ------
    TypeError, ValueError
        If the numbers are no positive integers, or the square does not fit into the smallest of the images.
    """

    def __init__(self, size=224, short_sides=(256, 480)):
        self.size = check_size("size", size)
        least, most = (check_size("short_sides", side) for side in short_sides)
        if not size <= least <= most:
            raise ValueError(
                f"short_sides must rise and be at least the size of the crop, {size}, "
                f"got {tuple(short_sides)}"
            )
        self.short_sides = least, most

    def draw(self, images, generator):
        """Return the short side of each image, and first row and column of its square."""
        short_side = integers(*self.short_sides, images, generator)
        places = (
            (_fraction(images, generator) * (new_side - self.size + 1)).long()
            for new_side in resized_size(images.shape[-2:], short_side)
        )
        return short_side, *places

    def change_images(self, images, *parameters):
        """Return the squares."""
        return scale_and_crop(images, *parameters, self.size)

    def change_boxes(self, boxes, size, *parameters):
        """Return the boxes, as they lie in the squares."""
        return scale_and_crop_boxes(boxes, size, *parameters, self.size)

    def change_masks(self, masks, *parameters):
        """Return the squares of the masks."""
        return scale_and_crop_masks(masks, *parameters, self.size)


def _fraction(images, generator):
    """Return a number in [0, 1) for each image, in double precision: times n it never rounds up to n."""
    drawn = torch.rand(len(images), generator=generator, device=generator.device, dtype=torch.float64)
    return drawn.to(images.device, non_blocking=True)
