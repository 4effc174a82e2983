"""Who needs a look after a run of grading, and why."""

import io

import pytest
from rich.console import Console

from autograder.results import summary, table
from autograder.results.summary import Look
from autograder.results.table import Mark, Row

NAMES = ("double", "total")
WAITS = "an answer waits to be graded by a person"


def row(student, scores=(3, 5), messages=("", ""), penalty=0.0, status="graded", remark=""):
    marks = {n: Mark(s, 5, m) for n, s, m in zip(NAMES, scores, messages, strict=True)}
    return Row(student, marks, penalty, sum(s or 0 for s in scores), status, remark)


@pytest.fixture
def one(monkeypatch):
    """Return a function that gives the look at a single student."""

    def look(result, status="graded"):
        monkeypatch.setattr(summary, "rows", lambda slug, course: [result])
        monkeypatch.setattr(summary, "_status", lambda student, slug, course: status)
        return [(found.kind, found.why) for found in summary.looks("tiny")]

    return look


@pytest.mark.parametrize(
    ("result", "status", "expected"),
    [
        (row("a"), "graded", []),
        (row("a", status="not graded", remark="it broke"), "failed", [("not run", "it broke")]),
        (row("a", status="not graded"), "", [("not graded", "handed in, and not graded yet")]),
        (row("a", (0, 0), remark="Nothing there."), "missing", [("no notebook", "Nothing there.")]),
        (row("a", (0, 0), remark="A link."), "quarantined", [("no notebook", "A link.")]),
        (row("a", status="needs manual grading"), "graded", [("by hand", WAITS)]),
        (row("a", (0, 0), ("wrong", "wronger")), "graded", [("nothing right", "wrong")]),
        (row("a", (0, 0), ("Not started yet.", "Not started yet.")), "graded", []),
        (row("a", (0, 5), ("wrong", "")), "graded", []),
        (row("a", remark="Not graded: scratch.ipynb."), "graded", [("remark", "Not graded: scratch.ipynb.")]),
        (row("a", penalty=0.8), "graded", [("late", "−0.8 points")]),
    ],
    ids=[
        "fine", "not-run", "not-graded", "missing", "quarantined", "by-hand", "nothing-right", "untouched",
        "partly", "remark", "late",
    ],
)  # fmt: skip
def test_reasons(one, result, status, expected):
    assert one(result, status) == expected


def test_the_sample_class(tiny):
    found = {look.student.removeprefix("sample-"): look.kind for look in summary.looks("tiny", tiny)}
    assert found["no-notebook"] == "no notebook"
    assert found["late"] == "late"
    assert found["extra-notebook"] == "remark"
    assert found["raises"] == "nothing right"
    assert not {"right", "untouched", "half-done", "prints-and-warns"} & set(found)
    kinds = [look.kind for look in summary.looks("tiny", tiny)]
    assert kinds == sorted(kinds, key=list(summary.ADVICE).index)


def test_what_is_printed(tiny):
    out = io.StringIO()
    shown = summary.show("tiny", tiny, Console(file=out, width=120))
    text = out.getvalue()
    # six zeros, 2, 3, 3, 5, 6.4 and six times 8: the ninth is 3, and 67.4 / 17 = 3.96
    assert text.startswith("tiny: 17 handed in, 17 graded; median 3, mean 3.96 points")
    assert "who needs a look" in text
    assert all(look.student in text for look in shown)
    assert "no notebook: ask for it; it counts as zero" in text


def test_what_a_student_wrote_is_neither_markup_nor_a_command_to_the_terminal(monkeypatch, tiny):
    evil = [Look("a[b]", "remark", "x[/red] y[c, i] \x1b[2J \rz")]
    monkeypatch.setattr(summary, "looks", lambda slug, course: evil)
    out = io.StringIO()
    summary.show("tiny", tiny, Console(file=out, width=120, force_terminal=True))
    assert "a[b]" in out.getvalue()
    assert "x[/red] y[c, i] �[2J �z" in out.getvalue()
    monkeypatch.setattr(table, "rows", lambda slug, course: [row("a[b]", (0, 0), ("at [c, i]\x1b[2J", ""))])
    table.show("tiny", tiny, Console(file=out, width=120, force_terminal=True))
    assert "at [c, i]�[2J" in out.getvalue()


def test_a_large_class_is_cut_and_nobody_is_said(monkeypatch, tiny):
    many = [Look(f"s{number}", "late", "−1 points") for number in range(50)]
    monkeypatch.setattr(summary, "looks", lambda slug, course: many)
    out = io.StringIO()
    summary.show("tiny", tiny, Console(file=out, width=120))
    assert "s39" in out.getvalue()
    assert "s40" not in out.getvalue()
    assert "and 10 more: python -m autograder table --assignment tiny" in out.getvalue()
    monkeypatch.setattr(summary, "looks", lambda slug, course: [])
    summary.show("tiny", tiny, Console(file=out, width=120))
    assert out.getvalue().rstrip().endswith("tiny: nobody needs a look")
