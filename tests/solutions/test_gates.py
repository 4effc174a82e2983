"""The gates that every exercise of every assignment passes; none is named here."""

import ast
import copy
import inspect
import itertools
import re
import textwrap
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring import exercises
from autograder.authoring.build import BEGIN, END, notebook
from autograder.authoring.exercises import source_of
from autograder.engine import oracle
from autograder.engine.transport import call_here
from checks import public, wire
from checks.banned import find_banned
from checks.calling import call
from checks.diagnosing import candidates
from checks.judging import judge, judge_measured
from checks.measuring import remedied
from checks.plain import Network, Tensor, same, to_plain

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 3)
LISTED = {"numpy", "matplotlib", "torch", "checks"}
TRIVIAL = 28  # characters: shorter lines of code, such as "for j in range(columns):", are nobody's secret

SLUGS = exercises.slugs()
EXERCISES = [(slug, exercise) for slug in SLUGS for exercise in exercises.load(slug).exercises]
OPENING = {exercise.name: exercises.load(slug).opening for slug, exercise in EXERCISES}
MISTAKES = [(exercise, mistake) for _, exercise in EXERCISES for mistake in exercise.mistakes]
VARIANTS = [(exercise, variant) for _, exercise in EXERCISES for variant in exercise.variants]


def every(pairs):
    """Parametrise over pairs whose second part has a name."""
    ids = [f"{getattr(a, 'name', a)}-{_name(b)}" for a, b in pairs]
    return [pytest.param(a, b, id=i) for (a, b), i in zip(pairs, ids, strict=True)]


def _name(part):
    function = getattr(part, "function", part)
    return getattr(function, "name", None) or function.__name__


def grade(exercise, function, seed, sources=()):
    return oracle.grade(exercise, call_here(function), seed, sources)


def hidden(exercise, seed):
    return list(exercise.hidden(np.random.default_rng(seed)))


def arrays_in(data):
    """Yield every array and number in plain data; of a network those that come out."""
    data = data.output if isinstance(data, Network) else data
    data = data.array if isinstance(data, Tensor) else data
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list | tuple):
        for item in data:
            yield from arrays_in(item)
    elif data is not None and not isinstance(data, str):
        yield np.asarray(data)


def of_trial(case):
    """Return what is done with a network, as plain data."""
    return to_plain(case.trial and vars(case.trial))


@cache
def solved(slug):
    assignment = exercises.load(slug)
    return notebook(assignment, ROOT / "solutions" / slug / f"{slug}.md")


@cache
def released(slug):
    nb, _ = ClearSolutions().preprocess(copy.deepcopy(solved(slug)), {})
    return nb


def run(nb, monkeypatch):
    """Run the cells of a notebook in one namespace, the checks left out, and return it."""
    monkeypatch.setattr(plt, "show", lambda: None)
    namespace = {}
    for cell in nb.cells:
        if cell.cell_type == "code" and not cell.metadata["nbgrader"]["grade"]:
            exec(compile(cell.source, cell["id"], "exec"), namespace)
    plt.close("all")
    return namespace


# --- the reference and the cases ------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_reference_passes_its_own_cases(slug, exercise):
    for seed in SEEDS:
        result = grade(exercise, exercise.reference, seed)
        assert result.score == exercise.points, result.message


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_cases_keep_to_the_contract(slug, exercise):
    groups = {group.name for group in exercise.groups}
    for case in itertools.chain(exercise.public, *(hidden(exercise, seed) for seed in range(20))):
        outcome = call(exercise.reference, case.args, case.kwargs, trial=case.trial)
        assert outcome.kind == "value", (case.label, outcome)
        assert outcome.changed == ()
        assert case.group in groups
        assert case.label
        numbers = [
            *arrays_in(to_plain(case.args)),
            *arrays_in(to_plain(dict(case.kwargs))),
            *arrays_in(of_trial(case)),
            *arrays_in(outcome.value),
        ]
        assert all(np.isfinite(array).all() for array in numbers)
        request = wire.encode_request(exercise.name, case.args, dict(case.kwargs), 1.0, case.trial)
        asked = wire.decode_request(request)
        assert same(asked[1], to_plain(case.args))
        assert same(to_plain(asked[4] and vars(asked[4])), of_trial(case))


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_hidden_cases_follow_from_the_seed_alone(slug, exercise):
    def drawn(seed):
        return [
            (case.group, *map(to_plain, (case.args, dict(case.kwargs), case.truth)), of_trial(case))
            for case in hidden(exercise, seed)
        ]

    assert same(drawn(5), drawn(5))
    assert not same(drawn(5), drawn(6))


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_public_cases_are_few_and_readable(slug, exercise):
    assert 2 <= len(exercise.public) <= 6
    compared = [case for case in exercise.public if exercise.least(case.group) is None]
    assert all(array.size <= 30 for case in compared for array in arrays_in(case.args))
    inputs = [case.trial.inputs for case in exercise.public if case.trial]
    assert all(array.size <= 150 for array in arrays_in(inputs))
    assert len({(case.group, case.label) for case in exercise.public}) == len(exercise.public)


# --- right answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(("exercise", "variant"), every(VARIANTS))
def test_variant_scores_full_marks(exercise, variant):
    for seed in SEEDS:
        result = grade(exercise, variant, seed, [OPENING[exercise.name], source_of(variant, exercise.name)])
        assert result.score == exercise.points, result.message


@pytest.mark.parametrize("slug", SLUGS)
def test_solution_notebook_scores_full_marks(slug, monkeypatch):
    nb = solved(slug)
    namespace = run(nb, monkeypatch)
    sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    for exercise in exercises.load(slug).exercises:
        for seed in SEEDS:
            result = grade(exercise, namespace[exercise.name], seed, sources)
            assert result.score == exercise.points, (exercise.name, result.message)


