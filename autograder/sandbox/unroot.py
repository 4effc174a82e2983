"""Gives root's rights up before a sandbox is made: ``python -I -m autograder.sandbox.unroot JSON COMMAND…``.

A sandbox started by root belongs to ``nobody``: the limit on processes does not hold for root, and root's
files would be the student's. What the sandbox shows may lie where only root can look (an interpreter under
``/root``), so such folders are replaced, in a mount namespace of this process alone, by ones that hold
nothing else. It replaces itself by the command and does not stay between it and the grader.
"""

import json
import os
import sys
from pathlib import Path

from autograder.sandbox import namespaces

__all__ = ["NOBODY", "command", "private_parents"]

NOBODY = 65534


def command(inner: list[str], shown: list[str]) -> list[str]:
    """Return a command that runs ``inner`` as nobody, to whom the paths in ``shown`` can be reached."""
    spec = json.dumps(private_parents(shown))
    return [sys.executable, "-I", "-m", "autograder.sandbox.unroot", spec, *inner]


def private_parents(shown: list[str]) -> dict[str, list[str]]:
    """Return the topmost folders that others may not enter, each with the shown paths in it."""
    found: dict[str, list[str]] = {}
    for path in shown:
        for parent in reversed(Path(path).parents):
            if not parent.stat().st_mode & 0o001:
                found.setdefault(str(parent), []).append(path)
                break
    return found


def main(spec: str, inner: list[str]) -> None:
    """Open what is private, become nobody, and run the command."""
    namespaces.unshare(namespaces.NEW_MOUNT)
    namespaces.forget_parent_mounts()
    os.umask(0o022)
    for parent, paths in json.loads(spec).items():
        namespaces.cover(parent, "mode=755,size=1m", paths)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execvp(inner[0], inner)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
