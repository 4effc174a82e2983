"""Checking a backward pass against difference quotients, without the usual traps (chapter *Backprop*).

Section gradient-checking, equation eq-central-difference. Three things make a right gradient look wrong, or
a wrong one right. In *float32* rounding swallows the difference, so everything is checked in float64. A step
that suits numbers around 1 is too large for numbers around 1e-6, so the step follows the *scale* of each
argument, and errors are judged relative to the gradient's own size. At a *kink*, as of ReLU at 0 or of
maximum pooling at a tie, there is no derivative, only a slope to the left and one to the right: any number
between is a fair answer of a backward pass, and is accepted; but moved together, the entries at kinks must
fit as well, or a gradient that is given to both winners of a tie would pass.

Left out: complex arguments, second derivatives, and kinks that only a joint move of smooth entries meets.
"""

import inspect

import numpy as np

from convnets.backprop.gradient_report import ArgumentCheck, GradientReport

__all__ = ["check_gradient"]

STEP = np.finfo(np.float64).eps ** (1 / 3)
"""Relative step of a central difference in float64: where rounding and curvature err alike, about 6e-6."""
SHRINK = 8
"""By how much the step is made smaller to tell a kink from curvature."""
SMALL = 1e-3
"""Entries below this share of an argument's largest slope are judged relative to that share."""


def check_gradient(forward, backward, *arguments, rng, tolerance=1e-6, max_entries=500):
    """Compare a backward pass with central differences of the forward pass, entry by entry.

    The slope is that of L = Σ grad_output · forward(*arguments), with a random ``grad_output``: a backward
    pass that is right for it is right for whatever loss follows, save with probability zero.

    Parameters
    ----------
    forward : callable
        Takes the arguments, returns an array (or a number). It must be deterministic.
    backward : callable
        Takes ``grad_output`` and the arguments, returns the gradients: a tuple with one for each argument in
        turn (None, or none at the end, for arguments that are not to be checked), or a single array for the
        first one.
    *arguments : array_like
        Where to check. float32 is turned into float64 and noted; integers are passed on as they are.
    rng : numpy.random.Generator
        Where ``grad_output`` and the choice of entries come from.
    tolerance : float
        Largest relative error that passes: the distance of gradient and slope over the larger of the two, or
        over a thousandth of the largest slope of this argument, or over what rounding alone amounts to.
    max_entries : int
        Of larger arguments so many random entries are moved.

    Returns
    -------
    GradientReport
        True in a condition if the gradients agree. Nothing is known about entries that were not moved.

    Raises
    ------
    TypeError
        If forward answers float64 with a lower precision, or a gradient is asked for an argument of integers.
    ValueError
        If a gradient does not have the shape of its argument, there are more gradients than arguments, or
        none at all.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> report = check_gradient(np.sin, lambda grad, x: grad * np.cos(x), rng.normal(size=5), rng=rng)
    >>> report.passed
    True
    """
    arguments, notes = _in_float64([np.asarray(argument) for argument in arguments])
    out = np.asarray(forward(*_copies(arguments)))
    _check_forward(out, np.asarray(forward(*_copies(arguments))))
    grad_output = rng.standard_normal(out.shape)
    gradients = backward(grad_output.copy(), *_copies(arguments))
    gradients = gradients if isinstance(gradients, tuple | list) else (gradients,)
    names = _names(forward, len(arguments))
    _check_gradients(gradients, arguments, names)
    rounding = float(np.finfo(np.float64).eps * np.abs(grad_output * out).sum())

    def loss(moved):
        return float(np.vdot(grad_output, forward(*moved)))

    checks = []
    for k, gradient in enumerate(gradients):
        if gradient is not None:
            chosen = np.sort(rng.permutation(arguments[k].size)[:max_entries])
            slopes = _Slopes(loss, arguments, k, rounding)
            checks.append(_check_argument(names[k], slopes, np.asarray(gradient), chosen, tolerance))
    return GradientReport(tolerance, tuple(checks), notes)


