"""Takes in what a student handed in: a clean notebook, a few plain files, and a word on all the rest.

Nothing in ``submitted/`` is ever changed. What the grader and the student's kernel see is a copy: the
released notebook with the student's answers in it, and regular files of bounded size. A link is never
followed, a pipe never opened; a notebook that cannot be read is no more than a reason.
"""

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import nbformat
from nbformat import NotebookNode

from autograder.intake.graft import graft
from autograder.intake.parsing import UnreadableError, parse
from autograder.intake.walking import Contents, Limits, OddError, open_folder, read_all, read_file, shown
from autograder.layout import Course

__all__ = ["LIMITS", "TIMESTAMP", "Intake", "Limits", "odd", "read", "read_folder"]

LIMITS = Limits()
TIMESTAMP = "timestamp.txt"
IGNORED = {"__pycache__", "feedback"}
"""Names that are passed over without a word, like all that begin with a dot."""

SHADOWED = sys.stdlib_module_names | {
    *("IPython", "PIL", "autograder", "checks", "convnets", "ipykernel", "jupyter_client", "matplotlib"),
    *("numpy", "scipy", "sitecustomize", "skimage", "sklearn", "torch", "tornado", "traitlets"),
    *("usercustomize", "zmq"),
}
"""Modules that a submitted file must not stand in the way of."""

TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d|[A-Za-z_]+(?:/[A-Za-z_]+)*)?"
)
MOST_REMARKS = 10


