"""Build the book: derive pages, run notebooks side by side, let Jupyter Book write HTML, check what came out.

A warning is an error, and so is a build that built nothing: the pages are counted against the table of
contents and the executed cells against the sources, in the files that were written. Where no input has
changed and no output is missing, nothing is done.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from filelock import FileLock

__all__ = ["HTML", "ROOT", "BuildError", "BuildReport", "build", "contents"]

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
CELL_SECONDS = 300
INPUTS = ("_config.yml", "requirements.txt", "book", "src", "solutions", "autograder")
EXECUTED = ("requirements.txt", "book/results", "src/convnets", "autograder/costs.py")
"""What the output of a cell depends on."""
READ = (*EXECUTED, "_config.yml", "book/_toc.yml", "src/bookext")  # what Sphinx does not notice itself
DERIVED = ("book/assignments", "autograder/course")  # written by programs


class BuildError(Exception):
    """The book could not be built; the message says why."""


@dataclass(frozen=True)
class BuildReport:
    """What was built.

    Attributes
    ----------
    pages : int
        Pages of the table of contents.
    executed_cells : int
        Code cells that ran, on all pages.
    seconds : float
        What this call took.
    path : str
        The folder with ``index.html``.
    """

    pages: int
    executed_cells: int
    seconds: float
    path: str


def build(root: Path = ROOT, derive: Sequence[Callable[[Path], object]] | None = None) -> BuildReport:
    """Build the book at `root` into ``_build/html``, doing only what changed.

    Parameters
    ----------
    root : Path
        Folder with ``_config.yml`` and ``book/``.
    derive : sequence of functions, optional
        Each is called with the folder ``book`` and writes pages there; by default the assignments' pages.

    Raises
    ------
    BuildError
        When a cell fails, Jupyter Book warns, or pages or cells are missing from the result.
    """
    start = time.perf_counter()
    (root / "_build").mkdir(exist_ok=True)
    with FileLock(root / "_build" / "book.lock"):
        stamp = root / "_build" / "book.json"
        record, now = _read(stamp), _state(root)
        if record is None or {**record, "report": None} != {**now, "report": None}:
            stamp.unlink(missing_ok=True)
            _forget_what_changed(root, record, now)
            counts = _build(root, _assignments() if derive is None else derive)
            record = {**now, "outputs": listing(root), "report": counts}
            stamp.write_text(json.dumps(record), encoding="utf-8")
    return BuildReport(
        **record["report"], seconds=time.perf_counter() - start, path=str(root / "_build" / "html")
    )


def _state(root: Path) -> dict[str, str]:
    return {
        "inputs": fingerprint(root, INPUTS),
        "read": fingerprint(root, READ),
        "outputs": listing(root),
    }


def _read(stamp: Path) -> dict | None:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _forget_what_changed(root: Path, record: dict | None, now: dict[str, str]) -> None:
    """Delete what depends on files that neither the cache of outputs nor Sphinx looks at."""
    cache, depends = root / "_build" / ".jupyter_cache", fingerprint(root, EXECUTED)
    if not (cache / depends).exists():
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        (cache / depends).touch()
    if record is None or any(record[key] != now[key] for key in ("read", "outputs")):
        shutil.rmtree(root / "_build" / "html", ignore_errors=True)
        shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)


def _assignments() -> Sequence[Callable[[Path], object]]:
    from autograder.authoring import pages  # only where something is built: it loads all exercises

    return [pages.write]


def _build(root: Path, derive: Sequence[Callable[[Path], object]]) -> dict[str, int]:
    book = root / "book"
    for write in derive:
        write(book)
    names = contents(book)
    missing = [name for name in names if not (book / f"{name}.md").is_file()]
    if missing or not names:
        raise BuildError(
            f"{book / '_toc.yml'} names pages that do not exist: {', '.join(missing) or 'none at all'}"
        )
    cells = {name: code_cells(book / f"{name}.md") for name in names}
    notebooks = [str(book / f"{name}.md") for name, count in cells.items() if count]
    print(f"Building the book: {len(names)} pages, {len(notebooks)} of them with code ...", flush=True)
    _run(
        root,
        "a notebook failed",
        "-m",
        "course.execution",
        root / "_build/.jupyter_cache",
        CELL_SECONDS,
        *notebooks,
    )
    jupyter_book = "from jupyter_book.cli.main import main; main()"
    options = ("-W", "-n", "--keep-going", "--config", root / "_config.yml", "--path-output", root)
    _run(root, "Jupyter Book reports", "-c", jupyter_book, "build", book, *options)
    check(root / "_build" / "html", cells)
    return {"pages": len(names), "executed_cells": sum(cells.values())}


def contents(book: Path) -> list[str]:
    """Return the pages of the table of contents in order, without suffix."""
    return list(_files(yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))))


def _files(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (str(node[key]) for key in ("root", "file") if key in node)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _files(child)


def code_cells(page: Path) -> int:
    """Return the number of code cells of a MyST page; an empty one is an error."""
    from myst_nb.core.read import read_myst_markdown_notebook

    text = page.read_text(encoding="utf-8")
    if "{code-cell}" not in text:
        return 0
    notebook = read_myst_markdown_notebook(text, path=page)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if not all(source.strip() for source in sources):
        raise BuildError(f"{page} has an empty code cell")
    return len(sources)


def fingerprint(root: Path, names: Sequence[str]) -> str:
    """Return a hash of the names and contents of all files below `names`, derived ones left out."""
    digest = hashlib.sha256()
    for name in names:
        if (root / name).is_file():
            _add(digest, root / name, root)
        for folder, folders, files in os.walk(root / name):
            kept = (each for each in folders if not _is_derived(Path(folder, each).relative_to(root)))
            folders[:] = sorted(kept)
            for file in sorted(files):
                _add(digest, Path(folder, file), root)
    return digest.hexdigest()


def _is_derived(folder: Path) -> bool:
    return folder.as_posix() in DERIVED or folder.name.startswith((".", "__")) or folder.suffix == ".egg-info"


def _add(digest, path: Path, root: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\0".encode() + content)


def listing(root: Path) -> str:
    """Return a hash of the names and sizes of all files of the built book."""
    html = root / "_build" / "html"
    files = sorted(
        f"{path.relative_to(html)} {path.stat().st_size}" for path in html.rglob("*") if path.is_file()
    )
    return hashlib.sha256("\n".join(files).encode()).hexdigest()


def _run(root: Path, failure: str, *arguments: object) -> None:
    """Run this Python with the book's environment; raise BuildError with what it printed where it fails."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {
        "CONVNETS_SIZE": "recorded",
        "CONVNETS_STATIC": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": path,
        "PYTHONWARNINGS": "",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:  # a pipe can be held open
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            log.seek(0)
            raise BuildError(f"The book was not built: {failure}:\n{_telling(log.read())}")


