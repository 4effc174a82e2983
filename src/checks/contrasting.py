"""What came beside what was expected: as lines of text, as a table, or as pictures.

One axis: the two rows of values, one under the other. Two axes: two small matrices in numbers, or two images
and their difference. More axes: the plane that holds the first value that differs. Names with shapes, as of a
network's parameters: a list.
"""

from html import escape
from typing import Any

import numpy as np

from checks import picture
from checks.comparing import differing
from checks.contract import Tolerance
from checks.parameters import are_shapes, listed
from checks.plain import Tensor
from checks.showing import number, short

__all__ = ["html", "text"]

MAX_ROW = 84  # characters that the values of a row may take
CELL = "padding:.15em .5em;text-align:right;border:1px solid rgba(128,128,128,.45);"
FIRST = f"outline:2px solid currentColor;outline-offset:-2px;background:{picture.HIGH}66;font-weight:700;"
QUIET = "font-weight:400;opacity:.8;"
PAIR = "display:flex;gap:1em"
ROW = 'style="background:none"'
SCROLL = "overflow-x:auto;margin:.6em 0"
TABLE = "border-collapse:collapse;font-family:monospace;font-size:.95em;margin:0;color:inherit"
WRONG = f"background:{picture.HIGH}44;"


def text(got: Any, expected: Any, tolerance: Tolerance) -> str:
    """Write the two as lines of text.

    Parameters
    ----------
    got, expected : object
        Plain data.
    tolerance : Tolerance
        Which values count as different.

    Returns
    -------
    str
    """
    if isinstance(got, Tensor) and isinstance(expected, Tensor):
        got, expected = got.array, expected.array
    if _is_row(got) and _is_row(expected):
        return _text_rows(got, expected, _wrong(got, expected, tolerance))
    if _has_planes(got, expected):
        came, wanted, wrong, where = _planes(got, expected, tolerance)
        if max(came.shape + wanted.shape) <= picture.MAX_GRID:
            none = np.zeros(wanted.shape, dtype=bool)
            marked = " (* differs)" if wrong.any() else ""
            return (
                f"came{where}{marked}\n{_text_grid(came, wrong)}\nexpected{where}\n{_text_grid(wanted, none)}"
            )
    if are_shapes(got) and are_shapes(expected):
        return _text_list(listed(got, expected))
    return f"came      {_indented(short(got))}\nexpected  {_indented(short(expected))}"


def html(got: Any, expected: Any, tolerance: Tolerance) -> str:
    """Write the two as HTML; the parameters are those of `text`."""
    if isinstance(got, Tensor) and isinstance(expected, Tensor):
        got, expected = got.array, expected.array
    if _is_row(got) and _is_row(expected):
        return _html_rows(got, expected, _wrong(got, expected, tolerance))
    if _has_planes(got, expected):
        came, wanted, wrong, where = _planes(got, expected, tolerance)
        if max(came.shape + wanted.shape) <= picture.MAX_GRID:
            return _html_grids(came, wanted, wrong, where)
        if came.dtype.kind in "biuf" and wanted.dtype.kind in "biuf":
            return _html_images(came, wanted, wrong, where)
    if are_shapes(got) and are_shapes(expected):
        return _html_list(listed(got, expected))
    rows = "".join(
        f'<div style="{PAIR}"><span style="min-width:5em">{name}</span>{_code(short(value))}</div>'
        for name, value in (("came", got), ("expected", expected))
    )
    return f'<div style="margin:.5em 0">{rows}</div>'


def _is_row(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1


def _has_planes(got: Any, expected: Any) -> bool:
    both = isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)
    return both and got.ndim == expected.ndim >= 2 and bool(got.size) and bool(expected.size)


