"""Kernels in sandboxes beside one another: they start, are interrupted, leave nothing, and never meet."""

import os
import signal
import subprocess
import sys
import tempfile
import time

import psutil
import pytest

from autograder.sandbox import warm
from autograder.sandbox.limits import Limits

BOTH = pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait();
"""


def mine(process=None):
    """Return the processes that came from this one, or from another."""
    return {child.pid for child in psutil.Process(process).children(recursive=True)}


def wait_until_gone(processes):
    """Wait until none of them runs, for ten seconds at most, and return those that do."""
    end = time.monotonic() + 10
    while (left := {p for p in processes if runs(p)}) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def runs(process):
    """Whether there is a process of this number that has not ended."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@BOTH
def test_an_interrupt_arrives_as_a_message(run, warm):
    said = run("import time", "while True: time.sleep(0.1)", "1 + 1", warm=warm, timeout=2, interrupt=True)
    assert said[1].startswith("KeyboardInterrupt")
    assert said[2] == "2"


@BOTH
@pytest.mark.parametrize(
    "leaving",
    ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)", "import os; os.kill(os.getpid(), 9)"],
    ids=["exit", "crash", "kill"],
)
def test_a_kernel_that_leaves_is_noticed(run, warm, leaving):
    with pytest.raises(RuntimeError, match="Kernel died"):
        run(leaving, "1", warm=warm)


@BOTH
def test_killing_everything_reaches_nobody_else(run, warm):
    run("1")
    before = mine() | {os.getpid(), os.getppid()}
    assert run("import os, signal; os.kill(-1, signal.SIGKILL)", "1 + 1", warm=warm)[1] == "2"
    assert all(map(runs, before))


@BOTH
def test_nothing_is_left_of_a_kernel(run, warm, monkeypatch, request):
    place = tempfile.mkdtemp(prefix="left-", dir="/tmp")
    request.addfinalizer(lambda: os.rmdir(place))
    run("1")  # the warm process itself stays
    before = mine()
    if not warm:
        monkeypatch.setattr(tempfile, "tempdir", place)
    run(DAEMON, warm=warm)
    assert not wait_until_gone(mine() - before)
    assert os.listdir(place) == []


def test_two_kernels_of_one_warm_process_do_not_meet(run):
    leave = "open('/tmp/mine', 'w').write('x'); open('/dev/shm/mine', 'w').write('x');"
    look = "import os; [os.path.exists(path) for path in ('/tmp/mine', '/dev/shm/mine', 'mine')]"
    assert run(leave, warm=True) == [""]
    assert run(look, "os.listdir('/run/kernel/sockets')", warm=True)[0] == "[False, False, False]"
    assert run("import os; os.listdir('/run/kernels')", warm=True)[0].startswith("PermissionError")
    ports = "import os; sorted(os.listdir('/run/kernel/sockets'))"
    assert run(ports, warm=True) == ["['k-1', 'k-2', 'k-3', 'k-4', 'k-5']"]


def test_a_fork_carries_nothing_along(run):
    """Neither descriptors of the server, nor its random numbers, nor the grader's main module."""
    descriptors = "import os; {os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') "
    descriptors += "if os.path.lexists(f'/proc/self/fd/{n}')}"
    draw = "import random, numpy; (random.random(), numpy.random.random())"
    cells = (descriptors, draw, "import __main__; '__file__' in vars(__main__)")
    first, second = run(*cells), run(*cells)
    assert first[1] != second[1]
    assert first[2] == "False"
    for target in eval(first[0]):
        assert target.startswith(("/dev/null", "socket:", "anon_inode:", "/proc/", "pipe:")), target


def test_other_processes_can_be_started(run):
    fork = "import multiprocessing, os; p = multiprocessing.Process(target=os.getpid); p.start(); p.join();"
    spawned = "import subprocess; subprocess.check_output(['echo', 'x'])"
    assert run(fork, "p.exitcode", spawned) == ["", "0", "b'x\\n'"]


def test_plots_are_shown(run):
    plot = "import matplotlib.pyplot as plt; plt.plot([1, 2]);"
    assert "Figure" in run(plot, preload=["matplotlib.pyplot"])[0]


@pytest.mark.slow
def test_torch_draws_other_numbers_in_every_kernel(run):
    pytest.importorskip("torch")
    draw = "import torch; float(torch.rand(1))"
    assert run(draw, preload=["torch"]) != run(draw, preload=["torch"])


GRADER = """
import time
from autograder.sandbox import room, warm
from autograder.sandbox.limits import Limits
from autograder.sandbox.provisioner import Started
warm.server((), Limits())
folder = room.make(None, Limits())
kernel = Started(folder, Limits(), ["-f", "/run/kernel/none.json"])
print("started", flush=True)
time.sleep(60)
"""


def test_a_killed_grader_leaves_no_process():
    grader = subprocess.Popen([sys.executable, "-c", GRADER], stdout=subprocess.PIPE)
    assert grader.stdout.readline() == b"started\n"
    started = mine(grader.pid)
    assert len(started) >= 4
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    assert not wait_until_gone(started)


@pytest.mark.timeout(30)
def test_a_server_that_ended_is_not_waited_for_though_its_socket_is_still_held(tmp_path):
    server, left = warm.Server((), Limits()), tmp_path / "left"
    server._program.write_text(f"#!/bin/sh\nsleep 60 &\necho $! >> {left}\n")
    with pytest.raises(EOFError, match="has ended"):
        server.fork(server.folder / "k", Limits(), [])
    server.close()
    processes = left.read_text().split()
    for process in processes:
        os.kill(int(process), signal.SIGKILL)
    assert len(processes) >= 2  # it was started again


def test_a_server_that_was_killed_is_started_again(run):
    assert run("1") == ["1"]
    for server in filter(None, warm._servers.values()):
        os.kill(server._forkserver_pid, signal.SIGKILL)
    assert run("1") == ["1"]


@pytest.mark.parametrize("lives", [True, False])
def test_to_die_with_a_parent_that_is_gone_is_refused(lives):
    read, held = os.pipe()
    code = f"from autograder.sandbox.namespaces import *; die_with_parent(9, {read})"
    if not lives:
        os.close(held)
    done = subprocess.run([sys.executable, "-c", code], pass_fds=[read], capture_output=True, text=True)
    os.close(read)
    if lives:
        os.close(held)
        assert done.returncode == 0
    else:
        assert done.stderr.endswith("ProcessLookupError: the parent has ended already\n")
