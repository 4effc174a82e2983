"""Reads a folder that a stranger filled: regular files of bounded number and size, and nothing else.

Everything is opened relative to the folder above it and without following a link, so that neither a link in
the folder nor one that appears while it is read leads anywhere else. A pipe, a socket or a device is never
opened, and nothing is written.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.positive import Positive

__all__ = ["Contents", "Limits", "OddError", "open_folder", "read_all", "read_file", "shown"]

MB = 1_000_000
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OddError(Exception):
    """Something is not a plain file or folder that may be read; the message says what it is instead."""


@dataclass(frozen=True)
class Limits(Positive):
    """How much is taken in of one submission.

    Attributes
    ----------
    notebook, file, total : int
        Bytes of the notebook, of any other file, and of all other files together.
    files, entries, depth : int
        Number of other files, of names that are looked at, and of folders below one another.
    cells, source : int
        Number of cells of the notebook, and characters of one cell.
    """

    notebook: int = 10 * MB
    file: int = 10 * MB
    total: int = 50 * MB
    files: int = 200
    entries: int = 5000
    depth: int = 6
    cells: int = 1000
    source: int = 200_000


@dataclass
class Contents:
    """The files of a folder by path, and why others were left out, by path."""

    files: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def open_folder(parent: Path, *names: str) -> Iterator[int]:
    """Open ``parent/name/name…`` and give its descriptor.

    Only ``parent`` may be reached through a link: it is the instructor's.

    Raises
    ------
    OddError
        One of the names is no folder.
    FileNotFoundError
        One of the names is not there.
    """
    with contextlib.ExitStack() as stack:
        opened = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        stack.callback(os.close, opened)
        for name in names:
            opened = _open(name, FOLDER, opened)
            stack.callback(os.close, opened)
        yield opened


def read_file(folder: int, name: str, most: int) -> tuple[bytes, float]:
    """Return the content of a regular file and the time of its last change.

    Raises
    ------
    OddError
        It is something else, or is longer than ``most`` bytes.
    FileNotFoundError
        It is not there.
    """
    _check(os.stat(name, dir_fd=folder, follow_symlinks=False), most)
    with os.fdopen(_open(name, FILE, folder), "rb") as file:
        found = os.fstat(file.fileno())
        _check(found, most)
        try:
            content = file.read(most + 1)
        except OSError as error:
            raise OddError(f"not readable ({error.strerror})") from error
    if len(content) > most:
        raise OddError(_too_long(len(content), most))
    return content, found.st_mtime


def read_all(folder: int, limits: Limits, wanted: Callable[[str], bool]) -> Contents:
    """Read the files below an open folder, those and in those folders whose path is ``wanted``.

    Hard links are left out: what is copied for a student must not be somebody else's file. (A notebook may be
    one. It is read for answers only, and whoever links to it would else keep its owner from being graded.)
    """
    contents = Contents()
    reading = _Reading(limits, wanted, contents)
    reading.folder(folder, "", limits.depth)
    return contents


def shown(name: str, most: int = 80) -> str:
    """Return a name so that it can be printed: control characters and what is no text as escapes."""
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _Reading:
    """One walk, with what is left of the limits."""

    def __init__(self, limits: Limits, wanted: Callable[[str], bool], contents: Contents):
        self.limits, self.wanted, self.contents = limits, wanted, contents
        self.entries, self.bytes = 0, 0

    def folder(self, opened: int, prefix: str, depth: int) -> None:
        for name in self._names(opened, prefix):
            path = prefix + name
            if not self.wanted(path):
                continue
            try:
                self._entry(opened, name, path, depth)
            except OddError as error:
                self.contents.left_out[path] = str(error)
            except FileNotFoundError:
                self.contents.left_out[path] = "gone before it could be read"

    def _names(self, opened: int, prefix: str) -> list[str]:
        """Return the names in a folder, sorted, as long as not too many have been looked at."""
        names = []
        with os.scandir(opened) as entries:
            for entry in entries:
                self.entries += 1
                if self.entries > self.limits.entries:
                    self.contents.left_out[prefix or "."] = f"more than {self.limits.entries} names"
                    break
                names.append(entry.name)
        return sorted(names)

    def _entry(self, opened: int, name: str, path: str, depth: int) -> None:
        if not name.isprintable():
            raise OddError("a name with characters that cannot be printed")
        seen = os.stat(name, dir_fd=opened, follow_symlinks=False)
        if stat.S_ISDIR(seen.st_mode):
            if depth == 0:
                raise OddError(f"more than {self.limits.depth} folders below one another")
            inner = _open(name, FOLDER, opened)
            try:
                self.folder(inner, f"{path}/", depth - 1)
            finally:
                os.close(inner)
            return
        if len(self.contents.files) >= self.limits.files:
            raise OddError(f"more than {self.limits.files} files")
        if seen.st_nlink > 1 and stat.S_ISREG(seen.st_mode):
            raise OddError("a hard link: the same file has another name elsewhere")
        content, _ = read_file(opened, name, self.limits.file)
        self.bytes += len(content)
        if self.bytes > self.limits.total:
            self.bytes -= len(content)
            raise OddError(f"more than {self.limits.total // MB} MB of files")
        self.contents.files[path] = content


def _open(name: str, flags: int, folder: int) -> int:
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise OddError("no name of a file or folder")
    try:
        return os.open(name, flags, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        kind = _kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        raise OddError(kind or f"not to be opened ({error.strerror})") from error


def _check(found: os.stat_result, most: int) -> None:
    """Raise unless this is a regular file of no more than ``most`` bytes."""
    if not stat.S_ISREG(found.st_mode):
        raise OddError(_kind(found.st_mode) or "a folder")
    if found.st_size > most:
        raise OddError(_too_long(found.st_size, most))


def _kind(mode: int) -> str:
    """Name what is neither file nor folder; empty for those."""
    kinds = {
        stat.S_IFLNK: "a link",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "")


def _too_long(size: int, most: int) -> str:
    return f"{size / MB:.1f} MB, of which at most {most / MB:g} MB are taken"
