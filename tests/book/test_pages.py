"""Every page of the book, as a reader's browser sees it."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
HEAVIEST = 800_000  # bytes over the wire on a first visit, everything scrolled into view
CONTROLS = "button, input, select, [tabindex='0'][role]:not([role=group], [role=region])"
KEYS = {
    "range": ("ArrowRight", "ArrowLeft"),
    "number": ("ArrowUp", "ArrowDown"),
    "select": ("ArrowDown", "ArrowUp"),
}
UNIFORM = [
    [".katex"],
    ["svg.cn-drawing"],
]  # thousands of parts, made in one way; test_html looks at drawings' names
SHOWN = """(root) => {
  const copy = root.cloneNode(true);
  for (const each of copy.querySelectorAll("script, style, [data-operated]")) each.remove();
  return copy.innerHTML + [...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join();
}"""


@pytest.fixture(scope="module")
def visit(browser, address, name):
    """The page, opened with an empty cache and scrolled through; what it asked for and complained about."""
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    seen = SimpleNamespace(page=page, requests=[], complaints=[])
    page.on("request", lambda request: seen.requests.append(request))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: seen.complaints.append(f"error: {error}"))
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}/{name}.html")
    for explorer in page.locator("[data-bookwidget]").all():
        explorer.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, 0)")
    yield seen
    context.close()


def test_nothing_external_is_requested(visit, address):
    outside = [
        request.url for request in visit.requests if not request.url.startswith((address, "data:", "blob:"))
    ]
    assert outside == []


def test_nothing_complains(visit):
    assert visit.complaints == []


def test_the_page_is_light_to_load(visit, address):
    files = [request for request in visit.requests if request.url.startswith(address)]
    sizes = {request.url: request.sizes()["responseBodySize"] for request in files}
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    assert 0 < sum(sizes.values()) <= HEAVIEST, heaviest


def test_only_the_icons_of_the_course_are_loaded(visit):
    assert [request.url for request in visit.requests if "fontawesome" in request.url] == []


def test_every_explorer_starts(visit):
    for explorer in visit.page.locator("[data-bookwidget]").all():
        explorer.scroll_into_view_if_needed()
        expect(explorer).to_have_attribute("data-ready", "1")


def test_every_control_is_reached_with_tab(visit):
    for explorer in visit.page.locator("[data-bookwidget]").all():
        controls = _mark_controls(explorer)
        assert controls, "an explorer without anything to operate"
        explorer.evaluate("(root) => { root.tabIndex = -1; root.focus(); }")
        reached = set()
        for _ in range(3 * len(controls) + 20):
            visit.page.keyboard.press("Tab")
            reached.add(visit.page.evaluate("document.activeElement.dataset.control"))
        assert set(controls) - reached == set()


def test_every_explorer_answers_to_the_keyboard(visit):
    for explorer in visit.page.locator("[data-bookwidget]").all():
        assert any(_answers(explorer, control, _press) for control in _controls(explorer)), _text(explorer)


def test_every_explorer_answers_to_a_click(visit):
    for explorer in visit.page.locator("[data-bookwidget]").all():
        assert any(_answers(explorer, control, _click) for control in _controls(explorer)), _text(explorer)


@pytest.mark.parametrize(
    ("theme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["light-desk", "dark-phone"]
)
def test_axe_finds_nothing(visit, theme, viewport):
    visit.page.set_viewport_size(viewport)
    visit.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(visit.page, context={"exclude": UNIFORM}, options=options).response["violations"]
    told = [(each["id"], node["html"], node["failureSummary"]) for each in found for node in each["nodes"]]
    assert told == []


def test_a_phone_shows_the_page_without_scrolling_sideways(visit):
    visit.page.set_viewport_size(PHONE)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_formulas_fit_on_a_phone_beside_their_numbers(visit):
    visit.page.set_viewport_size(PHONE)
    too_wide = visit.page.evaluate(
        """() => [...document.querySelectorAll("div.math")].filter((formula) => {
          const box = formula.getBoundingClientRect(), number = formula.querySelector(".eqno");
          const end = number ? number.getBoundingClientRect().left : box.right;
          return [...formula.querySelectorAll(".katex-display .base")].some((part) => {
            const { left, right } = part.getBoundingClientRect();
            return left < box.left - 1 || right > end + 1;
          });
        }).map((formula) => formula.id || formula.textContent)"""
    )
    assert too_wide == []


def _mark_controls(explorer):
    """Number the controls that Tab must reach; of radio buttons only one of each group is."""
    return explorer.evaluate(
        """(root, controls) => [...root.querySelectorAll(controls)]
          .filter((each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility())
          .filter((each) => each.type !== "radio" || each.checked)
          .map((each, index) => (each.dataset.control = String(index)))""",
        CONTROLS,
    )


def _controls(explorer):
    return [
        control
        for control in explorer.locator(CONTROLS).all()
        if control.is_visible() and control.is_enabled()
    ]


def _answers(explorer, control, operate):
    """Whether operating `control` changes what is shown besides it; where that moves, it must stop again."""
    control.evaluate("(each) => { each.dataset.operated = ''; }")
    before = explorer.evaluate(SHOWN)
    operate(control)
    explorer.page.wait_for_timeout(50)
    answered = explorer.evaluate(SHOWN) != before
    if answered and not _rests(explorer):
        operate(control)
        assert _rests(explorer), "an animation that operating its control again does not stop"
    control.evaluate("(each) => { delete each.dataset.operated; }")
    return answered


def _rests(explorer):
    before = explorer.evaluate(SHOWN)
    explorer.page.wait_for_timeout(700)
    return explorer.evaluate(SHOWN) == before


def _kind(control):
    return control.evaluate("(each) => each.type || each.getAttribute('role') || ''").removesuffix("-one")


def _press(control):
    control.focus()
    for key in KEYS.get(_kind(control), ("Enter", "Space", "ArrowRight")):
        control.press(key)


def _click(control):
    box = control.bounding_box()
    if _kind(control) != "select":  # a select opens a list that belongs to the system
        control.click(position={"x": box["width"] / 4, "y": box["height"] / 2})


def _text(explorer):
    return explorer.get_attribute("aria-label")
