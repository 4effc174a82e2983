"""How hard each exercise was, and how well it tells strong from weak: classical item analysis.

Three numbers for each exercise, as in Ebel and Frisbie, *Essentials of Educational Measurement* (5th ed.,
1991, ch. 13), where an exercise is solved when it has full marks:

difficulty
    Mean score divided by the points there are: 1 is easy, 0 is hard (their *p*, for partial credit).
point-biserial
    Correlation of *solved or not* with the score of the *other* exercises. The exercise itself is left out,
    because it would correlate with its own part of the total.
upper–lower
    Difficulty among the best 27 % of the class by total minus that among the last 27 % (Kelley, *The
    selection of upper and lower groups for the validation of test items*, Journal of Educational Psychology
    30, 1939).
    Students of equal total at the edge of a group count in part, so no order among them matters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Item", "analyse", "point_biserial", "upper_lower"]

SHARE = 0.27


@dataclass(frozen=True)
class Item:
    """One exercise: its name and the three numbers of this module, None where they are not defined."""

    name: str
    points: float
    difficulty: float | None
    point_biserial: float | None
    upper_lower: float | None


def analyse(names: Sequence[str], points: ArrayLike, scores: ArrayLike) -> list[Item]:
    """Analyse the exercises of an assignment.

    Parameters
    ----------
    names : sequence of str
        Of the exercises.
    points : array_like of shape (exercises,)
        That can be reached.
    scores : array_like of shape (students, exercises)
        Of all students whose submission has been graded.
    """
    points, scores = np.asarray(points, float), np.asarray(scores, float).reshape(-1, len(names))
    totals, items = scores.sum(axis=1), []
    for number, name in enumerate(names):
        mine = scores[:, number]
        items.append(
            Item(
                name,
                float(points[number]),
                float(mine.mean() / points[number]) if len(mine) else None,
                point_biserial(mine >= points[number], totals - mine),
                upper_lower(mine / points[number], totals),
            )
        )
    return items


def point_biserial(solved: ArrayLike, rest: ArrayLike) -> float | None:
    """Return (M₁ − M₀) √(pq) / s: the correlation of a yes or no with a score.

    None where everybody or nobody solved it, or where all scores are equal.

    Parameters
    ----------
    solved : array_like of bool, shape (students,)
    rest : array_like of float, shape (students,)
    """
    solved, rest = np.asarray(solved, bool), np.asarray(rest, float)
    spread = rest.std() if len(rest) else 0.0
    if solved.all() or not solved.any() or spread <= 1e-12 * max(1.0, np.abs(rest).max()):
        return None
    p = solved.mean()
    return float((rest[solved].mean() - rest[~solved].mean()) * math.sqrt(p * (1 - p)) / spread)


def upper_lower(shares: ArrayLike, totals: ArrayLike) -> float | None:
    """Return the mean share of points in the upper group minus that in the lower; None for fewer than four.

    Parameters
    ----------
    shares : array_like of float, shape (students,)
        Share of the exercise's points.
    totals : array_like of float, shape (students,)
        By which the groups are made, each of 27 % of the students, rounded up.
    """
    shares, totals = np.asarray(shares, float), np.asarray(totals, float)
    if len(totals) < 4:
        return None
    size = math.ceil(SHARE * len(totals))
    return float(_mean_of_best(shares, totals, size) - _mean_of_best(shares, -totals, size))


def _mean_of_best(shares: np.ndarray, totals: np.ndarray, size: int) -> float:
    """Return the mean over the ``size`` largest totals; those that tie for the last places share them."""
    edge = np.sort(totals)[-size]
    above, tied = totals > edge, totals == edge
    return (shares[above].sum() + (size - above.sum()) * shares[tied].mean()) / size
