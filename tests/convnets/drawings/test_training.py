"""Figures of the chapter on training."""

import numpy as np
import pytest

from convnets.drawings import training as draw
from convnets.training import Epoch, Run, Settings


def run(train_loss, test_loss, train_error=0.25, error=0.5):
    """Return a run of two epochs that ends with these."""
    epochs = [
        Epoch(1, 3.0, 0.9, 2.5, 0.8, 0.1, 0.1),
        Epoch(2, train_loss, train_error, test_loss, error, 0.1, 0.2),
    ]
    return Run(Settings(epochs=2), epochs, {}, {}, 2, "cpu", 10)


def test_picture_grid(texts):
    pictures = {name: np.full((3, 8, 12), shade) for name, shade in (("one", 0.2), ("two", 0.8))}
    drawing = draw.picture_grid(pictures, columns=2, boxes={"two": [1, 2, 5, 6]})
    assert {"one", "two"} <= set(texts(drawing))
    assert drawing.svg.count("<image") == 2
    framed = drawing.svg.count("<path") - draw.picture_grid(pictures, columns=2).svg.count("<path")
    assert framed == 2, "one frame, and a pale one below it"


def test_framed_crops(texts):
    pictures = {"small": np.zeros((3, 20, 30)), "large": np.ones((3, 40, 60))}
    boxes = {"small": [[0, 0, 10, 10]], "large": [[5, 5, 15, 15], [0, 0, 10, 10]]}
    drawing = draw.framed_crops(pictures, boxes)
    assert {"small", "large"} <= set(texts(drawing))
    assert drawing.svg.count("<image") == 2


@pytest.mark.parametrize("logarithmic", ["", "x", "xy"])
def test_lines(logarithmic, texts):
    drawing = draw.lines([1, 10, 100], {"a": [1, 2, 4], "b": [3, 2, 1]}, "left", "up", logarithmic)
    assert {"a", "b", "left", "up"} <= set(texts(drawing))


def test_error_pairs(texts):
    drawing = draw.error_pairs({"nothing": [run(1, 1), run(1, 1)], "a lot": [run(1, 1)]})
    assert {"nothing", "a lot", "training", "test", "error, %"} <= set(texts(drawing))


def test_courses_do_not_tell_what_is_wrong(texts):
    drawing = draw.courses([run(1, 2), run(0.1, 4), run(2, 2)], level=2.3)
    letters = [text for text in texts(drawing) if text in "ABCDEF"]
    assert letters == ["A", "B", "C"]
