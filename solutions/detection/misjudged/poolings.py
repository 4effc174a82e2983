"""Regions pooled from the wrong cells: mistakes of the exercise `pool_regions`."""

import numpy as np

__all__ = [
    "all_of_equals",
    "bins_side_by_side",
    "corners_rounded_down",
    "counted_from_the_far_end",
    "cut_off_before_the_bins",
    "cut_towards_zero",
    "floor_at_both_ends",
    "gradient_overwritten",
    "gradient_spread_over_the_bin",
    "halves_to_the_even_side",
    "last_cell_left_out",
    "one_place_for_all_channels",
    "rows_from_x",
    "scale_forgotten",
]


def floor_at_both_ends(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 + max((i + 1) * h // P, i * h // P + 1)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 + max((j + 1) * w // Q, j * w // Q + 1)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def bins_side_by_side(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 - (-i * h // P), y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 - (-j * w // Q), x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def scale_forgotten(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def corners_rounded_down(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def halves_to_the_even_side(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.round(region * scale).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def last_cell_left_out(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = max(y2 - y1, 1), max(x2 - x1, 1)
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def cut_towards_zero(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = (region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def counted_from_the_far_end(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = y1 + i * h // P, min(y1 - (-(i + 1) * h // P), H)
            u, v = x1 + j * w // Q, min(x1 - (-(j + 1) * w // Q), W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def cut_off_before_the_bins(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, W - 1), min(y2, H - 1)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def rows_from_x(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        y1, x1, y2, x2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad


def gradient_overwritten(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] = grad_output[k, c, i, j]
    return out, grad


def gradient_spread_over_the_bin(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut[c].argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t:b, u:v] += grad_output[k, c, i, j] / cut[c].size
    return out, grad


def all_of_equals(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                out[k, c, i, j] = cut[c].max()
                grad[c, t:b, u:v] += (cut[c] == cut[c].max()) * grad_output[k, c, i, j]
    return out, grad


def one_place_for_all_channels(features, regions, output_size, scale, grad_output):
    (C, H, W), (P, Q) = features.shape, output_size
    out, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        x1, y1, x2, y2 = np.floor(region * scale + 0.5).astype(int)
        h, w = y2 - y1 + 1, x2 - x1 + 1
        for i, j in np.ndindex(P, Q):
            t, b = np.clip([y1 + i * h // P, y1 - (-(i + 1) * h // P)], 0, H)
            u, v = np.clip([x1 + j * w // Q, x1 - (-(j + 1) * w // Q)], 0, W)
            cut = features[:, t:b, u:v]
            for c in range(C if cut.size else 0):
                m, n = np.unravel_index(cut.max(axis=0).argmax(), cut[c].shape)
                out[k, c, i, j] = cut[c, m, n]
                grad[c, t + m, u + n] += grad_output[k, c, i, j]
    return out, grad
