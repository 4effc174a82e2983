"""Answers that are measured, on the grader's side: points, what stays hidden, hostile answers, and time."""

import base64
import dataclasses
import time

import numpy as np
import pytest
from traitlets.config import Config

from autograder.authoring import exercises
from autograder.authoring.exercises import Assignment
from autograder.engine import oracle, report
from autograder.engine.execute import OracleExecute
from autograder.engine.transport import call_here, request_code
from autograder.sandbox.limits import Limits
from checks.contract import USUAL_SECONDS, Case, Exercise, Group, Measure, Mistake, Tolerance
from checks.outcome import Outcome

SIDE = 12


def pictures(rng, num):
    """Draw one bright frame into each picture."""
    images, boxes = np.zeros((num, SIDE, SIDE)), []
    for image in images:
        (x, y), width, height = rng.integers(0, 5, 2), rng.integers(3, 7), rng.integers(3, 7)
        image[y : y + height, x : x + width] = 1
        boxes.append(np.array([[x, y, x + width, y + height]], dtype=float))
    return images, {"boxes": boxes, "labels": [np.zeros(1, dtype=int)] * num, "size": (SIDE, SIDE)}


def cases(rng):
    for group, num in (("few", 4), ("many", 9)):
        images, truth = pictures(rng, num)
        yield Case(group, f"{group} pictures", (images,), truth=truth)


def find_frames(images):
    answer = []
    for image in images:
        y, x = np.nonzero(image)
        box = [[x.min(), y.min(), x.max() + 1, y.max() + 1]]
        answer.append((np.array(box, dtype=float), np.zeros(1, dtype=int), np.ones(1)))
    return answer


def frames_again(images):
    seen = [np.argwhere(image)[:, ::-1] for image in images]
    boxes = [np.hstack([spots.min(axis=0), spots.max(axis=0) + 1])[None].astype(float) for spots in seen]
    return [(box, np.zeros(1, dtype=int), np.ones(1)) for box in boxes]


def changed(change):
    """Return a function that finds the frames and reports them otherwise."""
    return lambda images: [change(*picture) for picture in find_frames(images)]


def in_shares(images):
    raise AssertionError("the grader ran a mistake")


def from_one(images):
    raise AssertionError("the grader ran a mistake")


def unnamed(images):
    raise AssertionError("the grader ran a mistake")


EXERCISE = Exercise(
    name="find_frames",
    title="Find frames",
    task="Find them.",
    reference=find_frames,
    groups=(Group("few", 2, "A few pictures"), Group("many", 3, "Many pictures")),
    public=tuple(cases(np.random.default_rng(0))),
    hidden=cases,
    mistakes=(
        Mistake(in_shares, "Boxes are asked for in pixels.", "tiny.html#double", "shares of the picture"),
        Mistake(from_one, "Classes are counted from 0.", "tiny.html#double", "labels from one"),
        Mistake(unnamed, "Nobody can tell.", "tiny.html#double"),
    ),
    variants=(frames_again,),
    tolerance=Tolerance(0.0, 0.0, "nothing is compared"),
    difficulty=1,
    minutes=1,
    hints=("One.", "Two.", "Three."),
    section="tiny.html#double",
    seconds=2.0,
    measure=Measure("mean average precision", {"few": 0.9, "many": 0.7}),
)
UNRUN = dataclasses.replace(EXERCISE, reference=unnamed)
"""Whose reference must not be run either."""


def grade(function, seed=1, exercise=UNRUN):
    return oracle.grade(exercise, call_here(function), seed)


# --- points and words -------------------------------------------------------------------------------


def test_good_answers_have_full_marks_and_nothing_else_is_run():
    for function in (find_frames, frames_again):
        result = grade(function)
        assert (result.score, result.max_score, result.message) == (5, 5, "")


def test_points_are_given_by_group():
    result = grade(lambda images: find_frames(images) if len(images) == 4 else [([], [], [])] * len(images))
    assert [group.earned for group in result.groups] == [2, 0]
    assert result.message == "The mean average precision of your result is 0.00; at least 0.7 was asked for."


