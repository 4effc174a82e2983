"""Each page with code is offered as an executed notebook by the theme's download button.

A training notebook is made to be run elsewhere, so its page begins with two links: one opens it in Colab,
which reads notebooks from GitHub, where the built book is published; one hands it out for a Jupyter of one's
own. A first cell, which the page does not show, installs the package where it is missing.
"""

import html
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

__all__ = ["INSTALL", "colab_address", "setup"]

TRAINING = "training/"
"""Where the pages are that are made to be run elsewhere."""

PACKAGES = (
    "numpy scipy torch matplotlib scikit-learn scikit-image Pillow pooch tqdm lazy-loader threadpoolctl"
)
INSTALL = """\
# Installs the course's package where it is missing, for example on Colab.
import importlib.util

if importlib.util.find_spec("convnets") is None:
    packages = "git+{repository} {packages}"
    get_ipython().run_line_magic("pip", f"install --quiet {{packages}}")"""


def setup(app):
    """Connect to Sphinx, before the theme makes its buttons."""
    app.add_config_value("published_branch", "gh-pages", "env", str)
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
    if pagename.startswith(TRAINING):
        repository = app.config.html_theme_options["repository_url"]
        notebook.cells.insert(0, _install_cell(repository))
        context["body"] = _with_links(context["body"], pagename, repository, app.config.published_branch)
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    context["ipynb_source"] = f"{pagename}.ipynb"


def colab_address(repository, branch, pagename):
    """Return where Colab opens the notebook of a page of the published book.

    Parameters
    ----------
    repository : str
        ``https://github.com/OWNER/NAME``.
    branch : str
        Where the built book is published.
    pagename : str
        As in the table of contents.

    Raises
    ------
    ValueError
        If the repository is not on GitHub, from where Colab reads.
    """
    start = "https://github.com/"
    if not repository.startswith(start):
        raise ValueError(f"Colab opens notebooks from {start}OWNER/NAME, the repository is {repository}")
    name = repository.removeprefix(start).strip("/")
    return f"https://colab.research.google.com/github/{name}/blob/{branch}/_sources/{pagename}.ipynb"


def _with_links(body, pagename, repository, branch):
    """Return the page with its two links below the title."""
    name = pagename.split("/")[-1]
    colab = html.escape(colab_address(repository, branch, pagename), quote=True)
    links = (
        f'<p class="cn-run">Run it yourself: <a href="{colab}">open in Colab</a> (choose a GPU there), or '
        f'<a href="../_sources/{pagename}.ipynb" download="{name}.ipynb">take the notebook</a> to your own '
        "Jupyter.</p>"
    )
    return body.replace("</h1>", f"</h1>\n{links}", 1)


def _install_cell(repository):
    cell = nbformat.v4.new_code_cell(INSTALL.format(repository=repository, packages=PACKAGES))
    cell["id"] = "install"
    return cell


def _is_explorer(output):
    """Whether `output` is an explorer's page form: in Jupyter the cell, run again, shows it live."""
    return "data-bookwidget" in output.get("data", {}).get("text/html", "")
