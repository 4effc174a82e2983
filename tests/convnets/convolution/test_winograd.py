"""The transforms of Winograd's method: derived, exact, and the published ones up to sign."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnets.convolution import conv2d_im2col, conv2d_winograd, winograd, winograd_matrices

# A. Lavin and S. Gray (2016), sections 4.1 and 4.3
PUBLISHED_B_T = {
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    4: [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
}
HALF, SIXTH, TWELFTH, TWENTY_FOURTH = Fraction(1, 2), Fraction(1, 6), Fraction(1, 12), Fraction(1, 24)
PUBLISHED_G = {
    2: [[1, 0, 0], [HALF, HALF, HALF], [HALF, -HALF, HALF], [0, 0, 1]],
    4: [
        [Fraction(1, 4), 0, 0],
        [-SIXTH, -SIXTH, -SIXTH],
        [-SIXTH, SIXTH, -SIXTH],
        [TWENTY_FOURTH, TWELFTH, SIXTH],
        [TWENTY_FOURTH, -TWELFTH, SIXTH],
        [0, 0, 1],
    ],
}


@pytest.mark.parametrize("tile", [2, 4])
def test_matrices_are_the_published_ones_up_to_sign(tile):
    B_T, G, _ = winograd_matrices(tile)
    for ours, published in ((B_T, PUBLISHED_B_T[tile]), (G, PUBLISHED_G[tile])):
        for row, expected in zip(ours.tolist(), published, strict=True):
            assert row in (expected, [-entry for entry in expected])


@settings(max_examples=30)
@given(st.data(), st.integers(1, 6), st.integers(1, 5))
def test_identity_holds_exactly(data, tile, kernel_size):
    fractions = st.fractions(-9, 9, max_denominator=8)
    n = tile + kernel_size - 1
    d = np.array(data.draw(st.lists(fractions, min_size=n, max_size=n)), object)
    g = np.array(data.draw(st.lists(fractions, min_size=kernel_size, max_size=kernel_size)), object)
    B_T, G, A_T = winograd_matrices(tile, kernel_size)
    expected = [sum(d[i + k] * g[k] for k in range(kernel_size)) for i in range(tile)]
    assert (A_T @ ((G @ g) * (B_T @ d))).tolist() == expected


def test_shapes_and_numbers_of_products():
    for tile, ours, direct in ((2, 16, 36), (4, 36, 144)):
        B_T, G, A_T = winograd_matrices(tile)
        assert (B_T.shape, G.shape, A_T.shape) == ((tile + 2, tile + 2), (tile + 2, 3), (tile, tile + 2))
        assert (len(B_T) ** 2, tile**2 * 3**2) == (ours, direct)


def test_larger_tiles_round_more(rng):
    x, weight = rng.normal(size=(1, 8, 32, 32)), rng.normal(size=(8, 8, 3, 3))
    single = x.astype(np.float32), weight.astype(np.float32)
    errors = [
        np.abs(conv2d_winograd(*single, tile=tile) - conv2d_winograd(x, weight)).max() for tile in (2, 4)
    ]
    assert 0 < errors[0] < errors[1] < 1e-3


@pytest.mark.parametrize("tiles_at_once", [1, 3, 40])
@pytest.mark.parametrize("most_transformed", [1, 300, 10**6])
def test_blocks_and_parts_make_no_difference(tiles_at_once, most_transformed, rng, monkeypatch):
    x, weight = rng.normal(size=(3, 2, 13, 9)), rng.normal(size=(5, 2, 3, 3))
    expected = conv2d_im2col(x, weight, "same")
    monkeypatch.setattr(winograd, "TILES_AT_ONCE", tiles_at_once)
    monkeypatch.setattr(winograd, "MOST_TRANSFORMED", most_transformed)
    for tile in (2, 4):
        np.testing.assert_allclose(conv2d_winograd(x, weight, "same", tile), expected, atol=1e-11)


@pytest.mark.parametrize("sizes", [(0, 3), (2, 0), (9, 3)])
def test_errors(sizes):
    with pytest.raises(ValueError, match=f"their sum at most 11, got {sizes[0]} and {sizes[1]}"):
        winograd_matrices(*sizes)
