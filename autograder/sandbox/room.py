"""The folder of one kernel on the machine's side: sockets, connection file, the files a student may have."""

import json
import os
import shutil
import stat
from pathlib import Path

from autograder import scratch
from autograder.sandbox import bubblewrap, inside
from autograder.sandbox.limits import MB, Limits

__all__ = ["make", "shared", "write_connection"]

MOST_FILES = 1000
PASSWD = f"student:x:{bubblewrap.UID}:{bubblewrap.UID}::{bubblewrap.HOME}:/bin/sh\n"


def make(work: Path | None, limits: Limits, within: Path | None = None) -> Path:
    """Make a kernel's folder, with copies of the files that its notebook comes with, and return it.

    Parameters
    ----------
    work : Path or None
        The folder that the notebook expects to be in. Only regular files are copied, no link is followed, and
        no notebook is: a graded one lies there too.
    limits : Limits
        Copied are files up to half the scratch folder's size.
    within : Path, optional
        What `shared` made, for a kernel that is forked from a warm process.
    """
    folder = scratch.new(within)
    for name in ("sockets", "files"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    _write_passwd(folder)
    if work is not None:
        _copy(work, folder / "files", limits.disk * MB // 2)
    _give_away(folder, folder / "sockets")
    return folder


def shared() -> Path:
    """Make a folder for the folders of all kernels that are forked from one process."""
    folder = scratch.new()
    _write_passwd(folder)
    _give_away(folder)
    return folder


def _write_passwd(folder: Path) -> None:
    (folder / "passwd").write_text(PASSWD)
    (folder / "passwd").chmod(0o644)


def _give_away(*folders: Path) -> None:
    """Let the user that a sandbox belongs to enter and change folders."""
    if os.geteuid() == 0:
        for folder in folders:
            os.chown(folder, *bubblewrap.owner())


def write_connection(folder: Path, manager: Path) -> None:
    """Write the connection file that the kernel reads: the manager's, with the sockets where it sees them."""
    info = json.loads(manager.read_text())
    info["ip"] = str(inside.KERNEL / "sockets" / "k")
    path = folder / "connection.json"
    path.write_text(json.dumps(info))
    os.chown(path, *bubblewrap.owner())
    path.chmod(0o400)


def _copy(source: Path, target: Path, most: int) -> None:
    left, number = most, 0
    for path, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            size = _size(Path(path) / name)
            if size is None or size > left or number >= MOST_FILES or name.endswith(".ipynb"):
                continue
            left, number = left - size, number + 1
            copy = target / Path(path).relative_to(source) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(path) / name, copy, follow_symlinks=False)
            copy.chmod(0o644)
    for path, _, _ in os.walk(target):
        os.chmod(path, 0o755)


def _size(path: Path) -> int | None:
    """Return the size of a regular file; None for anything else."""
    status = path.lstat()
    return status.st_size if stat.S_ISREG(status.st_mode) else None
