"""What is found in an image and what is there, as tuples that networks and metrics share."""

from typing import NamedTuple

import torch

__all__ = ["Detections", "Objects"]


class Detections(NamedTuple):
    """What a detector finds in one image.

    Attributes
    ----------
    boxes : Tensor of shape (D, 4)
        xyxy in pixels.
    labels : Tensor of shape (D,)
        int64.
    scores : Tensor of shape (D,)
        How sure the detector is, in any order.
    masks : Tensor of shape (D, H, W), optional
        bool.
    """

    boxes: torch.Tensor
    labels: torch.Tensor
    scores: torch.Tensor
    masks: torch.Tensor | None = None


class Objects(NamedTuple):
    """What is there to be found in one image.

    Attributes
    ----------
    boxes : Tensor of shape (B, 4)
        xyxy in pixels.
    labels : Tensor of shape (B,)
        int64.
    difficult : Tensor of shape (B,), optional
        bool: PASCAL VOC neither asks for these nor counts them as mistakes. None of them by default.
    crowd : Tensor of shape (B,), optional
        bool: COCO's boxes around many objects at once, in which any number of detections may lie.
    area : Tensor of shape (B,), optional
        In square pixels, by which COCO sorts objects into small, medium and large: the area of the mask where
        that is known; by default the area of the box, or of the mask where masks are compared.
    masks : Tensor of shape (B, H, W), optional
        bool.
    """

    boxes: torch.Tensor
    labels: torch.Tensor
    difficult: torch.Tensor | None = None
    crowd: torch.Tensor | None = None
    area: torch.Tensor | None = None
    masks: torch.Tensor | None = None
