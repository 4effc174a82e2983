"""Starts Jupyter kernels in sandboxes; registered as the kernel provisioner ``convnets-sandbox``.

nbclient, nbgrader and formgrader use it as they would use any other. Sockets are Unix sockets, because there
is no network inside; an interrupt is a message, because signals do not reach into another process namespace.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import Bool, Dict, List, Unicode
from traitlets.config import Configurable

from autograder import scratch
from autograder.sandbox import bubblewrap, inside, room
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import require
from autograder.sandbox.warm import Server, server
from autograder.sandbox.watchdog import Watched, unwatch, watch

__all__ = ["NAME", "SandboxProvisioner", "register"]

NAME = "convnets-sandbox"
"""Name of the entry point, for a kernel specification's ``kernel_provisioner``."""
AT_START = "(lambda it: it.schedule(lambda: it.schedule(lambda: None)))(get_ipython().kernel.iopub_thread)"
"""The thread of outputs opens a pipe when it first schedules something itself; later there may be no
descriptor left, and the kernel would wait ten seconds at the end of every cell."""


class Started(subprocess.Popen):
    """A kernel that was started in a sandbox of its own; with the outermost process every one in it ends."""

    def __init__(self, folder: Path, limits: Limits, arguments: list[str]):
        prepare = [sys.executable, "-P", "-m", "autograder.sandbox.inside", json.dumps(limits.plain())]
        kernel = [*prepare, sys.executable, "-m", "ipykernel_launcher", *arguments]
        nowhere = subprocess.DEVNULL  # not the terminal of whoever grades
        super().__init__(
            bubblewrap.command(folder, limits, kernel),
            cwd="/", stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True,
        )  # fmt: skip
        self._descriptor = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """Return a descriptor that can be read when the sandbox has ended."""
        return self._descriptor

    def kill(self) -> None:
        """End the sandbox."""
        if self.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)

    def __del__(self):
        os.close(self._descriptor)
        super().__del__()


def register(parent: Configurable | None = None) -> None:
    """Make the name known where the installed list of entry points is older than this file."""
    known = KernelProvisionerFactory.instance(parent=parent).provisioners
    known.setdefault(
        NAME, EntryPoint(NAME, f"{__name__}:SandboxProvisioner", KernelProvisionerFactory.GROUP_NAME)
    )


class SandboxProvisioner(LocalProvisioner):
    """Starts one kernel in one sandbox."""

    limits = Dict(help="replaces single values of autograder.sandbox.limits.Limits").tag(config=True)
    least = Dict(help="limits that are not smaller than this, whatever ``limits`` says")
    warm = Bool(True, help="fork kernels from a process that has imported everything").tag(config=True)
    preload = List(Unicode(), help="modules that are imported there besides NumPy")
    ended_because = Unicode(help="what the kernel took too much of, if it was ended for that")

    _server: Server | None = None
    _folder: Path | None = None
    _watched: Watched | None = None

    @property
    def allowance(self) -> Limits:
        """The limits of this kernel."""
        return Limits(**self.limits).widened(**self.least)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare folder, sockets and command; `protection.Unprotected` is raised where it cannot."""
        require()
        manager, work = self.parent, kwargs.get("cwd")
        if self._folder is None:
            self._server = server(tuple(self.preload), self.allowance) if self.warm else None
            within = self._server.folder if self._server else None
            self._folder = room.make(Path(work) if work else None, self.allowance, within)
        manager.transport = "ipc"
        manager.ip = str(self._folder / "sockets" / "k")  # absolute, or kernel and grader look apart
        manager.connection_file = str(self._folder / "manager.json")
        self.kernel_spec.interrupt_mode = "message"
        kwargs = await super().pre_launch(**kwargs)
        room.write_connection(self._folder, Path(manager.connection_file))
        return {"cmd": self._arguments(kwargs["cmd"])}

    def _arguments(self, command: list[str]) -> list[str]:
        """Return the kernel's arguments as it needs them inside."""
        if "-m" not in command or not command[command.index("-m") + 1].startswith("ipykernel"):
            raise ValueError(f"only Python's own kernel runs in the sandbox, not {' '.join(command)}")
        outside = os.path.realpath(self._folder / "manager.json")
        given = command[command.index("-m") + 2 :]
        seen = [word.replace(outside, str(inside.KERNEL / "connection.json")) for word in given]
        alone = "--IPKernelApp.parent_handle=1"  # or it takes process 1 for a parent that died
        return [*seen, alone, f"--IPKernelApp.exec_lines={AT_START}"]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the sandbox and the kernel in it."""
        if self._server:
            self.process = self._server.fork(self._folder, self.allowance, cmd)
        else:
            self.process = Started(self._folder, self.allowance, cmd)
        self.pid = self.process.pid
        self._watched = Watched(self.pid, self.allowance, self._folder / "sockets", self._end)
        watch(self._watched)
        return self.connection_info

    def _end(self, reason: str) -> None:
        self.ended_because = reason
        self.process.kill()

    async def send_signal(self, signum: int) -> None:
        """End the kernel, whatever the signal; an interrupt comes as a message and is not sent here."""
        if signum != signal.SIGINT:
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the sandbox and wait until it is gone, so that nobody has to look again and again."""
        if self.process:
            self.process.kill()
        await self._gone()

    terminate = kill

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        await self._gone()
        return await super().wait()

    async def _gone(self) -> None:
        """Wait, without looking again and again, until the outermost process has ended."""
        if self.process is None or self.process.poll() is not None:
            return
        loop, descriptor = asyncio.get_running_loop(), self.process.fileno()
        ended = loop.create_future()
        loop.add_reader(descriptor, lambda: ended.done() or ended.set_result(None))
        try:
            await ended
        finally:
            loop.remove_reader(descriptor)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder."""
        if self._watched:
            unwatch(self._watched)
            self._watched = None
        await super().cleanup(restart)
        if self._folder and not restart:
            scratch.remove(self._folder)
            self._folder = None
