"""Drawings of deleted blocks say what the records say."""

import re

import pytest

from convnets.drawings import deletions as draw
from convnets.training import Result

ABOUT = {
    "experiment": "degradation",
    "size": "smoke",
    "device": "CPU",
    "says": "an example",
}


@pytest.fixture
def result():
    plain = {"none": 0.3, "one": [0.9, None, 0.8], "several": {}, "images": 10}
    residual = {
        "none": 0.2,
        "one": [0.3, 0.25, 0.2],
        "several": {"1": [0.3, 0.2], "3": [0.7, 0.8]},
        "images": 10,
    }
    records = [
        {"variant": name, "seed": seed, "deleted": deleted}
        for name, deleted in (("plain", plain), ("residual", residual))
        for seed in (0, 1)
    ]
    return Result(ABOUT, records)


def test_one_block_has_a_line_for_each_network(result):
    svg = draw.one_block(result, ["plain", "residual"])._repr_svg_()
    assert all(f">{name}<" in svg for name in ("plain", "residual"))
    assert "where in the network the block was" in svg


def test_a_plain_block_that_cannot_go_is_a_gap(result):
    svg = draw.one_block(result, ["plain"])._repr_svg_()
    markers = re.findall(r"<use ", svg)
    whole = draw.one_block(result, ["residual"])._repr_svg_()
    assert len(re.findall(r"<use ", whole)) == len(markers) + 1


def test_several_blocks_are_counted_from_none(result):
    svg = draw.several_blocks(result, ["residual"])._repr_svg_()
    assert "blocks deleted at once" in svg
    assert ">residual<" in svg
    assert "CPU, smoke" in svg


def test_no_such_network(result):
    with pytest.raises(ValueError, match="no variant is called 'other'"):
        draw.one_block(result, ["other"])
