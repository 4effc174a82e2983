"""Where things lie: the assignments' sources and nbgrader's working tree."""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = [
    "DEFAULT",
    "PROJECT",
    "TEMPLATES",
    "Course",
    "CourseError",
    "book_address",
    "fingerprint",
    "write_if_changed",
]

PROJECT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).resolve().parent / "templates"

DB_URL = "CONVNETS_DB_URL"
"""Environment variable with the address of a gradebook, such as postgresql://grader:secret@host/course."""
STUDENT = re.compile(r"[\w@+][\w@+.,'() -]{0,126}[\w@+.')]|[\w@+]")
"""What the name of a student's folder may look like: nbgrader takes it for a pattern of files and puts it
into pages as it is."""


class CourseError(Exception):
    """Something a user of the commands can put right; the message says what and how."""


@dataclass(frozen=True)
class Course:
    """One course: nbgrader's disposable working tree, and the folder of the assignments' sources."""

    root: Path
    solutions: Path

    @property
    def db_url(self) -> str:
        """URL of the gradebook: what the environment variable says, or a file in the working tree.

        ``c.CourseDirectory.db_url`` in the course's configuration comes before both. A writer to the file
        waits up to a minute for another one.
        """
        return os.environ.get(DB_URL) or f"sqlite:///{self.root / 'gradebook.db'}?timeout=60"

    @property
    def config(self) -> Path:
        """The instructor's own settings, which nbgrader and the commands read."""
        return (PROJECT / "autograder" if self == DEFAULT else self.root) / "nbgrader_config.py"

    def source(self, slug: str) -> Path:
        """Folder of the instructor's version."""
        return self.root / "source" / slug

    def release(self, slug: str) -> Path:
        """Folder of the student's version."""
        return self.root / "release" / slug

    def archive(self, slug: str) -> Path:
        """Return the student's version as one file to download."""
        return self.root / "download" / f"{slug}.zip"

    def submitted(self, student: str, slug: str) -> Path:
        """Folder that a student handed in."""
        return self.root / "submitted" / student / slug

    def kept(self, student: str, slug: str) -> Path:
        """Folder of what a student handed in as well, by time: it is not graded, and nothing deletes it."""
        return self.root / "kept" / student / slug

    def autograded(self, student: str, slug: str) -> Path:
        """Folder of the graded notebook."""
        return self.root / "autograded" / student / slug

    def feedback(self, student: str, slug: str) -> Path:
        """Folder of the pages that go back to the student."""
        return self.root / "feedback" / student / slug

    def record(self, student: str, slug: str) -> Path:
        """Return the file that remembers the last grading of a submission."""
        return self.root / "records" / student / f"{slug}.json"

    def history(self, student: str, slug: str) -> Path:
        """Folder of all gradings of a submission."""
        return self.root / "history" / student / slug

    def stamp(self, slug: str, step: str) -> Path:
        """Fingerprint of what a step was last made from."""
        return self.root / "stamps" / f"{slug}.{step}"

    def students(self, slug: str) -> list[str]:
        """Students who have handed in something for this assignment, be it a folder or not, sorted."""
        return sorted(name for name in self._handed_in(slug) if STUDENT.fullmatch(name))

    def strangers(self, slug: str) -> list[str]:
        """Names of submissions that cannot be a student's; nothing is done with them."""
        return sorted(name for name in self._handed_in(slug) if not STUDENT.fullmatch(name))

    def _handed_in(self, slug: str) -> list[str]:
        submitted = self.root / "submitted"
        names = os.listdir(submitted) if submitted.is_dir() else []
        return [
            name for name in names if not name.startswith(".") and os.path.lexists(submitted / name / slug)
        ]


DEFAULT = Course(root=PROJECT / "autograder" / "course", solutions=PROJECT / "solutions")


def book_address(config: Path = PROJECT / "_config.yml") -> str:
    """Return where the book is published, ending in a slash: ``html: baseurl:`` of its configuration.

    Empty where nothing is said there; paragraphs are then named instead of linked.
    """
    address = (yaml.safe_load(config.read_text(encoding="utf-8")).get("html") or {}).get("baseurl") or ""
    return address if not address or address.endswith("/") else f"{address}/"


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Return a hash of the content of files and folders (Python's caches left out) and of some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                content = file.read_bytes()
                digest.update(f"{path.name}/{file.relative_to(path)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write a file whole unless it holds this already; say whether it was written."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(data)
    partial.replace(path)
    return True
