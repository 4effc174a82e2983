r"""One box, or exactly K of them: localisation as regression (chapter *Detection*, section localisation).

A network that classifies gets a second head, which says where: four numbers, learned with the squared
distance to the right ones,

.. math:: L = -\log p_y + \lambda \lVert b - b^* \rVert^2,

with boxes b = (x1, y1, x2, y2) in parts of the width and height of the image. The second head is attached to
the last map of features or to the last hidden layer, and has one box for all classes or one for each. As many
objects as the network has places for can be found, no more and no fewer.

Source: P. Sermanet et al., "OverFeat" (2014) and K. Simonyan and A. Zisserman (2015) attach to the features,
A. Toshev and C. Szegedy, "DeepPose" (2014), to the hidden layers. Scanning the image is left out.
"""

from typing import NamedTuple

import torch
from torch import nn

from convnets.detection.annotations import Detections
from convnets.detection.arguments import check_boxes, check_classes, check_labels
from convnets.detection.backbone import Backbone
from convnets.detection.boxes import clip_boxes_to_image
from convnets.detection.losses import class_loss
from convnets.detection.overlaps import box_iou

__all__ = [
    "LocalizationLoss",
    "Localizer",
    "from_left_to_right",
    "localization_accuracy",
    "localization_loss",
    "localization_loss_loops",
]


class LocalizationLoss(NamedTuple):
    """The two terms of the loss, that of boxes weighted; the total is their sum.

    Attributes
    ----------
    classes, boxes : Tensor of shape ()
    """

    classes: torch.Tensor
    boxes: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return self.classes + self.boxes


def localization_loss(scores, boxes, labels, targets, weight=1.0):
    """Cross-entropy of the class and squared distance of the box, the means over all K objects of N images.

    Parameters
    ----------
    scores : Tensor of shape (N, K, C)
        Before the softmax.
    boxes : Tensor of shape (N, K, 4) or (N, K, C, 4)
        In parts of the image; of C boxes only that of the true class is paid for.
    labels : Tensor of shape (N, K)
        int64.
    targets : Tensor of shape (N, K, 4)
        In parts of the image.
    weight : float
        λ: what a box counts against a class.

    Returns
    -------
    LocalizationLoss
        0, with gradients of zeros, for no images.

    Raises
    ------
    ValueError
        If the shapes do not fit one another, or a label is no class.
    """
    chosen = _of_true_class(scores, boxes, labels, targets)
    distance = (chosen - targets.flatten(0, 1)).square().sum()
    return LocalizationLoss(
        class_loss(scores.flatten(0, 1), labels.flatten()), weight * distance / max(labels.numel(), 1)
    )


def _of_true_class(scores, boxes, labels, targets):
    """Return the boxes (N · K, 4) that the loss looks at."""
    num, places, num_classes = scores.shape if scores.dim() == 3 else (0, 0, 0)
    shapes = [(num, places, 4), (num, places, num_classes, 4)]
    if (
        scores.dim() != 3
        or tuple(boxes.shape) not in shapes
        or tuple(labels.shape) != (num, places)
        or tuple(targets.shape) != (num, places, 4)
    ):
        found = ", ".join(str(tuple(part.shape)) for part in (scores, boxes, labels, targets))
        raise ValueError(
            "scores, boxes, labels and targets must have shapes (N, K, C), (N, K, 4) or (N, K, C, 4), (N, K) "
            f"and (N, K, 4); their shapes are {found}"
        )
    check_classes("labels", labels, num_classes)
    if boxes.dim() == 3:
        return boxes.flatten(0, 1)
    rows = torch.arange(labels.numel(), device=boxes.device)
    return boxes.flatten(0, 1)[rows, labels.flatten()]


def localization_loss_loops(scores, boxes, labels, targets, weight=1.0):
    """Return what :func:`localization_loss` returns, object by object: the definition."""
    _of_true_class(scores, boxes, labels, targets)
    wrong, distance = 0.0, 0.0
    for image in range(scores.shape[0]):
        for place in range(scores.shape[1]):
            label = int(labels[image, place])
            wrong -= float(scores[image, place].log_softmax(dim=0)[label])
            box = boxes[image, place] if boxes.dim() == 3 else boxes[image, place, label]
            distance += sum(
                float(found - due) ** 2 for found, due in zip(box, targets[image, place], strict=True)
            )
    num = max(labels.numel(), 1)
    return LocalizationLoss(
        *(torch.tensor(value / num).to(scores.dtype) for value in (wrong, weight * distance))
    )


def from_left_to_right(boxes):
    """Return the order (B,) of boxes (B, 4) by their centres' x, then y.

    Which place of the network is to find which object must not depend on how a file happens to list them: a
    place that is taught now this, now that object learns the box between them.
    """
    boxes = check_boxes("boxes", boxes)
    order = (boxes[:, 1] + boxes[:, 3]).argsort(stable=True)
    return order[(boxes[order, 0] + boxes[order, 2]).argsort(stable=True)]


