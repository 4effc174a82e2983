"""Figures of the chapter on transposed convolution."""

import re

import numpy as np

from convnets import transposed as tr
from convnets.drawings import transposed as draw

Y = np.array([[1, 2, 0], [0, 1, 0], [3, 0, 1]])
F, G = np.arange(1, 10).reshape(3, 3), np.arange(1, 5).reshape(2, 2)
IMAGE = np.random.default_rng(0).random((16, 16))


def test_filter_matrices_write_each_weight_once_for_each_window(numbers, texts):
    for transposed in (False, True):
        drawing = draw.filter_matrices({"first": (F, 1), "second": (G, 2)}, 4, transposed=transposed)
        assert sorted(numbers(drawing)) == sorted([*F.ravel().tolist() * 4, *G.ravel().tolist() * 4])
        assert {"first", "second"} <= set(texts(drawing))
    rows = numbers(draw.filter_matrices({"first": (F, 1)}, 4))
    assert rows == list(range(1, 10)) * 4, "row after row"
    columns = numbers(draw.filter_matrices({"first": (F, 1)}, 4, transposed=True))
    assert columns[:4] == [1, 2, 1, 3], "the first rows of the transposed matrix: 1; 2 1; 3 2"


def test_stamps_show_the_map_and_the_whole_sheet(numbers):
    sheet = tr.conv_transpose2d_scatter(Y[None, None], F[None, None], stride=2)
    assert numbers(draw.stamps(Y, F, 2, 1)) == [*Y.ravel(), *sheet.ravel()]


def test_zeros_between(numbers, texts):
    drawing = draw.zeros_between(Y, F, 2, 1, (1, 1))
    result = tr.conv_transpose2d_scatter(Y[None, None], F[None, None], None, 2, 1)
    spread = np.pad(tr.insert_zeros(Y, 2), 1)
    assert numbers(drawing) == [*Y.ravel(), *F.ravel()[::-1], *result.ravel(), *spread.ravel()]
    assert "zeros between and around: 7 × 7" in texts(drawing)


def test_sizes_that_meet(numbers):
    found = numbers(draw.sizes_that_meet([5, 6, 7, 8], 3, 2, 1))
    assert found == [5, 6, 7, 8, 3, 4]


def test_shuffled_shows_channels_and_the_image(numbers):
    x = np.arange(8).reshape(4, 1, 2)
    assert numbers(draw.shuffled(x, 2)) == [*range(8), 0, 2, 1, 3, 4, 6, 5, 7]


def test_overlaps_write_the_counts(numbers, texts):
    drawing = draw.overlaps([(3, 2), (2, 3)], 3)
    assert numbers(drawing) == [1, 1, 2, 1, 2, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1]
    assert {"kernel 3, stride 2", "kernel 2, stride 3"} <= set(texts(drawing))


def test_checkerboards_read_nothing_where_the_stride_divides_the_kernel(texts):
    drawing = draw.checkerboards(np.full((12, 12), 0.5), [(2, 2), (3, 2), (4, 2), (6, 3), (4, 3)])
    readings = {t.split(":")[0]: float(t.split(": ")[1]) for t in texts(drawing) if ":" in t}
    assert {name for name, reading in readings.items() if reading > 0} == {"k 3, s 2", "k 4, s 3"}
    assert readings["k 3, s 2"] == round(np.sqrt(0.19), 2)
    assert drawing.svg.count("<image") == 5


def test_with_readings(texts):
    drawing = draw.with_readings(
        {"plain": np.full((6, 6), 0.3), "squares": np.tile([[0, 1], [1, 0]], (3, 3))}, 2
    )
    assert texts(drawing) == ["plain: 0.00", f"squares: {np.sqrt(0.5):.2f}"]
    assert drawing.svg.count("<image") == 2


def test_tents_label_the_values_at_their_places(texts):
    drawing = draw.tents([1, 3, 2.5], 4)
    assert [text for text in texts(drawing) if re.fullmatch(r"[\d.]+", text)] == ["1", "3", "2.5"]