def test_half_of_the_frames_are_enough_for_less():
    def most(images):
        return [found if n else ([], [], []) for n, found in enumerate(find_frames(images))]

    assert [group.earned for group in grade(most).groups] == [0, 3]  # 3 of 4 and 8 of 9 are found


@pytest.mark.parametrize(
    ("change", "number"),
    [(lambda b, k, s: (b / SIDE, k, s), 0), (lambda b, k, s: (b, k + 1, s), 1)],
    ids=["in shares", "from one"],
)
def test_what_makes_an_answer_much_better_is_named(change, number):
    result = grade(changed(change))
    assert result.score == 0
    assert result.mistake is EXERCISE.mistakes[number]
    assert result.message == EXERCISE.mistakes[number].sentence


def test_a_public_failure_shows_the_call_and_no_expected_value():
    result = grade(changed(lambda b, k, s: (b / SIDE, k, s)))
    shown = report.text(EXERCISE, result)
    assert "find_frames(" in shown
    assert "at least 0.9 was asked for" in shown
    assert "expected" not in shown + report.html(EXERCISE, result)


def test_a_hidden_failure_tells_the_number_alone():
    public = [case.args[0].tobytes() for case in EXERCISE.public]

    def public_alone(images):
        return find_frames(images) if images.tobytes() in public else [([], [], [])] * len(images)

    result = grade(public_alone)
    assert result.score == 0
    assert result.message == (
        "A few pictures (a case that is not shown): "
        "The mean average precision of your result is 0.00; at least 0.9 was asked for."
    )
    failure = result.failure
    assert (failure.case, failure.outcome, failure.expected, failure.verdict) == (None, None, None, None)


def test_the_record_is_plain():
    record = grade(changed(lambda b, k, s: (b, k + 1, s))).record()
    assert record["mistake"] == "from_one"
    assert [group["failure"] for group in record["groups"]] == ["measure", "measure"]


# --- what is kept from the student's process ----------------------------------------------------------


def test_the_truth_is_never_sent():
    sent = []

    def ask(name, args, kwargs, seconds, trial):
        sent.append(request_code(name, args, kwargs, seconds, trial))
        return Outcome("value", find_frames(*args))

    assert oracle.grade(UNRUN, ask, 1).score == 5
    drawn = EXERCISE.hidden(np.random.default_rng([1, *b"find_frames"]))
    boxes = [box for case in (*EXERCISE.public, *drawn) for box in case.truth["boxes"]]
    assert len(boxes) == 26
    for box in boxes:
        assert base64.b64encode(box.tobytes()).decode() not in "".join(sent)


def test_the_same_seed_draws_the_same_truth():
    one, same, other = (list(EXERCISE.hidden(np.random.default_rng(seed))) for seed in (5, 5, 6))
    boxes = [
        np.concatenate([np.concatenate(case.truth["boxes"]) for case in drawn])
        for drawn in (one, same, other)
    ]
    np.testing.assert_array_equal(boxes[0], boxes[1])
    assert not np.array_equal(boxes[0], boxes[2])


# --- hostile answers ----------------------------------------------------------------------------------

GIANT = (np.tile([[0.0, 0, 4, 4]], (100_000, 1)), np.zeros(100_000), np.arange(100_000.0))
HOSTILE = {
    "NaN": changed(lambda b, k, s: (b * np.nan, k, s)),
    "infinite scores": changed(lambda b, k, s: (b, k, s * np.inf)),
    "giant lists of boxes": lambda images: [GIANT] * len(images),
    "a giant list": lambda images: [0] * 100_000,
    "a number": lambda images: 3.0,
    "nothing": lambda images: None,
    "the pictures": lambda images: images,
    "texts": lambda images: ["boxes"] * len(images),
    "a dict": lambda images: {"boxes": images},
    "nested lists": lambda images: [[[[]]]] * len(images),
    "object arrays": lambda images: [(np.array([None, ()], dtype=object),) * 3] * len(images),
    "a generator": lambda images: (picture for picture in find_frames(images)),
    "boxes without end": changed(lambda b, k, s: (b * 1e308, k, s)),
    "boxes inside out": changed(lambda b, k, s: (b[:, [2, 3, 0, 1]], k, s)),
    "an exception": lambda images: 1 / 0,
}


