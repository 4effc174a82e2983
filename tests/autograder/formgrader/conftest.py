"""A graded assignment with a text to grade by hand, and a Jupyter server with nbgrader's pages on it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from autograder.authoring import release
from autograder.engine import grading
from autograder.layout import PROJECT, Course

from ..conftest import FIXTURES
from ..free_ports import free_ports
from ..test_grading import RIGHT, hand_in

WRITTEN = """

Why is a doubled float exact? One point for the exponent, one for the digits.

+++

{{ written exact 2 }}
Doubling adds one to the exponent and leaves the binary digits as they are.
"""
ANSWER = "Only the exponent changes. <img src=x onerror='window.fired = 1'> <script>window.fired = 1</script>"
NOISE = (
    "from IPython.display import HTML, Javascript, display\n"
    "display(HTML('<script>window.fired = 1</script>'), Javascript('window.fired = 1'))\n"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """The small assignment with one more question, handed in by two learners and graded by machine."""
    root = tmp_path_factory.mktemp("formgrader")
    solutions = root / "written"
    shutil.copytree(FIXTURES / "tiny", solutions / "tiny")
    with (solutions / "tiny" / "tiny.md").open("a") as file:
        file.write(WRITTEN)
    made = Course(root / "course", solutions)
    release.release("tiny", made)
    hand_in(made, "ada", RIGHT | {"exact": ANSWER, "total": NOISE + RIGHT["total"]})
    hand_in(made, "bob", RIGHT)
    assert [one.status for one in grading.grade("tiny", made)] == ["graded", "graded"]
    return made


@dataclass(frozen=True)
class Server:
    """Where the pages are, and the token that opens them."""

    address: str
    token: str

    def page(self, path: str) -> str:
        """Return the address of a page for somebody who is signed in."""
        return f"{self.address}/{path}?token={self.token}"


@pytest.fixture(scope="module")
def server(course) -> Iterator[Server]:
    """A Jupyter server in the course's folder, as an instructor starts it."""
    [port] = free_ports(1)
    running = Server(f"http://127.0.0.1:{port}", "for-this-test")
    with (course.root.parent / "log").open("w") as log:
        process = _started(course, port, running.token, log)
        try:
            _wait_for(running, process, course.root.parent / "log")
            yield running
        finally:
            process.terminate()
            process.wait(30)


def _started(course: Course, port: int, token: str, log) -> subprocess.Popen:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)]),
        "JUPYTER_CONFIG_DIR": str(course.root.parent / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(course.root.parent / "runtime"),
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    return subprocess.Popen(command, cwd=course.root, env=environment, stdout=log, stderr=log)


def _wait_for(running: Server, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(running.page("formgrader/api/status"), timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.3)
    pytest.fail(f"the server did not answer: {log.read_text()[-4000:]}")
