"""Where things lie, and where the book is published."""

import json

import pytest

from autograder import build, layout
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
