"""One-dimensional convolution two ways, driven in the browser and compared with convnets."""

import functools

import numpy as np
import pytest

from convnets.convolution import conv1d_flip_and_filter, conv1d_translate_and_scale
from convnets.widgets.translate_and_scale import TranslateAndScale


def test_one_dimensional_forms_agree_with_convnets(pure):
    rng = np.random.default_rng(1)
    for size_a in range(1, 7):
        for size_b in range(1, 7):
            a, b = rng.integers(-9, 10, size=size_a), rng.integers(-9, 10, size=size_b)
            call = functools.partial(pure, "translate_and_scale")
            assert call("sumOfCopies", a.tolist(), b.tolist()) == conv1d_translate_and_scale(a, b).tolist()
            assert call("flipAndFilter", a.tolist(), b.tolist()) == conv1d_flip_and_filter(a, b).tolist()


def result_rows(page):
    """The last row of each of the two tables."""
    rows = [row.locator("td").all_inner_texts() for row in page.locator("tr.cn-result").all()]
    return [[int(text.replace("−", "-")) for text in row if text] for row in rows]


def test_the_example_of_the_lecture(show, said):
    page = show(TranslateAndScale)
    assert result_rows(page) == [[2, 1, 4, -1, 2]] * 2
    assert said(page).startswith("Output 2: 2·2 + (−1)·1 + 1·1 = 4 − 1 + 1 = 4,")
    assert said(page).endswith("(2, −1, 1) ∗ (1, 1, 2) = (2, 1, 4, −1, 2).")


def test_index_points_out_the_same_output_twice(show, said, numbers):
    page = show(TranslateAndScale)
    slider = page.get_by_role("slider", name="Output")
    slider.press("Home")
    for index, value in enumerate([2, 1, 4, -1, 2]):
        assert said(page).startswith(f"Output {index}:")
        marked = page.locator("tr.cn-result .cn-hot").all_inner_texts()
        assert [numbers(text) for text in marked] == [[value]] * 2
        slider.press("ArrowRight")
    page.locator("tr.cn-result td", has_text="−1").first.click()
    assert said(page).startswith("Output 3:")


def test_numbers_and_lengths_change_and_swapping_keeps_the_result(show, said):
    page = show(TranslateAndScale)
    page.get_by_label("a at 1").fill("5")
    page.get_by_role("button", name="Add a number of a").press("Enter")
    page.get_by_role("button", name="Remove the last number of b").click()
    expected = conv1d_flip_and_filter([2, 5, 1, 1], [1, 1]).tolist()
    assert result_rows(page) == [expected] * 2
    page.get_by_role("button", name="Swap a and b").click()
    assert result_rows(page) == [expected] * 2
    assert page.get_by_label("a at 2").count() == 0
    assert said(page).endswith("(1, 1) ∗ (2, 5, 1, 1) = (2, 7, 6, 2, 1).")


def test_removing_the_last_output_moves_the_index_and_focus_stays(show, said):
    page = show(lambda: TranslateAndScale([1, 2], [3, 4], index=2))
    remove = page.get_by_role("button", name="Remove the last number of a")
    remove.press("Enter")
    assert said(page).startswith("Output 1: 1·4 = 4,")
    assert remove.is_disabled()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "a at 0"


def test_numbers_out_of_range_are_brought_back(show):
    page = show(TranslateAndScale)
    page.get_by_label("b at 0").fill("70")
    assert page.get_by_label("b at 0").input_value() == "9"
    assert result_rows(page) == [conv1d_flip_and_filter([2, -1, 1], [9, 1, 2]).tolist()] * 2


def test_longest_signals_scroll_inside_and_can_be_focused(show):
    page = show(lambda: TranslateAndScale([9, -9, 9, 9, -9, 9], [9, -9, 9, -9, 9, 1], index=5), width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".cn-scroll[tabindex='0']").count() == 2
    assert page.locator("tr.cn-result .cn-hot").first.is_visible()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"a": []}, ValueError, r"1 to 6 numbers .* \(0,\)"),
        ({"b": [1] * 7}, ValueError, r"\(7,\)"),
        ({"a": [[1]]}, ValueError, r"\(1, 1\)"),
        ({"a": [0.5]}, TypeError, "whole numbers"),
        ({"b": [10]}, ValueError, "-9 to 9"),
        ({"index": 5}, ValueError, "0 to 4"),
    ],
)
def test_translate_and_scale_refuses(change, error, message):
    with pytest.raises(error, match=message):
        TranslateAndScale(**change)
