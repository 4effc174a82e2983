"""What it takes to grade a course: machines, hours and money, from a recorded measurement.

The record is what ``python -m autograder bench --out`` writes. The submissions measured there are right and
complete; see `Plan` for what is assumed beyond that.
"""

import json
import math
import statistics
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Bill", "Measurement", "Plan", "bill", "read"]


@dataclass(frozen=True)
class Measurement:
    """Medians of a recorded run: core seconds, memory, and processor time of the one writer."""

    core_seconds: float
    megabytes: float
    writer_seconds: float


@dataclass(frozen=True)
class Plan:
    """A course and the machines it rents.

    Attributes
    ----------
    learners, assignments : int
    handed_in : float
        How often a learner hands in an assignment, on average; those who gave up count with 0.
    slower : float
        How many times the measured seconds a submission takes: endless loops, slower cores.
    hours : float
        After which an assignment that everybody hands in at once is to be graded.
    cores : int
        Of a machine.
    price : float
        Of a core for an hour, in any currency.
    """

    learners: int = 100_000
    assignments: int = 6
    handed_in: float = 1.0
    slower: float = 2.0
    hours: float = 4.0
    cores: int = 16
    price: float = 0.05


@dataclass(frozen=True)
class Bill:
    """What a plan needs: of the whole course, and of one assignment with everybody at once."""

    submissions: int
    core_hours: float
    money: float
    machines: int
    writer_hours: float
    gigabytes: float


def read(path: str | Path) -> Measurement:
    """Return the medians of a record."""
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    seconds = statistics.median(record["ours"]) / record["submissions"]
    return Measurement(
        core_seconds=seconds * record["cores"],
        megabytes=statistics.median(record["memory"]),
        writer_seconds=statistics.median(record["writer"]),
    )


def bill(plan: Plan, measured: Measurement) -> Bill:
    """Return what grading a course takes.

    Raises
    ------
    ValueError
        The one writer alone needs longer for an assignment than the plan allows.
    """
    at_once = plan.learners * plan.handed_in
    each = measured.core_seconds * plan.slower / 3600
    writer_hours = at_once * measured.writer_seconds * plan.slower / 3600
    if writer_hours > plan.hours:
        raise ValueError(
            f"the writer of the gradebook needs {writer_hours:.0f} hours for an assignment, and the plan "
            f"allows {plan.hours:g}: allow more, or split the course into several gradebooks"
        )
    core_hours = at_once * each * plan.assignments
    return Bill(
        submissions=round(at_once * plan.assignments),
        core_hours=core_hours,
        money=core_hours * plan.price,
        machines=math.ceil(at_once * each / plan.hours / plan.cores),
        writer_hours=writer_hours,
        gigabytes=2 * plan.cores * measured.megabytes / 1000,
    )
