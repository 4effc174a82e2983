"""What the submissions attack: a course with secrets planted all over, and a look at what became of it."""

import contextlib
import hashlib
import io
import os
import re
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from rich.console import Console

from autograder.engine import grading
from autograder.engine.converting import gradebook
from autograder.layout import Course
from autograder.results import feedback, table

from ..conftest import FIXTURES
from .attack import BREACH, DOUBLE, TOTAL, Attack
from .page import active_parts

__all__ = ["CLASSMATES", "SEED", "Target", "opened"]

SEED = 4
JOBS = 6  # most of a hostile class is waited for
CLASSMATES = {
    "right": (DOUBLE | TOTAL, {"double": 3, "total": 5}),
    "half-right": (
        {"double": "def double(x):\n    return 2 * x if len(x) < 9 else x", "total": TOTAL["total"]},
        {"double": 1, "total": 5},
    ),
}
"""Honest students: answers and points."""

LIMITS = """
c = get_config()
c.OracleExecute.timeout = 3
c.OracleExecute.grace = 1.0
c.OracleExecute.iopub_timeout = 4
c.OracleExecute.max_output = 50_000
c.SandboxProvisioner.limits = {
    "memory": 700, "disk": 64, "file": 32, "processes": 64, "files": 256, "wall_seconds": 15.0
}
"""


