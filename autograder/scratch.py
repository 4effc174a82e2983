"""Temporary folders of this process, all in one that is removed with it, and those a killed grader left.

A process that is killed removes nothing. So each keeps a lock on its folder while it lives, and the next
grader removes every folder whose lock is free, and ends what is left of the sandboxes that show it.
"""

import atexit
import contextlib
import os
import shutil
import stat
import tempfile
import threading
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

__all__ = ["new", "remove", "sweep"]

PREFIX, LOCK = "convnets-", ".lock"
LONGEST = 40  # characters of a folder in which a socket's path still fits into the 107 the system allows
ROUNDS = 5
_making = threading.Lock()
_mine: dict[int, tuple[Path, FileLock]] = {}


def new(within: Path | None = None) -> Path:
    """Make an empty folder in this process's own, or within one that was made like this."""
    return Path(tempfile.mkdtemp(dir=within or _own()))


def remove(folder: Path) -> None:
    """Remove a folder, whatever rights a student's process left in it; links stay links."""

    def open_up(function, path, _):
        os.chmod(Path(path).parent, 0o700)
        if not os.path.islink(path):
            os.chmod(path, 0o700)
        function(path)

    if folder.exists():
        shutil.rmtree(folder, onerror=open_up)


def _own() -> Path:
    """Return this process's folder, made at the first call; a forked process has another than its parent."""
    with _making:
        if os.getpid() not in _mine:
            _mine[os.getpid()] = _make()
            atexit.register(_leave, os.getpid())
    return _mine[os.getpid()][0]


def _make() -> tuple[Path, FileLock]:
    place = Path(tempfile.gettempdir())
    if len(str(place)) > LONGEST:
        place = Path("/tmp")
    sweep(place)
    making = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}", dir=place))
    making.chmod(0o711)  # the user that a sandbox belongs to passes through it
    lock = FileLock(making / LOCK, thread_local=False)
    lock.acquire()
    folder = making.with_name(making.name.removeprefix("new-"))
    making.rename(folder)  # it gets the name under which it is looked for when it is locked
    return folder, lock


def _leave(process: int) -> None:
    if process == os.getpid():  # and not a copy of the process that made it
        folder, lock = _mine.pop(process)
        _end_sandboxes(folder)
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def sweep(place: Path) -> None:
    """Remove the folders in ``place`` that belong to this user and whose process is gone."""
    for folder in place.glob(f"{PREFIX}*"):
        if _is_ours(folder) and _is_ours(folder / LOCK) and _is_free(folder / LOCK):
            _end_sandboxes(folder)
            remove(folder)


def _end_sandboxes(folder: Path) -> None:
    """End what is left of sandboxes that show something in a folder.

    They end with their grader, but for one: if bubblewrap's outermost process is killed before its inner one
    has been told to go on, or to end with it, that stays.
    """
    for _ in range(ROUNDS):  # one may have been about to start another
        left = [process for process in psutil.process_iter(["name", "cmdline"]) if _shows(process, folder)]
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if not left:
            break
        psutil.wait_procs(left, timeout=1)


def _shows(process: psutil.Process, folder: Path) -> bool:
    words = process.info["cmdline"] or ()
    shuts_in = process.info["name"] == "bwrap" or "autograder.sandbox.unroot" in words
    return shuts_in and any(Path(word).is_relative_to(folder) for word in words)


def _is_ours(path: Path) -> bool:
    """Whether it is a file or folder of this user's, and no link that somebody else laid."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return not stat.S_ISLNK(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())


def _is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except (Timeout, OSError):
        return False
