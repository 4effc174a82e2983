"""``similarity``: which answers of a class are unusually alike, for a person to judge.

Each answer is compared with every other one and with the reference, exercise by exercise, in two ways. *As
written*: the tokens of Python's own `tokenize`, names and comments included. *By structure*: the same with
every name replaced by the number of its first appearance, so that renaming changes nothing; comments and the
layout count for nothing then. Lines of the starting code are left out of both. The measure is RapidFuzz's
normalised Indel similarity: twice the longest common subsequence over both lengths, from 0 to 100.

It proves nothing. Short answers to the same question are alike by themselves, and a class that has worked
through the same chapter writes the same lines. So answers of a few tokens are left out, and beside each pair
stand its likeness to the reference and how many others are just as alike. What is telling is what two
answers share and no others have: odd names, the same comment, the same mistake.
"""

import csv
import io
import keyword
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from autograder.authoring.exercises import load, source_of
from autograder.layout import DEFAULT, Course, CourseError

__all__ = ["COLUMNS", "FEWEST", "Pair", "answers", "pairs", "tokens", "without", "write_csv"]

COLUMNS = (
    "exercise", "first", "second", "likeness", "as_written", "by_structure", "first_to_reference",
    "second_to_reference", "others_as_alike", "tokens",
)  # fmt: skip
FEWEST = 15
"""Answers with fewer tokens than this, beyond the starting code, are too short to compare."""

