"""The horizontal flip, with boxes and masks moving along (coverage row 7.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import EXACT, LIBRARIES

SECTION = "training.html#flip"


def flip_scene(images, boxes, masks, flipped):
    images, boxes, masks = images.copy(), boxes.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, ..., ::-1], masks[flipped, :, ::-1]
    boxes[flipped, :, 0::2] = images.shape[3] - boxes[flipped, :, 2::-2]
    return images, boxes, masks


def top_and_bottom_exchanged(images, boxes, masks, flipped):
    images, boxes, masks = images.copy(), boxes.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, :, ::-1], masks[flipped, ::-1]
    boxes[flipped] = np.array([0, images.shape[2]] * 2) + boxes[flipped][..., [0, 3, 2, 1]] * [1, -1, 1, -1]
    return images, boxes, masks


def corners_not_exchanged(images, boxes, masks, flipped):
    images, boxes, masks = images.copy(), boxes.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, ..., ::-1], masks[flipped, ..., ::-1]
    boxes[flipped, :, 0::2] = images.shape[-1] - boxes[flipped, :, 0::2]
    return images, boxes, masks


def edges_taken_for_pixels(images, boxes, masks, flipped):
    images, boxes, masks = images.copy(), boxes.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, ..., ::-1], masks[flipped, ..., ::-1]
    boxes[flipped, :, 0::2] = images.shape[-1] - 1 - boxes[flipped, :, 2::-2]
    return images, boxes, masks


def mirrored_at_the_height(images, boxes, masks, flipped):
    images, boxes, masks = images.copy(), boxes.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, ..., ::-1], masks[flipped, ..., ::-1]
    boxes[flipped, :, 0::2] = images.shape[2] - boxes[flipped, :, 2::-2]
    return images, boxes, masks


def everything_flipped(images, boxes, masks, flipped):
    boxes = boxes.copy()
    boxes[..., 0::2] = images.shape[-1] - boxes[..., 2::-2]
    return images[..., ::-1], boxes, masks[..., ::-1]


def boxes_left_behind(images, boxes, masks, flipped):
    images, masks = images.copy(), masks.copy()
    images[flipped], masks[flipped] = images[flipped, ..., ::-1], masks[flipped, ..., ::-1]
    return images, boxes, masks


def masks_left_behind(images, boxes, masks, flipped):
    images, boxes = images.copy(), boxes.copy()
    images[flipped] = images[flipped, ..., ::-1]
    boxes[flipped, :, 0::2] = images.shape[-1] - boxes[flipped, :, 2::-2]
    return images, boxes, masks


def picture_by_picture(images, boxes, masks, flipped):
    width, seen = images.shape[-1], []
    for image, corners, mask, is_flipped in zip(images, boxes, masks, flipped, strict=True):
        if is_flipped:
            x1, y1, x2, y2 = corners.T
            corners = np.stack([width - x2, y1, width - x1, y2], axis=-1)
            image, mask = np.flip(image, 2), np.fliplr(mask)
        seen.append((image, corners, mask))
    return tuple(np.array([one[part] for one in seen]) for part in range(3))


def chosen_with_where(images, boxes, masks, flipped):
    turned = boxes[..., [2, 1, 0, 3]] * np.array([-1, 1, -1, 1])
    turned = turned + np.array([images.shape[3], 0, images.shape[3], 0])
    images = np.where(flipped[:, None, None, None], np.flip(images, -1), images)
    return (
        images,
        np.where(flipped[:, None, None], turned, boxes),
        np.where(flipped[:, None, None], np.flip(masks, -1), masks),
    )


def hidden(rng):
    def scene(group, label, shape, num_boxes, flipped):
        N, _, H, W = shape
        low, high = (
            rng.integers(0, [W // 2, H // 2], (N, num_boxes, 2)),
            rng.integers(1, 3, (N, num_boxes, 2)),
        )
        boxes = np.concatenate([low, low + high], axis=-1).astype(float)
        masks = rng.integers(0, 9, (N, H, W))
        return Case(group, label, (rng.integers(0, 256, shape), boxes, masks, np.array(flipped)))

    yield scene("one", "wider than high", (1, 3, 4, 7), 3, [True])
    yield scene("one", "higher than wide", (1, 2, 8, 5), 2, [True])
    yield scene("one", "no object", (1, 3, 4, 5), 0, [True])
    yield scene("batch", "the last two", (4, 3, 5, 6), 2, [False, False, True, True])
    yield scene("batch", "every second", (5, 1, 6, 4), 3, [True, False, True, False, True])
    yield scene("batch", "none", (2, 3, 4, 7), 1, [False, False])


EXERCISE = Exercise(
    name="flip_scene",
    title="Mirror a picture, and all that is drawn on it",
    task=(
        "A cat seen in a mirror is still a cat, so a training picture may be mirrored left to right at "
        "random: twice the data for nothing. But where there are boxes and masks, they must come along.\n\n"
        "Write `flip_scene(images, boxes, masks, flipped)`. The pictures of a batch for which `flipped` is "
        "true are mirrored, the others stay as they are; all three, images, boxes and masks, are returned, "
        "in this order. A box is `(x1, y1, x2, y2)`: its left, upper, right and lower *edge*, measured in "
        "pixels from the picture's left upper corner. So a box around a picture of width $W$ has $x_1 = 0$ "
        "and $x_2 = W$, and $x_1 < x_2$ always, in what you return too."
    ),
    reference=flip_scene,
    groups=(
        Group("one", 3, "A picture that is mirrored"),
        Group("batch", 3, "A batch in which only some are"),
    ),
    public=(
        Case(
            "one",
            "a box at the left edge",
            (
                np.array([[[[1, 2, 3, 4], [5, 6, 7, 8]]]]),
                np.array([[[0.0, 1, 1, 2]]]),
                np.array([[[0, 0, 0, 9], [5, 0, 0, 0]]]),
                np.array([True]),
            ),
        ),
        Case(
            "batch",
            "the second of two",
            (
                np.array([[[[1, 2, 3], [4, 5, 6]]], [[[1, 2, 3], [4, 5, 6]]]]),
                np.array([[[0.0, 0, 2, 1], [1, 1, 3, 2]], [[0, 0, 2, 1], [0, 0, 3, 2]]]),
                np.array([[[7, 7, 0], [0, 0, 0]], [[7, 7, 0], [0, 0, 0]]]),
                np.array([False, True]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            top_and_bottom_exchanged,
            "Your pictures stand on their heads: you reversed the rows. A horizontal flip reverses each row, "
            "which is the last axis of an image of shape (N, C, H, W).",
            SECTION,
        ),
        Mistake(
            corners_not_exchanged,
            "Your mirrored boxes have their left edge to the right of their right edge. The mirror exchanges "
            "the two: the new left edge is what the old right edge became.",
            SECTION,
        ),
        Mistake(
            edges_taken_for_pixels,
            "Your mirrored boxes lie one pixel too far to the left. The last *pixel* of a row has the number "
            "W − 1, but the last *edge* is W: a box around the whole picture must stay where it is.",
            SECTION,
        ),
        Mistake(
            mirrored_at_the_height,
            "You subtracted the x of your boxes from the picture's height. For square pictures nobody would "
            "have noticed; x runs from 0 to the width.",
            SECTION,
        ),
        Mistake(
            everything_flipped,
            "You mirrored every picture of the batch. Each has its own coin: where `flipped` is false, "
            "picture, boxes and mask stay as they are.",
            SECTION,
        ),
        Mistake(
            boxes_left_behind,
            "The pictures are mirrored, and their boxes are not: they now frame the places where the objects "
            "used to be. A network trained on such boxes learns nonsense without a word of warning.",
            SECTION,
        ),
        Mistake(
            masks_left_behind,
            "Pictures and boxes are mirrored, but the masks are not. A mask has a label for each pixel of "
            "the picture, so whatever moves the pixels moves the mask.",
            SECTION,
        ),
    ),
    variants=(picture_by_picture, chosen_with_where),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=1,
    minutes=15,
    hints=(
        "Take a picture of four columns and a box from edge 0 to edge 1, and draw both before and after. "
        "Where are the two edges now?",
        "Reversing the last axis is `[..., ::-1]`. An edge at $x$ goes to $W - x$, and after that the left "
        "one is the right one.",
        "`new = images.copy()`, then `new[flipped] = images[flipped][..., ::-1]`; the same for the masks. "
        "For the boxes, `x1` becomes $W$ minus the old `x2`, and `x2` becomes $W$ minus the old `x1`.",
    ),
    section=SECTION,
)
