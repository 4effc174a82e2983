"""A real hub on loopback with a course, an instructor and a learner."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from autograder.authoring import release
from autograder.hub import proxy
from autograder.layout import PROJECT, Course, CourseError

from ..conftest import FIXTURES
from ..free_ports import free_ports

INSTRUCTOR, LEARNER = "grace", "ada"
ADMIN_TOKEN = "only-for-this-test"
CONFIG = """
from pathlib import Path
from autograder.hub.settings import Hub, apply
from autograder.layout import Course

c = get_config()
root = Path({root!r})
apply(
    c,
    Hub(
        instructors={{{instructor!r}}},
        learners={{{learner!r}}},
        shared=root / "shared",
        address="http://127.0.0.1:{0}",
        proxy_port={1},
        hub_port={2},
        course_port={3},
        course=Course(root / "course", root / "hub_solutions"),
    ),
)
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(root / "home" / "{{username}}")
c.Spawner.args = ["--allow-root"]
c.JupyterHub.services[0]["command"].append("--allow-root")
c.JupyterHub.services.append({{"name": "test", "api_token": {token!r}}})
c.JupyterHub.load_roles.append({{
    "name": "test", "services": ["test"],
    "scopes": ["admin:users", "admin:servers", "admin:groups", "tokens", "list:services"],
}})
"""


@dataclass(frozen=True)
class Running:
    """The hub's address, and where its course and its people's homes are."""

    address: str
    root: Path
    course: Course

    def api(self, method: str, path: str, **options) -> requests.Response:
        """Ask the hub's own interface, as its administrator."""
        header = {"Authorization": f"token {ADMIN_TOKEN}"}
        return requests.request(
            method, f"{self.address}/hub/api{path}", headers=header, timeout=60, **options
        )

    def token_of(self, person: str) -> str:
        """Return a token with which a person's programs act as that person."""
        answer = self.api("POST", f"/users/{person}/tokens", json={})
        answer.raise_for_status()
        return answer.json()["token"]


def missing(why: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[Running]:
    """A hub that runs, its course released to nobody yet."""
    try:
        importlib.import_module("jupyterhub")
        proxy.install()
    except (ImportError, CourseError) as error:
        missing(f"the hub is tested with JupyterHub and its proxy: {error}")
    root = tmp_path_factory.mktemp("hub")
    running = _prepared(root)
    with (root / "log").open("w") as log:
        process = _started(root, log)
        try:
            _wait_for(running, process, root / "log")
            yield running
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _prepared(root: Path) -> Running:
    """Write the hub's configuration, the course and the learner's home."""
    shutil.copytree(FIXTURES, root / "hub_solutions")
    course = Course(root / "course", root / "hub_solutions")
    release.release("tiny", course)
    for folder in (course.root, course.solutions):
        folder.chmod(0o700)
    ports = free_ports(4)
    names = {"instructor": INSTRUCTOR, "learner": LEARNER, "token": ADMIN_TOKEN, "root": str(root)}
    (root / "jupyterhub_config.py").write_text(CONFIG.format(*ports, **names))
    # Both people share the account that runs the test, so nbgrader has to be told who hands in.
    config = root / "home" / LEARNER / ".jupyter" / "nbgrader_config.py"
    config.parent.mkdir(parents=True)
    config.write_text(f"c = get_config()\nc.CourseDirectory.student_id = {LEARNER!r}\n")
    return Running(f"http://127.0.0.1:{ports[0]}", root, course)


def _started(root: Path, log) -> subprocess.Popen:
    python_path = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    environment = os.environ | {"PYTHONPATH": python_path, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py", "--debug"]
    return subprocess.Popen(
        command, cwd=root, env=environment, stdout=log, stderr=log, start_new_session=True
    )


def _wait_for(running: Running, process: subprocess.Popen, log: Path) -> None:
    """Wait until the hub answers and the course's server does."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the hub ended: {log.read_text()[-4000:]}")
        try:
            answer = requests.get(f"{running.address}/services/convnets/api", timeout=5)
            if answer.ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    pytest.fail(f"the hub did not answer: {log.read_text()[-4000:]}")
