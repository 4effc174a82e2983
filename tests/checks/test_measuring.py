"""Answers that are measured, on the learner's side: verdicts, mistakes named by remedies, and the reports."""

import dataclasses
import json

import numpy as np
import pytest

from checks import checking, public
from checks.checking import examine
from checks.contract import Case, Exercise, Group, Measure, Mistake, Tolerance
from checks.judging import judge_measured
from checks.measuring import SCALES, remedied
from checks.outcome import Outcome
from checks.plain import same
from checks.reporting import html, text

MEASURE = Measure("mean average precision", {"found": 0.7})
BOXES = np.array([[0.0, 0, 4, 4], [6, 0, 14, 8], [2, 4, 7, 12]])
TRUTH = {"boxes": [BOXES], "labels": [np.array([0, 1, 1])], "size": (20, 20)}


def found(boxes=BOXES, labels=TRUTH["labels"][0], scores=(0.9, 0.8, 0.7)):
    return [(boxes, labels, np.array(scores))]


def finds_all(image):
    return found()


def finds_two(image):
    return found(BOXES[:2], np.array([0, 1]), (0.9, 0.8))


def counts_from_one(image):
    return found(labels=np.array([1, 2, 2]))


def takes_columns_for_rows(image):
    return found(BOXES[:, [1, 0, 3, 2]])


def finds_nothing(image):
    return found(BOXES[:0], np.zeros(0), ())


EXERCISE = Exercise(
    name="detect",
    title="Detect",
    task="Find everything.",
    reference=finds_all,
    groups=(Group("found", 3, "Objects"),),
    public=(Case("found", "three objects", (np.zeros((20, 20)),), truth=TRUTH),),
    hidden=lambda rng: [Case("found", "secret", (rng.normal(size=(20, 20)),), truth=TRUTH)],
    mistakes=(
        Mistake(counts_from_one, "You counted the background.", "seeing.html#labels", "labels from one"),
        Mistake(takes_columns_for_rows, "Columns come first.", "seeing.html#boxes", "rows first"),
        Mistake(finds_nothing, "Nothing was found.", "seeing.html#boxes"),
    ),
    variants=(finds_all,),
    tolerance=Tolerance(0.0, 0.0, "nothing is compared"),
    difficulty=1,
    minutes=3,
    hints=("First.", "Second.", "Third."),
    section="seeing.html#detect",
    seconds=0.5,
    measure=MEASURE,
)
REMEDIES = {mistake.function.__name__: mistake.remedy for mistake in EXERCISE.mistakes}


def judged(outcome, least=0.7):
    return judge_measured(outcome, MEASURE, least, TRUTH)


def value(answer, **more):
    return Outcome("value", value=answer, **more)


# --- the verdict ------------------------------------------------------------------------------------


def test_what_came_and_what_was_asked_for_is_told():
    verdict = judged(value(finds_two(None)))
    assert (verdict.passed, verdict.kind) == (True, "passed")
    assert verdict.sentence == (
        "The mean average precision of your result is 0.75; at least 0.7 was asked for."
    )
    verdict = judged(value(finds_two(None)), least=0.76)
    assert (verdict.passed, verdict.kind) == (False, "measure")
    assert verdict.sentence == verdict.discreet
    assert verdict.sentence == (
        "The mean average precision of your result is 0.75; at least 0.76 was asked for."
    )


def test_too_little_never_reads_as_enough():
    verdict = judged(value(finds_two(None)), least=0.7500001)
    assert not verdict.passed
    nearly = judge_measured(value(finds_two(None)), MEASURE, 0.755, TRUTH)
    assert "is 0.75; at least 0.755 was asked" in nearly.sentence


@pytest.mark.parametrize(
    ("outcome", "kind", "said"),
    [
        (value(None), "none", "returned nothing (`None`)"),
        (value(found() * 2), "shape", "Your result has 2 items; 1 were expected"),
        (value(found(BOXES * np.nan)), "nan", "its boxes hold values that are NaN or infinite"),
        (
            Outcome("raised", detail="ValueError", message="no", line="line 2: x"),
            "raised",
            "`ValueError: no`",
        ),
        (Outcome("raised", detail="NotImplementedError"), "untouched", "Not started yet"),
        (
            Outcome("timeout", line="line 9: loss.backward()"),
            "timeout",
            "in line 9: `loss.backward()`. Can it",
        ),
        (Outcome("missing"), "missing", "defines no function of this name"),
        (Outcome("lost"), "lost", "No answer came back"),
        (Outcome("unsupported", detail="generator"), "unsupported", "returned a `generator`"),
        (value(finds_all(None), changed=(0,)), "changed", "the call changed its first argument"),
    ],
)
def test_everything_else_that_goes_wrong_has_its_sentence(outcome, kind, said):
    verdict = judged(outcome)
    assert (verdict.passed, verdict.kind) == (False, kind)
    assert said in verdict.sentence
    assert verdict.discreet


