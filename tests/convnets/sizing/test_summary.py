"""Rows 4.2 and 4.3: descriptions, how they are put together, and what their summary says."""

import re

import pytest
import torch

from convnets import sizing
from convnets.sizing import (
    BatchNorm,
    Branches,
    Chain,
    Convolution,
    Elementwise,
    FullyConnected,
    LocallyConnected,
    Pooling,
    ReceptiveField,
    Residual,
    Subsampling,
    Table,
    summary,
)
from convnets.sizing.networks import C3_TABLE


def only(layer, in_shape):
    (row,) = summary(layer, in_shape).rows
    return row


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("in_shape", "kernel_size", "stride", "padding", "dilation"),
    [((4, 7, 9), 3, 1, 0, 1), ((2, 9, 8), (2, 3), (1, 2), (0, 2), 1), ((6, 11, 10), 3, 2, 1, 2)],
)
def test_convolution_agrees_with_torch(in_shape, kernel_size, stride, padding, dilation, groups, bias):
    module = torch.nn.Conv2d(in_shape[0], 6, kernel_size, stride, padding, dilation, groups, bias)
    row = only(Convolution(6, kernel_size, stride, padding, dilation, groups, bias), in_shape)
    out = module(torch.zeros(1, *in_shape))
    assert row.out_shape == out.shape[1:]
    assert row.units == row.activations == out.numel()
    assert row.weights == module.weight.numel()
    assert row.biases == (module.bias.numel() if bias else 0)
    assert row.multiply_adds == out.numel() * module.weight[0].numel()
    assert row.connections == row.multiply_adds + (out.numel() if bias else 0)


def test_formulas_of_the_lectures():
    # output W×H×num_out, input of the same size with num_in maps, filters K×K; without and with bias
    W, H, K = 7, 5, 3
    num_out, num_in = 4, 3
    places = W * H
    for bias in (False, True):
        row = only(Convolution(num_out, K, padding=1, bias=bias), (num_in, H, W))
        assert (row.units, row.parameters) == (places * num_out, K**2 * num_out * num_in + bias * num_out)
        assert row.connections == places * K**2 * num_out * num_in + bias * places * num_out
        full = only(FullyConnected(places * num_out, bias=bias), (num_in, H, W))
        assert full.units == places * num_out
        assert full.parameters == full.connections == places**2 * num_out * num_in + bias * places * num_out


