"""RoI pooling, and its way back to the features (coverage row 12.9)."""

import dataclasses

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import poolings

SECTION = "detection.html#roi-pooling"


def pool_regions(features, regions, output_size, scale, grad_output):
    pooled, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k, region in enumerate(regions):
        corners = np.floor(region * scale + 0.5).astype(int)
        bins = []
        for axis in (1, 0):
            first, extent = corners[axis], corners[axis + 2] - corners[axis] + 1
            num, limit = output_size[1 - axis], features.shape[2 - axis]
            starts = [first + extent * n // num for n in range(num)]
            ends = [first - (-extent * (n + 1) // num) for n in range(num)]
            bins.append([range(max(a, 0), min(b, limit)) for a, b in zip(starts, ends, strict=True)])
        for c, i, j in np.ndindex(pooled.shape[1:]):
            cells = [(features[c, y, x], -y, -x) for y in bins[0][i] for x in bins[1][j]]
            if cells:
                pooled[k, c, i, j], y, x = max(cells)
                grad[c, -y, -x] += grad_output[k, c, i, j]
    return pooled, grad


def with_masks(features, regions, output_size, scale, grad_output):
    C, H, W = features.shape
    pooled, grad = np.zeros(grad_output.shape), np.zeros(features.shape)
    for k in range(len(regions)):
        left, top, right, bottom = (int(v) for v in np.floor(0.5 + scale * regions[k]))
        owners = []
        for first, last, num, length in ((top, bottom, output_size[0], H), (left, right, output_size[1], W)):
            extent, cells = last - first + 1, np.arange(length) - first
            n = np.arange(num)[:, None]
            owners.append((cells >= n * extent // num) & (cells < np.ceil((n + 1) * extent / num)))
        member = owners[0][:, None, :, None] & owners[1][None, :, None, :]
        values = np.where(member, features[:, None, None], -np.inf).reshape(*pooled.shape[1:], -1)
        place, top_value = values.argmax(axis=-1), values.max(axis=-1)
        is_full = np.isfinite(top_value)
        pooled[k][is_full] = top_value[is_full]
        channel = np.indices(place.shape)[0]
        np.add.at(grad.reshape(C, -1), (channel[is_full], place[is_full]), grad_output[k][is_full])
    return pooled, grad


def hidden(rng):
    def case(group, label, shape, regions, output_size, scale):
        """Draw distinct whole numbers as features, all of them negative or of both signs."""
        regions = np.array(regions, dtype=float)
        features = rng.permutation(np.prod(shape)).reshape(shape) - float(rng.choice([20, 1000]))
        size = (len(regions), shape[0], *output_size)
        grad = rng.integers(1, 9, size).astype(float) if group in ("gradient", "all") else np.zeros(size)
        return Case(group, label, (features, regions, output_size, scale, grad))

    yield case("values", "five cells, two bins", (2, 5, 7), [[2, 4, 10, 8]], (2, 2), 0.5)
    yield case("values", "more bins than cells", (1, 5, 6), [[4, 4, 8, 8]], (5, 4), 0.5)
    yield case(
        "values", "corners between cells", (2, 6, 8), [[5.5, 9.5, 22.5, 18], [2, 2.5, 14, 17.5]], (2, 3), 0.25
    )
    yield case("edge", "the lower right corner", (2, 4, 5), [[32, 16, 80, 64]], (3, 4), 1 / 16)
    yield case("edge", "wholly beyond", (1, 4, 4), [[36, 0, 50, 20], [0, 0, 20, 36]], (2, 3), 1 / 8)
    yield case("edge", "the upper left corner", (2, 4, 5), [[-36, -20, 38, 40]], (4, 4), 1 / 16)
    yield case("gradient", "shared cells", (1, 5, 7), [[0, 0, 12, 8]], (3, 4), 0.5)
    plain = case("gradient", "equal features", (2, 4, 6), [[0, 0, 10, 6], [2, 0, 8, 6]], (2, 3), 0.5)
    yield dataclasses.replace(plain, args=(plain.args[0] // 8, *plain.args[1:]))
    yield case(
        "all", "three regions", (2, 6, 8), [[0, 0, 20, 20], [8, 4, 31, 22], [3, 9, 13, 14]], (3, 2), 0.25
    )
    yield case(
        "all", "regions across each other", (3, 5, 9), [[0, 0, 70, 33], [16, 8, 72, 40]], (2, 4), 1 / 8
    )


MAP = np.array([[[3.0, 9, 1, 4, 12], [7, 2, 15, 5, 0], [6, 13, 8, 11, 10]]])


EXERCISE = Exercise(
    name="pool_regions",
    title="Regions of any size, maps of one size",
    task=(
        "Fast R-CNN computes the features of the whole image once and then cuts regions out of them. A "
        "fully connected layer follows, so each region is brought to the same size by a maximum over bins. "
        "Write `pool_regions(features, regions, output_size, scale, grad_output)`.\n\n"
        "`features` has shape $(C, H, W)$; the $K$ regions are `(x1, y1, x2, y2)` in pixels of the "
        "*image*, and `scale` is the number of cells per pixel, such as 1/16. Each corner, scaled, goes to "
        "the nearest cell, a half up; the cell of the second corner still belongs to the region, which is "
        "thus $w = x_2 - x_1 + 1$ cells wide. Along that axis bin $j$ of $P_w$ goes from cell $x_1 + "
        "\\lfloor j w/P_w \\rfloor$ up to, but not including, $x_1 + \\lceil (j+1) w/P_w \\rceil$, and rows "
        "likewise. Cells outside the map do not exist; a bin without cells gives 0.\n\n"
        "Return the largest feature of each bin, shape $(K, C, P_h, P_w)$, `output_size` being `(P_h, P_w)`; "
        "and the gradient of the loss with respect to `features`, where `grad_output` is that with respect "
        "to the first result. Of equal features the first, row after row, counts as the largest."
    ),
    reference=pool_regions,
    groups=(
        Group("values", 4, "The largest feature of each bin"),
        Group("edge", 2, "Regions across the edge of the map"),
        Group("gradient", 3, "The gradient"),
        Group("all", 3, "Several regions and channels"),
    ),
    public=(
        Case(
            "values",
            "five by three cells, two by two bins",
            (MAP, np.array([[0.0, 0, 8, 4]]), (2, 2), 0.5, np.zeros((1, 1, 2, 2))),
        ),
        Case(
            "values",
            "corners at halves",
            (MAP, np.array([[3.0, 1, 7, 3]]), (1, 2), 0.5, np.zeros((1, 1, 1, 2))),
        ),
        Case(
            "edge",
            "partly outside the map",
            (MAP, np.array([[-4.5, -2.5, 3, 3]]), (4, 3), 0.5, np.zeros((1, 1, 4, 3))),
        ),
        Case(
            "gradient",
            "a shared cell",
            (MAP, np.array([[0.0, 0, 8, 4]]), (2, 2), 0.5, np.array([[[[1.0, 2], [4, 8]]]])),
        ),
        Case(
            "gradient",
            "equal features",
            (
                np.array([[[1.0, 3, 3], [3, 0, 2]]]),
                np.array([[0.0, 0, 2, 1]]),
                (1, 2),
                1.0,
                np.array([[[[1.0, 2]]]]),
            ),
        ),
        Case(
            "all",
            "two channels",
            (
                np.array([[[1.0, 2, 3], [6, 5, 4]], [[9, 0, 2], [1, 3, 8]]]),
                np.array([[0.0, 0, 2, 1], [1, 0, 2, 1]]),
                (1, 2),
                1.0,
                np.array([[[[1.0, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]),
            ),
        ),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            poolings.floor_at_both_ends,
            "You rounded both ends of a bin down. The end is rounded *up*, so that neighbouring bins "
            "share a cell where the sizes do not divide, and none of them is empty.",
            SECTION,
        ),
        Mistake(
            poolings.bins_side_by_side,
            "Your bins lie side by side, without a cell in common. Each begins at a cell rounded *down* and "
            "ends at one rounded up: where the sizes do not divide, two neighbours share a cell.",
            SECTION,
        ),
        Mistake(
            poolings.scale_forgotten,
            "You took the region as it is. It is given in pixels of the image; the map is smaller, and "
            "`scale` says how many of its cells a pixel is.",
            SECTION,
        ),
        Mistake(
            poolings.corners_rounded_down,
            "You rounded the corners of the region down. They go to the *nearest* cell: rounding down "
            "moves every region by half a cell to the upper left.",
            SECTION,
        ),
        Mistake(
            poolings.halves_to_the_even_side,
            "Your corners are rounded by `np.round`, which takes a half to the even neighbour: 0.5 "
            "becomes 0 and 1.5 becomes 2. Here a half always goes up: `np.floor(v + 0.5)`.",
            SECTION,
        ),
        Mistake(
            poolings.cut_towards_zero,
            "You rounded with `int` or `astype(int)`, which cut towards zero: -1.75 becomes -1. Left of the "
            "map and above it the numbers of cells are negative; `np.floor` rounds these down, too.",
            SECTION,
        ),
        Mistake(
            poolings.counted_from_the_far_end,
            "Cells left of the map or above it have negative numbers, and NumPy counts those from the far "
            "end. They do not exist: let a bin begin at 0 at the earliest.",
            SECTION,
        ),
        Mistake(
            poolings.last_cell_left_out,
            "Your region ends before the cell of its second corner. In this convention, from the first "
            "R-CNN code, that cell still belongs to it: the width is x2 - x1 + 1.",
            SECTION,
        ),
        Mistake(
            poolings.cut_off_before_the_bins,
            "You cut the region off at the edge of the map and divided what was left. The bins divide the"
            " *whole* region; those that lie outside the map stay empty, and give 0.",
            SECTION,
        ),
        Mistake(
            poolings.rows_from_x,
            "You took rows from x and columns from y. A box gives x first, a map is indexed by row first:"
            " the two orders meet here.",
            SECTION,
        ),
        Mistake(
            poolings.gradient_overwritten,
            "Where one cell is the largest of several bins, only the last of them sent its gradient back."
            " Each of them used the cell, so their gradients add up: `+=`, not `=`.",
            SECTION,
        ),
        Mistake(
            poolings.gradient_spread_over_the_bin,
            "You shared the gradient out among all cells of a bin. That is the way back of an average; "
            "only the largest cell had a say in the maximum, so it gets all of it.",
            SECTION,
        ),
        Mistake(
            poolings.all_of_equals,
            "Where several features of a bin are equally large, you send the gradient to each of them, so "
            "that more comes back than went in. One cell gets it: the first, row after row.",
            SECTION,
        ),
        Mistake(
            poolings.one_place_for_all_channels,
            "You looked for one largest place for all channels of a bin. Each channel has its own: "
            "pooling treats every map by itself.",
            SECTION,
        ),
    ),
    variants=(with_masks,),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=40,
    hints=(
        "One region, one axis: write down from which cell to which cell each bin goes, for five cells in two "
        "bins. The middle cell belongs to both.",
        "Begin and end of a bin are `x1 + j * w // P_w` and `x1 - (-(j + 1) * w // P_w)`: the two minus "
        "signs make `//` round up. Then cut both off at 0 and at the size of the map; if nothing is left, "
        "the bin stays 0.",
        "In the bin `features[c, top:bottom, left:right]` find the largest place with `argmax` and "
        "`np.unravel_index`. Its value is the result, and `grad[c, top + row, left + column] += "
        "grad_output[k, c, i, j]` the way back.",
    ),
    section=SECTION,
)
