"""Kernels in sandboxes beside one another: they start, are interrupted, leave nothing, and never meet."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

BOTH = pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep({seconds})
    os._exit(0)
os.wait();
"""


def processes_of_sandboxes():
    mine = set()
    for process in psutil.process_iter(["cmdline"]):
        if "autograder.sandbox" in " ".join(process.info["cmdline"] or []):
            mine.add(process.pid)
    return mine


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
    before = processes_of_sandboxes() | {os.getpid(), os.getppid()}
    assert run("import os, signal; os.kill(-1, signal.SIGKILL)", "1 + 1", warm=warm)[1] == "2"
    assert all(psutil.pid_exists(process) for process in before)


@BOTH
def test_nothing_is_left_of_a_kernel(run, warm):
    mark = 1_000_000 + secrets.randbelow(1_000_000)
    run("1", warm=warm)  # the warm process itself stays
    before, folders = processes_of_sandboxes(), set(Path(tempfile.gettempdir()).glob("convnets-*"))
    run(DAEMON.format(seconds=mark), warm=warm)
    end = time.monotonic() + 5
    while processes_of_sandboxes() - before and time.monotonic() < end:
        time.sleep(0.05)
    assert processes_of_sandboxes() <= before
    assert set(Path(tempfile.gettempdir()).glob("convnets-*")) == folders


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
    before = processes_of_sandboxes()
    grader = subprocess.Popen([sys.executable, "-c", GRADER], stdout=subprocess.PIPE)
    assert grader.stdout.readline() == b"started\n"
    assert processes_of_sandboxes() - before
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    end = time.monotonic() + 10
    while processes_of_sandboxes() - before and time.monotonic() < end:
        time.sleep(0.05)
    assert processes_of_sandboxes() <= before
