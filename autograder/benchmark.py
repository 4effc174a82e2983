"""How fast this grader is beside stock nbgrader: the same submissions of an assignment that imports PyTorch.

Both are started as an instructor would start them, one after the other in every round, and each is timed from
its start to its end. Ours has its sandbox and its oracle on; stock nbgrader has neither.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

from autograder.authoring import release
from autograder.engine import grading
from autograder.layout import PROJECT, Course, write_if_changed
from convnets.timing import processor

__all__ = ["Measured", "main", "measure", "show"]

ASSIGNMENT = "seeing"
FOLDER = "benchmark_solutions"
"""Of the copy of the assignment; a package of its own name beside ``solutions``."""

STOCK = "import sys; from nbgrader.apps.nbgraderapp import main; sys.exit(main())"
OURS = (
    "import sys; from pathlib import Path; from autograder.__main__ import main; "
    "from autograder.layout import Course; sys.exit(main(sys.argv[3:], Course(*map(Path, sys.argv[1:3]))))"
)
INSIDE = (
    "import json, sys; from pathlib import Path; from autograder import benchmark; "
    "from autograder.layout import Course; "
    "print(json.dumps(benchmark.inside(Course(*map(Path, sys.argv[1:3])), sys.argv[3], int(sys.argv[4]))))"
)


@dataclass
class Measured:
    """What was measured, one value for each round.

    Seconds of a whole run (``stock``, ``ours``), of a single submission (``first``) and of the one writer for
    each submission (``writer``); megabytes for each submission at a time (``memory``).
    """

    submissions: int
    jobs: int
    stock: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    writer: list[float] = field(default_factory=list)


def measure(
    submissions: int = 48,
    rounds: int = 3,
    jobs: int | None = None,
    slug: str = ASSIGNMENT,
    said: Callable[[str], None] = print,
) -> Measured:
    """Time stock nbgrader and this grader.

    Parameters
    ----------
    submissions, rounds : int
    jobs : int, optional
        Submissions at a time; the grader's default unless given.
    slug : str
        An assignment of the course; PyTorch is imported in its first cell.
    said : callable
        Called with a line after every step.
    """
    jobs = jobs or grading.default_jobs()
    measured = Measured(submissions, jobs)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        course = _course(Path(name), slug, submissions)
        stock = _stock(course)
        for number in range(1, rounds + 1):
            measured.stock.append(_timed(STOCK, "autograde", slug, "--force", folder=stock))
            paths = (str(course.root), str(course.solutions))
            command = ("grade", "--assignment", slug, "--force", "--jobs", str(jobs))
            measured.ours.append(_timed(OURS, *paths, *command, folder=PROJECT))
            found = json.loads(_run(INSIDE, *paths, slug, str(jobs), folder=PROJECT))
            for name, value in found.items():
                getattr(measured, name).append(value)
            seconds = f"stock {measured.stock[-1]:.0f} s, ours {measured.ours[-1]:.0f} s"
            said(f"round {number} of {rounds}: {seconds}")
    return measured


def inside(course: Course, slug: str, jobs: int) -> dict[str, float]:
    """Grade in this process, and say how long one takes when all is warm, and what one more needs."""
    students = course.students(slug)
    grading.grade(slug, course, students[:1], force=True)
    start = time.perf_counter()
    grading.grade(slug, course, students[1:2], force=True)
    first = time.perf_counter() - start
    before, most = _memory(), [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], _memory())

    watching = threading.Thread(target=watch)
    watching.start()
    start = time.thread_time()
    done = grading.grade(slug, course, students[: 3 * jobs], force=True, jobs=jobs)
    writer = (time.thread_time() - start) / len(done)
    over.set()
    watching.join()
    return {"first": first, "memory": (most[0] - before) / 1e6 / jobs, "writer": writer}


def _memory() -> int:
    """Return the memory of this process and of all that it has started, shared pages counted once."""
    me, total = psutil.Process(), 0
    for process in (me, *me.children(recursive=True)):
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has ended meanwhile
        total += next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
    return total


def _course(folder: Path, slug: str, submissions: int) -> Course:
    """Release a copy of the assignment that imports PyTorch, and hand in its solution many times."""
    course = Course(folder / "course", folder / FOLDER)
    copy = course.solutions / slug
    copy.mkdir(parents=True)
    text = (PROJECT / "solutions" / slug / f"{slug}.md").read_text(encoding="utf-8")
    (copy / f"{slug}.md").write_text(
        text.replace("import numpy as np\n", "import numpy as np\nimport torch\n", 1)
    )
    names = "EXERCISES, INTRODUCTION, TITLE" if "INTRODUCTION" in _names(slug) else "EXERCISES, TITLE"
    (copy / "exercises.py").write_text(f"from solutions.{slug}.exercises import {names}\n")
    release.release(slug, course)
    notebook = _solved(course, slug)
    for number in range(submissions):
        handed_in = course.submitted(f"student-{number:03}", slug)
        handed_in.mkdir(parents=True)
        (handed_in / f"{slug}.ipynb").write_text(notebook)
    return course


def _names(slug: str) -> set[str]:
    return set((PROJECT / "solutions" / slug / "exercises.py").read_text(encoding="utf-8").split())


def _solved(course: Course, slug: str) -> str:
    """Return the released notebook with the solutions in its answer cells."""
    solved, released = (
        nbformat.read(folder / f"{slug}.ipynb", as_version=4)
        for folder in (course.source(slug), course.release(slug))
    )
    right = {
        cell.metadata.nbgrader.grade_id: cell.source for cell in solved.cells if "nbgrader" in cell.metadata
    }
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = right[cell.metadata.nbgrader.grade_id]
    return nbformat.writes(released)


def _stock(course: Course) -> Path:
    """Return a copy of the course that stock nbgrader grades with its defaults."""
    folder = course.root.parent / "stock"
    shutil.copytree(course.root, folder, ignore=shutil.ignore_patterns("nbgrader_config.py"))
    return folder


def _timed(code: str, *arguments: str, folder: Path) -> float:
    start = time.perf_counter()
    _run(code, *arguments, folder=folder)
    return time.perf_counter() - start


def _run(code: str, *arguments: str, folder: Path) -> str:
    """Run Python code in a process of its own and return what it printed."""
    paths = [str(PROJECT / "src"), str(PROJECT)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"a measured run failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
    return done.stdout


def show(measured: Measured, console: Console | None = None) -> None:
    """Print the table: medians, and between which values the rounds lay."""
    n = measured.submissions
    title = f"{n} submissions, {measured.jobs} at a time, {len(measured.ours)} rounds, {os.cpu_count()} cores"
    table = Table("", "median", "least", "most", "target", title=title)
    ratios = [old / new for old, new in zip(measured.stock, measured.ours, strict=True)]
    for name, values, form, target in (
        ("stock nbgrader, submissions per minute", [60 * n / s for s in measured.stock], "{:.1f}", ""),
        ("this grader, submissions per minute", [60 * n / s for s in measured.ours], "{:.1f}", ""),
        ("times as fast, in one round", ratios, "{:.1f}", "≥ 10"),
        ("first result, all warm, seconds", measured.first, "{:.2f}", "≤ 2"),
        ("memory for one more at a time, MB", measured.memory, "{:.0f}", "≤ 150"),
        ("of the one writer, seconds each", measured.writer, "{:.3f}", ""),
    ):
        shown = [form.format(value) for value in (statistics.median(values), min(values), max(values))]
        table.add_row(name, *shown, target)
    (console or Console()).print(table)


def main(
    submissions: int, rounds: int, jobs: int | None, slug: str | None, out: str | None = None, note: str = ""
) -> None:
    """Measure, print the table, and write a record of the run if a file is named."""
    measured = measure(submissions, rounds, jobs, slug or ASSIGNMENT)
    show(measured)
    if out:
        circumstances = {"hardware": processor(), "cores": os.cpu_count(), "note": note}
        versions = {name: version(name) for name in ("nbgrader", "numpy", "torch")}
        record = circumstances | {"versions": {"python": platform.python_version()} | versions}
        write_if_changed(Path(out), json.dumps(record | asdict(measured), indent=1) + "\n")
