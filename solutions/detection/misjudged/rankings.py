"""Average precisions as they come out wrong: mistakes of the exercise `rank_and_score`."""

import numpy as np

__all__ = [
    "difficult_ones_are_asked_for",
    "difficult_ones_are_false_alarms",
    "difficult_ones_in_the_denominator",
    "doubles_are_right",
    "half_is_not_enough",
    "images_apart",
    "later_one_wins_a_tie",
    "levels_past_the_recall",
    "missed_objects_forgotten",
    "next_best_object_taken",
    "no_envelope",
    "one_precision_per_image",
    "precision_just_at_the_level",
    "scores_not_sorted",
]


def doubles_are_right(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def difficult_ones_are_asked_for(scores, overlaps, difficult):
    rows = []
    for s, o in zip(scores, overlaps, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            rows.append((s[d], b >= 0 and b not in seen))
            seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum(len(h) for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def difficult_ones_are_false_alarms(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            rows.append((s[d], b >= 0 and not h[b] and b not in seen))
            seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def difficult_ones_in_the_denominator(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum(len(h) for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def images_apart(scores, overlaps, difficult):
    rows, aps = [], []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((-len(aps), s[d], b >= 0 and b not in seen))
                seen.add(b)
        aps.append(0)
    good = np.array([r[2] for r in sorted(rows, key=lambda r: (-r[0], -r[1]))], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def one_precision_per_image(scores, overlaps, difficult):
    def of_one(scores, overlaps, difficult):
        rows = []
        for s, o, h in zip(scores, overlaps, difficult, strict=True):
            seen = set()
            for d in np.argsort(-s, kind="stable"):
                b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
                if b < 0 or not h[b]:
                    rows.append((s[d], b >= 0 and b not in seen))
                    seen.add(b)
        good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
        n = sum((~h).sum() for h in difficult)
        r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
        full = np.maximum.accumulate(p[::-1])[::-1]
        eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
        return eleven, (np.diff(r, prepend=0) * full).sum()

    images = [[[s], [o], [h]] for s, o, h in zip(scores, overlaps, difficult, strict=True) if not h.all()]
    return tuple(np.mean([of_one(*image) for image in images], axis=0))


def scores_not_sorted(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in range(len(s)):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in rows], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def next_best_object_taken(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            f = [-1 if c in seen else v for c, v in enumerate(o[d])]
            b = int(np.argmax(f)) if max(f, default=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def half_is_not_enough(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) > 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def no_envelope(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * p).sum()


def later_one_wins_a_tie(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores[::-1], overlaps[::-1], difficult[::-1], strict=True):
        seen = set()
        for d in np.argsort(s, kind="stable")[::-1]:
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def levels_past_the_recall(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t].max(initial=0) for t in np.linspace(0, 1, 11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def precision_just_at_the_level(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = sum((~h).sum() for h in difficult)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10][:1].sum() for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()


def missed_objects_forgotten(scores, overlaps, difficult):
    rows = []
    for s, o, h in zip(scores, overlaps, difficult, strict=True):
        seen = set()
        for d in np.argsort(-s, kind="stable"):
            b = int(o[d].argmax()) if o[d].max(initial=0) >= 0.5 else -1
            if b < 0 or not h[b]:
                rows.append((s[d], b >= 0 and b not in seen))
                seen.add(b)
    good = np.array([r[1] for r in sorted(rows, key=lambda r: -r[0])], dtype=float)
    n = max(good.sum(), 1)
    r, p = good.cumsum() / n, good.cumsum() / np.arange(1, len(good) + 1)
    full = np.maximum.accumulate(p[::-1])[::-1]
    eleven = np.mean([p[r >= t / 10].max(initial=0) for t in range(11)])
    return eleven, (np.diff(r, prepend=0) * full).sum()
