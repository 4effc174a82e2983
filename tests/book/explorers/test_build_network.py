"""A network built in the browser, compared with convnets.sizing and PyTorch."""

import numpy as np
import pytest
from torch import nn

from convnets import architectures
from convnets.sizing import (
    BatchNorm,
    Branches,
    Chain,
    Convolution,
    Elementwise,
    FullyConnected,
    Pooling,
    Residual,
    networks,
    summary,
)
from convnets.widgets.build_network import BuildNetwork

FILE = "network_sizes"
PRESETS = {each["name"]: each for each in BuildNetwork().presets}


def with_norm(*layer):
    return Convolution(*layer, bias=False), BatchNorm()


def residual(layer, channels):
    body = with_norm(layer["out"], 3, layer["stride"], 1) + with_norm(layer["out"], 3, 1, 1)
    if layer["stride"] == 1 and layer["out"] == channels:
        return Residual(body)
    return Residual(body, with_norm(layer["out"], 1, layer["stride"])) if layer["projection"] else Chain(body)


def inception(layer):
    """Return the branches; widths of 0 are left out."""

    def filters(out, kernel):
        return (Convolution(out, kernel, padding=kernel // 2),) if out else ()

    return Branches(
        (
            filters(layer["one"], 1),
            filters(layer["reduce3"], 1) + filters(layer["three"], 3),
            filters(layer["reduce5"], 1) + filters(layer["five"], 5),
            (Pooling(3, 1, padding=1), *filters(layer["pooled"], 1)),
        )
    )


def described(layer, channels):
    """Return the description in convnets.sizing of a layer of the explorer; flatten has none."""
    kind, window = layer["kind"], (layer.get("kernel"), layer.get("stride"), layer.get("padding"))
    describe = {
        "convolution": lambda: Convolution(layer["out"], *window, bias=bool(layer["bias"])),
        "pooling": lambda: Pooling(*window),
        "relu": lambda: Elementwise("ReLU"),
        "norm": BatchNorm,
        "residual": lambda: residual(layer, channels),
        "inception": lambda: inception(layer),
        "flatten": lambda: None,
        "linear": lambda: FullyConnected(layer["out"], bias=bool(layer["bias"])),
    }
    return describe[kind]()


def expected_rows(layers, shape):
    """Return shape, parameters, products and field of each layer, flatten left out, by convnets.sizing."""
    network, rows = [], []
    for layer in layers:
        channels = rows[-1][0][0] if rows else shape[0]
        one = described(layer, channels)
        if one is None:
            continue
        network.append(Chain((one,), name=str(len(network))))
        last = summary(network, shape).blocks[-1]
        field = [axis._asdict() for axis in last.field]
        rows.append((list(last.out_shape), last.parameters, last.multiply_adds, field))
    return rows


def found_rows(found, layers):
    return [
        (row["shape"], row["parameters"], row["products"], row["field"])
        for row, layer in zip(found, layers, strict=True)
        if layer["kind"] != "flatten"
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_examples_agree_with_sizing(pure, name):
    shape, layers = PRESETS[name]["input"], PRESETS[name]["layers"]
    found = pure(FILE, "measureAll", shape, layers)
    assert found_rows(found, layers) == expected_rows(layers, tuple(shape))


def vgg_blocks():
    stages = [(3, 64), (64, 64), (64, 128), (128, 128)]
    first, second, third, fourth = (nn.Conv2d(*stage, 3, padding=1) for stage in stages)
    pool, head = nn.MaxPool2d(2), (nn.Flatten(), nn.Linear(128 * 8 * 8, 256), nn.Linear(256, 10))
    return nn.Sequential(first, second, pool, third, fourth, nn.MaxPool2d(2), *head)


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("LeNet-5, as usually programmed", lambda: architectures.lenet5(classical=False)),
        ("VGG blocks", vgg_blocks),
        ("a small ResNet (20 layers)", lambda: architectures.cifar_resnet(20)),
        ("Inception module 3a", lambda: architectures.Inception(192, networks.INCEPTION["3a"])),
        ("the same, naive", lambda: architectures.NaiveInception(192, 64, 128, 32)),
    ],
)
def test_examples_are_the_networks_of_architectures(name, build):
    shape, layers = tuple(PRESETS[name]["input"]), PRESETS[name]["layers"]
    rows = expected_rows(layers, shape)
    counted = summary(build(), shape)
    assert sum(row[1] for row in rows) == counted.parameters
    assert sum(row[2] for row in rows) == counted.multiply_adds


def layer_by_lot(rng, channels):
    kernel, stride, out = (int(rng.integers(1, most)) for most in (6, 4, 9))
    padding = int(rng.integers(kernel // 2 + 1))
    window = {"kernel": kernel, "stride": stride, "padding": padding}
    widths = {name: int(rng.integers(1, 9)) for name in ("one", "three", "five")}
    reduced = {name: int(rng.integers(0, 4)) for name in ("reduce3", "reduce5", "pooled")}
    shortcut = {"projection": int(rng.integers(2))}
    choices = [
        {"kind": "convolution", "out": out, **window, "bias": int(rng.integers(2))},
        {"kind": "pooling", **window, "average": int(rng.integers(2))},
        {"kind": "relu"},
        {"kind": "norm"},
        {"kind": "residual", "out": channels + int(rng.integers(3)), "stride": stride, **shortcut},
        {"kind": "inception", **widths, **reduced},
    ]
    return choices[rng.integers(len(choices))]


def test_stacks_by_lot_agree_with_sizing(pure):
    rng = np.random.default_rng(5)
    for _ in range(30):
        shape = (int(rng.integers(1, 7)), int(rng.integers(20, 40)), int(rng.integers(20, 40)))
        layers, rows = [], []
        for _ in range(4):
            layers.append(layer_by_lot(rng, rows[-1]["shape"][0] if rows else shape[0]))
            rows = pure(FILE, "measureAll", list(shape), layers)
            if "problem" in rows[-1]:
                break
        else:
            tail = {"kind": "linear", "out": int(rng.integers(1, 20)), "bias": int(rng.integers(2))}
            layers += [{"kind": "flatten"}, tail, {"kind": "norm"}]
        rows = pure(FILE, "measureAll", list(shape), layers)
        fitting = layers[: sum("problem" not in row for row in rows)]
        assert found_rows(rows[: len(fitting)], fitting) == expected_rows(fitting, shape)
        if len(fitting) < len(layers):
            with pytest.raises(ValueError, match="fits"):
                expected_rows(layers, shape)


def cells(page):
    """Output, parameters and multiply-adds in the rows of the table, and what is seen."""
    return [row.locator("td").all_text_contents() for row in page.locator("tbody tr").all()[1:]]


def totals(page):
    return [text for text in page.locator("tfoot td").all_text_contents() if text]


def test_lenet_is_where_it_starts(show, said):
    page = show(BuildNetwork)
    assert said(page) == (
        "61,706 parameters, 416,520 multiply-adds. The output is 10 numbers; each sees 32 × 32 pixels."
    )
    assert totals(page) == ["61,706", "416,520"]
    assert cells(page)[3] == ["16 × 10 × 10", "2,416", "240,000", "14"]
    assert page.locator(".cn-box").count() == 13
    page.get_by_role("button", name="4: conv 5 × 5").press("Enter")
    assert page.locator(".cn-workings").inner_text() == (
        "Height: (14 + 2 · 0 − 5) / 1 + 1 = 10. Sees: 6 + (5 − 1) · 2 = 14. "
        "Parameters: 16 · (6 · 5² + 1) = 2,416. Multiply-adds: 16 × 10 × 10 · 6 · 5² = 240,000."
    )


def test_the_other_examples(show, said):
    page = show(BuildNetwork)
    page.get_by_role("button", name="VGG blocks").click()
    assert said(page).startswith("2,360,138 parameters, 98,241,024 multiply-adds")
    page.get_by_role("button", name="a small ResNet").press("Enter")
    assert said(page).startswith("269,722 parameters, 40,")
    page.locator(".cn-box").nth(7).click()
    assert page.locator("legend").inner_text() == "Change layer 7 of 15"
    assert "thinned out by the stride" in page.locator(".cn-workings").inner_text()
    page.get_by_label("projection").check()
    assert "a 1 × 1 convolution with batch norm" in page.locator(".cn-workings").inner_text()
    assert totals(page)[0] == f"{269_722 + 16 * 32 + 2 * 32:,}"
    page.get_by_role("button", name="the same, naive").click()
    assert "64 + 128 + 32 + 192 = 416 channels" in page.locator(".cn-workings").inner_text()


def test_a_network_is_built_moved_and_taken_apart(show, said):
    page = show(lambda: BuildNetwork([{"kind": "relu"}], input=(3, 9, 9)))
    kind, add = page.get_by_role("combobox", name="Kind"), page.get_by_role("button", name="Add a layer")
    assert said(page).startswith("0 parameters")
    for name in ("pooling", "norm", "flatten", "linear"):
        add.press("Enter")
        kind.select_option(name)
    layers = [
        {"kind": "relu"},
        {"kind": "pooling", "kernel": 2, "stride": 2, "padding": 0},
        {"kind": "norm"},
        {"kind": "flatten"},
        {"kind": "linear", "out": 10, "bias": 1},
    ]
    rows = expected_rows(layers, (3, 9, 9))
    assert [row[1] for row in cells(page)] == ["0", "0", "6", "0", "490"]
    assert totals(page) == [f"{sum(row[i] for row in rows):,}" for i in (1, 2)]
    page.get_by_role("button", name="3: batch norm").click()
    page.get_by_role("button", name="Move up").press("Enter")
    assert page.locator(".cn-layer-name").all_text_contents()[:3] == [
        "1: ReLU",
        "2: batch norm",
        "3: max pool 2 × 2",
    ]
    assert page.locator("legend").inner_text() == "Change layer 2 of 5"
    page.get_by_role("button", name="Move up").press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Down"
    page.get_by_role("button", name="Remove").click()
    assert len(cells(page)) == 4


def test_a_layer_is_chosen_by_touching_its_box(show):
    page = show(BuildNetwork, width=390, has_touch=True)
    page.locator(".cn-box").nth(8).tap()
    assert page.locator("legend").inner_text() == "Change layer 8 of 12"
    page.get_by_role("button", name="Move down").tap()
    assert page.locator("legend").inner_text() == "Change layer 9 of 12"


def test_what_does_not_fit_is_said_in_words(show, said):
    page = show(BuildNetwork)
    page.get_by_label("Input width").fill("12")
    assert said(page) == (
        "Layer 4, conv 5 × 5, does not fit: its window of 5 × 5 is larger than its input of 6 × 14 × 4."
    )
    assert page.locator(".cn-problem").count() == 1
    assert page.locator(".cn-none").count() == 8
    page.get_by_label("Input width").fill("32")
    page.get_by_role("button", name="7: flatten").click()
    page.get_by_role("button", name="Remove").click()
    assert "needs a row of numbers, and an image of 16 × 5 × 5 comes in" in said(page)


@pytest.mark.parametrize(
    ("layer", "shape", "problem"),
    [
        ({"kind": "inception", "one": 1}, [400], "needs an image, and a row of 400 numbers comes in"),
        ({"kind": "pooling", "kernel": 3, "padding": 2, "stride": 1}, [1, 9, 9], "in the padding of 2 alone"),
        (
            {"kind": "convolution", "kernel": 7, "padding": 1, "stride": 1, "out": 1},
            [1, 9, 4],
            "larger than its input of 1 × 9 × 4 with padding 1 around",
        ),
        ({"kind": "residual", "out": 8, "stride": 1, "projection": 0}, [16, 4, 4], "only 8 come out"),
    ],
)
def test_each_misfit_has_its_words(pure, layer, shape, problem):
    (found,) = pure(FILE, "measureAll", shape, [layer])
    assert problem in found["problem"]


def test_more_than_the_image_is_said(pure):
    wide = [{"kind": "convolution", "out": 1, "kernel": 7, "stride": 1, "padding": 3, "bias": 0}]
    assert pure("build_network", "explain", [1, 4, 9], wide).endswith(
        "each sees 7 × 7 pixels, more than the image of 4 × 9 has: the rest is padding."
    )


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"layers": []}, ValueError, "1 to 40 layers, got 0"),
        ({"layers": [{"kind": "dense"}]}, ValueError, "kind expects one of .*'dense'"),
        ({"layers": [{"kind": "relu", "out": 3}]}, ValueError, "a relu layer has no numbers, got kind, out"),
        ({"layers": [{"kind": "linear", "out": 0}]}, ValueError, "out expects 1 to"),
        ({"layers": [{"kind": "linear", "out": 2.5}]}, TypeError, "out expects an integer"),
        ({"input": (1, 2)}, ValueError, r"channels, height and width, got \(1, 2\)"),
        ({"input": (0, 2, 2)}, ValueError, "channels expects 1 to 4096"),
    ],
)
def test_build_network_refuses(change, error, message):
    with pytest.raises(error, match=message):
        BuildNetwork(**change)
