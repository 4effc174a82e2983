"""Writes the result of an exercise into its check cell: for the student, nbgrader and later reading."""

import platform
from html import escape
from importlib.metadata import version

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.authoring.wording import points
from autograder.engine.oracle import GroupResult, Result
from autograder.layout import book_address
from checks import reporting
from checks.contract import Exercise
from checks.showing import written_case

__all__ = ["KEY", "cut_off", "html", "kernel_lost", "not_there", "record_of", "text", "write"]

KEY = "grading"
"""Name of the record in a check cell's metadata."""
UNSANDBOXED = "The notebook was run without a sandbox, which the grader accepted.\n"


def write(cell: NotebookNode, exercise: Exercise, result: Result, sandboxed: bool = True) -> None:
    """Put report, score and record into a check cell; nbgrader takes the score from the number.

    Where the notebook was run outside a sandbox, report and record say so.
    """
    shown = nbformat.v4.new_output(
        "display_data", data={"text/html": html(exercise, result), "text/plain": text(exercise, result)}
    )
    number = nbformat.v4.new_output(
        "execute_result", data={"text/plain": repr(float(result.score))}, execution_count=None
    )
    cell.source = f"check({exercise.name})"
    remark = [] if sandboxed else [nbformat.v4.new_output("stream", name="stdout", text=UNSANDBOXED)]
    cell.outputs = [shown, *remark, number]
    cell.metadata[KEY] = {**result.record(), "versions": _versions(), "sandboxed": sandboxed}


def record_of(cell: NotebookNode) -> dict | None:
    """Return the record that `write` left in a cell, if there is one."""
    return cell.metadata.get(KEY)


def not_there(reason: str) -> NotebookNode:
    """Return the output of a check cell of a notebook that was not there or could not be read."""
    report = reporting.Report("Not graded", "problem", reason)
    data = {"text/html": reporting.html(report), "text/plain": reporting.text(report)}
    return nbformat.v4.new_output("display_data", data=data)


def kernel_lost(reason: str) -> NotebookNode:
    """Return the output of a cell that could not be run."""
    return nbformat.v4.new_output("error", ename="KernelLost", evalue=reason, traceback=[reason])


def cut_off() -> NotebookNode:
    """Return the output of a cell that was run, but whose end was not told in a message of sensible size."""
    reason = "The cell sent a message that is too long to read, such as an error that quotes a large array."
    return nbformat.v4.new_output("error", ename="CutOff", evalue=reason, traceback=[reason])


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, "nbgrader": version("nbgrader")}


def text(exercise: Exercise, result: Result) -> str:
    """Return the report as plain text."""
    groups = [f"  {_mark(group)} {group.title}: {_earned(group)}" for group in result.groups]
    return "\n".join([reporting.text(_report(exercise, result)), "", _score(result), *groups])


def html(exercise: Exercise, result: Result) -> str:
    """Return the report as HTML that needs nothing from outside."""
    groups = "".join(
        f"<li>{_mark(group)} {escape(group.title)}: {_earned(group)}</li>" for group in result.groups
    )
    below = f"<strong>{_score(result)}</strong><ul style='list-style:none'>{groups}</ul>"
    return f"{reporting.html(_report(exercise, result))}<div style='margin:.4em 1em'>{below}</div>"


def _report(exercise: Exercise, result: Result) -> reporting.Report:
    """Return the first failure as the learner's own checks would show it, or that there was none."""
    failure = result.failure
    if result.reason or failure is None:
        status = "failed" if result.reason else "passed"
        return reporting.Report(exercise.title, status, result.reason or "All cases pass.")
    case = failure.case
    return reporting.Report(
        exercise.title,
        "untouched" if failure.kind == "untouched" else "failed",
        failure.sentence,
        label=case.label if case else "",
        call=written_case(exercise.name, case) if case else "",
        outcome=failure.outcome,
        expected=failure.expected,
        verdict=failure.verdict,
        tolerance=exercise.tolerance,
        explanation=result.mistake.sentence if result.mistake else failure.resemblance,
        link=book_address() + (result.mistake.link if result.mistake else exercise.section),
    )


def _score(result: Result) -> str:
    return f"{result.score:g} of {points(result.max_score)}"


def _earned(group: GroupResult) -> str:
    return f"{group.earned} of {points(group.points)}"


def _mark(group: GroupResult) -> str:
    if group.passed:
        return "✓"
    return "✗" if group.failure else "–"
