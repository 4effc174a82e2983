"""How the learning rate moves during a run (chapter *Training*, schedules).

Each schedule is a plain function of progress, from 0 at the first step to 1 after the last, and returns the
factor by which the largest learning rate is multiplied: it can be drawn, and :func:`scheduler` makes it one
of PyTorch's. Stepping on a plateau is a function of the losses so far instead.

Sources: K. He et al. (2016), section 3.4, for steps; I. Loshchilov and F. Hutter, "SGDR" (2017), for the
cosine; L. Smith and N. Topin, "Super-convergence" (2018), for the one cycle; P. Goyal et al., "Accurate,
large minibatch SGD" (2017), for the warm-up. Restarts and cycles of the momentum are left out.
"""

import numpy as np

__all__ = [
    "PLATEAU",
    "SCHEDULES",
    "constant",
    "cosine",
    "learning_rates",
    "one_cycle",
    "scheduler",
    "step",
    "step_on_plateau",
]

PLATEAU = "plateau"
"""The name of :func:`step_on_plateau` in settings."""


def constant(t):
    """Return 1 at every progress `t`: the learning rate stays what it is.

    Parameters
    ----------
    t : float or array_like
        Progress from 0 to 1.

    Returns
    -------
    float or ndarray of the shape of `t`
    """
    return np.ones_like(_progress(t))[()]


def step(t, at=(0.5, 0.75), factor=0.1):
    """Return `factor` to the power of how many of the moments in `at` have passed.

    Parameters
    ----------
    t : float or array_like
        Progress from 0 to 1.
    at : sequence of float
        When to step; a moment that is just reached has passed.
    factor : float
        What each step multiplies by.

    Returns
    -------
    float or ndarray of the shape of `t`
    """
    passed = np.sum(_progress(t)[..., None] >= np.asarray(at, float), axis=-1)
    return (float(factor) ** passed)[()]


def cosine(t, warm_up=0.0, final=0.0):
    """Return a straight rise from 0 to 1, then half a wave of the cosine down to `final`.

    Parameters
    ----------
    t : float or array_like
        Progress from 0 to 1.
    warm_up : float
        The share of the run that the rise takes; 0 starts at the top.
    final : float
        The factor at the end.

    Returns
    -------
    float or ndarray of the shape of `t`

    Raises
    ------
    ValueError
        If `warm_up` is not at least 0 and less than 1.
    """
    t = _progress(t)
    if not 0 <= warm_up < 1:
        raise ValueError(f"warm_up must be at least 0 and less than 1, got {warm_up}")
    falling = _between(1.0, final, (t - warm_up) / (1 - warm_up), "cosine")
    return np.where(t < warm_up, t / (warm_up or 1.0), falling)[()]


def one_cycle(t, rise=0.3, start=0.04, final=4e-6, anneal="cosine"):
    """Return a rise from `start` to 1 and a fall to `final`, one cycle in all.

    Parameters
    ----------
    t : float or array_like
        Progress from 0 to 1.
    rise : float
        The share of the run after which the top is reached.
    start, final : float
        The factors at both ends.
    anneal : {"cosine", "linear"}
        Along which curve.

    Returns
    -------
    float or ndarray of the shape of `t`

    Raises
    ------
    ValueError
        If `rise` is not between 0 and 1, or `anneal` unknown.
    """
    t = _progress(t)
    if not 0 < rise < 1:
        raise ValueError(f"rise must lie between 0 and 1, got {rise}")
    rising = _between(start, 1.0, t / rise, anneal)
    return np.where(t < rise, rising, _between(1.0, final, (t - rise) / (1 - rise), anneal))[()]


def step_on_plateau(losses, factor=0.1, patience=10, threshold=0.0):
    """Return the factor after each of the losses: one step down whenever they have stopped falling.

    Parameters
    ----------
    losses : sequence of float
        The loss after each epoch so far.
    factor : float
        What each step multiplies by.
    patience : int
        How many epochs in a row may fail to improve on the best loss; the next one that fails steps down.
    threshold : float
        By which share of itself the best loss must fall to count as improved.

    Returns
    -------
    list of float
        As long as `losses`.
    """
    best, waited, current, factors = np.inf, 0, 1.0, []
    for loss in losses:
        improved = loss < best * (1 - threshold) if np.isfinite(best) else loss < best
        best, waited = (loss, 0) if improved else (best, waited + 1)
        if waited > patience:
            current, waited = current * factor, 0
        factors.append(current)
    return factors


SCHEDULES = {"constant": constant, "step": step, "cosine": cosine, "one_cycle": one_cycle}
"""Every schedule that is a function of progress, by name."""


def learning_rates(settings, num_steps):
    """Return the learning rate of every step of a run, for drawing.

    Parameters
    ----------
    settings : Settings
        Whose learning rate and schedule are meant.
    num_steps : int
        Number of steps in all.

    Returns
    -------
    ndarray of shape (num_steps,)

    Raises
    ------
    ValueError
        If the schedule depends on the losses.
    """
    if settings.schedule == PLATEAU:
        raise ValueError("steps on a plateau depend on the losses of the run; they cannot be told beforehand")
    schedule = SCHEDULES[settings.schedule]
    return settings.learning_rate * schedule(np.arange(num_steps) / num_steps, **settings.schedule_options)


def scheduler(optimizer, name, num_steps, **options):
    """Return a schedule as PyTorch's: its ``step()`` is called after each step of the optimiser.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        Its learning rates are the largest ones.
    name : str
        A key of ``SCHEDULES``.
    num_steps : int
        Number of steps in all.
    **options
        Arguments of the schedule.

    Returns
    -------
    torch.optim.lr_scheduler.LambdaLR
    """
    import torch  # takes a second, which those who only draw need not wait

    schedule = SCHEDULES[name]
    return torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: float(schedule(min(k / num_steps, 1.0), **options))
    )


def _progress(t):
    t = np.asarray(t, float)
    if t.size and (t.min() < 0 or t.max() > 1):
        raise ValueError(f"progress goes from 0 to 1, got values from {t.min():g} to {t.max():g}")
    return t


def _between(first, last, share, anneal):
    """Return the way from `first` to `last` at a share from 0 to 1, straight or along half a wave."""
    if anneal not in ("cosine", "linear"):
        raise ValueError(f"anneal must be 'cosine' or 'linear', got {anneal!r}")
    share = np.clip(share, 0.0, 1.0)
    gone = share if anneal == "linear" else (1 - np.cos(np.pi * share)) / 2
    return first + (last - first) * gone
