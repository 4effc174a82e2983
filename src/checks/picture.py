"""Pictures of matrices and images as inline SVG, readable on a light and on a dark page.

Text and lines take the colour of the page (``currentColor``); fills are translucent, or greys that belong to
an image. Blue is too low and vermilion too high, a pair that colour-blind readers can tell apart.
"""

import itertools
from html import escape

import numpy as np

from checks.showing import number

__all__ = ["BROKEN", "HIGH", "LOW", "MAX_GRID", "difference", "grey", "grid"]

HIGH, LOW, BROKEN = "#d55e00", "#0072b2", "#cc79a7"
MAX_GRID = 12  # rows and columns of a matrix that is still written in numbers
CELLS = 40  # rows and columns of an image's picture
SIDE = 168  # pixels of the longer side of an image's picture
LEVELS = 16


def grid(matrix: np.ndarray, wrong: np.ndarray, label: str) -> str:
    """Draw a matrix as a grid of its numbers, wrong ones marked.

    Parameters
    ----------
    matrix : ndarray of shape (H, W)
    wrong : ndarray of bool, of shape (H, W)
        Which cells to mark; the first of them gets a heavier frame.
    label : str
        What the picture shows, for those who cannot see it.

    Returns
    -------
    str
    """
    rows, columns = matrix.shape
    texts = [[number(value, 4) for value in row] for row in matrix]
    wide = max(30, 12 + 8 * max((len(text) for row in texts for text in row), default=1))
    high, parts = 28, []
    first = tuple(np.argwhere(wrong)[0]) if wrong.any() else None
    for i in range(rows):
        for j in range(columns):
            fill = f'fill="{HIGH}" fill-opacity=".28"' if wrong[i, j] else 'fill="none"'
            parts.append(_cell(j * wide, i * high, wide, high, fill, (i, j) == first))
            weight = ' font-weight="700"' if wrong[i, j] else ""
            place = f'x="{(j + 0.5) * wide:g}" y="{i * high + 18.5:g}"'
            parts.append(f'<text {place}{weight} text-anchor="middle">{escape(texts[i][j])}</text>')
    body = f'<g font-size="13" font-family="monospace" fill="currentColor">{"".join(parts)}</g>'
    return _svg(columns * wide, rows * high, columns * wide, rows * high, body, label)


@np.errstate(all="ignore")
def grey(image: np.ndarray, low: float, high: float, label: str) -> str:
    """Draw an image in greys, ``low`` as black and ``high`` as white.

    Parameters
    ----------
    image : ndarray of shape (H, W)
    low, high : float
    label : str

    Returns
    -------
    str
    """
    rows, columns = (np.linspace(0, size - 1, min(size, CELLS)).round().astype(int) for size in image.shape)
    small = image[np.ix_(rows, columns)].astype(np.float64)
    levels = np.clip((small - low) / ((high - low) or 1.0), 0, 1) * (LEVELS - 1)
    steps = np.where(np.isfinite(levels), levels, -1).round().astype(int)
    fills = {-1: f'fill="{BROKEN}"'}
    for step in range(LEVELS):
        value = round(255 * step / (LEVELS - 1))
        fills[step] = f'fill="#{value:02x}{value:02x}{value:02x}"'
    return _image(steps, fills, label)


@np.errstate(all="ignore")
def difference(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray, label: str) -> str:
    """Draw where an image is too high and where it is too low, the first wrong pixel framed.

    Parameters
    ----------
    got, expected : ndarray of shape (H, W)
    wrong : ndarray of bool, of shape (H, W)
    label : str

    Returns
    -------
    str
    """
    gap = np.where(wrong, got.astype(np.float64) - expected.astype(np.float64), 0.0)
    finite = np.isfinite(gap)
    largest = np.abs(gap[finite]).max(initial=0.0) or 1.0
    levels = np.where(finite, np.sign(gap) * np.ceil(4 * (np.abs(gap) / largest)), 9)
    starts = [np.arange(min(size, CELLS)) * size // min(size, CELLS) for size in gap.shape]
    top, bottom = (_blocks(extreme, levels, starts) for extreme in (np.maximum, np.minimum))
    steps = np.where(top >= -bottom, top, bottom).astype(int)
    fills = {9: f'fill="{BROKEN}"'}
    for step in range(1, 5):
        fills[step] = f'fill="{HIGH}" fill-opacity="{0.1 + 0.225 * step:g}"'
        fills[-step] = f'fill="{LOW}" fill-opacity="{0.1 + 0.225 * step:g}"'
    return _image(steps, fills, label, frame=tuple(np.argwhere(steps)[0]) if steps.any() else None)


def _blocks(extreme: np.ufunc, levels: np.ndarray, starts: list[np.ndarray]) -> np.ndarray:
    return extreme.reduceat(extreme.reduceat(levels, starts[0], axis=0), starts[1], axis=1)


def _image(steps: np.ndarray, fills: dict[int, str], label: str, frame: tuple | None = None) -> str:
    rows, columns = steps.shape
    paths: dict[int, list[str]] = {}
    for i, row in enumerate(steps):
        edges = [0, *(np.flatnonzero(np.diff(row)) + 1), columns]
        for start, end in itertools.pairwise(edges):
            if int(row[start]) in fills:
                run = f"M{start} {i}h{end - start}v1h-{end - start}z"
                paths.setdefault(int(row[start]), []).append(run)
    body = "".join(f'<path {fills[step]} d="{"".join(runs)}"/>' for step, runs in sorted(paths.items()))
    body += '<rect width="100%" height="100%" fill="none" stroke="currentColor" stroke-opacity=".5" '
    body += 'vector-effect="non-scaling-stroke"/>'
    if frame is not None:
        body += f'<rect x="{frame[1]}" y="{frame[0]}" width="1" height="1" fill="none" stroke="currentColor" '
        body += 'stroke-width="2" vector-effect="non-scaling-stroke"/>'
    scale = SIDE / max(rows, columns)
    crisp = f'<g shape-rendering="crispEdges">{body}</g>'
    return _svg(columns * scale, rows * scale, columns, rows, crisp, label)


def _cell(x: float, y: float, wide: float, high: float, fill: str, is_first: bool) -> str:
    stroke = 'stroke-width="2.5"' if is_first else 'stroke-opacity=".35"'
    inset = 1 if is_first else 0
    box = f'x="{x + inset:g}" y="{y + inset:g}" width="{wide - 2 * inset:g}" height="{high - 2 * inset:g}"'
    return f'<rect {box} {fill} stroke="currentColor" {stroke}/>'


def _svg(wide: float, high: float, units_wide: float, units_high: float, body: str, label: str) -> str:
    size = f'width="{wide:g}" height="{high:g}" viewBox="0 0 {units_wide:g} {units_high:g}"'
    style = "max-width:100%;height:auto;overflow:visible"
    return f'<svg role="img" aria-label="{escape(label)}" {size} style="{style}">{body}</svg>'
