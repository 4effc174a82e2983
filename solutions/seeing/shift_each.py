"""Every image moves its own way: the shift experiment's input (coverage row 1.3)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.seeing import shift
from solutions.allowances import EXACT, LIBRARIES

SECTION = "seeing.html#shift-experiment"


def shift_each(images, shifts):
    moved = [shift(images[n : n + 1], int(dy), int(dx)) for n, (dy, dx) in enumerate(shifts)]
    return np.concatenate(moved)


def pixels_come_round_again(images, shifts):
    return np.stack(
        [np.roll(image, tuple(by), axis=(0, 1)) for image, by in zip(images, shifts, strict=True)]
    )


def rows_and_columns_exchanged(images, shifts):
    out = np.zeros_like(images)
    height, width = images.shape[1:]
    for n, (dx, dy) in enumerate(shifts):
        for y in range(height):
            for x in range(width):
                if 0 <= y - dy < height and 0 <= x - dx < width:
                    out[n, y, x] = images[n, y - dy, x - dx]
    return out


def moved_the_other_way(images, shifts):
    out = np.zeros_like(images)
    height, width = images.shape[1:]
    for n, (dy, dx) in enumerate(shifts):
        for y in range(height):
            for x in range(width):
                if 0 <= y + dy < height and 0 <= x + dx < width:
                    out[n, y, x] = images[n, y + dy, x + dx]
    return out


def all_moved_alike(images, shifts):
    out = np.zeros_like(images)
    height, width = images.shape[1:]
    dy, dx = shifts[0]
    for y in range(height):
        for x in range(width):
            if 0 <= y - dy < height and 0 <= x - dx < width:
                out[:, y, x] = images[:, y - dy, x - dx]
    return out


def border_smeared(images, shifts):
    out = np.zeros_like(images)
    height, width = images.shape[1:]
    for n, (dy, dx) in enumerate(shifts):
        rows = np.clip(np.arange(height) - dy, 0, height - 1)
        columns = np.clip(np.arange(width) - dx, 0, width - 1)
        out[n] = images[n][rows][:, columns]
    return out


def moved_in_place(images, shifts):
    height, width = images.shape[1:]
    for n, (dy, dx) in enumerate(shifts):
        old = images[n].copy()
        images[n] = 0
        for y in range(height):
            for x in range(width):
                if 0 <= y - dy < height and 0 <= x - dx < width:
                    images[n, y, x] = old[y - dy, x - dx]
    return images


def pixel_by_pixel(images, shifts):
    number, height, width = images.shape
    out = np.zeros(images.shape)
    for n in range(number):
        for y in range(height):
            for x in range(width):
                row, column = y - shifts[n][0], x - shifts[n][1]
                if 0 <= row < height and 0 <= column < width:
                    out[n, y, x] = images[n, row, column]
    return out


def cut_from_a_frame(images, shifts):
    _, height, width = images.shape
    framed = np.pad(images, ((0, 0), (height, height), (width, width)))
    out = np.empty(images.shape, images.dtype, order="F")
    for n, (dy, dx) in enumerate(shifts):
        top, left = height - np.clip(dy, -height, height), width - np.clip(dx, -width, width)
        out[n] = framed[n, top : top + height, left : left + width]
    return out


def hidden(rng):
    def some(shape, shifts):
        return rng.integers(1, 10, (len(shifts), *shape)), np.array(shifts)

    yield Case("down and right", "three images", some((5, 7), [(1, 2), (2, 0), (0, 3)]))
    yield Case("any", "all directions", some((4, 6), [(-1, 2), (3, -2), (-2, -4), (0, 0), (0, -1)]))
    yield Case(
        "any", "bytes", (rng.integers(1, 256, (2, 6, 5)).astype(np.uint8), np.array([(2, -1), (-3, 1)]))
    )
    yield Case("any", "floats", (rng.normal(size=(2, 3, 8)), rng.integers(1, 3, (2, 2)) * [[1, -1], [-1, 2]]))
    yield Case("far", "out of sight", some((3, 5), [(3, 0), (0, -5), (1, 1), (-7, 2), (4, 9)]))
    yield Case("far", "one pixel", some((1, 1), [(0, 0), (1, 0), (0, -1)]))


TWO = np.array([[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]])

EXERCISE = Exercise(
    name="shift_each",
    title="Each image moves its own way",
    task=(
        "To find out whether a network survives a shift, one must shift its images first. Write "
        "`shift_each(images, shifts)`: `images` has the shape `(N, H, W)`, and row $n$ of `shifts`, of "
        "shape `(N, 2)`, says by how many pixels image $n$ moves: `dy` **down** and `dx` **to the right**, "
        "or up and to the left if negative. Where nothing moves in, the image is 0. What is pushed over the "
        "edge is lost, and an image may be pushed out of sight altogether. Return new images and leave the "
        "old ones as they are."
    ),
    reference=shift_each,
    groups=(
        Group("down and right", 4, "Down and to the right"),
        Group("any", 4, "In all directions, and not at all"),
        Group("far", 2, "So far that nothing is left"),
    ),
    public=(
        Case("down and right", "one down, one to the right", (TWO, np.array([[1, 0], [0, 1]]))),
        Case("any", "up and to the left", (TWO, np.array([[-1, 0], [0, -2]]))),
        Case("any", "not at all", (TWO[:1], np.array([[0, 0]]))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            pixels_come_round_again,
            "What you pushed out on one side came in on the other: np.roll treats the image as if its edges "
            "were glued together. Here zeros move in.",
            SECTION,
        ),
        Mistake(
            rows_and_columns_exchanged,
            "Your images moved sideways where they should have moved down. dy comes first and belongs to "
            "the rows, dx comes second and belongs to the columns.",
            SECTION,
        ),
        Mistake(
            moved_the_other_way,
            "Your images moved the other way: up where dy is positive. The pixel that arrives in row y "
            "comes from row y − dy, not y + dy.",
            SECTION,
        ),
        Mistake(
            all_moved_alike,
            "You moved every image by the first shift. Row n of shifts belongs to image n.",
            SECTION,
        ),
        Mistake(
            border_smeared,
            "You filled the gap with copies of the border. The world beyond the image is unknown; here it "
            "is taken to be black, so zeros move in.",
            SECTION,
        ),
        Mistake(
            moved_in_place,
            "You moved the images you were given, and their owner has now lost the originals. Write into a "
            "new array of zeros instead.",
            SECTION,
        ),
    ),
    variants=(pixel_by_pixel, cut_from_a_frame),
    tolerance=EXACT,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "Draw a row of five pixels and move it by two. Which of the old pixels survive, and where are they "
        "now?",
        "Begin with zeros. For `dy >= 0` the rows `0 … H - dy - 1` of the old image become the rows `dy … H "
        "- 1` of the new one. What about a negative `dy`?",
        "Safe for every shift: run over the new pixels, and copy the old pixel at `(y - dy, x - dx)` if "
        "there is one. Or pad an image with zeros on all sides and cut out the right piece. Beware of "
        "`image[:-dy]`: for 0 it is empty.",
    ),
    section=SECTION,
)
