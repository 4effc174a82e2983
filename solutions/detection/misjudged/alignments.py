"""Regions aligned with the wrong places: mistakes of the exercise `align_regions`."""

import numpy as np

__all__ = [
    "corners_rounded",
    "half_a_cell_forgotten",
    "nearest_cell",
    "nothing_beyond_the_centres",
    "one_point_per_bin",
    "points_at_the_edges",
    "regions_not_scaled",
    "rows_along_x",
    "sizes_swapped",
]


def half_a_cell_forgotten(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def corners_rounded(features, regions, output_size, scale, samples):
    out = []
    for r in np.floor(regions * scale + 0.5):
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def points_at_the_edges(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + np.arange(P * samples) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def one_point_per_bin(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) // samples + 0.5) * (hi - lo) / P
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def nearest_cell(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(np.floor(v), 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def nothing_beyond_the_centres(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs((v - 0.5)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def rows_along_x(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[1 - axis], r[3 - axis], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def regions_not_scaled(features, regions, output_size, scale, samples):
    out = []
    for r in regions * 1.0:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[1 - axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)


def sizes_swapped(features, regions, output_size, scale, samples):
    out = []
    for r in regions * scale:
        A = []
        for axis in (1, 0):
            lo, hi, P, n = r[axis], r[axis + 2], output_size[axis], features.shape[2 - axis]
            v = lo + (np.arange(P * samples) + 0.5) * (hi - lo) / (P * samples)
            w = np.maximum(0, 1 - abs(np.clip(v - 0.5, 0, n - 1)[:, None] - np.arange(n)))
            A.append(w.reshape(P, samples, n).mean(axis=1))
        out.append(A[0] @ features @ A[1].T)
    return np.array(out)
