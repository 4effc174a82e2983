"""A digit that moves, driven in the browser and compared with convnets."""

import json
import re

import numpy as np
import pytest

from convnets.seeing import shift, shift_experiment
from convnets.widgets.shift_digit import ShiftDigit


def test_moving_agrees_with_convnets(pure):
    image = np.random.default_rng(3).integers(0, 256, size=(5, 5))
    for dy in range(-5, 6):
        for dx in range(-5, 6):
            assert pure("shift_digit", "moved", image.tolist(), dy, dx) == shift(image, dy, dx).tolist()


def test_moving_shows_the_recorded_answers(show, shifting, said):
    page = show(shifting)
    widget = shifting()
    page.get_by_role("application", name=re.compile("^The digit")).press("ArrowUp")
    page.get_by_role("slider", name="Left or right").press("ArrowRight")
    page.get_by_role("slider", name="Left or right").press("ArrowRight")
    page.get_by_role("combobox", name="Digit").select_option("1")
    assert said(page).startswith("A written 7, 1 up, 2 to the right:")
    for card, name in zip(page.locator(".cn-card").all(), widget.answers, strict=True):
        percents = widget.answers[name][1][1][4]
        best = int(np.argmax(percents))
        text = card.inner_text()
        assert f"says {best} ({percents[best]} % sure), {'✓ right' if best == 7 else '✗ wrong'}" in text
        assert f"names {round(widget.accuracy[name][1][4], 1):g} % rightly" in text
        assert f"the {name} network says {best}" in said(page)
    page.get_by_role("button", name="Back to the middle").click()
    assert "in the middle" in said(page)


def test_clicking_the_map_moves_the_digit_and_borders_hold(show, shifting, said):
    page = show(shifting)
    chart = page.get_by_role("application", name=re.compile("Shifts tried with the convolutional"))
    size = chart.bounding_box()
    chart.click(position={"x": 0.1 * size["width"], "y": 0.7 * size["height"]})
    assert "1 down, 2 to the left" in said(page)
    chart.press("ArrowLeft")
    assert "1 down, 2 to the left" in said(page)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_default_shift_digit_records_the_experiment():
    widget, experiment = ShiftDigit.default(), shift_experiment()
    for name in ("fully_connected", "convolutional"):
        accuracy = np.array(widget.accuracy[name.replace("_", " ")])
        for distance in experiment.shifts:
            near, far = 4 - distance, 4 + distance
            steps = [accuracy[near, 4], accuracy[far, 4], accuracy[4, near], accuracy[4, far]]
            expected = 100 * getattr(experiment, name)[distance]
            assert np.mean(steps) == pytest.approx(expected, abs=0.06)  # rounded to a tenth of a per cent
    assert len(json.dumps(widget.state())) < 45_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"labels": [4]}, ValueError, r"\(2, 8, 8\) and \(1,\)"),
        ({"answers": []}, TypeError, "mapping"),
        ({"answers": {}}, ValueError, "same networks"),
        ({"answers": {"net": np.zeros((2, 3, 3, 9))}}, ValueError, r"expects shape \(2, 3, 3, 10\)"),
        ({"accuracy": {"net": np.zeros((2, 2))}}, ValueError, "odd number of shifts"),
        ({"accuracy": {"net": np.zeros((3, 5))}}, ValueError, r"expects shape \(3, 3\)"),
        ({"images": np.full((2, 8, 8), 255)}, ValueError, "0 to 1"),
    ],
)
def test_shift_digit_refuses(change, error, message):
    arguments = {
        "images": np.zeros((2, 8, 8)),
        "labels": [4, 7],
        "answers": {"net": np.zeros((2, 3, 3, 10))},
        "accuracy": {"net": np.zeros((3, 3))},
        **change,
    }
    with pytest.raises(error, match=message):
        ShiftDigit(**arguments)
