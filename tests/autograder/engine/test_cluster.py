"""A Dask scheduler and two workers, as processes of their own that share no folder with the grader."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from autograder import intake
from autograder.engine import cluster, grading
from autograder.engine.answering import Release, answer, task_of
from autograder.layout import CourseError

from ..test_grading import RIGHT, hand_in, hand_in_nothing
from .conftest import SEED, contents

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of distributed's own connections
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
STUDENTS = [f"student-{number}" for number in range(6)]


def start(*command, **environment) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def end(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def address():
    """A scheduler that does not wait long for a worker that is gone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options = ("--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")
    process = start("distributed.cli.dask_scheduler", *options)
    yield f"tcp://127.0.0.1:{port}"
    end(process)


@contextlib.contextmanager
def workers(address, tmp_path, number=2, daemon="False"):
    options = ("--nworkers", "1", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard")
    started = [
        start(
            "distributed.cli.dask_worker", address, *options, "--local-directory", str(tmp_path / str(one)),
            DASK_DISTRIBUTED__WORKER__DAEMON=daemon,
        )
        for one in range(number)
    ]  # fmt: skip
    try:
        yield started
    finally:
        for process in started:
            end(process)


def alone(ready) -> list:
    """Grade the class without a cluster and forget it again; return what the gradebook held."""
    grading.grade("tiny", ready, seed=SEED)
    found = contents(ready)
    from autograder.engine.converting import gradebook

    with gradebook(ready) as book:
        for student in ready.students("tiny"):
            book.remove_submission("tiny", student)
    return found


@pytest.mark.timeout(300)
def test_a_worker_that_is_killed_costs_nobody_anything(ready, address, tmp_path):
    for number, student in enumerate(STUDENTS):
        hand_in(ready, student, dict(list(RIGHT.items())[number % 2 :]))
    hand_in_nothing(ready, "nobody")
    expected = alone(ready)
    with (
        workers(address, tmp_path) as started,
        cluster.connected(address, seconds=60) as (executor, threads),
    ):
        while threads < 2 and len(executor._client.nthreads()) < 2:
            time.sleep(0.1)
        killed = []

        def kill_one(done):
            if not killed:
                killed.append(started[0].pid)
                end(started[0])

        done = grading.grade("tiny", ready, seed=SEED, executor=executor, jobs=4, progress=kill_one)
    assert {one.status for one in done} == {"graded", "missing"}
    assert killed
    assert contents(ready) == expected


@pytest.mark.timeout(200)
def test_workers_that_may_not_start_processes_are_refused(address, tmp_path):
    with (
        workers(address, tmp_path, number=1, daemon="True"),
        pytest.raises(CourseError, match="may not start processes"),
        cluster.connected(address, seconds=60),
    ):
        pass


def test_nobody_at_the_address_is_an_error():
    with (
        pytest.raises(CourseError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster.connected("tcp://127.0.0.1:9", seconds=0.5),
    ):
        pass


@pytest.mark.timeout(200)
def test_a_worker_needs_no_folder_of_the_course(ready, address, tmp_path):
    hand_in(ready, "ada")
    task = task_of(intake.read(ready, "ada", "tiny"), Release.of("tiny", ready, {}), SEED, "")
    ready.root.rename(tmp_path / "out of reach")
    with (
        workers(address, tmp_path, number=1),
        cluster.connected(address, seconds=60) as (executor, _),
    ):
        answered = executor.submit(answer, task).result(timeout=120)
    assert [record["score"] for record in answered.records] == [3, 5]