def _telling(log: str) -> str:
    """Return of a log what explains a failure: warnings, else its end, without kernels' chatter."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", log)  # without colours
    lines = [line for line in plain.splitlines() if "[IPKernelApp]" not in line]
    warnings = [line for line in lines if re.search(r"(^|: )(WARNING|ERROR|CRITICAL): ", line)]
    return "\n".join(warnings or lines[-150:])


def check(html: Path, cells: dict[str, int]) -> None:
    """Raise BuildError unless each page was written and each of its code cells ran without an error.

    Parameters
    ----------
    html : Path
        The built folder.
    cells : dict
        Number of code cells in the source of each page.
    """
    for name, expected in cells.items():
        page = html / f"{name}.html"
        if not page.is_file() or "<h1" not in page.read_text(encoding="utf-8"):
            raise BuildError(f"The book was not built: {page} is missing or has no heading")
        if expected:
            executed = _executed(html / "_sources" / f"{name}.ipynb")
            if executed != expected:
                raise BuildError(
                    f"The book was not built: {executed} of {expected} code cells of {name} were executed"
                )


def _executed(notebook: Path) -> int:
    if not notebook.is_file():
        return 0
    cells = [
        cell
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    failed = [cell for cell in cells if any(output["output_type"] == "error" for output in cell["outputs"])]
    if failed:
        raise BuildError(
            f"The book was not built: {notebook.stem} shows an error in\n{''.join(failed[0]['source'])}"
        )
    return sum(cell["execution_count"] is not None for cell in cells)
