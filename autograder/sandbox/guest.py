"""A kernel that is forked from a warm process: it shuts itself in before any student's code runs.

The warm process is multiprocessing's fork server, itself inside bubblewrap. It reads a `Guest` and calls its
``_bootstrap``, as it would for a ``multiprocessing.Process``. Three processes come of it: a warden, which
ends the others when the grader closes the pipe or dies; process 1 of the new namespace; and the kernel.
Standard library only, but for the kernel.
"""

import fcntl
import os
import resource
import select
import signal
import socket
import struct
import sys
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

from autograder.sandbox import inside, namespaces

__all__ = ["REFUSED", "Guest"]

REFUSED = 97
"""Exit status where the system allows no namespaces within those of bubblewrap."""
MOST_ENTRIES = 50_000  # files and folders in a place: an empty one takes memory too
_UP, _SET_FLAGS = 0x1, 0x8914


@dataclass(frozen=True)
class Guest:
    """What the warm process needs to know of one kernel.

    Attributes
    ----------
    folder : str
        Name of its folder among those of all kernels.
    limits : dict
        Plain form of `autograder.sandbox.limits.Limits`.
    places : dict
        Folders it may write to, with their size in megabytes.
    kept : dict
        What stays visible in each of these folders.
    arguments : list of str
        Of the kernel; none only tries whether it could be shut in.
    """

    folder: str
    limits: dict
    places: dict[str, int]
    kept: dict[str, list[str]]
    arguments: list[str] = field(default_factory=list)

    def _bootstrap(self, pipe: int) -> int:
        """Run the kernel to its end, or to that of the grader's side of the pipe."""
        _close_all_but(pipe)
        os.setsid()
        try:
            self._move_in()
        except OSError:
            return REFUSED
        parent_lives, held = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(pipe)
            os.close(held)
            _end_with(lambda: self._be_first(parent_lives))
        return _guard(first, pipe)

    def _move_in(self) -> None:
        """Enter new namespaces and see only what is this kernel's."""
        user, group = os.getuid(), os.getgid()
        namespaces.unshare(
            namespaces.NEW_USER | namespaces.NEW_MOUNT | namespaces.NEW_PID | namespaces.NEW_NET
            | namespaces.NEW_IPC | namespaces.NEW_UTS
        )  # fmt: skip
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        namespaces.forget_parent_mounts()
        own = inside.KERNELS / self.folder
        namespaces.bind(own, inside.KERNEL)
        namespaces.make_read_only(inside.KERNEL)
        namespaces.bind(own / "sockets", inside.KERNEL / "sockets")
        namespaces.cover(inside.KERNELS, "size=4k,mode=000")
        for place, size in self.places.items():
            namespaces.cover(place, f"size={size}m,nr_inodes={MOST_ENTRIES},mode=700", self.kept[place])
        options = "newinstance,ptmxmode=0666,mode=620"
        namespaces.mount("devpts", "/dev/pts", namespaces.NO_SETUID | namespaces.NO_PROGRAMS, options)

    def _be_first(self, parent_lives: int) -> int:
        """Be process 1: give up all rights, start the kernel, and end with it."""
        namespaces.mount(
            "proc", "/proc", namespaces.NO_SETUID | namespaces.NO_DEVICES | namespaces.NO_PROGRAMS
        )
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
        _raise_loopback()
        namespaces.no_new_privileges()
        namespaces.drop_capabilities()
        namespaces.die_with_parent(signal.SIGKILL, parent_lives)
        os.close(parent_lives)
        if not self.arguments:
            return 0
        kernel = os.fork()
        if kernel == 0:
            _end_with(self._be_kernel)
        while True:
            ended, status = os.wait()
            if ended == kernel:
                return os.waitstatus_to_exitcode(status) & 0xFF

    def _be_kernel(self) -> int:
        """Become the kernel; what was imported before the fork need not be imported again."""
        os.setsid()
        inside.settle(self.limits)
        _draw_other_numbers()
        from ipykernel.kernelapp import IPKernelApp

        sys.argv = ["ipykernel_launcher", *self.arguments]
        IPKernelApp.launch_instance(self.arguments)
        return 0


def _close_all_but(pipe: int) -> None:
    """Let go of everything that came with the fork: pipes of the server, of other kernels, the terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    forkserver._forkserver.__init__()
    resource_tracker._resource_tracker.__init__()


def _end_with(run) -> None:
    """Leave with the status that a function returns, without the clean-up that belongs to the server."""
    status = 1
    try:
        status = run()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        os._exit(status)


def _guard(first: int, pipe: int) -> int:
    """Wait for process 1; end it, and all others of its namespace, when nobody holds the pipe any more."""
    process = os.pidfd_open(first)
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    waiting.register(process, select.POLLIN)
    if process not in (descriptor for descriptor, _ in waiting.poll()):
        os.kill(first, signal.SIGKILL)
    _, status = os.waitpid(first, 0)
    return os.waitstatus_to_exitcode(status)


def _raise_loopback() -> None:
    """Switch on the loopback interface of a new network namespace: the kernel talks to itself through it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))


def _draw_other_numbers() -> None:
    """Seed afresh what the fork copied: two kernels must not draw the same numbers."""
    if "torch" in sys.modules:
        sys.modules["torch"].seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
