"""A locally connected layer: a filter of its own for every place (coverage row 1.4)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from convnets.seeing import locally_connected
from solutions.allowances import LIBRARIES, SUMS

SECTION = "seeing.html#locally-connected"


def local_responses(image, weight):
    return locally_connected(image[None, None], weight[:, :, :, None])[0]


def one_filter_everywhere(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((maps, rows, columns))
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                out[c, i, j] = (image[i : i + height, j : j + width] * weight[c, 0, 0]).sum()
    return out


def filters_flipped(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((maps, rows, columns))
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                out[c, i, j] = (image[i : i + height, j : j + width] * weight[c, i, j, ::-1, ::-1]).sum()
    return out


def same_window_for_all(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((maps, rows, columns))
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                out[c, i, j] = (image[:height, :width] * weight[c, i, j]).sum()
    return out


def maps_added_up(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((rows, columns))
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                out[i, j] += (image[i : i + height, j : j + width] * weight[c, i, j]).sum()
    return out


def means_instead_of_sums(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((maps, rows, columns))
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                out[c, i, j] = (image[i : i + height, j : j + width] * weight[c, i, j]).mean()
    return out


def number_by_number(image, weight):
    maps, rows, columns, height, width = weight.shape
    out = np.zeros((maps, rows, columns), dtype=np.float32)
    for c in range(maps):
        for i in range(rows):
            for j in range(columns):
                for k in range(height):
                    for m in range(width):
                        out[c, i, j] += weight[c, i, j, k, m] * image[i + k, j + m]
    return out


def all_windows_at_once(image, weight):
    windows = np.lib.stride_tricks.sliding_window_view(image, weight.shape[3:])
    return np.asfortranarray(np.einsum("ijkm,cijkm->cij", windows, weight))


def hidden(rng):
    for maps, (H, W), (K_h, K_w) in (
        (1, (4, 6), (2, 3)),
        (3, (5, 4), (3, 1)),
        (2, (2, 7), (1, 4)),
        (4, (3, 3), (3, 3)),
    ):
        shape = (maps, H - K_h + 1, W - K_w + 1, K_h, K_w)
        group = "one" if maps == 1 else "several"
        label = f"{H} × {W}, windows of {K_h} × {K_w}"
        yield Case(group, label, (rng.integers(-9, 10, (H, W)), rng.integers(-9, 10, shape)))
        yield Case(group, label + ", floats", (rng.normal(size=(H, W)), rng.normal(size=shape)))
    impulse = np.zeros((5, 6))
    impulse[int(rng.integers(1, 4)), int(rng.integers(1, 5))] = 1
    yield Case("one", "an impulse", (impulse, rng.integers(1, 10, (1, 4, 4, 2, 3))))


EXERCISE = Exercise(
    name="local_responses",
    title="A filter of its own for every place",
    task=(
        "In a **locally connected** layer each unit sees a small window of the image and has weights of its "
        "own. Write the layer for a grey image: `local_responses(image, weight)`, where `image` has the "
        "shape `(H, W)` and `weight` the shape `(C_out, H_out, W_out, K_h, K_w)`. The unit at `[c, i, j]` "
        "lays its weights `weight[c, i, j]` on the window whose top left pixel is `(i, j)`, multiplies and "
        "adds up; nothing is flipped. There is a unit wherever a window fits, $H_{out} = H - K_h + 1$ and "
        "$W_{out} = W - K_w + 1$. Return the responses, of shape `(C_out, H_out, W_out)`."
    ),
    reference=local_responses,
    groups=(
        Group("one", 5, "One output channel"),
        Group("several", 5, "Several output channels"),
    ),
    public=(
        Case(
            "one",
            "three pixels, two units",
            (np.array([[1, 10, 100]]), np.array([[[[[1, 2]], [[3, 4]]]]])),
        ),
        Case(
            "several",
            "two channels",
            (
                np.array([[1, 10], [100, 1000]]),
                np.array([[[[[1], [2]], [[3], [4]]]], [[[[5], [6]], [[7], [8]]]]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            one_filter_everywhere,
            "You used the weights of the first unit everywhere. You have just invented convolution, which "
            "is where the chapter is heading; in this layer every place still has its own filter, weight[c, "
            "i, j].",
            "seeing.html#weight-sharing",
        ),
        Mistake(
            filters_flipped,
            "You turned the filters round before laying them on. That belongs to convolution in the "
            "mathematical sense; a layer multiplies its weights with the window as they are.",
            "convolution.html#cross-correlation",
        ),
        Mistake(
            same_window_for_all,
            "All your units stare at the top left corner. The unit at [c, i, j] sees the window that begins "
            "at row i and column j.",
            SECTION,
        ),
        Mistake(
            maps_added_up,
            "You added the output channels up. Each of them looks for something else, so their responses "
            "are kept apart: the result has an axis for c.",
            SECTION,
        ),
        Mistake(
            means_instead_of_sums,
            "You averaged over the window. A unit adds up its weighted inputs and does not divide: if it "
            "needs smaller numbers, it learns smaller weights.",
            SECTION,
        ),
    ),
    variants=(number_by_number, all_windows_at_once),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=2,
    minutes=20,
    hints=(
        "What does the unit at `[0, 0, 0]` compute? Write that in one line before you write any loop.",
        "The window at row `i` and column `j` is `image[i:i + K_h, j:j + K_w]`; all the sizes can be read "
        "from `weight.shape`.",
        "Three loops, over `c`, `i` and `j`; inside them, the sum of `window * weight[c, i, j]` goes to "
        "`out[c, i, j]`.",
    ),
    section=SECTION,
)
