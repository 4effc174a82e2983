"""What detection accepts, checked in one place and complained about in the same words."""

import torch

__all__ = [
    "as_floats",
    "check_boxes",
    "check_classes",
    "check_labels",
    "check_masks",
    "check_scores",
    "check_threshold",
]

FARTHEST = 2.0**60
"""No corner of a box may lie farther out: areas would overflow in float32, and their ratios be no numbers."""


def as_floats(name, values, shape):
    """Return a tensor of finite floats; integers and booleans become float32.

    Parameters
    ----------
    name : str
        What the values are called in a complaint.
    values : Tensor
    shape : tuple of int or None
        The expected shape; None where any length will do, a leading ``...`` where any axes may come first.

    Raises
    ------
    TypeError
        If the values are no tensor, or complex.
    ValueError
        If the shape differs, or a value is NaN or infinite.
    """
    if not isinstance(values, torch.Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(values).__name__}")
    if values.is_complex():
        raise TypeError(f"{name} must hold real numbers, its dtype is {values.dtype}")
    if not _fits(values.shape, shape):
        raise ValueError(f"{name} must have shape {_written(shape)}, its shape is {tuple(values.shape)}")
    values = values if values.is_floating_point() else values.float()
    if not bool(values.isfinite().all()):
        raise ValueError(f"{name} must be finite, got NaN or infinite numbers")
    return values


def _fits(found, expected):
    if expected[:1] == (...,):
        expected = expected[1:]
        found = found[max(0, len(found) - len(expected)) :]
    return len(found) == len(expected) and all(
        want in (None, size) for size, want in zip(found, expected, strict=True)
    )


def _written(shape):
    words = ["..." if size is ... else "any" if size is None else str(size) for size in shape]
    return f"({', '.join(words)}{',' if len(words) == 1 else ''})"


def check_boxes(name, boxes, *, zero_size=True):
    """Return boxes (B, 4) xyxy as floats, in float32 at least: in half precision areas overflow from 256² on.

    Parameters
    ----------
    name : str
        What the boxes are called in a complaint.
    boxes : Tensor of shape (B, 4)
        Also with B = 0.
    zero_size : bool
        Whether boxes without width or height are accepted.

    Raises
    ------
    TypeError
        If the boxes are no tensor of real numbers.
    ValueError
        If the shape is another, a number is not finite or beyond `FARTHEST`, or a box has x2 < x1 or y2 < y1
        (or, if not `zero_size`, x2 = x1 or y2 = y1); the first such box is named.
    """
    boxes = as_floats(name, boxes, (None, 4))
    boxes = boxes if boxes.dtype == torch.float64 else boxes.float()
    with torch.no_grad():
        sizes = boxes[:, 2:] - boxes[:, :2]
        far = (boxes.abs() > FARTHEST).any(dim=1)
        bad = far | ((sizes < 0) if zero_size else (sizes <= 0)).any(dim=1)
        if bool(bad.any()):
            index = int(bad.nonzero()[0])
            order = "x1 <= x2 and y1 <= y2" if zero_size else "x1 < x2 and y1 < y2"
            order = "no corner beyond 2**60" if bool(far[index]) else order
            raise ValueError(
                f"{name} must be (x1, y1, x2, y2) with {order}; box {index} is {boxes[index].tolist()}"
            )
    return boxes


def check_scores(name, scores, num):
    """Return scores (num,) as floats, or raise as :func:`as_floats` does."""
    return as_floats(name, scores, (num,))


def check_labels(name, labels, num):
    """Return labels (num,) as int64.

    Raises
    ------
    TypeError
        If the labels are no tensor of integers.
    ValueError
        If there are more or fewer.
    """
    if not isinstance(labels, torch.Tensor) or labels.is_floating_point() or labels.is_complex():
        found = labels.dtype if isinstance(labels, torch.Tensor) else type(labels).__name__
        raise TypeError(f"{name} must be a tensor of integers, got {found}")
    if labels.shape != (num,):
        raise ValueError(f"{name} must have shape ({num},), its shape is {tuple(labels.shape)}")
    return labels.long()


def check_classes(name, labels, num_classes=None):
    """Raise ValueError where a label is negative or no class: a GPU would not say so, a loss not always."""
    bad = labels < 0 if num_classes is None else (labels < 0) | (labels >= num_classes)
    if bool(bad.any()):
        wanted = "at least 0" if num_classes is None else f"from 0 to {num_classes - 1}"
        raise ValueError(f"{name} must be {wanted}, got {labels[bad][0].item()}")


def check_masks(name, masks, num=None):
    """Return masks (num, H, W) of booleans; `num` is None where any number will do.

    Raises
    ------
    TypeError
        If the masks are no tensor of booleans.
    ValueError
        If the shape is another.
    """
    if not isinstance(masks, torch.Tensor) or masks.dtype != torch.bool:
        found = masks.dtype if isinstance(masks, torch.Tensor) else type(masks).__name__
        raise TypeError(f"{name} must be a tensor of booleans, got {found}")
    if masks.dim() != 3 or num not in (None, len(masks)):
        expected = f"({'B' if num is None else num}, H, W)"
        raise ValueError(f"{name} must have shape {expected}, its shape is {tuple(masks.shape)}")
    return masks


def check_threshold(name, value):
    """Raise ValueError unless a threshold of intersection over union is from 0 to 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be from 0 to 1, got {value}")
