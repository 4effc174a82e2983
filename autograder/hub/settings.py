"""What JupyterHub needs to know to carry a course, given to it through its own traits.

Learners and instructors sign in to the hub and get a Jupyter server of their own. The course is a service of
the hub: one more Jupyter server, the grader's, with nbgrader's formgrader, open to the instructors' group
alone. Assignments travel between them through nbgrader's exchange, a folder.
"""

import json
import os
import stat
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config

from autograder.hub import proxy
from autograder.layout import DEFAULT, Course, CourseError, write_if_changed

__all__ = ["Hub", "apply"]

COURSE = "convnets"
INSTRUCTORS, LEARNERS = f"formgrade-{COURSE}", f"nbgrader-{COURSE}"
"""Groups of the hub; nbgrader finds a course's people by the first part of these names."""

NBGRADER = """# Written from jupyterhub_config.py when the hub starts.
c = get_config()
c.CourseDirectory.course_id = {course!r}
c.Exchange.root = {exchange!r}
c.Authenticator.plugin_class = {plugin!r}
"""
PLUGINS = {"learners": "nbgrader.auth.JupyterHubAuthPlugin", "grader": "nbgrader.auth.NoAuthPlugin"}
"""Where nbgrader reads who belongs to a course: in the hub's groups, except for the course's own server."""
NOT_FOR_LEARNERS = ("formgrader", "create-assignment")


@dataclass(frozen=True)
class Hub:
    """One hub with one course.

    Attributes
    ----------
    instructors, learners : collection of str
        Names of accounts.
    shared : Path
        Folder that every account may enter: the exchange and the servers' settings; beside them, closed to
        others, the hub's database.
    grader : str or None
        Account under which the course is graded. None: the one that runs the hub.
    address : str
        Where people find the hub.
    hub_port, proxy_port, course_port : int
        Ports on this machine only: the hub's own, the proxy's command port, the grader's server.
    course : Course
    """

    instructors: Collection[str]
    learners: Collection[str]
    shared: Path
    grader: str | None = None
    address: str = "http://127.0.0.1:8000"
    hub_port: int = 8081
    proxy_port: int = 8001
    course_port: int = 9999
    course: Course = DEFAULT


def apply(c: Config, hub: Hub) -> None:
    """Set what the hub needs on a configuration object, and make the shared folder.

    Raises
    ------
    CourseError
        Nobody may grade, the proxy is missing, or other accounts can read what learners must not.
    """
    if not hub.instructors:
        raise CourseError("a hub needs an instructor: name at least one in jupyterhub_config.py")
    _keep_apart(hub)
    _share(hub)
    c.JupyterHub.bind_url = hub.address
    c.JupyterHub.hub_port = hub.hub_port
    c.ConfigurableHTTPProxy.command = proxy.command()
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{hub.proxy_port}"
    c.Authenticator.allowed_users = {*hub.instructors, *hub.learners}
    c.Authenticator.allow_existing_users = False
    c.JupyterHub.db_url = f"sqlite:///{hub.shared / 'hub' / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(hub.shared / "hub" / "cookie_secret")
    c.ConfigurableHTTPProxy.pid_file = str(hub.shared / "hub" / "proxy.pid")
    c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(hub.shared / "learners")}
    c.Spawner.default_url = "/lab"
    c.JupyterHub.load_groups = {
        INSTRUCTORS: {"users": sorted(hub.instructors)},
        LEARNERS: {"users": sorted({*hub.instructors, *hub.learners})},
    }
    c.JupyterHub.load_roles = _roles()
    c.JupyterHub.services = [_grading(hub)]


def _roles() -> list[dict]:
    """Return who may do what: instructors enter the course; a person's server acts for that person."""
    service = f"service={COURSE}"
    scopes = [f"access:services!{service}", "list:services", f"read:services!{service}"]
    return [
        {"name": "instructor", "groups": [INSTRUCTORS], "scopes": scopes},
        {"name": "server", "scopes": ["inherit"]},
    ]


def _grading(hub: Hub) -> dict:
    """Return the service: a Jupyter server in the course's folder, without terminals."""
    service = {
        "name": COURSE,
        "url": f"http://127.0.0.1:{hub.course_port}",
        "command": [sys.executable, "-m", "jupyterhub.singleuser", "--ServerApp.terminals_enabled=False"],
        "cwd": str(hub.course.config.parent),
        "environment": {
            "JUPYTERHUB_DEFAULT_URL": "/formgrader",
            "JUPYTER_CONFIG_PATH": str(hub.shared / "grader"),
            "PATH": os.environ.get("PATH", os.defpath),
        },
        "oauth_no_confirm": True,
    }
    return service | ({"user": hub.grader} if hub.grader else {})


def _keep_apart(hub: Hub) -> None:
    """Refuse to start where another account of this machine could read submissions or solutions."""
    open_to_all = [
        str(folder)
        for folder in (hub.course.root, hub.course.solutions)
        if folder.is_dir() and folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH)
    ]
    if open_to_all:
        folders = " ".join(open_to_all)
        raise CourseError(f"learners could read what is not for them; run: chmod o-rwx {folders}")


def _share(hub: Hub) -> None:
    """Make the exchange, open to everybody, the servers' settings, and the hub's own folder."""
    exchange, learners = hub.shared / "exchange", hub.shared / "learners"
    exchange.mkdir(parents=True, exist_ok=True)
    exchange.chmod(0o1777)
    (hub.shared / "hub").mkdir(mode=0o700, exist_ok=True)
    for whose, plugin in PLUGINS.items():
        text = NBGRADER.format(course=COURSE, exchange=str(exchange), plugin=plugin)
        write_if_changed(hub.shared / whose / "nbgrader_config.py", text)
    extensions = {"nbgrader.server_extensions.formgrader": False}
    server = {"ServerApp": {"jpserver_extensions": extensions}}
    write_if_changed(learners / "jupyter_server_config.json", json.dumps(server, indent=2))
    page = {"disabledExtensions": {f"@jupyter/nbgrader:{name}": True for name in NOT_FOR_LEARNERS}}
    write_if_changed(learners / "labconfig" / "page_config.json", json.dumps(page, indent=2))
