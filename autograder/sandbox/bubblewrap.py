"""The command that shuts a kernel in, with bubblewrap (https://github.com/containers/bubblewrap).

A sandbox has its own file tree, processes, network (none), shared memory, host name and user. It sees the
system's programs and libraries, this Python environment, the package `checks` and the folder of its kernel;
everything but its scratch folder, home, ``/tmp`` and ``/dev/shm``, which end with it, is read-only. Its
environment is made afresh from what is named here.
"""

import os
import shutil
import site
import sys
from dataclasses import dataclass, field
from pathlib import Path

import checks
from autograder.layout import PROJECT
from autograder.sandbox import inside, namespaces, unroot
from autograder.sandbox.limits import MB, Limits

__all__ = ["Room", "command", "environment", "owner"]

HOME = "/home/student"
COURSE = "/run/course"
"""Where the packages `checks` and `autograder.sandbox.inside` are seen."""
UID = 1000
SHARED_MEMORY, HOME_SIZE = 64, 16  # megabytes
SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types",
    "/sys/devices/system/cpu",
)  # fmt: skip
FROM_OUTSIDE = ("LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""The only variables that come from the grader's environment."""


@dataclass(frozen=True)
class Room:
    """What one sandbox is made from.

    Attributes
    ----------
    folder : Path
        The kernel's own folder outside: connection file, sockets, the student's files.
    limits : Limits
    hidden : tuple of Path
        Folders that are emptied should they lie within what is shown: the course and its solutions.
    """

    folder: Path
    limits: Limits
    hidden: tuple[Path, ...] = field(default=(PROJECT,))


def owner() -> tuple[int, int]:
    """Return the user and group that a sandbox belongs to outside: nobody where the grader is root."""
    return (unroot.NOBODY, unroot.NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())


def environment(limits: Limits) -> dict[str, str]:
    """Return the whole environment of a kernel."""
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(limits.threads)
    )
    return threads | {name: os.environ[name] for name in FROM_OUTSIDE if name in os.environ} | {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "student",
        "TMPDIR": "/tmp",
        "PYTHONPATH": COURSE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",  # nbgrader gives no points to a cell that wrote to stderr
        "IPYTHONDIR": "/tmp/ipython",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "MALLOC_ARENA_MAX": "2",
        "JPY_SESSION_NAME": "",
    }  # fmt: skip


def command(room: Room, kernel: list[str]) -> list[str]:
    """Return the command that runs ``kernel`` in a sandbox of its own.

    Parameters
    ----------
    room : Room
    kernel : list of str
        Command of the kernel, as seen from inside.
    """
    shown = [path for path in [*SYSTEM, *_python(), str(room.folder)] if os.path.lexists(path)]
    made = [shutil.which("bwrap") or "bwrap", *_namespaces(), *_scratch(room.limits)]
    made += _tree(shown[:-1], room.hidden)
    made += ["--ro-bind", str(room.folder / "inside"), str(inside.KERNEL)]
    made += ["--bind", str(room.folder / "inside" / "sockets"), str(inside.KERNEL / "sockets")]
    made += ["--ro-bind", str(room.folder / "inside" / "passwd"), "/etc/passwd"]
    made += ["--remount-ro", "/", "--remount-ro", "/dev", "--chdir", str(inside.SCRATCH), "--clearenv"]
    for name, value in environment(room.limits).items():
        made += ["--setenv", name, value]
    made += ["--", *kernel]
    return unroot.command(made, [*shown, *_course().values()]) if os.geteuid() == 0 else made


def _namespaces() -> list[str]:
    return [
        "--unshare-all", "--unshare-user", "--disable-userns", "--uid", str(UID), "--gid", str(UID),
        "--hostname", "sandbox", "--cap-drop", "ALL", "--die-with-parent", "--new-session",
    ]  # fmt: skip


def _scratch(limits: Limits) -> list[str]:
    """Return the options for the places that may be written to, each with a size it cannot outgrow."""
    made = ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/home"]
    sizes = {inside.SCRATCH: limits.disk, "/tmp": limits.disk, "/dev/shm": SHARED_MEMORY, HOME: HOME_SIZE}
    for place, size in sizes.items():
        made += ["--perms", "0700", "--size", str(size * MB), "--tmpfs", str(place)]
    return made


def _python() -> list[str]:
    """Return the folders of this Python: its environment, the installation behind it, its program."""
    program = os.path.realpath(sys.executable)
    paths = [sys.base_prefix, sys.prefix, *map(str, Path(program).parents[1:2])]
    return [path for path in dict.fromkeys(paths) if path not in ("/", "/usr")]


def _course() -> dict[str, str]:
    """Return the files of the course that a kernel imports: by the place where they are seen."""
    grader = Path(namespaces.__file__).parent
    return {
        f"{COURSE}/checks": str(Path(checks.__file__).parent),
        f"{COURSE}/autograder/__init__.py": str(grader.parent / "__init__.py"),
        f"{COURSE}/autograder/sandbox/__init__.py": str(grader / "__init__.py"),
        f"{COURSE}/autograder/sandbox/inside.py": str(grader / "inside.py"),
        f"{COURSE}/autograder/sandbox/namespaces.py": str(grader / "namespaces.py"),
    }


def _tree(shown: list[str], hidden: tuple[Path, ...]) -> list[str]:
    """Return the options that show paths read-only, those of the course last and over what is hidden."""
    made: list[str] = []
    for path in shown:
        if os.path.islink(path):
            made += [*_parents(path), "--symlink", os.readlink(path), path]
        elif not any(Path(path).is_relative_to(folder) for folder in hidden):
            made += [*_parents(path), "--ro-bind", path, path]
    for folder in [*hidden, *_installed()]:
        if folder.is_dir() and any(folder.is_relative_to(path) for path in shown):
            made += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in shown:
        if any(Path(path).is_relative_to(folder) for folder in hidden) and not os.path.islink(path):
            made += [*_parents(path), "--ro-bind", path, path]
    for place, path in _course().items():
        made += [*_parents(place), "--ro-bind", path, place]
    return made


def _installed() -> list[Path]:
    """Return where the course's packages lie if they were installed as a copy: there are answers in them."""
    names = ("autograder", "convnets", "solutions")
    return [Path(folder) / name for folder in site.getsitepackages() for name in names]


def _parents(path: str) -> list[str]:
    """Return options that make the folders above a path; bubblewrap's own could not be entered by others."""
    made: list[str] = []
    for parent in list(reversed(Path(path).parents))[1:]:
        made += ["--perms", "0755", "--dir", str(parent)]
    return made
