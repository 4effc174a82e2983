"""Entries of the bibliography without ARIA roles that were withdrawn (WAI-ARIA DPUB 1.1: doc-biblioentry)."""

from docutils import nodes

__all__ = ["setup"]


def setup(app):
    """Connect to Sphinx."""
    app.add_node(nodes.citation, override=True, html=(visit, depart))


def visit(translator, node):
    """Open an entry."""
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def depart(translator, node):
    """Close it."""
    translator.body.append("</div>\n")
