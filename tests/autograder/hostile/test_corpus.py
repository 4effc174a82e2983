"""Hostile submissions, each kind graded between honest ones: no credit, no leak, no harm, nobody held up."""

import ast
from textwrap import dedent

import pytest

from autograder.engine.execute import OracleExecute

from . import cheats, eats, floods, leaves, lies, never_ends, readers, reads, writes
from .attack import BREACH, Attack
from .target import CLASSMATES, opened

CORPUS = {
    module.__name__.rpartition(".")[2].replace("_", "-"): module.ATTACKS
    for module in (never_ends, eats, floods, leaves, reads, writes, cheats, lies, readers)
}
ALL = [attack for attacks in CORPUS.values() for attack in attacks]
FIRST = 5  # of each kind are in the default run
HONEST = {
    f"{place}-{name}": points for place, (name, (_, points)) in zip("az", CLASSMATES.items(), strict=True)
}


@pytest.fixture
def target(released, tmp_path):
    yield from opened(released, tmp_path)


def survive(target, attacks):
    """Grade a class with these attacks in it; return all that must not have happened."""
    attackers = target.hand_in_class(attacks)
    before = target.untouchable()
    wrong = target.grade()
    after, scores = target.untouchable(), target.scores()
    due = HONEST | {student: attack.earns for student, attack in attackers.items()}
    wrong += [
        f"{who} has {scores.get(who)} instead of {due[who]}" for who in due if scores.get(who) != due[who]
    ]
    wrong += [f"{who}: {what}" for who in due for what in target.findings(who) if what not in own(who)]
    wrong += [f"in the table: {character!r}" for character in target.controls()]
    wrong += [f"called: {server}" for server in target.calls()]
    wrong += [f"left running: {command}" for command in target.left_running()]
    return wrong + [f"changed: {path}" for path in before | after if before.get(path) != after.get(path)]


def own(student):
    """What an honest student's results hold because it stands in the answers."""
    return {f"leaked: {student.partition('-')[2]}"} if student in HONEST else set()


def test_nothing_is_gained_and_nobody_is_harmed(target):
    """In one class, the first attacks of every kind: the most telling, and quick ones."""
    attacks = [attack for attacks in CORPUS.values() for attack in attacks[:FIRST]]
    assert len(attacks) >= 40
    assert survive(target, attacks) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("attacks", CORPUS.values(), ids=CORPUS)
def test_every_attack_fails(target, attacks):
    assert survive(target, attacks) == []


def test_the_corpus_is_large_and_every_attack_has_a_name_of_its_own():
    assert len(ALL) >= 100
    assert len({attack.name for attack in ALL}) == len(ALL)


@pytest.mark.parametrize("attack", ALL, ids=[attack.name for attack in ALL])
def test_attacks_are_python(attack):
    """An attack with a slip of the pen would fail for the wrong reason."""
    for code in (attack.code, *attack.cells, *attack.answers.values()):
        source = dedent(code).replace("%%capture", "")
        compile(source, attack.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


READERS = {
    "environment": "leaked: environment",
    "home": "leaked: home/.netrc",
    "gradebook": "leaked: gradebook",
    "classmates": "leaked: right",
    "solutions": "leaked: hidden case",
    "answers-of-the-course": BREACH,
    "the-way-out-of-the-tree": "leaked: home/.bashrc",
}


@pytest.mark.slow
def test_attacks_are_sharp_where_there_is_no_sandbox(target, monkeypatch):
    monkeypatch.setattr(OracleExecute, "_shut_in", lambda self: False)
    calling = ("network", "abstract-socket", "socket-in-the-file-system")
    target.hand_in_class([attack for attack in ALL if attack.name in (*READERS, *calling)])
    target.grade(accept_unsandboxed=True)
    found = {name: target.findings(f"m-{name}") for name in READERS}
    assert {name: READERS[name] in found[name] for name in READERS} == dict.fromkeys(READERS, True), found
    assert target.calls() == ["TCP", "abstract socket", "socket in the file system", "UDP"]


def test_what_a_target_finds_is_not_nothing(target):
    """A leak, a breach and a changed file, made by hand, are found."""
    [student] = target.hand_in_class([Attack("guest", "pass")])
    target.grade()
    assert target.findings(student) == []
    before = target.untouchable()
    (target.home / ".bashrc").write_text("changed")
    assert target.untouchable() != before
    page = target.course.feedback(student, "tiny") / "tiny.html"
    page.write_text(f"<script>pwned()</script>{target.canaries['environment']}")
    assert target.findings(student) == [
        "leaked: environment",
        "active in the feedback: <script> 'pwned()'",
    ]
