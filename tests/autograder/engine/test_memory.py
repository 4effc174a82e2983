"""Five hundred submissions in one run: the grader's memory stays where it was after the first hundred."""

import gc

import psutil
import pytest

from autograder.engine import grading

from ..test_grading import hand_in

SUBMISSIONS, SETTLED = 500, 100
MOST = 24  # megabytes for four hundred submissions; one notebook and its reports take 0.05


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_stays_flat_over_500_submissions(ready, quick):
    for number in range(SUBMISSIONS):
        hand_in(ready, f"right-{number:03}")
    resident = []

    def look(done):
        if len(resident) % 50 == 0:
            gc.collect()
        resident.append(psutil.Process().memory_info().rss / 1e6)

    done = grading.grade("tiny", ready, progress=look)
    assert {one.status for one in done} == {"graded"}
    assert len(resident) == SUBMISSIONS
    assert resident[-1] - resident[SETTLED] < MOST, resident[:: SUBMISSIONS // 10]
