"""Row 10.4: overlaps, the meter, interpolation and the remedies."""

import numpy as np
import pytest
import torch

from convnets import layers
from convnets import transposed as tr

ROUNDING = {"rtol": 0, "atol": 1e-12}  # sums of at most a hundred products of numbers near 1, in float64


@pytest.mark.parametrize(
    ("kernel_size", "stride", "inside"),
    [(3, 2, {1, 2}), (4, 2, {2}), (2, 2, {1}), (2, 3, {0, 1}), (5, 2, {2, 3}), (6, 3, {2}), (3, 1, {3})],
)
def test_overlaps_away_from_the_border(kernel_size, stride, inside):
    counts = tr.overlap_counts((1, 9), (1, kernel_size), (1, stride))[0]
    assert set(counts[2 * stride : -2 * stride].tolist()) == inside
    assert counts.sum() == 9 * kernel_size


def test_overlaps_in_the_plane_by_hand():
    counts = tr.overlap_counts((2, 3), 3, 2)
    np.testing.assert_array_equal(counts, np.outer([1, 1, 2, 1, 1], [1, 1, 2, 1, 2, 1, 1]))
    cut = tr.overlap_counts((2, 3), 3, 2, padding=1, output_padding=(0, 1))
    np.testing.assert_array_equal(cut, np.outer([1, 2, 1], [1, 2, 1, 2, 1, 1]))
    spread = tr.overlap_counts((1, 3), (1, 2), 1, dilation=2)
    np.testing.assert_array_equal(spread, [[1, 1, 2, 1, 1]])
    assert counts.dtype.kind == "i"


@pytest.mark.parametrize("stride", [1, 2, 3, (2, 3), 5])
def test_phase_sums_are_what_a_constant_becomes(stride, rng):
    weight = rng.normal(size=(1, 2, 4, 5))
    out = tr.conv_transpose2d(np.ones((1, 1, 9, 9)), weight, stride=stride)
    s_h, s_w = np.broadcast_to(stride, 2)
    sums = tr.phase_sums(weight, stride)
    assert sums.shape == (1, 2, s_h, s_w)
    np.testing.assert_allclose(out[:, :, 4 * s_h : 5 * s_h, 4 * s_w : 5 * s_w], sums, **ROUNDING)


def test_phase_sums_by_hand():
    np.testing.assert_array_equal(tr.phase_sums(np.arange(9).reshape(3, 3), 2), [[16, 8], [8, 4]])
    np.testing.assert_array_equal(tr.phase_sums([[5]], 2), [[5, 0], [0, 0]])


def test_even_overlaps_do_not_save_weights_whose_phases_differ():
    weight = np.array([[[[1.0, 0.0, 1.0, 0.0]]]])
    out = tr.conv_transpose2d(np.ones((1, 1, 1, 9)), weight, stride=(1, 2))
    assert set(tr.overlap_counts((1, 9), (1, 4), (1, 2))[0, 2:-2].tolist()) == {2}
    np.testing.assert_allclose(out[0, 0, 0, 2:-2], [2, 0] * 8, **ROUNDING)


def test_meter_by_hand():
    assert tr.checkerboard([[1, 2], [2, 4]], 2) == pytest.approx(np.sqrt(1.1875 / 6.25), rel=1e-12)
    assert tr.checkerboard([[1, -1], [-1, 1]], 2) == 1
    assert tr.checkerboard(np.full((5, 7), 3.0), 2) == 0
    assert tr.checkerboard(np.zeros((4, 4)), 2) == 0


def test_meter_reads_the_pattern_and_not_the_picture(rng):
    picture = np.cumsum(np.cumsum(rng.normal(size=(60, 66)), axis=0), axis=1)
    picture /= np.sqrt((picture**2).mean())
    pattern = np.tile([[1, -1], [-1, 1]], (30, 33))
    alone = tr.checkerboard(picture, 2)
    assert alone < 0.02
    assert tr.checkerboard(picture + pattern, 2) == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert tr.checkerboard(7 * picture, 2) == pytest.approx(alone, rel=1e-9)
    assert tr.checkerboard(picture[None, None] + pattern, (2, 2)) == tr.checkerboard(picture + pattern, 2)
    assert tr.checkerboard(pattern[:, :65], 2) == tr.checkerboard(pattern[:59], 2) == 1, "what fills no tile"


