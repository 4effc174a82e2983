"""Masks compared with the wrong target: mistakes of the exercise `mask_loss`."""

import numpy as np

__all__ = [
    "all_classes_counted",
    "classes_compete",
    "gradient_of_the_sum",
    "large_outputs_overflow",
    "looked_up_at_the_edges",
    "number_for_the_class",
    "rows_along_x",
    "sum_for_mean",
    "target_left_out_of_the_gradient",
    "whole_mask_shrunk",
]


def classes_compete(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(np.maximum(np.where(t == 1, p[k], 1 - p[k]), 1e-300)).mean()
    grad = p * (t[:, None] / z.size)
    grad[k] -= t / z.size
    return loss, grad


def all_classes_counted(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = np.s_[:], np.zeros(logits.shape)
    t = t[:, None] * (np.arange(logits.shape[1]) == labels[matches][:, None])[:, :, None, None]
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad


def number_for_the_class(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), matches % logits.shape[1]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad


def whole_mask_shrunk(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(np.tile([0, 0, *masks.shape[:0:-1]], (R, 1))):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad


def rows_along_x(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x].T
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad


def looked_up_at_the_edges(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), np.arange(M) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad


def sum_for_mean(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).sum()
    grad[k] = (1 + np.tanh(z / 2)) / 2 - t
    return loss, grad


def gradient_of_the_sum(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = (1 + np.tanh(z / 2)) / 2 - t
    return loss, grad


def target_left_out_of_the_gradient(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 * (1 - (1 + np.tanh(z / 2)) / 2)) / z.size
    return loss, grad


def large_outputs_overflow(logits, matches, labels, regions, masks):
    R, _, M, _ = logits.shape
    t, s = np.zeros((R, M, M)), (np.arange(M) + 0.5) / M
    for r, (x1, y1, x2, y2) in enumerate(regions):
        y, x = (y1 + (y2 - y1) * s).astype(int), (x1 + (x2 - x1) * s).astype(int)
        t[r] = masks[matches[r]][y][:, x]
    k, grad = (np.arange(R), labels[matches]), np.zeros(logits.shape)
    z = logits[k]
    with np.errstate(over="ignore", invalid="ignore"):
        loss = (np.log(1 + np.exp(z)) - z * t).mean()
    grad[k] = ((1 + np.tanh(z / 2)) / 2 - t) / z.size
    return loss, grad
