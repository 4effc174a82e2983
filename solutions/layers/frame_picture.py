"""Padding by other amounts and in another way on each axis (coverage row 3.2)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.layers import pad
from solutions.allowances import EXACT, LIBRARIES

SECTION = "layers.html#padding-modes"


def frame_picture(image, amounts, modes):
    rows, columns = amounts
    return pad(pad(image, (rows, (0, 0)), modes[0]), ((0, 0), columns), modes[1])


def border_pixel_twice(image, amounts, modes):
    for axis, (before, after), mode in zip((1, 2), amounts, modes, strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": np.where(k < 0, -1 - k, np.where(k < size, k, 2 * size - 1 - k)),
            "circular": k % size,
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, places, axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def mirror_image_not_turned(image, amounts, modes):
    for axis, (before, after), mode in zip((1, 2), amounts, modes, strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": np.where(k < 0, k + before + 1, np.where(k < size, k, k - after - 1)),
            "circular": k % size,
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, places, axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def ring_closed_the_wrong_way(image, amounts, modes):
    for axis, (before, after), mode in zip((1, 2), amounts, modes, strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": size - 1 - np.abs(size - 1 - np.abs(k)),
            "circular": np.where(k < 0, k + before, np.where(k < size, k, k - after)),
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, places, axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def rows_and_columns_exchanged(image, amounts, modes):
    for axis, (before, after), mode in zip((1, 2), amounts[::-1], modes, strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": size - 1 - np.abs(size - 1 - np.abs(k)),
            "circular": k % size,
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, np.clip(places, 0, size - 1), axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def modes_exchanged(image, amounts, modes):
    for axis, (before, after), mode in zip((1, 2), amounts, modes[::-1], strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": size - 1 - np.abs(size - 1 - np.abs(k)),
            "circular": k % size,
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, np.clip(places, 0, size - 1), axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def before_and_after_exchanged(image, amounts, modes):
    for axis, (after, before), mode in zip((1, 2), amounts, modes, strict=True):
        size = image.shape[axis]
        k = np.arange(-before, size + after)
        places = {
            "reflect": size - 1 - np.abs(size - 1 - np.abs(k)),
            "circular": k % size,
        }.get(mode, np.clip(k, 0, size - 1))
        image = np.take(image, places, axis)
        if mode == "zeros":
            inside = ((k >= 0) & (k < size)).astype(int)
            image = image * (inside[:, None] if axis == 1 else inside)
    return image


def corners_left_black(image, amounts, modes):
    (top, bottom), (left, right) = amounts
    C, H, W = image.shape
    out = np.zeros((C, top + H + bottom, left + W + right), image.dtype)
    places = []
    for size, (before, after), mode in zip((H, W), amounts, modes, strict=True):
        k = np.arange(-before, size + after)
        table = {"reflect": size - 1 - np.abs(size - 1 - np.abs(k)), "circular": k % size}
        places.append(table.get(mode, np.clip(k, 0, size - 1)))
    if modes[0] != "zeros":
        out[:, :, left : left + W] = image[:, places[0]]
    if modes[1] != "zeros":
        out[:, top : top + H] = image[:, :, places[1]]
    out[:, top : top + H, left : left + W] = image
    return out


def pixel_by_pixel(image, amounts, modes):
    (top, bottom), (left, right) = amounts
    C, H, W = image.shape
    out = np.zeros((C, top + H + bottom, left + W + right), dtype=image.dtype)
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            place = []
            for k, size, mode in ((i - top, H, modes[0]), (j - left, W, modes[1])):
                if mode == "circular":
                    k = k % size
                elif mode == "replicate":
                    k = min(max(k, 0), size - 1)
                elif mode == "reflect":
                    k = -k if k < 0 else 2 * (size - 1) - k if k >= size else k
                place.append(k if k in range(size) else None)
            if None not in place:
                out[:, i, j] = image[:, place[0], place[1]]
    return out


def strips_put_together(image, amounts, modes):
    for axis, (before, after), mode in zip((-2, -1), amounts, modes, strict=True):
        lines = np.moveaxis(image, axis, 0)
        if mode == "circular":
            parts = lines[len(lines) - before :], lines[:after]
        elif mode == "reflect":
            parts = lines[1 : before + 1][::-1], lines[-after - 1 : -1][::-1]
        else:
            scale = mode == "replicate"
            parts = [scale * lines[:1]] * before, [scale * lines[-1:]] * after
            parts = [np.concatenate([lines[:0], *part]) for part in parts]
        image = np.moveaxis(np.concatenate([parts[0], lines, parts[1]]), 0, axis)
    return image


def hidden(rng):
    def case(group, modes):
        C, H, W = int(rng.integers(1, 3)), 4, 6
        a, b, c, d = (int(n) for n in rng.permutation(4))
        return Case(
            group, f"{modes[0]} and {modes[1]}", (rng.integers(1, 99, (C, H, W)), ((a, b), (c, d)), modes)
        )

    for mode in ("zeros", "replicate", "reflect", "circular"):
        yield case("same", (mode, mode))
        yield case("same", (mode, mode))
    yield Case(
        "same", "nothing to add", (rng.integers(1, 9, (2, 2, 3)), ((0, 0), (0, 0)), ("zeros", "zeros"))
    )
    for modes in (
        ("reflect", "circular"),
        ("replicate", "reflect"),
        ("circular", "zeros"),
        ("zeros", "replicate"),
        ("circular", "replicate"),
    ):
        yield case("different", modes)
        yield case("different", modes[::-1])


EXERCISE = Exercise(
    name="frame_picture",
    title="What lies beyond the edge?",
    task=(
        "A picture taken all around the horizon has no left and no right edge: there it closes into a ring. "
        "Above and below it ends like any other. Write `frame_picture(image, amounts, modes)`, which "
        "continues an image of shape `(C, H, W)` beyond its edges. `amounts = ((top, bottom), (left, "
        "right))` says by how many rows and columns, and `modes = (vertical, horizontal)` how:\n\n"
        '- `"zeros"`: with zeros;\n'
        '- `"replicate"`: with the pixel at the edge, again and again;\n'
        '- `"reflect"`: with a mirror image. The mirror stands *on* the pixel at the edge, which is not '
        "repeated: 1 2 3 goes on with 2 1;\n"
        '- `"circular"`: as a ring, with what stands at the opposite edge: 1 2 3 goes on with 1 2.\n\n'
        "Corners belong to both directions: first rows are added, then columns to the taller image. No "
        "amount is larger than the image allows. `np.pad` can do all this and is not allowed here."
    ),
    reference=frame_picture,
    groups=(
        Group("same", 5, "The same way on both axes"),
        Group("different", 5, "Another way on each axis"),
    ),
    public=(
        Case(
            "same",
            "reflect",
            (
                np.array([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]]),
                ((0, 2), (3, 1)),
                ("reflect", "reflect"),
            ),
        ),
        Case(
            "same", "replicate", (np.array([[[1, 2], [3, 4]]]), ((0, 1), (2, 0)), ("replicate", "replicate"))
        ),
        Case(
            "different",
            "a ring from left to right, black above and below",
            (np.array([[[1, 2, 3], [4, 5, 6]]]), ((1, 0), (1, 2)), ("zeros", "circular")),
        ),
        Case(
            "different",
            "a ring from left to right, mirrors above and below",
            (np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]), ((1, 2), (2, 1)), ("reflect", "circular")),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            border_pixel_twice,
            "Your mirror stands behind the last pixel, so that pixel comes twice: 1 2 3 went on with 3 2. "
            "In the mode “reflect” the mirror stands on it: 1 2 3 goes on with 2 1.",
            SECTION,
        ),
        Mistake(
            mirror_image_not_turned,
            "You copied the right pixels for “reflect”, but not in mirror order. The nearer a new pixel is "
            "to the edge, the nearer is the one it repeats.",
            SECTION,
        ),
        Mistake(
            ring_closed_the_wrong_way,
            "Your ring is closed the wrong way: in front of the first pixel you put the first ones again. "
            "Walking to the left out of a ring, one comes in at its right end.",
            SECTION,
        ),
        Mistake(
            rows_and_columns_exchanged,
            "You added rows where columns were asked for. The first pair of amounts is top and bottom, the "
            "second left and right.",
            SECTION,
        ),
        Mistake(
            modes_exchanged,
            "The two modes have changed places. The first one is vertical: it says what comes above and "
            "below the image.",
            SECTION,
        ),
        Mistake(
            before_and_after_exchanged,
            "You framed the image on the wrong sides: in each pair the first number comes before the image, "
            "at the top or at the left, and the second one behind it.",
            SECTION,
        ),
        Mistake(
            corners_left_black,
            "Your corners are black. Add the rows first and then the columns to the image that has already "
            "grown; that fills the corners too.",
            SECTION,
        ),
    ),
    variants=(pixel_by_pixel, strips_put_together),
    tolerance=EXACT,
    banned=("numpy.pad", *LIBRARIES),
    difficulty=1,
    minutes=20,
    hints=(
        "Begin with a single row, `[1, 2, 3, 4]`, and write down where each pixel of the framed row comes "
        "from: a list of indices.",
        "With `k = np.arange(-before, size + after)` these indices are `k % size` on a ring and "
        "`np.clip(k, 0, size - 1)` for replicate. For reflect, `abs(k)` bends the left end; the right end "
        "needs the same trick, seen from its own side.",
        "`np.take(image, indices, axis)` fetches whole rows or columns. Do it for axis 1 and then, with the "
        "result, for axis 2; for zeros, fetch anything and set the new rows to 0.",
    ),
    section=SECTION,
)
