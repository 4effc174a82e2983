"""The report on a check, as HTML for a notebook and as text for a terminal.

Calm colours that work on light and dark pages, styles inline, everything a student wrote escaped. A report
never shows a line of this package.
"""

import re
import sys
import textwrap
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from checks import contrasting
from checks.contract import Tolerance
from checks.diagnosing import SAME
from checks.outcome import Outcome
from checks.verdict import Verdict

__all__ = ["Report", "html", "show", "text"]

ACCENTS = {"passed": "#009e73", "failed": "#d55e00", "untouched": "#7f7f7f", "problem": "#cc79a7"}
SIGNS = {"passed": "✓", "failed": "✗", "untouched": "○", "problem": "!"}
QUIET = "opacity:.85;font-size:.95em"
MAX_PRINTED = 400
COMPARED = ("shape", "dtype", "type", "nan", "values")


@dataclass(frozen=True)
class Report:
    """What is shown of a check. Words between backticks are code.

    Attributes
    ----------
    name : str
        The exercise.
    status : {"passed", "failed", "untouched", "problem"}
        ``problem``: there was nothing to check, and the sentence says why.
    sentence : str
        The one thing to know.
    footer : str
        How far the check came, and what is still to come.
    label, call : str
        What the case probes, and the call as it could be typed; empty for a hidden case.
    outcome, expected : Outcome or None
        Of that case; None for a hidden case.
    verdict : Verdict or None
        On that case.
    tolerance : Tolerance
        Decides which values are marked as different.
    explanation : str
        The mistake behind it, where it is known.
    link : str
        Where to read on: an address, or a page of the book.
    hint : str
        The offer of the next hint.
    """

    name: str
    status: Literal["passed", "failed", "untouched", "problem"]
    sentence: str
    footer: str = ""
    label: str = ""
    call: str = ""
    outcome: Outcome | None = None
    expected: Outcome | None = None
    verdict: Verdict | None = None
    tolerance: Tolerance = SAME
    explanation: str = ""
    link: str = ""
    hint: str = ""


def show(report: Report) -> None:
    """Show a report: in a notebook both forms, of which the notebook takes one; elsewhere the text."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        print(text(report))
        return
    from IPython.display import display

    display({"text/html": html(report), "text/plain": text(report)}, raw=True)


def text(report: Report) -> str:
    """Write a report as plain text.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
    """
    label = f" · {report.label}" if report.label else ""
    lines = [f"{SIGNS[report.status]} {report.name}{label}", _wrapped(report.sentence)]
    if report.call:
        lines += ["", _indented("called    " + report.call.replace("\n", "\n" + " " * 10))]
    pair = _pair(report)
    if pair:
        lines.append(_indented(contrasting.text(*pair, report.tolerance)))
    if _printed(report):
        lines += ["", "  Your function printed:", _indented(_printed(report), "  | ")]
    if report.explanation:
        lines += ["", _wrapped(f"What may have happened: {report.explanation}")]
    closing = [f"Read on: {report.link}" if report.link else "", report.hint, report.footer]
    lines += [_wrapped(line) for line in closing if line]
    return "\n".join(lines)


def html(report: Report) -> str:
    """Write a report as HTML; takes and returns the same as `text`."""
    accent = ACCENTS[report.status]
    label = f' <span style="opacity:.8">· {escape(report.label)}</span>' if report.label else ""
    sign = f'<span aria-hidden="true" style="color:{accent};font-weight:700">{SIGNS[report.status]}</span>'
    parts = [
        f"<div>{sign} <strong>{escape(report.name)}</strong>{label}</div>",
        _paragraph(_rich(report.sentence)),
    ]
    if report.call:
        parts.append(_block(report.call))
    pair = _pair(report)
    if pair:
        parts.append(contrasting.html(*pair, report.tolerance))
    if _printed(report):
        parts += [_paragraph("Your function printed:"), _block(_printed(report))]
    if report.explanation:
        parts.append(_explained(report))
    elif report.link:
        parts.append(_paragraph(_link(report.link), QUIET))
    parts += [_paragraph(_rich(line), QUIET) for line in (report.hint, report.footer) if line]
    style = f"border-left:4px solid {accent};background:rgba(128,128,128,.09);padding:.6em 1em;margin:.4em 0;"
    style += "border-radius:0 4px 4px 0;color:inherit;line-height:1.5;max-width:60em"
    return f'<div role="status" style="{style}">{"".join(parts)}</div>'


def _pair(report: Report) -> tuple[Any, Any] | None:
    """Give what came and what was expected, where both are worth looking at."""
    verdict, outcome, expected = report.verdict, report.outcome, report.expected
    if verdict is None or outcome is None or expected is None or verdict.kind not in COMPARED:
        return None
    got, wanted = outcome.value, expected.value
    for key in verdict.path:
        got, wanted = got[key], wanted[key]
    return got, wanted


def _printed(report: Report) -> str:
    printed = report.outcome.printed.strip("\n") if report.outcome else ""
    return printed[:MAX_PRINTED] + ("…" if len(printed) > MAX_PRINTED else "")


def _explained(report: Report) -> str:
    link = f'<div style="margin-top:.25em;font-size:.95em">{_link(report.link)}</div>' if report.link else ""
    style = f"border-left:3px solid {ACCENTS['failed']}88;padding-left:.8em;margin:.6em 0"
    return f'<div style="{style}">{_rich(report.explanation)}{link}</div>'


def _link(link: str) -> str:
    if not link.startswith(("https://", "http://")):
        return f"Read on in the book: {_code(link)}"
    attributes = 'target="_blank" rel="noopener" style="color:inherit;text-decoration:underline"'
    return f'<a href="{escape(link)}" {attributes}>Read on in the book.</a>'


def _paragraph(inner: str, style: str = "") -> str:
    return f'<div style="margin:.35em 0;{style}">{inner}</div>'


def _block(code: str) -> str:
    style = "margin:.5em 0;padding:.5em .8em;overflow-x:auto;background:rgba(128,128,128,.13);color:inherit;"
    style += "border:0;border-radius:4px;font-size:.95em;line-height:1.4"
    return f'<pre tabindex="0" style="{style}">{escape(code)}</pre>'


def _code(code: str) -> str:
    style = "background:rgba(128,128,128,.17);color:inherit;padding:.05em .3em;border-radius:3px"
    return f'<code style="{style}">{escape(code)}</code>'


def _rich(sentence: str) -> str:
    """Escape a sentence; what stands between backticks becomes code, between double stars strong."""
    parts = re.split(r"`([^`]*)`", sentence)
    plain = [re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(part)) for part in parts[::2]]
    codes = [_code(part) for part in parts[1::2]]
    return "".join(piece for pair in zip(plain, [*codes, ""], strict=True) for piece in pair)


def _wrapped(sentence: str) -> str:
    """Break a sentence for a terminal; its own lines, as of a long message, are kept."""
    return "\n".join(textwrap.indent(textwrap.fill(line, 94), "  ") for line in sentence.splitlines())


def _indented(block: str, by: str = "  ") -> str:
    return "\n".join(by + line for line in block.splitlines())