# --- wrong answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(("exercise", "mistake"), every(MISTAKES))
def test_mistake_loses_marks_and_is_named(exercise, mistake):
    assert not find_banned(
        [OPENING[exercise.name], source_of(mistake.function, exercise.name)], exercise.name, exercise.banned
    )
    for seed in SEEDS:
        result = grade(exercise, mistake.function, seed)
        assert result.score < exercise.points
        assert result.message == mistake.sentence


@pytest.mark.parametrize(("exercise", "mistake"), every(MISTAKES))
def test_mistake_is_named_on_the_learners_machine(exercise, mistake):
    """A public case that the mistake fails tells it from every other mistake of the exercise."""
    functions = {other.function.__name__: other.function for other in exercise.mistakes}
    remedies = {other.function.__name__: other.remedy for other in exercise.mistakes}
    history = []
    for case in exercise.public:
        asked = {"args": case.args, "kwargs": case.kwargs, "trial": case.trial}
        if (least := exercise.least(case.group)) is not None:
            outcome = call(mistake.function, **asked)
            if not judge_measured(outcome, exercise.measure, least, case.truth).passed:
                named = remedied(outcome, exercise.measure, case.truth, remedies)
                assert named == mistake.function.__name__
                return
            continue
        outcomes = {name: call(function, **asked) for name, function in functions.items()}
        history.append((outcomes[mistake.function.__name__], outcomes))
        if not judge(history[-1][0], call(exercise.reference, **asked), exercise.tolerance).passed:
            assert candidates(history) == [mistake.function.__name__]
            return
    pytest.skip("only hidden cases show this mistake")


@pytest.mark.parametrize(("exercise", "mistake"), every(MISTAKES))
def test_sentence_speaks_to_a_student(exercise, mistake):
    sentence = mistake.sentence
    assert 60 <= len(sentence) <= 320
    assert re.search(r"[.!?]$", sentence)
    assert not re.search(r"\b(is wrong|are wrong|incorrect|obviously)\b", sentence, re.I), (
        "say what, not that"
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_untouched_release_scores_nothing(slug, monkeypatch):
    namespace = run(released(slug), monkeypatch)
    for exercise in exercises.load(slug).exercises:
        result = grade(exercise, namespace[exercise.name], 1)
        assert result.score == 0
        assert result.failure.kind == "untouched"


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_thoughtless_answers_lose_half_or_more(slug, exercise):
    def zeros(*args, **kwargs):
        right = exercise.reference(*args, **kwargs)
        if isinstance(right, torch.Tensor):
            return torch.zeros_like(right)
        return np.zeros_like(right) if isinstance(right, np.ndarray) else type(right)(0)

    def ones(*args, **kwargs):
        return zeros(*args, **kwargs) + 1

    def its_argument(*args, **kwargs):
        return args[0]

    for thoughtless in (zeros, ones, its_argument):
        assert grade(exercise, thoughtless, 1).score <= exercise.points / 2, thoughtless.__name__


# --- words and links ------------------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_hints_are_three_different_steps(slug, exercise):
    assert len(set(exercise.hints)) == 3
    assert all(len(hint) >= 40 for hint in exercise.hints)


@pytest.mark.parametrize(("slug", "exercise"), every(EXERCISES))
def test_links_lead_to_a_paragraph_of_the_book(slug, exercise):
    for link in (exercise.section, *(mistake.link for mistake in exercise.mistakes)):
        page, anchor = link.split(".html#")
        text = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
        assert re.search(rf"^\({re.escape(anchor)}\)=$", text, re.M), link


# --- what the release gives away --------------------------------------------------------------------


def telling_lines(code):
    """Return the lines of code that would give something away, without their indentation."""
    lines = {line.strip() for line in code.splitlines()}
    return {line for line in lines if len(line) >= TRIVIAL and not line.startswith(("#", "def "))}


def solution_of(source):
    return "\n".join(textwrap.dedent(part.split(END)[0]) for part in source.split(BEGIN)[1:])


@pytest.mark.parametrize("slug", SLUGS)
def test_release_gives_nothing_away(slug, tmp_path):
    assignment = exercises.load(slug)
    public.write(tmp_path / "public_cases.json", assignment.exercises)
    shipped = [cell.source for cell in released(slug).cells]
    shipped += [path.read_text(encoding="utf-8") for path in (ROOT / "src" / "checks").rglob("*.py")]
    shipped.append((tmp_path / "public_cases.json").read_text(encoding="utf-8"))
    in_release = {line.strip() for text in shipped for line in text.splitlines()}
    secret = set().union(
        *(telling_lines(solution_of(c.source)) for c in solved(slug).cells if BEGIN in c.source)
    )
    for exercise in assignment.exercises:
        functions = [exercise.hidden, exercise.reference, *exercise.variants]
        functions += [mistake.function for mistake in exercise.mistakes]
        secret = secret.union(*(telling_lines(inspect.getsource(function)) for function in functions))
    assert len(secret) > 10 * len(assignment.exercises)
    assert secret & in_release == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_learner_needs_nothing_but_what_is_listed(slug):
    """Whatever is not NumPy, matplotlib or the checks is imported where it may be missing."""
    for cell in released(slug).cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            guarded = {id(n) for t in ast.walk(tree) if isinstance(t, ast.Try) for n in ast.walk(t)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in guarded:
                    names = (
                        [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                    )
                    assert {name.split(".")[0] for name in names} <= LISTED
