"""Ends sandboxes that take more memory or time than they may; one thread looks after all of them.

The limits that a process sets itself hold for that process. What a whole sandbox takes, its children
included, is added up here from ``/proc``, which needs no rights and no control groups.
"""

import os
import stat
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox.limits import MB, Limits

__all__ = ["Watched", "unwatch", "watch"]

INTERVAL = 0.25  # seconds; a process needs about that long to write to a gigabyte of fresh memory
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(eq=False)
class Watched:
    """A sandbox: its outermost process, what it may take, and what to do when it takes more."""

    process: int
    limits: Limits
    sockets: Path
    end: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)


_watched: set[Watched] = set()
_changed = threading.Condition()
_thread: threading.Thread | None = None


def watch(sandbox: Watched) -> None:
    """Look after a sandbox until `unwatch` is called or it has been ended."""
    global _thread
    with _changed:
        _watched.add(sandbox)
        _changed.notify()
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_look_after_all, name="sandbox watchdog", daemon=True)
            _thread.start()


def unwatch(sandbox: Watched) -> None:
    """Forget a sandbox."""
    with _changed:
        _watched.discard(sandbox)


def _look_after_all() -> None:
    while True:
        with _changed:
            while not _watched:
                _changed.wait()
            now = list(_watched)
        children = _children()
        for sandbox in now:
            if reason := _excess(sandbox, children):
                unwatch(sandbox)
                sandbox.end(reason)
        time.sleep(INTERVAL)


def _children() -> dict[int, list[int]]:
    """Return the children of every process of this machine that can be seen."""
    found = defaultdict(list)
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = Path(f"/proc/{name}/stat").read_text(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        parent = text.rpartition(")")[2].split()[1]
        found[int(parent)].append(int(name))
    return found


def _excess(sandbox: Watched, children: dict[int, list[int]]) -> str:
    """Say what a sandbox takes too much of; empty where it does not."""
    limits = sandbox.limits
    if time.monotonic() - sandbox.started > limits.wall_seconds:
        return f"the whole notebook took longer than {limits.wall_seconds:g} seconds"
    if _holds_files(sandbox.sockets):
        return "it wrote files where only its sockets may be"
    family, new = [], [sandbox.process]
    while new:
        family.append(new.pop())
        new += children.get(family[-1], [])
    if _memory(family, _resident) > limits.memory * MB and _memory(family, _share) > limits.memory * MB:
        return f"it took more than {limits.memory} megabytes of memory"
    return ""


def _holds_files(sockets: Path) -> bool:
    """Whether anything but a socket lies in the one folder that a sandbox shares with the machine."""
    try:
        with os.scandir(sockets) as entries:
            return any(not stat.S_ISSOCK(entry.stat(follow_symlinks=False).st_mode) for entry in entries)
    except OSError:
        return False  # it is being made or removed


def _memory(processes: list[int], of: Callable[[int], int]) -> int:
    total = 0
    for process in processes:
        try:
            total += of(process)
        except (OSError, ValueError, IndexError):
            continue  # it has ended meanwhile
    return total


def _resident(process: int) -> int:
    """Return the memory of a process, what it shares with others in full: quick, and never too little."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE


def _share(process: int) -> int:
    """Return the memory of a process, what it shares with others divided among them."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return _resident(process)
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
