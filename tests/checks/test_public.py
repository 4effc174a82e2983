"""The file of public cases: written and read are inverse, it is data only, and a bad one says what to do."""

import dataclasses
import json

import numpy as np
import pytest

from checks import public
from checks.calling import call
from checks.contract import Case
from checks.plain import Tensor, same

from .samples import EXERCISE, neighbours


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "public_cases.json"
    public.write(path, [EXERCISE], book="https://book.example/")
    return path


def test_what_is_written_is_read(path):
    (read,) = public.read(path).values()
    for name in ("name", "title", "section", "banned", "seconds", "tolerance", "groups", "points"):
        assert getattr(read, name) == getattr(EXERCISE, name), name
    assert read.hints == 3
    assert read.book == "https://book.example/"
    assert [(one.sentence, one.link) for one in read.mistakes.values()] == [
        (one.sentence, one.link) for one in EXERCISE.mistakes
    ]
    assert [case.label for case in read.cases] == ["four values", "five values", "a small image"]


def test_cases_hold_what_reference_and_mistakes_give(path):
    declared = {case.label: case for case in EXERCISE.public}
    for case in public.read(path)["neighbours"].cases:
        args = declared[case.label].args
        assert same(case.args, args)
        assert same(case.expected.value, neighbours(*args))
        for number, mistake in enumerate(EXERCISE.mistakes):
            known, again = case.mistakes[str(number)], call(mistake.function, args)
            assert (known.kind, known.detail, known.changed) == (again.kind, again.detail, again.changed)
            assert same(known.value, again.value)


def test_no_line_of_code_and_no_hint_is_in_the_file(path):
    text = path.read_text()
    assert text.isascii()
    for secret in ("x[:-1]", "x[i, 99]", "crashes_for_images", "secret", "Second.", "out of bounds"):
        assert secret not in text


def test_the_same_exercises_give_the_same_file(path, tmp_path):
    public.write(tmp_path / "again.json", [EXERCISE], book="https://book.example/")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_all_kinds_of_arguments_survive(tmp_path):
    args = (np.float32(0.1) * np.ones((2, 3), np.float32), [1, (None, "same")], {"a": 1j}, np.array(["x"]))
    echo = dataclasses.replace(
        EXERCISE, public=(Case("rows", "all kinds", args, {"mode": "full"}),), reference=lambda *a, mode: a
    )
    public.write(tmp_path / "kinds.json", [echo])
    (case,) = public.read(tmp_path / "kinds.json")["neighbours"].cases
    assert same(case.args, args)
    assert same(case.kwargs, {"mode": "full"})
    assert same(case.expected.value, args)


def test_tensors_survive(tmp_path):
    pytest.importorskip("torch")
    twice = dataclasses.replace(
        EXERCISE, public=(Case("rows", "tensor", (Tensor(np.ones(2)),)),), reference=lambda x: 2 * x
    )
    public.write(tmp_path / "tensor.json", [twice])
    (case,) = public.read(tmp_path / "tensor.json")["neighbours"].cases
    assert same(case.expected.value, Tensor(2 * np.ones(2)))


def test_a_reference_that_fails_is_noticed_by_the_build(tmp_path):
    broken = dataclasses.replace(EXERCISE, reference=lambda x: x[99])
    with pytest.raises(
        ValueError, match=r"^neighbours, 'four values': the reference gives no answer \(raised Ind"
    ):
        public.write(tmp_path / "broken.json", [broken])


AGAIN = "Download the assignment again and put its `checks` folder beside this notebook; your answers stay."


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(public.PublicCasesError) as error:
        public.read(tmp_path / "public_cases.json")
    assert str(error.value) == f"The file `public_cases.json` is missing from the folder `checks`. {AGAIN}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": 1, "book": "", "exercises": 3}',
        '{"format": 1, "book": "", "exercises": [{}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path, text):
    (tmp_path / "public_cases.json").write_text(text)
    with pytest.raises(public.PublicCasesError) as error:
        public.read(tmp_path / "public_cases.json")
    assert str(error.value) == f"The file `checks/public_cases.json` is damaged. {AGAIN}"


def test_every_cut_of_the_file_is_noticed(path):
    text = path.read_text()
    for end in range(0, len(text) - 2, 97):
        path.write_text(text[:end])
        with pytest.raises(public.PublicCasesError, match="is damaged"):
            public.read(path)


def test_a_file_of_another_version_says_so(path):
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(public.PublicCasesError) as error:
        public.read(path)
    assert str(error.value) == f"The file `checks/public_cases.json` belongs to another version. {AGAIN}"


def test_a_file_that_is_not_text_cannot_be_read(path):
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(public.PublicCasesError, match="cannot be read"):
        public.read(path)
