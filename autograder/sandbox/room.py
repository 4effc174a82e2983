"""The folder of one kernel on the machine's side: sockets, connection file, the files a student may have."""

import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

from autograder.sandbox import bubblewrap, inside
from autograder.sandbox.limits import MB, Limits

__all__ = ["make", "remove", "write_connection"]

LONGEST = 80  # characters of a folder in which a socket's path still fits into the 107 the system allows
MOST_FILES = 1000
PASSWD = f"student:x:{bubblewrap.UID}:{bubblewrap.UID}::{bubblewrap.HOME}:/bin/sh\n"


def make(work: Path | None, limits: Limits) -> Path:
    """Make a kernel's folder, with copies of the files that its notebook comes with.

    Parameters
    ----------
    work : Path or None
        The folder that the notebook expects to be in. Only regular files are copied, no link is followed, and
        no notebook is: a graded one lies there too.
    limits : Limits
        Copied are files up to half the scratch folder's size.
    """
    folder = Path(tempfile.mkdtemp(prefix="convnets-"))
    if len(str(folder)) > LONGEST:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="convnets-", dir="/tmp"))
    seen = folder / "inside"
    for each in (seen, seen / "sockets", seen / "files"):
        each.mkdir()
        each.chmod(0o755)
    (seen / "passwd").write_text(PASSWD)
    (seen / "passwd").chmod(0o644)
    if work is not None:
        _copy(work, seen / "files", limits.disk * MB // 2)
    if os.geteuid() == 0:
        for each in (folder, seen / "sockets"):
            os.chown(each, *bubblewrap.owner())
    return folder


def write_connection(folder: Path) -> None:
    """Write the connection file that the kernel reads: the manager's, with the sockets where it sees them."""
    info = json.loads((folder / "connection.json").read_text())
    info["ip"] = str(inside.KERNEL / "sockets" / "k")
    path = folder / "inside" / "connection.json"
    path.write_text(json.dumps(info))
    os.chown(path, *bubblewrap.owner())
    path.chmod(0o400)


def remove(folder: Path) -> None:
    """Remove a kernel's folder, whatever the kernel made of the part it could write to."""

    def open_up(function, path, _):
        os.chmod(Path(path).parent, 0o700)
        if not os.path.islink(path):
            os.chmod(path, 0o700)
        function(path)

    if folder.exists():
        shutil.rmtree(folder, onerror=open_up)


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
