"""Shows each explorer in a page of its own, without a kernel, and calls the pure parts of its module."""

import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from convnets import palette
from convnets.widgets import base, parts
from convnets.widgets.shift_digit import ShiftDigit

HOST = Path(__file__).parents[3] / "book" / "_static" / "bookwidget.js"
PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>{css}
body {{ color: var(--cn-fg); background: var(--cn-bg); margin: 0 auto; max-width: 46rem; padding: 0 1rem }}
</style>
<script src="bookwidget.js" defer></script></head>
<body><main><h1>Explorer</h1>{widget}</main></body></html>"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder that is served, and its address."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "bookwidget.js").write_text(HOST.read_text(encoding="utf-8"), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def show(browser, site, monkeypatch):
    """A function that opens a widget's static form; errors and foreign requests fail the test."""
    folder, address = site
    troubles, pages = [], []
    monkeypatch.setenv("CONVNETS_STATIC", "1")

    def watch(request):
        if not request.url.startswith((address, "blob:", "data:")):
            troubles.append(request.url)

    def open_page(make, width=1000, **options):
        css = palette.css() + Path(base.__file__).with_suffix(".css").read_text(encoding="utf-8")
        html = PAGE.format(css=css, widget=make()._repr_mimebundle_()["text/html"])
        (folder / "index.html").write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        pages.append(page)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.on("request", watch)
        page.goto(address)
        page.wait_for_selector("[data-ready]", timeout=10_000)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not troubles


@pytest.fixture
def pure(browser):
    """A function that calls an exported function of an explorer's module on plain data."""
    page = browser.new_page()
    page.set_content("<!doctype html><title>Module</title>")

    def call(name, function, *args):
        return page.evaluate(
            """async ([source, name, args]) => {
                const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                return (await import(url))[name](...args);
            }""",
            [parts.module(name), function, json.loads(json.dumps(args))],
        )

    yield call
    page.close()


@pytest.fixture(scope="session")
def said():
    """A function that returns what an explorer says about its state."""
    return lambda page: page.locator("output").inner_text()


@pytest.fixture(scope="session")
def numbers():
    """A function that finds the numbers in a text."""
    return lambda text: [float(each.replace("−", "-")) for each in re.findall(r"[-−]?\d+(?:\.\d+)?", text)]


STILL = """async () => {
  for (let before = NaN, same = 0; same < 5; before = scrollY) {
    await new Promise(requestAnimationFrame);
    same = scrollY === before ? same + 1 : 0;
  }
}"""
"""Waits until five frames in a row show the same part of the page."""


@pytest.fixture(scope="session")
def swipe():
    """A function that draws one finger over a page, which could scroll, through places in its pixels.

    It returns when nothing moves any more: a page scrolls on after the finger.
    """

    def swipe(page, *places):
        assert page.evaluate("document.documentElement.scrollHeight > innerHeight")
        session = page.context.new_cdp_session(page)
        kinds = ["touchStart", *["touchMove"] * (len(places) - 1)]
        for kind, (x, y) in zip(kinds, places, strict=True):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()
        page.evaluate(STILL)

    return swipe


@pytest.fixture(scope="session")
def drag():
    """A function that draws the mouse over a page with its button down, between places in pixels."""

    def drag(page, start, end):
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        page.mouse.move(*end)
        page.mouse.up()

    return drag


@pytest.fixture(scope="session")
def shifting():
    """A function that makes a digit explorer with answers drawn by lot."""
    return make_shifting


def make_shifting():
    rng = np.random.default_rng(0)
    images = np.zeros((2, 8, 8))
    images[:, 3:5, 3:5] = rng.uniform(0.5, 1, size=(2, 2, 2))
    names = ("fully connected", "convolutional")
    answers = {name: rng.dirichlet(np.ones(10), size=(2, 5, 5)) for name in names}
    return ShiftDigit(images, [4, 7], answers, {name: rng.uniform(size=(5, 5)) for name in names})
