"""Generated scenes: everything they claim about themselves is checked against their pixels."""

import numpy as np
import pytest

from convnets.data import digits_on_canvas, load, shapes
from convnets.data.synthetic import CLASSES, COLOURS, MIN_VISIBLE


@pytest.fixture(scope="module")
def scenes():
    return shapes(np.random.default_rng(0), 60, size=48, max_shapes=4)


def every_shape(scenes):
    for scene in scenes:
        yield from zip(scene.classes, scene.boxes, scene.masks, scene.keypoints, strict=True)


def test_shapes_and_dtypes(scenes):
    for scene in scenes:
        B = len(scene.classes)
        assert 1 <= B <= 4
        assert (scene.image.shape, scene.image.dtype) == ((3, 48, 48), np.float32)
        assert (scene.boxes.shape, scene.masks.shape, scene.keypoints.shape) == (
            (B, 4),
            (B, 48, 48),
            (B, 5, 2),
        )
        assert (scene.classes.dtype, scene.boxes.dtype, scene.masks.dtype) == (np.int64, np.int64, bool)
        assert 0 <= scene.image.min() <= scene.image.max() <= 1
    assert {kind for scene in scenes for kind in scene.classes} == {0, 1, 2}
    assert {len(scene.classes) for scene in scenes} == {1, 2, 3, 4}


def test_boxes_fit_the_masks(scenes):
    for _, (x1, y1, x2, y2), mask, _ in every_shape(scenes):
        ys, xs = mask.nonzero()
        assert (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) == (x1, y1, x2, y2)


def test_no_pixel_shows_two_shapes(scenes):
    for scene in scenes:
        assert scene.masks.sum(axis=0).max() <= 1


def test_pixels_of_a_shape_have_its_colour_and_the_rest_is_grey():
    for scene in shapes(np.random.default_rng(1), 20, size=48, noise=0):
        for mask in scene.masks:
            assert len(np.unique(scene.image[:, mask], axis=1).T) == 1
        background = scene.image[:, ~scene.masks.any(axis=0)]
        assert len(np.unique(background)) == 1
        colours = [name for name in scene.caption.replace("left of", "").split() if name in COLOURS]
        assert len(colours) == len(scene.classes)


def test_area_of_a_mask_is_the_area_of_its_polygon(scenes):
    for kind, _, mask, keypoints in every_shape(scenes):
        corners = keypoints[1:][~np.isnan(keypoints[1:, 0])]
        assert len(corners) == {"disc": 0, "square": 4, "triangle": 3}[CLASSES[kind]]
        if not len(corners):
            continue
        x, y = corners.T
        area = 0.5 * (np.roll(y, -1) @ x - np.roll(x, -1) @ y)  # positive: clockwise, y pointing down
        perimeter = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).sum()
        assert mask.sum() <= area + perimeter
        assert mask.sum() >= MIN_VISIBLE * (area - perimeter)
        assert corners[0, 1] == corners[:, 1].min()
        np.testing.assert_allclose(corners.mean(axis=0), keypoints[0])


def test_single_shapes_are_whole():
    for scene in shapes(np.random.default_rng(3), 30, max_shapes=1):
        (x1, y1, x2, y2), keypoints = scene.boxes[0], scene.keypoints[0]
        assert x1 <= keypoints[0, 0] <= x2
        assert y1 <= keypoints[0, 1] <= y2
        corners = keypoints[1:][~np.isnan(keypoints[1:, 0])]
        if len(corners):
            # a pixel belongs to a shape if its centre does: a sharp corner may lose a pixel and a half
            np.testing.assert_allclose([x1, y1], corners.min(axis=0), atol=1.8)
            np.testing.assert_allclose([x2, y2], corners.max(axis=0), atol=1.8)


def test_caption_reads_from_left_to_right(scenes):
    for scene in scenes:
        order = np.argsort(scene.keypoints[:, 0, 0])
        named = [part.split()[-1] for part in scene.caption.split(" left of ")]
        assert named == [CLASSES[kind] for kind in scene.classes[order]]


def test_same_seed_same_scenes():
    one, two = (shapes(np.random.default_rng(7), 3)[2] for _ in range(2))
    np.testing.assert_array_equal(one.image, two.image)
    assert one.caption == two.caption


def test_no_scenes():
    assert shapes(np.random.default_rng(0), 0) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num": -1}, "num must not be negative, got -1"),
        ({"size": 15}, "got size 15"),
        ({"max_shapes": 0}, "max_shapes 0"),
        ({"noise": -1}, "noise -1"),
    ],
)
def test_shapes_errors(options, message):
    with pytest.raises(ValueError, match=message):
        shapes(np.random.default_rng(0), **{"num": 1, **options})


def test_digits_on_canvas():
    placed = digits_on_canvas(np.random.default_rng(0), 40, size=20)
    assert (placed.images.shape, placed.images.dtype) == ((40, 1, 20, 20), np.float32)
    known = {image.tobytes(): label for split in ("train", "test") for image, label in pairs(split)}
    for image, label, (x1, y1, x2, y2) in zip(placed.images, placed.labels, placed.boxes, strict=True):
        assert (x2 - x1, y2 - y1) == (8, 8)
        digit = image[:, y1:y2, x1:x2]
        assert known[digit.tobytes()] == label
        assert digit.sum() == image.sum()
    assert len({tuple(box) for box in placed.boxes.tolist()}) > 20


def pairs(split):
    loaded = load("digits", split)
    return zip(loaded.images, loaded.labels, strict=True)


def test_digits_fill_the_smallest_canvas_and_none_are_none():
    assert digits_on_canvas(np.random.default_rng(0), 2, size=8).boxes.tolist() == [[0, 0, 8, 8]] * 2
    assert digits_on_canvas(np.random.default_rng(0), 0).images.shape == (0, 1, 32, 32)


def test_digits_on_canvas_errors():
    with pytest.raises(ValueError, match="size must be at least 8, the side of a digit, got 7"):
        digits_on_canvas(np.random.default_rng(0), 1, size=7)
    with pytest.raises(ValueError, match="num must not be negative, got -2"):
        digits_on_canvas(np.random.default_rng(0), -2)
