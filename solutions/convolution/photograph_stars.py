"""Stars through a telescope: translate-and-scale in two dimensions (coverage row 2.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.convolution import conv2d_translate_and_scale
from solutions.allowances import LIBRARIES, SUMS

SECTION = "convolution.html#two-dimensions"


def photograph_stars(stars, spread, shape):
    sky = np.zeros(shape)
    for row, column, brightness in stars:
        sky[row, column] += brightness
    return conv2d_translate_and_scale(sky, spread, mode="same")


def later_star_covers(stars, spread, shape):
    height, width = spread.shape
    top, left = (height - 1) // 2, (width - 1) // 2
    canvas = np.zeros((shape[0] + height, shape[1] + width))
    for row, column, brightness in stars:
        canvas[row : row + height, column : column + width] = brightness * spread
    return canvas[top : top + shape[0], left : left + shape[1]]


def corner_on_the_star(stars, spread, shape):
    height, width = spread.shape
    canvas = np.zeros((shape[0] + height, shape[1] + width))
    for row, column, brightness in stars:
        canvas[row : row + height, column : column + width] += brightness * spread
    return canvas[: shape[0], : shape[1]]


def light_comes_round_again(stars, spread, shape):
    height, width = spread.shape
    image = np.zeros(shape)
    for row, column, brightness in stars:
        for i in range(height):
            for j in range(width):
                y, x = row + i - (height - 1) // 2, column + j - (width - 1) // 2
                image[y % shape[0], x % shape[1]] += brightness * spread[i, j]
    return image


def rows_and_columns_exchanged(stars, spread, shape):
    height, width = spread.shape
    image = np.zeros(shape)
    for column, row, brightness in stars:
        for i in range(height):
            for j in range(width):
                y, x = row + i - (height - 1) // 2, column + j - (width - 1) // 2
                if 0 <= y < shape[0] and 0 <= x < shape[1]:
                    image[y, x] += brightness * spread[i, j]
    return image


def spread_flipped(stars, spread, shape):
    height, width = spread.shape
    image = np.zeros(shape)
    for row, column, brightness in stars:
        for i in range(height):
            for j in range(width):
                y, x = row + i - (height - 1) // 2, column + j - (width - 1) // 2
                if 0 <= y < shape[0] and 0 <= x < shape[1]:
                    image[y, x] += brightness * spread[height - 1 - i, width - 1 - j]
    return image


def stars_near_the_edge_dropped(stars, spread, shape):
    height, width = spread.shape
    image = np.zeros(shape)
    for row, column, brightness in stars:
        top, left = row - (height - 1) // 2, column - (width - 1) // 2
        if top >= 0 and left >= 0 and top + height <= shape[0] and left + width <= shape[1]:
            image[top : top + height, left : left + width] += brightness * spread
    return image


def pixel_by_pixel(stars, spread, shape):
    height, width = len(spread), len(spread[0])
    image = [[0.0] * shape[1] for _ in range(shape[0])]
    for y in range(shape[0]):
        for x in range(shape[1]):
            for row, column, brightness in stars:
                i, j = y - row + (height - 1) // 2, x - column + (width - 1) // 2
                if 0 <= i < height and 0 <= j < width:
                    image[y][x] += brightness * spread[i][j]
    return np.array(image)


def larger_canvas_then_crop(stars, spread, shape):
    height, width = np.shape(spread)
    canvas = np.zeros((shape[0] + height - 1, shape[1] + width - 1), dtype=np.float32, order="F")
    for row, column, brightness in stars:
        canvas[row : row + height, column : column + width] += np.float32(brightness) * spread
    top, left = (height - 1) // 2, (width - 1) // 2
    return canvas[top : top + shape[0], left : left + shape[1]]


def hidden(rng):
    def sky(shape, number):
        where = zip(rng.integers(0, shape[0], number), rng.integers(0, shape[1], number), strict=True)
        return [(int(row), int(column), float(rng.integers(1, 9))) for row, column in where]

    for shape, size in (((9, 12), (3, 3)), ((8, 7), (3, 5)), ((10, 8), (4, 2))):
        spread = rng.integers(0, 6, size) + np.eye(*size)
        inner = [(4, 3, 2.0), (3, 4, 5.0), (5, 3, 1.5)]
        yield Case("meeting", f"neighbours, spread {size[0]} × {size[1]}", (inner, spread, shape))
        corners = [
            (0, 0, 1.0),
            (0, shape[1] - 1, 2.0),
            (shape[0] - 1, 0, 3.0),
            (shape[0] - 1, shape[1] - 1, 4.0),
        ]
        yield Case("edge", f"four corners, spread {size[0]} × {size[1]}", (corners, spread, shape))
        yield Case("edge", "a crowded sky", (sky(shape, 12), rng.normal(size=size), shape))
    yield Case("edge", "a spread larger than the sensor", ([(1, 0, 2.0)], rng.normal(size=(5, 7)), (2, 3)))
    yield Case("worked", "one bright star", ([(2, 3, 7.0)], rng.normal(size=(3, 5)), (5, 7)))


EXERCISE = Exercise(
    name="photograph_stars",
    title="Stars through a telescope",
    task=(
        "A star is a point, but no telescope draws it as one: its light spreads over a small patch of "
        "pixels, always the same patch, called the *point-spread function*. A photograph of the sky is a "
        "convolution by **translate-and-scale**: one shifted copy of the patch for every star, as bright as "
        "the star, all of them added.\n\n"
        "Write `photograph_stars(stars, spread, shape)`. Each star is a tuple `(row, column, brightness)`, "
        "and the pixel of `spread` that belongs on the star is the one at row `(K_h - 1) // 2` and column "
        "`(K_w - 1) // 2`: the middle, if the sides are odd. The sensor has `shape = (H, W)` pixels; light "
        "that falls beside it is lost."
    ),
    reference=photograph_stars,
    groups=(
        Group("worked", 3, "The lecture's numbers and a single star"),
        Group("meeting", 3, "Stars whose light overlaps"),
        Group("edge", 4, "Stars at the edge of the sensor"),
    ),
    public=(
        Case(
            "worked", "a single star", ([(2, 2, 10.0)], np.array([[1, 2, 0], [0, 4, 0], [0, 0, 3]]), (4, 5))
        ),
        Case(
            "worked",
            "the lecture's 3 × 3 image * 2 × 2 kernel",
            (
                [
                    (0, 0, 1.0),
                    (0, 1, 3.0),
                    (0, 2, 1.0),
                    (1, 1, -1.0),
                    (1, 2, 1.0),
                    (2, 0, 2.0),
                    (2, 1, 2.0),
                    (2, 2, -1.0),
                ],
                np.array([[1, 2], [0, -1]]),
                (4, 4),
            ),
        ),
        Case(
            "meeting",
            "two stars side by side",
            ([(1, 1, 1.0), (1, 2, 10.0)], np.array([[1, 2, 3]]), (3, 5)),
        ),
        Case(
            "edge",
            "a star in the corner",
            ([(0, 3, 1.0)], np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), (3, 4)),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            later_star_covers,
            "Where the light of two stars falls on the same pixels, only the last star was seen. Light does "
            "not hide light: each copy is added to what the sensor has already collected.",
            SECTION,
        ),
        Mistake(
            corner_on_the_star,
            "Your stars have wandered down and to the right: you laid the patch's top left corner on the "
            "star. Its middle belongs there, so the patch begins (K_h − 1) // 2 rows above the star.",
            SECTION,
        ),
        Mistake(
            light_comes_round_again,
            "Light that left the sensor on one side came in on the other. In Python a negative index counts "
            "from the end, and a remainder goes round; a sensor has edges, and what falls beside it is "
            "lost.",
            SECTION,
        ),
        Mistake(
            rows_and_columns_exchanged,
            "Your sky is reflected in its diagonal: the first number of a star is its row (how far down), "
            "the second its column (how far to the right). Arrays are indexed [row, column], not (x, y).",
            SECTION,
        ),
        Mistake(
            spread_flipped,
            "You turned the patch round. Flipping belongs to flip-and-filter; here each star simply draws "
            "the patch as it is, and a single star shows the patch upright.",
            "convolution.html#flip-and-filter",
        ),
        Mistake(
            stars_near_the_edge_dropped,
            "Stars near the edge are missing. Part of their light misses the sensor, but the other part "
            "arrives: keep the piece of the patch that lies inside.",
            SECTION,
        ),
    ),
    variants=(pixel_by_pixel, larger_canvas_then_crop),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "For one star in the middle of a large sensor this is one line: add `brightness * spread` to a "
        "slice. What goes wrong near the edge?",
        "You need not cut the patch. Draw on a canvas that is larger than the sensor, so that every patch "
        "fits, and crop at the end.",
        "With a canvas of `H + K_h - 1` rows and `W + K_w - 1` columns, the star at `(row, column)` adds to "
        "the slice that begins exactly at `[row, column]`; the sensor then begins at `[(K_h - 1) // 2, (K_w "
        "- 1) // 2]`.",
    ),
    section=SECTION,
)
