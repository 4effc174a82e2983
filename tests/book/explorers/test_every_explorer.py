"""What holds for every explorer: axe, Tab, width, size."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from convnets import widgets
from convnets.convolution import KERNELS
from convnets.widgets import parts
from convnets.widgets.sliding_kernel import SlidingKernel, one_point

NAMES = [name for name in widgets.__all__ if name != "BookWidget"]


@pytest.fixture(params=NAMES)
def make(request, shifting):
    with_images = {
        "SlidingKernel": lambda: SlidingKernel(
            {"one bright pixel": one_point()}, KERNELS, operation="convolution"
        ),
        "ShiftDigit": shifting,
    }
    return with_images.get(request.param) or getattr(widgets, request.param)


def test_axe_finds_nothing_in_light_and_dark(show, make):
    page = show(make)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(50)  # the theme reaches the canvases as an event
        found = Axe().run(page, options={"runOnly": tags, "resultTypes": ["violations"]}).response
        assert found["passes"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []


def test_nothing_is_wider_than_a_phone(show, make):
    page = show(make, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


CONTROLS = "button, input, select, [tabindex='0']"
COUNT = """selector => [...document.querySelectorAll(selector)]
    .filter((element) => !element.disabled && element.offsetParent).length"""
FOCUSED = """selector => {
    const element = document.activeElement;
    const name = element.getAttribute("aria-label") || (element.labels?.[0] ?? element).textContent;
    const ring = getComputedStyle(element).outlineStyle !== "none";
    return [[...document.querySelectorAll(selector)].indexOf(element), name.trim() !== "", ring];
}"""


def test_every_control_is_reached_by_tab_with_a_ring_and_has_a_name(show, make):
    page = show(make)
    expected = page.evaluate(COUNT, CONTROLS)
    reached = set()
    for _ in range(expected):
        page.keyboard.press("Tab")
        place, is_named, is_ringed = page.evaluate(FOCUSED, CONTROLS)
        assert place >= 0
        assert is_named
        assert is_ringed
        reached.add(place)
    assert len(reached) == expected


LATE = """async ([source, state]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const model = { get: (name) => state[name], on() {}, off() {} };
    const el = document.createElement("div");
    const leave = (await import(url)).default.render({ model, el });
    const old = document.querySelector("[data-ready] > div");
    old.replaceWith(el);
    await new Promise((done) => setTimeout(done, 200));
    const pixels = (root) => [...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL());
    leave();
    return [el.innerHTML === old.innerHTML, pixels(el).join() === pixels(old).join()];
}"""


def test_drawn_before_it_is_shown_it_looks_the_same(show, make):
    page = show(make)
    widget = make()
    assert page.evaluate(LATE, [widget._esm, widget.state()]) == [True, True]


def test_bundle_is_small_and_stands_alone(make):
    widget = make()
    assert len(widget._esm) < 30_000
    assert not re.search(r"^\s*import\b|https?://(?!www\.w3\.org/2000/svg)", widget._esm, re.MULTILINE)
    assert widget.alt.endswith(".")


def test_module_without_the_shared_part_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(parts, "_FOLDER", tmp_path)
    (tmp_path / "lonely.js").write_text("export default {};", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lonely\.js expects an import"):
        parts.module("lonely")
