"""Mistakes of detectors that are taken for others: mistakes of the exercise `sort_errors`."""

import numpy as np

__all__ = [
    "a_tenth_is_not_enough",
    "any_class_is_near",
    "any_class_is_right",
    "as_they_come",
    "background_from_zero_on",
    "best_object_only",
    "claimed_by_the_wrong_class",
    "class_before_double",
    "doubles_are_badly_placed",
    "half_is_not_enough",
    "in_the_order_of_scores",
    "place_before_class",
]


def as_they_come(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in range(len(labels)):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def in_the_order_of_scores(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return [out[d] for d in np.argsort(-scores, kind="stable")], ~found


def any_class_is_right(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = np.ones(len(object_labels), dtype=bool)
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def doubles_are_badly_placed(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "place"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def best_object_only(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = o * (o == o.max(initial=0)) * ~found
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def class_before_double(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def place_before_class(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        elif x >= 0.5:
            out[d] = "class"
        else:
            out[d] = "background"
    return out, ~found


def any_class_is_near(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif max(x, o.max(initial=0)) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def background_from_zero_on(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) > 0:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def a_tenth_is_not_enough(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
        elif o.max(initial=0) > 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def half_is_not_enough(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) > 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) > 0.5:
            out[d] = "double"
        elif x > 0.5:
            out[d] = "class"
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found


def claimed_by_the_wrong_class(overlaps, labels, scores, object_labels):
    out, found = [""] * len(labels), np.zeros(len(object_labels), dtype=bool)
    for d in np.argsort(-scores, kind="stable"):
        own = object_labels == labels[d]
        o = np.where(own, overlaps[d], 0)
        x = np.where(own, 0, overlaps[d]).max(initial=0)
        free = np.where(found, 0, o)
        if free.max(initial=0) >= 0.5:
            out[d] = "right"
            found[free.argmax()] = True
        elif o.max(initial=0) >= 0.5:
            out[d] = "double"
        elif x >= 0.5:
            out[d] = "class"
            found[np.where(own, 0, overlaps[d]).argmax()] = True
        elif o.max(initial=0) >= 0.1:
            out[d] = "place"
        else:
            out[d] = "background"
    return out, ~found
