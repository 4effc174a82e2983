"""Looks through files that learners get for anything of a solution, a hidden case or a mistake.

What counts is what `autograder.authoring.release.leaks` counts: a line that stands in these and nowhere in
what the learner is meant to see. It is searched for in every file, whatever it is called: in the text of HTML
without its tags, in the texts of notebooks and other JSON, in the files of archives within archives, and in
the bytes of everything else.

A line such as ``for n in range(N):`` stands in many an answer, and the book prints code of ``convnets`` on
purpose. So a line is no leak by itself where another assignment's release shows it too, nor, in the site,
where it stands in the book's sources or in ``convnets``. Three such lines of one solution in a row are one.
"""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.authoring.exercises import load
from autograder.authoring.release import lines, secret_lines, secret_texts, texts
from autograder.layout import PROJECT, Course

__all__ = ["Leak", "find"]

IN_A_ROW = 3
DEEPEST = 5  # archives within archives
FORBIDDEN = re.compile(r"(^|/)(exercises\.py|gradebook\.db.*|grades\.csv|[^/]*\.pyc|timestamp\.txt)$")


@dataclass(frozen=True, order=True)
class Leak:
    """A line that must not be given out: the file it stands in, where it comes from, and the line."""

    file: str
    where: str
    line: str


@dataclass(frozen=True)
class _Secrets:
    """What is looked for: lines with where they come from, those the book may print, and rows of lines."""

    lines: dict[str, str]
    printed: frozenset[str]
    rows: dict[tuple[str, ...], str]


def find(folder: Path, slugs: list[str], course: Course) -> list[Leak]:
    """Return what the files in a folder would give away of some assignments; ``site`` in it is the book."""
    secrets, found = _secrets(slugs, course), set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.add(Leak(name, "a link", "where it leads cannot be published"))
        elif path.is_file():
            for inner, content in _unpacked(name, path.read_bytes()):
                found |= set(_leaks(inner, content, secrets))
    return sorted(found)


def _secrets(slugs: list[str], course: Course) -> _Secrets:
    released = {slug: _released(slug, course) for slug in slugs}
    secret, rows = {}, {}
    for slug in slugs:
        assignment = load(slug, course.solutions)
        mine = secret_lines(assignment, course)
        for where, text in secret_texts(assignment, course):
            rows |= dict.fromkeys((row for row in _rows(list(lines(text))) if set(row) <= mine.keys()), where)
        elsewhere = set().union(*(found for other, found in released.items() if other != slug))
        secret |= {line: f"{slug}, {where}" for line, where in mine.items() if line not in elsewhere}
    sources = [*(PROJECT / "book").glob("*.md"), *(PROJECT / "src" / "convnets").rglob("*.py")]
    printed = frozenset(line for path in sources for line in lines(path.read_text(encoding="utf-8")))
    return _Secrets(secret, printed, rows)


def _released(slug: str, course: Course) -> set[str]:
    cells = nbformat.read(course.release(slug) / f"{slug}.ipynb", as_version=4).cells
    return {line for cell in cells for line in lines(cell.source)}


def _rows(there: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(there[start:] for start in range(IN_A_ROW)), strict=False)


def _unpacked(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield a file, or the files of an archive."""
    if depth < DEEPEST and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from _unpacked(f"{name}/{inner}", archive.read(inner), depth + 1)
    else:
        yield name, content


def _leaks(name: str, content: bytes, secrets: _Secrets) -> Iterator[Leak]:
    if FORBIDDEN.search(name):
        yield Leak(name, "its name", "a file of this name is the instructor's")
    in_book = name.startswith("site/") and ".zip/" not in name
    for text in _readings(content):
        there = list(lines(text))
        for line in secrets.lines.keys() & set(there):
            if not (in_book and line in secrets.printed):
                yield Leak(name, secrets.lines[line], line)
        for row in secrets.rows.keys() & set(_rows(there)):
            yield Leak(name, secrets.rows[row], " ⏎ ".join(row))


def _readings(content: bytes) -> Iterator[str]:
    """Yield the texts of JSON; of any other file its text as it stands, and as a browser shows it."""
    text = content.decode("utf-8", errors="replace")
    try:
        yield from texts(json.loads(text))
        return
    except (ValueError, RecursionError):
        yield text
    if "<" in text:
        yield html.unescape(re.sub(r"<[^>]*>", "", text))
    if "\\n" in text:
        yield text.replace("\\n", "\n").replace('\\"', '"')
