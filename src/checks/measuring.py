"""Measure an answer where no single one is right, and find what would make a bad one good.

What a network has learnt cannot be compared value by value. Its answer is measured by what only the grader
knows, or, for a public case, by what the release holds. For the same reason it cannot be compared with the
answer of a known mistake. But a mistake such as boxes in another format can be undone: where that makes a bad
answer much better, it was the mistake. Neither takes a second training.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks import detections
from checks.contract import Measure
from checks.outcome import Outcome
from checks.verdict import Verdict

__all__ = ["SCALES", "WORTH_NAMING", "Scale", "remedied"]

WORTH_NAMING = 0.25
"""So much better must a remedy make an answer to name a mistake; two runs of a training differ less."""


@dataclass(frozen=True)
class Scale:
    """One way to measure.

    Attributes
    ----------
    problem : callable
        ``problem(value, truth)``: a verdict on an answer that cannot be measured, or None; takes anything.
    number : callable
        ``number(value, truth, remedy="")``: how good an answer without a problem is, or would be; finite.
    remedies : collection of str
        Names of what may be undone.
    """

    problem: Callable[[Any, Any], Verdict | None]
    number: Callable[..., float]
    remedies: frozenset[str]


SCALES: Mapping[str, Scale] = {
    "mean average precision": Scale(
        detections.problem, detections.mean_average_precision, frozenset(detections.REMEDIES)
    ),
}


def remedied(outcome: Outcome, measure: Measure, truth: Any, remedies: Mapping[str, str]) -> str | None:
    """Name the mistake that, undone, makes an answer much better.

    Parameters
    ----------
    outcome : Outcome
        What came of the student's function.
    measure : Measure
    truth : object
        Of the case.
    remedies : mapping of str to str
        The remedy of each mistake, by the mistake's name; empty for one that has none.

    Returns
    -------
    str or None
        Of several the one whose remedy helps most; None where none helps, or nothing can be measured.
    """
    scale = SCALES[measure.name]
    if outcome.kind != "value" or scale.problem(outcome.value, truth):
        return None
    would = {name: scale.number(outcome.value, truth, remedy) for name, remedy in remedies.items() if remedy}
    best = max(would, key=would.get, default=None)
    is_it = best is not None and would[best] >= scale.number(outcome.value, truth) + WORTH_NAMING
    return best if is_it else None
