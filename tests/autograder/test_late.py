import pytest

from autograder.late import RULE, LatePenalty, penalty

DAY = 86_400


@pytest.mark.parametrize(
    ("seconds", "share"),
    [
        (-5, 0),
        (0, 0),
        (1, 0.1),
        (DAY, 0.1),
        (DAY + 1, 0.2),
        (4 * DAY + 1, 0.5),
        (5 * DAY + 1, 0.5),
        (99 * DAY, 0.5),
    ],
)
def test_a_tenth_for_each_started_day_and_half_at_most(seconds, share):
    assert penalty(30, seconds) == pytest.approx(30 * share)


def test_the_plugin_follows_the_rule_and_can_be_configured():
    assert LatePenalty().late_submission_penalty("s", 20, DAY + 1) == pytest.approx(4)
    assert LatePenalty(per_day=0.25, at_most=1.0).late_submission_penalty("s", 20, 3 * DAY) == pytest.approx(
        15
    )


def test_the_rule_says_the_default_shares():
    plugin = LatePenalty()
    assert f"{plugin.per_day:.0%}".replace("%", " %") in RULE
    assert f"{plugin.at_most:.0%}".replace("%", " %") in RULE
