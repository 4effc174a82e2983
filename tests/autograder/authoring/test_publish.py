"""What learners get holds no solution, hidden case or mistake; otherwise nothing is published."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from autograder.authoring import leaking, publish
from autograder.authoring.exercises import slugs
from autograder.layout import DEFAULT, CourseError
from course import book

SOLUTION = "together = together + number"
MISTAKE = "return np.asarray(x) ** 2"
CASE = 'yield Case("small", "two numbers", (rng.normal(size=2),))'


@pytest.fixture
def site(ready, tmp_path):
    """A built book of one page that offers the small assignment."""
    folder = tmp_path / "html"
    (folder / "_downloads" / "x").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Book</h1><pre>return out</pre>")
    (folder / "_downloads" / "x" / "tiny.zip").write_bytes(ready.archive("tiny").read_bytes())
    return folder


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def coloured(line):
    """Return a line as Pygments writes it."""
    words = line.replace("&", "&amp;").replace('"', "&quot;").split(" ")
    return "<pre>" + " ".join(f'<span class="n">{word}</span>' for word in words) + "\n</pre>"


def test_book_assignments_and_bundle_in_one_folder(ready, site, tmp_path):
    made = publish.publish(tmp_path / "out", ready, site)
    files = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    assert files == {
        "site/index.html", "site/_downloads/x/tiny.zip", "assignments/tiny.zip", "learner.zip",
        publish.MANIFEST,
    }  # fmt: skip
    names = set(zipfile.ZipFile(made.folder / "learner.zip").namelist())
    assert {"requirements.txt", "tiny/tiny.ipynb", "tiny/checks/public_cases.json"} <= names
    assert b"numpy==" in zipfile.ZipFile(made.folder / "learner.zip").read("requirements.txt")
    assert set(json.loads((made.folder / publish.MANIFEST).read_text())["sha256"]) == files - {
        publish.MANIFEST
    }
    assert made.files == len(files) - 1
    assert leaking.find(made.folder, ["tiny"], ready) == []


def test_a_second_time_replaces_the_first(ready, site, tmp_path):
    publish.publish(tmp_path / "out", ready, site)
    bundle = (tmp_path / "out" / "learner.zip").read_bytes()
    (site / "index.html").write_text("<h1>New</h1>")
    publish.publish(tmp_path / "out", ready, site)
    assert "New" in (tmp_path / "out" / "site" / "index.html").read_text()
    assert (tmp_path / "out" / "learner.zip").read_bytes() == bundle
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("line", [SOLUTION, MISTAKE, CASE], ids=["solution", "mistake", "hidden-case"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", lambda line: coloured(line).encode()),
        ("page.txt", lambda line: f"before\n    {line}\n".encode()),
        (
            "chapter.ipynb",
            lambda line: json.dumps({"cells": [{"outputs": [{"text": [f"{line}\n"]}]}]}).encode(),
        ),
        ("data.json", lambda line: json.dumps({"a": [f"b\n{line}"]}).encode()),
        ("program.js", lambda line: f"var x = {json.dumps(f'a{chr(10)}{line}{chr(10)}')};".encode()),
        ("picture.png", lambda line: b"\x89PNG\0\xff\n" + line.encode() + b"\n\xfe"),
        ("no-name", lambda line: zipped({"a/b.zip": zipped({"c.py": line})})),
    ],
    ids=["html", "text", "notebook", "json", "script", "bytes", "archives"],
)
def test_a_leak_in_any_file_stops_everything(ready, site, tmp_path, name, content, line):
    (site / name).write_bytes(content(line))
    with pytest.raises(CourseError, match="nothing is published") as error:
        publish.publish(tmp_path / "out", ready, site)
    assert f"site/{name}" in str(error.value)
    assert line in str(error.value)
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_leak_leaves_a_former_publication_alone(ready, site, tmp_path):
    publish.publish(tmp_path / "out", ready, site)
    (site / "leak.txt").write_text(SOLUTION)
    with pytest.raises(CourseError):
        publish.publish(tmp_path / "out", ready, site)
    assert (tmp_path / "out" / "learner.zip").is_file()
    assert not (tmp_path / "out" / "site" / "leak.txt").exists()


@pytest.mark.parametrize("name", ["exercises.py", "gradebook.db", "a/grades.csv", "x.pyc"])
def test_files_of_the_instructor_are_known_by_name(ready, site, tmp_path, name):
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("")
    with pytest.raises(CourseError, match="is the instructor's"):
        publish.publish(tmp_path / "out", ready, site)


def test_a_link_is_not_published(ready, site, tmp_path):
    (site / "way").symlink_to(ready.root / "gradebook.db")
    with pytest.raises(CourseError, match="a link"):
        publish.publish(tmp_path / "out", ready, site)


def test_a_line_that_the_book_prints_is_no_leak_but_three_in_a_row_are(ready, site, monkeypatch, tmp_path):
    body = ["out = np.zeros(len(x))", "for i in range(len(x)):", "out[i] = 2 * x[i]"]
    chapter = tmp_path / "root" / "book" / "chapter.md"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("\n".join(body))
    monkeypatch.setattr(leaking, "PROJECT", tmp_path / "root")
    (site / "page.html").write_text(f"<pre>{body[1]}\nsomething = different\n{body[2]}</pre>")
    assert publish.publish(tmp_path / "out", ready, site).files == 5
    (site / "page.html").write_text("<pre>" + "\n\n    ".join(body) + "</pre>")
    with pytest.raises(CourseError, match=r"double_in_a_loop.* ⏎ for i in range"):
        publish.publish(tmp_path / "out", ready, site)


def test_what_is_not_ready_is_said(ready, site, tmp_path):
    with pytest.raises(CourseError, match=r"there is no built book in .*: make book"):
        publish.publish(tmp_path / "out", ready, tmp_path / "none")
    (site / "_downloads" / "x" / "tiny.zip").write_bytes(b"older")
    with pytest.raises(CourseError, match="does not offer the assignment tiny as it is now: make book"):
        publish.publish(tmp_path / "out", ready, site)


def test_a_folder_with_something_else_is_left_alone(ready, site, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="holds something else"):
        publish.publish(tmp_path / "mine", ready, site)
    assert (tmp_path / "mine" / "thesis.txt").is_file()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_real_book_and_every_assignment_give_nothing_away(tmp_path):
    made = publish.publish(tmp_path / "out", DEFAULT, Path(book.build().path))
    assert made.slugs == slugs()
    assert leaking.find(made.folder, made.slugs, DEFAULT) == []
    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert made.files == len(files) - 1
    assert sum(path.suffix == ".html" for path in files) >= len(book.contents(book.ROOT / "book"))
