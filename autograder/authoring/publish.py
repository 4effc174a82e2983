"""``publish``: everything a learner gets, and nothing else, in one folder.

``site/`` is the built book. ``assignments/<slug>.zip`` are the releases, each with its ``checks``, and
``learner.zip`` is all of them together with the list of what they need. Every file is looked through before
any is put in place; see `autograder.authoring.leaking`. Where something of a solution, of a hidden case or of
a mistake is found, nothing is published.
"""

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring import release
from autograder.authoring.exercises import slugs
from autograder.authoring.leaking import Leak, find
from autograder.layout import DEFAULT, PROJECT, Course, CourseError

__all__ = ["MANIFEST", "Published", "publish"]

MANIFEST = "published.json"
NEEDED = ("jupyterlab", "numpy", "matplotlib", "scikit-image", "scikit-learn")
SHOWN = 10  # leaks that are listed


@dataclass(frozen=True)
class Published:
    """The folder, how many files it holds, and the assignments."""

    folder: Path
    files: int
    slugs: list[str]


def publish(to: Path, course: Course = DEFAULT, site: Path = PROJECT / "_build" / "html") -> Published:
    """Put the book, the assignments and a bundle of them into a folder.

    Parameters
    ----------
    to : Path
        Is made anew: a former publication goes, any other folder with something in it is refused.
    course : Course
        Its assignments are released first, where that is due.
    site : Path
        The built book.

    Raises
    ------
    CourseError
        The book is not built, or older than the assignments; the folder holds something else; or something
        that learners must not see would have been published.
    """
    names = slugs(course.solutions)
    for slug in names:
        release.release(slug, course)
    _check_site(site, names, course)
    if to.exists() and any(to.iterdir()) and not (to / MANIFEST).is_file():
        raise CourseError(f"{to} holds something else: name a folder that is empty or does not exist")
    partial = to.with_name(f".{to.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _gather(partial, names, course, site)
        if found := find(partial, names, course):
            raise CourseError(_said(found))
        files = _write_manifest(partial)
        _put_in_place(partial, to)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Published(to, files, names)


def _check_site(site: Path, names: list[str], course: Course) -> None:
    if not (site / "index.html").is_file():
        raise CourseError(f"there is no built book in {site}: make book")
    offered = {path.name: path.read_bytes() for path in site.rglob("*.zip")}
    for slug in names:
        if offered.get(f"{slug}.zip") != course.archive(slug).read_bytes():
            raise CourseError(
                f"the book in {site} does not offer the assignment {slug} as it is now: make book"
            )


def _gather(folder: Path, names: list[str], course: Course, site: Path) -> None:
    shutil.copytree(site, folder / "site", symlinks=True)
    (folder / "assignments").mkdir()
    for slug in names:
        shutil.copyfile(course.archive(slug), folder / "assignments" / f"{slug}.zip")
    (folder / "learner.zip").write_bytes(_bundle(names, course))


def _bundle(names: list[str], course: Course) -> bytes:
    """Return all releases and the list of what they need as one archive; equal content gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        entry = zipfile.ZipInfo("requirements.txt", release.EPOCH)
        bundle.writestr(entry, _requirements())
        for slug in names:
            with zipfile.ZipFile(course.archive(slug)) as archive:
                for name in archive.namelist():
                    entry = zipfile.ZipInfo(name, release.EPOCH)
                    bundle.writestr(entry, archive.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _requirements() -> str:
    """Return the lines of requirements.txt for the packages that a learner needs."""
    text = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"^(?:{'|'.join(NEEDED)})==.*$", text, re.MULTILINE)) + "\n"


def _said(found: list[Leak]) -> str:
    lines = [f"{leak.file}: {leak.where}: {leak.line}" for leak in found[:SHOWN]]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "nothing is published, for it would give away:\n  " + "\n  ".join(lines + more)


def _write_manifest(folder: Path) -> int:
    """Write the digest of every file, by which a download can be checked, and return how many there are."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    (folder / MANIFEST).write_text(json.dumps({"sha256": digests}, indent=1) + "\n", encoding="utf-8")
    return len(files)


def _put_in_place(partial: Path, to: Path) -> None:
    before = to.with_name(f".{to.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    if to.exists():
        to.rename(before)
    partial.rename(to)
    shutil.rmtree(before, ignore_errors=True)
