"""A network counted layer by layer, driven in the browser and compared with convnets.sizing."""

import numpy as np
import pytest

from convnets.sizing import Convolution, FullyConnected, Pooling, networks, summary
from convnets.widgets.counting_table import CountingTable

QUANTITIES = ("units", "parameters", "connections", "multiply-adds")


def described(layer):
    """Return the description in convnets.sizing of a layer of the explorer."""
    window = (layer.get("kernel"), layer.get("stride"), layer.get("padding"))
    if layer["kind"] == "linear":
        return FullyConnected(layer["out"], bias=bool(layer["bias"]))
    if layer["kind"] == "pooling":
        return Pooling(*window)
    return Convolution(layer["out"], *window, groups=layer["groups"], bias=bool(layer["bias"]))


def expected_rows(layers, shape):
    rows = summary([described(layer) for layer in layers], shape).rows
    return [(row.units, row.parameters, row.connections, row.multiply_adds) for row in rows]


def rows_of(found):
    return [tuple(row[name] for name in QUANTITIES) for row in found]


def preset(name):
    (found,) = [each for each in CountingTable().presets if each["name"] == name]
    return found


@pytest.mark.parametrize("name", [each["name"] for each in CountingTable().presets])
def test_examples_agree_with_sizing(pure, name):
    example = preset(name)
    found = pure("counting_table", "countAll", example["input"], example["layers"])
    assert rows_of(found) == expected_rows(example["layers"], tuple(example["input"]))


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("LeNet, without biases", networks.lenet_of_the_lectures()),
        ("LeNet, with biases", networks.lenet_of_today()),
        ("VGG-D", networks.vgg("D")),
    ],
)
def test_examples_are_the_networks_of_sizing(name, network):
    example = preset(name)
    rows = [row for row in summary(network, tuple(example["input"])).rows if row.kind != "elementwise"]
    counted = [(row.units, row.parameters, row.connections, row.multiply_adds) for row in rows]
    assert counted == expected_rows(example["layers"], tuple(example["input"]))


