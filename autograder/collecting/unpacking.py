"""Reads zip archives of unknown origin: bounded in every direction, links never followed.

Nothing is written here. `opened` gives the files that may be taken, each to be read when it is needed, and
says why anything else may not. Sizes are counted while reading: an archive's own list only claims them.
"""

import contextlib
import functools
import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = [
    "Entry",
    "Limits",
    "Refused",
    "UnreadableError",
    "ignored",
    "is_zip",
    "opened",
    "problem_of_name",
]

CHUNK = 1 << 16
NOISE = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"}
DRIVE = re.compile(r"[A-Za-z]:")
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Limits:
    """How much is taken.

    Attributes
    ----------
    file : int
        Bytes of one file.
    submission : int
        Bytes of everything one student hands in at once.
    files : int
        Files of one submission.
    archive : int
        Bytes of a whole download, unpacked.
    entries : int
        Entries of an archive.
    ratio : int
        How many times larger than packed a file may become; notebooks reach 20.
    """

    file: int = 50 * 2**20
    submission: int = 100 * 2**20
    files: int = 200
    archive: int = 20 * 2**30
    entries: int = 100_000
    ratio: int = 200


@dataclass(frozen=True)
class Refused:
    """Something that was not taken, and why."""

    path: str
    reason: str


class UnreadableError(Exception):
    """A file cannot be taken; the message says why."""


@dataclass(frozen=True)
class Entry:
    """A file that may be taken: its path, and a function that reads it or raises `UnreadableError`."""

    path: str
    read: Callable[[], bytes]


def is_zip(data: bytes) -> bool:
    """Say whether some bytes begin as a zip archive does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def ignored(path: str) -> bool:
    """Say whether a path is what computers and Jupyter leave behind, which nobody means to hand in."""
    return bool(NOISE & set(PurePosixPath(path).parts)) or PurePosixPath(path).name.startswith("._")


def problem_of_name(path: str) -> str:
    """Say why a path cannot be the name of a file within a submission; empty where it can."""
    parts = path.split("/")
    if path.startswith("/") or DRIVE.match(path):
        return "it is an absolute path"
    if ".." in parts:
        return "it leads out of its folder"
    if "\\" in path or not path.isprintable():
        return "its name holds a backslash or a control character"
    if not all(parts) or "." in parts:
        return "its name has an empty part"
    if len(parts) > 10 or any(len(part.encode(errors="replace")) > 200 for part in parts):
        return "its name is too long"
    return ""


@contextlib.contextmanager
def opened(source: Path | bytes, limits: Limits) -> Iterator[list[Entry | Refused]]:
    """Open an archive; give its files, not read yet, and what is refused.

    One that cannot be read at all is a single `Refused` without a path.

    Parameters
    ----------
    source : Path or bytes
    limits : Limits
    """
    with contextlib.ExitStack() as stack:
        try:
            file = io.BytesIO(source) if isinstance(source, bytes) else source
            archive = stack.enter_context(zipfile.ZipFile(file))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            yield [Refused("", f"it is not a zip archive that can be read ({error})")]
        else:
            yield list(_entries(archive, limits))


def _entries(archive: zipfile.ZipFile, limits: Limits) -> Iterator[Entry | Refused]:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        yield Refused("", f"it holds {len(entries)} entries, more than {limits.entries}")
        return
    left, seen = _Left(limits.archive), set()
    for entry in entries:
        name = entry.orig_filename.removesuffix("/") if entry.is_dir() else entry.orig_filename
        if ignored(name):
            continue
        if reason := _problem(entry, name, seen):
            yield Refused(name, reason)
        elif not entry.is_dir():
            seen.add(name)
            yield Entry(name, functools.partial(_read, archive, entry, left, limits))


def _problem(entry: zipfile.ZipInfo, name: str, seen: set[str]) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return "it is a link"
    if kind and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return "it is not a regular file"
    if entry.flag_bits & 0x1:
        return "it is encrypted"
    return problem_of_name(name) or ("the archive holds it twice" if name in seen else "")


@dataclass
class _Left:
    """Bytes that may still be unpacked from an archive."""

    bytes: int


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: _Left, limits: Limits) -> bytes:
    """Return the content of an entry, reading no further than is allowed, whatever size it claims."""
    most = min(limits.file, left.bytes)
    allowed = min(most, max(CHUNK, limits.ratio * entry.compress_size))
    try:
        with archive.open(entry) as file:
            content = file.read(allowed + 1)
    except DAMAGED as error:
        raise UnreadableError(f"it cannot be unpacked ({error or type(error).__name__})") from error
    if len(content) > allowed:
        bomb = ", like a zip bomb" if allowed < most else ""
        raise UnreadableError(f"it unpacks to more than {allowed / 2**20:.3g} MiB{bomb}")
    left.bytes -= len(content)
    return content
