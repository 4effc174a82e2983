"""What takes too much costs a cell, or the kernel; never the machine, and never another kernel."""

import os
import time

import pytest

from autograder.sandbox.limits import Limits
from autograder.sandbox.watchdog import Watched, unwatch, watch

BOTH = pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
FORK_BOMB = """
import os, time
children = 0
try:
    for _ in range(5000):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except OSError as error:
    print(type(error).__name__)
0 < children < 64
"""
MANY_CHILDREN = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = b"x" * (120 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(20)
"""
FILL = """
try:
    for number in range(1000):
        with open(f"{place}/{number}", "wb") as file:
            file.write(b"x" * (4 << 20))
except OSError as error:
    print(error.errno)
"""
MANY_FILES = """
opened = []
try:
    while len(opened) < 2000:
        opened.append(open("/dev/null"))
except OSError as error:
    number = error.errno
del opened
number
"""
NO_FILE_LEFT = """
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError as error:
    print(error.errno)
"""
LONG_FILE = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    open("long", "wb").write(b"x" * (3 << 20))
except OSError as error:
    print(error.errno)
"""
PLACES = [".", "/tmp", "/dev/shm", "/home/student"]


@BOTH
def test_a_memory_bomb_costs_its_cell_only(run, warm):
    said = run("x = 1", "held = bytearray(3 << 30)", "x + 1", warm=warm)
    assert said == ["", "MemoryError:", "2"]


@BOTH
def test_processes_are_bounded(run, warm):
    said = run(FORK_BOMB, "1 + 1", warm=warm, limits={"processes": 64})
    assert said == ["BlockingIOError\n\nTrue", "2"]


@BOTH
@pytest.mark.parametrize("place", PLACES, ids=["scratch", "tmp", "shm", "home"])
def test_disk_is_bounded(run, warm, place):
    assert run(f"place = {place!r}", FILL, "1 + 1", warm=warm, limits={"disk": 32}) == ["", "28", "2"]


@BOTH
def test_files_are_bounded(run, warm):
    said = run(MANY_FILES, LONG_FILE, warm=warm, limits={"files": 200, "file": 2})
    assert said == ["24", "27"]


@BOTH
def test_a_kernel_without_descriptors_still_speaks_at_once(run, warm):
    """Without the pipe that it opens at its start, what is printed was lost or late."""
    started = time.monotonic()
    said = run(NO_FILE_LEFT, "print('more')", "1 + 1", warm=warm, limits={"files": 200})
    assert said == ["24", "more", "2"]
    assert time.monotonic() - started < 9


@pytest.mark.slow
@BOTH
def test_processor_time_is_bounded(run, warm):
    with pytest.raises(RuntimeError, match="Kernel died"):
        run("import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)", "while True: pass",
            warm=warm, limits={"cpu_seconds": 2})  # fmt: skip


@BOTH
def test_memory_of_many_children_ends_the_kernel(run, warm):
    with pytest.raises(RuntimeError, match="Kernel died"):
        run(MANY_CHILDREN, warm=warm, limits={"memory": 400})


@BOTH
def test_time_of_the_whole_notebook_ends_the_kernel(run, warm):
    with pytest.raises(RuntimeError, match="Kernel died"):
        run("import time", "time.sleep(20)", warm=warm, limits={"wall_seconds": 2.0})


@BOTH
def test_files_among_the_sockets_end_the_kernel(run, warm):
    with pytest.raises(RuntimeError, match="Kernel died"):
        run("open('/run/kernel/sockets/more', 'w'); import time; time.sleep(20)", warm=warm)


def test_the_watchdog_says_why(tmp_path):
    said = []
    limits = Limits(wall_seconds=0.01)
    watched = Watched(os.getpid(), limits, tmp_path, said.append)
    watch(watched)
    end = time.monotonic() + 10
    while not said and time.monotonic() < end:
        time.sleep(0.05)
    unwatch(watched)
    assert said == ["the whole notebook took longer than 0.01 seconds"]


@pytest.mark.parametrize("name", ["memory", "wall_seconds"])
def test_a_limit_is_positive(name):
    with pytest.raises(ValueError, match=f"the limit {name} must be positive, not 0"):
        Limits(**{name: 0})


def test_limits_are_widened_not_narrowed():
    assert Limits(memory=1000).widened(memory=500, disk=512) == Limits(memory=1000, disk=512)
