"""An outcome is plain: every field but the kind has a default, and it cannot be changed afterwards."""

import dataclasses

import pytest

from checks.outcome import Outcome


def test_an_outcome_needs_only_its_kind():
    outcome = Outcome("lost")
    assert (outcome.value, outcome.detail, outcome.message, outcome.line) == (None, "", "", "")
    assert (outcome.changed, outcome.printed) == ((), "")


def test_an_outcome_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Outcome("value").value = 3
