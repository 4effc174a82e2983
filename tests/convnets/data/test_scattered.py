"""Canvases with several digits: every box is checked against its pixels."""

import numpy as np
import pytest

from convnets import data


def test_scattered_digits():
    """Ink is in boxes alone, boxes are as small as can be and do not overlap, and the same seed repeats."""
    found = data.scattered_digits(np.random.default_rng(8), 20, size=40, max_digits=5, max_zoom=3)
    assert len(found) == 20
    counts = [len(boxes) for boxes in found.boxes]
    assert (min(counts), max(counts)) == (1, 5)
    for image, boxes in zip(found.images, found.boxes, strict=True):
        assert (image.shape, image.dtype) == ((3, 40, 40), np.uint8)
        covered = np.zeros((40, 40), int)
        for x1, y1, x2, y2 in boxes.astype(int):
            ink = image[0, y1:y2, x1:x2] > 0
            assert all(side.any() for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))
            covered[y1:y2, x1:x2] += 1
        assert covered.max() == 1
        assert not image[:, covered == 0].any()
    again = data.scattered_digits(np.random.default_rng(8), 20, size=40, max_digits=5, max_zoom=3)
    np.testing.assert_array_equal(found.images, again.images)


def test_scattered_digits_of_other_writers():
    """A digit of 8 by 8 on a canvas of 8 by 8 is one of its split, and of no other."""
    for split in ("train", "test"):
        found = data.scattered_digits(np.random.default_rng(9), 3, 8, max_digits=1, max_zoom=1, split=split)
        ours = (data.load("digits", split).images * 255).round()
        others = (data.load("digits", "train" if split == "test" else "test").images * 255).round()
        for image, labels in zip(found.images, found.labels, strict=True):
            same = (ours[:, 0] == image[0]).all(axis=(1, 2)).nonzero()[0]
            assert data.load("digits", split).labels[same[0]] == labels[0]
            assert not (others[:, 0] == image[0]).all(axis=(1, 2)).any()


def test_no_scattered_digits():
    assert len(data.scattered_digits(np.random.default_rng(0), 0)) == 0


@pytest.mark.parametrize(
    "wrong", [{"num": -1}, {"size": 15}, {"max_digits": 0}, {"max_zoom": 0}, {"split": "val"}], ids=str
)
def test_bad_scattered_digits(wrong):
    with pytest.raises(ValueError, match="must not be negative" if "num" in wrong else "max_digits >= 1"):
        data.scattered_digits(np.random.default_rng(0), **({"num": 1} | wrong))