def localization_accuracy(detections, objects, iou_threshold=0.5):
    """Return the part of images whose object has been found: right class, and overlap above the threshold.

    Parameters
    ----------
    detections : list of Detections
        For each image; the one of highest score counts, and there must be one.
    objects : list of Objects
        For each image; of several objects any may be found.
    iou_threshold : float
        ILSVRC asks for ½.

    Returns
    -------
    float
        NaN for no images.

    Raises
    ------
    ValueError
        If there are not as many images of both, or an image has no detection.
    """
    if len(detections) != len(objects):
        raise ValueError(f"expected detections of {len(objects)} images, got {len(detections)}")
    right = []
    for found, there in zip(detections, objects, strict=True):
        if not len(found.boxes):
            raise ValueError("every image must have a detection")
        best = int(found.scores.argmax())
        same = there.labels == found.labels[best]
        right.append(
            bool((same & (box_iou(found.boxes[best : best + 1], there.boxes)[0] > iou_threshold)).any())
        )
    return sum(right) / len(right) if right else float("nan")


class Localizer(nn.Module):
    """A small network with two heads.

    Parameters
    ----------
    num_classes : int
        C.
    num_objects : int
        K: how many objects every image has.
    attach : {"features", "hidden"}
        Where the head of boxes begins: at the pooled map of features, with a hidden layer of its own, or at
        the hidden layer of the head of classes.
    class_specific : bool
        Whether there is a box for each class.
    backbone : torch.nn.Module, optional
        Maps images to features, and has ``out_channels``.
    pooled : int
        The features are averaged to pooled × pooled cells, so that images may have any size.
    hidden : int
        Units of hidden layers.

    Raises
    ------
    ValueError
        If there is no object, or the place to attach is another.
    """

    def __init__(
        self,
        num_classes,
        num_objects=1,
        attach="features",
        class_specific=False,
        backbone=None,
        pooled=4,
        hidden=64,
    ):
        super().__init__()
        if num_objects < 1 or attach not in ("features", "hidden"):
            raise ValueError(
                "expected num_objects >= 1 and attach 'features' or 'hidden', got "
                f"{num_objects} and {attach!r}"
            )
        self.num_classes, self.num_objects, self.attach = num_classes, num_objects, attach
        self.class_specific = class_specific
        self.backbone = backbone or Backbone()
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(pooled), nn.Flatten())
        num_features = self.backbone.out_channels * pooled**2
        self.hidden = nn.Sequential(nn.Linear(num_features, hidden), nn.ReLU())
        self.classes = nn.Linear(hidden, num_objects * num_classes)
        num_numbers = 4 * num_objects * (num_classes if class_specific else 1)
        own = [nn.Linear(num_features, hidden), nn.ReLU()] if attach == "features" else []
        self.boxes = nn.Sequential(*own, nn.Linear(hidden, num_numbers))

    def forward(self, images):
        """Return scores (N, K, C) and boxes (N, K, 4), or (N, K, C, 4), in parts of the image."""
        features = self.pool(self.backbone(images))
        hidden = self.hidden(features)
        boxes = self.boxes(features if self.attach == "features" else hidden)
        shape = (self.num_objects, *([self.num_classes] if self.class_specific else []), 4)
        return self.classes(hidden).unflatten(1, (self.num_objects, -1)), boxes.unflatten(1, shape)

    def loss(self, images, objects, weight=1.0):
        """Return the :class:`LocalizationLoss` of images (N, 3, H, W) and a list of N :class:`Objects`.

        Raises
        ------
        ValueError
            If an image has more or fewer than K objects.
        """
        scale = images.new_tensor([images.shape[3], images.shape[2]] * 2)
        labels, targets = [], []
        for entry in objects:
            if len(entry.boxes) != self.num_objects:
                raise ValueError(
                    f"every image must have {self.num_objects} objects, one has {len(entry.boxes)}"
                )
            order = from_left_to_right(entry.boxes)
            labels.append(check_labels("labels", entry.labels, self.num_objects)[order])
            targets.append(entry.boxes[order] / scale)
        return localization_loss(*self(images), torch.stack(labels), torch.stack(targets), weight)

    def detect(self, images):
        """Return a list of N :class:`Detections` of K boxes each for images (N, 3, H, W).

        Of each place the class of highest probability. Corners are put in order, should they come out the
        wrong way round, and boxes are cut off at the border.
        """
        with torch.no_grad():
            scores, boxes = self(images)
        shares, labels = scores.softmax(dim=2).max(dim=2)
        if self.class_specific:
            boxes = boxes.gather(2, labels[..., None, None].expand(-1, -1, 1, 4))[:, :, 0]
        boxes = boxes * images.new_tensor([images.shape[3], images.shape[2]] * 2)
        corners = boxes.unflatten(2, (2, 2))
        boxes = torch.cat([corners.amin(dim=2), corners.amax(dim=2)], dim=2)
        size = tuple(images.shape[2:])
        triples = zip(boxes, labels, shares, strict=True)
        return [Detections(clip_boxes_to_image(found, size), *others) for found, *others in triples]
