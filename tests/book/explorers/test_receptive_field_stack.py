"""Cones through a stack of layers, driven in the browser and compared with convnets.sizing and torch."""

import numpy as np
import pytest
import torch

from convnets.sizing import output_size, receptive_field
from convnets.widgets.receptive_field_stack import RANGES, ReceptiveFieldStack

PRESETS = {each["name"]: each for each in ReceptiveFieldStack().presets}


def window(layer):
    return layer["kernel"], layer["stride"], layer["padding"], layer["dilation"]


def stacks(seed, number, most=4):
    """Return stacks of layers by lot, small enough to fit on 48 inputs."""
    rng = np.random.default_rng(seed)
    ranges = RANGES | {"kernel": (1, 5), "stride": (1, 2), "dilation": (1, 2), "padding": (0, 2)}
    return [
        [
            {"kind": "convolution"}
            | {name: int(rng.integers(low, high + 1)) for name, (low, high) in ranges.items()}
            for _ in range(rng.integers(1, most + 1))
        ]
        for _ in range(number)
    ]


def sizes_of(size, layers):
    sizes = [size]
    for layer in layers:
        sizes.append(output_size(sizes[-1], *window(layer)))
    return sizes


@pytest.mark.parametrize("name", PRESETS)
def test_fields_and_sizes_of_the_examples_agree_with_sizing(pure, name):
    size, layers = PRESETS[name]["size"], PRESETS[name]["layers"]
    found = pure("receptive_field_stack", "fields", layers)
    for level, field in enumerate(found):
        assert field == receptive_field(map(window, layers[:level]))._asdict()
    assert pure("receptive_field_stack", "levels", size, layers) == sizes_of(size, layers)


def test_fields_and_sizes_of_stacks_by_lot_agree_with_sizing(pure):
    for layers in stacks(0, 30):
        top = pure("receptive_field_stack", "fields", layers)[-1]
        assert top == receptive_field(map(window, layers))._asdict()
        assert pure("receptive_field_stack", "levels", 48, layers) == sizes_of(48, layers)


def test_seen_inputs_are_those_with_a_gradient(pure):
    rng = np.random.default_rng(1)
    for layers in stacks(2, 12):
        x = torch.zeros(1, 1, 48, requires_grad=True)
        y = x
        for layer in layers:
            kernel, stride, padding, dilation = window(layer)
            y = torch.nn.functional.conv1d(y, torch.ones(1, 1, kernel), None, stride, padding, dilation)
        unit = int(rng.integers(y.shape[-1]))
        y[0, 0, unit].backward()
        found = pure("receptive_field_stack", "seen", 48, layers, unit)[0]
        assert [i for i in found if 0 <= i < 48] == x.grad[0, 0].nonzero().ravel().tolist()


def rows(page):
    """Units, seen, receptive field, jump and start of each level, from the input up."""
    lines = [row.locator("td:not([colspan])").all_text_contents() for row in page.locator("tbody tr").all()]
    return [tuple(int(text.replace("−", "-")) for text in line) for line in lines]


@pytest.mark.parametrize(
    ("preset", "top"),
    [
        ("3 × 3 twice", (5, 1, 5, 1, 0)),
        ("3 × 3 three times", (5, 1, 7, 1, 0)),
        ("7 × 7 once", (5, 1, 7, 1, 0)),
        ("LeNet: two convolutions, each pooled", (5, 1, 16, 4, 0)),
        ("dilation 1, 2, 4", (7, 1, 15, 1, 0)),
    ],
)
def test_examples(show, said, preset, top):
    page = show(lambda: ReceptiveFieldStack([{"kind": "pooling", "kernel": 4}], size=6))
    page.get_by_role("button", name=preset).click()
    assert rows(page)[-1] == top
    first = rows(page)[0]
    assert first[1] == top[2]  # all of the receptive field is seen
    assert f"receptive field of {top[2]} inputs" in said(page)


def test_cones_show_what_the_unit_sees_and_it_can_be_moved(show, said):
    lenet = PRESETS["LeNet: two convolutions, each pooled"]
    page = show(lambda: ReceptiveFieldStack(lenet["layers"], lenet["size"], unit=1))
    assert [row[1] for row in rows(page)] == [16, 12, 6, 2, 1]
    assert page.locator("rect.cn-seen").count() == 16 + 12 + 6 + 2 + 1
    assert page.locator(".cn-index").all_text_contents() == ["4", "19"]
    page.get_by_role("button", name="Next").press("Enter")
    assert said(page) == "Unit 2 of layer 4: receptive field of 16 inputs, 8 to 23."
    page.locator("rect.cn-top").last.click()
    assert said(page) == "Unit 4 of layer 4: receptive field of 16 inputs, 16 to 31."
    assert page.get_by_role("button", name="Next").is_disabled()


