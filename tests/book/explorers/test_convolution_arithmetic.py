"""A window over a padded grid, driven in the browser and compared with convnets."""

import numpy as np
import pytest

from convnets.sizing import output_size
from convnets.widgets.convolution_arithmetic import RANGES, ConvolutionArithmetic


def drawn(seed, number):
    """Return sizes drawn by lot from the explorer's ranges, most of which let a window fit."""
    rng = np.random.default_rng(seed)
    return [
        {name: int(rng.integers(low, high + 1)) for name, (low, high) in RANGES.items()}
        for _ in range(number)
    ]


def windows(sizes):
    """Count by brute force how many windows have a tap on each place of the padded axis."""
    counts = np.zeros(sizes["size"] + 2 * sizes["padding"], dtype=int)
    taps = sizes["dilation"] * np.arange(sizes["kernel"])
    start = 0
    while start + taps[-1] < counts.size:
        counts[start + taps] += 1
        start += sizes["stride"]
    return counts


def test_sizes_agree_with_convnets(pure):
    num_fitting = 0
    for sizes in drawn(0, 60):
        found = pure("convolution_arithmetic", "outputSize", sizes)
        arguments = [sizes[name] for name in ("size", "kernel", "stride", "padding", "dilation")]
        if found:
            num_fitting += 1
            assert found == output_size(*arguments)
        else:
            with pytest.raises(ValueError, match="no window fits"):
                output_size(*arguments)
    assert 10 < num_fitting < 60


def test_windows_per_place_and_pixels_missed_agree_with_counting(pure):
    for sizes in drawn(1, 40):
        counts = windows(sizes)
        assert pure("convolution_arithmetic", "windowsPerPlace", sizes) == counts.tolist()
        inside = counts[sizes["padding"] : sizes["padding"] + sizes["size"]]
        missed = int((np.outer(inside, inside) == 0).sum())
        assert pure("convolution_arithmetic", "missed", sizes)["pixels"] == missed


@pytest.mark.parametrize(
    ("preset", "out"),
    [
        ("5 × 5, K 3", 3),
        ("5 × 5, K 3, P 1", 5),
        ("5 × 5, K 3, P 1, S 2", 3),
        ("7 × 7, K 3", 5),
        ("7 × 7, K 3, S 2", 3),
        ("7 × 7, K 3, D 2", 3),
        ("7 × 7, K 3, S 3: a rest", 2),
    ],
)
def test_examples_of_the_lectures(show, said, preset, out):
    page = show(lambda: ConvolutionArithmetic(size=9))
    button = page.get_by_role("button", name=preset, exact=True)
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator("[aria-pressed='true']").count() == 1
    assert said(page).startswith(f"Output {out} × {out}.")
    assert page.locator(".cn-equation strong").inner_text() == str(out)
    assert page.locator("figure").nth(1).locator("rect.cn-cell").count() == out * out


def test_formula_is_filled_in(show):
    page = show(lambda: ConvolutionArithmetic(size=11, kernel=4, stride=3, padding=2, dilation=2))
    lines = ["".join(line.split()) for line in page.locator(".cn-equation .cn-line").all_inner_texts()]
    assert lines == ["Ŵ=⌊W−D·(K−1)−1+2PS⌋+1", "=⌊11−2·(4−1)−1+2·23⌋+1", "=⌊83⌋+1=2+1=3"]
    page.get_by_label("Size W").fill("12")
    assert page.locator(".cn-equation strong").inner_text() == "4"


