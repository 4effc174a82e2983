"""What protects this machine from the code of strangers, what is missing, and how to get it.

``python -m autograder doctor`` prints it. A sandbox is tried, not guessed at: everything else only explains
why it could not be made.
"""

import functools
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder import scratch
from autograder.sandbox import bubblewrap, room
from autograder.sandbox.limits import Limits

__all__ = ["Protection", "Unprotected", "protection", "report", "require"]

APPARMOR = """\
abi <abi/4.0>,
include <tunables/global>

profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/bwrap>
}"""

NO_LINUX = """\
bubblewrap needs Linux. On Windows grade inside WSL 2 (wsl --install), on macOS in a Linux virtual machine
or in a container that may make user namespaces (see the README)."""

INSTALL = """\
Install bubblewrap:
  Debian, Ubuntu:  sudo apt install bubblewrap
  Fedora:          sudo dnf install bubblewrap
  Arch:            sudo pacman -S bubblewrap"""

OLD_UBUNTU = f"""\
Ubuntu 23.10 and later let only programs with an AppArmor profile make user namespaces. Write this as root
into /etc/apparmor.d/bwrap, then run: sudo systemctl reload apparmor

{APPARMOR}"""

NO_CLONE = """\
User namespaces are switched off for ordinary accounts. Switch them on:
  echo kernel.unprivileged_userns_clone=1 | sudo tee /etc/sysctl.d/90-userns.conf; sudo sysctl --system"""

NONE_ALLOWED = """\
This machine allows no user namespaces (user.max_user_namespaces is 0). Allow some:
  echo user.max_user_namespaces=10000 | sudo tee /etc/sysctl.d/90-userns.conf; sudo sysctl --system"""

CONTAINER = """\
This is a container that may not make namespaces. Start it with
  docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \\
             --security-opt systempaths=unconfined …
(Podman: the same options) or grade on the host or in a virtual machine."""

UNKNOWN = """\
Namespaces may be forbidden by a security policy of this machine: ask its administrator whether ordinary
accounts may make user namespaces, or grade in a virtual machine where they may."""


class Unprotected(RuntimeError):
    """There is no sandbox on this machine; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Protection:
    """What was found out.

    Attributes
    ----------
    sandboxed : bool
        Whether a sandbox could be made, and Python started in it.
    facts : tuple of str
        What there is, one sentence each.
    problem, remedy : str
        What is missing and how to get it; empty where nothing is.
    """

    sandboxed: bool
    facts: tuple[str, ...]
    problem: str = ""
    remedy: str = ""


@functools.cache
def protection() -> Protection:
    """Find out what protects this machine, by making a sandbox; once in a process."""
    if platform.system() != "Linux":
        return Protection(False, (), f"This is {platform.system()}, not Linux.", NO_LINUX)
    if (program := shutil.which("bwrap")) is None:
        return Protection(False, (), "bubblewrap is not installed.", INSTALL)
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    said = _try()
    if said is not None:
        return Protection(False, (f"{version} in {program}",), f"No sandbox could be made: {said}", _remedy())
    return Protection(True, (f"{version} in {program}", *_facts()))


def require() -> None:
    """Return where student code can be shut in; `Unprotected` everywhere else."""
    found = protection()
    if not found.sandboxed:
        raise Unprotected(f"student code cannot be shut in here. {found.problem}\n{found.remedy}")


def report(found: Protection) -> str:
    """Return what was found out, in words."""
    if found.sandboxed:
        lines = ["Student code is shut in:", *(f"  {fact}" for fact in found.facts)]
    else:
        lines = ["Student code cannot be shut in here; nothing is graded.", found.problem, "", found.remedy]
    return "\n".join(lines)


def _facts() -> list[str]:
    limits = Limits()
    user, _ = bubblewrap.owner()
    return [
        "own namespaces: files, processes, network (none), shared memory, host name, user",
        f"outside, what runs in it belongs to user {user}; inside it has no rights but its own",
        f"memory {limits.memory} MB, scratch {limits.disk} MB, {limits.processes} processes, "
        f"{limits.wall_seconds:g} s for a notebook, unless nbgrader_config.py says otherwise",
    ]


def _try() -> str | None:
    """Make a sandbox and start Python in it; return what went wrong, if anything did."""
    limits = Limits()
    folder = room.make(None, limits)
    probe = [sys.executable, "-P", "-c", "import checks, autograder.sandbox.inside, ipykernel, numpy"]
    try:
        whole = bubblewrap.command(folder, limits, probe)
        done = subprocess.run(
            whole, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    finally:
        scratch.remove(folder)
    lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    return None if done.returncode == 0 else lines[-1]


def _remedy() -> str:
    """Say what most likely forbids it here."""
    if _read("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return OLD_UBUNTU
    if _read("kernel/unprivileged_userns_clone") == "0":
        return NO_CLONE
    if _read("user/max_user_namespaces") == "0":
        return NONE_ALLOWED
    if _in_container():
        return CONTAINER
    return UNKNOWN


def _read(name: str) -> str:
    path = Path("/proc/sys") / name
    return path.read_text().strip() if path.is_file() else ""


def _in_container() -> bool:
    signs = ("/.dockerenv", "/run/.containerenv")
    return any(Path(sign).exists() for sign in signs) or bool(
        re.search(r"docker|kubepods|containerd|lxc", Path("/proc/1/cgroup").read_text())
    )
