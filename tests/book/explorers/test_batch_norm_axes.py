"""Numbers that share a mean, driven in the browser and compared with NumPy and convnets.backprop."""

import numpy as np
import pytest

from convnets.backprop import batch_norm2d
from convnets.widgets.batch_norm_axes import OVER, RANGES, BatchNormAxes

FILE = "batch_norm_axes"
EPS = 1e-5
TAKEN_OVER = {"location": 0, "filter": (0, 2, 3), "image": (1, 2, 3), "instance": (2, 3)}


def tensor(seed):
    """Return a tensor of a shape drawn by lot."""
    rng = np.random.default_rng(seed)
    shape = [int(rng.integers(1, RANGES[axis][1] + 1)) for axis in ("images", "channels", "height", "width")]
    return rng.integers(-9, 10, size=shape)


def statistics(x, over):
    axes = TAKEN_OVER[over]
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return mean, variance, (x - mean) / np.sqrt(variance + EPS)


@pytest.mark.parametrize("over", OVER)
def test_means_variances_and_normalised_numbers_agree_with_numpy(pure, over):
    for seed in range(4):
        x = tensor(seed)
        found = pure(FILE, "normalise", x.ravel().tolist(), x.shape, over)
        mean, variance, normalised = statistics(x, over)
        assert pure(FILE, "shapeOfMeans", x.shape, over) == list(mean.shape)
        # both are doubles; sums of at most 108 small integers are exact, the rest is a few roundings
        np.testing.assert_allclose(found["means"], mean.ravel(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found["variances"], variance.ravel(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found["normalised"], normalised.ravel(), rtol=1e-12, atol=1e-14)
        groups = np.broadcast_to(np.arange(mean.size).reshape(mean.shape), x.shape)
        assert found["groups"] == groups.ravel().tolist()


def test_per_filter_is_batch_normalisation():
    x = tensor(0).astype(float)
    C = x.shape[1]
    expected = batch_norm2d(x, np.ones(C), np.zeros(C), np.zeros(C), np.ones(C), training=True, eps=EPS)
    np.testing.assert_allclose(statistics(x, "filter")[2], expected, rtol=1e-12, atol=1e-12)


def test_a_case_worked_by_hand(pure):
    """Two images, one filter, one row of two: 1, 3 and 5, 7."""
    values, shape = [1, 3, 5, 7], [2, 1, 1, 2]
    assert pure(FILE, "normalise", values, shape, "location")["means"] == [3, 5]
    assert pure(FILE, "normalise", values, shape, "location")["variances"] == [4, 4]
    assert pure(FILE, "normalise", values, shape, "filter")["means"] == [4]
    assert pure(FILE, "normalise", values, shape, "filter")["variances"] == [5]
    assert pure(FILE, "normalise", values, shape, "image")["means"] == [2, 6]
    said = pure(FILE, "explain", values, shape, "location", 0)
    assert said == (
        "2 means, each over 2 of 4 numbers. The number at n = 0, c = 0, h = 0, w = 0 is 1. "
        "Mean: (1 + 5) / 2 = 3; variance: 4; normalised: (1 − 3) / √(4 + ε) = −1."
    )


def shared(page):
    """How many numbers are marked in the three boards."""
    boards = page.locator(".cn-axes figure")
    return [boards.nth(i).locator("rect.cn-shared").count() for i in range(3)]


def titles(page):
    return [text.replace("\u00a0", " ") for text in page.locator("figcaption").all_inner_texts()]


def test_who_shares_a_mean_is_marked(show, said):
    page = show(BatchNormAxes)
    assert said(page).startswith("2 means, each over 12 of 24 numbers.")
    assert shared(page) == [12, 1, 12]
    assert titles(page)[1] == "Means, 1 × 2 × 1 × 1: 2"
    for name, marked, title in (
        ("per location", [3, 1, 3], "Means, 1 × 2 × 2 × 2: 8"),
        ("per image", [8, 1, 8], "Means, 3 × 1 × 1 × 1: 3"),
        ("per image and filter", [4, 1, 4], "Means, 3 × 2 × 1 × 1: 6"),
    ):
        page.get_by_role("button", name=name, exact=True).press("Enter")
        assert shared(page) == marked
        assert titles(page)[1] == title
        assert f"{title.rsplit(': ')[1]} means, each over {marked[0]} of 24" in said(page)


def test_the_numbers_shown_are_numpys(show):
    x = np.array(BatchNormAxes().numbers)[:3, :2, :2, :2]
    page = show(lambda: BatchNormAxes("location"))
    boards = page.locator(".cn-axes figure")
    for board, expected in zip((0, 1, 2), (x, *(statistics(x, "location")[i] for i in (0, 2))), strict=True):
        label = boards.nth(board).locator("svg").get_attribute("aria-label").split(": ")[-1]
        found = [float(each.replace("−", "-")) for each in label.split(", ")]
        np.testing.assert_allclose(found, expected.ravel(), atol=0.005 + 1e-9)  # shown with two decimals


def test_a_number_is_chosen_by_keys_and_mouse_and_means_by_the_stepper(show, said):
    page = show(lambda: BatchNormAxes("location"))
    numbers = page.get_by_role("application", name="Numbers; the arrow keys choose one", exact=True)
    numbers.press("ArrowRight")
    numbers.press("ArrowRight")
    assert "The number at n = 1, c = 0, h = 0, w = 0" in said(page)
    numbers.press("ArrowDown")
    numbers.press("ArrowDown")
    numbers.press("ArrowUp")
    assert "The number at n = 1, c = 0, h = 1, w = 0" in said(page)
    page.get_by_role("button", name="Last").click()
    assert "The number at n = 0, c = 1, h = 1, w = 1" in said(page)
    cell = numbers.locator("rect.cn-cell:not(.cn-between)").first
    cell.click()
    assert "The number at n = 0, c = 0, h = 0, w = 0" in said(page)
    numbers.click(position={"x": 5, "y": 5})  # nothing is there
    assert "The number at n = 0, c = 0, h = 0, w = 0" in said(page)


def test_a_number_is_chosen_by_touch(show, said):
    page = show(BatchNormAxes, width=390, has_touch=True)
    page.get_by_role("button", name="per location").tap()
    numbers = page.get_by_role("application", name="Numbers; the arrow keys choose one", exact=True)
    place = numbers.locator("rect.cn-cell:not(.cn-between)").last.bounding_box()
    page.touchscreen.tap(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    assert "The number at n = 2, c = 1, h = 1, w = 1" in said(page)


def test_numbers_and_sizes_can_be_changed(show, said):
    page = show(lambda: BatchNormAxes("location", index=23))
    page.get_by_label("Filters C").fill("1")
    assert "The number at n = 2, c = 0, h = 1, w = 1" in said(page)
    page.get_by_label("Chosen number").fill("-7")
    assert "is −7." in said(page)
    page.get_by_label("Images N").fill("1")
    assert said(page).endswith("Alone it is its own mean: nothing is left of it.")
    assert "4 means, each over 1 of 4 numbers" in said(page)
    page.get_by_role("button", name="per filter", exact=True).click()
    assert "1 mean, each over 4 of 4 numbers" in said(page)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"over": "batch"}, ValueError, "over expects one of .*'batch'"),
        ({"images": 5}, ValueError, "images expects 1 to 4"),
        ({"height": 1.5}, TypeError, "height expects an integer"),
        ({"index": 24}, ValueError, "index expects 0 to 23"),
        ({"numbers": np.zeros((2, 2), int)}, ValueError, r"numbers expects shape \(4, 3, 3, 3\)"),
        ({"numbers": np.zeros((4, 3, 3, 3))}, TypeError, "whole numbers, got float64"),
        ({"numbers": np.full((4, 3, 3, 3), 10)}, ValueError, "numbers expects -9 to 9"),
    ],
)
def test_batch_norm_axes_refuses(change, error, message):
    with pytest.raises(error, match=message):
        BatchNormAxes(**change)
