"""Answers that are alike, however they were dressed up; what everybody shares is not held against anybody."""

import pytest

from autograder.results import alike, similarity
from autograder.results.similarity import pairs, tokens, without

LOOP = """\
    out = []
    for value in x:  # each in turn
        out.append(2 * value)
    return out
"""
RENAMED = LOOP.replace("out", "liste").replace("value", "wert").replace("  # each in turn", "")
OTHER = """\
    import numpy as np
    y = np.asarray(x, dtype=float)
    y = y + y
    y.flags.writeable = False
    return y
"""


def test_tokens_with_and_without_names():
    assert tokens("a = b + a  # c") == ["a", "=", "b", "+", "a", "# c"]
    assert tokens("a = b + a  # c", names=False) == ["name0", "=", "name1", "+", "name0"]
    assert tokens("for a in b: pass", names=False) == ["for", "name0", "in", "name1", ":", "pass"]


@pytest.mark.parametrize("text", ["def f(:\n  (", "'''", "x = \x00", "\tif a:\n  b\n c", "“"])
def test_what_does_not_parse_is_still_compared(text):
    assert tokens(text)


def test_lines_of_the_starting_code_are_left_out():
    start = "def f(x):\n    # your code here\n    raise NotImplementedError"
    assert without("def f(x):\n    # your code here\n\n    return x", start) == "    return x"


def test_likeness_worked_by_hand():
    # a b c d and a x c d share a c d: 2·3/8 as written; by structure the second name is new as well: 0 1 2 3.
    text = ["a\nb\nc\nd\n" * 4, "a\nx\nc\nd\n" * 4]
    [pair] = pairs("e", dict(zip("pq", text, strict=True)), least=0)
    assert pair.as_written == pytest.approx(75)
    assert pair.by_structure == pytest.approx(100)
    assert pair.likeness == pytest.approx(87.5)
    assert pair.tokens == 16


def test_renaming_hides_nothing():
    [pair] = pairs("e", {"ada": LOOP, "bob": RENAMED, "eve": OTHER}, [OTHER])
    assert (pair.first, pair.second, pair.by_structure, pair.others) == ("ada", "bob", 100, 0)
    assert pair.as_written < 80
    assert max(pair.to_reference) < 60


def test_the_same_answer_of_many_is_one_entry_and_two_alike_come_first():
    many = {f"s{number}": OTHER for number in range(4)}
    first, second, *_ = pairs("e", {"ada": LOOP, "bob": LOOP, **many}, [OTHER])
    assert (first.first, first.second, first.others) == ("ada", "bob", 0)
    assert (second.first, second.second, second.others) == ("s0", "s1, s2, s3", 2)
    assert second.to_reference == (100, 100)


def test_short_and_missing_answers_are_not_compared():
    assert pairs("e", {"ada": "return 2 * x", "bob": "return 2 * x", "eve": ""}) == []
    assert pairs("e", {}) == []
    assert pairs("e", {"ada": LOOP}) == []


def test_only_so_many_and_only_alike_enough():
    texts = {f"s{number}": LOOP + f"    print({number})\n" * number for number in range(6)}
    assert len(pairs("e", texts, most=3)) == 3
    assert all(pair.likeness >= 90 for pair in pairs("e", texts, least=90))


def test_a_class_as_page_and_table(tiny, tmp_path):
    path, found = alike.write("tiny", tiny, tmp_path / "alike.html")
    html, table = path.read_text(), path.with_suffix(".csv").read_text().splitlines()
    assert "a person has to judge" in html
    assert "<script" not in html
    assert "http" not in html
    assert table[0] == ",".join(similarity.COLUMNS)
    assert len(table) == len(found) + 1
    [same] = [pair for pair in found if "sample-right" in pair.second.split(", ")]
    assert same.to_reference == (100, 100)
    assert "sample-late" in same.second
    assert "return scale * together" in html
    assert "raise NotImplementedError" not in html


def test_what_a_student_wrote_is_text_on_the_page(tiny, tmp_path, monkeypatch):
    evil = LOOP + "    '<script>alert(1)</script>'\n"
    monkeypatch.setattr(
        similarity, "answers", lambda slug, course: {"double": {"ada": evil, "bob": evil}, "total": {}}
    )
    path, _ = alike.write("tiny", tiny, tmp_path / "alike.html")
    assert "<script" not in path.read_text()
    assert "&lt;script&gt;" in path.read_text()
