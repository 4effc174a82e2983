"""The base of every explorer: one class, live in Jupyter and alive on a static page.

An explorer is a Python file (its state, as synced traits) with a JavaScript file of the same name beside it
(an `anywidget <https://anywidget.dev>`_ module: ``export default { render({ model, el }) {} }``) and, where
the shared style is not enough, a CSS file. In Jupyter it runs as any widget does. Where the environment
variable ``CONVNETS_STATIC`` is ``1``, as in the build of the book, it is written into the page together with
its state, and ``book/_static/bookwidget.js`` brings it to life without a kernel.

What every explorer keeps to, so that one test can drive them all:

- State is what JSON can hold: numbers, strings, lists, dicts. Pixels are nested lists or data URIs.
- The module uses of ``model`` only ``get``, ``set``, ``save_changes``, ``on("change:name", f)`` and ``off``,
  draws into ``el``, and adds nothing outside it. It reads no file and no network.
- What the reader operates is a native ``<button>``, ``<input>`` or ``<select>``, or an element with
  ``tabindex="0"`` and a role; each has an accessible name and is reached with the Tab key. When it starts, at
  least one control answers to the keyboard (Enter on a button, arrows in a slider, select or number, Space
  on a checkbox) and at least one to a click, by changing what the explorer shows *besides the control
  itself*: text, an ``aria-`` attribute, an SVG or a canvas.
- A ``<canvas>`` or ``<svg>`` that means something has ``role="img"`` and an ``aria-label`` that is kept up to
  date; what changes is also said in an ``<output>``.
- Colours are ``var(--cn-fg)``, ``--cn-bg``, ``--cn-soft``, ``--cn-muted``, ``--cn-line``, ``--cn-blue``,
  ``--cn-orange``, ``--cn-green``, ``--cn-red``, ``--cn-purple``, ``--cn-yellow``, never numbers; a canvas
  asks ``getComputedStyle(el).getPropertyValue("--cn-blue")`` and redraws on ``cn-theme`` of ``window``.
- Nothing is wider than the page: wide tables sit in a ``<div class="cn-scroll" tabindex="0">``.
- Motion starts only when asked for, and operating the same control again stops it.

Ready-made style (``base.css``): ``cn-explorer`` (the frame; set on ``el`` by the base), ``cn-controls`` (a
row of controls that wraps), ``cn-row`` (pictures side by side), ``cn-scroll``, ``cn-numbers`` (a table of
numbers; mark cells with ``cn-on``, ``cn-hot``, ``cn-new``), ``cn-pixels`` (a canvas enlarged with hard
edges), ``cn-formula``.
"""

import html
import json
import os
import sys
import uuid
from pathlib import Path

import anywidget

from convnets import palette

__all__ = ["BookWidget", "is_static"]

_OF_JUPYTER = {"layout", "tabbable", "tooltip"}  # traits that ipywidgets adds to every widget


def is_static():
    """Whether widgets are written into a page instead of being shown live."""
    return os.environ.get("CONVNETS_STATIC") == "1"


class BookWidget(anywidget.AnyWidget):
    """An explorer; see the module's docstring for the rules.

    Attributes
    ----------
    alt : str
        One sentence that says what can be explored; read out by screen readers and printed in place of the
        explorer where there is no JavaScript. Every explorer sets it.

    Raises
    ------
    TypeError
        When a subclass has no ``alt``.
    """

    alt = ""
    _esm = "export default { render() {} };"
    _own_css = ""

    def __init_subclass__(cls, **kwargs):
        if not cls.alt:
            raise TypeError(
                f"{cls.__name__} expects a class attribute alt: a sentence that says what it shows"
            )
        if "alt" in cls.__dict__:  # an explorer, not one of the classes that traitlets derives from it
            cls._read_sources()
        super().__init_subclass__(**kwargs)

    @classmethod
    def _read_sources(cls):
        source = Path(sys.modules[cls.__module__].__file__)
        if "_esm" not in cls.__dict__:
            cls._esm = source.with_suffix(".js").read_text(encoding="utf-8")
        style = source.with_suffix(".css")
        if "_own_css" not in cls.__dict__ and style.exists():
            cls._own_css = style.read_text(encoding="utf-8")
        shared = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
        cls._css = palette.css() + shared + cls._own_css

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_class("cn-explorer")

    def state(self):
        """Return the explorer's own traits as a dict of plain data."""
        return {
            name: getattr(self, name)
            for name in self.keys
            if not name.startswith("_") and name not in _OF_JUPYTER
        }

    def open(self):
        """Connect to the front end; a static page has none."""
        if not is_static():
            super().open()

    def _repr_mimebundle_(self, **kwargs):
        if not is_static():
            return super()._repr_mimebundle_(**kwargs)
        return {"text/html": self._static_html(), "text/plain": self.alt}

    def _static_html(self):
        spec = json.dumps({"state": self.state(), "esm": self._esm, "css": self._own_css}).replace(
            "<", r"\u003c"
        )
        name = uuid.uuid5(uuid.NAMESPACE_OID, spec).hex[:8]
        alt = html.escape(self.alt, quote=True)
        return (
            f'<div id="explorer-{name}" class="cn-explorer" data-bookwidget role="group" aria-label="{alt}">'
            f'<script type="application/json">{spec}</script>'
            f"<noscript>Interactive figure: {alt}</noscript></div>"
        )
