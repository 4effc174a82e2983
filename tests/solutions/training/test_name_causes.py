"""The clinic's patients: real runs, told apart by their curves, and not by anything one could memorise."""

import numpy as np
import pytest

from autograder.authoring import exercises
from autograder.engine import oracle
from autograder.engine.transport import call_here
from checks.plain import to_plain
from solutions.training.clinic import misdiagnoses
from solutions.training.clinic.ward import CAUSES, train
from solutions.training.name_causes import name_causes

SEEDS = 50


def exercise():
    return exercises.load("training").exercise("name_causes")


def runs_with(cause, count=SEEDS):
    return [train(cause, np.random.default_rng([seed, *cause.encode()])) for seed in range(count)]


@pytest.mark.parametrize("cause", CAUSES)
def test_doctors_who_look_at_different_curves_are_right(cause):
    runs = runs_with(cause)
    for doctor in (name_causes, misdiagnoses.by_accuracies, misdiagnoses.by_order_of_suspicion):
        assert np.mean([answer == cause for answer in doctor(runs)]) >= 0.98


def test_a_run_follows_from_its_generator():
    one, same, other = (train("healthy", np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["train_loss"], other["train_loss"])


def test_a_cause_that_nobody_knows():
    with pytest.raises(ValueError, match=r"one of healthy, rate too high.*'bad luck' was given"):
        train("bad luck", np.random.default_rng(0))


def test_a_second_softmax_has_a_floor():
    for run in runs_with("softmax twice", 10):
        floor = np.log(np.e + run["num_classes"] - 1) - 1
        assert run["train_loss"].min() > floor
        assert run["train_accuracy"][-1] > 0.6
    assert np.log(np.e + 3) - 1 == pytest.approx(0.7437, abs=5e-5)  # four classes: -log(e / (e + 3))


def test_only_dropout_makes_two_measurements_differ():
    for cause in CAUSES:
        run = runs_with(cause, 1)[0]
        is_same = np.array_equal(run["test_loss"], run["test_loss_again"])
        assert is_same == (cause != "dropout in evaluation")


def test_the_first_loss_is_from_before_the_first_step():
    for cause in set(CAUSES) - {"inputs not normalised"}:
        run = runs_with(cause, 1)[0]
        assert run["train_loss"][0] < 2.5 * np.log(run["num_classes"])
    assert runs_with("inputs not normalised", 1)[0]["first_losses"][0] == 100


def test_shuffled_labels_can_be_memorised_but_not_learnt():
    for run in runs_with("labels shuffled", 10):
        assert run["train_loss"][-1] < 0.75 * np.log(run["num_classes"])
        assert run["test_loss"][-1] > np.log(run["num_classes"])


def test_too_large_a_decay_leaves_nothing():
    for run in runs_with("weight decay too large", 10):
        assert run["weight_norm"][-1] < 0.2 * run["weight_norm"][0]


def test_answers_learnt_by_heart_are_worth_nothing():
    known = {}
    for case in exercise().public:
        for run, cause in zip(case.args[0], name_causes(*case.args), strict=True):
            known[run["train_loss"].tobytes()] = cause

    def by_heart(runs):
        return [known.get(run["train_loss"].tobytes(), "healthy") for run in runs]

    for case in exercise().public:
        assert by_heart(*case.args) == name_causes(*case.args)
    assert oracle.grade(exercise(), call_here(by_heart), 1).score == 0


def test_the_places_of_public_causes_are_worth_nothing():
    lists = {len(case.args[0]): name_causes(*case.args) for case in exercise().public}

    def by_place(runs):
        return lists.get(len(runs), list(CAUSES))[: len(runs)]

    assert oracle.grade(exercise(), call_here(by_place), 1).score == 0


@pytest.mark.parametrize("name", ["train_loss", "test_accuracy", "first_losses", "weight_norm"])
def test_nearest_known_end_of_one_curve_is_not_enough(name):
    ends = [(run[name][-1], cause) for case in exercise().public
            for run, cause in zip(case.args[0], name_causes(*case.args), strict=True)]  # fmt: skip

    def by_the_end(runs):
        return [min(ends, key=lambda end: abs(end[0] - run[name][-1]))[1] for run in runs]

    assert oracle.grade(exercise(), call_here(by_the_end), 1).score <= 3


def test_hidden_runs_are_new_ones():
    def seen(cases):
        return {run["train_loss"].tobytes() for case in cases for run in to_plain(case.args)[0]}

    public, hidden = exercise().public, list(exercise().hidden(np.random.default_rng(3)))
    assert not seen(public) & seen(hidden)
    assert len(seen(hidden)) == sum(len(case.args[0]) for case in hidden)
