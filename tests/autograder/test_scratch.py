"""Temporary folders: one for each process, gone with it, and swept where it was killed."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from autograder import scratch

from .conftest import require_sandbox
from .sandbox.test_kernels import runs

GRADER = """
import time
from autograder import scratch
folder = scratch.new()
(folder / "answers").write_text("of a student")
locked = scratch.new(folder) / "locked"
locked.mkdir()
(locked / "file").touch()
locked.chmod(0o500)
print(folder.parent, flush=True)
{wait}
"""


@pytest.fixture
def place(monkeypatch):
    """A short temporary folder, for this process's children."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def start(wait="time.sleep(60)"):
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER.format(wait=wait)], stdout=subprocess.PIPE, text=True
    )
    return grader, grader.stdout.readline().strip()


def end(grader, how=signal.SIGKILL):
    grader.send_signal(how)
    grader.wait()
    grader.stdout.close()


def names(place):
    return {str(path) for path in place.iterdir()}


def test_a_process_that_ends_leaves_nothing(place):
    grader, folder = start(wait="")
    grader.wait()
    grader.stdout.close()
    assert folder.startswith(str(place))
    assert names(place) == set()


def test_what_a_killed_process_left_is_removed_by_the_next(place):
    killed, left = start()
    end(killed)
    assert names(place) == {left}
    grader, folder = start()
    assert names(place) == {folder} != {left}
    end(grader)


def test_the_folder_of_a_living_process_stays(place):
    living, folder = start()
    other, second = start()
    assert names(place) == {folder, second}
    end(other)
    end(living)


def test_a_link_is_not_followed_and_what_is_not_ours_stays(place):
    (place / "convnets-mine").mkdir()
    (place / "precious").mkdir()
    (place / "precious" / ".lock").touch()
    (place / "convnets-link").symlink_to(place / "precious")
    scratch.sweep(place)
    assert {path.name for path in place.iterdir()} == {"convnets-mine", "precious", "convnets-link"}
    (place / "convnets-mine" / ".lock").touch()
    scratch.sweep(place)
    assert {path.name for path in place.iterdir()} == {"precious", "convnets-link"}


def test_folders_of_one_process_lie_together():
    first, second = scratch.new(), scratch.new()
    inner = scratch.new(first)
    assert first.parent == second.parent
    assert inner.parent == first != second
    for folder in (first, second):
        scratch.remove(folder)
        assert not folder.exists()


PREPARES_A_SANDBOX = """
from autograder.sandbox import room
from autograder.sandbox.limits import Limits
print(room.make(None, Limits()), flush=True)
input()
"""


@pytest.mark.parametrize("who", ["its grader", "the next grader"])
def test_who_ends_a_sandbox_that_was_left_without_its_outermost_process(place, who):
    require_sandbox()
    grader = subprocess.Popen(
        [sys.executable, "-c", PREPARES_A_SANDBOX], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    folder = Path(grader.stdout.readline().strip())
    with inner_process_alone(folder) as left, inner_process_alone(Path("/usr")) as other:
        if who == "its grader":
            grader.communicate("\n")
        else:
            end(grader)
            grader.stdin.close()
            assert runs(left.pid)
            scratch.sweep(place)
        assert not runs(left.pid)
        assert names(place) == set()
        assert runs(other.pid)


@contextlib.contextmanager
def inner_process_alone(folder):
    """Give what is left when bubblewrap's first process is killed before it told the second to go on.

    The option makes the time for that as long as it has to be here.
    """
    waits, held = os.pipe()
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--block-fd", str(waits)]
    command += ["--ro-bind", "/", "/", "--ro-bind", str(folder), "/mnt", "true"]
    with psutil.Popen(command, pass_fds=[waits]) as outer:
        while not (inner := outer.children()):
            time.sleep(0.01)
        outer.kill()
    yield inner[0]
    with contextlib.suppress(psutil.NoSuchProcess):
        inner[0].kill()
    os.close(waits)
    os.close(held)
