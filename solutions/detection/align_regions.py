"""RoI align: the values of a map between its cells (coverage row 12.11)."""

import numpy as np

from checks.contract import Case, Exercise, Group, Mistake
from solutions.allowances import LIBRARIES, SUMS
from solutions.detection.misjudged import alignments

SECTION = "detection.html#roi-align"


def align_regions(features, regions, output_size, scale, samples):
    C, H, W = features.shape
    result = np.zeros((len(regions), C, *output_size))
    for k, (x1, y1, x2, y2) in enumerate(regions * scale):
        for i, j, a, b in np.ndindex(*output_size, samples, samples):
            y = y1 + (y2 - y1) * (i + (a + 0.5) / samples) / output_size[0] - 0.5
            x = x1 + (x2 - x1) * (j + (b + 0.5) / samples) / output_size[1] - 0.5
            y, x = min(max(y, 0), H - 1), min(max(x, 0), W - 1)
            top, left = int(y), int(x)
            bottom, right = min(top + 1, H - 1), min(left + 1, W - 1)
            upper = features[:, top, left] * (left + 1 - x) + features[:, top, right] * (x - left)
            lower = features[:, bottom, left] * (left + 1 - x) + features[:, bottom, right] * (x - left)
            result[k, :, i, j] += upper * (top + 1 - y) + lower * (y - top)
    return result / samples**2


def by_numpy_interp(features, regions, output_size, scale, samples):
    found = []
    for region in regions:
        lines = features
        for axis in (0, 1):  # first along x, then along y, each time along the last axis of the map
            points = output_size[1 - axis] * samples
            ends = scale * region[axis], scale * region[axis + 2]
            edges = np.linspace(*ends, points + 1)
            middle, cells = (edges[1:] + edges[:-1]) / 2, np.arange(lines.shape[-1]) + 0.5
            lines = np.apply_along_axis(lambda line, m=middle, c=cells: np.interp(m, c, line), -1, lines)
            lines = lines.reshape(*lines.shape[:-1], -1, samples).mean(axis=-1).swapaxes(1, 2)
        found.append(lines)
    return np.stack(found)


def on_a_framed_map(features, regions, output_size, scale, samples):
    framed = np.pad(features, ((0, 0), (1, 1), (1, 1)), mode="edge")  # cell n now has its centre at n - ½
    places = []
    for axis in (1, 0):
        share = (np.arange(output_size[1 - axis] * samples) + 0.5) / (output_size[1 - axis] * samples)
        start, length = regions[:, axis] * scale, (regions[:, axis + 2] - regions[:, axis]) * scale
        places.append(start[:, None] + length[:, None] * share + 0.5)
    (y, x) = places
    row, column = (np.minimum(p.astype(int), n - 2) for p, n in zip(places, framed.shape[1:], strict=True))
    mixed = 0
    for down in (0, 1):
        for over in (0, 1):
            share = np.abs(1 - down - y + row)[:, :, None] * np.abs(1 - over - x + column)[:, None]
            mixed = mixed + share * framed[:, (row + down)[:, :, None], (column + over)[:, None]]
    shape = len(features), len(regions), output_size[0], samples, output_size[1], samples
    return mixed.reshape(shape).mean(axis=(3, 5)).swapaxes(0, 1)


def hidden(rng):
    def case(group, label, features, regions, output_size, scale, samples):
        regions = np.array(regions) + rng.uniform(0, 0.1 / scale, (len(regions), 1))
        return Case(group, label, (features, regions, output_size, scale, samples))

    def plane(C, H, W):
        rows, columns = np.indices((H, W)) + 0.5
        return np.stack([rng.uniform(1, 4) * columns - rng.uniform(1, 4) * rows for _ in range(C)])

    def rough(C, H, W):
        return rng.normal(0, 5, (C, H, W))

    yield case("plane", "one point to a bin", plane(2, 6, 8), [[3.2, 2.1, 11.7, 9.4]], (2, 3), 0.5, 1)
    yield case(
        "plane", "a region of less than a cell", plane(1, 5, 7), [[20.0, 30, 27, 35]], (2, 2), 1 / 16, 2
    )
    yield case("rough", "three points along each axis", rough(2, 6, 8), [[2.3, 1.2, 13, 7.5]], (2, 3), 0.5, 3)
    yield case(
        "rough", "several regions", rough(1, 7, 6), [[9, 9, 20, 25], [6.0, 11, 18, 15]], (3, 2), 0.25, 2
    )
    yield case("edge", "the whole image", rough(1, 4, 5), [[0.0, 0, 9, 7]], (4, 3), 0.5, 2)
    yield case("edge", "two corners", rough(2, 5, 4), [[0.0, 0, 20, 30], [30, 40, 62, 78]], (2, 2), 1 / 16, 3)


PLANE = (
    np.array([[[2.5, 4.5, 6.5, 8.5, 10.5], [5.5, 7.5, 9.5, 11.5, 13.5], [8.5, 10.5, 12.5, 14.5, 16.5]]]) + 1
)
ROUGH = np.array([[[0.0, 8, 0, 4, 0], [0, 0, 16, 0, 0], [4, 0, 0, 8, 0]]])


