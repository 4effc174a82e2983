"""Figures of the chapter draw, are well-formed SVG, and show the numbers that are computed."""

import re
from xml.etree import ElementTree

import pytest

from convnets import plots
from convnets.drawings import sizing as draw
from convnets.sizing import networks, summary


def labels(drawing):
    """The texts of a drawing, in order."""
    assert isinstance(drawing, plots.Drawing)
    root = ElementTree.fromstring(drawing.svg)
    return ["".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_windows_on_a_line():
    texts = labels(draw.windows_on_a_line(8, 3, stride=2))
    assert texts == [*map(str, range(8)), "window 0", "window 1", "window 2", "does not fit"]
    padded = labels(draw.windows_on_a_line(3, 3, padding=1))
    assert padded == ["0", "0", "1", "2", "0", "window 0", "window 1", "window 2", "does not fit"]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_window_that_would_begin_beyond_the_end_is_not_drawn(stride):
    texts = labels(draw.windows_on_a_line(3 + 2 * stride, 3, stride))
    assert (texts[-1] == "does not fit") == (stride < 3)


def test_unit_seen_through():
    stack = [(3, 1, 1), (2, 2), (3, 1, 1)]
    texts = labels(draw.unit_seen_through(stack, ["conv", "pool", "conv"], size=16))
    assert texts == ["conv: sees 8", "pool: sees 4", "conv: sees 3", "image: 8 pixels"]


def test_shares_of_all_kinds():
    nets = {"today": summary(networks.lenet_of_today(), (1, 32, 32))}
    texts = labels(draw.shares_chart(nets))
    assert texts.count("today") == 3
    assert {"units", "connections", "parameters", "convolution", "pooling", "fully connected"} <= set(texts)


def test_memory_and_weights_has_a_bar_for_each_layer():
    texts = labels(draw.memory_and_weights(summary(networks.vgg("A"), (3, 224, 224))))
    assert [text for text in texts if re.match("conv|pool|fc", text)] == [
        row.name for row in summary(networks.vgg("A"), (3, 224, 224)).rows
    ]
