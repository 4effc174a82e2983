"""What the book needs beyond Jupyter Book, as one Sphinx extension.

- `figures` puts drawings into the page, so that they take its colours, and asks every image for alt text;
- `formulas` renders mathematics while the book is built;
- `downloads` offers each chapter as a notebook;
- `assets` adds the files that pages load, and drops those they need not load;
- `citations` writes the entries of the bibliography in valid HTML.
"""

from bookext import assets, citations, downloads, figures, formulas

__all__ = ["setup"]


def setup(app):
    """Connect all parts to Sphinx."""
    for part in (assets, citations, downloads, figures, formulas):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