EXERCISE = Exercise(
    name="align_regions",
    title="Half a pixel",
    task=(
        "RoI pooling rounds, and a mask drawn from what it gives is up to a cell off. RoI align (He et al., "
        "2017) rounds nothing. Write `align_regions(features, regions, output_size, scale, samples)`.\n\n"
        "`features` has shape $(C, H, W)$. The value of a cell stands at its centre: that of row 0 and "
        "column 0 at $(\\frac12, \\frac12)$, and the map is $W$ wide and $H$ high. The regions `(x1, y1, x2, "
        "y2)` are given in pixels of the image, and `scale` is the number of cells per pixel. Each region is "
        "cut into $P_h \\times P_w$ equal bins, each bin into `samples` times `samples` equal parts. At the "
        "centre of each part the map is interpolated bilinearly, between the four centres around it; beyond "
        "the outermost centres the outermost cell counts. The result of a bin is the mean over its parts.\n\n"
        "Return an array of shape $(K, C, P_h, P_w)$; `output_size` is `(P_h, P_w)`. All regions lie inside "
        "the image and have a positive area."
    ),
    reference=align_regions,
    groups=(
        Group("plane", 3, "A map that rises evenly"),
        Group("rough", 4, "Any map"),
        Group("edge", 3, "Regions at the edge"),
    ),
    public=(
        Case("plane", "2x + 3y + 1, at four centres", (PLANE, np.array([[2.0, 1, 8, 5]]), (2, 2), 0.5, 1)),
        Case("rough", "two points along each axis", (ROUGH, np.array([[1.0, 0.5, 4, 2.5]]), (1, 2), 1.0, 2)),
        Case("edge", "the upper left corner", (ROUGH + 8, np.array([[0.0, 0, 1, 2]]), (2, 1), 0.5, 2)),
    ),
    hidden=hidden,
    mistakes=(
        Mistake(
            alignments.half_a_cell_forgotten,
            "Your points lie half a cell too far to the lower right. The value of cell 0 stands at its "
            "centre, at ½: subtract ½ from a place before you interpolate between indices. On 2x + 3y "
            "that is off by 2.5.",
            SECTION,
        ),
        Mistake(
            alignments.corners_rounded,
            "You rounded the corners of the regions to whole cells, as RoI pooling does. Here nothing is "
            "rounded: a region that moves by a tenth of a cell gives other values.",
            SECTION,
        ),
        Mistake(
            alignments.points_at_the_edges,
            "Your points begin at the edge of a bin. They stand in the middle of equal parts: with two "
            "points to a bin, at one quarter and three quarters of it.",
            SECTION,
        ),
        Mistake(
            alignments.one_point_per_bin,
            "You looked at one point of each bin, its centre. `samples` points along each axis are asked "
            "for, and their mean: a large bin would otherwise miss most of its cells.",
            SECTION,
        ),
        Mistake(
            alignments.nearest_cell,
            "You took the value of the cell that a point lies in. Between the centres of four cells their"
            " values are mixed, each the more the nearer it is: that is what makes the result smooth.",
            SECTION,
        ),
        Mistake(
            alignments.nothing_beyond_the_centres,
            "Near the edge of the map, beyond the outermost centres, your values fall towards 0, as if "
            "the map were surrounded by zeros. There the outermost cell counts alone.",
            SECTION,
        ),
        Mistake(
            alignments.rows_along_x,
            "You took rows from x and columns from y. A box gives x first, a map is indexed by row first:"
            " the two orders meet here.",
            SECTION,
        ),
        Mistake(
            alignments.regions_not_scaled,
            "You took the regions as they are. They are given in pixels of the image; `scale` says how "
            "many cells of the map a pixel is.",
            SECTION,
        ),
        Mistake(
            alignments.sizes_swapped,
            "You gave the bins of the height to the width. `output_size` is (P_h, P_w), rows first, as "
            "the shape of an array is.",
            SECTION,
        ),
    ),
    variants=(by_numpy_interp, on_a_framed_map),
    tolerance=SUMS,
    banned=LIBRARIES,
    difficulty=3,
    minutes=35,
    hints=(
        "Take one region and one axis first. With 2 bins and 2 samples there are 4 equal parts: where are "
        "their centres, measured in cells of the map?",
        "Part $n$ of $P \\cdot$ `samples` has its centre at $x_1 + (n + \\frac12)(x_2 - x_1)/(P \\cdot$ "
        "`samples`$)$, with the region scaled. Subtract ½, and you have a place between two indices, which "
        "you limit to 0 … W - 1.",
        "With `left = int(x)`, the cell `left` has the share `left + 1 - x` and its neighbour `x - left`, "
        "and rows likewise. Add up the four products of shares and features, over all parts of the bin, and "
        "divide by `samples ** 2`.",
    ),
    section=SECTION,
)
