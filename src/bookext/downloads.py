"""Each page with code is offered as an executed notebook by the theme's download button."""

from pathlib import Path

import nbformat
from jupyter_cache import get_cache

__all__ = ["setup"]


def setup(app):
    """Connect to Sphinx, before the theme makes its buttons."""
    app.connect("html-page-context", offer_notebook, priority=400)


def offer_notebook(app, pagename, templatename, context, doctree):
    """Write ``_sources/<page>.ipynb`` and tell the theme, where the page was executed."""
    source = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"  # without outputs
    if doctree is None or pagename not in app.env.nb_metadata or not source.exists():
        return
    cache = get_cache(app.env.mystnb_config.execution_cache_path)
    try:
        _, notebook = cache.merge_match_into_notebook(nbformat.read(source, as_version=4))
    except KeyError:  # it failed, which the build says elsewhere
        return
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_explorer(output)]
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    context["ipynb_source"] = f"{pagename}.ipynb"


def _is_explorer(output):
    """Whether `output` is an explorer's page form: in Jupyter the cell, run again, shows it live."""
    return "data-bookwidget" in output.get("data", {}).get("text/html", "")
