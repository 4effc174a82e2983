"""A private PostgreSQL server from Debian's package, for the time of a test."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["programs", "server"]

SERVER = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several; None without any."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(
        (path.parent for path in SERVER.glob("*/bin/initdb")), default=None, key=lambda p: p.parent.name
    )


@contextlib.contextmanager
def server(folder: Path) -> Iterator["Server"]:
    """Start a server that listens on a socket in a private folder and on no network, and stop it."""
    running = Server(programs(), folder)
    running.start()
    try:
        yield running
    finally:
        running.stop()


class Server:
    """One database cluster; its programs refuse to run for root and then run for PostgreSQL's own account."""

    def __init__(self, binaries: Path, folder: Path):
        self.binaries, self.data = binaries, folder / "data"
        self.sockets = folder
        self.account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self._run("initdb", "--auth=trust", "--username=grader", "--no-sync", "-D", self.data)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        """Address of its database for SQLAlchemy."""
        return f"postgresql+psycopg://grader@/postgres?host={self.sockets}&port={self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-k {self.sockets} -p {self.port} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-l", self.data / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once: whoever is connected is thrown out."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def restart(self) -> None:
        """Stop it as a crash would, and start it again."""
        self.stop()
        self.start()

    def _run(self, program: str, *arguments: str | Path) -> None:
        as_whom = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        command = [str(self.binaries / program), *map(str, arguments)]
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **(as_whom if self.account else {}),
        )


def short_folder() -> Path:
    """Return a folder whose path is short enough for a socket and open to another account."""
    return Path(tempfile.mkdtemp(prefix="pg-"))
