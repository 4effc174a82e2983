"""From ``solutions/<slug>/`` to nbgrader's ``source/<slug>/``: a notebook and the checks beside it."""

import ast
import re
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.authoring import wording
from autograder.authoring.exercises import Assignment, load
from autograder.layout import (
    DEFAULT,
    PROJECT,
    Course,
    CourseError,
    book_address,
    fingerprint,
    write_if_changed,
)

__all__ = ["DEMONSTRATION", "build", "configure_course", "notebook"]

PLACE = re.compile(r"^\{\{ *exercise +(\w+) *\}\}$", re.M)
WRITTEN = re.compile(r"\{\{ *written +([a-z]\w*) +(\d+) *\}\}\n")
"""First line of a text that a person grades: name and points. The rest of it is the model answer."""
CHECK = re.compile(r"check\((\w+)\)")
GUARD = """
### BEGIN HIDDEN TESTS
raise RuntimeError("The oracle answers this check; nbgrader was started without the course's settings.")
### END HIDDEN TESTS"""
"""nbgrader runs this in a check cell when it grades without the oracle: no points instead of all of them."""
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
DEMONSTRATION = "demonstration"
"""Tag of the code cells, other than the first, that hold neither answer nor check. They show what answers do;
no answer may need them (an answer knows ``np``), so they are not run when a submission is graded."""

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CHECKS = PROJECT / "src" / "checks"

COURSE_CONFIG = '''\
"""Written by `python -m autograder build`; the settings are in autograder/settings.py."""

c = get_config()
try:
    from autograder.settings import apply
except Exception as error:
    raise SystemExit(f"The course's grader cannot be imported, so nothing is graded: {{error}}") from error
apply(c, root={root}, solutions={solutions!r})
{own}'''


def build(slug: str, course: Course = DEFAULT, force: bool = False) -> bool:
    """Write the instructor's version of an assignment; say whether anything had changed.

    Raises
    ------
    CourseError
        The notebook and the exercises do not fit together; the message names the cell or the exercise.
    """
    configure_course(course)
    inputs = fingerprint(
        [
            course.solutions / slug,
            *sorted(course.solutions.glob("*.py")),
            CHECKS,
            PROJECT / "src" / "convnets",
            Path(__file__).parent / "wording.py",
            Path(__file__),
        ],
        book_address(),
    )
    stamp, target = course.stamp(slug, "build"), course.source(slug)
    if not force and target.is_dir() and stamp.is_file() and stamp.read_text() == inputs:
        return False
    assignment = load(slug, course.solutions)
    text = nbformat.writes(notebook(assignment, course.solutions / slug / f"{slug}.md"))
    changed = write_if_changed(target / f"{slug}.ipynb", text + "\n")
    changed |= _copy_checks(assignment, target / "checks")
    write_if_changed(stamp, inputs)
    return changed


def configure_course(course: Course) -> None:
    """Write the configuration with which plain nbgrader commands work inside the course folder."""
    root = "__import__('pathlib').Path(__file__).parent"
    path = course.root / "nbgrader_config.py"
    is_its_own = course.config == path  # then an instructor may have changed it
    if is_its_own and path.is_file():
        return
    own = (
        "" if is_its_own else f"load_subconfig({course.config.name!r}, path={str(course.config.parent)!r})\n"
    )
    write_if_changed(path, COURSE_CONFIG.format(root=root, solutions=str(course.solutions), own=own))


def _copy_checks(assignment: Assignment, target: Path) -> bool:
    from checks import public

    wanted = {
        path.relative_to(CHECKS): path
        for path in CHECKS.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    changed = False
    for relative, path in wanted.items():
        changed |= write_if_changed(target / relative, path.read_bytes())
    cases = target / "public_cases.json"
    before = cases.read_bytes() if cases.is_file() else b""
    public.write(cases, assignment.exercises, book_address())
    for path in target.rglob("*"):
        if path.is_file() and path != cases and path.relative_to(target) not in wanted:
            path.unlink()
            changed = True
    return changed or cases.read_bytes() != before


def notebook(assignment: Assignment, path: Path) -> NotebookNode:
    """Return the notebook of an assignment with nbgrader's metadata (schema 3) and stable cell ids."""
    if not path.is_file():
        raise CourseError(f"{path} is missing: it is the notebook of the assignment {assignment.slug!r}")
    written = jupytext.read(path)
    cells = [_cell(cell, number, assignment) for number, cell in enumerate(written.cells, start=1)]
    _tag_demonstrations(cells)
    _require_each_once(assignment, path, written.cells, cells)
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, "title": assignment.title}
    made = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(made)
    return made


