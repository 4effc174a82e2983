"""Submissions as they come in, from whatever brings them: folders, downloads, nbgrader's exchange.

Each source yields `Received` submissions of one assignment, one at a time, and `Refused` for what is none.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from autograder.collecting import unpacking
from autograder.collecting.unpacking import Entry, Limits, Refused, UnreadableError
from autograder.lms import canvas, moodle
from autograder.lms.roster import Named

__all__ = ["Received", "from_archive", "from_exchange", "from_folder"]

Found = Iterable[Entry | Refused]


@dataclass
class Received:
    """What one student handed in at one time.

    Attributes
    ----------
    name, lms_id : str
        Of the student, as the source tells.
    files : dict
        Content by path.
    time : datetime or None
        When it was handed in, where the source tells.
    late : bool
        Whether the learning management system counts it as late.
    refused : list
        What was left out.
    """

    name: str
    lms_id: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    time: datetime | None = None
    late: bool = False
    refused: list[Refused] = field(default_factory=list)

    def add(self, path: str, found: Entry | Refused) -> None:
        """Read a file, or note why it is left out."""
        if isinstance(found, Refused):
            self.refused.append(Refused(path, found.reason))
            return
        if path in self.files:
            self.refused.append(Refused(path, "there are two files of this name; the later one was taken"))
        try:
            self.files[path] = found.read()
        except UnreadableError as error:
            self.refused.append(Refused(path, str(error)))


def from_archive(path: Path, limits: Limits) -> Iterator[Received | Refused]:
    """Yield the submissions of a download of Canvas or Moodle, or of a zip with a folder for each student."""
    with unpacking.opened(path, limits) as found:
        yield from _by_student(found)


def from_folder(folder: Path, limits: Limits) -> Iterator[Received | Refused]:
    """Yield the submissions in a folder.

    It may be an unpacked download of Canvas or Moodle, or hold for each student a folder
    (``ada/layers.ipynb`` or ``ada/layers/layers.ipynb``), an archive (``ada.zip``) or a notebook
    (``ada.ipynb``).
    """
    yield from _by_student(_walked(folder, limits))


def from_exchange(inbound: Path, slug: str, limits: Limits) -> Iterator[Received | Refused]:
    """Yield what lies in nbgrader's exchange: folders ``<student>+<assignment>+<time>[+<random>]``.

    Their order is that of handing in.
    """
    from nbgrader.utils import parse_utc

    timed = []
    for folder in sorted(inbound.glob(f"*+{slug}+*")):
        student, _, rest = folder.name.partition(f"+{slug}+")
        try:
            time = parse_utc(rest.split("+")[0]).replace(tzinfo=UTC)
            timed.append((time, student, folder))
        except (ValueError, OverflowError):
            yield Refused(folder.name, "its name holds no time as nbgrader writes it")
    for time, student, folder in sorted(timed):
        if folder.is_symlink() or not folder.is_dir():
            yield Refused(folder.name, "it is not a folder")
            continue
        one = Received(student, time=time)
        for found in _walked(folder, limits):
            one.add(found.path, found)
        yield one


def _by_student(found: Found) -> Iterator[Received | Refused]:
    """Put the files of a download together by student, and read those of one student at a time."""
    together: dict[tuple[str, str], list[tuple[Named, Entry | Refused]]] = {}
    for one in found:
        if named := canvas.named(one.path) or moodle.named(one.path) or _in_a_folder(one.path):
            together.setdefault((named.name, named.lms_id), []).append((named, one))
        else:
            yield one if isinstance(one, Refused) else Refused(one.path, "its name does not say whose it is")
    for (name, number), parts in together.items():
        received = Received(name, number, late=any(named.late for named, _ in parts))
        for named, one in sorted(parts, key=lambda part: part[0].order):
            received.add(named.path, one)
        yield received


def _in_a_folder(path: str) -> Named | None:
    """Take the first part of a path as the student's name."""
    student, slash, rest = path.partition("/")
    if slash:
        return Named(student, "", rest) if student not in ("", "..", ".") else None
    stem, dot, kind = path.rpartition(".")
    return Named(stem, "", path) if dot and kind in ("zip", "ipynb") else None


def _walked(folder: Path, limits: Limits) -> Iterator[Entry | Refused]:
    """Yield the files below a folder, never through a link."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in [*sorted(names), *(one for one in folders if (Path(root) / one).is_symlink())]:
            path = Path(root, name)
            relative = path.relative_to(folder).as_posix()
            if unpacking.ignored(relative):
                continue
            if reason := unpacking.problem_of_name(relative):
                yield Refused(relative, reason)
            else:
                yield Entry(relative, partial(_read, path, limits.file))


def _read(path: Path, most: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        reason = "it is a link" if path.is_symlink() else f"it cannot be read ({error.strerror})"
        raise UnreadableError(reason) from error
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableError("it is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise UnreadableError(f"it is larger than {most / 2**20:.3g} MiB")
    return content
