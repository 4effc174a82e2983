"""The book's figures: matplotlib drawings as SVG that follow the theme of the page.

A figure is drawn once, with the light shades of :mod:`convnets.palette`. In the SVG each of these becomes
``var(--cn-blue, #0067a5)`` and so on: inside a page the figure takes the page's colours, light or dark;
alone it is a light figure. Text stays text, in the page's font. Photographs are embedded as small WebP,
grids of pixels as PNG. The same drawing gives the same bytes.
"""

import base64
import hashlib
import io
import re
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from convnets.palette import PALETTE

__all__ = ["COLOURS", "Drawing", "draw_image", "draw_matrix", "draw_signal", "drawing", "figure"]

COLOURS = {name: shade.light for name, shade in PALETTE.items()}
_CYCLE = ("blue", "orange", "green", "purple", "red", "yellow")
_ROOT_STYLE = (
    "font-family: var(--cn-font, system-ui, sans-serif); background: var(--cn-paper, white); "
    "stroke-linejoin: round; stroke-linecap: butt"
)
_PIXELS = 64  # an image of at most this many pixels a side keeps every one of them
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "convnets",
    "svg.image_inline": True,
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=[COLOURS[name] for name in _CYCLE]),
    "lines.linewidth": 1.8,
    "image.interpolation": "none",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor"), COLOURS["fg"]),
    **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor"), COLOURS["fg"]),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color", "grid.color"), COLOURS["line"]),
    **dict.fromkeys(("patch.edgecolor",), COLOURS["line"]),
}


class Drawing:
    """A finished figure as SVG text; notebooks and the book show it.

    Parameters
    ----------
    svg : str
        One ``<svg>`` element.
    """

    def __init__(self, svg):
        self.svg = svg

    def _repr_svg_(self):
        return self.svg

    def save(self, path):
        """Write the drawing to `path` as UTF-8."""
        Path(path).write_text(self.svg, encoding="utf-8")


