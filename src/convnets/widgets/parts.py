"""Putting the parts of an explorer together: its module with the shared ones, and its styles.

An anywidget module has to stand alone, so each line that imports a shared file (``common.js``, ``fields.js``,
``grid.js``, ``layer_list.js``) is replaced by that file's text. Each file stays a module of its own, which an
editor understands and a test can import. A shared file's style, where it has one, comes along.
"""

import re
from pathlib import Path

__all__ = ["module", "style"]

_FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'import \{[^}]*\} from "\./(\w+)\.js";\n')


def module(name):
    """Return the JavaScript of an explorer as one module without imports.

    Parameters
    ----------
    name : str
        Name of the explorer's file, without ``.js``.

    Returns
    -------
    str
        The shared files that it imports, directly or through another, then the explorer's own text.

    Raises
    ------
    ValueError
        If the file does not begin by importing from ``./common.js``.
    """
    return "".join(_texts(name).values())


def style(name):
    """Return the styles of the shared files that an explorer imports, followed by its own if it has one."""
    files = [_FOLDER / f"{part}.css" for part in _texts(name)]
    return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def _texts(name):
    """Return the text of each file that a module consists of, without imports, by name, shared ones first."""
    texts = _with_imported(name, {})
    if next(iter(texts)) != "common":
        raise ValueError(f"{name}.js expects an import from ./common.js in its first lines")
    return texts


def _with_imported(name, before):
    source = (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    texts = dict(before)
    while found := _IMPORT.match(source):
        source = source[found.end() :]
        if found[1] not in texts:
            texts = _with_imported(found[1], texts)
    return texts | {name: source}
