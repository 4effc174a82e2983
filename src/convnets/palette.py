"""The course's colours, once: figures, explorers and pages all draw with these.

The hues follow Okabe and Ito (2008), who chose them to be told apart by colour-blind readers; each is
darkened for white paper and lightened for dark paper until text has a contrast of at least 4.5 and a line
of at least 3 against its background (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from typing import NamedTuple

__all__ = ["PALETTE", "Shade", "css"]


class Shade(NamedTuple):
    """One colour on light and on dark paper, as ``#rrggbb``."""

    light: str
    dark: str


PALETTE = {
    "fg": Shade("#1f2328", "#e2e5e9"),
    "bg": Shade("#fefefd", "#15181c"),
    "muted": Shade("#5b636d", "#a3abb5"),
    "line": Shade("#858d96", "#747d88"),
    "soft": Shade("#f2f3f1", "#22272d"),
    "blue": Shade("#0067a5", "#62b5ec"),
    "orange": Shade("#a85400", "#f0a13a"),
    "green": Shade("#00734f", "#3fc79a"),
    "red": Shade("#b3370c", "#ff8a5c"),
    "purple": Shade("#994474", "#e099c3"),
    "yellow": Shade("#7d6300", "#f0e442"),
}

_LIGHT = ':root, [data-jp-theme-light="true"]'
_DARK = 'html[data-theme="dark"], [data-jp-theme-light="false"]'
_DARK_BY_SYSTEM = ":root:not([data-theme]):not([data-content_root])"  # neither a page of the book nor told


def css():
    """Return the palette as style sheet: ``--cn-<name>``, for the book's and for Jupyter's two themes."""
    light, dark = (
        " ".join(f"--cn-{name}: {shade[theme]};" for name, shade in PALETTE.items()) for theme in (0, 1)
    )
    return (
        f"{_LIGHT} {{ {light} }}\n"
        f"{_DARK} {{ {dark} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {_DARK_BY_SYSTEM} {{ {dark} }} }}\n"
    )
