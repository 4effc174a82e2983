"""Negatives that should not count, and the other way round: mistakes of the exercise `mine_negatives`."""

import numpy as np

__all__ = [
    "background_not_counted",
    "divided_by_all_that_count",
    "easiest_kept",
    "hardest_of_the_batch",
    "images_without_objects_count",
    "lowest_background_output",
    "negatives_not_in_the_loss",
    "numbers_for_classes",
    "positives_among_the_hard",
    "surest_of_an_object",
    "three_in_all",
]


def numbers_for_classes(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = m[pos] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def background_not_counted(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]]
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def easiest_kept(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(np.where(pos, np.inf, cost))[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def hardest_of_the_batch(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    cost = np.where(keep, -np.inf, -log_p[:, :, 0]).ravel()
    num = min(ratio * keep.sum(), (~keep).sum())
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
    keep.ravel()[np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def positives_among_the_hard(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = -log_p[n, :, 0]
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def three_in_all(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio, (~pos).sum()) if pos.any() else 0
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def lowest_background_output(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -logits[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def surest_of_an_object(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, log_p[n, :, 1:].max(axis=1))
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def images_without_objects_count(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * max(1, pos.sum()), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())


def divided_by_all_that_count(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[keep].sum()
    return t, keep, loss / max(1, keep.sum())


def negatives_not_in_the_loss(matches, labels, logits, ratio):
    z = logits - logits.max(axis=2, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    t, keep = np.zeros(matches.shape, dtype=int), matches >= 0
    for n, m in enumerate(matches):
        pos = m >= 0
        t[n, pos] = labels[n][m[pos]] + 1
        cost = np.where(pos, -np.inf, -log_p[n, :, 0])
        num = min(ratio * pos.sum(), (~pos).sum())
        keep[n, np.argsort(-cost)[:num]] = True
    loss = -np.take_along_axis(log_p, t[:, :, None], axis=2)[matches >= 0].sum()
    return t, keep, loss / max(1, (matches >= 0).sum())
