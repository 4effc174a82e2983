"""Drawings of what detectors find: colours of classes, what is sure enough, one dot for each run."""

import re

import pytest
import torch

from convnets import plots
from convnets.detection import Detections, Objects
from convnets.detection.images import ObjectImages
from convnets.drawings import detections as draw
from convnets.training import Result

ABOUT = {"experiment": "rcnn", "device": "CPU", "size": "smoke"}


@pytest.fixture
def result():
    records = [
        {"variant": variant, "seed": seed, "ap50": ap50, "seconds_per_image": seconds,
         "proposal_recall": [ap50 / 2, ap50]}
        for variant, ap50, seconds in (("slow", 0.5, 0.1), ("fast", 0.75, 0.01))
        for seed in (0, 1)
    ]  # fmt: skip
    return Result(ABOUT, records)


def test_what_is_not_sure_is_not_drawn():
    boxes = torch.tensor([[1.0, 1, 5, 5], [2, 2, 9, 9]])
    images = ObjectImages(torch.ones(1, 3, 10, 12), (Objects(boxes[:1], torch.tensor([1])),))
    masks = torch.ones(2, 10, 12, dtype=torch.bool)
    found = Detections(boxes, torch.tensor([1, 2]), torch.tensor([0.9, 0.4]), masks)
    orange, green = (f"var(--cn-{name}, {plots.COLOURS[name]})" for name in ("orange", "green"))
    svg = draw.there_and_found(images, [found]).svg
    assert ">1: there<" in svg
    assert ">1: found<" in svg
    assert svg.count(f"stroke: {orange}") == 2
    assert f"stroke: {green}" not in svg
    assert draw.there_and_found(images, [found], min_score=0.3).svg.count(f"stroke: {green}") == 1
    draw.there_and_found(images, [Detections(boxes[:0], torch.zeros(0).long(), torch.zeros(0))])


def test_classes_that_share_a_colour_are_all_drawn():
    boxes = torch.tensor([[1.0, 1, 5, 5], [2, 2, 9, 9]])
    images = ObjectImages(torch.ones(1, 3, 10, 12), (Objects(boxes, torch.tensor([1, 7])),))
    none = Detections(boxes[:0], torch.zeros(0).long(), torch.zeros(0))
    svg = draw.there_and_found(images, [none]).svg
    assert svg.count(f"stroke: var(--cn-orange, {plots.COLOURS['orange']})") == 2


def test_every_run_is_a_dot(result):
    svg = draw.precision_over_seconds(result).svg
    assert "AP50, %" in svg
    assert "CPU, smoke" in svg
    assert all(f">{name}<" in svg for name in ("slow", "fast"))
    assert len(re.findall(r"<use ", svg)) >= 4


def test_every_variant_is_a_line(result):
    svg = draw.recall_over_proposals(result, (1, 5)).svg
    assert "proposals for an image" in svg
    assert all(f">{name}<" in svg for name in ("slow", "fast"))
