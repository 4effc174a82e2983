"""Figures of the chapter on layers."""

import re

import numpy as np
import pytest

from convnets import layers
from convnets.drawings import layers as draw

IMAGE = np.random.default_rng(0).random((24, 30))
X = [[1, 3, 2, 0], [5, -1, 0, 2], [-2, -4, 6, 1], [-3, -1, 2, 7]]


def test_maps_of_a_layer_show_every_part_and_the_sums(numbers, texts):
    x, weight = [[2, -1, 1], [0, 1, 4]], [[[1, -1], [1, 1]]]
    drawing = draw.maps_of_a_layer(x, weight)
    first, second, total = [2, -1, 1, 1, -1, 3, -2], [0, 1, 4, 1, 1, 1, 5], [4, 3]
    assert numbers(drawing) == [*first, *second, *total]
    assert texts(drawing).count("⋆") == 2


def test_padding_rows(numbers, texts):
    drawing = draw.padding_rows([1, 2, 3], 1, ["zeros", "circular"])
    assert sorted(numbers(drawing)) == sorted([0, 1, 2, 3, 0, 3, 1, 2, 3, 1])
    assert {"zeros", "circular"} <= set(texts(drawing))


def test_pooled_numbers(numbers):
    shown = numbers(draw.pooled_numbers(X))
    assert shown[:16] == list(np.ravel(X))
    assert shown[16:] == [5, 2, -1, 7, 2, 1, -2.5, 4, 6, 6, 6, 7]


def test_window_positions_name_the_sizes(texts):
    drawing = draw.window_positions([(5, 3, 2, 1, 1), (8, 3, 2, 0, 1), (7, 3, 1, 0, 2)])
    assert texts(drawing) == ["5×5, K 3, S 2, P 1 → 3×3", "8×8, K 3, S 2 → 3×3", "7×7, K 3, S 1, D 2 → 3×3"]


def test_window_positions_strike_out_what_no_window_reaches():
    even = draw.window_positions([(7, 3, 2, 0, 1)]).svg.count("<path")
    rest = draw.window_positions([(8, 3, 2, 0, 1)]).svg.count("<path")
    assert rest - even >= 15, "a row and a column of eight pixels"


def test_depth_columns(texts):
    weight = np.zeros((3, 1, 3, 3))
    weight[:, 0, 1, 1] = 1, 2, -1
    drawing = draw.depth_columns(IMAGE, weight, ["one", "two", "minus"], {"here": (3, 4), "there": (9, 9)})
    assert drawing.svg.count("<image") == 4
    assert {"one", "two", "minus", "here", "there"} <= set(texts(drawing))


def test_opposite_edges():
    response = layers.conv2d(IMAGE[None, None], np.array([[[[1.0, -1.0]]]]))[0, 0]
    assert draw.opposite_edges(IMAGE, response, 6).svg.count("<image") == 4


def test_curves_by_shift(texts):
    drawing = draw.curves_by_shift(range(3), {"one": [0, 1, 0], "two": [0, 0.5, 1]}, "gap")
    assert {"one", "two", "gap"} <= set(texts(drawing))


@pytest.mark.parametrize(("times", "side"), [(1, 3), (2, 5)])
def test_paths_to_a_unit_colour_what_the_unit_sees(times, side):
    def stack(x):
        for _ in range(times):
            x = layers.conv2d(x, np.ones((1, 1, 3, 3)))
        return x

    svg = draw.paths_to_a_unit({"seen": stack, "itself": lambda x: x}, 7).svg
    tints = [float(tint) for tint in re.findall(r"opacity: ([\d.]+)", svg)]
    assert len(tints) == 2 * 7**2
    assert sum(tint > 0 for tint in tints) == side**2 + 1