class _Slopes:
    """Slopes of the loss as entries of one argument are moved, to the left and to the right."""

    def __init__(self, loss, arguments, k, rounding):
        self.loss, self.arguments, self.k, self.rounding = loss, arguments, k, rounding
        self.scale = float(np.sqrt(np.mean(np.square(arguments[k])))) or 1.0
        self.here = loss(_copies(arguments))

    def measure(self, entries):
        """Return the slopes to the left and right, equal unless there is a kink, and their rounding error."""
        step = STEP * max(self.scale, np.abs(self.arguments[self.k].flat[entries]).max())
        wide, narrow = self._sides(entries, step), None
        if self._differ(wide, step, 1e-4 * max(map(abs, wide))):
            step /= SHRINK
            narrow = self._sides(
                entries, step
            )  # curvature shrinks with the step, the jump at a kink does not
            if self._differ(narrow, step, abs(wide[1] - wide[0]) / 2):
                return *narrow, self.rounding / step
        middle = sum(narrow or wide) / 2
        return middle, middle, self.rounding / step

    def _sides(self, entries, step):
        return [
            (self.here - self._moved(entries, -step)) / step,
            (self._moved(entries, step) - self.here) / step,
        ]

    def _differ(self, sides, step, by):
        return abs(sides[1] - sides[0]) > by + 100 * self.rounding / step

    def _moved(self, entries, step):
        moved = _copies(self.arguments)
        moved[self.k].flat[entries] += step
        return self.loss(moved)


def _check_argument(name, slopes, gradient, chosen, tolerance):
    measured = [slopes.measure([entry]) for entry in chosen]
    analytic = [float(gradient.flat[entry]) for entry in chosen]
    kinks = [entry for entry, (left, right, _) in zip(chosen, measured, strict=True) if left != right]
    places = [tuple(map(int, np.unravel_index(entry, gradient.shape))) for entry in chosen]
    if kinks:
        together = slopes.measure(kinks)
        if together[0] == together[1]:  # smooth, as where both winners of a tie rise
            measured.append(together)
            analytic.append(float(gradient.flat[kinks].sum()))
            places.append(None)
    floor = SMALL * max(abs(slope) for pair in measured for slope in pair[:2])
    errors = [_error(a, m, max(floor, m[2] / tolerance)) for a, m in zip(analytic, measured, strict=True)]
    worst = int(np.argmax(errors))
    return ArgumentCheck(
        name,
        gradient.size,
        len(chosen),
        errors[worst],
        places[worst],
        analytic[worst],
        _nearest(analytic[worst], measured[worst]),
        tuple(places[k] for k, entry in enumerate(chosen) if entry in kinks),
    )


def _nearest(analytic, measured):
    """Return the slope between the two sides that is closest to what backward says."""
    return float(np.clip(analytic, min(measured[:2]), max(measured[:2])))


def _error(analytic, measured, floor):
    numeric = _nearest(analytic, measured)
    if not (np.isfinite(analytic) and np.isfinite(numeric)):
        return float("inf")
    difference = abs(analytic - numeric)
    return difference / max(abs(analytic), abs(numeric), floor) if difference else 0.0


def _copies(arguments):
    return [argument.copy() for argument in arguments]


def _in_float64(arguments):
    low = any(argument.dtype.kind == "f" and argument.dtype.itemsize < 8 for argument in arguments)
    note = "arguments were turned into float64: in float32, rounding leaves a slope two or three right digits"
    as_double = [
        argument.astype(np.float64) if argument.dtype.kind == "f" else argument for argument in arguments
    ]
    return as_double, (note,) if low else ()


def _names(forward, number):
    try:
        names = list(inspect.signature(forward).parameters)[:number]
    except (TypeError, ValueError):  # functions written in C
        names = []
    return names if len(names) == number else [f"argument {k}" for k in range(number)]


def _check_forward(out, again):
    if out.dtype != np.float64:
        raise TypeError(
            f"forward answered arguments in float64 with {out.dtype}, whose rounding would hide the slope; "
            "it should keep the dtype of its arguments"
        )
    if not np.array_equal(out, again, equal_nan=True):
        raise ValueError(
            "forward answered the same arguments differently the second time; fix its randomness"
        )


def _check_gradients(gradients, arguments, names):
    if not 1 <= len(gradients) <= len(arguments) or all(gradient is None for gradient in gradients):
        raise ValueError(
            f"backward must return the gradients of 1 to {len(arguments)} arguments, it returned "
            f"{sum(gradient is not None for gradient in gradients)}"
        )
    for name, gradient, argument in zip(names, gradients, arguments, strict=False):
        if gradient is None:
            continue
        if argument.dtype.kind != "f":
            raise TypeError(
                f"{name} is no array of floats but {argument.dtype}: it has no gradient, return None"
            )
        if np.shape(gradient) != argument.shape:
            raise ValueError(
                f"the gradient of {name} must have its shape {argument.shape}, it has {np.shape(gradient)}"
            )
