"""From the bytes of a file to the cells of a notebook, whatever the bytes are.

Only what a submission is graded by is taken over: of each cell its kind, its text and nbgrader's name for it.
Metadata, tags, outputs and attachments stay behind, and nothing is believed about their form.
"""

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.walking import Limits

__all__ = ["UnreadableError", "parse"]

KINDS = ("code", "markdown", "raw")


class UnreadableError(Exception):
    """A file is no notebook that can be graded; the message says why, as the end of a sentence."""


def parse(content: bytes, limits: Limits) -> tuple[NotebookNode, list[str]]:
    """Read a notebook and return its cells, with remarks on what could not be taken over.

    Raises
    ------
    UnreadableError
        It is no notebook, is of an unknown format, or has too many cells.
    """
    data = _data(content)
    cells = _cells(data)
    if len(cells) > limits.cells:
        raise UnreadableError(f"it has {len(cells)} cells, and at most {limits.cells} are graded")
    remarks = [] if isinstance(data.get("metadata", {}), dict) else ["The notebook's metadata is no table."]
    taken = []
    for number, cell in enumerate(cells, start=1):
        source, problem = _source(cell, limits)
        if problem:
            remarks.append(f"Cell {number} {problem}.")
        if source is not None:
            taken.append(_cell(cell, source))
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=taken), remarks


def _data(content: bytes) -> dict:
    if not content.strip():
        raise UnreadableError("it is empty")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not a Jupyter notebook: it is no text in UTF-8") from error
    except RecursionError as error:
        raise UnreadableError("it is not a Jupyter notebook: it is nested too deeply") from error
    except ValueError as error:
        raise UnreadableError("it is not a Jupyter notebook: it is no JSON") from error
    if not isinstance(data, dict):
        raise UnreadableError("it is not a Jupyter notebook: it is JSON, but no table")
    return data


def _cells(data: dict) -> list:
    """Return the list of cells of a notebook of format 4, or of one of format 3 after conversion."""
    number = data.get("nbformat")
    if number == 3 and "worksheets" in data:
        try:
            data = nbformat.convert(nbformat.from_dict(data), 4)
        except Exception as error:  # whatever a damaged file brings about
            raise UnreadableError("it is of format 3 and cannot be converted to format 4") from error
    elif number != 4 or isinstance(number, bool):
        raise UnreadableError(f"it is not a Jupyter notebook of format 4: its nbformat is {_brief(number)}")
    if "cells" not in data:
        raise UnreadableError("it has no cells")
    if not isinstance(data["cells"], list):
        raise UnreadableError("it has no list of cells")
    return data["cells"]


def _source(cell: Any, limits: Limits) -> tuple[str | None, str]:
    """Return the text of a cell, or None, and what is wrong with it."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in KINDS:
        return None, "is no cell of a notebook"
    text = cell.get("source", "")
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        return None, "has no text"
    if len(text) > limits.source:
        return "", f"was left out: it has {len(text)} characters, and at most {limits.source} are graded"
    clean = text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean, "" if clean == text else "holds characters that are none; they were replaced"


def _cell(cell: dict, source: str) -> NotebookNode:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    kept = {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}
    return nbformat.from_dict({"cell_type": cell["cell_type"], "source": source, "metadata": kept})


def _brief(value: Any) -> str:
    if value is None:
        return "missing"
    return repr(value)[:20] if isinstance(value, int | float | str) else "no number"
