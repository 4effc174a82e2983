"""What a late submission costs: 10 % of its score for each started day, at most 50 %."""

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

__all__ = ["RULE", "LatePenalty", "penalty"]

RULE = (
    "A late submission loses 10 % of the score it reached for each day that has started since the deadline, "
    "and never more than 50 %."
)
SECONDS_PER_DAY = 86_400


def penalty(score: float, seconds_late: float, per_day: float = 0.10, at_most: float = 0.50) -> float:
    """Return the points to take off.

    Parameters
    ----------
    score : float
        Points reached.
    seconds_late : float
        Time since the deadline in seconds; zero or less costs nothing.
    per_day, at_most : float
        Shares of the score.
    """
    days = math.ceil(max(0.0, seconds_late) / SECONDS_PER_DAY)
    return round(score * min(at_most, per_day * days), 6)


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's plugin for the rule of this module; both shares can be configured."""

    per_day = Float(0.10, help="share of the score for each started day").tag(config=True)
    at_most = Float(0.50, help="largest share of the score that can be lost").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Return the points that this submission loses."""
        return penalty(score, total_seconds_late, self.per_day, self.at_most)
