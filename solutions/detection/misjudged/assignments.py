"""Anchors that answer for the wrong object, or for none: mistakes of the exercise `assign_anchors`."""

import numpy as np

__all__ = [
    "best_anchor_of_each_object_only",
    "first_come_first_served",
    "last_object_above_the_threshold",
    "last_of_equals",
    "later_object_overwrites",
    "loser_gets_nothing",
    "nobody_is_rescued",
    "nothing_is_ignored",
    "objects_without_overlap_rescued",
    "rescued_only_where_free",
    "thresholds_the_other_side",
]


def nobody_is_rescued(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    return out


def best_anchor_of_each_object_only(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for b, a in enumerate(iou.argmax(1)):
        out[a] = b if iou[b, a] >= positive else out[a]
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def later_object_overwrites(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    for b in range(len(iou)):
        if iou[b].max() > 0:
            out[iou[b].argmax()] = b
    return out


def first_come_first_served(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for b, _, a in sorted((b, -iou[b, a], a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def loser_gets_nothing(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done:
            out[a] = out[a] if a in taken else b
            done.add(b)
            taken.add(a)
    return out


def thresholds_the_other_side(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top <= negative, -1, -2)
    for a in np.flatnonzero(top > positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def nothing_is_ignored(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.full(len(top), -1)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def last_object_above_the_threshold(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = np.flatnonzero(iou[:, a] >= positive)[-1]
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def last_of_equals(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = np.flatnonzero(iou[:, a] == top[a])[-1]
    done, taken = set(), set()
    for _, b, a in sorted(((iou[b, a], b, a) for b, a in np.argwhere(iou > 0)), reverse=True):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def objects_without_overlap_rescued(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou >= 0)):
        if b not in done and a not in taken:
            out[a] = b
            done.add(b)
            taken.add(a)
    return out


def rescued_only_where_free(iou, positive, negative):
    top = iou.max(axis=0, initial=0)
    out = np.where(top < negative, -1, -2)
    for a in np.flatnonzero(top >= positive):
        out[a] = iou[:, a].argmax()
    done, taken = set(), set()
    for _, b, a in sorted((-iou[b, a], b, a) for b, a in np.argwhere(iou > 0)):
        if b not in done and a not in taken:
            out[a] = b if out[a] < 0 else out[a]
            done.add(b)
            taken.add(a)
    return out
