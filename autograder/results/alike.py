"""``similarity`` as a page and a table: the most similar answers to each exercise."""

from pathlib import Path

from autograder.authoring.exercises import load
from autograder.layout import DEFAULT, Course, write_if_changed
from autograder.results import similarity
from autograder.results.classreport import rendered
from autograder.results.similarity import Pair

__all__ = ["write"]


def write(
    slug: str,
    course: Course = DEFAULT,
    to: str | Path | None = None,
    most: int = 10,
    least: float = 60,
) -> tuple[Path, list[Pair]]:
    """Compare the answers of a class, write a page and a CSV file beside it; return the page and the pairs.

    Parameters
    ----------
    slug : str
    course : Course
    to : path, optional
        Of the page; ``reports/<slug>-similarity.html`` in the course unless given.
    most, least
        See `autograder.results.similarity.pairs`.
    """
    path = Path(to) if to else course.root / "reports" / f"{slug}-similarity.html"
    assignment = load(slug, course.solutions)
    written, right = similarity.answers(slug, course), similarity.references(slug, course)
    exercises, found = [], []
    for exercise in assignment.exercises:
        name = exercise.name
        alike = similarity.pairs(name, written[name], right[name], most, least)
        exercises.append({"name": name, "title": exercise.title, "pairs": alike})
        found += alike
    page = rendered(
        "similarity.html",
        title=assignment.title,
        exercises=exercises,
        fewest=similarity.FEWEST,
        least=f"{least:g}",
    )
    write_if_changed(path, page)
    similarity.write_csv(found, path.with_suffix(".csv"))
    return path, found
