"""Takes from a graded notebook whatever could act in the browser of the person who reads it.

What a student's code puts out and what a student writes ends up in feedback pages and in formgrader, both of
which show it as it is. Of outputs only texts, images and tables are kept; HTML goes through a maintained
sanitiser, ammonia (``nh3``). Of Markdown the text is kept, but no tag, link or image in it works. What a
kernel says about itself is dropped.
"""

import base64
import binascii
import re
from typing import Any

import nbformat
import nh3
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

__all__ = ["Harmless", "clean", "html", "markdown", "output"]

MOST_HTML, MOST_IMAGE = 200_000, 3_000_000  # characters
MOST_TAGS = 5000
"""Of one output: pandas shows a table of 60 rows and 20 columns with 2900. The sanitiser takes a tenth of a
second for as many that stand one within another, and four times as long for twice as many."""

TAGS = {
    *(
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ),
    *(
        "hr",
        "i",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
    ),
    *("caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "var"),
}
ATTRIBUTES = {tag: {"colspan", "rowspan", "scope"} for tag in ("td", "th")} | {"table": {"border"}}
"""No ``class``, ``id`` or ``style``: with these, formgrader's own buttons and fields could be imitated."""

CLASSES = {"table": {"dataframe"}}
REMOVED_WHOLE = {"script", "style", "svg", "math", "iframe", "object", "noscript", "template", "title", "xmp"}
STARTS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
PYTHON = {"name": "python", "pygments_lexer": "ipython3"}


def clean(nb: NotebookNode) -> NotebookNode:
    """Take out of a notebook that has been executed whatever could act; changed in place.

    The reports in check cells are the grader's own and stay as they are.
    """
    nb.metadata.pop("widgets", None)
    nb.metadata["language_info"] = nbformat.from_dict(PYTHON)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.execution_count = _number(cell.get("execution_count"))
            cell.metadata.pop("execution", None)
            if not is_grade(cell) or is_solution(cell):
                cell.outputs = [harmless for one in cell.outputs if (harmless := output(one))]
        elif is_solution(cell):
            cell.source = markdown(cell.source)
    return nb


class Harmless(NbGraderPreprocessor):
    """A step of nbgrader's after execution, and again before feedback is written."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Clean a notebook."""
        return clean(nb), resources


def html(text: str) -> str:
    """Return HTML of which text, lists and tables are left, and nothing that acts, loads or links.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        clean_content_tags=REMOVED_WHOLE,
        link_rel=None,
        url_schemes=set(),
    )


def markdown(text: str) -> str:
    """Return Markdown in which no tag, image or link works; doing it again changes nothing.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    return text.replace("![", "! [").replace("](", "] (").replace("]:", "] :")


def output(one: NotebookNode) -> NotebookNode | None:
    """Return an output with nothing in it but what is known to be harmless; None where nothing is left."""
    kind = one.get("output_type")
    if kind == "stream":
        name = "stderr" if one.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=_text(one.get("text")))
    if kind == "error":
        lines = one.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        names = {"ename": _text(one.get("ename")), "evalue": _text(one.get("evalue"))}
        return nbformat.v4.new_output("error", **names, traceback=traceback)
    data = _data(one.get("data"))
    if kind not in ("display_data", "execute_result") or not data:
        return None
    number = {"execution_count": _number(one.get("execution_count"))} if kind == "execute_result" else {}
    return nbformat.v4.new_output(kind, data=data, **number)


def _data(data: Any) -> dict[str, str]:
    """Return what may be shown of a display, by type."""
    if not isinstance(data, dict):
        return {}
    texts = {kind: _text(value) for kind, value in data.items() if isinstance(value, str | list)}
    kept = {kind: texts[kind] for kind in STARTS if kind in texts and _is_image(kind, texts[kind])}
    if safe := _html(texts.get("text/html", "")):
        kept["text/html"] = safe
    plain = texts.get("text/markdown") or texts.get("text/plain")
    return kept | ({"text/plain": plain} if plain else {})


def _html(text: str) -> str:
    too_much = len(text) > MOST_HTML or text.count("<") > MOST_TAGS
    return "" if too_much else html(text).strip()


def _is_image(kind: str, text: str) -> bool:
    if len(text) > MOST_IMAGE:
        return False
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(STARTS[kind])
    except (binascii.Error, ValueError):
        return False


def _text(value: Any) -> str:
    """Return a text, given as one or as lines, without the characters that are none; else nothing."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
