"""The first thing that runs in a sandbox: it fetches the student's files, sets the limits, starts the kernel.

Standard library only. A sandbox contains this file, `namespaces`, `guest` and nothing else of the grader.
"""

import json
import os
import resource
import shutil
import sys
from pathlib import Path

__all__ = ["FILES", "KERNEL", "KERNELS", "SCRATCH", "set_limits", "settle"]

KERNEL = Path("/run/kernel")
"""Where the connection file, the sockets and the student's files are seen."""
KERNELS = Path("/run/kernels")
"""Where the process from which kernels are forked sees the folders of all of them."""
FILES = KERNEL / "files"
SCRATCH = Path("/scratch")
"""The kernel's working folder."""

MB = 1 << 20


def settle(limits: dict) -> None:
    """Make the working folder what the notebook expects it to be, and set the limits for good."""
    shutil.copytree(FILES, SCRATCH, dirs_exist_ok=True, copy_function=shutil.copyfile)
    os.chdir(SCRATCH)
    os.umask(0o077)
    go_first_when_memory_runs_out()
    set_limits(limits)


def set_limits(limits: dict) -> None:
    """Set the limits of this process, which every process that comes from it inherits.

    Data and not address space is limited: PyTorch reserves several times what it uses.
    """
    for name, value in {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits["file"] * MB,
        "RLIMIT_NOFILE": limits["files"],
        "RLIMIT_DATA": limits["memory"] * MB,
        "RLIMIT_CPU": limits["cpu_seconds"],
        "RLIMIT_NPROC": limits["processes"],
    }.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def go_first_when_memory_runs_out() -> None:
    """Tell the system which process to end when the machine runs short."""
    Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    settle(json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
