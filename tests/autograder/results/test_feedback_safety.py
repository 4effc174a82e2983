"""What a student wrote cannot act in the browser of a reader, in feedback pages or in formgrader."""

import json
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from autograder.engine import grading, harmless, report
from autograder.results import feedback

from ..test_grading import RIGHT, hand_in, hand_in_nothing, scores
from .payloads import EVIL, hostile

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


def cleaned(nb):
    """Return a notebook as it comes out of grading: with every payload, cleaned."""
    return harmless.clean(hostile(nb))


def not_cleaned(nb):
    """Return one that was never cleaned, without what is no notebook, for nbgrader would refuse that."""
    nb = hostile(nb)
    nb.metadata.pop("language_info")
    nb.cells = [cell for cell in nb.cells if cell.source != "odd" and "refresh" not in cell.source]
    return nb


def formgrader(nb) -> str:
    """Render a notebook as formgrader does."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    ids = ["assignment_id", "notebook_id", "submission_id", "notebook_path"]
    names = dict.fromkeys([*ids, "student", "first_name", "last_name"], "x")
    resources = names | {"index": 0, "total": 1, "base_url": "http://grader.example"}
    return HTMLExporter(config=config).from_notebook_node(nb, resources=resources)[0]


def opened(browser, html: str, path: Path) -> tuple[list[str], list[str], dict]:
    """Open a page, poke at everything in it; return what ran, what was asked for, and what stands in it."""
    path.write_text(html, encoding="utf-8")
    asked = []

    def refuse(route):
        if route.request.url == path.as_uri():
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    page = browser.new_page()
    try:
        page.route("**/*", refuse)
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        found = page.evaluate(POKE)
        page.wait_for_timeout(100)
        return (
            page.evaluate("window.fired || []"),
            [url for url in asked if not url.startswith("data:")],
            found,
        )
    finally:
        page.close()


POKE = """() => {
  const inside = [...document.querySelectorAll('#notebook-container *')];
  for (const element of inside)
    for (const kind of ['mouseover', 'click', 'focus', 'toggle', 'error', 'load'])
      element.dispatchEvent(new Event(kind, {bubbles: false}));
  for (const link of inside.filter(e => /^\\s*java/i.test(e.getAttribute('href')))) link.click();
  return {
    active: inside.filter(e => e.matches('script,iframe,object,form,link,meta,base,style,video,svg')).length,
    handlers: inside.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    addresses: inside.filter(e => !e.matches('a[href^="http://"]'))
      .flatMap(e => ['src', 'href', 'data'].map(a => e.getAttribute(a)).filter(a => a)),
    classes: inside.filter(e => e.matches('.full-credit')).length,
  };
}"""


@pytest.fixture
def page_of(ready):
    """Write a graded notebook for a student and return the feedback page that nbgrader makes of it."""
    hand_in_nothing(ready, "eve")
    grading.grade("tiny", ready)
    graded = ready.autograded("eve", "tiny") / "tiny.ipynb"
    nb = nbformat.read(graded, as_version=4)

    def write(change):
        graded.chmod(0o644)
        graded.write_text(json.dumps(change(nb)))
        feedback.generate("tiny", ready, ["eve"], force=True)
        return (ready.feedback("eve", "tiny") / "tiny.html").read_text()

    write.graded = nb
    return write


@pytest.mark.parametrize("change", [cleaned, not_cleaned])
def test_nothing_acts_in_a_feedback_page_and_nothing_is_loaded(browser, page_of, tmp_path, change):
    html = page_of(change)
    fired, asked, found = opened(browser, html, tmp_path / "page.html")
    assert (fired, asked) == ([], [])
    assert (found["active"], found["handlers"], found["classes"]) == (0, 0, 0)
    assert [one for one in found["addresses"] if not one.startswith(("#", "data:image/png"))] == []
    assert "Content-Security-Policy" in html
    assert "script-src" not in html
    assert "<script" not in html


def test_nothing_of_a_student_acts_in_formgrader(browser, page_of, tmp_path):
    fired, asked, found = opened(browser, formgrader(cleaned(page_of.graded)), tmp_path / "page.html")
    assert fired == []
    assert [url for url in asked if url.startswith(EVIL)] == []
    assert (found["active"], found["handlers"]) == (0, 0)
    [*own] = {url.split("/")[2] for url in asked if url.startswith("http")}
    assert set(own) <= {"grader.example", "cdnjs.cloudflare.com"}


def test_the_payloads_do_act_where_nothing_is_cleaned(browser, page_of, tmp_path):
    """The test of the tests: stock nbgrader shows outputs and Markdown as they are."""
    fired, asked, _ = opened(browser, formgrader(not_cleaned(page_of.graded)), tmp_path / "page.html")
    assert len(set(fired)) >= 15
    assert len({url for url in asked if url.startswith(EVIL)}) >= 5


CELL = """
from IPython import get_ipython
from IPython.display import display
print({script!r}, "\\x1b[31m red")
display({{"text/html": {script!r}, "text/plain": "seen"}}, raw=True)
display({{"text/plain": 3, "text/html": ["no", {{}}]}}, raw=True)
get_ipython().display_pub.publish("no table")
raise ValueError({script!r})
"""
ANSWER = "def total(a, scale=1.0):\n    print({script!r})\n    raise ValueError({script!r})"


def test_what_a_kernel_sends_reaches_neither_page_nor_gradebook_as_it_is(browser, ready, tmp_path):
    script = "<script>(window.fired = window.fired || []).push(1)</script><img src='http://evil.example/x'>"

    def edit(nb):
        nb.cells.insert(0, nbformat.v4.new_code_cell(CELL.format(script=script)))

    hand_in(ready, "eve", RIGHT | {"total": ANSWER.format(script=script)}, edit)
    [done] = grading.grade("tiny", ready)
    assert (done.status, scores(ready, "eve")) == ("graded", {"double": 3, "total": 0})
    feedback.generate("tiny", ready)
    html = (ready.feedback("eve", "tiny") / "tiny.html").read_text()
    for told in ("HIDDEN TESTS", "two numbers", "many numbers", "five numbers"):
        assert told not in html
    fired, asked, found = opened(browser, html, tmp_path / "page.html")
    assert (fired, asked, found["handlers"]) == ([], [], 0)
    assert "ValueError" in html
    assert "ansi-red-fg" in html
    graded = nbformat.read(ready.autograded("eve", "tiny") / "tiny.ipynb", as_version=4)
    nbformat.validate(graded)
    shown = [one for cell in graded.cells for one in cell.get("outputs", []) if "data" in one]
    assert "<script" not in json.dumps([one["data"].get("text/html", "") for one in shown])


def test_a_page_says_that_there_was_no_sandbox(ready, page_of):
    def unsandboxed(nb):
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                cell.outputs.append(nbformat.v4.new_output("stream", text=report.UNSANDBOXED))
        return nb

    assert report.UNSANDBOXED.strip() in page_of(unsandboxed)
