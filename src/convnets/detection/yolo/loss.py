"""The loss of YOLO: squared errors of centre, size, confidence and class."""

from typing import NamedTuple

import torch

from convnets.detection.arguments import check_classes
from convnets.detection.overlaps import overlap_ratio
from convnets.detection.yolo.targets import split_predictions

__all__ = ["YoloLoss", "yolo_loss", "yolo_loss_loops"]


class YoloLoss(NamedTuple):
    """The five sums of the loss, each weighted and divided by the number of images; the total is their sum.

    Attributes
    ----------
    centre, size, confidence, no_object, classes : Tensor of shape ()
    """

    centre: torch.Tensor
    size: torch.Tensor
    confidence: torch.Tensor
    no_object: torch.Tensor
    classes: torch.Tensor

    @property
    def total(self):
        """The loss."""
        return sum(self)


def yolo_loss(predictions, targets, num_boxes=2, lambda_coord=5.0, lambda_noobj=0.5):
    r"""Squared errors of centre, size, confidence and class.

    .. math::
        L = \lambda_{coord} \sum_{obj} (\Delta x)^2 + (\Delta y)^2 + (\Delta\sqrt{w})^2 + (\Delta\sqrt{h})^2
            + \sum_{obj} (c - IoU)^2 + \lambda_{noobj} \sum_{noobj} c^2 + \sum_{cells} \sum_k (p_k - t_k)^2

    Of the B boxes of a cell with an object, the one that overlaps it most answers for it (*obj*); all other
    boxes of all cells are *noobj*. The overlap, which the confidence shall become, is no source of gradients.

    Parameters
    ----------
    predictions : Tensor of shape (N, S, S, 5·B + C)
        For each cell B times (x, y, √w, √h, confidence), then the classes.
    targets : YoloTargets
        Those of N images, stacked.
    num_boxes : int
        B.
    lambda_coord, lambda_noobj : float
        Weights of boxes and of empty cells.

    Returns
    -------
    YoloLoss
        Of boxes that overlap equally the first answers.

    Raises
    ------
    ValueError
        If the shapes do not fit one another, or the label of an object is no class.
    """
    boxes, confidence, classes = split_predictions(predictions, num_boxes)
    _check_targets(predictions, targets, classes.shape[-1])
    taken = targets.objects >= 0  # (N, S, S)
    truth, found = targets.boxes[taken], boxes[taken]  # (P, 4), (P, B, 4)
    overlap = _overlap(found.detach(), truth, predictions.shape[1])  # (P, B)
    best = overlap.argmax(dim=1, keepdim=True)
    answering = torch.zeros_like(confidence, dtype=torch.bool)  # (N, S, S, B)
    answering[taken] = torch.zeros_like(overlap, dtype=torch.bool).scatter(1, best, True)
    chosen = found.gather(1, best[..., None].expand(-1, -1, 4))[:, 0]
    wanted = torch.zeros_like(classes[taken]).scatter(1, targets.labels[taken][:, None], 1.0)
    num = max(len(predictions), 1)
    return YoloLoss(
        lambda_coord * _squares(chosen[:, :2], truth[:, :2]) / num,
        lambda_coord * _squares(chosen[:, 2:], truth[:, 2:].sqrt()) / num,
        _squares(confidence[answering], overlap.gather(1, best)[:, 0]) / num,
        lambda_noobj * _squares(confidence[~answering], 0) / num,
        _squares(classes[taken], wanted) / num,
    )


def _squares(found, wanted):
    return (found - wanted).square().sum()


def _check_targets(predictions, targets, num_classes):
    expected = tuple(predictions.shape[:3])
    if predictions.dim() != 4 or expected[1] != expected[2]:
        raise ValueError(f"predictions must have shape (N, S, S, 5·B + C), got {tuple(predictions.shape)}")
    if tuple(targets.objects.shape) != expected:
        raise ValueError(
            f"targets must be stacked to {expected}, their shape is {tuple(targets.objects.shape)}"
        )
    check_classes("labels", targets.labels[targets.objects >= 0], num_classes)


def _overlap(found, truth, grid):
    """Return the overlap (P, B) of boxes (P, B, 4) with square roots of sizes and one box (P, 4) each."""
    centres, sizes = found[..., :2] / grid, found[..., 2:].square()
    others, lengths = truth[:, None, :2] / grid, truth[:, None, 2:]
    low = torch.maximum(centres - sizes / 2, others - lengths / 2)
    high = torch.minimum(centres + sizes / 2, others + lengths / 2)
    shared = (high - low).clamp(min=0).prod(dim=-1)
    return overlap_ratio(shared, sizes.prod(dim=-1) + lengths.prod(dim=-1) - shared)


def yolo_loss_loops(predictions, targets, num_boxes=2, lambda_coord=5.0, lambda_noobj=0.5):
    """Return what :func:`yolo_loss` returns, cell by cell and box by box: the definition."""
    _check_targets(predictions, targets, split_predictions(predictions, num_boxes)[2].shape[-1])
    sums = [0.0] * 5
    grid = predictions.shape[1]
    flat = zip(
        predictions.flatten(0, 2).tolist(),
        targets.objects.flatten().tolist(),
        targets.boxes.flatten(0, 2).tolist(),
        targets.labels.flatten().tolist(),
        strict=True,
    )
    for numbers, index, truth, label in flat:
        boxes = [numbers[5 * b : 5 * b + 5] for b in range(num_boxes)]
        overlaps = [_overlap_of_pair(box, truth, grid) for box in boxes]
        best = max(range(num_boxes), key=lambda b: overlaps[b]) if index >= 0 else None
        for b, (x, y, root_w, root_h, confidence) in enumerate(boxes):
            if b != best:
                sums[3] += lambda_noobj * confidence**2
                continue
            sums[0] += lambda_coord * ((x - truth[0]) ** 2 + (y - truth[1]) ** 2)
            sums[1] += lambda_coord * ((root_w - truth[2] ** 0.5) ** 2 + (root_h - truth[3] ** 0.5) ** 2)
            sums[2] += (confidence - overlaps[b]) ** 2
        if index >= 0:
            sums[4] += sum((p - (k == label)) ** 2 for k, p in enumerate(numbers[5 * num_boxes :]))
    return YoloLoss(*(torch.tensor(value / max(len(predictions), 1)).to(predictions.dtype) for value in sums))


def _overlap_of_pair(box, truth, grid):
    spans = []
    for axis in (0, 1):
        centre, length = box[axis] / grid, box[2 + axis] ** 2
        other, extent = truth[axis] / grid, truth[2 + axis]
        high = min(centre + length / 2, other + extent / 2)
        spans.append(max(high - max(centre - length / 2, other - extent / 2), 0))
    union = box[2] ** 2 * box[3] ** 2 + truth[2] * truth[3] - spans[0] * spans[1]
    return spans[0] * spans[1] / union if union > 0 else 0.0