@contextmanager
def figure(width=6.4, height=3.2, **subplots):
    """Draw in the book's style: a context that gives ``(fig, axes)``.

    Nothing of matplotlib's global state is changed after the context ends, and no window is opened.

    Parameters
    ----------
    width, height : float
        Size in inches of 96 CSS pixels. On a phone 3.7 inches are shown at full size and wider figures
        shrink: beyond 6.4 the text would be too small to read there.
    **subplots
        What :meth:`matplotlib.figure.Figure.subplots` takes: ``nrows``, ``ncols``, ``sharex`` ...

    Examples
    --------
    >>> with figure(4, 2) as (fig, ax):
    ...     lines = ax.plot([1, 3, 2])
    >>> drawing(fig).svg[:4]
    '<svg'
    """
    with mpl.rc_context(_STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        yield fig, fig.subplots(**subplots)


def drawing(fig):
    """Turn a matplotlib figure into a :class:`Drawing`.

    Parameters
    ----------
    fig : matplotlib.figure.Figure

    Returns
    -------
    Drawing

    Raises
    ------
    TypeError
        When `fig` is not a figure.
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"drawing expects a matplotlib Figure, got {type(fig).__name__}")
    buffer = io.StringIO()
    with mpl.rc_context(_STYLE):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Drawing(_adapt(buffer.getvalue()))


def _adapt(svg):
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<(metadata|style).*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r" font-family: [^;\"]*;", "", svg)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r'(<image\b[^>]*?) id="[^"]*"', r"\1", svg)  # twice for one shown twice
    svg = re.sub(r'<svg(.*?) width="([\d.]+)pt" height="([\d.]+)pt"', _root, svg, count=1, flags=re.DOTALL)
    for name, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--cn-{name}, {colour})")
    svg = re.sub(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)", _smaller, svg)
    return _rename(svg)


def _root(match):
    width, height = (float(points) * 4 / 3 for points in match.group(2, 3))  # 72 points or 96 pixels an inch
    return f'<svg{match[1]} width="{width:.0f}" height="{height:.0f}" style="{_ROOT_STYLE}"'


def _smaller(match):
    png = base64.b64decode(match[1])
    image = Image.open(io.BytesIO(png))
    if max(image.size) <= _PIXELS:
        return f"data:image/png;base64,{base64.b64encode(png).decode()}"
    webp = io.BytesIO()
    image.save(webp, "WEBP", quality=82, method=6)
    return f"data:image/webp;base64,{base64.b64encode(webp.getvalue()).decode()}"


def _rename(svg):
    """Prefix each id by a digest of the drawing, so that two drawings on a page never share one."""
    prefix = "d" + hashlib.sha256(svg.encode()).hexdigest()[:7]
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    return re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\1{prefix}-", svg)


def draw_matrix(
    ax, array, *, fmt="{:g}", colour="blue", negative="orange", limit=None, highlight=(), title=None
):
    """Draw a grid of numbers, each cell tinted by its value.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    array : array_like of shape (H, W) or (W,)
    fmt : str
        How a number is written; ``""`` writes none.
    colour, negative : str
        Names in `COLOURS` for values above and below zero.
    limit : float, optional
        The absolute value with the full tint; the largest in `array` by default.
    highlight : iterable of (row, column)
        Cells to frame.
    title : str, optional

    Raises
    ------
    ValueError
        When `array` is not one- or two-dimensional, or empty.
    """
    array = np.asarray(array, dtype=float)
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(f"draw_matrix expects a non-empty array of one or two axes, got shape {array.shape}")
    grid = np.atleast_2d(array)
    limit = limit or np.abs(grid).max() or 1.0
    for (row, column), value in np.ndenumerate(grid):
        tint = COLOURS[colour if value >= 0 else negative]
        strength = 0.42 * min(abs(value) / limit, 1.0)
        ax.add_patch(mpl.patches.Rectangle((column, row), 1, 1, facecolor=tint, alpha=strength, linewidth=0))
        if fmt:
            text = fmt.format(value).replace("-", "−")
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center")
    _rule(ax, *grid.shape)
    for row, column in highlight:
        frame = mpl.patches.Rectangle((column, row), 1, 1, fill=False, linewidth=2.5, zorder=3)
        frame.set_edgecolor(COLOURS["fg"])
        ax.add_patch(frame)
    if title:
        ax.set_title(title)


def _rule(ax, rows, columns):
    ax.set(xlim=(-0.03, columns + 0.03), ylim=(rows + 0.03, -0.03), aspect="equal")
    ax.axis("off")
    ax.hlines(range(rows + 1), 0, columns, color=COLOURS["line"], linewidth=0.8)
    ax.vlines(range(columns + 1), 0, rows, color=COLOURS["line"], linewidth=0.8)


def draw_image(ax, array, *, limits=None, title=None, max_size=320):
    """Draw an image, enlarged with hard edges when it is small.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    array : array_like of shape (H, W), or (H, W, 3) with values in 0..1 or of dtype uint8
    limits : (float, float), optional
        Grey values shown black and white; the smallest and the largest of `array` by default.
    title : str, optional
    max_size : int
        Larger images are averaged down to about this many pixels a side, to keep pages light.

    Raises
    ------
    ValueError
        When `array` has another shape.
    """
    array = np.asarray(array)
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
        raise ValueError(f"draw_image expects a shape (H, W) or (H, W, 3), got {array.shape}")
    if array.dtype == np.uint8:
        array = array / 255
        limits = limits or (0, 1)
    low, high = limits or (array.min(), array.max())
    scale = -(-max(array.shape[:2]) // max_size)
    array = array[: array.shape[0] // scale * scale, : array.shape[1] // scale * scale]
    blocks = array.reshape(array.shape[0] // scale, scale, array.shape[1] // scale, scale, *array.shape[2:])
    ax.imshow(blocks.mean(axis=(1, 3)), cmap="gray", vmin=low, vmax=high)
    ax.axis("off")
    if title:
        ax.set_title(title)


def draw_signal(ax, values, *, start=0, colour="blue", numbers=True, title=None):
    """Draw a finite sequence as stems, with its numbers.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : array_like of shape (T,)
    start : int
        Index of the first value.
    colour : str
        A name in `COLOURS`.
    numbers : bool
        Whether to write each value at its stem.
    title : str, optional

    Raises
    ------
    ValueError
        When `values` has not exactly one axis, or is empty.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"draw_signal expects a non-empty array of one axis, got shape {values.shape}")
    index = np.arange(start, start + values.size)
    ax.axhline(0, color=COLOURS["line"], linewidth=1)
    ax.vlines(index, 0, values, color=COLOURS[colour], linewidth=2)
    ax.plot(index, values, "o", color=COLOURS[colour], markersize=6)
    if numbers:
        for at, value in zip(index, values, strict=True):
            above = value >= 0
            offset = (0, 7 if above else -7)
            ax.annotate(
                f"{value:g}".replace("-", "−"),
                (at, value),
                xytext=offset,
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
            )
    ax.set_xticks(index)
    ax.margins(x=0.08, y=0.25)
    ax.spines["bottom"].set_visible(False)
    if title:
        ax.set_title(title)
