"""Anchors: their shapes, their places, and their order."""

import math

import pytest
import torch

from convnets.detection import anchor_shapes, anchors_inside, box_area, grid_anchors, grid_anchors_loops


def test_shapes_by_hand():
    """Ratio is height over width; the area stays that of the square."""
    shapes = anchor_shapes((8, 16), (0.25, 1, 4))
    assert shapes.tolist() == [[16, 4], [8, 8], [4, 16], [32, 8], [16, 16], [8, 32]]
    assert anchor_shapes(()).shape == (0, 2)


def test_area_is_constant_across_ratios():
    shapes = anchor_shapes((32.0,), (0.5, 1.0, 2.0, 3.0))
    torch.testing.assert_close(shapes.prod(dim=1), torch.full((4,), 1024.0))
    torch.testing.assert_close(shapes[:, 1] / shapes[:, 0], torch.tensor([0.5, 1, 2, 3]))


def test_grid_by_hand():
    """Two rows, three columns: row by row, in a row cell by cell, in a cell shape by shape."""
    anchors = grid_anchors((2, 3), (10, 4), torch.tensor([[4.0, 2], [2, 6]]))
    assert anchors.shape == (12, 4)
    assert anchors[0].tolist() == [0, 4, 4, 6]  # centre (2, 5)
    assert anchors[1].tolist() == [1, 2, 3, 8]
    assert anchors[2].tolist() == [4, 4, 8, 6]  # next column: x + 4
    assert anchors[6].tolist() == [0, 14, 4, 16]  # next row: y + 10
    by_cell = anchors.reshape(2, 3, 2, 4)
    assert by_cell[1, 2, 1].tolist() == [9, 12, 11, 18]


@pytest.mark.parametrize("feature_size", [(1, 1), (3, 5), (5, 2), (0, 4), (4, 0)])
@pytest.mark.parametrize("stride", [16, (8, 16), 7.5], ids=str)
def test_against_loops(feature_size, stride):
    shapes = anchor_shapes((20, 33), (0.5, 1, 2))
    anchors = grid_anchors(feature_size, stride, shapes)
    assert anchors.shape == (feature_size[0] * feature_size[1] * 6, 4)
    # the loops compute in double and round at the end
    torch.testing.assert_close(
        anchors, grid_anchors_loops(feature_size, stride, shapes), atol=1e-5, rtol=1e-6
    )


def test_cells_tile_the_image():
    """Anchors as large as the cells cover the image, each pixel once."""
    anchors = grid_anchors((3, 5), (8, 4), torch.tensor([[4.0, 8]]))
    covered = torch.zeros(24, 20)
    for x1, y1, x2, y2 in anchors.int().tolist():
        covered[y1:y2, x1:x2] += 1
    assert (covered == 1).all()
    assert box_area(anchors).sum() == 24 * 20


def test_inside_by_hand():
    """Height 6, width 8; to lie on the border is to be inside."""
    anchors = torch.tensor([[0.0, 0, 8, 6], [0, 0, 6, 8], [-1, 0, 4, 4], [0, 1, 8.5, 3], [2, 2, 3, 3]])
    assert anchors_inside(anchors, (6, 8)).tolist() == [True, False, False, False, True]
    assert anchors_inside(anchors[:0], (6, 8)).shape == (0,)


def test_dtype_is_that_of_the_shapes():
    assert grid_anchors((2, 2), 4, torch.ones(1, 2).double()).dtype == torch.float64


def test_errors():
    shapes = torch.ones(1, 2)
    with pytest.raises(ValueError, match="sizes and ratios must be positive"):
        anchor_shapes((8, 0))
    with pytest.raises(ValueError, match="sizes and ratios must be positive"):
        anchor_shapes((8,), (-1,))
    with pytest.raises(ValueError, match="sizes and ratios must be positive"):
        anchor_shapes((8,), (1, math.nan))
    with pytest.raises(ValueError, match=r"feature_size must be \(H, W\)"):
        grid_anchors((2, -1), 4, shapes)
    with pytest.raises(ValueError, match="stride must be positive"):
        grid_anchors((2, 2), (4, 0), shapes)
    with pytest.raises(ValueError, match="stride must be positive"):
        grid_anchors((2, 2), math.nan, shapes)
    with pytest.raises(ValueError, match=r"shapes must have shape \(any, 2\), its shape is \(2,\)"):
        grid_anchors((2, 2), 4, torch.ones(2))
    with pytest.raises(ValueError, match=r"the least is 0.0"):
        grid_anchors((2, 2), 4, shapes * 0)
