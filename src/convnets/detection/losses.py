r"""What detectors pay for: wrong classes and wrong boxes (chapter *Detection*, section losses).

The loss of a box is quadratic near zero and linear far away, so that one hopeless box does not rule a step:

.. math:: L(d) = \begin{cases} d^2 / (2\beta) & |d| < \beta \\ |d| - \beta / 2 & \text{otherwise} \end{cases}

Source: R. Girshick, "Fast R-CNN" (2015), equation 3, where β = 1. Losses on overlap itself are
:func:`~convnets.detection.generalized_box_iou_loss`.
"""

import torch
from torch.nn import functional

from convnets.detection.arguments import check_classes

__all__ = ["box_loss", "box_loss_loops", "class_loss"]


def box_loss(offsets, targets, num, beta=1.0):
    """Return the smooth absolute differences of boxes, summed and divided by a number.

    Parameters
    ----------
    offsets : Tensor of shape (P, 4)
        What the network says of the boxes that have an object.
    targets : Tensor of shape (P, 4)
        What it should say.
    num : int
        What the sum is divided by: the number of positives, of samples or of images. 0 counts as 1.
    beta : float
        Where the square ends, positive.

    Returns
    -------
    Tensor of shape ()
        0, with a gradient of zeros, if P = 0.

    Raises
    ------
    ValueError
        If shapes differ, `num` is negative or `beta` not positive.
    """
    _check(offsets, targets, num, beta)
    return functional.smooth_l1_loss(offsets, targets, reduction="sum", beta=beta) / max(num, 1)


def _check(offsets, targets, num, beta):
    if offsets.shape != targets.shape or offsets.dim() != 2 or offsets.shape[1] != 4:
        shapes = f"{tuple(offsets.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"offsets and targets must both have shape (P, 4), their shapes are {shapes}")
    if num < 0 or beta <= 0:
        raise ValueError(f"expected num >= 0 and beta > 0, got {num} and {beta}")


def box_loss_loops(offsets, targets, num, beta=1.0):
    """Return what :func:`box_loss` returns, number by number: the definition."""
    _check(offsets, targets, num, beta)
    total = 0.0
    for offset, target in zip(offsets.flatten().tolist(), targets.flatten().tolist(), strict=True):
        distance = abs(offset - target)
        total += distance**2 / (2 * beta) if distance < beta else distance - beta / 2
    return torch.tensor(total / max(num, 1), dtype=offsets.dtype)


def class_loss(scores, labels):
    """Return the mean cross-entropy of scores (P, C) and labels (P,); 0 with a gradient of zeros if P = 0.

    PyTorch's own mean over no samples is NaN, which one image without samples would spread over a network.
    Raises ValueError where a label is no class.
    """
    if len(scores) == 0:
        return scores.sum()
    check_classes("labels", labels, scores.shape[1])
    return functional.cross_entropy(scores, labels)
