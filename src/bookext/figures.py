"""Drawings become part of the page, and no image goes without alt text.

An SVG of :mod:`convnets.plots` that a cell shows is written into the HTML itself, because only there do the
page's colours reach it. Where an alt text is missing the build warns, and so fails.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

__all__ = ["InlineDrawings", "inline", "setup"]

logger = logging.getLogger(__name__)


def setup(app):
    """Connect to Sphinx."""
    app.add_post_transform(InlineDrawings)


class InlineDrawings(SphinxPostTransform):
    """Check the alt text of all images of a page and inline its drawings."""

    default_priority = 20  # after MyST-NB has chosen what of a cell's output is shown (4)
    formats = ("html",)

    def run(self, **kwargs):
        """Go over the images of one page."""
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            alt = image.get("alt", "").strip()
            if not alt:
                message = "image %s has no alt text (in a code cell: mystnb: image: alt: ...)"
                logger.warning(message, image["uri"], location=image, type="bookext", subtype="alt")
            path = Path(self.app.srcdir) / image["uri"]
            if path.suffix == ".svg" and path.exists() and "var(--cn-" in (svg := path.read_text("utf-8")):
                image.replace_self(nodes.raw("", inline(svg, alt, f"f{number}-"), format="html"))


def inline(svg, alt, prefix):
    """Return `svg` ready to stand in a page: named, as wide as its column allows, its ids made unique.

    Parameters
    ----------
    svg : str
        One ``<svg>`` element with a ``width`` in pixels.
    alt : str
        What a screen reader says in its place.
    prefix : str
        Put before every id; one of its own for each drawing on a page.
    """
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\1{prefix}", svg)
    width = re.search(r'<svg[^>]*? width="(\d+)', svg)[1]
    start = f'<svg class="cn-drawing" role="img" aria-label="{html.escape(alt, quote=True)}"'
    svg = svg.replace("<svg", start, 1)
    return re.sub(r'(<svg[^>]*? style=")', rf"\1max-width: {width}px; ", svg, count=1)
