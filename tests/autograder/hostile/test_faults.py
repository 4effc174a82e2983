"""Whatever is killed while a class is graded: the gradebook is that of an undisturbed run."""

import random
import shutil
import subprocess
import sys
import time

import psutil
import pytest

from autograder.authoring import sample
from autograder.engine import grading
from autograder.engine.execute import OracleExecute
from autograder.layout import PROJECT, Course, fingerprint
from autograder.results import table

from ..sandbox.test_kernels import runs
from ..test_grading import RIGHT, hand_in, scores

GRADER = """
import sys
from pathlib import Path
from autograder.engine import grading
from autograder.layout import Course
root, solutions, *students = sys.argv[1:]
print("ready", flush=True)
done = grading.grade("tiny", Course(Path(root), Path(solutions)), students, max_seconds=2.0, jobs=3)
sys.exit(any(one.status == "failed" for one in done))
"""
SLOW = "import time\n\ndef total(a, scale=1.0):\n    time.sleep(0.1)\n    return float(scale * sum(a))"
A_FEW = ("right", "untouched", "mistake-1", "half-done", "late", "no-notebook", "right-otherwise-1")
QUICK = (("grader",) * 2 + ("kernel",), A_FEW, 1.5)
THOROUGH = (("grader",) * 5 + ("kernel",) * 5, None, 6.0)


class Disturbed:
    """Grades a class in another process, which is started again as often as it is killed."""

    def __init__(self, course, students, rng):
        self.command = [sys.executable, "-c", GRADER, str(course.root), str(course.solutions), *students]
        self.rng = rng
        self.started: set[psutil.Process] = set()

    def run(self, kills, seconds):
        """Kill what is to be killed, each after a random time below ``seconds``, and grade to the end."""
        for attempt in range(3 * len(kills) + 1):
            with subprocess.Popen(self.command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as grader:
                assert grader.stdout.readline() == "ready\n"
                kills = self._kill_some(grader, kills, seconds)
                if grader.wait(120) == 0:
                    return attempt
        raise AssertionError("the class was never graded to the end")

    def _kill_some(self, grader, kills, seconds):
        """Kill kernels, until the grader is next, or has ended; return what is still to be killed."""
        while kills:
            end = time.monotonic() + self.rng.uniform(0, seconds)
            while time.monotonic() < end and grader.poll() is None:
                time.sleep(0.01)
            if grader.poll() is not None:
                return kills
            below = sorted(psutil.Process(grader.pid).children(recursive=True), key=lambda one: one.pid)
            self.started.update(below)
            victim, *kills = kills
            if victim == "grader":
                grader.kill()
                return kills
            if below:
                self.rng.choice(below).kill()
        return kills

    def still_there(self):
        """Return the processes that a killed grader has left behind, after a moment to end."""
        _, alive = psutil.wait_procs(self.started, timeout=5)
        return [one for one in alive if runs(one.pid)]


@pytest.mark.parametrize(
    ("seed", "size"),
    [(0, QUICK), *(pytest.param(seed, THOROUGH, marks=pytest.mark.slow) for seed in range(1, 6))],
    ids=[f"seed-{seed}" for seed in range(6)],
)
@pytest.mark.timeout(400)
def test_any_process_can_be_killed_at_any_moment(ready, tmp_path, seed, size):
    kills, names, seconds = size
    rng = random.Random(seed)
    kills = rng.sample(kills, len(kills))
    sample.write("tiny", ready)
    students = [sample.PREFIX + name for name in names] if names else ready.students("tiny")
    quiet = Course(tmp_path / "undisturbed", ready.solutions)
    shutil.copytree(ready.root, quiet.root)
    before = fingerprint([ready.root / "submitted"])

    disturbed = Disturbed(ready, students, rng)
    disturbed.run(kills, seconds)
    grading.grade("tiny", quiet, students, max_seconds=2.0)

    assert results(ready, students) == results(quiet, students)
    assert fingerprint([ready.root / "submitted"]) == before
    assert grading.grade("tiny", ready, students, max_seconds=2.0) == []
    assert disturbed.still_there() == []


def results(course, students):
    """What stands in the gradebook: points by exercise, what lateness costs, total, status."""
    rows = {row.student: row for row in table.rows("tiny", course) if row.student in students}
    return {
        name: ({e: mark.score for e, mark in row.marks.items()}, row.penalty, row.total, row.status)
        for name, row in rows.items()
    }


def test_a_kernel_that_others_killed_costs_nothing_and_one_that_kills_itself_ends(ready, monkeypatch):
    hand_in(ready, "killed", RIGHT | {"total": SLOW})
    hand_in(
        ready, "kills-itself", RIGHT | {"total": "import os\n\ndef total(a, scale=1.0):\n    os._exit(1)"}
    )
    asked = OracleExecute._ask
    victims = []

    def ask(self, name, *rest):
        if name == "total" and not victims and self._sources[-1] == SLOW:
            victims.append(self.km.provisioner.process.pid)
            psutil.Process(victims[0]).kill()
        return asked(self, name, *rest)

    monkeypatch.setattr(OracleExecute, "_ask", ask)
    grading.grade("tiny", ready)
    assert len(victims) == 1
    assert scores(ready, "killed") == {"double": 3, "total": 5}
    assert scores(ready, "kills-itself") == {"double": 3, "total": 0}
