"""What is said of a machine, and the remedy for each reason why there is no sandbox."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest

from autograder import scratch
from autograder.layout import PROJECT
from autograder.sandbox import bubblewrap, protection, room, unroot
from autograder.sandbox.limits import Limits


@pytest.fixture(autouse=True)
def _afresh():
    protection.protection.cache_clear()
    yield
    protection.protection.cache_clear()


def test_a_sandbox_is_tried_not_guessed_at():
    found = protection.protection()
    assert found.sandboxed
    assert found.problem == found.remedy == ""
    protection.require()


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_only_linux_has_namespaces(monkeypatch, system):
    monkeypatch.setattr("platform.system", lambda: system)
    assert "WSL 2" in protection.protection().remedy
    with pytest.raises(protection.Unprotected, match=f"This is {system}, not Linux"):
        protection.require()


def test_without_bubblewrap(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "apt install bubblewrap" in protection.protection().remedy


SIGNS = {
    "ubuntu": ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "/etc/apparmor.d/bwrap"),
    "debian": ({"kernel/unprivileged_userns_clone": "0"}, "unprivileged_userns_clone=1"),
    "none": ({"user/max_user_namespaces": "0"}, "max_user_namespaces=10000"),
    "container": ({"container": True}, "seccomp=unconfined"),
    "unknown": ({}, "ask its administrator"),
}


@pytest.mark.parametrize("reason", SIGNS)
def test_the_remedy_fits_the_reason(monkeypatch, reason):
    signs, words = SIGNS[reason]
    refusing = ["sh", "-c", "echo 'No permissions to create new namespace' >&2; exit 1"]
    monkeypatch.setattr(bubblewrap, "command", lambda *rest: refusing)
    monkeypatch.setattr(protection, "_read", lambda name: signs.get(name, ""))
    monkeypatch.setattr(protection, "_in_container", lambda: "container" in signs)
    found = protection.protection()
    assert not found.sandboxed
    assert "No permissions to create new namespace" in found.problem
    assert words in found.remedy


def test_the_folder_of_a_kernel_holds_regular_files_only(tmp_path):
    work = tmp_path / "work"
    (work / "deep").mkdir(parents=True)
    (work / "deep" / "data.csv").write_text("1,2")
    (work / "graded.ipynb").write_text("{}")
    (work / "link").symlink_to("/etc/passwd")
    (work / "folder").symlink_to("/etc")
    os.mkfifo(work / "pipe")
    with open(work / "large", "wb") as file:
        file.truncate(20 << 20)
    folder = room.make(work, Limits(disk=32))
    copied = sorted(path.relative_to(folder / "files").as_posix() for path in (folder / "files").rglob("*"))
    scratch.remove(folder)
    assert copied == ["deep", "deep/data.csv"]
    assert not folder.exists()


ORDINARY = """
from autograder.sandbox import protection, warm
from autograder.sandbox.limits import Limits
assert __import__("os").geteuid() == 65534
found = protection.protection()
print(protection.report(found))
print("warm" if warm.server((), Limits()) else "cold")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account; others are one already")
def test_an_ordinary_account_has_a_sandbox_too():
    """The grader itself runs as nobody; folders that only root may enter are opened for it alone."""
    program = os.path.realpath(sys.executable)
    shown = [sys.prefix, sys.base_prefix, program, str(PROJECT)]
    command = unroot.command([sys.executable, "-c", textwrap.dedent(ORDINARY)], shown)
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp"}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "belongs to user 65534" in done.stdout
    assert done.stdout.splitlines()[-1] == "warm"
