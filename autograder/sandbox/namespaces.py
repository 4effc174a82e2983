"""Linux's system calls for namespaces and capabilities, which Python 3.11 does not offer itself.

Only what `unroot` and `inside` need; each call raises OSError with the kernel's reason.
"""

import ctypes
import os
import select
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "bind",
    "cover",
    "die_with_parent",
    "drop_capabilities",
    "forget_parent_mounts",
    "make_read_only",
    "mount",
    "no_new_privileges",
    "unshare",
]

NEW_MOUNT = 0x00020000
NEW_UTS = 0x04000000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PID = 0x20000000
NEW_NET = 0x40000000

READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 32, 4096, 16384, 1 << 18
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT, _DROP_FROM_BOUNDING_SET = 38, 1, 24
_CAPABILITY_VERSION = 0x20080522


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces; a new process namespace takes its next child only."""
    _call("unshare", flags)


def forget_parent_mounts() -> None:
    """Keep what is mounted from now on to this mount namespace."""
    _call("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None)


def mount(kind: str, place: str | Path, flags: int, options: str = "") -> None:
    """Mount a new file system (``tmpfs``, ``proc``)."""
    _call("mount", kind.encode(), os.fsencode(place), kind.encode(), flags, options.encode() or None)


def bind(source: str | Path | int, place: str | Path) -> None:
    """Show a folder or file at another place; ``source`` may be a descriptor of one that is hidden by now."""
    path = f"/proc/self/fd/{source}" if isinstance(source, int) else source
    _call("mount", os.fsencode(path), os.fsencode(place), None, _BIND | _RECURSIVE, None)


def cover(place: str | Path, options: str, kept: Iterable[str | Path] = ()) -> None:
    """Lay a new, empty folder over one, and show what is to be kept of it again."""
    held = {Path(path): os.open(path, os.O_PATH) for path in kept}
    mount("tmpfs", place, NO_DEVICES | NO_SETUID, options)
    for path, descriptor in held.items():
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        bind(descriptor, path)
        os.close(descriptor)


def make_read_only(place: str | Path) -> None:
    """Forbid to write to what is mounted at a place."""
    _call(
        "mount", None, os.fsencode(place), None, _REMOUNT | _BIND | READ_ONLY | NO_DEVICES | NO_SETUID, None
    )


def no_new_privileges() -> None:
    """Make set-user-id programs ordinary ones, for this process and all that come from it."""
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def die_with_parent(signal_number: int, parent_lives: int) -> None:
    """Have the kernel send a signal to this process when its parent ends.

    ``parent_lives`` is a pipe to be read whose other end only the parent holds: ProcessLookupError is raised
    where it has ended before. (In a new process namespace no number tells.)
    """
    _call("prctl", _DIE_WITH_PARENT, signal_number, 0, 0, 0)
    if select.select([parent_lives], [], [], 0)[0]:
        raise ProcessLookupError("the parent has ended already")


def drop_capabilities() -> None:
    """Give up every capability in this user namespace, and the chance to get one back."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for number in range(last + 1):
        _call("prctl", _DROP_FROM_BOUNDING_SET, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