def test_layers_are_added_changed_and_removed(show, said):
    page = show(ReceptiveFieldStack)
    page.get_by_role("button", name="2: conv 3 × 3").click()
    page.get_by_role("button", name="Add a layer").click()
    assert [row[2] for row in rows(page)] == [1, 3, 5, 7]
    page.get_by_label("Dilation D").fill("2")
    assert rows(page)[-1][2] == 9
    page.get_by_role("button", name="1: conv 3 × 3").press("Enter")
    page.get_by_label("Stride S").fill("2")
    layers = [(3, 2), (3,), (3, 1, 0, 2)]
    assert page.locator("tbody tr").count() == 4
    assert "Layer 3 does not fit: its window spans 5 units and there are 2." in said(page)
    page.get_by_label("Inputs").fill("30")
    field = receptive_field(layers)
    assert rows(page)[-1][2:] == (field.size, field.jump, field.start)
    page.get_by_role("combobox", name="Kind").select_option("pooling")
    assert page.get_by_label("Kernel K").input_value() == "2"
    page.get_by_role("button", name="Remove").click()
    assert [row[2] for row in rows(page)] == [1, 3, 7]


def test_at_the_border_the_padding_is_not_counted_as_seen(show, said):
    padded = [{"kind": "convolution", "kernel": 3, "padding": 1}] * 3
    page = show(lambda: ReceptiveFieldStack(padded, size=8, unit=0))
    assert said(page) == (
        "Unit 0 of layer 3: receptive field of 7 inputs, −3 to 3. "
        "It sees 4 of them; beyond the border there are only zeros."
    )
    assert rows(page) == [(8, 4, 1, 1, 0), (8, 3, 3, 1, -1), (8, 2, 5, 1, -2), (8, 1, 7, 1, -3)]
    assert page.locator("rect.cn-outside.cn-seen").count() == 3


def test_gaps_of_dilation_are_said(show, said):
    gapped = [{"kind": "convolution", "kernel": 3, "dilation": 2}] * 2
    page = show(lambda: ReceptiveFieldStack(gapped, size=11, unit=1))
    assert said(page).endswith("receptive field of 9 inputs, 1 to 9. It sees 5 of them, with gaps between.")


def test_a_unit_may_see_nothing_but_padding(show, said):
    wide = [{"kind": "convolution", "kernel": 3}, {"kind": "convolution", "kernel": 1, "padding": 2}]
    page = show(lambda: ReceptiveFieldStack(wide, size=5, unit=0))
    assert said(page) == (
        "Unit 0 of layer 2: receptive field of 3 inputs, −2 to 0. "
        "It sees 0 of them; beyond the border there are only zeros."
    )
    assert [row[1] for row in rows(page)] == [0, 0, 1]
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert [row[1] for row in rows(page)] == [3, 1, 1]


def test_where_no_layer_fits_it_says_so(show, said):
    page = show(lambda: ReceptiveFieldStack([{"kind": "pooling", "kernel": 5}], size=3))
    assert said(page) == "Layer 1 does not fit: its window spans 5 units and there are 3."
    page.get_by_label("Padding P").fill("1")
    assert "receptive field of 5 inputs, −1 to 3" in said(page)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"layers": []}, ValueError, "1 to 8 layers, got 0"),
        ({"layers": [{"kind": "relu"}]}, ValueError, "kind expects .*'relu'"),
        ({"layers": [{"kernel": 0}]}, ValueError, "kernel expects 1 to 11"),
        ({"layers": [{"kernel": 3.0}]}, TypeError, "kernel expects an integer"),
        ({"layers": [{"groups": 2}]}, ValueError, "a layer has kind, kernel"),
        ({"size": 49}, ValueError, "size expects 1 to 48"),
        ({"unit": -1}, ValueError, "unit expects 0 to 48"),
    ],
)
def test_receptive_field_stack_refuses(change, error, message):
    with pytest.raises(error, match=message):
        ReceptiveFieldStack(**change)