LONGEST = 10_000  # characters of an answer that are looked at
IGNORED = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two answers to one exercise.

    Attributes
    ----------
    exercise, first, second : str
        Several students whose answers are the same stand together, with commas between.
    as_written, by_structure : float
        Likeness from 0 to 100; see the module.
    to_reference : tuple of float
        Likeness by structure of each to the right answer it is most like.
    others : int
        Students whose answer is at least as much like one of the two.
    tokens : int
        Length of the shorter one.
    texts : tuple of str
        Both answers without the starting code.
    """

    exercise: str
    first: str
    second: str
    as_written: float
    by_structure: float
    to_reference: tuple[float, float]
    others: int
    tokens: int
    texts: tuple[str, str]

    @property
    def likeness(self) -> float:
        """Mean of both ways, by which pairs are sorted."""
        return (self.as_written + self.by_structure) / 2


def tokens(text: str, names: bool = True) -> list[str]:
    """Return the tokens of an answer; what does not parse is split at spaces.

    Parameters
    ----------
    text : str
    names : bool
        Whether names and comments are kept; otherwise names are numbered and comments left out.
    """
    found, numbers = [], {}
    text = textwrap.dedent(text[:LONGEST])
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in IGNORED or (token.type == tokenize.COMMENT and not names):
                continue
            if token.type == tokenize.NAME and not names and not keyword.iskeyword(token.string):
                found.append(f"name{numbers.setdefault(token.string, len(numbers))}")
            else:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return text.split()
    return found


def answers(slug: str, course: Course = DEFAULT) -> dict[str, dict[str, str]]:
    """Return what each student wrote, by exercise and student, without the lines of the starting code.

    Raises
    ------
    CourseError
        The assignment is not released.
    """
    path = course.release(slug) / f"{slug}.ipynb"
    if not path.is_file():
        raise CourseError(f"{slug} is not released yet: python -m autograder release --assignment {slug}")
    start = _cells(nbformat.read(path, as_version=4))
    names = [exercise.name for exercise in load(slug, course.solutions).exercises]
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for student in course.students(slug):
        handed_in = course.autograded(student, slug) / f"{slug}.ipynb"
        if not handed_in.is_file():
            continue
        written = _cells(nbformat.read(handed_in, as_version=4))
        for name in names:
            found[name][student] = without(written.get(name, ""), start[name])
    return found


def _cells(nb: nbformat.NotebookNode) -> dict[str, str]:
    return {cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell.source for cell in nb.cells}


def without(text: str, start: str) -> str:
    """Return a text without the lines that stand in the starting code."""
    given = {line.strip() for line in start.splitlines()}
    return "\n".join(line for line in text.splitlines() if line.strip() and line.strip() not in given)


def references(slug: str, course: Course = DEFAULT) -> dict[str, list[str]]:
    """Return the right answers to each exercise: the solution and the accepted variants."""
    assignment = load(slug, course.solutions)
    solved = _cells(nbformat.read(course.source(slug) / f"{slug}.ipynb", as_version=4))
    start = _cells(nbformat.read(course.release(slug) / f"{slug}.ipynb", as_version=4))
    return {
        exercise.name: [
            without(text, start[exercise.name])
            for text in (
                solved[exercise.name],
                *(source_of(variant, exercise.name) for variant in exercise.variants),
            )
        ]
        for exercise in assignment.exercises
    }


def pairs(
    exercise: str, answers: dict[str, str], references: Iterable[str] = (), most: int = 10, least: float = 60
) -> list[Pair]:
    """Return the most similar pairs of answers to an exercise.

    Parameters
    ----------
    exercise : str
    answers : dict
        Text by student, without the starting code.
    references : iterable of str
        Right answers.
    most : int
        How many pairs are returned.
    least : float
        Likeness from which on a pair is returned.

    Returns
    -------
    list of Pair
        The most similar first; of equal ones those that fewer others resemble. Students whose answers are
        the same, token for token, are one entry however many they are.
    """
    together: dict[tuple[str, ...], list[str]] = {}
    for student in sorted(answers):
        together.setdefault(tuple(tokens(answers[student])), []).append(student)
    written = [found for found in together if len(found) >= FEWEST]
    if not written:
        return []
    groups = [together[found] for found in written]
    bare = [tokens(answers[group[0]], names=False) for group in groups]
    right = [tokens(text, names=False) for text in references]
    ways = _likeness(written, written), _likeness(bare, bare)
    to_right = _likeness(bare, right).max(axis=1) if right else np.zeros(len(bare))
    mean = (ways[0] + ways[1]) / 2
    found = []
    for i, j in _most_alike(mean, groups, most, least):
        first, second = (groups[i][:1], groups[i][1:]) if i == j else (groups[i], groups[j])
        found.append(
            Pair(
                exercise, ", ".join(first), ", ".join(second), float(ways[0][i, j]), float(ways[1][i, j]),
                (float(to_right[i]), float(to_right[j])), _others(mean, groups, i, j),
                min(len(written[i]), len(written[j])), (answers[first[0]], answers[second[0]]),
            )
        )  # fmt: skip
    return sorted(found, key=lambda pair: (-round(pair.likeness, 1), pair.others, pair.first))[:most]


def _most_alike(mean: np.ndarray, groups: list[list[str]], most: int, least: float) -> Iterator[tuple]:
    """Yield the indices of the most similar pairs of answers, and of answers that several handed in."""
    yield from ((i, i) for i, group in enumerate(groups) if len(group) > 1)
    rows, columns = np.triu_indices(len(groups), 1)
    values = mean[rows, columns]
    best = [index for index in np.argsort(-values, kind="stable")[: 10 * most] if values[index] >= least]
    yield from ((int(rows[index]), int(columns[index])) for index in best)


def _others(mean: np.ndarray, groups: list[list[str]], i: int, j: int) -> int:
    """Count the students, beside two, whose answer is at least as much like one of the two."""
    alike = np.maximum(mean[i], mean[j]) >= mean[i, j]
    alike[[i, j]] = True
    return sum(len(group) for group, is_alike in zip(groups, alike, strict=True) if is_alike) - 2


def _likeness(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the likeness of every list of tokens with every other, each kind of token as one character."""
    letters: dict[str, str] = {}

    def word(found: Sequence[str]) -> str:
        last = 0x10FFFF  # a class that uses a million different tokens shares the last letter
        return "".join(letters.setdefault(token, chr(min(0x10000 + len(letters), last))) for token in found)

    words = [word(found) for found in first], [word(found) for found in second]
    return 100 * process.cdist(*words, scorer=Indel.normalized_similarity, dtype=np.float64)


def write_csv(found: Iterable[Pair], path: Path) -> None:
    """Write the pairs as CSV, without the answers."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for pair in found:
            numbers = (pair.likeness, pair.as_written, pair.by_structure, *pair.to_reference)
            rows.writerow(
                [pair.exercise, pair.first, pair.second, *(f"{number:.0f}" for number in numbers),
                 pair.others, pair.tokens]
            )  # fmt: skip
