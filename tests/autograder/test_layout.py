"""Where things lie, and where the book is published."""

import json

import pytest

from autograder import layout
from autograder.authoring import build
from autograder.layout import book_address


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ("html: {baseurl: https://example.org/book}", "https://example.org/book/"),
        ("html: {baseurl: https://example.org/book/}", "https://example.org/book/"),
        ("html: {favicon: a.svg}", ""),
        ("title: no html at all", ""),
        ("html:", ""),
    ],
)
def test_address_of_the_book_ends_in_a_slash_or_is_empty(tmp_path, config, address):
    path = tmp_path / "_config.yml"
    path.write_text(config)
    assert book_address(path) == address


def test_checks_link_to_the_published_book(tmp_path, monkeypatch):
    course = layout.Course(root=tmp_path / "course", solutions=layout.DEFAULT.solutions)
    cases = course.source("seeing") / "checks" / "public_cases.json"
    monkeypatch.setattr(build, "book_address", lambda: "https://example.org/book/")
    assert build.build("seeing", course)
    assert json.loads(cases.read_text())["book"] == "https://example.org/book/"
    monkeypatch.setattr(build, "book_address", lambda: "")
    assert build.build("seeing", course), "another address is a change"
    assert json.loads(cases.read_text())["book"] == ""


GOOD = ["ada", "ada.lovelace@example.org", "O'Brien, Mary (17)", "李小龙", "a", "sample-right", "a+b_c"]
BAD = [
    "*",
    "[ab]da",
    "a?",
    "<b>ada",
    'a"b',
    "-force",
    "a\nb",
    "a{0}",
    "back\\slash",
    " ada",
    "ada ",
    "\udcff",
]


def test_names_that_nbgrader_would_misread_are_no_students(tmp_path):
    course = layout.Course(tmp_path, tmp_path)
    for name in (*GOOD, *BAD, ".hidden"):
        course.submitted(name, "tiny").mkdir(parents=True)
    assert course.students("tiny") == sorted(GOOD)
    assert course.strangers("tiny") == sorted(BAD)


def test_a_submission_that_is_no_folder_is_noticed(tmp_path):
    course = layout.Course(tmp_path, tmp_path)
    for name in ("ada", "bob", "cyd"):
        (tmp_path / "submitted" / name).mkdir(parents=True)
    course.submitted("ada", "tiny").symlink_to("nowhere")
    course.submitted("bob", "tiny").write_text("a file")
    assert course.students("tiny") == ["ada", "bob"]
    assert course.students("other") == []
