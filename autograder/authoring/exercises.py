"""Loads the exercises of an assignment and holds them to their contract."""

import ast
import builtins
import dis
import functools
import importlib.util
import inspect
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

import numpy as np

from autograder.layout import DEFAULT, CourseError
from checks.banned import find_banned
from checks.contract import Exercise
from checks.measuring import SCALES

__all__ = ["Assignment", "load", "problems", "slugs", "source_of"]

KNOWN_IN_NOTEBOOK = frozenset({"np", *vars(builtins)})
"""Names that every released notebook defines before its first exercise."""
CELL = re.compile(r"^```\{code-cell\}.*?\n(.*?)^```$", re.M | re.S)
OPENING = "import numpy as np"

SECTION = re.compile(r"[a-z]+\.html#[\w-]+")
SLUG = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Assignment:
    """An assignment: its slug, title, introduction (Markdown), exercises in order, and its first cell."""

    slug: str
    title: str
    introduction: str
    exercises: tuple[Exercise, ...]
    opening: str = OPENING

    @property
    def points(self) -> int:
        """Points of all exercises."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def minutes(self) -> int:
        """Minutes of all exercises."""
        return sum(exercise.minutes for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        """Return the exercise of that name; KeyError where there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise KeyError(name)


def slugs(solutions: Path = DEFAULT.solutions) -> list[str]:
    """Return the assignments there are, in alphabetical order."""
    return sorted(path.parent.name for path in solutions.glob("*/exercises.py"))


@functools.cache
def load(slug: str, solutions: Path = DEFAULT.solutions) -> Assignment:
    """Load ``solutions/<slug>/exercises.py``.

    Raises
    ------
    CourseError
        There is no such assignment, its file does not run, or an exercise breaks the contract.
    """
    path = solutions / slug / "exercises.py"
    if not SLUG.fullmatch(slug) or not path.is_file():
        known = ", ".join(slugs(solutions)) or "none"
        raise CourseError(f"there is no assignment {slug!r} in {solutions}; there are: {known}")
    module = _module(slug, solutions)
    exercises = getattr(module, "EXERCISES", None)
    title = getattr(module, "TITLE", None)
    if (
        not isinstance(exercises, tuple)
        or not exercises
        or not all(isinstance(e, Exercise) for e in exercises)
    ):
        raise CourseError(f"{path} must define EXERCISES, a tuple of checks.contract.Exercise")
    if not isinstance(title, str) or not title:
        raise CourseError(f"{path} must define TITLE, the assignment's title")
    found = [
        f"{name} is declared {n} times" for name, n in Counter(e.name for e in exercises).items() if n > 1
    ]
    opening = _opening(solutions / slug / f"{slug}.md")
    found += [f"{e.name}: {problem}" for e in exercises for problem in problems(e, opening)]
    if found:
        raise CourseError(f"{path} breaks the contract of an exercise:\n  " + "\n  ".join(found))
    return Assignment(slug, title, getattr(module, "INTRODUCTION", ""), exercises, opening)


def _opening(notebook: Path) -> str:
    """Return the first code cell of a notebook's source, which holds what every answer may use."""
    first = CELL.search(notebook.read_text(encoding="utf-8")) if notebook.is_file() else None
    return first.group(1) if first else OPENING


def _module(slug: str, solutions: Path) -> ModuleType:
    """Import ``<slug>.exercises`` from the folder of solutions, which is a package of its own name."""
    name = solutions.name
    if name not in sys.modules:
        spec = ModuleSpec(name, loader=None, is_package=True)
        spec.submodule_search_locations = [str(solutions)]
        sys.modules[name] = importlib.util.module_from_spec(spec)
    if str(solutions) not in sys.modules[name].__path__:
        raise CourseError(f"another folder called {name!r} is in use: {list(sys.modules[name].__path__)}")
    try:
        return importlib.import_module(f"{name}.{slug}.exercises")
    except Exception as error:
        raise CourseError(
            f"{solutions / slug / 'exercises.py'} does not run: {type(error).__name__}: {error}"
        ) from error


def problems(exercise: Exercise, opening: str = OPENING) -> list[str]:
    """Return what is wrong with a contract, one sentence each; nothing where it holds.

    ``opening`` is the first code cell of the notebook.
    """
    return [
        *_problems_of_facts(exercise),
        *_problems_of_groups(exercise),
        *_problems_of_measure(exercise),
        *_problems_of_functions(exercise, opening),
    ]