def _cell(cell: NotebookNode, number: int, assignment: Assignment) -> NotebookNode:
    if cell.cell_type != "code":
        if written := WRITTEN.match(cell.source):
            name, points = written.groups()
            made = nbformat.v4.new_markdown_cell(cell.source[written.end() :].strip())
            return _marked(made, name, grade=True, solution=True, points=int(points))
        made = nbformat.v4.new_markdown_cell(_with_headings(cell.source, assignment))
        return _marked(made, f"text-{number}", locked=True)
    made = nbformat.v4.new_code_cell(cell.source)
    if checked := CHECK.fullmatch(cell.source.strip()):
        exercise = _exercise(assignment, checked.group(1))
        made.source = f"check({exercise.name}){GUARD}"
        return _marked(made, f"check-{exercise.name}", grade=True, locked=True, points=exercise.points)
    if BEGIN in cell.source:
        return _marked(made, _answered(cell.source, assignment), solution=True)
    return _marked(made, f"code-{number}", locked=True)


def _with_headings(text: str, assignment: Assignment) -> str:
    return PLACE.sub(lambda match: wording.heading(_exercise(assignment, match.group(1))), text)


def _exercise(assignment: Assignment, name: str):
    try:
        return assignment.exercise(name)
    except KeyError:
        known = ", ".join(exercise.name for exercise in assignment.exercises)
        raise CourseError(
            f"{assignment.slug}.md names the exercise {name!r}; exercises.py declares: {known}"
        ) from None


def _answered(source: str, assignment: Assignment) -> str:
    """Return the exercise that an answer cell answers, after checking the cell's form."""
    body = ast.parse(source).body
    defined = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names = [exercise.name for exercise in assignment.exercises if exercise.name in defined]
    if len(names) != 1:
        raise CourseError(
            f"an answer cell of {assignment.slug}.md must define one exercise; it defines {defined}"
        )
    if not 1 <= source.count(BEGIN) == source.count(END):
        raise CourseError(f"the answer cell of {names[0]} needs one {BEGIN!r} and one {END!r} for each part")
    return names[0]


def _marked(
    cell: NotebookNode, grade_id: str, grade=False, solution=False, locked=False, points=None
) -> NotebookNode:
    metadata = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        "cell_type": cell.cell_type,
    }
    if points is not None:
        metadata["points"] = points
    cell.metadata["nbgrader"] = metadata
    cell["id"] = grade_id
    return cell


def _tag_demonstrations(cells: list[NotebookNode]) -> None:
    given = [cell for cell in cells if cell["id"].startswith("code-")]
    for cell in given[1:]:
        cell.metadata["tags"] = [DEMONSTRATION]


def _require_each_once(assignment: Assignment, path: Path, written: list, cells: list) -> None:
    """Raise unless every exercise has exactly one heading, answer cell and check cell, in this order."""
    texts = "\n".join(cell.source for cell in written if cell.cell_type != "code")
    headings = Counter(PLACE.findall(texts))
    ids = [cell.metadata["nbgrader"]["grade_id"] for cell in cells]
    for exercise in assignment.exercises:
        name = exercise.name
        for what, times in {
            f"the line {{{{ exercise {name} }}}}": headings[name],
            f"an answer cell with def {name}(": ids.count(name),
            f"a cell check({name})": ids.count(f"check-{name}"),
        }.items():
            if times != 1:
                raise CourseError(f"{path.name} must hold {what} exactly once; it is there {times} times")
        if ids.index(name) > ids.index(f"check-{name}"):
            raise CourseError(f"{path.name}: check({name}) stands before the answer cell of {name}")
