"""Row 2.6: the gallery of kernels, their numbers, and what they do."""

import numpy as np
import pytest

from convnets.convolution import KERNELS, Kernel, conv2d_windows, cross_correlate2d, normalised
from convnets.data import photograph

LECTURE_NUMBERS = {
    "blur": [[0, 1, 0], [1, 4, 1], [0, 1, 0]],
    "sharpen": [[0, -1, 0], [-1, 8, -1], [0, -1, 0]],
    "laplacian": [[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
    "sobel_x": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
}
SUMS = {"identity": 1, "blur": 8, "box": 9, "gaussian": 16, "sharpen": 4, "laplacian": 0, "sobel_x": 0}
SUMS |= {"sobel_y": 0, "emboss": 1}
SEPARABLE = {"identity", "box", "gaussian", "sobel_x", "sobel_y"}
STEP = np.array([[0, 0, 0, 1, 1, 1]] * 6)
"""Dark on the left, bright on the right: one vertical edge."""


@pytest.mark.parametrize("name", LECTURE_NUMBERS)
def test_lecture_numbers(name):
    np.testing.assert_array_equal(KERNELS[name].weights, LECTURE_NUMBERS[name])
    assert "CSC421" in KERNELS[name].source


def test_sums_and_separability():
    assert {name: kernel.sum for name, kernel in KERNELS.items()} == SUMS
    assert {name for name, kernel in KERNELS.items() if kernel.is_separable} == SEPARABLE


def test_separable_kernels_are_outer_products():
    np.testing.assert_array_equal(KERNELS["gaussian"].weights, np.outer([1, 2, 1], [1, 2, 1]))
    np.testing.assert_array_equal(KERNELS["sobel_x"].weights, np.outer([1, 2, 1], [1, 0, -1]))
    np.testing.assert_array_equal(KERNELS["sobel_y"].weights, KERNELS["sobel_x"].weights.T)


@pytest.mark.parametrize("name", KERNELS)
def test_uniform_areas_are_multiplied_by_the_sum(name):
    out = conv2d_windows(np.full((5, 6), 3), KERNELS[name].weights, "valid")
    np.testing.assert_array_equal(out, np.full((3, 4), 3 * SUMS[name]))


def test_sobel_sees_vertical_edges_and_its_sign_depends_on_the_flip():
    sobel = KERNELS["sobel_x"].weights
    convolved, correlated = conv2d_windows(STEP, sobel, "valid"), cross_correlate2d(STEP, sobel)
    np.testing.assert_array_equal(convolved, [[0, 4, 4, 0]] * 4)
    np.testing.assert_array_equal(correlated, -convolved)
    assert not conv2d_windows(STEP.T, sobel, "valid").any()
    np.testing.assert_array_equal(conv2d_windows(STEP.T, KERNELS["sobel_y"].weights, "valid"), convolved.T)


def test_symmetric_kernels_do_not_care_for_the_flip_and_emboss_does(rng):
    image = rng.normal(size=(7, 6))
    for name, kernel in KERNELS.items():
        equal = np.allclose(
            conv2d_windows(image, kernel.weights, "valid"), cross_correlate2d(image, kernel.weights)
        )
        assert equal == (name not in ("sobel_x", "sobel_y", "emboss"))


def test_blur_and_sharpen_on_a_photograph():
    image = photograph("camera", 64)
    middle = image[1:-1, 1:-1]
    blurred = conv2d_windows(image, normalised(KERNELS["blur"]), "valid")
    sharpened = conv2d_windows(image, normalised(KERNELS["sharpen"]), "valid")
    roughness = [np.abs(np.diff(picture)).mean() for picture in (blurred, middle, sharpened)]
    assert roughness == sorted(roughness)
    assert blurred.min() >= image.min()
    assert blurred.max() <= image.max()
    assert conv2d_windows(image, KERNELS["blur"].weights, "valid").max() > 4 * image.max()


def test_sharpen_is_the_image_plus_its_laplacian():
    sharpened = 4 * KERNELS["identity"].weights + KERNELS["laplacian"].weights
    np.testing.assert_array_equal(KERNELS["sharpen"].weights, sharpened)


def test_normalised():
    np.testing.assert_allclose(normalised([[1, 3]]), [[0.25, 0.75]])
    for name, kernel in KERNELS.items():
        if SUMS[name]:
            assert normalised(kernel).sum() == pytest.approx(1)
        else:
            with pytest.raises(ValueError, match="sum to zero"):
                normalised(kernel)


def test_weights_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        KERNELS["blur"].weights[0, 0] = 1
    numbers = np.ones((2, 2))
    kernel = Kernel("mine", numbers, "", "", "")
    numbers[0, 0] = 5
    assert kernel.sum == 4


def test_every_kernel_has_its_facts():
    for name, kernel in KERNELS.items():
        assert kernel.name == name
        assert all((kernel.does, kernel.source, kernel.note))
