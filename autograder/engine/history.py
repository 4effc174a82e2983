"""Keeps every grading of a submission beside the last one: notebook, seed, version, time.

A file is written whole before anything is put into the gradebook, so that no answered submission has to be
run again when the grader is stopped, and the same scores are given when it goes on.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from autograder.engine.answering import Answered
from autograder.layout import Course, write_if_changed

__all__ = ["entries", "keep", "latest"]


def keep(answered: Answered, course: Course) -> Path:
    """Write what came of a submission to disk, beside what came of it before."""
    name = answered.time.replace(":", "").replace("+0000", "Z")
    path = course.history(answered.student, answered.slug) / f"{name}.json"
    write_if_changed(path, json.dumps(asdict(answered), indent=1))
    return path


def entries(student: str, slug: str, course: Course) -> Iterator[Answered]:
    """Yield the gradings of a submission, the last one first."""
    for path in sorted(course.history(student, slug).glob("*.json"), reverse=True):
        yield Answered(**json.loads(path.read_text(encoding="utf-8")))


def latest(student: str, slug: str, course: Course) -> Answered | None:
    """Return the last grading of a submission, if there is one."""
    return next(entries(student, slug, course), None)