def _problems_of_facts(exercise: Exercise) -> Iterator[str]:
    if not exercise.name.isidentifier():
        yield "its name is not a Python name"
    if len(exercise.mistakes) < 3:
        yield f"it names {len(exercise.mistakes)} mistakes; three are the least"
    if len(exercise.hints) != 3 or not all(exercise.hints):
        yield "it needs three hints"
    if exercise.difficulty not in (1, 2, 3):
        yield f"difficulty {exercise.difficulty!r} is not 1, 2 or 3"
    if exercise.minutes <= 0 or exercise.seconds <= 0:
        yield "minutes and seconds must be positive"
    if not exercise.tolerance.reason:
        yield "its tolerance gives no reason"
    if exercise.tolerance.absolute < 0 or exercise.tolerance.relative < 0:
        yield "its tolerance is negative"
    if not exercise.variants:
        yield "it accepts no variant: give one right answer that is written differently"
    for link in (exercise.section, *(mistake.link for mistake in exercise.mistakes)):
        if not SECTION.fullmatch(link):
            yield f"the link {link!r} is not of the form 'slug.html#anchor'"


def _problems_of_groups(exercise: Exercise) -> Iterator[str]:
    names = [group.name for group in exercise.groups]
    if not names or len(set(names)) != len(names):
        yield "its groups need unique names"
    if any(not isinstance(group.points, int) or group.points <= 0 for group in exercise.groups):
        yield "the points of a group are a positive whole number"
    if not exercise.public:
        yield "it has no public case"
    hidden = list(exercise.hidden(np.random.default_rng(0)))
    if not hidden:
        yield "its hidden generator yields no case"
    used = {case.group for case in (*exercise.public, *hidden)}
    if used - set(names):
        yield f"cases name groups that do not exist: {sorted(used - set(names))}"
    if set(names) - used:
        yield f"groups without a case: {sorted(set(names) - used)}"


def _problems_of_measure(exercise: Exercise) -> Iterator[str]:
    measure, remedies = exercise.measure, {mistake.remedy for mistake in exercise.mistakes} - {""}
    if measure is None:
        if remedies:
            yield f"it measures nothing, but its mistakes have remedies: {sorted(remedies)}"
        return
    if measure.name not in SCALES:
        yield f"it measures {measure.name!r}; checks.measuring knows {', '.join(SCALES)}"
        return
    if unknown := sorted(remedies - SCALES[measure.name].remedies):
        yield f"there is no remedy {', '.join(unknown)} for the {measure.name}"
    if not measure.least or set(measure.least) - {group.name for group in exercise.groups}:
        yield f"its measure names groups that do not exist, or none: {sorted(measure.least)}"
    if not all(least > 0 for least in measure.least.values()):
        yield "what a measure must reach is positive"
    cases = (*exercise.public, *exercise.hidden(np.random.default_rng(0)))
    if wrong := sorted({c.label for c in cases if (c.truth is None) != (c.group not in measure.least)}):
        yield f"a case has a truth exactly where its answer is measured, unlike {', '.join(wrong)}"


def _problems_of_functions(exercise: Exercise, opening: str) -> Iterator[str]:
    known = _imported(opening)
    names = [mistake.function.__name__ for mistake in exercise.mistakes]
    if len(set(names)) != len(names):
        yield "two mistakes have the same function name"
    if len({mistake.sentence for mistake in exercise.mistakes}) != len(names):
        yield "two mistakes have the same sentence"
    for function in (*exercise.variants, *(mistake.function for mistake in exercise.mistakes)):
        code = compile(source_of(function, function.__name__), exercise.name, "exec")
        if foreign := sorted(_globals(code) - known):
            names = ", ".join(sorted(known - set(vars(builtins))))
            uses = f"{function.__name__} uses {', '.join(foreign)}"
            yield f"{uses}, which a notebook does not define (only {names})"
        cells = [opening, source_of(function, exercise.name)]
        if used := find_banned(cells, exercise.name, exercise.banned):
            yield f"{function.__name__} uses {', '.join(used)}, which the exercise bans"


def _imported(opening: str) -> frozenset[str]:
    """Return the names that answers may use: of Python's own, and of what the first cell imports."""
    imports = [node for node in ast.parse(opening).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}
    return KNOWN_IN_NOTEBOOK | (names - {"check"})


def _globals(code: CodeType) -> set[str]:
    """Return the global names that code reads and does not set, inner functions and classes included."""
    steps = list(dis.get_instructions(code))
    read = {i.argval for i in steps if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    read = read.union(*(_globals(inner) for inner in code.co_consts if isinstance(inner, CodeType)))
    return read - {i.argval for i in steps if i.opname == "STORE_NAME"} - {"__name__"}


def source_of(function: Callable, name: str) -> str:
    """Return the source of a function, or class, as a student would have written it: under ``name``.

    It must be self-contained, as variants and mistakes are; where it names itself, that is renamed too.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    old = function.__name__
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == old:
            node.name = name
        elif isinstance(node, ast.Name) and node.id == old:
            node.id = name
    return ast.unparse(tree)
