"""What the cells of the grid should say, and how their numbers are laid out."""

from typing import NamedTuple

import torch

from convnets.detection.arguments import check_boxes, check_labels
from convnets.detection.boxes import box_xyxy_to_cxcywh, clip_boxes_to_image

__all__ = ["YoloTargets", "split_predictions", "yolo_targets", "yolo_targets_loops"]


class YoloTargets(NamedTuple):
    """What the cells of one image, or of N with a leading axis, should say.

    Attributes
    ----------
    objects : Tensor of shape (S, S)
        int64: which object the cell answers for, -1 for none.
    boxes : Tensor of shape (S, S, 4)
        (x, y, w, h): centre across the cell, size as part of the image; 0 without an object.
    labels : Tensor of shape (S, S)
        int64: its class, -1 without an object.
    """

    objects: torch.Tensor
    boxes: torch.Tensor
    labels: torch.Tensor


def yolo_targets(boxes, labels, size, grid=7):
    """Give each object to the cell in which its centre lies.

    Parameters
    ----------
    boxes : Tensor of shape (B, 4)
        xyxy in pixels, inside the image and with an area.
    labels : Tensor of shape (B,)
        int64.
    size : tuple of int
        (height, width) of the image.
    grid : int
        S.

    Returns
    -------
    YoloTargets
        Of several objects in one cell the first keeps it, the others appear nowhere in ``objects``. A centre
        on the border between two cells belongs to the right or the lower one, on the border of the image to
        the last cell.

    Raises
    ------
    TypeError, ValueError
        If a box is bad, has no area or reaches outside, the labels do not fit, or the grid has no cell.
    """
    boxes = _checked_boxes(boxes, size, grid)
    labels = check_labels("labels", labels, len(boxes))
    centres = box_xyxy_to_cxcywh(boxes) / boxes.new_tensor([size[1], size[0]] * 2)  # parts of the image
    cells = (centres[:, :2] * grid).floor().clamp(max=grid - 1).long()  # (column, row)
    objects = torch.full((grid, grid), -1, device=boxes.device)
    for index in range(len(boxes) - 1, -1, -1):  # the first comes last and stays
        objects[cells[index, 1], cells[index, 0]] = index
    taken = objects >= 0
    chosen = objects[taken]
    places = boxes.new_zeros(grid, grid, 4)
    places[taken] = torch.cat([centres[chosen, :2] * grid - cells[chosen], centres[chosen, 2:]], dim=1)
    classes = torch.full_like(objects, -1)
    classes[taken] = labels[chosen]
    return YoloTargets(objects, places, classes)


def yolo_targets_loops(boxes, labels, size, grid=7):
    """Return what :func:`yolo_targets` returns, object by object: the definition."""
    boxes = _checked_boxes(boxes, size, grid)
    labels = check_labels("labels", labels, len(boxes))
    height, width = size
    out = YoloTargets(
        torch.full((grid, grid), -1), boxes.new_zeros(grid, grid, 4), torch.full((grid, grid), -1)
    )
    for index, (x1, y1, x2, y2) in enumerate(boxes.tolist()):
        x, y = (x1 + x2) / 2 / width * grid, (y1 + y2) / 2 / height * grid  # in cells
        column, row = min(int(x), grid - 1), min(int(y), grid - 1)
        if out.objects[row, column] < 0:
            out.objects[row, column], out.labels[row, column] = index, labels[index]
            place = (x - column, y - row, (x2 - x1) / width, (y2 - y1) / height)
            out.boxes[row, column] = boxes.new_tensor(place)
    return out


def _checked_boxes(boxes, size, grid):
    boxes = check_boxes("boxes", boxes, zero_size=False)
    if grid < 1:
        raise ValueError(f"grid must be at least 1, got {grid}")
    if not torch.equal(boxes, clip_boxes_to_image(boxes, size)):
        raise ValueError(f"boxes must be inside the image of (height, width) {tuple(size)}; clip them first")
    return boxes


def split_predictions(predictions, num_boxes):
    """Return boxes (..., B, 4), confidences (..., B) and classes (..., C)."""
    num_classes = predictions.shape[-1] - 5 * num_boxes
    if num_boxes < 1 or num_classes < 1:
        raise ValueError(
            f"predictions must have 5·B + C channels, B = {num_boxes}; they have {predictions.shape[-1]}"
        )
    boxes, classes = predictions.split([5 * num_boxes, num_classes], dim=-1)
    boxes = boxes.unflatten(-1, (num_boxes, 5))
    return boxes[..., :4], boxes[..., 4], classes