def test_stepping_fills_the_output_with_the_window_on_its_taps(show, said):
    page = show(lambda: ConvolutionArithmetic(size=5, kernel=2, stride=2, padding=1, dilation=3))
    made = page.locator("figure").nth(1).locator("rect:is(.cn-made, .cn-now)")
    taps = page.locator("figure").first.locator("rect.cn-tap")
    assert said(page).startswith("Output 2 × 2. Its row 0, column 0 reads rows −1, 2 and columns −1, 2")
    assert "beyond 0 to 4 lie zeros" in said(page)
    for place in range(4):
        assert made.count() == place + 1
        corners = sorted((float(tap.get_attribute("y")), float(tap.get_attribute("x"))) for tap in taps.all())
        top, left = 2 * (place // 2), 2 * (place % 2)
        assert corners == [(top, left), (top, left + 3), (top + 3, left), (top + 3, left + 3)]
        if place < 3:
            page.get_by_role("button", name="Next").press("Enter")
    assert said(page).startswith("Output 2 × 2. Its row 1, column 1 reads rows 1, 4 and columns 1, 4 of")
    page.get_by_role("button", name="Back").click()
    assert made.count() == 3


def test_arrows_and_pointing_move_the_window(show, said):
    page = show(lambda: ConvolutionArithmetic(size=7, stride=2))
    output = page.get_by_role("application", name="Output")
    output.press("ArrowDown")
    output.press("ArrowRight")
    assert "Its row 1, column 1 " in said(page)
    output.press("ArrowUp")
    output.press("ArrowUp")
    assert "Its row 0, column 1 " in said(page)
    grid = page.get_by_role("application", name="Input")
    size = grid.bounding_box()
    grid.click(position={"x": 0.35 * size["width"], "y": 0.62 * size["height"]})  # pixel (4, 2)
    assert "Its row 2, column 1 reads rows 4, 5, 6 and columns 2, 3, 4 " in said(page)


def test_pixels_in_no_window_are_marked_and_counted(show):
    page = show(lambda: ConvolutionArithmetic(size=8, kernel=3, stride=3))
    note = page.locator(".cn-note").first
    assert page.locator("rect.cn-missed").count() == 8 * 8 - 6 * 6
    assert note.inner_text().startswith("The division leaves 2 over: the last 2 rows and columns of the grid")
    assert note.inner_text().endswith("28 pixels of the image (×) are seen by no window.")
    page.get_by_label("Dilation D").fill("2")
    counts = windows({"size": 8, "kernel": 3, "stride": 3, "padding": 0, "dilation": 2})
    page.get_by_label("count the windows").check()
    shown = page.locator("figure").first.locator("text").all_text_contents()
    assert [int(text) for text in shown] == np.outer(counts, counts).ravel().tolist()


def test_where_nothing_fits_it_says_so(show, said):
    page = show(lambda: ConvolutionArithmetic(size=5, kernel=3, dilation=3, stride=2))
    assert said(page) == "No window fits: it spans 7 pixels, and the image has 5 + 2 · 0 = 5."
    assert "= −1 + 1 = 0 < 1, so nothing fits" in page.locator(".cn-equation").text_content()
    assert not page.get_by_role("button", name="Play").is_visible()
    assert page.locator("figure").nth(1).is_hidden()
    page.get_by_label("Padding P").fill("1")
    assert said(page).startswith("Output 1 × 1.")


def test_numbers_out_of_range_are_brought_back_and_start_over(show, said):
    page = show(lambda: ConvolutionArithmetic(size=6, position=5))
    assert "Its row 1, column 1 " in said(page)
    page.get_by_label("Kernel K").fill("70")
    assert page.get_by_label("Kernel K").input_value() == "7"
    page.get_by_label("Kernel K").fill("2")
    assert said(page).startswith("Output 5 × 5. Its row 0, column 0 ")


def test_playing_ends_at_the_last_place_and_a_change_stops_it(show, said):
    page = show(lambda: ConvolutionArithmetic(position=7))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('output').textContent.includes('row 2, column 2 ')")
    page.get_by_role("button", name="Play").wait_for()
    page.get_by_role("button", name="Play").click()
    page.get_by_label("Stride S").fill("2")
    assert page.get_by_role("button", name="Play").is_visible()
    assert said(page).startswith("Output 2 × 2. Its row 0, column 0 ")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"size": 13}, ValueError, "size expects 1 to 12, got 13"),
        ({"kernel": 0}, ValueError, "kernel expects 1 to 7"),
        ({"padding": -1}, ValueError, "padding expects 0 to 4"),
        ({"stride": 1.5}, TypeError, "stride expects an integer"),
        ({"dilation": True}, TypeError, "dilation expects an integer"),
        ({"position": -1}, ValueError, "position expects"),
    ],
)
def test_convolution_arithmetic_refuses(change, error, message):
    with pytest.raises(error, match=message):
        ConvolutionArithmetic(**change)