def enlarged(x, stride, kernel_size=None):
    size = kernel_size or 2 * stride - stride % 2
    kernel = tr.bilinear_kernel(size, stride)
    weight = np.broadcast_to(kernel, (x.shape[1], 1, *kernel.shape))
    return tr.conv_transpose2d(x, weight, stride=stride, padding=(size - stride) // 2, groups=x.shape[1])


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 5])
def test_bilinear_kernel_reproduces_ramps(stride):
    ramp = 5 + 2 * np.arange(6)[:, None] - 3 * np.arange(7)
    out = enlarged(ramp[None, None].astype(float), stride)[0, 0]
    y, x = (((np.arange(n) + 0.5) / stride - 0.5) for n in (6 * stride, 7 * stride))
    inner = slice(stride, -stride)
    np.testing.assert_allclose(
        out[inner, inner], (5 + 2 * y[:, None] - 3 * x)[inner, inner], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("stride", [2, 3, 4])
def test_bilinear_kernel_interpolates_as_torch_does_away_from_borders(stride, rng):
    x = rng.normal(size=(2, 3, 5, 6))
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(x), scale_factor=stride, mode="bilinear"
    ).numpy()
    inner = (..., slice(stride, -stride), slice(stride, -stride))
    np.testing.assert_allclose(enlarged(x, stride)[inner], expected[inner], **ROUNDING)


def test_bilinear_kernel_by_hand():
    np.testing.assert_array_equal(tr.bilinear_kernel((1, 4), (1, 2)) * 4, [[1, 3, 3, 1]])
    np.testing.assert_array_equal(tr.bilinear_kernel(3, 2) * 4, [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    np.testing.assert_array_equal(tr.bilinear_kernel((7, 1), (2, 1))[:, 0] * 2, [0, 0, 1, 2, 1, 0, 0])
    for size, stride in ((4, 2), (3, 2), (8, 4), (5, 3), (11, 3)):
        np.testing.assert_allclose(tr.phase_sums(tr.bilinear_kernel(size, stride), stride), 1, **ROUNDING)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_pixel_shuffle_is_torchs(factor, rng):
    x = rng.normal(size=(2, 2 * factor**2, 3, 4))
    expected = torch.nn.functional.pixel_shuffle(torch.from_numpy(x), factor).numpy()
    np.testing.assert_array_equal(tr.pixel_shuffle(x, factor), expected)
    np.testing.assert_array_equal(tr.pixel_unshuffle(expected, factor), x)


def test_pixel_shuffle_by_hand():
    channels = np.arange(8).reshape(1, 8, 1, 1)
    np.testing.assert_array_equal(tr.pixel_shuffle(channels, 2), [[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]])


@pytest.mark.parametrize(
    ("factor", "side", "padding"), [(2, 3, 1), (3, 3, 0), (2, 1, 0), (2, 5, 2), (3, 2, 1)]
)
def test_pixel_shuffle_is_a_transposed_convolution(factor, side, padding, rng):
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4 * factor**2, 3, side, side))
    shuffled = tr.pixel_shuffle(layers.conv2d(x, weight, padding=padding), factor)
    kernel = tr.pixel_shuffle_weight(weight, factor)
    assert kernel.shape == (3, 4, side * factor, side * factor)
    np.testing.assert_array_equal(np.sort(kernel, axis=None), np.sort(weight, axis=None))
    straight = tr.conv_transpose2d(x, kernel, stride=factor, padding=factor * (side - 1 - padding))
    np.testing.assert_allclose(straight, shuffled, **ROUNDING)


def test_a_pixel_shuffle_of_equal_filters_is_a_resize_convolution_of_nearest_pixels(rng):
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 3))
    shuffled = tr.pixel_shuffle(layers.conv2d(x, weight.repeat(4, axis=0), padding=1), 2)
    np.testing.assert_allclose(
        shuffled, layers.conv2d(x, weight, padding=1).repeat(2, 2).repeat(2, 3), **ROUNDING
    )


