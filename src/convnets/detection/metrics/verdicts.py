"""Which detections are right: VOC's rule and COCO's (chapter *Detection*, section metrics).

Both go through the detections of one class in one image from the surest down and give each object to one
detection. They differ in what a detection may claim. VOC: the object that it overlaps most, and if that is
taken the detection is a duplicate, hence wrong (M. Everingham et al., "The PASCAL visual object classes
challenge", 2010, and its development kit, section 4.4). COCO: of the objects not yet taken the one that it
overlaps most (T.-Y. Lin et al., "Microsoft COCO", 2014, and pycocotools).
"""

import numpy as np
import torch

from convnets.detection.arguments import as_floats, check_threshold

__all__ = [
    "DISREGARDED",
    "FALSE",
    "TRUE",
    "coco_verdicts",
    "coco_verdicts_loops",
    "voc_verdicts",
    "voc_verdicts_loops",
]

TRUE, FALSE, DISREGARDED = 1, 0, -1


def voc_verdicts(iou, difficult, threshold=0.5):
    """Judge the detections of one class in one image by VOC's rule.

    Parameters
    ----------
    iou : Tensor of shape (D, B)
        Of detections, the surest first, with objects.
    difficult : Tensor of shape (B,)
        bool: detections of these are disregarded, however many.
    threshold : float
        From which overlap on a detection finds an object.

    Returns
    -------
    Tensor of shape (D,)
        int8: ``TRUE``, ``FALSE`` or ``DISREGARDED``. A detection claims the object that it overlaps most, of
        equals the first, and is wrong if a surer one has claimed it.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ or the threshold is not from 0 to 1.
    """
    iou, difficult = _checked(iou, threshold, difficult=difficult)
    verdicts = torch.zeros(len(iou), dtype=torch.int8)
    if not iou.numel():
        return verdicts
    overlap, claimed = iou.amax(dim=1), iou.argmax(dim=1)
    found = overlap >= threshold
    verdicts[found & difficult[claimed]] = DISREGARDED
    right = (found & ~difficult[claimed]).nonzero()[:, 0]
    _, first = np.unique(claimed[right].numpy(), return_index=True)  # the surest of those that claim the same
    verdicts[right[torch.from_numpy(first)]] = TRUE
    return verdicts


def voc_verdicts_loops(iou, difficult, threshold=0.5):
    """Return what :func:`voc_verdicts` returns, detection by detection: the definition."""
    iou, difficult = _checked(iou, threshold, difficult=difficult)
    verdicts, taken = [], set()
    for overlaps in iou.tolist():
        best = max(range(len(overlaps)), key=lambda index: overlaps[index], default=None)
        if best is None or overlaps[best] < threshold:
            verdicts.append(FALSE)
        elif difficult[best]:
            verdicts.append(DISREGARDED)
        else:
            verdicts.append(FALSE if best in taken else TRUE)
            taken.add(best)
    return torch.tensor(verdicts, dtype=torch.int8)


def _checked(iou, *thresholds, **marks):
    iou = as_floats("iou", iou, (None, None)).cpu().double()
    for threshold in thresholds:
        check_threshold("threshold", float(threshold))
    for name, mark in marks.items():
        if not isinstance(mark, torch.Tensor) or mark.dtype != torch.bool or mark.shape != iou.shape[1:]:
            found = f"{mark.dtype} {tuple(mark.shape)}" if isinstance(mark, torch.Tensor) else repr(mark)
            raise ValueError(f"{name} must be a tensor of {iou.shape[1]} booleans, got {found}")
    return iou, *(mark.cpu() for mark in marks.values())


def coco_verdicts(iou, thresholds, disregarded, crowd):
    """Judge the detections of one class in one image by COCO's rule, for several thresholds at once.

    Parameters
    ----------
    iou : Tensor of shape (D, B)
        Of detections, the surest first, with objects; with a crowd the share of the detection that lies
        in it.
    thresholds : Tensor of shape (T,)
        From which overlaps on a detection finds an object.
    disregarded : Tensor of shape (B,)
        bool: crowds, and objects whose size is not asked for. A detection goes to one of them only if it
        finds no other, and is disregarded then.
    crowd : Tensor of shape (B,)
        bool: objects that may be found any number of times.

    Returns
    -------
    Tensor of shape (T, D)
        int8: ``TRUE``, ``FALSE`` or ``DISREGARDED``. Of objects that a detection overlaps equally, it gets
        the last, as in pycocotools.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ or a threshold is not from 0 to 1.
    """
    thresholds = as_floats("thresholds", thresholds, (None,)).cpu().double()
    iou, disregarded, crowd = (
        values.numpy() for values in _checked(iou, *thresholds, disregarded=disregarded, crowd=crowd)
    )
    least = thresholds.numpy()[:, None]
    verdicts = np.full((len(least), len(iou)), FALSE, dtype=np.int8)
    free = np.ones((len(least), iou.shape[1]), dtype=bool)
    for index, overlaps in enumerate(iou if iou.shape[1] else []):
        fits = free & (overlaps >= least)
        asked_for = fits & ~disregarded
        fits = np.where(asked_for.any(axis=1, keepdims=True), asked_for, fits)
        best = _last_of_largest(np.where(fits, overlaps, -1))
        found = fits.any(axis=1).nonzero()[0]
        verdicts[found, index] = np.where(disregarded[best[found]], DISREGARDED, TRUE)
        free[found, best[found]] = crowd[best[found]]
    return torch.from_numpy(verdicts)


def _last_of_largest(rows):
    return rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)


def coco_verdicts_loops(iou, thresholds, disregarded, crowd):
    """Return what :func:`coco_verdicts` returns, threshold by threshold and pair by pair: the definition."""
    rows, disregarded, crowd = (
        values.tolist() for values in _checked(iou, *thresholds, disregarded=disregarded, crowd=crowd)
    )
    verdicts = torch.zeros(len(thresholds), len(rows), dtype=torch.int8)
    for level, threshold in enumerate(thresholds.tolist()):
        taken = set()
        for rank, overlaps in enumerate(rows):
            pairs = [
                (not disregarded[index], overlap, index)
                for index, overlap in enumerate(overlaps)
                if overlap >= threshold and (crowd[index] or index not in taken)
            ]
            if pairs:
                asked_for, _, best = max(pairs)
                taken.add(best)
                verdicts[level, rank] = TRUE if asked_for else DISREGARDED
    return verdicts