def layer_by_lot(rng, channels):
    kind = rng.choice(["convolution", "pooling", "linear"], p=[0.6, 0.3, 0.1])
    kernel, stride = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    if kind == "pooling":
        return {
            "kind": "pooling",
            "kernel": kernel,
            "stride": stride,
            "padding": int(rng.integers(kernel // 2 + 1)),
        }
    bias = int(rng.integers(2))
    if kind == "linear":
        return {"kind": "linear", "out": int(rng.integers(1, 20)), "bias": bias}
    groups = int(rng.choice([g for g in (1, 2, 3) if channels % g == 0]))
    return {
        "kind": "convolution",
        "out": groups * int(rng.integers(1, 5)),
        "kernel": kernel,
        "stride": stride,
        "padding": int(rng.integers(3)),
        "groups": groups,
        "bias": bias,
    }


def test_stacks_by_lot_agree_with_sizing(pure):
    rng = np.random.default_rng(5)
    for _ in range(25):
        shape = (int(rng.integers(1, 7)), int(rng.integers(20, 40)), int(rng.integers(20, 40)))
        layers, channels = [], shape[0]
        for _ in range(3):
            layers.append(layer_by_lot(rng, channels))
            channels = layers[-1].get("out", channels)
        layers = layers[: 1 + next((i for i, each in enumerate(layers) if each["kind"] == "linear"), 2)]
        found = pure("counting_table", "countAll", list(shape), layers)
        fitting = sum("problem" not in row for row in found)
        assert rows_of(found[:fitting]) == expected_rows(layers[:fitting], shape)
        if fitting < len(layers):
            with pytest.raises(ValueError, match="fits"):
                summary([described(each) for each in layers], shape)


def cells(page):
    """Units, parameters and connections in the rows of the table."""
    rows = [row.locator("td").all_text_contents() for row in page.locator("tbody tr").all()[1:]]
    return [tuple(int(text.replace(",", "")) for text in row[1:]) for row in rows]


def totals(page):
    return [int(text.replace(",", "")) for text in page.locator("tfoot td").all_text_contents()]


def test_lenet_as_the_lectures_count_it(show, said):
    page = show(CountingTable)
    assert cells(page) == [
        (4704, 150, 117_600),
        (1176, 0, 4704),
        (1600, 2400, 240_000),
        (400, 0, 1600),
        (120, 48_000, 48_000),
        (84, 10_080, 10_080),
        (10, 840, 840),
    ]
    assert totals(page) == [8094, 61_470, 422_824]
    assert said(page).startswith("61,470 parameters, 78 % of them in layer 5 (fully connected); 422,824")
    page.get_by_role("combobox", name="Counted").select_option("multiply-adds")
    assert [row[2] for row in cells(page)] == [117_600, 0, 240_000, 0, 48_000, 10_080, 840]
    assert totals(page)[2] == 416_520
    assert "have none" in page.locator(".cn-note").first.inner_text()
    page.get_by_role("button", name="LeNet, with biases").click()
    assert totals(page)[1] == 61_470 + 6 + 16 + 120 + 84 + 10


def test_alexnet_and_vgg(show):
    page = show(CountingTable)
    page.get_by_role("button", name="AlexNet").press("Enter")
    shapes = page.locator("tbody td:first-of-type").all_text_contents()
    assert shapes[1:5] == ["96 × 55 × 55", "96 × 27 × 27", "256 × 27 × 27", "256 × 13 × 13"]
    page.get_by_role("button", name="VGG-D").click()
    assert totals(page)[1] == 138_357_544
    page.get_by_role("combobox", name="Counted").select_option("multiply-adds")
    assert totals(page)[2] == 15_470_264_320
    parts = page.locator(".cn-parts").all_inner_texts()
    assert parts[1:] == ["11 % · 0 % · 89 %", "99 % · 0 % · <1 %"]


def test_a_network_is_built_from_one_layer(show, said):
    pooling = {"kind": "pooling", "kernel": 2, "stride": 2}
    page = show(lambda: CountingTable([pooling], input=(3, 8, 8)))
    assert said(page) == "No parameters; 192 connections, 100 % of them in layer 1 (pool 2 × 2, S 2)."
    add = page.get_by_role("button", name="Add a layer")
    add.press("Enter")
    assert page.locator("legend").inner_text() == "Change layer 2 of 2"
    page.get_by_role("combobox", name="Kind").select_option("convolution")
    page.get_by_label("Outputs").fill("6")
    page.get_by_label("Groups").fill("3")
    page.get_by_label("biases").uncheck()
    add.click()
    page.get_by_role("combobox", name="Kind").select_option("linear")
    assert not page.get_by_label("Kernel K").is_visible()
    layers = [
        pooling | {"padding": 0},
        {"kind": "convolution", "out": 6, "kernel": 3, "stride": 1, "padding": 1, "groups": 3, "bias": 0},
        {"kind": "linear", "out": 10, "bias": 1},
    ]
    assert cells(page) == [row[:3] for row in expected_rows(layers, (3, 8, 8))]
    page.get_by_label("Input height").fill("9")
    assert cells(page) == [row[:3] for row in expected_rows(layers, (3, 9, 8))]
    page.get_by_role("button", name="1: pool 2 × 2").press("Enter")
    assert page.evaluate("document.activeElement.textContent").startswith("1: pool 2 × 2")
    page.get_by_role("button", name="Remove").click()
    assert cells(page) == [row[:3] for row in expected_rows(layers[1:], (3, 9, 8))]


def test_the_last_layer_stays_and_focus_is_not_lost(show):
    page = show(lambda: CountingTable([{"kind": "linear", "out": 2}] * 2))
    remove = page.get_by_role("button", name="Remove")
    remove.press("Enter")
    assert remove.is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Add a layer"


def test_what_does_not_fit_is_said(show, said):
    page = show(CountingTable)
    page.get_by_label("Input width").fill("12")
    assert said(page) == ("Layer 3, conv 5 × 5, does not fit: windows of 5 × 5 on 6 × 14 × 4.")
    assert page.locator(".cn-problem").count() == 1
    assert page.locator(".cn-none").count() == 4
    page.get_by_label("Input width").fill("32")
    page.get_by_role("button", name="3: conv 5 × 5").click()
    page.get_by_label("Groups").fill("4")
    assert "4 groups do not divide 6 and 16 channels" in said(page)
    page.get_by_label("Groups").fill("2")
    assert said(page).startswith("60,270 parameters")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"layers": []}, ValueError, "1 to 24 layers, got 0"),
        ({"layers": [{"kind": "dense", "out": 3}]}, ValueError, "kind expects one of .*'dense'"),
        ({"layers": [{"kind": "pooling", "out": 3}]}, ValueError, "a pooling layer has kernel"),
        ({"layers": [{"kind": "linear", "out": 0}]}, ValueError, "out expects 1 to"),
        ({"layers": [{"kind": "linear", "out": 2.5}]}, TypeError, "out expects an integer"),
        ({"input": (1, 2)}, ValueError, r"channels, height and width, got \(1, 2\)"),
        ({"counted": "products"}, ValueError, "counted expects one of"),
        ({"input": (0, 2, 2)}, ValueError, "channels expects 1 to 4096"),
    ],
)
def test_counting_table_refuses(change, error, message):
    with pytest.raises(error, match=message):
        CountingTable(**change)