@pytest.mark.parametrize("function", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the answers themselves: inf times zero
def test_a_hostile_answer_is_worth_nothing_and_breaks_nothing(function):
    start = time.perf_counter()
    result = grade(function)
    assert result.score == 0
    assert result.message
    assert report.html(EXERCISE, result).startswith("<div")
    assert time.perf_counter() - start < 10  # seconds


@pytest.mark.parametrize("kind", ["timeout", "lost"])
def test_a_training_that_runs_out_of_time_is_not_tried_again(kind):
    asked = []

    def ask(name, args, kwargs, seconds, trial):
        asked.append(seconds)
        return Outcome(kind)

    result = oracle.grade(UNRUN, ask, 1)
    assert asked == [2.0]
    assert result.score == 0
    assert result.mistake is None


def test_an_endless_training_ends():
    def trains(images):
        while True:
            pass

    start = time.perf_counter()
    result = grade(trains, exercise=dataclasses.replace(UNRUN, seconds=0.3))
    assert time.perf_counter() - start < 2
    assert "Can it do with a smaller network" in result.message


# --- the contract -------------------------------------------------------------------------------------


def test_the_contract_is_kept():
    assert exercises.problems(EXERCISE) == []


MEASURE = EXERCISE.measure


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"measure": dataclasses.replace(MEASURE, name="beauty")},
            "it measures 'beauty'; checks.measuring knows",
        ),
        (
            {"measure": dataclasses.replace(MEASURE, least={"few": 0.9})},
            "exactly where its answer is measured",
        ),
        ({"measure": dataclasses.replace(MEASURE, least={})}, "groups that do not exist, or none: []"),
        ({"measure": dataclasses.replace(MEASURE, least={"rest": 1.0})}, "or none: ['rest']"),
        (
            {"measure": dataclasses.replace(MEASURE, least={"few": 0.0, "many": 0.5})},
            "what a measure must reach is positive",
        ),
        ({"measure": None}, "measures nothing, but its mistakes have remedies: ['labels from one', 'shares"),
        (
            {"mistakes": (dataclasses.replace(EXERCISE.mistakes[0], remedy="luck"), *EXERCISE.mistakes[1:])},
            "there is no remedy luck for the mean average precision",
        ),
        (
            {"public": tuple(dataclasses.replace(case, truth=None) for case in EXERCISE.public)},
            "exactly where its answer is measured, unlike few pictures, many pictures",
        ),
    ],
)
def test_each_break_of_the_contract_is_named(change, said):
    assert said in "\n".join(exercises.problems(dataclasses.replace(EXERCISE, **change)))


# --- time ---------------------------------------------------------------------------------------------


def least(exercise, config=None, **traits):
    executor = OracleExecute(config=Config(config or {}), **traits)
    executor._assignment = Assignment("tiny", "Tiny", "", (exercise,))
    return executor._least()


def test_an_exercise_of_the_usual_time_changes_no_limit():
    assert least(EXERCISE) == {}
    assert least(dataclasses.replace(EXERCISE, seconds=USUAL_SECONDS)) == {}


def test_a_long_exercise_adds_the_time_of_all_its_calls_to_that_of_its_notebook():
    long = dataclasses.replace(EXERCISE, seconds=300.0)
    assert least(long) == {
        "cpu_seconds": Limits.cpu_seconds + 4 * 300,
        "wall_seconds": Limits.wall_seconds + 4 * 300,
    }


def test_the_instructors_limits_are_what_it_is_added_to():
    long = dataclasses.replace(EXERCISE, seconds=300.0)
    config = {"SandboxProvisioner": {"limits": {"wall_seconds": 50.0}}}
    assert least(long, config)["wall_seconds"] == 50 + 4 * 300


def test_the_instructor_may_allow_more_or_less():
    assert least(EXERCISE, allowances={"find_frames": {"seconds": 100.0, "disk": 300}}) == {
        "disk": 300,
        "cpu_seconds": Limits.cpu_seconds + 400,
        "wall_seconds": Limits.wall_seconds + 400,
    }
    long = dataclasses.replace(EXERCISE, seconds=300.0)
    assert least(long, max_seconds=4.0) == {}
