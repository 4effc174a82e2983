"""Schedules at known moments, against PyTorch's, and their errors."""

import numpy as np
import pytest
import torch

from convnets.training import (
    SCHEDULES,
    Settings,
    constant,
    cosine,
    learning_rates,
    one_cycle,
    scheduler,
    step,
    step_on_plateau,
)

T = np.linspace(0, 1, 41)


@pytest.mark.parametrize(
    ("schedule", "t", "expected"),
    [
        (constant, 0.3, 1),
        (step, [0, 0.49, 0.5, 0.74, 0.75, 1], [1, 1, 0.1, 0.1, 0.01, 0.01]),
        (cosine, [0, 1 / 3, 0.5, 1], [1, 0.75, 0.5, 0]),
        (lambda t: cosine(t, warm_up=0.2, final=0.5), [0, 0.1, 0.2, 0.6, 1], [0, 0.5, 1, 0.75, 0.5]),
        (lambda t: one_cycle(t, 0.5, 0.2, 0, "linear"), [0, 0.25, 0.5, 0.75, 1], [0.2, 0.6, 1, 0.5, 0]),
        (lambda t: one_cycle(t, 0.25, 0, 0), [0, 0.125, 0.25, 0.5, 1], [0, 0.5, 1, 0.75, 0]),
    ],
    ids=["constant", "step", "cosine", "cosine with warm-up", "linear cycle", "cycle"],
)
def test_by_hand(schedule, t, expected):
    np.testing.assert_allclose(schedule(t), expected, atol=1e-15)
    assert np.shape(schedule(t)) == np.shape(t)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factors_stay_between_zero_and_one(name):
    factors = SCHEDULES[name](T)
    assert factors.min() >= 0
    assert factors.max() == 1
    assert SCHEDULES[name](np.empty(0)).shape == (0,)
    assert isinstance(SCHEDULES[name](0.5), float)


def optimizer(learning_rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], learning_rate)


def rates_of(schedule, optimizer, num, *arguments):
    rates = []
    for k in range(num):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*[values[k] for values in arguments])
    return rates


def test_cosine_equals_pytorchs():
    theirs = optimizer(0.4)
    expected = rates_of(torch.optim.lr_scheduler.CosineAnnealingLR(theirs, 20, eta_min=0.1), theirs, 20)
    # theirs is a recurrence, which gathers rounding
    np.testing.assert_allclose(0.4 * cosine(np.arange(20) / 20, final=0.25), expected, rtol=1e-12)


@pytest.mark.parametrize(("anneal", "theirs_called"), [("cosine", "cos"), ("linear", "linear")])
def test_one_cycle_equals_pytorchs(anneal, theirs_called):
    theirs, num = optimizer(0.4), 41
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        theirs, 0.4, num, pct_start=11 / num, anneal_strategy=theirs_called, cycle_momentum=False
    )  # its top is at step 11 − 1, its end at step 41 − 1
    expected = rates_of(schedule, theirs, num - 1)
    ours = 0.4 * one_cycle(np.arange(num - 1) / (num - 1), rise=0.25, anneal=anneal)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize("patience", [0, 1, 3])
@pytest.mark.parametrize("threshold", [0.0, 0.1])
def test_plateau_equals_pytorchs(rng, patience, threshold):
    losses = (np.exp(-np.arange(40) / 8) + 0.2 * rng.random(40)).tolist()
    theirs = optimizer(1.0)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        theirs, factor=0.5, patience=patience, threshold=threshold, eps=0
    )
    expected = rates_of(schedule, theirs, 40, losses)
    ours = step_on_plateau(losses, 0.5, patience, threshold)
    assert [1.0, *ours[:-1]] == expected
    assert ours[-1] < 1


def test_plateau_by_hand():
    assert step_on_plateau([3, 2, 2, 2, 1, 1, 1], patience=1) == [1, 1, 1, 0.1, 0.1, 0.1, pytest.approx(0.01)]
    assert step_on_plateau([]) == []


@pytest.mark.parametrize(("name", "options"), [("step", {"at": (0.3,)}), ("cosine", {"warm_up": 0.25})])
def test_scheduler_and_drawing_agree(name, options):
    settings = Settings(learning_rate=0.2, schedule=name, schedule_options=options)
    ours = optimizer(0.2)
    found = rates_of(scheduler(ours, name, 12, **options), ours, 12)
    np.testing.assert_allclose(found, learning_rates(settings, 12), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cosine(1.2), "progress goes from 0 to 1, got values from 1.2 to 1.2"),
        (lambda: cosine(0.5, warm_up=1), "warm_up must be at least 0 and less than 1, got 1"),
        (lambda: one_cycle(0.5, rise=0), "rise must lie between 0 and 1, got 0"),
        (lambda: one_cycle(0.5, anneal="cos"), "anneal must be 'cosine' or 'linear', got 'cos'"),
        (lambda: learning_rates(Settings(schedule="plateau"), 5), "depend on the losses of the run"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
