"""The warm process: one interpreter in a sandbox, all imports done, from which kernels are forked.

It is multiprocessing's own fork server, started by bubblewrap. There is one for each set of imports and
number of threads; it ends with the grader.
"""

import atexit
import contextlib
import os
import pickle
import select
import shlex
import sys
import threading
from multiprocessing import forkserver, resource_tracker, spawn
from pathlib import Path

from autograder import scratch
from autograder.sandbox import bubblewrap, room
from autograder.sandbox.guest import Guest
from autograder.sandbox.limits import Limits

__all__ = ["Forked", "Server", "fact", "server"]

ALWAYS = (
    "autograder.sandbox.guest", "checks.respond", "numpy", "numpy.random", "ipykernel.kernelapp",
    "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.logger",
    "IPython.core.oinspect", "IPython.core.debugger", "IPython.extensions.storemagic", "sqlite3",
    "tornado.platform.asyncio", "tornado.queues",
)  # fmt: skip
"""What a kernel imports before its first cell."""
_starting, _servers_lock = threading.Lock(), threading.Lock()
_servers: dict[tuple, "Server | None"] = {}


class Forked:
    """A kernel that was forked: what jupyter_client uses of a ``subprocess.Popen``.

    Nobody needs its number to end it: its warden does that when the pipe to it is closed, by `kill` or
    because the grader is gone.
    """

    stdin = stdout = stderr = None

    def __init__(self, ended: int, pipe: int):
        self._ended, self._pipe, self._closing = ended, pipe, threading.Lock()
        self.pid = forkserver.read_signed(ended)
        self.returncode: int | None = None

    def fileno(self) -> int:
        """Return a descriptor that can be read when the kernel has ended."""
        return self._ended

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end and return the exit status; None where it did not come in time."""
        if self.returncode is None and select.select([self._ended], [], [], timeout)[0]:
            try:
                self.returncode = forkserver.read_signed(self._ended)
            except EOFError:  # the server itself is gone
                self.returncode = 255
            self.kill()
            os.close(self._ended)
        return self.returncode

    def kill(self) -> None:
        """End it and whatever it has started."""
        with self._closing:  # the watchdog's thread may do it too
            if self._pipe is not None:
                os.close(self._pipe)
                self._pipe = None


class Server(forkserver.ForkServer):
    """A fork server inside bubblewrap."""

    def __init__(self, modules: tuple[str, ...], limits: Limits):
        super().__init__()
        self._owner, self.folder = os.getpid(), room.shared()
        self.limits = limits
        self.set_forkserver_preload([])
        self._program = self.folder / "program"
        preload = [sys.executable, "-P", "-m", "autograder.sandbox.preload", ",".join([*ALWAYS, *modules])]
        command = bubblewrap.server(self.folder, limits, preload)
        self._program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        self._program.chmod(0o700)

    def ensure_running(self) -> None:
        """Start the server unless it runs."""
        resource_tracker.ensure_running()  # out here, before the program that shuts in is set
        with _starting:
            before = spawn.get_executable()
            spawn.set_executable(str(self._program))
            try:
                super().ensure_running()
            finally:
                spawn.set_executable(before)

    def fork(self, folder: Path, limits: Limits, arguments: list[str]) -> Forked:
        """Fork a kernel whose folder was made with ``room.make(..., within=server.folder)``."""
        places = bubblewrap.places(limits)
        kept = {place: bubblewrap.shown_under(place) for place in places}
        name = str(folder.relative_to(self.folder))
        guest = Guest(name, limits.plain(), places, kept, arguments)
        try:
            return self._fork(guest)
        except (EOFError, OSError):
            return self._fork(guest)  # the server was killed; now there is a new one

    def _fork(self, guest: Guest) -> Forked:
        """Have a process forked; EOFError where the server has ended and will not do it.

        Should its outermost process be killed just when it starts, bubblewrap's inner one waits for ever and
        holds the socket: a request would be taken by nobody, and refused by nobody either.
        """
        self.ensure_running()
        with contextlib.ExitStack() as unless_it_works:
            outermost = os.pidfd_open(self._forkserver_pid)
            unless_it_works.callback(os.close, outermost)
            ended, pipe = self.connect_to_new_process([])
            unless_it_works.callback(os.close, ended)
            unless_it_works.callback(os.close, pipe)
            if ended not in select.select([ended, outermost], [], [])[0]:
                raise EOFError("the warm process has ended")
            process = Forked(ended, pipe)
            os.write(pipe, pickle.dumps({}) + pickle.dumps(guest))  # multiprocessing would tell the first
            unless_it_works.pop_all()
        os.close(outermost)
        return process

    def works(self) -> bool:
        """Whether a kernel can be shut in: namespaces may be refused within those of bubblewrap."""
        return any(self._tries() for _ in range(2))  # the first may have been killed by somebody

    def _tries(self) -> bool:
        folder = room.make(None, self.limits, within=self.folder)
        try:
            process = self.fork(folder, self.limits, [])
            works = process.wait(60) == 0
            process.kill()
        except (EOFError, OSError):
            works = False
        scratch.remove(folder)
        return works

    def close(self) -> None:
        """End the server and remove its folder."""
        if os.getpid() == self._owner:  # and not a copy of the process that started it
            self._stop()
            scratch.remove(self.folder)


def server(modules: tuple[str, ...], limits: Limits) -> Server | None:
    """Return the running server that has imported these modules; None where it cannot shut kernels in."""
    key = (tuple(sorted(modules)), limits.threads, os.getpid())
    with _servers_lock:
        if key not in _servers:
            made = Server(modules, limits)
            atexit.register(made.close)
            _servers[key] = made if made.works() else None
        return _servers[key]


def fact() -> str:
    """Say, for the doctor, how kernels are started on this machine; finds out by trying."""
    if server((), Limits()):
        return "kernels are forked from a warm process, each into namespaces within those of bubblewrap"
    return (
        "kernels are started one by one: namespaces within those of bubblewrap are refused (slower, as safe)"
    )
