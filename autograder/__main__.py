"""``python -m autograder``: build, release, grade and return assignments."""

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator

from autograder import day
from autograder.authoring import exercises
from autograder.layout import DEFAULT, Course, CourseError

__all__ = ["main"]

COMMANDS = {
    "build": "write the instructor's notebooks from solutions/",
    "release": "make the student's version, and a zip of it to download",
    "sample": "hand in the bundled sample class",
    "doctor": "say what protects this machine from student code, what is missing, how to get it",
    "grade": "grade what lies in course/submitted/<student>/<assignment>/",
    "regrade": "grade again with the hidden cases of the last time, or of --seed, and say what changed",
    "feedback": "write one page per student and assignment",
    "table": "print student × exercise: score, what went wrong",
}
HUB = "start JupyterHub with autograder/jupyterhub_config.py; installs its proxy the first time"
BENCH = "time this grader beside stock nbgrader, on an assignment that imports PyTorch"
FOR_STUDENTS = ("grade", "regrade", "feedback")


def main(arguments: list[str] | None = None, course: Course = DEFAULT) -> int:
    """Run one command; return 0, or 1 where something could not be done, which is then said in words."""
    options = parser().parse_args(arguments)
    try:
        return run(options, course)
    except CourseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("autograder: interrupted; what is graded stays graded", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(prog="python -m autograder", description=__doc__.split(": ", 1)[1])
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--assignment", metavar="SLUG", help="only this one; all of them unless given")
        if name != "table":
            command.add_argument(
                "--force", action="store_true", help="do it again even where nothing has changed"
            )
        if name in FOR_STUDENTS:
            command.add_argument("--student", metavar="NAME", help="only this one")
        if name in ("grade", "regrade"):
            command.add_argument("--jobs", type=int, metavar="N", help="submissions at a time")
            command.add_argument(
                "--scheduler", metavar="ADDRESS", help="of a Dask cluster that does the work"
            )
            command.add_argument("--seed", type=int, help="draw the hidden cases of an earlier run again")
            command.add_argument(
                "--i-accept-unsandboxed-code",
                dest="accept_unsandboxed",
                action="store_true",
                help="run student code with your own rights where it cannot be shut in; the results say so",
            )
    commands.add_parser("hub", help=HUB, description=HUB)
    bench = commands.add_parser("bench", help=BENCH, description=BENCH)
    bench.add_argument("--assignment", metavar="SLUG", help="seeing unless given")
    bench.add_argument("--submissions", type=int, default=48, metavar="N", help="48 unless given")
    bench.add_argument("--rounds", type=int, default=3, metavar="N", help="3 unless given")
    bench.add_argument("--jobs", type=int, metavar="N", help="submissions at a time")
    bench.add_argument("--out", metavar="FILE", help="where to write a record of the run, as JSON")
    bench.add_argument("--note", default="", help="what readers of it should know about the machine")
    for name, text in day.COMMANDS.items():
        day.add_options(name, commands.add_parser(name, help=text, description=text))
    return made


def run(options: argparse.Namespace, course: Course) -> int:
    """Run the command for one assignment or for all, and return the exit status."""
    if options.command == "doctor":
        return _doctor()
    if options.command == "hub":
        return _hub()
    known = exercises.slugs(course.solutions)
    if getattr(options, "assignment", None) and options.assignment not in known:
        raise CourseError(f"there is no assignment {options.assignment!r}; there are: {', '.join(known)}")
    if options.command == "bench":
        return _bench(options)
    if options.command in day.COMMANDS:
        return day.run(options, course)
    slugs = [options.assignment] if options.assignment else known
    step = STEPS[options.command]
    return max([step(slug, options, course) for slug in slugs], default=0)


def _build(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.authoring import build

    return _say(build.build(slug, course, options.force), f"built {course.source(slug)}")


def _release(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.authoring import release

    return _say(release.release(slug, course, options.force), f"released {course.archive(slug)}")


def _sample(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.authoring import sample

    changed = sample.write(slug, course, options.force)
    return _say(changed, f"sample class of {slug} in {course.root / 'submitted'}")


def _say(changed: bool, text: str) -> int:
    print(text if changed else f"{text} (unchanged)")
    return 0


def _doctor() -> int:
    from autograder.sandbox import protection, warm

    found = protection.protection()
    print(protection.report(found))
    if not found.sandboxed:
        return 1
    print(f"  {warm.fact()}")
    return 0


def _hub() -> int:
    from autograder.hub import proxy

    if proxy.install():
        print(f"installed JupyterHub's proxy in {proxy.HOME}")
    return subprocess.call([sys.executable, "-m", "jupyterhub", "-f", str(proxy.CONFIG)])


def _require_sandbox() -> None:
    from autograder.sandbox import protection

    try:
        protection.require()
    except protection.Unprotected as error:
        remark = "--i-accept-unsandboxed-code grades without: student code then has all of your rights."
        raise CourseError(f"{error}\n{remark}") from error


def _grade(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.engine import grading
    from autograder.results import summary

    students = _students(slug, options, course)
    with _workers(options) as how:
        done = grading.grade(
            slug, course, students, options.force, options.seed, progress=lambda one: print(one.line), **how
        )
    print(f"{slug}: {len(done)} graded, {len(students) - len(done)} unchanged")
    summary.show(slug, course)
    return int(any(one.status == "failed" for one in done))


def _regrade(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.engine import regrading

    students = [options.student] if options.student else None
    with _workers(options) as how:
        done = regrading.regrade(
            slug, course, students, options.seed, progress=lambda one: print(f"{slug}: {one.line}"), **how
        )
    print(f"{slug}: {len(done)} graded again, {sum(c.before != c.after for c in done)} with other scores")
    return 0


def _bench(options: argparse.Namespace) -> int:
    from autograder import benchmark

    benchmark.main(
        options.submissions, options.rounds, options.jobs, options.assignment, options.out, options.note
    )
    return 0


@contextlib.contextmanager
def _workers(options: argparse.Namespace) -> Iterator[dict]:
    """Give what the options say about where and how submissions are run, as arguments of `grading.grade`."""
    from autograder.engine import cluster

    how = {"jobs": options.jobs, "accept_unsandboxed": options.accept_unsandboxed}
    if options.scheduler:
        with cluster.connected(options.scheduler) as (executor, threads):
            yield how | {"executor": executor, "jobs": options.jobs or 2 * threads}
        return
    if not options.accept_unsandboxed:
        _require_sandbox()
    yield how


def _feedback(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.results import feedback

    written = feedback.generate(slug, course, _students(slug, options, course), options.force)
    print(f"{slug}: {len(written)} new pages in {course.root / 'feedback'}")
    return 0


def _students(slug: str, options: argparse.Namespace, course: Course) -> list[str]:
    """Return the chosen students; one who is named must have handed in something for one assignment."""
    handed_in = course.students(slug)
    for name in course.strangers(slug):
        print(f"autograder: left out {name!a} in submitted/: this is no student's name", file=sys.stderr)
    if not options.student:
        return handed_in
    everywhere = exercises.slugs(course.solutions) if not options.assignment else [slug]
    if not any(options.student in course.students(other) for other in everywhere):
        raise CourseError(f"{options.student} has handed in nothing in {course.root / 'submitted'}")
    return [student for student in handed_in if student == options.student]


def _table(slug: str, options: argparse.Namespace, course: Course) -> int:
    from autograder.results import table

    table.show(slug, course)
    return 0


STEPS: dict[str, Callable[[str, argparse.Namespace, Course], int]] = {
    "build": _build,
    "release": _release,
    "sample": _sample,
    "grade": _grade,
    "regrade": _regrade,
    "feedback": _feedback,
    "table": _table,
}

if __name__ == "__main__":
    sys.exit(main())
