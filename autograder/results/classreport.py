"""``report``: a class on one page, which holds everything it needs; no student is named unless asked for."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np

from autograder.layout import DEFAULT, TEMPLATES, Course, write_if_changed
from autograder.results import items
from autograder.results.classroom import Classroom, read
from autograder.results.table import Row
from convnets.palette import css
from convnets.plots import COLOURS, drawing, figure

__all__ = ["Plot", "page", "rendered", "write"]

MISTAKES = 15  # as many are listed


@dataclass(frozen=True)
class Plot:
    """A figure: SVG, the text for those who do not see it, and a caption."""

    svg: str
    alt: str
    caption: str


def write(slug: str, course: Course = DEFAULT, to: str | Path | None = None, names: bool = False) -> Path:
    """Write the page and return its path: ``reports/<slug>.html`` in the course unless told otherwise.

    Raises
    ------
    autograder.layout.CourseError
        The assignment is not built.
    """
    path = Path(to) if to else course.root / "reports" / f"{slug}.html"
    write_if_changed(path, page(read(slug, course), names))
    return path


def rendered(template: str, **values) -> str:
    """Return a page made from a template, with the course's colours."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    style = css() + (TEMPLATES / "page.css").read_text(encoding="utf-8")
    return environment.get_template(template).render(style=style, **values)


def page(room: Classroom, names: bool = False) -> str:
    """Return the page of a class as HTML."""
    return rendered(
        "class_report.html",
        title=room.title,
        facts=_facts(room),
        counted=len(room.counted),
        left_out=_left_out(room),
        plots=list(_plots(room)),
        exercises=_exercises(room),
        mistakes=room.mistakes[:MISTAKES],
        students=[_student(row) for row in room.rows] if names else [],
    )


def _facts(room: Classroom) -> list[tuple[str, str]]:
    facts = [("handed in", str(len(room.rows))), ("graded", str(len(room.counted)))]
    if not room.counted:
        return facts
    totals = room.scores.sum(axis=1)
    middle = np.quantile(totals, [0.25, 0.5, 0.75])
    return [
        *facts,
        (f"mean, of {room.points:g} points", f"{totals.mean():.1f}"),
        ("median", f"{middle[1]:.3g}"),
        ("middle half of the class", f"{middle[0]:.3g} to {middle[2]:.3g}"),
        ("handed in late", str(sum(hours > 0 for hours in room.late_by))),
    ]


def _left_out(room: Classroom) -> str:
    number = len(room.rows) - len(room.counted)
    return f"{number} without a notebook that could be graded" if number else ""


def _exercises(room: Classroom) -> list[dict]:
    analysed = items.analyse(
        [exercise.name for exercise in room.exercises],
        [exercise.points for exercise in room.exercises],
        room.scores,
    )
    rows = []
    for number, (exercise, item) in enumerate(zip(room.exercises, analysed, strict=True)):
        solved = (room.scores[:, number] >= exercise.points).mean() if room.counted else None
        rows.append(
            {
                "title": exercise.title,
                "name": exercise.name,
                "points": f"{exercise.points:g}",
                "difficulty": _percent(item.difficulty),
                "solved": _percent(solved),
                "point_biserial": _signed(item.point_biserial),
                "upper_lower": _signed(item.upper_lower),
                "look": _look(item),
            }
        )
    return rows


def _look(item: items.Item) -> str:
    if item.difficulty is None:
        return ""
    if item.point_biserial is not None and item.point_biserial < 0:
        return "those who do well elsewhere fail here: is the task clear?"
    if item.difficulty < 0.3:
        return "hard: most points are lost"
    return "easy: nearly everybody has it" if item.difficulty > 0.95 else ""


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _signed(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}".replace("-", "−")


def _student(row: Row) -> dict:
    total = "–" if row.total is None else f"{row.total:g}"
    late = f"late: −{row.penalty:g}" if row.penalty else ""
    return {"student": row.student, "total": total, "remark": row.remark or late}


def _plots(room: Classroom):
    if room.counted:
        yield _scores(room.scores.sum(axis=1), room.points)
        yield _difficulty(room)
    if room.late_by:
        yield _times(room.late_by)


def _scores(totals: np.ndarray, points: float) -> Plot:
    edges = np.linspace(0, points, 11)
    counts, _ = np.histogram(totals, edges)
    with figure(3.7, 2.4) as (fig, ax):
        ax.bar(edges[:-1], counts, width=np.diff(edges) * 0.92, align="edge", color=COLOURS["blue"])
        ax.set(xlabel=f"score, of {points:g}", ylabel="students")
        ax.yaxis.get_major_locator().set_params(integer=True)
        svg = drawing(fig).svg
    tenths = [f"{a:g} to {b:g}: {n}" for a, b, n in zip(edges, edges[1:], counts, strict=False) if n]
    return Plot(svg, f"Number of students by score: {'; '.join(tenths)}.", "Scores before lateness")


def _difficulty(room: Classroom) -> Plot:
    points = [exercise.points for exercise in room.exercises]
    shares = room.scores.mean(axis=0) / points
    names = [exercise.name for exercise in room.exercises]
    with figure(3.7, 0.9 + 0.32 * len(names)) as (fig, ax):
        ax.barh(range(len(names)), 100 * shares, color=COLOURS["orange"])
        ax.set(xlim=(0, 100), xlabel="mean share of the points, %", yticks=range(len(names)))
        ax.set_yticklabels([str(number) for number in range(1, len(names) + 1)])
        ax.invert_yaxis()
        svg = drawing(fig).svg
    said = "; ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True))
    caption = "Exercises in the order of the table below"
    return Plot(svg, f"Mean share of the points by exercise: {said}.", caption)


def _times(late_by: list[float]) -> Plot:
    days = Counter(int(np.floor(hours / 24)) for hours in late_by)
    first, last = min(days), max(max(days), 0)
    shown = range(max(first, -14), min(last, 14) + 1)
    counts = [days[day] for day in shown]
    counts[0] += sum(number for day, number in days.items() if day < shown[0])
    counts[-1] += sum(number for day, number in days.items() if day > shown[-1])
    with figure(3.7, 2.4) as (fig, ax):
        colours = [COLOURS["red" if day >= 0 else "green"] for day in shown]
        ax.bar([day + 0.5 for day in shown], counts, width=0.92, color=colours)
        ax.axvline(0, color=COLOURS["fg"], linewidth=1.2)
        ax.set(xlabel="days after the deadline", ylabel="students")
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.xaxis.get_major_locator().set_params(integer=True)
        svg = drawing(fig).svg
    said = "; ".join(f"{_day(day)}: {n}" for day, n in zip(shown, counts, strict=True) if n)
    caption = "When it was handed in; more than two weeks away counts in the outermost bar"
    return Plot(svg, f"Number of students by day of handing in: {said}.", caption)


def _day(day: int) -> str:
    return (
        f"day {day + 1} after the deadline" if day >= 0 else f"{-day} days before" if day < -1 else "last day"
    )
