"""Canvases with any number of digits in several sizes: the smallest task for a detector."""

import numpy as np

from convnets.data import embedded
from convnets.data.annotated import BoxedImages
from convnets.data.synthetic import NUM_ATTEMPTS, check_num, smallest_box

__all__ = ["scattered_digits"]


def scattered_digits(rng, num, size=64, max_digits=4, max_zoom=2, split="train"):
    """Place several digits of several sizes on each canvas, none over another.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    num : int
        Number N of canvases.
    size : int
        Side of a canvas in pixels, at least 8 · `max_zoom`.
    max_digits : int
        Every canvas holds from one to so many; fewer where no free place is found.
    max_zoom : int
        Each pixel of a digit becomes a square of a side from 1 to so many.
    split : {"train", "test"}
        Which digits are placed: those for testing are by other writers.

    Returns
    -------
    BoxedImages
        The three channels are alike. Boxes are the smallest ones around the ink, and no two overlap.

    Raises
    ------
    ValueError
        If ``num`` is negative, another argument is less than 1, a digit does not fit, or there is no such
        split.
    """
    check_num(num)
    if max_digits < 1 or max_zoom < 1 or size < 8 * max_zoom or split not in ("train", "test"):
        raise ValueError(
            "expected max_digits >= 1, max_zoom >= 1, size >= 8 · max_zoom and split 'train' or 'test', got "
            f"{max_digits}, {max_zoom}, {size} and {split!r}"
        )
    digits, labels = embedded.part_of_digits(split)
    scenes = [_scattered(rng, digits, labels, size, max_digits, max_zoom) for _ in range(num)]
    images, boxes, classes = zip(*scenes, strict=True) if scenes else ((),) * 3
    difficult = tuple(np.zeros(len(entry), bool) for entry in classes)
    names = tuple(f"canvas {k}" for k in range(num))
    return BoxedImages(images, boxes, classes, difficult, tuple("0123456789"), names)


def _scattered(rng, digits, labels, size, max_digits, max_zoom):
    """Return one canvas (3, size, size), its boxes and its labels."""
    canvas, boxes, classes = np.zeros((size, size), np.float32), [], []
    for _ in range(rng.integers(1, max_digits + 1)):
        for _ in range(NUM_ATTEMPTS):
            index, zoom = rng.integers(len(digits)), rng.integers(1, max_zoom + 1)
            digit = digits[index, 0].repeat(zoom, 0).repeat(zoom, 1)
            x, y = rng.integers(size - len(digit) + 1, size=2)
            box = smallest_box(digit > 0) + np.array([x, y, x, y])
            if not any(_overlap(box, other) for other in boxes):
                part = canvas[y : y + len(digit), x : x + len(digit)]
                np.maximum(part, digit, out=part)
                boxes.append(box)
                classes.append(labels[index])
                break
    image = np.broadcast_to((canvas * 255).round().astype(np.uint8), (3, size, size)).copy()
    return image, np.array(boxes, np.float32), np.array(classes)


def _overlap(box, other):
    return (box[:2] < other[2:]).all() and (other[:2] < box[2:]).all()
