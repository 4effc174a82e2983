"""Which anchors a detector learns from: there are far too many without an object (chapter *Detection*).

Two answers: draw so many of both kinds at random (S. Ren et al., "Faster R-CNN", 2015, section 3.1.3), or
take the negatives that the detector gets most wrong (W. Liu et al., "SSD", 2016, section 2.2). Weighing all
of them by their difficulty, the focal loss, is left out.
"""

from typing import NamedTuple

import torch

from convnets.detection.arguments import check_labels, check_scores
from convnets.detection.matching import NEGATIVE

__all__ = ["Sample", "hard_negatives", "hard_negatives_loops", "sample_balanced"]


class Sample(NamedTuple):
    """Anchors to learn from.

    Attributes
    ----------
    positive : Tensor of shape (P,)
        int64: indices of anchors with an object.
    negative : Tensor of shape (M,)
        int64: indices of anchors without.
    """

    positive: torch.Tensor
    negative: torch.Tensor


def sample_balanced(matches, num, positive_fraction=0.5, generator=None):
    """Draw anchors at random, so many with an object and the rest without.

    Parameters
    ----------
    matches : Tensor of shape (A,)
        As :func:`~convnets.detection.match_anchors` returns them.
    num : int
        How many anchors in all; fewer if there are not enough.
    positive_fraction : float
        At most which part of `num` has an object. If fewer have one, negatives fill up.
    generator : torch.Generator, optional
        Where chance comes from, on the device of `matches`.

    Returns
    -------
    Sample
        Rising indices.

    Raises
    ------
    TypeError, ValueError
        If the matches are no integers (A,), `num` is negative, or the fraction is not from 0 to 1.
    """
    matches = _checked(matches)
    if num < 0 or not 0 <= positive_fraction <= 1:
        raise ValueError(f"expected num >= 0 and a fraction from 0 to 1, got {num} and {positive_fraction}")
    positive = _draw((matches >= 0).nonzero()[:, 0], int(num * positive_fraction), generator)
    negative = _draw((matches == NEGATIVE).nonzero()[:, 0], num - len(positive), generator)
    return Sample(positive, negative)


def _checked(matches):
    return check_labels("matches", matches, matches.numel() if isinstance(matches, torch.Tensor) else 0)


def _draw(indices, num, generator):
    order = torch.randperm(len(indices), generator=generator, device=indices.device)
    return indices[order[:num]].sort().values


def hard_negatives(loss, matches, ratio=3.0):
    """Return which negatives to learn from: those of the largest loss, so many for each positive.

    Parameters
    ----------
    loss : Tensor of shape (A,)
        What each anchor costs in the present state of the detector; no gradient flows through the choice.
    matches : Tensor of shape (A,)
        As :func:`~convnets.detection.match_anchors` returns them.
    ratio : float
        How many negatives for each positive, rounded down in all.

    Returns
    -------
    Tensor of shape (A,)
        bool. None without positives; of equal losses the first anchors.

    Raises
    ------
    TypeError, ValueError
        If the matches are no integers (A,), the losses not finite or not as many, or the ratio negative.
    """
    loss, matches, num = _checked_losses(loss, matches, ratio)
    candidates = (matches == NEGATIVE).nonzero()[:, 0]
    order = loss[candidates].argsort(descending=True, stable=True)
    chosen = torch.zeros_like(matches, dtype=torch.bool)
    chosen[candidates[order[:num]]] = True
    return chosen


def _checked_losses(loss, matches, ratio):
    matches = _checked(matches)
    if ratio < 0:
        raise ValueError(f"ratio must not be negative, got {ratio}")
    return check_scores("loss", loss, len(matches)).detach(), matches, int(ratio * int((matches >= 0).sum()))


def hard_negatives_loops(loss, matches, ratio=3.0):
    """Return what :func:`hard_negatives` returns, one largest loss after another: the definition."""
    loss, matches, num = _checked_losses(loss, matches, ratio)
    values, left = loss.tolist(), [index for index, match in enumerate(matches.tolist()) if match == NEGATIVE]
    chosen = torch.zeros(len(values), dtype=torch.bool)
    while left and num > 0:
        hardest = max(left, key=lambda index: values[index])
        left.remove(hardest)
        chosen[hardest] = True
        num -= 1
    return chosen
