"""The script of the clinic with one illness left in it, once for each; notebooks know `np` and nothing "
"else."""

import numpy as np

__all__ = [
    "decay_still_without_the_rate",
    "dropout_still_in_the_test",
    "gradient_still_of_the_sum",
    "gradients_still_add_up",
    "labels_still_in_file_order",
    "pixels_still_raw",
    "tested_by_its_own_mean",
]


def pixels_still_raw(x, y, x_test, parts, batches, dropped, rate, decay):
    x_test = (x_test - x.mean(0)) / x.std(0)
    (A, a, B, b), losses = [1.0 * part for part in parts], []
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = (p - np.eye(len(b))[y[i]]) / len(i)
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def tested_by_its_own_mean(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - images.mean(0)) / images.std(0) for images in (x, x_test))
    (A, a, B, b), losses = [1.0 * part for part in parts], []
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = (p - np.eye(len(b))[y[i]]) / len(i)
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def labels_still_in_file_order(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - x.mean(0)) / x.std(0) for images in (x, x_test))
    (A, a, B, b), losses, t = [1.0 * part for part in parts], [], 0
    for i, d in zip(batches, dropped, strict=True):
        labels, t = y[t * len(i) : (t + 1) * len(i)], t + 1
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), labels]).mean())
        g = (p - np.eye(len(b))[labels]) / len(i)
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def gradient_still_of_the_sum(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - x.mean(0)) / x.std(0) for images in (x, x_test))
    (A, a, B, b), losses = [1.0 * part for part in parts], []
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = p - np.eye(len(b))[y[i]]
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def gradients_still_add_up(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - x.mean(0)) / x.std(0) for images in (x, x_test))
    (A, a, B, b), losses, kept = [1.0 * part for part in parts], [], [0, 0, 0, 0]
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = (p - np.eye(len(b))[y[i]]) / len(i)
        k = g @ B.T * d * (h > 0)
        kept = [o + s for o, s in zip(kept, (x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)), strict=True)]
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), kept, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def decay_still_without_the_rate(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - x.mean(0)) / x.std(0) for images in (x, x_test))
    (A, a, B, b), losses = [1.0 * part for part in parts], []
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = (p - np.eye(len(b))[y[i]]) / len(i)
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * s - decay * w for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)


def dropout_still_in_the_test(x, y, x_test, parts, batches, dropped, rate, decay):
    x, x_test = ((images - x.mean(0)) / x.std(0) for images in (x, x_test))
    (A, a, B, b), losses = [1.0 * part for part in parts], []
    for i, d in zip(batches, dropped, strict=True):
        h = np.maximum(x[i] @ A + a, 0) * d
        p = np.exp(h @ B + b - (h @ B + b).max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(i)), y[i]]).mean())
        g = (p - np.eye(len(b))[y[i]]) / len(i)
        k = g @ B.T * d * (h > 0)
        steps = x[i].T @ k, k.sum(0), h.T @ g, g.sum(0)
        A, a, B, b = (w - rate * (s + decay * w) for w, s in zip((A, a, B, b), steps, strict=True))
    z = np.maximum(x_test @ A + a, 0) * d @ B + b
    p = np.exp(z - z.max(1, keepdims=True))
    return np.array(losses), [A, a, B, b], p / p.sum(1, keepdims=True)
