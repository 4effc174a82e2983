"""Putting the parts of an explorer together: its module with the shared one, and its styles.

An anywidget module has to stand alone, so the line that imports ``common.js`` is replaced by that file's
text. Each file stays a module of its own, which an editor understands and a test can import.
"""

from pathlib import Path

__all__ = ["module", "style"]

_FOLDER = Path(__file__).parent
_IMPORT_ENDS = 'from "./common.js";\n'


def module(name):
    """Return the JavaScript of an explorer as one module without imports.

    Parameters
    ----------
    name : str
        Name of the explorer's file, without ``.js``.

    Returns
    -------
    str
        ``common.js`` followed by the explorer's own text.

    Raises
    ------
    ValueError
        If the file does not begin by importing from ``./common.js``.
    """
    source = (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    head, found, own = source.partition(_IMPORT_ENDS)
    if not found or not head.startswith("import {"):
        raise ValueError(f"{name}.js expects an import from ./common.js in its first lines")
    return (_FOLDER / "common.js").read_text(encoding="utf-8") + own


def style(name):
    """Return the style that explorers share (``common.css``) followed by the explorer's own."""
    files = (_FOLDER / "common.css", _FOLDER / f"{name}.css")
    return "".join(file.read_text(encoding="utf-8") for file in files)
