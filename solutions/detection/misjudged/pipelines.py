"""Detectors whose parts were joined in another way: mistakes of the exercise `detect_objects`."""

import numpy as np

__all__ = [
    "background_is_a_class",
    "background_not_asked",
    "classes_suppress_each_other",
    "columns_before_rows",
    "maps_reshaped_only",
    "not_cut_at_the_border",
    "numbers_of_a_box_apart",
    "one_class_per_anchor",
    "sigmoid_for_softmax",
]


def numbers_of_a_box_apart(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(-1, A, H, W).transpose(2, 3, 1, 0).reshape(len(anchors), -1)
    t = code_maps.reshape(4, A, H, W).transpose(2, 3, 1, 0).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def maps_reshaped_only(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    z = class_maps.reshape(len(anchors), -1)
    t = code_maps.reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def columns_before_rows(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(3, 2, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(3, 2, 0, 1).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def background_is_a_class(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def background_not_asked(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    z = z[:, 1:]
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def sigmoid_for_softmax(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    p = ((1 + np.tanh(z / 2)) / 2)[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def classes_suppress_each_other(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = list(out)
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def one_class_per_anchor(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e]).clip(0, np.tile(image_shape[::-1], 2))
    a = np.flatnonzero(p.max(axis=1) > threshold)
    k = p[a].argmax(axis=1)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]


def not_cut_at_the_border(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
    H, W = class_maps.shape[1:]
    A = len(anchors) // (H * W)
    z = class_maps.reshape(A, -1, H, W).transpose(2, 3, 0, 1).reshape(len(anchors), -1)
    t = code_maps.reshape(A, 4, H, W).transpose(2, 3, 0, 1).reshape(-1, 4)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True))[:, 1:]
    s = anchors[:, 2:] - anchors[:, :2]
    c, e = anchors[:, :2] + s / 2 + t[:, :2] * s, s * np.exp(t[:, 2:]) / 2
    box = np.hstack([c - e, c + e])
    a, k = np.nonzero(p > threshold)
    box, score, out = box[a], p[a, k], []
    for i in np.argsort(-score, kind="stable"):
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]
