"""Anchors of several sizes and ratios at each place of a feature map (coverage row 12.5)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS

SECTION = "detection.html#anchors"


def lay_anchors(map_shape, image_shape, sizes, ratios):
    (H, W), (height, width) = map_shape, image_shape
    anchors = []
    for row in range(H):
        for column in range(W):
            x, y = (column + 0.5) * width / W, (row + 0.5) * height / H
            for size in sizes:
                for ratio in ratios:
                    w, h = size / ratio**0.5, size * ratio**0.5
                    anchors.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    anchors = np.array(anchors)
    is_inside = (anchors[:, :2] >= 0).all(axis=1) & (anchors[:, 2:] <= (width, height)).all(axis=1)
    return anchors, is_inside


def ratio_without_the_root(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s, s * r], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def ratio_upside_down(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s * r**0.5, s / r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def x_from_the_row(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([i * step[0] + 0 * s, j * step[1] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def centred_on_the_corner(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1)
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def strides_rounded_down(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) // map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def shape_by_shape(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).swapaxes(0, 1).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def column_by_column(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    j, i = np.indices(map_shape[::-1]).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape[::-1]).all(1)


def inside_by_its_centre(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, np.ones(len(out), dtype=bool)


def limits_of_the_image_swapped(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] >= 0).all(1) & (out[:, 2:] <= image_shape).all(1)


def border_left_out(map_shape, image_shape, sizes, ratios):
    s, r = (v.ravel() for v in np.meshgrid(sizes, ratios, indexing="ij"))
    half = np.stack([s / r**0.5, s * r**0.5], axis=1) / 2
    step = np.array(image_shape) / map_shape
    i, j = np.indices(map_shape).reshape(2, -1, 1) + 0.5
    c = np.stack([j * step[1] + 0 * s, i * step[0] + 0 * s], axis=2)
    out = np.concatenate([c - half, c + half], axis=2).reshape(-1, 4)
    return out, (out[:, :2] > 0).all(1) & (out[:, 2:] < image_shape[::-1]).all(1)


def five_axes(map_shape, image_shape, sizes, ratios):
    roots = np.sqrt(np.asarray(ratios, dtype=float))
    shapes = np.asarray(sizes, dtype=float)[:, None, None] * np.stack([1 / roots, roots], axis=-1)
    grid = [(np.arange(n) + 0.5) * side / n for n, side in zip(map_shape, image_shape, strict=True)]
    result = np.empty((*map_shape, *shapes.shape[:2], 2, 2))
    for axis, places in enumerate((grid[1][None, :], grid[0][:, None])):
        for side, sign in enumerate((-0.5, 0.5)):
            result[..., side, axis] = places[:, :, None, None] + sign * shapes[..., axis]
    result = result.reshape(-1, 4)
    low, high = result.T[:2], result.T[2:]
    limits = np.array(image_shape[::-1])[:, None]
    return result, np.all((low >= 0) & (high <= limits), axis=0)


def shapes_placed_one_by_one(map_shape, image_shape, sizes, ratios):
    shapes = [(size * (1 / ratio) ** 0.5, size * ratio**0.5) for size in sizes for ratio in ratios]
    down, across = image_shape[0] / map_shape[0], image_shape[1] / map_shape[1]
    found, fits = [], []
    for place in range(map_shape[0] * map_shape[1]):
        row, column = divmod(place, map_shape[1])
        for w, h in shapes:
            left, top = column * across + across / 2 - w / 2, row * down + down / 2 - h / 2
            found.append([left, top, left + w, top + h])
            fits.append(min(left, top) >= 0 and left + w <= image_shape[1] and top + h <= image_shape[0])
    return np.array(found), np.array(fits)


def hidden(rng):
    def sizes(count, top=3):
        return (np.sort(rng.uniform(1, top, count)) * 8).round(2)

    square = np.array([1.0])
    ratios = np.array([0.5, 1.0, 2.0]) * float(rng.uniform(1.05, 1.4))
    yield Case("grid", "a high map", ((5, 3), (80, 48), sizes(1), square))
    yield Case("grid", "other strides down and across", ((3, 5), (48, 50), sizes(2), square))
    yield Case("grid", "an image that does not divide", ((4, 3), (61, 50), sizes(1), square))
    side = 4.0 * float(rng.integers(2, 6))
    touching = ((4, 2), (int(4 * side), int(2 * side)), np.array([side]), square)
    yield Case("grid", "anchors as large as their parts", touching)
    yield Case("shapes", "three ratios at one place", ((1, 1), (90, 70), sizes(1), ratios))
    yield Case("shapes", "two sizes, three ratios", ((1, 1), (64, 80), sizes(2), ratios))
    yield Case("all", "two sizes, three ratios, a wide map", ((2, 4), (60, 90), sizes(2, 4), ratios))
    yield Case("all", "a high map of an image that does not divide", ((5, 2), (83, 50), sizes(3, 5), ratios))


EXERCISE = Exercise(
    name="lay_anchors",
    title="Anchors over an image",
    task=(
        "A feature map of shape `map_shape = (H, W)` was computed from an image of `image_shape = (height, "
        "width)`. Each of its $H \\cdot W$ places answers for an equal part of the image, `width / W` wide "
        "and `height / H` high, whether that is a whole number or not. Centred on each such part lie the "
        "anchors, one of each size and each ratio: an anchor of size $s$ and ratio $r$ has the area $s^2$, "
        "and is $r$ times as high as it is wide.\n\n"
        "Write `lay_anchors(map_shape, image_shape, sizes, ratios)`. Return the anchors, an array of "
        "shape $(H \\cdot W \\cdot A, 4)$ of boxes `(x1, y1, x2, y2)`: row after row of the map, in a row "
        "place after place, at a place size after size, of a size ratio after ratio. And return which of "
        "them lie wholly inside the image (its border belongs to it), a boolean array."
    ),
    reference=lay_anchors,
    groups=(
        Group("grid", 3, "Squares on a grid"),
        Group("shapes", 3, "Shapes at one place"),
        Group("all", 3, "Several shapes on a grid"),
    ),
    public=(
        Case("grid", "two rows, three columns", ((2, 3), (20, 36), np.array([8.0]), np.array([1.0]))),
        Case("grid", "parts of 7.5 pixels", ((2, 2), (15, 15), np.array([6.0]), np.array([1.0]))),
        Case("shapes", "high, square and wide", ((1, 1), (16, 24), np.array([8.0]), np.array([4, 1, 0.25]))),
        Case("all", "two of each", ((1, 2), (20, 44), np.array([8.0, 12.0]), np.array([4, 1.0]))),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            ratio_without_the_root,
            "You left the width alone and multiplied the height by the ratio, so the area changes with it. "
            "To keep it, share the ratio out: √r to the height, 1/√r to the width.",
            SECTION,
        ),
        Mistake(
            ratio_upside_down,
            "Your ratios are upside down: a ratio of 4 gave a wide anchor. Here it is the height divided by "
            "the width; papers use both, so look before you load somebody's weights.",
            SECTION,
        ),
        Mistake(
            x_from_the_row,
            "You took x from the row and y from the column. Rows are counted downwards, so the *column* of a "
            "place says how far right it lies. On a square map only the order would give you away.",
            SECTION,
        ),
        Mistake(
            centred_on_the_corner,
            "Your anchors are centred on the upper left corner of each part of the image. Its middle is half "
            "a part further, at (column + ½) · width / W.",
            SECTION,
        ),
        Mistake(
            strides_rounded_down,
            "You rounded the size of a part down to whole pixels. The error adds up from place to place: the "
            "last anchors lie far from the part of the image that their features come from.",
            SECTION,
        ),
        Mistake(
            shape_by_shape,
            "Your anchors come shape after shape, each over the whole map. Asked for is place after place, "
            "with all shapes of a place together: a head's outputs are put into this order, too.",
            SECTION,
        ),
        Mistake(
            column_by_column,
            "You went through the map column by column. An array is stored row after row, and so are the "
            "outputs that these anchors must line up with.",
            SECTION,
        ),
        Mistake(
            inside_by_its_centre,
            "You call all anchors inside. The centre of each is, but near the border an edge often is not, "
            "and all four edges must be.",
            SECTION,
        ),
        Mistake(
            border_left_out,
            "An anchor that just touches the border is outside with you. It covers no pixel beyond the "
            "image, and here the border belongs to the image.",
            SECTION,
        ),
        Mistake(
            limits_of_the_image_swapped,
            "You compared x2 with the height of the image and y2 with its width. `image_shape` is (height, "
            "width), a box is (x, y): turn one of them round.",
            SECTION,
        ),
    ),
    variants=(five_axes, shapes_placed_one_by_one),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=25,
    hints=(
        "Begin with one place and one size. Which width and which height have the product $s^2$ and the "
        "quotient $r$?",
        "Width $s/\\sqrt r$, height $s\\sqrt r$. The centre of the place (row, column) is at x = (column + "
        "½) · width / W and y = (row + ½) · height / H.",
        "Four nested loops, over rows, columns, sizes and ratios, that append to one list give the order "
        "asked for. Inside means `x1 >= 0`, `y1 >= 0`, `x2 <= width` and `y2 <= height`.",
    ),
    section=SECTION,
)
