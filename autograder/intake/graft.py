"""Rebuilds a submission on the released notebook, so that only answers come from the student.

Taken over are the text of the answer cells, found by their ``grade_id`` (the last one wins where a cell
was copied), and the student's own extra code cells, in their place. Check cells that were deleted, copied,
edited, retagged or given other points cannot matter, and neither can a notebook's metadata.
"""

from collections import defaultdict

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

__all__ = ["graft"]

EXTRA = "extra"


def graft(released: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """Return the released notebook with a student's answers and extra code cells.

    Parameters
    ----------
    released : NotebookNode
        The student's version as it was given out; changed in place.
    submitted : NotebookNode
        What came back; any part of it may be malformed.
    """
    known = {_grade_id(cell): cell for cell in released.cells if _grade_id(cell)}
    answers, extras = _taken_over(submitted, known)
    cells = [_extra(text, number) for number, text in enumerate(extras[""])]
    for cell in released.cells:
        name = _grade_id(cell)
        if name in answers:
            cell.source = answers[name]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = _unanswered(cell), None
        cells.append(cell)
        cells += (
            [_extra(text, len(cells) + number) for number, text in enumerate(extras[name])] if name else []
        )
    released.cells = cells
    return released


def _taken_over(submitted: NotebookNode, known: dict[str, NotebookNode]) -> tuple[dict, dict]:
    """Return answers by grade_id, and extra code cells by the grade_id of the released cell before them."""
    answers, extras, previous = {}, defaultdict(list), ""
    for cell in submitted.cells:
        if not isinstance(cell, dict):
            continue
        name, text = _grade_id(cell), cell.get("source", "")
        if not isinstance(text, str):
            continue
        if name in known:
            previous = name
            if is_solution(known[name]):
                answers[name] = text
        elif cell.get("cell_type") == "code" and text.strip():
            extras[previous].append(text)
    return answers, extras


def _grade_id(cell: NotebookNode) -> str:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


def _extra(text: str, number: int) -> NotebookNode:
    return nbformat.v4.new_code_cell(text, id=f"{EXTRA}-{number}")


def _unanswered(cell: NotebookNode) -> list[NotebookNode]:
    """Return what stands in a check cell until the oracle answers it: an error, which is worth no points."""
    if not is_grade(cell):
        return []
    text = "The oracle has not answered this check."
    return [nbformat.v4.new_output("error", ename="NotGraded", evalue=text, traceback=[text])]
