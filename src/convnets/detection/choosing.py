"""The last step of every detector: from many scored boxes to a few detections (chapter *Detection*).

Source: what R. Girshick et al. do in "Rich feature hierarchies" (2014), section 2.2, and everybody since.
"""

import torch

from convnets.detection.annotations import Detections
from convnets.detection.arguments import as_floats
from convnets.detection.boxes import clip_boxes_to_image, remove_small_boxes
from convnets.detection.nms import batched_nms

__all__ = ["choose_detections"]


def choose_detections(boxes, scores, size, score_threshold=0.05, iou_threshold=0.5, max_detections=100):
    """Keep confident boxes, cut them off at the border, and suppress duplicates within each class.

    Parameters
    ----------
    boxes : Tensor of shape (R, 4) or (R, C, 4)
        One box for all classes, or one for each.
    scores : Tensor of shape (R, C)
        Of each class, without the background.
    size : tuple of int
        (height, width) of the image.
    score_threshold : float
        A box is a detection of each class whose score is greater.
    iou_threshold : float
        For non-maximum suppression.
    max_detections : int
        At most so many of the highest scores stay.

    Returns
    -------
    Detections
        By falling score. A box of which nothing is in the image is dropped. No gradients.

    Raises
    ------
    TypeError, ValueError
        If a number is not finite, a box is bad (:func:`~convnets.detection.box_area`), or shapes do not fit.
    """
    scores = as_floats("scores", scores, (None, None)).detach()
    shapes = [(len(scores), 4), (*scores.shape, 4)]
    if tuple(boxes.shape) not in shapes:
        raise ValueError(
            f"boxes must have shape {shapes[0]} or {shapes[1]}, their shape is {tuple(boxes.shape)}"
        )
    index, labels = (scores > score_threshold).nonzero(as_tuple=True)
    boxes = boxes.detach()[index] if boxes.dim() == 2 else boxes.detach()[index, labels]
    boxes, scores = clip_boxes_to_image(boxes, size), scores[index, labels]
    visible = remove_small_boxes(boxes, torch.finfo(boxes.dtype).tiny)
    boxes, scores, labels = boxes[visible], scores[visible], labels[visible]
    kept = batched_nms(boxes, scores, labels, iou_threshold)[:max_detections]
    return Detections(boxes[kept], labels[kept], scores[kept])
