"""Tables of numbers: HTML for notebook and book, text for a terminal (chapter *Sizing*)."""

import re
from html import escape

__all__ = ["Table", "written"]

_NUMBER = r"(~|−)?\d.*|–|"
_LONG = 30  # characters: a sentence, even if it begins with a number


class Table:
    """Rows of words and numbers with a header, and possibly a caption and a row of totals.

    In a notebook and in the book a table wider than the page scrolls inside its own box; colours are those of
    the page, so that it can be read in the dark. ``str`` gives columns of plain text.

    Parameters
    ----------
    header : sequence of str
        One heading for each column.
    rows : sequence of sequences
        Cells: integers are written with thousands separated and set to the right, shapes with ×, None as –.
    caption : str
        A sentence above the table; none if empty.
    totals : sequence, optional
        A last row, set off from the others.
    notes : sequence of str
        Sentences below the table, numbered from 1; rows refer to them by their numbers.

    Raises
    ------
    ValueError
        If a row has not as many cells as there are headings.
    """

    def __init__(self, header, rows, caption="", totals=None, notes=()):
        self.header, self.caption, self.notes = tuple(header), caption, tuple(notes)
        self.rows = [tuple(row) for row in rows]
        self.totals = None if totals is None else tuple(totals)
        for row in [*self.rows, *([] if self.totals is None else [self.totals])]:
            if len(row) != len(self.header):
                raise ValueError(f"a row has {len(row)} cells, the header {len(self.header)}: {row}")

    def column(self, heading):
        """Return the cells below `heading`, without the totals."""
        index = self.header.index(heading)
        return [row[index] for row in self.rows]

    def __str__(self):
        body = [*self.rows, *([] if self.totals is None else [self.totals])]
        texts = [[written(cell) for cell in row] for row in body]
        widths = [max(map(len, column)) for column in zip(self.header, *texts, strict=True)]
        left = self._left()
        lines = [_aligned(row, widths, left) for row in [self.header, *texts]]
        rule = "  ".join("─" * width for width in widths)
        lines.insert(1, rule)
        if self.totals is not None:
            lines.insert(-1, rule)
        notes = [f"{number}. {note}" for number, note in enumerate(self.notes, 1)]
        return "\n".join([self.caption] * bool(self.caption) + lines + notes)

    def _repr_html_(self):
        left = self._left()
        head = "".join(_html_cell("th", *cell, scope="col") for cell in zip(self.header, left, strict=True))
        body = "".join(f"<tr>{_html_row(row, left)}</tr>" for row in self.rows)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        foot = "" if self.totals is None else f"<tfoot><tr>{_html_row(self.totals, left)}</tr></tfoot>"
        label = escape(self.caption or ", ".join(self.header), quote=True)
        return (
            f'<div class="cn-scroll" role="group" tabindex="0" aria-label="{label}" '
            'style="overflow-x: auto; max-width: 100%; margin: 1.5rem 0">'
            '<table class="table" style="margin: 0; border-collapse: collapse; '
            'font-variant-numeric: tabular-nums">'
            f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>{self._html_notes()}"
        )

    def _html_notes(self):
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f'<ol style="font-size: 0.9em">{notes}</ol>' if notes else ""

    def _left(self):
        """Return for each column whether it is set to the left: the first, and those that hold words."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.header)
        return [index == 0 or any(map(_is_words, column)) for index, column in enumerate(columns)]


def _is_words(cell):
    return isinstance(cell, str) and (len(cell) > _LONG or not re.fullmatch(_NUMBER, cell))


def written(cell):
    """Return a cell as text: 1234 as 1,234, a shape as 6×28×28, None as –."""
    if cell is None:
        return "–"
    if isinstance(cell, tuple):
        return "×".join(f"{size}" for size in cell)
    if isinstance(cell, float):
        return f"{cell:,.1f}"
    return cell if isinstance(cell, str) else f"{cell:,}"


def _aligned(row, widths, left):
    cells = (
        f"{cell:<{width}}" if is_left else f"{cell:>{width}}"
        for cell, width, is_left in zip(row, widths, left, strict=True)
    )
    return "  ".join(cells).rstrip()


def _html_row(row, left):
    first, *rest = zip(row, left, strict=True)
    return _html_cell("th", *first, scope="row") + "".join(_html_cell("td", *cell) for cell in rest)


def _html_cell(tag, cell, is_left, scope=None):
    text = written(cell)
    style = f"padding: 0.3rem 1rem 0.3rem 0; text-align: {'left' if is_left else 'right'}"
    if scope != "col":  # headings may break, and words if there are many
        style += "; vertical-align: top; font-weight: inherit"
        style += "; min-width: 18rem" if len(text) > _LONG else "; white-space: nowrap"
    scoped = f' scope="{scope}"' if scope else ""
    return f'<{tag}{scoped} style="{style}">{escape(text)}</{tag}>'
