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
from pathlib import Path

import checks
from autograder.layout import PROJECT
from autograder.sandbox import inside, namespaces, unroot
from autograder.sandbox.limits import MB, Limits

__all__ = ["HOME", "UID", "command", "environment", "owner", "places", "server", "shown_under"]

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
NAMESPACES = (
    "--unshare-user", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--uid", str(UID), "--gid", str(UID), "--hostname", "sandbox", "--cap-drop", "ALL", "--new-session",
)  # fmt: skip
FROM_OUTSIDE = ("LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""The only variables that come from the grader's environment."""


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
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as the kernel, but before imports
        "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip


def command(folder: Path, limits: Limits, kernel: list[str]) -> list[str]:
    """Return the command that runs a kernel in a sandbox of its own.

    Parameters
    ----------
    folder : Path
        What `autograder.sandbox.room` made.
    limits : Limits
    kernel : list of str
        Command of the kernel, as seen from inside.
    """
    sockets = inside.KERNEL / "sockets"
    own = ["--ro-bind", str(folder), str(inside.KERNEL), "--bind", str(folder / "sockets"), str(sockets)]
    options = ["--unshare-pid", "--disable-userns", "--die-with-parent", *_scratch(limits)]
    return _whole(options, own, folder, limits, kernel)


def server(folder: Path, limits: Limits, program: list[str]) -> list[str]:
    """Return the command of the process from which kernels are forked, each into namespaces of its own.

    It sees the folders of all of its kernels, and no student's code runs in it. Its processes are numbered as
    outside, by which the watchdog knows them. It ends when the grader does, not when the thread does in which
    it was started.
    """
    own = ["--bind", str(folder), str(inside.KERNELS), "--perms", "0755", "--dir", str(inside.KERNEL)]
    return _whole(_scratch(limits), own, folder, limits, program)


def _whole(options: list[str], own: list[str], folder: Path, limits: Limits, program: list[str]) -> list[str]:
    shown = [path for path in [*SYSTEM, *_python()] if os.path.lexists(path)]
    made = [shutil.which("bwrap") or "bwrap", *NAMESPACES, *options, *_tree(shown), *own]
    made += ["--ro-bind", str(folder / "passwd"), "/etc/passwd", "--remount-ro", "/", "--remount-ro", "/dev"]
    made += ["--chdir", str(inside.SCRATCH), "--clearenv"]
    for name, value in environment(limits).items():
        made += ["--setenv", name, value]
    made += ["--", *program]
    if os.geteuid() == 0:
        return unroot.command(made, [*shown, *_course().values(), str(folder)])
    return made


def places(limits: Limits) -> dict[str, int]:
    """Return the folders that a kernel may write to, each with the megabytes that fit into it."""
    return {str(inside.SCRATCH): limits.disk, "/tmp": limits.disk, "/dev/shm": SHARED_MEMORY, HOME: HOME_SIZE}


def shown_under(place: str) -> list[str]:
    """Return what is shown within a folder that a kernel may write to (an environment under ``/tmp``)."""
    return [path for path in _python() if Path(path).is_relative_to(place)]


def _scratch(limits: Limits) -> list[str]:
    """Return the options for the places that may be written to, each with a size it cannot outgrow."""
    made = ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/home"]
    for place, size in places(limits).items():
        made += ["--perms", "0700", "--size", str(size * MB), "--tmpfs", place]
    return made


def _python() -> list[str]:
    """Return the folders of this Python: its environment, the installation behind it, its program."""
    program = os.path.realpath(sys.executable)
    paths = [sys.base_prefix, sys.prefix, *map(str, Path(program).parents[1:2])]
    return [path for path in dict.fromkeys(paths) if path not in ("/", "/usr")]


def _course() -> dict[str, str]:
    """Return the files of the course that a kernel imports: by the place where they are seen."""
    grader = Path(namespaces.__file__).parents[1]
    files = (
        "__init__.py",
        *(f"sandbox/{name}.py" for name in ("__init__", "guest", "inside", "namespaces", "preload")),
    )
    shown = {f"{COURSE}/autograder/{file}": str(grader / file) for file in files}
    return {f"{COURSE}/checks": str(Path(checks.__file__).parent), **shown}


def _tree(shown: list[str]) -> list[str]:
    """Return the options that show paths read-only, and the project's folder empty should it lie in one."""
    inner = [path for path in shown if Path(path).is_relative_to(PROJECT)]
    outer = [path for path in shown if path not in inner]
    project = [str(PROJECT)] if any(PROJECT.is_relative_to(path) for path in outer) else []
    made = [word for path in outer for word in _show(path, path)]
    made += [word for folder in project for word in ("--perms", "0755", "--tmpfs", folder)]
    made += [word for path in inner for word in _show(path, path)]
    copies = [str(folder) for folder in _installed() if folder.is_dir()]
    made += [word for folder in copies for word in ("--perms", "0755", "--tmpfs", folder)]
    made += [word for place, path in _course().items() for word in _show(path, place)]
    return made + [word for folder in project + copies for word in ("--remount-ro", folder)]


def _show(path: str, place: str) -> list[str]:
    if os.path.islink(path):
        return [*_parents(place), "--symlink", os.readlink(path), place]
    return [*_parents(place), "--ro-bind", path, place]


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
