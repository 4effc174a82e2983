"""Grids that are told the wrong thing: mistakes of the exercise `grid_targets`."""

import numpy as np

__all__ = [
    "border_to_the_left",
    "confidence_of_one",
    "coordinates_weigh_one",
    "empty_cells_have_classes",
    "empty_cells_say_nothing",
    "first_box_answers",
    "later_object_takes_the_cell",
    "no_root",
    "other_boxes_of_the_cell_left_alone",
    "place_in_the_image",
    "roots_taken_for_sizes",
    "row_and_column_swapped",
    "size_in_cells",
]


def place_in_the_image(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *mid, *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def row_and_column_swapped(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[x, y, :, :2] + [x, y]) / S * size, predicted[x, y, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[x, y, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[x, y, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[x, y, 5 * P + label], w[x, y, 5 * P :] = 1, 1
    return t, w


def size_in_cells(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *(ext * S) ** 0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def no_root(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def confidence_of_one(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, 1
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def first_box_answers(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = 0
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def roots_taken_for_sizes(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def empty_cells_have_classes(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    w[..., 5 * P :] = 1
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def empty_cells_say_nothing(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 4 : 5 * P : 5] = 0.5
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def other_boxes_of_the_cell_left_alone(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 4 : 5 * P : 5] = 0
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def later_object_takes_the_cell(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        t[y, x], w[y, x] = 0, 0
        w[y, x, 4 : 5 * P : 5] = 0.5
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def border_to_the_left(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum(np.maximum(np.ceil(mid * S).astype(int) - 1, 0), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 5, 5, 5, 5, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w


def coordinates_weigh_one(boxes, labels, image_shape, num_classes, predicted):
    (S, _, P, _), size = predicted.shape, np.array(image_shape[::-1])
    t, w = np.zeros((2, S, S, 5 * P + num_classes))
    w[..., 4 : 5 * P : 5] = 0.5
    seen = set()
    for box, label in zip(boxes, labels, strict=True):
        mid, ext = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        x, y = np.minimum((mid * S).astype(int), S - 1)
        if (x, y) in seen:
            continue
        seen.add((x, y))
        c, h = (predicted[y, x, :, :2] + [x, y]) / S * size, predicted[y, x, :, 2:4] ** 2 * size / 2
        both = (np.minimum(c + h, box[2:]) - np.maximum(c - h, box[:2])).clip(0).prod(axis=1)
        iou = both / ((2 * h).prod(axis=1) + (ext * size).prod() - both)
        k = iou.argmax()
        t[y, x, 5 * k : 5 * k + 5] = *(mid * S - [x, y]), *ext**0.5, iou[k]
        w[y, x, 5 * k : 5 * k + 5] = 1, 1, 1, 1, 1
        t[y, x, 5 * P + label], w[y, x, 5 * P :] = 1, 1
    return t, w
