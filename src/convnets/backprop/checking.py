"""Checking a backward pass against difference quotients, without the usual traps (chapter *Backprop*).

Section gradient-checking, equation eq-central-difference. Three things make a right gradient look wrong, or
a wrong one right. In *float32* rounding swallows the difference, so everything is checked in float64. A step
that suits numbers around 1 is too large for numbers around 1e-6, so the step follows the *scale* of each
argument, and errors are judged relative to the gradient's own size. At a *kink*, as of ReLU at 0 or of
maximum pooling at a tie, there is no derivative, only a slope to the left and one to the right: any number
between is a fair answer of a backward pass, and is accepted; but moved together, the entries at kinks must
fit as well, or a gradient that is given to both winners of a tie would pass.

Left out: complex arguments, second derivatives, and kinks that bend down: where negative weights follow a
tie, fair answers may lie outside both slopes. Nudge such arguments off their kinks first.
"""

import inspect

import numpy as np

from convnets.backprop.gradient_report import ArgumentCheck, GradientReport
from convnets.backprop.slopes import SlopeMeter

__all__ = ["check_gradient"]

SMALL = 1e-3
"""Entries below this share of an argument's largest slope are judged relative to that share."""


def check_gradient(forward, backward, *arguments, rng, tolerance=1e-6, max_entries=500):
    """Compare a backward pass with central differences of the forward pass, entry by entry.

    The slope is that of L = Σ grad_output · forward(*arguments) with random positive ``grad_output``, so that
    a maximum stays convex: a backward pass that is right for it is right for whatever loss follows, save with
    probability zero.

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
        If forward answers float64 with a lower precision, or a gradient is given for an argument of integers.
    ValueError
        If a gradient does not have the shape of its argument, an argument is empty, there are more gradients
        than arguments or none at all, or forward gives numbers that are not finite or differ from call to
        call.

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
    grad_output = rng.uniform(0.5, 1.5, out.shape)
    gradients = backward(grad_output.copy(), *_copies(arguments))
    gradients = gradients if isinstance(gradients, tuple | list) else (gradients,)
    names = _names(forward, len(arguments))
    _check_gradients(gradients, arguments, names)
    checks = []
    for k, gradient in enumerate(gradients):
        if gradient is not None:
            chosen = np.sort(rng.permutation(arguments[k].size)[:max_entries])
            meter = SlopeMeter(forward, grad_output, arguments, k)
            checks.append(_check_argument(names[k], meter, np.asarray(gradient), chosen, tolerance))
    return GradientReport(tolerance, tuple(checks), notes)


def _check_argument(name, meter, gradient, chosen, tolerance):
    places = [tuple(map(int, np.unravel_index(entry, gradient.shape))) for entry in chosen]
    analytic = [float(gradient.flat[entry]) for entry in chosen]
    slopes = [meter.measure([entry]) for entry in chosen]
    kinks = [k for k, measured in enumerate(slopes) if measured.is_kink]
    if kinks:  # both winners of a tie rise together, and no longer compete
        analytic.append(sum(analytic[k] for k in kinks))
        slopes.append(meter.measure(chosen[kinks]))
    floor = SMALL * max(max(abs(measured.left), abs(measured.right)) for measured in slopes)
    errors = [
        _error(value, measured, max(floor, measured.rounding / tolerance))
        for value, measured in zip(analytic, slopes, strict=True)
    ]
    worst = int(np.argmax(errors))
    return ArgumentCheck(
        name,
        gradient.size,
        len(chosen),
        errors[worst],
        places[worst] if worst < len(places) else None,
        analytic[worst],
        slopes[worst].nearest(analytic[worst]),
        tuple(places[k] for k in kinks),
    )


def _error(value, measured, floor):
    slope = measured.nearest(value)
    difference = abs(value - slope)
    if not np.isfinite(difference):
        return float("inf")
    return float(difference / max(abs(value), abs(slope), floor)) if difference else 0.0


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
    if not np.isfinite(out).all():
        raise ValueError(f"forward gives numbers that are not finite, {out[~np.isfinite(out)][0]} first")
    if not np.array_equal(out, again):
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
        if not argument.size:
            raise ValueError(f"{name} is empty, its shape is {argument.shape}: there is nothing to check")
        if np.shape(gradient) != argument.shape:
            raise ValueError(
                f"the gradient of {name} must have its shape {argument.shape}, it has {np.shape(gradient)}"
            )
