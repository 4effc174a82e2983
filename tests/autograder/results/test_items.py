"""Item analysis against numbers worked by hand and against SciPy."""

import numpy as np
import pytest
from scipy import stats

from autograder.results import items


def test_point_biserial_worked_by_hand():
    # Solved by those with 4, 6, 8 (mean 6), not by those with 1, 3 (mean 2): the mean of all is 4.4,
    # the squares of the deviations 0.16 + 2.56 + 12.96 + 11.56 + 1.96 = 29.2, so s = √5.84;
    # p = 3/5, q = 2/5: r = (6 − 2) · √0.24 / √5.84 = 4 · √(6/146).
    r = items.point_biserial([True, True, True, False, False], [4, 6, 8, 1, 3])
    assert r == pytest.approx(4 * (6 / 146) ** 0.5)
    assert r == pytest.approx(0.81088, abs=5e-6)


def test_upper_lower_worked_by_hand():
    # Eight students: groups of ⌈0.27 · 8⌉ = 3. Best: 8, 7, 6 with shares 1, 1, 0.5; last: 1, 2, 3 with
    # 0, 0.5, 0: 2.5/3 − 0.5/3 = 2/3.
    shares = [0, 0.5, 0, 1, 0, 0.5, 1, 1]
    assert items.upper_lower(shares, [1, 2, 3, 4, 5, 6, 7, 8]) == pytest.approx(2 / 3)


def test_ties_at_the_edge_share_the_places():
    # Groups of two among four; 5 is above the edge 3, and three tie for one place: (1 + (0 + 1 + 0.5)/3)/2
    # above, and below the two places go to the three that tie: 0.5.
    assert items.upper_lower([1, 0, 1, 0.5], [5, 3, 3, 3]) == pytest.approx(0.75 - 0.5)
    turned = items.upper_lower([1, 0.5, 0, 1], [5, 3, 3, 3])
    assert turned == items.upper_lower([1, 0, 1, 0.5], [5, 3, 3, 3])


def test_a_class_worked_by_hand():
    # Two exercises of 2 and 4 points; the rest of one is the score of the other.
    scores = [[2, 4], [2, 4], [1, 0], [0, 0]]
    first, second = items.analyse(["a", "b"], [2, 4], scores)
    assert (first.difficulty, second.difficulty) == (5 / 8, 8 / 16)
    assert first.point_biserial == pytest.approx(1)  # solved by exactly those who have 4 in the other
    # second: rest is 2, 2 among the solvers and 1, 0 among the others: M₁ − M₀ = 1.5, √(pq) = 0.5,
    # s² = (2·(0.75)² + 0.25² + 1.25²)/4 = 2.75/4.
    assert second.point_biserial == pytest.approx(1.5 * 0.5 / (2.75 / 4) ** 0.5)
    # groups of two: (1 + 1)/2 − (0.5 + 0)/2
    assert first.upper_lower == pytest.approx(0.75)
    assert second.upper_lower == pytest.approx(1)


def test_point_biserial_is_the_correlation():
    rng = np.random.default_rng(3)
    for size in (5, 30, 300):
        solved, rest = rng.random(size) < 0.4, rng.normal(size=size)
        solved[:2] = True, False
        expected = stats.pointbiserialr(solved, rest).statistic
        assert items.point_biserial(solved, rest) == pytest.approx(expected)


def test_adding_a_number_to_every_score_changes_nothing():
    rng = np.random.default_rng(4)
    shares, totals = rng.random(20), rng.integers(0, 6, 20)
    assert items.upper_lower(shares, totals + 7) == items.upper_lower(shares, totals)
    assert items.upper_lower(shares, -totals) == pytest.approx(-items.upper_lower(shares, totals))


@pytest.mark.parametrize(
    ("solved", "rest"),
    [([], []), ([True, True], [1, 2]), ([False, False], [1, 2]), ([True, False], [0.3, 0.3])],
    ids=["nobody", "all-solved", "none-solved", "equal-scores"],
)
def test_a_correlation_that_does_not_exist_is_none(solved, rest):
    assert items.point_biserial(solved, rest) is None


def test_an_empty_class():
    [item] = items.analyse(["a"], [2], np.zeros((0, 1)))
    assert (item.difficulty, item.point_biserial, item.upper_lower) == (None, None, None)
