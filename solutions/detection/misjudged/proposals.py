"""Proposals made in another order: mistakes of the exercise `propose_regions`."""

import numpy as np

__all__ = [
    "all_that_survive",
    "best_cut_after_suppression",
    "best_cut_before_the_small_go",
    "clipped_at_the_other_side",
    "never_clipped",
    "one_long_side_is_enough",
    "size_before_clipping",
    "size_by_area",
    "size_itself_is_too_small",
    "sizes_not_exponential",
    "suppressed_before_clipping",
    "worst_first",
]


def never_clipped(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def clipped_at_the_other_side(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [h, w, h, w])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def suppressed_before_clipping(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = raw, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def best_cut_after_suppression(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:before][:after]
    return box[kept], scores[kept]


def best_cut_before_the_small_go(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[:before]
    order = order[big[order]]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def size_by_area(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2]).prod(axis=1) >= min_size**2
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def size_itself_is_too_small(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] > min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def one_long_side_is_enough(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).any(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def size_before_clipping(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (raw[:, 2:] - raw[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def worst_first(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]


def all_that_survive(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * np.exp(codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    return box[kept], scores[kept]


def sizes_not_exponential(anchors, codes, scores, image_shape, min_size, before, after, threshold):
    (h, w), s = image_shape, anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + codes[:, :2] * s, s * (1 + codes[:, 2:]) / 2
    raw = np.hstack([c - e, c + e])
    box = raw.clip(0, [w, h, w, h])
    big = (box[:, 2:] - box[:, :2] >= min_size).all(axis=1)
    order = np.argsort(-scores, kind="stable")
    order = order[big[order]][:before]
    near, kept = box, []
    for i in order:
        q = near[kept]
        both = (np.minimum(q[:, 2:], near[i, 2:]) - np.maximum(q[:, :2], near[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (near[i, 2:] - near[i, :2]).prod()
        if not (both / (area - both) > threshold).any():
            kept.append(i)
    kept = kept[:after]
    return box[kept], scores[kept]
