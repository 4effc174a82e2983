"""Tables of numbers: HTML for notebook and book, text for a terminal (chapter *Sizing*)."""

from html import escape

__all__ = ["Table", "written"]

_CELL = "padding: 0.3rem 0 0.3rem 1rem; text-align: {align}; vertical-align: top; {wrap}"
_FIRST = "padding: 0.3rem 0; text-align: left; vertical-align: top; white-space: nowrap;"


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

    Raises
    ------
    ValueError
        If a row has not as many cells as there are headings.
    """

    def __init__(self, header, rows, caption="", totals=None):
        self.header, self.caption = tuple(header), caption
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
        return "\n".join([self.caption] * bool(self.caption) + lines)

    def _repr_html_(self):
        left = self._left()
        head = "".join(_html_cell("th", *cell, scope="col") for cell in zip(self.header, left, strict=True))
        body = "".join(f"<tr>{self._html_row(row, left)}</tr>" for row in self.rows)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        foot = "" if self.totals is None else f"<tfoot><tr>{self._html_row(self.totals, left)}</tr></tfoot>"
        label = escape(self.caption or ", ".join(self.header), quote=True)
        return (
            f'<div class="cn-scroll" role="region" tabindex="0" aria-label="{label}" '
            'style="overflow-x: auto; max-width: 100%; margin: 1.5rem 0">'
            '<table class="table" style="font-variant-numeric: tabular-nums; border-collapse: collapse">'
            f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
        )

    def _html_row(self, row, left):
        first, *rest = zip(row, left, strict=True)
        return _html_cell("th", *first, scope="row") + "".join(_html_cell("td", *cell) for cell in rest)

    def _left(self):
        """Return for each column whether it is set to the left: the first, and those that hold words."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.header)
        return [index == 0 or any(_is_prose(cell) for cell in column) for index, column in enumerate(columns)]


def _is_prose(cell):
    return isinstance(cell, str) and len(cell) > 16


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


def _html_cell(tag, cell, is_left, scope=None):
    text = written(cell)
    if scope == "row":
        style = _FIRST + " font-weight: inherit"
    else:
        wrap = "min-width: 14rem" if len(text) > 30 else "white-space: nowrap"
        style = _CELL.format(align="left" if is_left else "right", wrap=wrap)
    scoped = f' scope="{scope}"' if scope else ""
    return f'<{tag}{scoped} style="{style}">{escape(text)}</{tag}>'
