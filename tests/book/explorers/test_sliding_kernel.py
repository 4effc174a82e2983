"""A kernel slid over an image, driven in the browser and compared with convnets."""

import json
import re

import numpy as np
import pytest

from convnets.convolution import KERNELS, conv2d_flip_and_filter, cross_correlate2d
from convnets.widgets.sliding_kernel import SlidingKernel, one_point


def small_image(height=6, width=5, seed=0):
    return np.random.default_rng(seed).integers(0, 256, size=(height, width))


def sliding(**options):
    return SlidingKernel({"small": small_image(), "one bright pixel": one_point()}, KERNELS, **options)


@pytest.mark.parametrize("operation", ["cross-correlation", "convolution"])
@pytest.mark.parametrize("mode", ["valid", "same"])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_outputs_agree_with_convnets(pure, operation, mode, size):
    rng = np.random.default_rng([size, len(mode), len(operation)])
    image, kernel = rng.integers(0, 256, size=(7, 9)), rng.integers(-5, 6, size=(size, size))
    laid = (
        pure("sliding_kernel", "turned", kernel.tolist()) if operation == "convolution" else kernel.tolist()
    )
    padded = pure("sliding_kernel", "surround", image.tolist(), size // 2 if mode == "same" else 0)
    form = conv2d_flip_and_filter if operation == "convolution" else cross_correlate2d
    np.testing.assert_array_equal(pure("sliding_kernel", "slide", padded, laid), form(image, kernel, mode))


@pytest.mark.parametrize(
    ("operation", "padding", "kernel"),
    [
        ("cross-correlation", "valid", "emboss"),
        ("convolution", "valid", "emboss"),
        ("convolution", "same", "sharpen"),
    ],
)
def test_stepping_says_the_products_and_the_sum(show, operation, padding, kernel, said, numbers):
    page = show(lambda: sliding(kernel=kernel, operation=operation, padding=padding))
    form = conv2d_flip_and_filter if operation == "convolution" else cross_correlate2d
    expected = form(small_image(), KERNELS[kernel].weights, padding)
    for place in range(expected.size):
        row, column, *terms, total = numbers(said(page).replace(" − ", " -").replace(" + ", " "))
        assert (row, column) == divmod(place, expected.shape[1])
        assert len(terms) == 9
        assert total == sum(terms) == expected[int(row), int(column)]
        if place < expected.size - 1:
            page.get_by_role("button", name="Next").click()
    assert page.get_by_role("button", name="Next").is_disabled()


def test_every_way_of_moving_the_kernel(show, said):
    page = show(sliding)

    def at(row, column):
        assert said(page).startswith(f"Row {row}, column {column}:")

    at(0, 0)
    page.get_by_role("button", name="Last").click()
    at(3, 2)
    page.get_by_role("button", name="Back").click()
    at(3, 1)
    page.get_by_role("button", name="First").press("Enter")
    at(0, 0)
    slider = page.get_by_role("slider", name="Position of the kernel")
    slider.press("ArrowRight")
    at(0, 1)
    page.get_by_role("application", name=re.compile("Input image")).press("ArrowDown")
    at(1, 1)
    output = page.get_by_role("application", name=re.compile("Output"))
    output.press("ArrowRight")
    output.press("ArrowRight")
    at(1, 2)
    size = output.bounding_box()
    output.click(position={"x": 2.5 / 5 * size["width"], "y": 3.5 / 6 * size["height"]})
    at(2, 1)


def output_pixels(page):
    """Colours of the output's canvas, (H, W, 4)."""
    script = """canvas => { const { width, height } = canvas;
        return [height, width, [...canvas.getContext("2d").getImageData(0, 0, width, height).data]] }"""
    height, width, data = page.locator("canvas").nth(1).evaluate(script)
    return np.reshape(data, (height, width, 4))


def test_output_fills_up_to_the_kernel_or_at_once(show):
    page = show(lambda: sliding(padding="same", position=7))
    shown = output_pixels(page)[1:-1, 1:-1, 3].ravel() == 255
    assert shown.tolist() == [True] * 8 + [False] * 22
    assert "Hatched" in page.locator(".cn-scale").inner_text()
    page.get_by_label("show the whole output").press("Space")
    assert (output_pixels(page)[1:-1, 1:-1, 3] == 255).all()
    assert "Hatched" not in page.locator(".cn-scale").inner_text()


def test_grey_output_is_clamped_and_says_so(show, said):
    page = show(lambda: sliding(kernel="emboss", shown="grey", fill=True))
    expected = cross_correlate2d(small_image(), KERNELS["emboss"].weights)
    np.testing.assert_array_equal(output_pixels(page)[1:-1, 1:-1, 0], expected.clip(0, 255))
    beyond = int(((expected < 0) | (expected > 255)).sum())
    assert 0 < beyond < expected.size
    assert f"Here {beyond} of {expected.size} values are" in page.locator(".cn-scale").inner_text()
    assert ("shown as" in said(page)) == (not 0 <= expected[0, 0] <= 255)


def test_dividing_by_the_sum_of_the_weights(show, said):
    page = show(lambda: sliding(kernel="blur", shown="grey", fill=True))
    page.get_by_label("divide by the sum").check()
    expected = cross_correlate2d(small_image(), KERNELS["blur"].weights) / 8
    np.testing.assert_allclose(output_pixels(page)[1:-1, 1:-1, 0], expected, atol=0.5)  # whole grey values
    assert "divided by 8" in said(page)
    page.get_by_role("combobox", name="Kernel").select_option("laplacian")
    assert page.get_by_label("divide by the sum").is_disabled()


def test_convolving_one_point_shows_the_kernel_and_correlating_shows_it_turned(show, said, numbers):
    page = show(lambda: sliding(image="one bright pixel", kernel="emboss", fill=True))
    emboss = KERNELS["emboss"].weights

    def around_the_middle():
        found = []
        for row in range(1, 4):
            for column in range(1, 4):
                slider = page.get_by_role("slider", name="Position of the kernel")
                slider.evaluate(
                    "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')) }", 5 * row + column
                )
                found.append(numbers(said(page))[-1] / 255)
        return np.reshape(found, (3, 3))

    np.testing.assert_array_equal(around_the_middle(), emboss[::-1, ::-1])
    page.get_by_role("combobox", name="Operation").select_option("convolution")
    np.testing.assert_array_equal(around_the_middle(), emboss)
    assert page.locator("caption").all_inner_texts()[:2] == ["Kernel", "Turned by 180°"]


def test_own_kernel(show, said, numbers):
    page = show(sliding)
    assert not page.get_by_label("weight, row 0, column 0").is_visible()
    page.get_by_role("combobox", name="Kernel").select_option("custom")
    page.get_by_label("weight, row 1, column 2").fill("0")
    page.get_by_label("weight, row 0, column 0").fill("-2.5")
    assert numbers(said(page))[-1] == -2.5 * small_image()[0, 0]


def test_playing_walks_on_stops_at_the_end_and_can_be_paused(show, said):
    page = show(lambda: sliding(position=9))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "document.querySelector('output').textContent.startsWith('Row 3, column 2:')", timeout=10_000
    )
    page.get_by_role("button", name="Play").wait_for(timeout=10_000)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    assert said(page).startswith("Row 0, column 0:")