class Target:
    """A course, everything around it that could be attacked, and the secrets in it.

    Attributes
    ----------
    course : Course
    home, outside : Path
        Of the grader: the home folder, and one that anybody may write into.
    canaries : dict
        The secrets, by where they were planted.
    """

    def __init__(self, released: Course, folder: Path, patch: pytest.MonkeyPatch):
        self.folder, self.home, self.outside = folder, folder / "home", folder / "outside"
        self.canaries = {}
        self.mark = f"hostile-{secrets.token_hex(8)}"
        self.course = Course(folder / "course", folder / f"solutions_{secrets.token_hex(4)}")
        shutil.copytree(released.root, self.course.root)
        shutil.copytree(FIXTURES, self.course.solutions)
        (self.course.root / "nbgrader_config.py").write_text(LIMITS)
        self._plant(patch)

    def _canary(self, place: str) -> str:
        return self.canaries.setdefault(place, f"canary-{secrets.token_hex(12)}")

    def _plant(self, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("COURSE_SECRET", self._canary("environment"))
        patch.setenv("HOME", str(self.home))
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ipython").mkdir()  # the grader makes one where there is none
        for name in (".netrc", ".bashrc", ".ssh/id_rsa"):
            (self.home / name).write_text(self._canary(f"home/{name}"))
        self.outside.mkdir()
        self.outside.chmod(0o777)
        contract = self.course.solutions / "tiny" / "exercises.py"
        text = contract.read_text().replace("many numbers", f"many numbers {self._canary('hidden case')}")
        contract.write_text(f"{text}\n# {self._canary('contract')}\n")
        source = self.course.source("tiny") / "tiny.ipynb"
        nb = nbformat.read(source, as_version=4)
        nb.metadata["note"] = self._canary("instructor's notebook")
        nbformat.write(nb, source)
        with gradebook(self.course) as book:
            book.update_or_create_student("zoe", last_name=self._canary("gradebook"))

    def hand_in(self, student: str, attack: Attack, where: str = "") -> None:
        """Hand in a submission; ``where`` is a cell that tells an attack where things are."""
        nb = nbformat.read(self.course.release("tiny") / "tiny.ipynb", as_version=4)
        for cell in nb.cells:
            cell.source = dedent(attack.answers.get(cell.metadata["nbgrader"]["grade_id"], cell.source))
        ids = [cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells]
        place = {"first": ids.index("double"), "middle": ids.index("total"), "last": len(ids)}[attack.where]
        code = [text for text in (attack.code, *attack.cells) if text]
        nb.cells[place:place] = [new_code_cell(dedent(text).strip()) for text in code]
        nb.cells[:0] = [new_code_cell(where)] if where else []
        folder = self.course.submitted(student, "tiny")
        folder.mkdir(parents=True)
        nbformat.write(nb, folder / "tiny.ipynb")
        for name, content in attack.files.items():
            (folder / name).write_text(content)
        for name, leads_to in attack.links.items():
            (folder / name).symlink_to(self.folder / leads_to)

    def hand_in_class(self, attacks: Sequence[Attack]) -> dict[str, Attack]:
        """Hand in an honest student's work, all attacks, and another honest one's; return who attacks how."""
        for place, (name, (answers, _)) in zip("az", CLASSMATES.items(), strict=True):
            note = f"# {self._canary(name)}"
            self.hand_in(f"{place}-{name}", Attack(name, note, answers=answers))
        classmate = self.course.submitted("a-right", "tiny")
        students = {f"m-{attack.name}": attack for attack in attacks}
        for student, attack in students.items():
            known = {
                "COURSE": str(self.course.root),
                "HOME": str(self.home),
                "OUTSIDE": str(self.outside),
                "SOLUTIONS": str(self.course.solutions),
                "CLASSMATE": str(classmate),
                "PORT": self.port,
                "MARK": self.mark,
            }
            where = "\n".join(f"{name} = {value!r}" for name, value in known.items())
            half = len(BREACH) // 2
            self.hand_in(student, attack, f"{where}\nBREACH = {BREACH[:half]!r} + {BREACH[half:]!r}")
        return students

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen where a student's code could call: on loopback, and on sockets without and with a name."""
        with contextlib.ExitStack() as stack:
            bound = [
                (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
                (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.mark}"),
                (socket.AF_UNIX, socket.SOCK_STREAM, str(self.outside / "socket")),
            ]
            self.sockets = [stack.enter_context(socket.socket(*of)) for *of, _ in bound]
            for one, (*_, address) in zip(self.sockets, bound, strict=True):
                one.bind(address)
                one.listen()
                one.setblocking(False)
            self.port = self.sockets[0].getsockname()[1]
            packets = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            packets.bind(("127.0.0.1", self.port))
            packets.setblocking(False)
            self.sockets.append(packets)
            yield

    def grade(self, **how) -> list[str]:
        """Grade everybody and write the feedback; return what the grader says of those it did not grade."""
        done = grading.grade("tiny", self.course, seed=SEED, jobs=JOBS, **how)
        feedback.generate("tiny", self.course)
        return [one.line for one in done if one.status != "graded"]

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Return the points in the gradebook, by student and exercise."""
        rows = table.rows("tiny", self.course)
        return {row.student: {name: mark.score for name, mark in row.marks.items()} for row in rows}

    def controls(self) -> list[str]:
        """Return what steers a terminal in the table that the grader prints."""
        printed = io.StringIO()
        table.show("tiny", self.course, Console(file=printed, width=300))
        return re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed.getvalue())

    def untouchable(self) -> dict[str, str]:
        """Return what everything is that grading may not change, by path: kind, rights and content."""
        root, found = self.course.root, {}
        parts = [root / name for name in ("submitted", "source", "release")]
        for part in (*parts, self.course.solutions, self.home, self.outside):
            for path in (part, *sorted(part.rglob("*"))):
                if "__pycache__" not in path.parts and path.name != "socket":
                    found[str(path.relative_to(self.folder))] = _state(path)
        return found

    def findings(self, student: str) -> list[str]:
        """Return what a student's results hold that they must not: secrets, breaches, active pages."""
        course = self.course
        graded = course.autograded(student, "tiny") / "tiny.ipynb"
        if not graded.is_file():
            return ["not graded"]
        page = course.feedback(student, "tiny") / "tiny.html"
        told = [path for path in course.root.rglob("*") if path.is_file() and student in path.parts]
        told = [path for path in told if "submitted" not in path.parts]
        texts = [path.read_text(errors="replace") for path in told]
        leaks = [place for place, canary in self.canaries.items() if any(canary in text for text in texts)]
        outputs = [cell.get("outputs") for cell in nbformat.read(graded, as_version=4).cells]
        found = [f"leaked: {place}" for place in leaks]
        found += [BREACH] * (BREACH in str(outputs))
        found += [f"active in the feedback: {part}" for part in active_parts(page.read_text())]
        found += [
            f"{path.name} has {size >> 20} MB" for path in told if (size := path.stat().st_size) > 8 << 20
        ]
        return found

    def calls(self) -> list[str]:
        """Return which of the servers somebody has called."""
        names = ("TCP", "abstract socket", "socket in the file system", "UDP")
        return [name for name, one in zip(names, self.sockets, strict=True) if _has_been_called(one)]

    def left_running(self) -> list[str]:
        """Return command lines of processes that a submission has left behind."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if (text := path.read_bytes().decode(errors="replace")) and self.mark in text:
                    found.append(text)
        return found


def opened(released: Course, folder: Path) -> Iterator[Target]:
    """Yield a target that is listening, and put the environment back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        target = Target(released, folder, patch)
        with target.listening():
            yield target


def _state(path: Path) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    else:
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return f"{stat.filemode(status.st_mode)} {status.st_uid} {content}"


def _has_been_called(one: socket.socket) -> bool:
    try:
        if one.type == socket.SOCK_DGRAM:
            return bool(one.recv(1))
        one.accept()[0].close()
    except BlockingIOError:
        return False
    return True
