"""Writes the result of an exercise into its check cell: for the student, for nbgrader and for later reading."""

import platform
from html import escape
from importlib.metadata import version

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.oracle import GroupResult, Result
from autograder.wording import points
from checks.contract import Exercise

__all__ = ["KEY", "html", "kernel_lost", "record_of", "text", "write"]

KEY = "grading"
"""Name of the record in a check cell's metadata."""


def write(cell: NotebookNode, exercise: Exercise, result: Result) -> None:
    """Put report, score and record into a check cell; nbgrader reads the score from the ``execute_result``."""
    shown = nbformat.v4.new_output(
        "display_data", data={"text/html": html(exercise, result), "text/plain": text(exercise, result)}
    )
    number = nbformat.v4.new_output(
        "execute_result", data={"text/plain": repr(float(result.score))}, execution_count=None
    )
    cell.outputs = [shown, number]
    cell.metadata[KEY] = {**result.record(), "versions": _versions()}


def record_of(cell: NotebookNode) -> dict | None:
    """Return the record that `write` left in a cell, if there is one."""
    return cell.metadata.get(KEY)


def kernel_lost(reason: str) -> NotebookNode:
    """Return the output of a cell that could not be run."""
    return nbformat.v4.new_output("error", ename="KernelLost", evalue=reason, traceback=[reason])


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, "nbgrader": version("nbgrader")}


def text(exercise: Exercise, result: Result) -> str:
    """Return the report as plain text."""
    lines = [f"{exercise.title}: {result.score} of {points(result.max_score)}"]
    lines += [f"  {_mark(group)} {group.title} ({group.earned}/{group.points})" for group in result.groups]
    if result.message:
        lines += ["", result.message]
    return "\n".join(lines)


def _mark(group: GroupResult) -> str:
    if group.passed:
        return "✓"
    return "✗" if group.failure else "–"


def html(exercise: Exercise, result: Result) -> str:
    """Return the report as HTML that needs nothing from outside."""
    rows = "".join(
        f"<li>{_mark(group)} {escape(group.title)} ({group.earned}/{group.points})</li>"
        for group in result.groups
    )
    head = f"<p><strong>{escape(exercise.title)}: {result.score} of {points(result.max_score)}</strong></p>"
    return f"<div>{head}<ul>{rows}</ul>{_explanation(result)}</div>"


def _explanation(result: Result) -> str:
    if not result.message:
        return ""
    link = ""
    if result.mistake:
        link = f" <em>In the book: {escape(result.mistake.link)}</em>"
    return f"<p>{escape(result.message)}{link}</p>"