@dataclass(frozen=True)
class Intake:
    """What is taken in of one submission; plain data that can be sent to another machine.

    Attributes
    ----------
    student, slug : str
    notebook : NotebookNode or None
        The released notebook with the student's answers and extra code; None where there is no notebook that
        can be read.
    files : dict
        Content by path, of the files that the student's kernel may see beside those of the assignment.
    remarks : tuple of str
        What was left out or put right, in sentences.
    status : {"readable", "missing", "unreadable"}
    reason : str
        Why there is no notebook, in a sentence; empty where there is one.
    timestamp : datetime or None
        When it was handed in, in UTC and without a zone, as nbgrader keeps it.
    """

    student: str
    slug: str
    notebook: NotebookNode | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    status: Literal["readable", "missing", "unreadable"] = "readable"
    reason: str = ""
    timestamp: datetime | None = None

    @property
    def remark(self) -> str:
        """All remarks in one text; the first ones where there are many."""
        more = len(self.remarks) - MOST_REMARKS
        rest = [f"And {more} more remarks."] if more > 0 else []
        return " ".join([*self.remarks[:MOST_REMARKS], *rest])

    @property
    def fingerprint(self) -> str:
        """A hash of all that can have a part in the score."""
        notebook = json.dumps(self.notebook, sort_keys=True)
        digest = hashlib.sha256(repr((notebook, self.remarks, self.reason, self.timestamp)).encode())
        for path, content in sorted(self.files.items()):
            digest.update(f"\0{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def write(self, folder: Path) -> None:
        """Write notebook, files and timestamp into a folder that is empty or not yet there."""
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        if self.notebook is not None:
            nbformat.write(self.notebook, folder / f"{self.slug}.ipynb")
        if self.timestamp is not None:
            (folder / TIMESTAMP).write_text(f"{self.timestamp:%Y-%m-%d %H:%M:%S.%f} UTC\n")


def read(course: Course, student: str, slug: str, limits: Limits = LIMITS) -> Intake:
    """Take in a submission; see `read_folder`."""
    return read_folder(course.root / "submitted", student, slug, course.release(slug), limits)


def read_folder(submitted: Path, student: str, slug: str, release: Path, limits: Limits = LIMITS) -> Intake:
    """Take in the folder ``submitted/<student>/<slug>``, whatever is in it.

    Parameters
    ----------
    submitted : Path
        The folder with a folder for every student. What is below it may be anything.
    student, slug : str
    release : Path
        The student's version of the assignment.
    limits : Limits

    Returns
    -------
    Intake
    """
    try:
        with open_folder(submitted, student, slug) as opened:
            return _Taking(opened, student, slug, release, limits).intake()
    except OddError as error:
        reason = f"What was handed in could not be read: it is no plain folder ({error})."
        return Intake(student, slug, status="unreadable", reason=reason)
    except FileNotFoundError:
        return Intake(student, slug, status="missing", reason="Nothing was handed in.")


def odd(submitted: Path, student: str, slug: str) -> str:
    """Name something in a submission that is no plain file or folder of bounded size, if anything is."""
    limits = replace(LIMITS, files=LIMITS.entries, depth=50)
    try:
        with open_folder(submitted, student, slug) as opened:
            found = read_all(opened, limits, lambda path: True).left_out
    except FileNotFoundError:
        return ""
    except OddError as error:
        return str(error)
    return next((f"{shown(path)} ({why})" for path, why in found.items()), "")


class _Taking:
    """One open folder, and what is found in it."""

    def __init__(self, opened: int, student: str, slug: str, release: Path, limits: Limits):
        self.opened, self.student, self.slug = opened, student, slug
        self.release, self.limits = release, limits
        self.remarks: list[str] = []
        self.names: list[str] = []  # of other notebooks

    def intake(self) -> Intake:
        notebook, status, reason, changed = self._notebook()
        timestamp = self._timestamp(changed)
        contents = read_all(self.opened, self.limits, self._is_wanted)
        files = {path: content for path, content in contents.files.items() if self._may_stay(path, content)}
        self._say_what_is_left_out(contents)
        if self.names:
            names = ", ".join(map(shown, sorted(self.names)))
            self.remarks.append(f"Not graded, as it belongs to no assignment: {names}.")
        remarks = tuple(self.remarks)
        return Intake(self.student, self.slug, notebook, files, remarks, status, reason, timestamp)

    def _notebook(self) -> tuple[NotebookNode | None, str, str, float | None]:
        """Return the grafted notebook or None, the status, the reason, and the time of its last change."""
        name = f"{self.slug}.ipynb"
        try:
            content, changed = read_file(self.opened, name, self.limits.notebook)
            submitted, remarks = parse(content, self.limits)
        except FileNotFoundError:
            reason = f"There was no notebook called {name} in the folder that was handed in."
            return None, "missing", reason, None
        except OddError as error:
            return None, "unreadable", f"The notebook {name} could not be read: it is {error}.", None
        except UnreadableError as error:
            return None, "unreadable", f"The notebook {name} could not be read: {error}.", changed
        self.remarks += remarks
        released = nbformat.read(self.release / name, as_version=4)
        return graft(released, submitted), "readable", "", changed

    def _timestamp(self, changed: float | None) -> datetime | None:
        """Return when it was handed in: what timestamp.txt says, or else when the notebook was changed."""
        try:
            content, _ = read_file(self.opened, TIMESTAMP, 200)
            return _time(content.decode("utf-8-sig").strip())
        except FileNotFoundError:
            return None
        except (OddError, ValueError, KeyError, OverflowError, OSError):
            pass
        if changed is None:
            changed = os.fstat(self.opened).st_mtime
        time = datetime.fromtimestamp(changed, UTC).replace(tzinfo=None, microsecond=0)
        self.remarks.append(f"{TIMESTAMP} holds no date; the file's own is taken: {time:%Y-%m-%d %H:%M} UTC.")
        return time

    def _is_wanted(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        if name.startswith(".") or name in IGNORED or name.endswith(".pyc"):
            return False
        if name.endswith(".ipynb"):
            if path != f"{self.slug}.ipynb":
                self.names.append(path)
            return False
        return path != TIMESTAMP and (path.startswith("checks/") or not (self.release / path).is_file())

    def _may_stay(self, path: str, content: bytes) -> bool:
        """Say whether the kernel may see a file: not one of the checks', nor a module that hides another."""
        top, _, rest = path.partition("/")
        if top == "checks" and rest:
            own = self.release / path
            if not own.is_file() or own.read_bytes() != content:
                self.remarks.append(f"Left out: {shown(path)} (the checks are the released ones).")
            return False
        module = top.partition(".")[0]
        if module not in SHADOWED or not path.endswith((".py", ".so")):
            return True
        self.remarks.append(f"Left out: {shown(path)} (it would hide the module {module}).")
        return False

    def _say_what_is_left_out(self, contents: Contents) -> None:
        self.remarks += [f"Left out: {shown(path)} ({why})." for path, why in contents.left_out.items()]


def _time(text: str) -> datetime:
    """Return a date in UTC and without a zone; raise ValueError or KeyError where it is none."""
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a date such as 2026-03-02 12:00:00 UTC, got {text!r}")
    time, zone = match.groups()
    if zone is None or zone[0] in "Z+-":
        found = datetime.fromisoformat(time + (zone or "Z"))
    else:
        found = datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone))
    found = found.astimezone(UTC).replace(tzinfo=None)
    if not 2000 <= found.year < 2100:
        raise ValueError(f"{text} is not the date of a submission")
    return found
