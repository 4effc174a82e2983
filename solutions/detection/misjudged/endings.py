"""Detectors whose last steps come in another order: mistakes of the exercise `detect_objects`."""

import numpy as np

__all__ = [
    "least_sure_first",
    "order_of_classes",
    "suppressed_before_clipping",
    "top_before_suppression",
]


def least_sure_first(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
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
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top][::-1]
    return box[out], k[out], score[out]


def order_of_classes(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
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
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = sorted(out[:top], key=lambda i: (k[i], -score[i]))
    return box[out], k[out], score[out]


def suppressed_before_clipping(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
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
    return box[out].clip(0, np.tile(image_shape[::-1], 2)), k[out], score[out]


def top_before_suppression(class_maps, code_maps, anchors, image_shape, threshold, overlap, top):
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
    for i in np.argsort(-score, kind="stable")[:top]:
        rival = [j for j in out if k[j] == k[i]]
        q = box[rival]
        both = (np.minimum(q[:, 2:], box[i, 2:]) - np.maximum(q[:, :2], box[i, :2])).clip(0).prod(axis=1)
        area = (q[:, 2:] - q[:, :2]).prod(axis=1) + (box[i, 2:] - box[i, :2]).prod()
        if not (both / (area - both) > overlap).any():
            out.append(i)
    out = out[:top]
    return box[out], k[out], score[out]
