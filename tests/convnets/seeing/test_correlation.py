import numpy as np
import pytest

from convnets.seeing import pixel_correlation


def test_stripes_by_hand():
    stripes = [[0, 1, 0, 1, 0], [1, 0, 1, 0, 1]]
    assert pixel_correlation([stripes], 1) == pytest.approx(-1)
    assert pixel_correlation([stripes], 2) == pytest.approx(1)


def test_a_moving_average_correlates_over_its_own_width(rng):
    """Averages of w draws that share w - d of them correlate by (w - d) / w."""
    noise = rng.normal(size=(400, 400))
    averages = sum(noise[:, i : i + 390] for i in range(4))
    found = [pixel_correlation([averages], d) for d in (1, 2, 3, 4, 8)]
    np.testing.assert_allclose(found, [0.75, 0.5, 0.25, 0, 0], atol=0.02)  # 400 rows: standard error < 0.006


def test_mean_over_images(rng):
    images = [rng.normal(size=(5, 9)), rng.normal(size=(3, 20))]
    each = [pixel_correlation([image], 3) for image in images]
    assert pixel_correlation(images, 3) == pytest.approx(np.mean(each))


@pytest.mark.parametrize(
    ("images", "distance", "message"),
    [
        ([], 1, "at least one image"),
        ([np.zeros(4)], 1, r"shape \(H, W\)"),
        ([np.eye(3)], 3, "between 1 and 2, got 3"),
        ([np.eye(3)], 0, "between 1 and 2, got 0"),
        ([np.ones((3, 4))], 1, "without variance"),
    ],
)
def test_errors(images, distance, message):
    with pytest.raises(ValueError, match=message):
        pixel_correlation(images, distance)