def _wrong(got: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Which values differ; none where the shapes do, because then there is nothing to set side by side."""
    same = got.shape == expected.shape
    return differing(got, expected, tolerance) if same else np.zeros(got.shape, dtype=bool)


def _planes(
    got: np.ndarray, expected: np.ndarray, tolerance: Tolerance
) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """Cut the plane with the first wrong value out of both arrays, and say which one it is."""
    wrong = _wrong(got, expected, tolerance)
    lead = tuple(int(i) for i in np.argwhere(wrong)[0][:-2]) if wrong.any() else (0,) * (got.ndim - 2)
    where = f" at [{', '.join(map(str, lead))}, :, :]" if lead else ""
    return got[lead], expected[lead], wrong[lead], where


def _window(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> range:
    """Choose the indices that are shown: of a long row those around the first wrong value."""
    size = max(len(got), len(expected))
    first = int(np.argmax(wrong)) if wrong.any() else 0
    near = range(max(0, first - MAX_ROW // 2), min(size, first + MAX_ROW // 2))
    widest = max((len(item) for row in (got, expected) for item in _shown(row, near)), default=1)
    room = max(3, MAX_ROW // (widest + 2))
    start = max(0, min(first - room // 2, size - room))
    return range(start, min(size, start + room))


def _shown(row: np.ndarray, window: range) -> list[str]:
    return [number(row[i], 5) if i < len(row) else "" for i in window]


def _text_rows(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    window = _window(got, expected, wrong)
    came, wanted = _shown(got, window), _shown(expected, window)
    first = int(np.argmax(wrong)) if wrong.any() else None
    marks = ["" if i >= len(wrong) or not wrong[i] else "^" if i == first else "·" for i in window]
    wide = [max(map(len, column)) for column in zip(came, wanted, strict=True)]
    lines = []
    for name, row in (("came    ", came), ("expected", wanted), ("        ", marks)):
        lines.append(name + "".join(f"  {item:>{size}}" for item, size in zip(row, wide, strict=True)))
    if len(window) < max(len(got), len(expected)):
        lines.append(f"(indices {window.start} to {window.stop - 1})")
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _text_grid(matrix: np.ndarray, wrong: np.ndarray) -> str:
    texts = [[number(value, 5) for value in row] for row in matrix]
    wide = max(len(item) for row in texts for item in row)
    rows = (
        "".join(f" {item:>{wide}}{'*' if bad else ' '}" for item, bad in zip(row, marks, strict=True))
        for row, marks in zip(texts, wrong, strict=True)
    )
    return "\n".join(" " + row.rstrip() for row in rows)


def _text_list(rows: list[tuple[str, str, str, bool]]) -> str:
    lines = [("", "came", "expected"), *(row[:3] for row in rows)]
    wide = [max(map(len, column)) for column in zip(*lines, strict=True)]
    marks = [" (* differs)", *(" *" if row[3] else "" for row in rows)]
    padded = ("  ".join(map(str.ljust, line, wide)).rstrip() for line in lines)
    return "\n".join(f"{line}{mark}" for line, mark in zip(padded, marks, strict=True))


def _indented(shown: str) -> str:
    return shown.replace("\n", "\n" + " " * 10)


def _code(shown: str) -> str:
    return f'<code style="white-space:pre-wrap;background:none;padding:0">{escape(shown)}</code>'


def _html_rows(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    window = _window(got, expected, wrong)
    first = int(np.argmax(wrong)) if wrong.any() else None
    marks = {i: FIRST if i == first else WRONG for i in window if i < len(wrong) and wrong[i]}
    head = "".join(f'<th scope="col" style="{CELL}{QUIET}">[{i}]</th>' for i in window)
    rows = f'<tr {ROW}><th style="{CELL}{QUIET}text-align:left">index</th>{head}</tr>'
    for name, row, styles in (("came", got, marks), ("expected", expected, {})):
        cells = "".join(
            f'<td style="{CELL}{styles.get(i, "")}">{escape(item)}</td>'
            for i, item in zip(window, _shown(row, window), strict=True)
        )
        rows += f'<tr {ROW}><th scope="row" style="{CELL}{QUIET}text-align:left">{name}</th>{cells}</tr>'
    return f'<div tabindex="0" style="{SCROLL}"><table style="{TABLE}">{rows}</table></div>'


def _html_list(rows: list[tuple[str, str, str, bool]]) -> str:
    left = f"{CELL}text-align:left;"
    head = "".join(f'<th scope="col" style="{left}{QUIET}">{name}</th>' for name in ("came", "expected"))
    lines = f'<tr {ROW}><th style="{left}{QUIET}">name</th>{head}</tr>'
    for name, came, wanted, differs in rows:
        cells = f'<td style="{left}{WRONG if differs else ""}">{escape(came)}</td>'
        cells += f'<td style="{left}">{escape(wanted)}</td>'
        lines += f'<tr {ROW}><th scope="row" style="{left}{QUIET}">{escape(name)}</th>{cells}</tr>'
    return f'<div tabindex="0" style="{SCROLL}"><table style="{TABLE}">{lines}</table></div>'


def _html_grids(came: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, where: str) -> str:
    none = np.zeros(wanted.shape, dtype=bool)
    return _panels(
        (f"came{where}", picture.grid(came, wrong, f"What came: {_in_words(came, wrong)}")),
        (f"expected{where}", picture.grid(wanted, none, f"What was expected: {_in_words(wanted, none)}")),
    )


def _html_images(came: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, where: str) -> str:
    finite = wanted[np.isfinite(wanted)] if wanted.dtype.kind == "f" else wanted
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    panels = [
        (f"came{where}", picture.grey(came, low, high, f"What came: {_in_words(came, wrong)}")),
        (
            f"expected{where}",
            picture.grey(wanted, low, high, f"What was expected: an image of {_size(wanted)}"),
        ),
    ]
    if came.shape == wanted.shape:
        about = f"Where the two differ: {_in_words(came, wrong)}"
        names = [(picture.LOW, "too low"), (picture.HIGH, "too high")]
        if not np.isfinite(came).all():
            names.append((picture.BROKEN, "no number"))
        legend = " ".join(
            f'<span aria-hidden="true" style="color:{colour}">■</span>&nbsp;{name}' for colour, name in names
        )
        panels.append((f"difference: {legend}", picture.difference(came, wanted, wrong, about)))
    return _panels(*panels)


def _panels(*panels: tuple[str, str]) -> str:
    figures = "".join(
        f'<div><div style="font-size:.9em;margin-bottom:.25em">{caption}</div>{svg}</div>'
        for caption, svg in panels
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:1em 1.6em;margin:.6em 0;padding:2px">{figures}</div>'


def _size(plane: np.ndarray) -> str:
    return f"{plane.shape[0]} rows and {plane.shape[1]} columns"


def _in_words(plane: np.ndarray, wrong: np.ndarray) -> str:
    if not wrong.any():
        return _size(plane)
    row, column = np.argwhere(wrong)[0]
    count = f"{int(wrong.sum())} of {wrong.size} values wrong"
    return f"{_size(plane)}, {count}, the first in row {row}, column {column}"
