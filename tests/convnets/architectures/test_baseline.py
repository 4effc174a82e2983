"""Row 6.8: histograms of gradients and a linear support vector machine."""

import numpy as np
import pytest
import skimage

from convnets import data
from convnets.architectures.baseline import hog_features, hog_svm


@pytest.mark.parametrize(
    ("shape", "settings", "expected"),
    [
        ((2, 1, 8, 8), {}, 1 * 1 * 4 * 9),
        ((2, 3, 32, 32), {}, 7 * 7 * 4 * 9),
        ((2, 1, 14, 9), {"orientations": 6, "block": 1}, 3 * 2 * 1 * 6),
        ((0, 3, 16, 12), {}, 3 * 2 * 4 * 9),
    ],
)
def test_number_of_features(shape, settings, expected, rng):
    features = hog_features(rng.random(shape), **settings)
    assert features.shape == (shape[0], expected)
    assert features.dtype == np.float32


def test_an_edge_falls_into_its_direction():
    """Brightness that grows to the right has its gradient at 0°, downwards at 90°: bins 0 and 4 of 9."""
    ramp = np.tile(np.arange(8.0) / 8, (8, 1))
    images = np.stack([ramp, ramp.T])[:, None]
    cells = hog_features(images, block=1).reshape(2, 4, 9)
    assert (cells.argmax(2) == [[0], [4]]).all()


def test_agrees_with_scikit_image(rng):
    images = rng.random((3, 3, 16, 12))
    expected = [skimage.feature.hog(each, 9, (4, 4), (2, 2), channel_axis=0) for each in images]
    np.testing.assert_allclose(hog_features(images), expected, rtol=1e-6)  # float32


def test_contrast_hardly_matters(rng):
    images = rng.random((2, 1, 16, 16))
    difference = hog_features(images) - hog_features(0.5 * images)
    assert np.abs(difference).max() < 1e-3  # the length of a block is kept from zero by 1e-5


def test_digits_are_told_apart():
    train, test = data.load("digits"), data.load("digits", "test")
    machine = hog_svm(cell=2).fit(train.images, train.labels)
    assert machine.predict(test.images[:3]).shape == (3,)
    assert machine.score(test.images, test.labels) > 0.85


def test_errors(rng):
    with pytest.raises(ValueError, match=r"shape \(N, C, H, W\), got \(8, 8\)"):
        hog_features(rng.random((8, 8)))
    with pytest.raises(ValueError, match="7×9 are smaller than a block of 2×2 cells of 4×4 pixels"):
        hog_features(rng.random((1, 1, 7, 9)))