def test_resize_convolution_by_hand_and_by_torch(rng):
    row = tr.resize_conv2d([[[[1.0, 2.0, 4.0]]]], [[[[1.0, 10.0, 100.0]]]], scale_factor=(1, 2))
    np.testing.assert_allclose(row, [[[[211, 221, 422, 442]]]], **ROUNDING)
    x, weight, bias = rng.normal(size=(2, 4, 3, 5)), rng.normal(size=(6, 2, 3, 3)), rng.normal(size=6)
    tensor = torch.nn.functional.interpolate(torch.from_numpy(x), scale_factor=3)
    expected = torch.nn.functional.conv2d(tensor, *map(torch.from_numpy, (weight, bias)), padding=1, groups=2)
    np.testing.assert_allclose(tr.resize_conv2d(x, weight, bias, 3, 1, 2), expected.numpy(), **ROUNDING)


def test_resize_convolution_keeps_constants_and_is_a_transposed_convolution(rng):
    weight = rng.normal(size=(1, 1, 3, 3))
    out = tr.resize_conv2d(np.ones((1, 1, 4, 4)), weight)
    np.testing.assert_allclose(out, weight.sum(), **ROUNDING)
    a, b, c = rng.normal(size=3)
    kernel = np.array([[[[c, b + c, a + b, a]]]])  # two pixels, filtered, in the order of stamps
    x = rng.normal(size=(1, 1, 1, 6))
    straight = tr.conv_transpose2d(x, kernel, stride=(1, 2), padding=(0, 1))
    np.testing.assert_allclose(
        tr.resize_conv2d(x, [[[[a, b, c]]]], None, (1, 2), (0, 1)), straight, **ROUNDING
    )
    np.testing.assert_allclose(tr.phase_sums(kernel, (1, 2)), a + b + c, **ROUNDING)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tr.overlap_counts((0, 3), 3), ValueError, "size must be at least 1"),
        (lambda: tr.overlap_counts(3, 0), ValueError, "kernel_size must be at least 1"),
        (lambda: tr.overlap_counts(3, 3, padding=3), ValueError, "cuts everything off"),
        (lambda: tr.phase_sums([1, 2], 2), ValueError, r"shape \(\.\.\., K_h, K_w\).*\(2,\)"),
        (lambda: tr.phase_sums([[1]], 0), ValueError, "stride must be at least 1"),
        (lambda: tr.checkerboard([1, 2], 1), ValueError, r"got x \(2,\) and stride 1"),
        (lambda: tr.checkerboard(np.ones((1, 4)), 2), ValueError, r"one tile .* x \(1, 4\)"),
        (lambda: tr.checkerboard(np.ones((0, 4, 4)), 2), ValueError, "one tile"),
        (lambda: tr.bilinear_kernel(2, 2), ValueError, "at least 2 · 2 − 1 taps, got 2"),
        (lambda: tr.bilinear_kernel((4.0, 4), 2), TypeError, "kernel_size must hold integers"),
        (lambda: tr.pixel_shuffle(maps(6), 2), ValueError, "a multiple of 2² channels, has 6"),
        (lambda: tr.pixel_shuffle(np.ones((4, 2, 2)), 2), ValueError, r"x expects four axes.*\(4, 2, 2\)"),
        (lambda: tr.pixel_shuffle(maps(4), (2, 2)), TypeError, r"expects an integer, got \(2, 2\)"),
        (lambda: tr.pixel_unshuffle(np.ones((1, 1, 4, 5)), 2), ValueError, "that 2 divides"),
        (lambda: tr.pixel_unshuffle(maps(1), 0), ValueError, "must be at least 1, got 0"),
        (lambda: tr.pixel_shuffle_weight(np.ones((3, 1, 2, 2)), 2), ValueError, "a multiple of 2²"),
        (lambda: tr.pixel_shuffle_weight(np.ones((3, 1, 2)), 2), ValueError, "weight expects four axes"),
        (lambda: tr.resize_conv2d(np.ones((1, 2, 2)), maps(1)), ValueError, "x expects four axes"),
        (lambda: tr.resize_conv2d(maps(1), maps(1), None, 0), ValueError, "must be at least 1"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def maps(channels):
    return np.ones((1, channels, 2, 2))
