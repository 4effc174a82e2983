"""Three layers side by side, driven in the browser and compared with convnets."""

import numpy as np
import pytest

from convnets.seeing import count_convolution, count_fully_connected, count_locally_connected
from convnets.widgets.layer_counter import LARGEST, LayerCounter


def count_all(sizes):
    """Count with convnets.seeing what the explorer shows: units, weights, connections of the three layers."""
    shape = (sizes["channels"], sizes["side"], sizes["side"])
    window, padding = (shape, sizes["filters"], sizes["kernel"]), sizes["padding"]
    return {
        "full": count_fully_connected(shape, sizes["units"]),
        "local": count_locally_connected(*window, padding=padding),
        "conv": count_convolution(*window, padding=padding),
    }


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_counts_agree_with_convnets(pure, padding):
    rng = np.random.default_rng(2)
    for _ in range(10):
        sizes = {name: int(rng.integers(1, most + 1)) for name, most in LARGEST.items()}
        sizes |= {"kernel": min(sizes["kernel"], sizes["side"]), "padding": padding}
        for layer, expected in count_all(sizes).items():
            assert pure("layer_counter", "counts", layer, sizes) == expected._asdict()


def cards(page):
    """For each layer what its card says: units, weights, connections."""
    texts = [card.locator("dd strong").all_inner_texts() for card in page.locator(".cn-card").all()]
    return [tuple(int(text.replace(",", "")) for text in card) for card in texts]


def test_the_two_examples_of_the_lectures(show):
    page = show(LayerCounter)
    page.get_by_role("button", name="200 × 200 × 3, 1000 units").click()
    assert cards(page)[0] == (1000, 120_000_000, 120_000_000)
    page.get_by_role("button", name="1000 × 1000, 100 filters").press("Enter")
    expected = count_all(
        {"side": 1000, "channels": 1, "units": 1000, "filters": 100, "kernel": 10, "padding": "same"}
    )
    assert cards(page) == list(expected.values())
    assert cards(page)[2] == (100_000_000, 10_000, 10_000_000_000)
    assert "Convolutional: 10,000 weights" in page.locator("output").text_content()


def test_sizes_change_by_number_slider_and_list(show):
    page = show(lambda: LayerCounter(side=8, channels=2, units=3, filters=4, kernel=3))
    sizes = {"side": 8, "channels": 2, "units": 3, "filters": 4, "kernel": 3, "padding": "same"}
    assert cards(page) == list(count_all(sizes).values())
    page.get_by_label("Filters", exact=True).fill("6")
    page.get_by_label("Kernel side, slider").press("ArrowRight")
    page.get_by_role("combobox", name="Padding").select_option("valid")
    sizes |= {"filters": 6, "kernel": 4, "padding": "valid"}
    assert cards(page) == list(count_all(sizes).values())
    page.get_by_label("Image side", exact=True).fill("2")
    sizes |= {"side": 2, "kernel": 2}
    assert cards(page) == list(count_all(sizes).values())
    assert page.get_by_label("Kernel side", exact=True).input_value() == "2"


def test_units_of_the_toy_layers_see_and_share_what_the_layers_do(pure):
    for unit in range(9):
        full, local, conv = (
            pure("layer_counter", "sees", layer, unit) for layer in ("full", "local", "conv")
        )
        assert {tuple(each[:2]) for each in full} == {
            (row, column) for row in range(5) for column in range(5)
        }
        assert [each[:2] for each in local] == [each[:2] for each in conv]
        top, left = divmod(unit, 3)
        assert [each[:2] for each in conv] == [[top + i, left + j] for i in range(3) for j in range(3)]
        assert [each[2] for each in conv] == list(range(1, 10))
        assert [each[2] for each in local] == list(range(9 * unit + 1, 9 * unit + 10))
        assert [each[2] for each in full] == list(range(25 * unit + 1, 25 * unit + 26))


def test_walking_through_the_units(show, numbers):
    page = show(LayerCounter)
    page.get_by_role("button", name="Next").click()
    notes = page.locator(".cn-card .cn-note").all_inner_texts()
    assert [numbers(note)[:1] for note in notes] == [[6]] * 3
    assert "weights 46 to 54, its own" in notes[1]
    assert "weights 1 to 9, shared by all units" in notes[2]
    page.locator(".cn-card .cn-unit").first.click()
    assert "unit 1 of 9" in page.locator(".cn-card .cn-note").first.inner_text()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"side": 0}, ValueError, "side expects 1 to 1000"),
        ({"filters": 2.5}, TypeError, "filters expects an integer"),
        ({"channels": True}, TypeError, "channels expects an integer"),
        ({"side": 4, "kernel": 5}, ValueError, "at most side = 4"),
        ({"padding": "full"}, ValueError, "padding expects"),
        ({"unit": 9}, ValueError, "unit expects 0 to 8"),
    ],
)
def test_layer_counter_refuses(change, error, message):
    with pytest.raises(error, match=message):
        LayerCounter(**change)
