"""The hub's settings: what they refuse, and what jupyterhub_config.py says."""

import runpy
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.__main__ import main
from autograder.hub import proxy, settings
from autograder.layout import PROJECT, Course, CourseError


@pytest.fixture
def hub(tmp_path, monkeypatch) -> settings.Hub:
    """A hub whose proxy counts as installed."""
    monkeypatch.setattr(proxy, "command", lambda: ["proxy"])
    course = Course(tmp_path / "course", tmp_path / "solutions")
    for folder in (course.root, course.solutions):
        folder.mkdir(mode=0o700)
    return settings.Hub({"grace"}, {"ada"}, tmp_path / "shared", course=course)


def applied(hub: settings.Hub) -> Config:
    c = Config()
    settings.apply(c, hub)
    return c


def test_people_are_in_their_groups(hub):
    c = applied(hub)
    assert c.Authenticator.allowed_users == {"ada", "grace"}
    assert c.JupyterHub.load_groups["formgrade-convnets"]["users"] == ["grace"]
    assert c.JupyterHub.load_groups["nbgrader-convnets"]["users"] == ["ada", "grace"]


def test_the_course_is_graded_by_its_account(hub):
    assert "user" not in applied(hub).JupyterHub.services[0]
    assert applied(replace(hub, grader="grader")).JupyterHub.services[0]["user"] == "grader"


def test_the_exchange_is_open_and_the_hubs_database_is_not(hub):
    applied(hub)
    modes = {name: (hub.shared / name).stat().st_mode & 0o7777 for name in ("exchange", "hub")}
    assert modes == {"exchange": 0o1777, "hub": 0o700}


@pytest.mark.parametrize("name", ["root", "solutions"])
def test_a_course_that_others_can_read_is_refused(hub, name):
    folder: Path = getattr(hub.course, name)
    folder.chmod(0o755)
    with pytest.raises(CourseError, match=f"chmod o-rwx {folder}"):
        applied(hub)


def test_a_hub_needs_an_instructor(hub):
    with pytest.raises(CourseError, match="needs an instructor"):
        applied(replace(hub, instructors=()))


def test_a_missing_proxy_is_named_with_the_remedy(tmp_path):
    with pytest.raises(CourseError, match="python -m autograder hub installs it"):
        proxy.command(tmp_path)


def configured(monkeypatch, apply) -> Config:
    """Run jupyterhub_config.py as JupyterHub does."""
    c = Config()
    monkeypatch.setattr(settings, "apply", apply)
    names = {"get_config": lambda: c, "__name__": "config"}
    runpy.run_path(str(PROJECT / "autograder" / "jupyterhub_config.py"), names)
    return c


def test_the_configuration_runs(monkeypatch):
    given = []
    c = configured(monkeypatch, lambda c, hub: given.append(hub))
    assert given[0].instructors == {"instructor"}
    assert given[0].address.startswith("http://127.0.0.1:")
    assert c.JupyterHub.authenticator_class == "pam"


def test_a_hub_that_must_not_start_ends_with_the_reason(monkeypatch):
    def refuse(c, hub):
        raise CourseError("run: chmod o-rwx solutions")

    with pytest.raises(SystemExit, match="does not start: run: chmod o-rwx solutions"):
        configured(monkeypatch, refuse)


def test_the_command_installs_the_proxy_and_starts_the_hub(monkeypatch, capsys):
    started = []
    monkeypatch.setattr(proxy, "install", lambda: True)
    monkeypatch.setattr(subprocess, "call", lambda command: started.append(command) or 0)
    assert main(["hub"]) == 0
    assert started[0][1:] == ["-m", "jupyterhub", "-f", str(PROJECT / "autograder" / "jupyterhub_config.py")]
    assert "installed JupyterHub's proxy" in capsys.readouterr().out