# --- the mistake --------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [counts_from_one, takes_columns_for_rows])
def test_what_makes_an_answer_much_better_was_the_mistake(function):
    assert remedied(value(function(None)), MEASURE, TRUTH, REMEDIES) == function.__name__


@pytest.mark.parametrize(
    "outcome",
    [
        value(finds_all(None)),
        value(finds_two(None)),
        value(finds_nothing(None)),
        value("no detections"),
        Outcome("raised", detail="ValueError"),
        Outcome("timeout"),
    ],
)
def test_nothing_is_named_where_no_remedy_helps(outcome):
    assert remedied(outcome, MEASURE, TRUTH, REMEDIES) is None


def test_without_remedies_nothing_is_named():
    assert remedied(value(counts_from_one(None)), MEASURE, TRUTH, {"one": ""}) is None
    assert remedied(value(counts_from_one(None)), MEASURE, TRUTH, {}) is None


# --- the file of public cases ---------------------------------------------------------------------------


def written(tmp_path, exercise=EXERCISE):
    path = tmp_path / "public_cases.json"
    public.write(path, [exercise])
    checking._failures.clear()
    return public.read(path)[exercise.name]


def test_measure_truth_and_remedies_are_in_the_file(tmp_path):
    exercise = written(tmp_path)
    assert exercise.measure == MEASURE
    assert exercise.least("found") == 0.7
    assert [one.remedy for one in exercise.mistakes.values()] == ["labels from one", "rows first", ""]
    (case,) = exercise.cases
    assert same(case.truth, TRUTH)


def test_no_answer_of_the_reference_or_of_a_mistake_is_in_the_file(tmp_path):
    (case,) = written(tmp_path).cases
    assert (case.expected.value, case.mistakes) == (None, {})


def test_hidden_cases_are_not_in_the_file(tmp_path):
    written(tmp_path)
    fields = json.loads((tmp_path / "public_cases.json").read_text())
    assert [case["label"] for case in fields["exercises"][0]["cases"]] == ["three objects"]


def test_a_reference_that_is_not_good_enough_is_noticed_by_the_build(tmp_path):
    poor = dataclasses.replace(EXERCISE, reference=finds_nothing)
    with pytest.raises(ValueError, match=r"^detect, 'three objects': the reference is not good enough \(The"):
        written(tmp_path, poor)


# --- the report -----------------------------------------------------------------------------------------


def test_a_good_answer_is_told_how_good_it_is(tmp_path):
    report = examine(finds_two, written(tmp_path))
    assert report.status == "passed"
    assert report.sentence == (
        "The mean average precision of your result is 0.75; at least 0.7 was asked for. "
        "Public cases pass: 1 of 1; hidden cases are run when you submit."
    )


def test_a_bad_answer_is_told_what_was_asked_for(tmp_path):
    report = examine(finds_nothing, written(tmp_path))
    assert report.status == "failed"
    assert report.sentence.endswith("is 0.00; at least 0.7 was asked for.")
    assert report.expected is None
    for shown in (text(report), html(report)):
        assert "at least 0.7 was asked for" in shown
        assert "expected" not in shown


@pytest.mark.parametrize(("function", "number"), [(counts_from_one, 0), (takes_columns_for_rows, 1)])
def test_the_mistake_is_named(tmp_path, function, number):
    report = examine(function, written(tmp_path))
    assert report.explanation == EXERCISE.mistakes[number].sentence
    assert report.link == EXERCISE.mistakes[number].link


def test_the_function_is_given_the_arguments_and_no_truth(tmp_path):
    given = []

    def looks(*args, **kwargs):
        given.append((args, kwargs))
        return found()

    examine(looks, written(tmp_path))
    [((image,), others)] = given
    assert (image.shape, others) == ((20, 20), {})


def test_a_training_that_never_ends_is_stopped(tmp_path):
    def trains(image):
        while True:
            pass

    report = examine(trains, written(tmp_path))
    assert report.verdict.kind == "timeout"
    assert "Can it do with a smaller network" in report.sentence


def test_measured_and_compared_groups_stand_side_by_side(tmp_path):
    both = dataclasses.replace(
        EXERCISE,
        groups=(Group("shape", 1, "Shape"), *EXERCISE.groups),
        public=(Case("shape", "no picture", (0,)), *EXERCISE.public),
        reference=lambda image: found() if np.ndim(image) else 5,
    )
    exercise = written(tmp_path, both)
    assert examine(both.reference, exercise).status == "passed"
    report = examine(lambda image: found(), exercise)
    assert (report.label, report.verdict.kind) == ("no picture", "type")
    report = examine(lambda image: counts_from_one(image) if np.ndim(image) else 5, exercise)
    assert (report.label, report.explanation) == ("three objects", EXERCISE.mistakes[0].sentence)


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_every_scale_knows_its_remedies(scale):
    for remedy in scale.remedies:
        assert 0 <= scale.number(found(), TRUTH, remedy) <= 1
