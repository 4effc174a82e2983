"""Boxes suppressed that should have stayed, and the other way round: mistakes of the exercise "
"`suppress_doubles`."""

import numpy as np

__all__ = [
    "all_classes_together",
    "boxes_for_numbers",
    "class_after_class",
    "in_the_order_given",
    "later_one_wins_a_tie",
    "lowest_score_first",
    "only_the_best_one_suppresses",
    "the_suppressed_suppress",
    "threshold_itself_is_too_much",
]


def the_suppressed_suppress(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    order, out = np.argsort(-scores, kind="stable"), []
    for n, i in enumerate(order):
        if not any(bad[i, j] and labels[i] == labels[j] for j in order[:n]):
            out.append(i)
    return np.array(out, dtype=int)


def lowest_score_first(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for i in np.argsort(scores, kind="stable"):
        if not any(bad[i, j] and labels[i] == labels[j] for j in out):
            out.append(i)
    return np.array(out, dtype=int)


def all_classes_together(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for i in np.argsort(-scores, kind="stable"):
        if not any(bad[i, j] for j in out):
            out.append(i)
    return np.array(out, dtype=int)


def boxes_for_numbers(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for i in np.argsort(-scores, kind="stable"):
        if not any(bad[i, j] and labels[i] == labels[j] for j in out):
            out.append(i)
    return boxes[np.array(out, dtype=int)]


def in_the_order_given(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for i in np.argsort(-scores, kind="stable"):
        if not any(bad[i, j] and labels[i] == labels[j] for j in out):
            out.append(i)
    return np.array(sorted(out), dtype=int)


def class_after_class(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for c in np.unique(labels):
        for i in np.argsort(-scores, kind="stable"):
            if labels[i] == c and not any(bad[i, j] and labels[i] == labels[j] for j in out):
                out.append(i)
    return np.array(out, dtype=int)


def threshold_itself_is_too_much(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) >= threshold
    out = []
    for i in np.argsort(-scores, kind="stable"):
        if not any(bad[i, j] and labels[i] == labels[j] for j in out):
            out.append(i)
    return np.array(out, dtype=int)


def later_one_wins_a_tie(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    out = []
    for i in np.argsort(scores, kind="stable")[::-1]:
        if not any(bad[i, j] and labels[i] == labels[j] for j in out):
            out.append(i)
    return np.array(out, dtype=int)


def only_the_best_one_suppresses(boxes, scores, labels, threshold):
    x, y, r, b = boxes.T
    w = np.minimum.outer(r, r) - np.maximum.outer(x, x)
    h = np.minimum.outer(b, b) - np.maximum.outer(y, y)
    common, area = w.clip(0) * h.clip(0), (r - x) * (b - y)
    bad = common / (np.add.outer(area, area) - common) > threshold
    order, best = np.argsort(-scores, kind="stable"), {}
    for i in order:
        best.setdefault(int(labels[i]), i)
    out = [i for i in order if i == best[int(labels[i])] or not bad[i, best[int(labels[i])]]]
    return np.array(out, dtype=int)
