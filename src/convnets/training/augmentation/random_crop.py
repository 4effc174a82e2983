"""Random crops of a padded image, which shift it by a few pixels (chapter *Training*, *scale-and-crop*).

The usual augmentation of CIFAR-10: a border of 4 pixels, then a crop of 32×32 at a random place, so that the
picture moves by up to 4 pixels each way.

Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition" (2016), section
4.2.
"""

import torch

from convnets.training.augmentation.annotated import Augmentation
from convnets.training.augmentation.arguments import check_size, integers, one_for_each
from convnets.training.augmentation.boxes import clip_boxes

__all__ = ["RandomCrop", "crop", "crop_boxes"]


def crop(images, top, left, size):
    """Cut a window out of each image, at a place of its own.

    Parameters
    ----------
    images : Tensor of shape (N, ..., H, W)
        Images or masks, of any dtype.
    top, left : Tensor of shape (N,)
        Whole numbers: row and column of the window's first pixel. The window must lie inside the image; that
        is not checked on the values, which may be on a GPU.
    size : (int, int)
        Height and width of the window.

    Returns
    -------
    Tensor of shape (N, ..., H_out, W_out)

    Raises
    ------
    ValueError
        If the window is larger than the image.
    """
    if size[0] > images.shape[-2] or size[1] > images.shape[-1]:
        raise ValueError(f"a window of {tuple(size)} does not fit into images {tuple(images.shape)}")
    top, left = one_for_each("top", top, images), one_for_each("left", left, images)
    between = [1] * (images.ndim - 3)
    rows = top[:, None] + torch.arange(size[0], device=images.device)
    columns = left[:, None] + torch.arange(size[1], device=images.device)
    rows = rows.reshape(len(images), *between, size[0], 1).expand(
        *images.shape[:-2], size[0], images.shape[-1]
    )
    columns = columns.reshape(len(images), *between, 1, size[1]).expand(*images.shape[:-2], *size)
    return images.gather(-2, rows).gather(-1, columns)


def crop_boxes(boxes, top, left, size):
    """Move boxes along with :func:`crop` and cut them off at the window's border.

    Parameters
    ----------
    boxes : Tensor of shape (N, B, 4)
        x1, y1, x2, y2 in pixels.
    top, left : Tensor of shape (N,)
        Where the windows begin.
    size : (int, int)
        Height and width of the windows.

    Returns
    -------
    Tensor of shape (N, B, 4)
        Boxes outside the window have no area.
    """
    top, left = one_for_each("top", top, boxes), one_for_each("left", left, boxes)
    moved = boxes - torch.stack((left, top, left, top), dim=-1)[:, None].to(boxes.dtype)
    return clip_boxes(moved, size)


class RandomCrop(Augmentation):
    """Pad each image and cut out a window at a random place.

    Parameters
    ----------
    padding : int
        Width of the border that is added on all sides.
    size : int, optional
        Side of the window; by default the window is as large as the image was.
    padding_mode : {"zeros", "reflect"}
        What stands in the border: zeros, or the image, mirrored at its border. Masks get zeros in either case
        but the mirrored labels with ``"reflect"``.

    Raises
    ------
    TypeError, ValueError
        If an argument is no whole number, or negative, or the mode is unknown.
    """

    def __init__(self, padding=4, size=None, padding_mode="zeros"):
        self.padding = check_size("padding", padding, least=0)
        self.size = None if size is None else check_size("size", size)
        if padding_mode not in ("zeros", "reflect"):
            raise ValueError(f"padding_mode must be 'zeros' or 'reflect', got {padding_mode!r}")
        self.padding_mode = padding_mode

    def draw(self, images, generator):
        """Return the first row and column of each window, in the padded image."""
        return tuple(
            integers(0, side + 2 * self.padding - window, images, generator)
            for side, window in zip(images.shape[-2:], self._window(images.shape[-2:]), strict=True)
        )

    def change_images(self, images, top, left):
        """Return the windows."""
        return crop(self._pad(images), top, left, self._window(images.shape[-2:]))

    def change_boxes(self, boxes, size, top, left):
        """Return the boxes, as they lie in the windows."""
        return crop_boxes(boxes + self.padding, top, left, self._window(size))

    def change_masks(self, masks, top, left):
        """Return the windows of the masks."""
        return crop(self._pad(masks), top, left, self._window(masks.shape[-2:]))

    def _window(self, size):
        window = tuple(size) if self.size is None else (self.size, self.size)
        if any(side + 2 * self.padding < part for side, part in zip(size, window, strict=True)):
            raise ValueError(
                f"a window of {window} does not fit into images of {tuple(size)} "
                f"with a border of {self.padding}"
            )
        return window

    def _pad(self, images):
        P = self.padding
        if self.padding_mode == "zeros":
            return torch.nn.functional.pad(images, (P, P, P, P))
        for axis, side in ((-2, images.shape[-2]), (-1, images.shape[-1])):
            images = images.index_select(axis, _mirrored(side, P, images.device))
        return images


def _mirrored(side, padding, device):
    """Return the indices −P … side + P − 1, reflected at the first and the last pixel."""
    if padding >= side:
        raise ValueError(f"a border of {padding} mirrored pixels needs a side of {padding + 1}, it is {side}")
    index = torch.arange(-padding, side + padding, device=device).abs()
    return torch.where(index < side, index, 2 * (side - 1) - index)
