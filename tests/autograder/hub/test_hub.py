"""Fetch, solve, submit, collect, grade and return, by two people of a real hub through its proxy."""

import re
import time

import nbformat
import pytest
import requests

from .conftest import INSTRUCTOR, LEARNER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
TINY = {"course_id": "convnets", "assignment_id": "tiny"}


class Person:
    """Somebody who is signed in."""

    def __init__(self, hub, name: str):
        self.hub, self.name = hub, name
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {hub.token_of(name)}"

    def ask(self, method: str, path: str, **options) -> requests.Response:
        return self.session.request(method, f"{self.hub.address}{path}", timeout=120, **options)

    def assignments(self, action: str) -> dict[str, dict]:
        """Press a button of the assignment list; return what it then shows, by status."""
        answer = self.ask("POST", f"/user/{self.name}/assignments/{action}", json=TINY)
        assert answer.ok, answer.text
        assert answer.json()["success"], answer.text
        return {one["status"]: one for one in answer.json()["value"]}

    def formgrader(self, method: str, path: str, **options) -> requests.Response:
        return self.ask(method, f"/services/convnets/formgrader/{path}", **options)


@pytest.fixture(scope="module")
def grace(hub):
    return Person(hub, INSTRUCTOR)


@pytest.fixture(scope="module")
def ada(hub):
    """The learner, whose server runs."""
    server_of(hub, LEARNER)
    return Person(hub, LEARNER)


def server_of(hub, name):
    """Start somebody's server and wait for it."""
    assert hub.api("POST", f"/users/{name}/server").status_code in (201, 202)
    end = time.monotonic() + 60
    while not hub.api("GET", f"/users/{name}").json()["servers"].get("", {}).get("ready"):
        assert time.monotonic() < end, f"the server of {name} did not start"
        time.sleep(0.3)


def press(grace, path):
    """Press a button of formgrader."""
    answer = grace.formgrader("POST", f"api/{path}")
    assert answer.ok, answer.text
    assert answer.json()["success"], answer.text


def test_an_assignment_goes_round(hub, grace, ada):
    press(grace, "assignment/tiny/release")
    assert ada.assignments("fetch")["fetched"]["path"] == "tiny"
    solve(ada)
    assert ada.assignments("submit")["submitted"]["student_id"] == LEARNER
    press(grace, "assignment/tiny/collect")
    press(grace, f"submission/tiny/{LEARNER}/autograde")
    scored = grace.formgrader("GET", f"api/submission/tiny/{LEARNER}").json()
    assert (scored["score"], scored["max_score"]) == (3, 8)
    press(grace, "assignment/tiny/generate_feedback")
    press(grace, "assignment/tiny/release_feedback")
    page = returned(ada)
    assert re.search(r"Score:\s*3\.0\s*/\s*8\.0", page)
    assert "raise NotImplementedError" in page


def solve(ada):
    """Open the notebook in the learner's own server, answer the first exercise, save."""
    address = f"/user/{LEARNER}/api/contents/tiny/tiny.ipynb"
    model = ada.ask("GET", address).json()
    for cell in model["content"]["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double":
            cell["source"] = "def double(x):\n    return x + x"
    nbformat.validate(nbformat.from_dict(model["content"]))
    assert ada.ask("PUT", address, json=model).ok


def returned(ada):
    submissions = ada.assignments("fetch_feedback")["submitted"]["submissions"]
    path = submissions[0]["local_feedback_path"]
    answer = ada.ask("GET", f"/user/{LEARNER}/api/contents/{path}/tiny.html")
    return answer.json()["content"]


def test_the_course_is_closed_to_learners(hub, ada):
    assert ada.formgrader("GET", "api/assignments").status_code == 403
    assert ada.ask("GET", "/services/convnets/api/contents").status_code == 403
    stranger = requests.get(f"{hub.address}/services/convnets/formgrader", allow_redirects=False, timeout=60)
    assert stranger.status_code == 302
    assert "/oauth2/authorize" in stranger.headers["location"]


def test_a_learners_server_has_no_formgrader(ada):
    assert ada.ask("GET", f"/user/{LEARNER}/formgrader").status_code == 404


def test_the_course_server_has_no_terminal(grace):
    assert grace.ask("POST", "/services/convnets/api/terminals", json={}).status_code == 404


def test_an_instructor_finds_the_course(hub, grace):
    server_of(hub, INSTRUCTOR)
    found = grace.ask("GET", f"/user/{INSTRUCTOR}/formgraders").json()
    assert [one["course_id"] for one in found["value"]] == ["convnets"], found