def test_connection_table_and_untied_biases():
    row = only(Convolution(16, 5, table=C3_TABLE), (6, 14, 14))
    assert sum(map(len, C3_TABLE)) == 60
    assert (row.weights, row.biases, row.connections) == (1500, 16, 151_600)
    assert [len(maps) for maps in C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    assert len(set(map(frozenset, C3_TABLE))) == 16
    untied = only(Convolution(12, 5, 2, 2, bias="untied"), (1, 16, 16))
    assert (untied.weights, untied.biases, untied.connections) == (300, 768, 19_968)


def test_pooling_and_subsampling_by_hand():
    row = only(Pooling(2), (6, 28, 28))
    assert (row.out_shape, row.parameters, row.connections, row.multiply_adds) == ((6, 14, 14), 0, 4704, 0)
    row = only(Subsampling(), (6, 28, 28))
    assert (row.out_shape, row.weights, row.biases, row.connections) == ((6, 14, 14), 6, 6, 5880)
    assert only(Pooling(3, 2), (1, 8, 8)).out_shape == (1, 3, 3)
    assert only(Pooling(3, 2, rounding="ceil"), (1, 8, 8)).out_shape == (1, 4, 4)
    row = only(Pooling(None, operation="average"), (5, 7, 6))
    assert (row.out_shape, row.connections, row.detail) == ((5, 1, 1), 210, "average pool, global")
    with pytest.raises(ValueError, match="leave 1 of 8"):
        summary(Pooling(3, 2, rounding="exact"), (1, 8, 8))


def test_other_layers_by_hand():
    assert only(LocallyConnected(2, 3), (1, 5, 4)).parameters == 2 * 3 * 2 * (9 + 1)
    row = only(FullyConnected(10, bias=False, is_fixed=True), (84,))
    assert (row.parameters, row.connections) == (0, 840)
    row = only(BatchNorm(), (8, 3, 3))
    assert (row.parameters, row.units, row.activations) == (16, 0, 72)
    assert only(Elementwise("ReLU"), (8, 3, 3)).activations == 0
    assert only(Elementwise("dropout", is_inplace=False), (8, 3, 3)).activations == 72


def test_branches_are_concatenated_and_residuals_added():
    branches = Branches(
        ((Convolution(3, 1),), (Convolution(2, 5, padding=2), Elementwise("ReLU"))), name="both"
    )
    counted = summary(Chain((branches, Convolution(4, 1, name="on top"))), (2, 6, 7))
    assert counted["both"].out_shape == (5, 6, 7)
    assert counted["both"].units == 5 * 42
    assert counted["both"].field[0] == ReceptiveField(5, 1, -2)
    assert counted["on top"].weights == 20
    assert [row.name for row in counted.blocks] == ["both", "on top"]
    assert [row.name for row in counted.rows] == ["both/conv 1×1", "both/conv 5×5", "both/ReLU", "on top"]
    body = (Convolution(2, 3, padding=1), BatchNorm())
    counted = summary(Residual(body, name="block"), (2, 6, 7))
    assert counted["block"].out_shape == (2, 6, 7)
    assert counted.parameters == 2 * 2 * 9 + 2 + 4


@pytest.mark.parametrize(
    ("network", "error", "message"),
    [
        (Branches(((Convolution(3, 3),), ()), name="b"), ValueError, "b/: shapes .* cannot be concatenated"),
        (Residual((Convolution(3, 3, padding=1),)), ValueError, "cannot be added"),
        (Convolution(3, 9), ValueError, "no window fits"),
        (Convolution(3, 3, groups=2), ValueError, "groups = 2 must divide C_in = 1"),
        (Convolution(2, 3, table=((0,), (1,)), name="C"), ValueError, "table of C must have 2 rows"),
        (Chain((FullyConnected(3), Convolution(3, 3, name="c"))), ValueError, r"c needs a shape \(C, H, W\)"),
        (Chain((FullyConnected(3), Pooling(2))), ValueError, "needs a shape"),
        ("conv", TypeError, "consists of layers"),
        ([3], TypeError, "consists of layers"),
    ],
)
def test_networks_that_do_not_fit(network, error, message):
    with pytest.raises(error, match=message):
        summary(network, (1, 8, 8))


def test_an_empty_network_counts_nothing():
    counted = summary([], (3, 4, 5))
    assert (counted.rows, counted.parameters, counted.running_bytes()) == ((), 0, 0)
    assert counted.training_bytes(batch_size=2) == 2 * 60 * 4
    assert "total" in str(counted)


def test_memory_of_training_and_of_running():
    counted = summary([Convolution(4, 3, padding=1), Elementwise("ReLU"), Pooling(2)], (1, 8, 8))
    assert counted.training_bytes() == 4 * (64 + 256 + 64)
    assert counted.training_bytes(batch_size=3, bytes_per_number=2) == 6 * (64 + 256 + 64)
    assert counted.running_bytes() == 4 * (64 + 256)


def test_rows_are_found_by_name():
    counted = summary([Convolution(4, 3, name="first")], (1, 8, 8))
    assert counted["first"].weights == 36
    with pytest.raises(KeyError, match="no layer 'second'"):
        counted["second"]
    with pytest.raises(KeyError, match="colour"):
        counted.table(["colour"])
    assert counted.of_kind("pooling") == ()


def test_text_is_aligned_and_html_is_escaped_and_scrolls():
    counted = summary([Convolution(6, 5, name="C<1>"), Pooling(2, name="S2")], (1, 32, 32), name="LeNet & co")
    text = str(counted)
    assert text.splitlines()[0] == "LeNet & co"
    assert "6×28×28" in text
    assert "122,304" in text
    assert len({len(line) for line in text.splitlines()[1:]}) == 1
    html = counted._repr_html_()
    assert html.count("<tr>") == 4
    assert "C&lt;1&gt;" in html
    assert "<caption>LeNet &amp; co</caption>" in html
    assert re.search(r'<div class="cn-scroll" role="group" tabindex="0" aria-label="LeNet &amp; co"', html)
    assert "overflow-x: auto" in html
    assert "color" not in html
    assert counted.table(["sees"]).column("sees") == [(5, 5), (6, 6)]


def test_sentences_are_set_to_the_left_even_if_they_begin_with_a_number():
    sentence = "3,000 scenes to learn from and 500 to be asked"
    html = Table(("size", "what", "seeds"), [("full", sentence, "2 (of 3)")])._repr_html_()
    for text, side in ((sentence, "left"), ("2 (of 3)", "right")):
        (cell,) = re.findall(f"<td[^>]*>{re.escape(text)}</td>", html)
        assert f"text-align: {side}" in cell


def test_table_by_hand():
    table = Table(("a", "b"), [("x", 1234), ("y", None), ("z", 0.5)], totals=("sum", (2, 3)))
    assert str(table).splitlines() == [
        *("a        b", "───  ─────", "x    1,234", "y        –", "z      0.5", "───  ─────", "sum    2×3"),
    ]
    noted = Table(("a", "note"), [("x", "1")], notes=["Because 1 < 2."])
    assert str(noted).splitlines()[-1] == "1. Because 1 < 2."
    assert noted._repr_html_().endswith("<li>Because 1 &lt; 2.</li></ol>")
    with pytest.raises(ValueError, match="a row has 1 cells, the header 2"):
        Table(("a", "b"), [("x",)])


def test_all_names_exist_once():
    for package in (sizing, sizing.networks):
        assert list(package.__all__) == sorted(set(package.__all__))
        assert all(hasattr(package, name) for name in package.__all__)