def test_playing_is_slow_where_motion_is_unwelcome(show, said):
    page = show(lambda: SlidingKernel({"large": small_image(40, 40)}, KERNELS), reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(900)  # without the wish it would have gone on twenty times
    assert said(page).startswith("Row 0, column 0:")


def test_default_sliding_kernel_has_small_images():
    widget = SlidingKernel.default(kernel="sobel_x")
    assert list(widget.images) == ["camera", "coffee", "chelsea", "a written 7", "one bright pixel"]
    assert set(widget.kernels) == set(KERNELS)
    assert len(json.dumps(widget.state())) < 12_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"images": {}}, ValueError, "at least one"),
        ({"images": [1]}, TypeError, "mapping"),
        ({"images": {"a": [[0, 300]]}}, ValueError, "0 to 255"),
        ({"images": {"a": np.zeros((60, 60))}}, ValueError, r"48 pixels a side, its shape is \(60, 60\)"),
        ({"images": {"a": np.zeros(4)}}, ValueError, r"two axes .* \(4,\)"),
        ({"images": {"a": [["x"]]}}, TypeError, "numbers"),
        ({"images": {"a": [[np.nan]]}}, ValueError, "finite"),
        ({"images": {"a": [[1, 2], [3, 4]]}}, ValueError, "side of 2 pixels"),
        ({"kernels": {"k": np.ones((2, 2))}}, ValueError, r"odd K, its shape is \(2, 2\)"),
        ({"kernel": "unknown"}, ValueError, "expects one of"),
        ({"operation": "correlation"}, ValueError, "operation expects one of"),
        ({"padding": "full"}, ValueError, "padding expects one of"),
        ({"shown": "colour"}, ValueError, "shown expects one of"),
    ],
)
def test_sliding_kernel_refuses(change, error, message):
    arguments = {"images": {"small": small_image()}, "kernels": KERNELS, **change}
    with pytest.raises(error, match=message):
        SlidingKernel(**arguments)
