"""The commands of an instructor's day besides grading: collect, export, report, similarity, publish."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.authoring import exercises
from autograder.layout import PROJECT, Course, CourseError

__all__ = ["COMMANDS", "add_options", "run"]

COMMANDS = {
    "collect": "bring in what was handed in: folders, downloads of Canvas and Moodle, nbgrader's exchange",
    "export": "write grades as CSV: nbgrader's own, or what Canvas or Moodle imports",
    "report": "write a page about a class: scores, exercises, mistakes, times; no names unless asked",
    "similarity": "list answers that are unusually alike, for a person to judge",
    "publish": "put together what learners get: book, assignments, checks; refuse if a solution is in it",
}


def add_options(name: str, command: argparse.ArgumentParser) -> None:
    """Add the options of one of the commands to its parser."""
    if name != "publish":
        command.add_argument("--assignment", metavar="SLUG", help="only this one; all of them unless given")
    OPTIONS[name](command.add_argument)


def _collect_options(add: Callable[..., Any]) -> None:
    add("source", nargs="?", metavar="FOLDER|ZIP", help="what to collect from")
    add("--exchange", action="store_true", help="collect from nbgrader's exchange instead")
    add(
        "--roster",
        action="append",
        default=[],
        metavar="CSV",
        help="who is who: student_id,name,lms_id; or the gradebook Canvas exports, or Moodle's grading "
        "worksheet; can be given several times",
    )
    add("--update", action="store_true", help="grade later submissions; earlier ones are kept in kept/")
    add(
        "--time-zone", metavar="ZONE", help="of times in a roster, such as Europe/Berlin; this machine's else"
    )


def _export_options(add: Callable[..., Any]) -> None:
    add("--to", metavar="FILE", help="instead of course/grades.csv, canvas.csv or moodle.csv")
    add(
        "--format",
        choices=("nbgrader", "canvas", "moodle"),
        default="nbgrader",
        help="nbgrader's unless given",
    )
    add("--roster", metavar="CSV", help="what Canvas or Moodle exported: its own rows come back, filled in")
    add("--round", type=float, default=0.0, metavar="STEP", help="to multiples of 0.5, 1 …; halves go up")
    add("--missing-as-zero", action="store_true", help="0 where nothing was handed in, instead of nothing")
    add(
        "--title",
        action="append",
        default=[],
        metavar="SLUG=TITLE",
        help="what an assignment is called there",
    )


def _report_options(add: Callable[..., Any]) -> None:
    add("--names", action="store_true", help="list the students as well")


def _similarity_options(add: Callable[..., Any]) -> None:
    add("--most", type=int, default=10, metavar="N", help="pairs listed for each exercise; 10 unless given")
    add(
        "--least", type=float, default=60, metavar="N", help="likeness from which on, of 100; 60 unless given"
    )


def _publish_options(add: Callable[..., Any]) -> None:
    add("--to", metavar="FOLDER", default=str(PROJECT / "_build" / "published"), help="made anew")
    add("--site", metavar="FOLDER", default=str(PROJECT / "_build" / "html"), help="the built book")


OPTIONS = {
    "collect": _collect_options,
    "export": _export_options,
    "report": _report_options,
    "similarity": _similarity_options,
    "publish": _publish_options,
}


def run(options: argparse.Namespace, course: Course) -> int:
    """Run one of the commands and return the exit status: 1 where something was left undone."""
    return RUN[options.command](options, course)


def _slugs(options: argparse.Namespace, course: Course) -> list[str]:
    return [options.assignment] if options.assignment else exercises.slugs(course.solutions)


def _collect(options: argparse.Namespace, course: Course) -> int:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from autograder import collecting

    if bool(options.source) == options.exchange:
        raise CourseError("say what to collect from: a folder, a zip archive, or --exchange")
    if not options.assignment and not options.exchange:
        raise CourseError("say which assignment it is: --assignment SLUG")
    source = collecting.exchange(course) if options.exchange else Path(options.source)
    try:
        zone = ZoneInfo(options.time_zone) if options.time_zone else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CourseError(f"there is no time zone {options.time_zone!r}; one is Europe/Berlin") from error
    undone = 0
    for slug in _slugs(options, course):
        made = collecting.collect(slug, source, course, options.roster, options.update, zone)
        print("\n".join(collecting.said(slug, made)))
        undone |= bool(made.unknown) or any(one.status == "failed" for one in made.submissions)
    return int(undone)


def _export(options: argparse.Namespace, course: Course) -> int:
    from autograder.results import export

    settings = {
        "roster": options.roster or "",
        "missing_as_zero": options.missing_as_zero,
        "titles": dict(title.partition("=")[::2] for title in options.title),
    }
    if options.format == "nbgrader":
        if any(settings.values()):
            raise CourseError("--roster, --missing-as-zero and --title go with --format canvas or moodle")
        settings = {}
    slugs = [options.assignment] if options.assignment else []
    path = export.write(course, options.to, slugs, options.format, options.round, **settings)
    print(f"grades in {path}")
    return 0


def _report(options: argparse.Namespace, course: Course) -> int:
    from autograder.results import classreport

    for slug in _slugs(options, course):
        print(f"{slug}: {classreport.write(slug, course, names=options.names)}")
    return 0


def _similarity(options: argparse.Namespace, course: Course) -> int:
    from autograder.results import alike

    for slug in _slugs(options, course):
        path, found = alike.write(slug, course, most=options.most, least=options.least)
        print(f"{slug}: {len(found)} entries in {path}; a person has to judge them")
    return 0


def _publish(options: argparse.Namespace, course: Course) -> int:
    from autograder.authoring import publish

    made = publish.publish(Path(options.to), course, Path(options.site))
    print(f"{made.files} files in {made.folder}: site/, assignments/, learner.zip")
    print(f"assignments: {', '.join(made.slugs)}; no solution, hidden case or mistake in any file")
    return 0


RUN = {
    "collect": _collect,
    "export": _export,
    "report": _report,
    "similarity": _similarity,
    "publish": _publish,
}
