"""``python -m course``: what goes wrong is one sentence, and everything ends with the paths to open."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import autograder
from autograder.layout import CourseError
from course import __main__ as command
from course import book, serve

REPORT = book.BuildReport(pages=9, executed_cells=64, seconds=1.25, path="html")


def raising(error):
    def run(*arguments):
        raise error

    return run


@pytest.mark.parametrize(
    ("name", "target", "attribute", "error"),
    [
        ("book", book, "build", book.BuildError("the book names pages that do not exist")),
        ("serve", serve, "serve", serve.ServeError("port 8000 is in use; try: make serve PORT=8001")),
        ("all", autograder, "run_course", CourseError("seeing is not released yet")),
    ],
)
def test_what_a_person_can_mend_is_one_sentence(monkeypatch, capsys, name, target, attribute, error):
    monkeypatch.setattr(book, "build", lambda: REPORT)
    monkeypatch.setattr(target, attribute, raising(error))
    assert command.main([name]) == 1
    assert capsys.readouterr().err == f"{error}\n"


def test_full_disk_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(book, "build", raising(OSError(28, "No space left on device")))
    assert command.main(["book"]) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_interrupt_says_how_to_go_on(monkeypatch, capsys):
    monkeypatch.setattr(book, "build", raising(KeyboardInterrupt()))
    assert command.main(["book"]) == 130
    assert "Run the same command again" in capsys.readouterr().err


def test_everything_ends_with_the_paths(monkeypatch, capsys):
    monkeypatch.setattr(book, "build", lambda: REPORT)
    written = SimpleNamespace(feedback=Path("course/feedback"), grades=Path("course/grades.csv"))
    monkeypatch.setattr(autograder, "run_course", lambda: written)
    assert command.main(["all"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("9 pages, 64 executed cells, 1.2 s\n")
    for path in (book.HTML / "index.html", written.feedback, written.grades):
        assert str(path) in said


def test_bench_prints_all_benchmarks(monkeypatch):
    called = []
    monkeypatch.setattr("convnets.convolution.benchmark.main", lambda arguments: called.append("forms"))
    monkeypatch.setattr("convnets.transposed.benchmark.main", lambda arguments: called.append("layers"))
    monkeypatch.setattr("convnets.detection.benchmark.main", lambda arguments: called.append("boxes"))
    assert command.main(["bench"]) == 0
    assert called == ["layers", "forms", "boxes"]
