"""From the drawn scenes and photographs of :mod:`convnets.data` to what networks and metrics take."""

import torch

from convnets.detection.annotations import Objects
from convnets.training.augmentation.resizing import resize

__all__ = ["objects_of_boxed", "objects_of_scene"]


def objects_of_scene(scene):
    """Return what is in a drawn scene.

    Parameters
    ----------
    scene : convnets.data.Scene

    Returns
    -------
    image : Tensor of shape (3, H, W)
        float32.
    objects : Objects
        With masks.
    keypoints : Tensor of shape (B, K, 2)
        float32 (x, y) in pixels; NaN for those that an object does not have.
    """
    objects = Objects(
        torch.from_numpy(scene.boxes).float(),
        torch.from_numpy(scene.classes),
        masks=torch.from_numpy(scene.masks),
    )
    return torch.from_numpy(scene.image), objects, torch.from_numpy(scene.keypoints).float()


def objects_of_boxed(images, index, size=None):
    """Return one photograph and what is in it.

    Parameters
    ----------
    images : convnets.data.BoxedImages
    index : int
    size : tuple of int, optional
        (height, width) that the photograph is stretched to, and its boxes with it, so that photographs of
        several sizes make a batch. By default its own.

    Returns
    -------
    image : Tensor of shape (3, H, W)
        float32 from 0 to 1.
    objects : Objects
    """
    image, boxes = torch.from_numpy(images.images[index]).float() / 255, torch.from_numpy(images.boxes[index])
    if size is not None:
        boxes = boxes * torch.tensor([size[1] / image.shape[2], size[0] / image.shape[1]] * 2)
        image = resize(image[None], size)[0]
    difficult = torch.from_numpy(images.difficult[index])
    return image, Objects(boxes, torch.from_numpy(images.labels[index]), difficult=difficult)
