"""Which anchor is to find which object (chapter *Detection*, section matching).

An anchor learns to find the object it overlaps most, if it overlaps it enough; one that overlaps none enough
learns to say so; those in between learn nothing. Sources: S. Ren et al., "Faster R-CNN" (2015), section
3.1.2; W. Liu et al., "SSD" (2016), section 2.2, whose bipartite step is the rescue below. Faster R-CNN
rescues every anchor that shares an object's highest overlap; here it is one for each object.
"""

import torch

from convnets.detection.arguments import as_floats, check_threshold

__all__ = ["IGNORED", "NEGATIVE", "match_anchors", "match_anchors_loops"]

NEGATIVE = -1
"""The match of an anchor that is to say that there is nothing."""
IGNORED = -2
"""The match of an anchor that is asked nothing."""


def match_anchors(iou, positive=0.7, negative=0.3, rescue=True):
    """Match anchors with objects by how much they overlap.

    Parameters
    ----------
    iou : Tensor of shape (B, A)
        Of objects with anchors, from 0 to 1, as ``box_iou(objects, anchors)`` returns it.
    positive : float
        From which overlap on an anchor is matched with the object that it overlaps most, of equals the first.
    negative : float
        Below which overlap with every object an anchor is negative. Between the two it is ignored.
    rescue : bool
        Whether every object gets an anchor of its own, however little they overlap: the pair that overlaps
        most is matched, then of the other objects and anchors the pair that overlaps most, and so on. Of
        equals the first object, then the first anchor, is served. Only an object that overlaps no anchor that
        is still free goes without.

    Returns
    -------
    Tensor of shape (A,)
        int64: the index of the object, `NEGATIVE` or `IGNORED`. Without objects all are negative.

    Raises
    ------
    TypeError, ValueError
        If the overlaps are no matrix of numbers from 0 to 1, or not 0 <= negative <= positive <= 1.
    """
    iou = _checked(iou, positive, negative)
    if not len(iou):
        return torch.full(iou.shape[1:], NEGATIVE, device=iou.device)
    overlap, matches = _highest(iou)
    matches[overlap < positive] = IGNORED
    matches[overlap < negative] = NEGATIVE
    if rescue:
        _rescue(iou.clone(), matches)
    return matches


def _highest(iou):
    """Return the largest overlap of each anchor, and the first object with it."""
    return iou.amax(dim=0), iou.argmax(dim=0)


def _rescue(iou, matches):
    for _ in range(min(iou.shape)):
        row, column = divmod(int(iou.argmax()), iou.shape[1])
        if iou[row, column] <= 0:
            return
        matches[column] = row
        iou[row], iou[:, column] = 0, 0


def _checked(iou, positive, negative):
    iou = as_floats("iou", iou, (None, None)).detach()
    check_threshold("positive", positive)
    check_threshold("negative", negative)
    if negative > positive:
        raise ValueError(f"expected negative <= positive, got {negative} and {positive}")
    if iou.numel() and not 0 <= float(iou.min()) <= float(iou.max()) <= 1:
        raise ValueError(f"iou must be from 0 to 1, got {float(iou.min())} to {float(iou.max())}")
    return iou


def match_anchors_loops(iou, positive=0.7, negative=0.3, rescue=True):
    """Return what :func:`match_anchors` returns, anchor by anchor and pair by pair: the definition."""
    rows = _checked(iou, positive, negative).tolist()
    matches = []
    for anchor in range(iou.shape[1]):
        overlap, best = max(((row[anchor], -index) for index, row in enumerate(rows)), default=(0.0, 0))
        matches.append(
            -best if rows and overlap >= positive else IGNORED if overlap >= negative else NEGATIVE
        )
    if not rows:
        matches = [NEGATIVE] * iou.shape[1]
    pairs = [(-value, index, anchor) for index, row in enumerate(rows) for anchor, value in enumerate(row)]
    served, taken = set(), set()
    for value, index, anchor in sorted(pairs) if rescue else []:
        if value < 0 and index not in served and anchor not in taken:
            matches[anchor] = index
            served.add(index)
            taken.add(anchor)
    return torch.tensor(matches, dtype=torch.int64)
