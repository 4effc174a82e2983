"""The base class of explorers: what it writes into a page, and what it is in Jupyter."""

import json

import bs4
import pytest
import traitlets

from convnets import widgets
from convnets.widgets import BookWidget


class Counter(BookWidget):
    alt = 'Count "up" <and> down.'
    _esm = "export default { render({ model, el }) { el.textContent = '<b>' } };"
    count = traitlets.Int(2).tag(sync=True)


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("CONVNETS_STATIC", "1")


def test_a_page_holds_state_and_source(static):
    bundle = Counter(count=5)._repr_mimebundle_()
    root = bs4.BeautifulSoup(bundle["text/html"], "html.parser").div
    spec = json.loads(root.script.string)
    assert spec == {"state": {"count": 5}, "esm": Counter._esm, "css": ""}
    assert root["aria-label"] == Counter.alt
    assert "<" not in root.script.string  # nothing in it can end the script element
    assert bundle["text/plain"] == Counter.alt


def test_the_same_state_gives_the_same_html(static):
    assert Counter()._repr_mimebundle_() == Counter()._repr_mimebundle_()


def test_another_state_gives_another_id(static):
    first, second = (
        bs4.BeautifulSoup(Counter(count=count)._static_html(), "html.parser").div["id"] for count in (1, 2)
    )
    assert first != second


def test_in_jupyter_it_is_a_live_widget(monkeypatch):
    monkeypatch.delenv("CONVNETS_STATIC", raising=False)
    bundle = Counter()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in (bundle[0] if isinstance(bundle, tuple) else bundle)


def test_in_jupyter_it_brings_the_shared_style():
    assert "--cn-blue" in Counter._css
    assert ".cn-controls" in Counter._css
    assert "cn-explorer" in Counter()._dom_classes


def test_an_explorer_without_alt_is_refused():
    with pytest.raises(TypeError, match="Silent expects a class attribute alt"):
        type("Silent", (BookWidget,), {"_esm": "export default {};"})


def test_an_explorer_without_source_is_refused():
    with pytest.raises(FileNotFoundError):
        type("Lost", (BookWidget,), {"alt": "Nothing.", "__module__": __name__})


@pytest.mark.parametrize("name", [name for name in widgets.__all__ if name != "BookWidget"])
def test_every_explorer_is_exported_with_what_it_needs(name):
    explorer = getattr(widgets, name)
    assert issubclass(explorer, BookWidget)
    assert explorer.alt.endswith(".")
    assert "export default" in explorer._esm
