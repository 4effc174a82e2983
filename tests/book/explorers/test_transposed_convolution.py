"""A transposed convolution walked through in three ways, driven in the browser and compared with convnets."""

import json

import numpy as np
import pytest

from convnets import layers
from convnets import transposed as tr
from convnets.widgets.transposed_convolution import NUMBERS, RANGES, TransposedConvolution

FILE = "transposed_convolution"


def drawn(seed, number):
    """Return sizes drawn by lot for which something is left."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < number:
        sizes = {name: int(rng.integers(low, high + 1)) for name, (low, high) in RANGES.items()}
        sizes["more"] = int(rng.integers(0, sizes["stride"]))
        if sizes["stride"] * (sizes["size"] - 1) + sizes["kernel"] - 2 * sizes["padding"] + sizes["more"] > 0:
            found.append(sizes)
    return found


def options(sizes):
    return {"stride": sizes["stride"], "padding": sizes["padding"], "output_padding": sizes["more"]}


def expected(sizes):
    """The map, the weights and the output that belong to some sizes."""
    numbers = np.array(NUMBERS)[: sizes["size"], : sizes["size"]]
    weight = np.arange(1, sizes["kernel"] ** 2 + 1).reshape(1, 1, sizes["kernel"], sizes["kernel"])
    return numbers, weight, tr.conv_transpose2d_scatter(numbers[None, None], weight, **options(sizes))[0, 0]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_three_forms_agree_with_convnets(pure, seed):
    for sizes in drawn(seed, 12):
        numbers, weight, out = expected(sizes)
        side, padding = len(out), sizes["padding"]
        assert pure(FILE, "enlargedSize", sizes) == side
        assert pure(FILE, "countedWeights", sizes["kernel"]) == weight[0, 0].tolist()
        sheet = pure(
            FILE, "stamped", numbers.tolist(), weight[0, 0].tolist(), sizes["stride"], side + 2 * padding
        )
        kept = slice(padding, padding + side)
        np.testing.assert_array_equal(np.array(sheet)[kept, kept], out)
        spread = np.array(pure(FILE, "spreadMap", numbers.tolist(), sizes), dtype=float)
        turned = weight[..., ::-1, ::-1].astype(float)
        np.testing.assert_array_equal(layers.conv2d(np.nan_to_num(spread)[None, None], turned)[0, 0], out)
        matrix = np.array(pure(FILE, "transposedMatrix", weight[0, 0].tolist(), sizes))
        back = layers.convolution_matrix(weight, (side, side), sizes["stride"], padding)
        np.testing.assert_array_equal(matrix, back.T)


def test_counts_and_meter_agree_with_convnets(pure):
    image = np.random.default_rng(2).random((12, 12))
    for kernel, stride in ((1, 1), (3, 2), (4, 2), (2, 3), (5, 4)):
        counts = tr.overlap_counts((1, 6), (1, kernel), (1, stride))[0]
        assert pure(FILE, "overlapCounts", 6, kernel, stride) == counts.tolist()
        for kind in ("equal", "tent", "counted"):
            weights = np.array(pure(FILE, "pictureWeights", kind, kernel, stride))
            assert weights.sum() == pytest.approx(stride**2, rel=1e-12)
            large = tr.conv_transpose2d(image[None, None], weights[None, None], stride=stride)[0, 0]
            border = -(-kernel // stride) * stride
            large = large[border:-border, border:-border]
            found = np.array(pure(FILE, "enlarge", image.tolist(), weights.tolist(), stride))
            np.testing.assert_allclose(found, large, rtol=1e-12)
            meter = pure(FILE, "reading", found.tolist(), stride)
            assert meter == pytest.approx(tr.checkerboard(large, stride), abs=1e-12)
    tent = np.array(pure(FILE, "pictureWeights", "tent", 4, 2))
    np.testing.assert_allclose(tent, tr.bilinear_kernel(4, 2), rtol=1e-12)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def cells(page, name):
    """The numbers of a board that is shown, by the beginning of its title."""
    figure = page.locator("figure:visible", has=page.locator("figcaption", has_text=name)).first
    return [float(text.replace("−", "-")) for text in figure.locator("svg text").all_text_contents()]


def test_stamps_add_up_to_the_output(show, said):
    page = show(TransposedConvolution)
    assert "w = S" in page.locator(".cn-formula").inner_text()
    assert page.locator(".cn-formula strong").inner_text() == "5"
    assert said(page).startswith("Pixel in row 0, column 0 is 1: 1 times the filter is added to rows 0 to 2")
    press(page, "Next")
    assert "column 1 is 2: 2 times the filter is added to rows 0 to 2, columns 2 to 4" in said(page)
    press(page, "Next")
    assert said(page).endswith("and leaves nothing.")
    press(page, "Last")
    numbers, weight, out = expected({"size": 3, "kernel": 3, "stride": 2, "padding": 1, "more": 0})
    sheet = np.reshape(cells(page, "Sheet"), (7, 7))
    np.testing.assert_array_equal(sheet[1:-1, 1:-1], out)
    np.testing.assert_array_equal(
        sheet, tr.conv_transpose2d_scatter(numbers[None, None], weight, stride=2)[0, 0]
    )


def test_zeros_between_say_the_products(show, said, numbers):
    page = show(lambda: TransposedConvolution(form="zeros"))
    _, _, out = expected({"size": 3, "kernel": 3, "stride": 2, "padding": 1, "more": 0})
    for place in range(9):
        row, column, *factors = numbers(said(page).split("=")[0])
        total = numbers(said(page).split("=")[1])[0]
        assert (row, column) == divmod(place, 5)
        assert total == sum(factors[0::2][i] * factors[1::2][i] for i in range(len(factors) // 2))
        assert total == out[int(row), int(column)]
        press(page, "Next")
    assert cells(page, "Output") == out.ravel()[:10].tolist()
    assert cells(page, "Filter, rotated") == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    page.get_by_role("application", name="Output; the arrow keys choose a place").press("ArrowDown")
    assert said(page).startswith("Output row 2, column 4:")
    page.get_by_role("application", name="Output; the arrow keys choose a place").click()
    assert said(page).startswith("Output row 2, column 2: 5·1 = 5. Of 9 products 1 is with a pixel")


def test_matrix_adds_columns(show, said):
    page = show(lambda: TransposedConvolution(2, 2, 2, 0, form="matrix"))
    assert "Column 0 of 4 has 16 entries, 4 of them not zero" in said(page)
    assert len(cells(page, "Transposed matrix, 16")) == 16, "each weight once for each of four columns"
    page.get_by_role("application", name="Map; the arrow keys choose a pixel").press("ArrowRight")
    assert "Column 1 of 4" in said(page)
    press(page, "Last")
    *_, out = expected({"size": 2, "kernel": 2, "stride": 2, "padding": 0, "more": 0})
    assert cells(page, "Sum of columns") == out.ravel().tolist()


def test_sizes_follow_and_output_padding_stays_below_the_stride(show, said):
    page = show(TransposedConvolution)
    press(page, "3 → 6, with output padding")
    assert page.locator(".cn-formula strong").inner_text() == "6"
    page.get_by_label("Stride S").fill("1")
    assert page.get_by_label("Output padding").input_value() == "0"
    assert page.locator(".cn-formula strong").inner_text() == "3"
    page.get_by_label("Padding P").fill("4")
    assert said(page).startswith("Nothing is left: the padding cuts 4 rows and columns off each side")
    assert not page.get_by_role("button", name="Next").is_visible()
    press(page, "2 → 4, K 3")
    assert page.locator(".cn-formula strong").inner_text() == "4"
    assert page.get_by_role("button", name="2 → 4, K 3").get_attribute("aria-pressed") == "true"


def test_checkerboard_appears_and_vanishes(show):
    page = show(TransposedConvolution)
    note = page.locator(".cn-pattern .cn-note")
    meter = "Checkerboard meter: "

    def reads():
        return float(note.inner_text().split(meter)[1].split(". ")[0])

    assert reads() > 0.3
    assert "2 does not divide 3" in note.inner_text()
    assert cells(page, "Stamps that reach")[2:6] == [2, 1, 2, 1]
    before = page.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    page.get_by_label("Kernel K").fill("4")
    assert reads() < 0.02
    assert "2 divides 4" in note.inner_text()
    assert set(cells(page, "Stamps that reach")[2:-2]) == {2}
    page.get_by_role("combobox", name="Weights for the photograph").select_option("counted")
    assert reads() > 0.1, "even overlap does not help uneven weights"
    assert "checkerboard meter" in page.locator("canvas").get_attribute("aria-label")
    page.get_by_role("combobox", name="Weights for the photograph").select_option("tent")
    assert reads() < 0.02
    assert page.locator("canvas").evaluate("canvas => canvas.toDataURL()") != before


def test_playing_walks_to_the_last_stamp(show, said):
    page = show(lambda: TransposedConvolution(position=7))
    press(page, "Play")
    page.wait_for_function(
        "document.querySelector('output').textContent.startsWith('Pixel in row 2, column 2')", timeout=10_000
    )
    page.get_by_role("button", name="Play").wait_for(timeout=10_000)


def test_state_is_small():
    assert len(json.dumps(TransposedConvolution().state())) < 6_000


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"size": 5}, ValueError, "size expects 1 to 4, got 5"),
        ({"kernel": 3.0}, TypeError, "kernel expects an integer, got float"),
        ({"more": 2}, ValueError, "more expects 0 to 1, got 2"),
        ({"position": -1}, ValueError, "position expects 0 to 400"),
        ({"form": "sums"}, ValueError, "form expects one of 'stamps', 'zeros', 'matrix', got 'sums'"),
        ({"weights": "random"}, ValueError, "weights expects one of"),
        ({"image": np.zeros((3, 9))}, ValueError, r"4 to 32 pixels a side, its shape is \(3, 9\)"),
        ({"image": np.full((4, 4), 2)}, ValueError, "values from 0 to 1, has 2 to 2"),
    ],
)
def test_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        TransposedConvolution(**arguments)
