"""Puts a submission where nbgrader looks for it, and never anything over what lies there already."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.layout import Course

__all__ = ["Stored", "store"]

TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Stored:
    """Where a submission went.

    Attributes
    ----------
    status : {"new", "unchanged", "newer", "kept"}
        ``new``: the student's first. ``unchanged``: it was there already. ``newer``: it is what is graded
        now, and the one before it is kept. ``kept``: it is kept, and the one before it is still graded.
    folder : Path
        Where it lies.
    """

    status: str
    folder: Path


def store(
    student: str,
    slug: str,
    files: dict[str, bytes],
    time: datetime | None,
    course: Course,
    update: bool,
    now: datetime,
) -> Stored:
    """Write a submission into ``submitted/<student>/<slug>``, or into ``kept/`` where one lies there.

    Parameters
    ----------
    student, slug : str
    files : dict
        Content by path; ``timestamp.txt`` is not among them.
    time : datetime or None
        When it was handed in, where that is known.
    course : Course
    update : bool
        Whether a later submission takes the place of the one before, which is then kept.
    now : datetime
        Time of collecting, which stands for an unknown one in the name of a kept folder.

    Raises
    ------
    OSError
        It cannot be written, for example because one path needs a folder where another needs a file. Nothing
        is left behind then.
    """
    place, kept = course.submitted(student, slug), course.kept(student, slug)
    before = [place, *(sorted(kept.iterdir()) if kept.is_dir() else ())]
    if same := next((folder for folder in before if _holds(folder, files)), None):
        return Stored("unchanged", same)
    incoming = _written(files, time, course)
    if not place.exists():
        return Stored("new", _moved(incoming, place))
    if update and _is_later(time, place):
        _moved(place, _free(kept, _time_of(place) or datetime.fromtimestamp(place.stat().st_mtime, UTC)))
        return Stored("newer", _moved(incoming, place))
    return Stored("kept", _moved(incoming, _free(kept, time or now)))


def _holds(folder: Path, files: dict[str, bytes]) -> bool:
    """Say whether a folder holds these files and, but for the time, no others."""
    there = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    there.pop(TIMESTAMP, None)
    return (
        there.keys() == files.keys()
        and all(
            path.is_file() and not path.is_symlink() and path.stat().st_size == len(files[name])
            for name, path in there.items()
        )
        and folder.is_dir()
        and all(path.read_bytes() == files[name] for name, path in there.items())
    )


def _written(files: dict[str, bytes], time: datetime | None, course: Course) -> Path:
    folder = course.root / "kept" / f".incoming.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    stamp = {} if time is None else {TIMESTAMP: f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()}
    try:
        folder.mkdir(parents=True)
        for name, content in {**files, **stamp}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _moved(folder: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    return folder.rename(to)


def _is_later(time: datetime | None, place: Path) -> bool:
    """Say whether a time is after that of a submission; what has no time came after what is there."""
    known = _time_of(place)
    return time is None or known is None or time > known


def _time_of(place: Path) -> datetime | None:
    from nbgrader.utils import parse_utc

    try:
        return parse_utc((place / TIMESTAMP).read_text().strip()).replace(tzinfo=UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _free(kept: Path, time: datetime) -> Path:
    """Return a folder that does not exist yet, called after the time."""
    name = f"{time.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}"
    number = 1
    while (folder := kept / (name if number == 1 else f"{name}.{number}")).exists():
        number += 1
    return folder
