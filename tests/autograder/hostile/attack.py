"""One hostile submission for the assignment ``tiny``: what it hands in and what it may get for it.

Unless an attack says otherwise, ``double`` is answered rightly and graded before the attack, which stands in
a cell of its own between the two exercises, and ``total`` is not answered: 3 points, and 0.
"""

from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Literal

__all__ = ["BREACH", "DOUBLE", "TOTAL", "Attack", "cheat", "function"]

DOUBLE = {"double": "def double(x):\n    return x + x"}
TOTAL = {"total": "def total(a, scale=1.0):\n    return float(scale * sum(a))"}
BREACH = "the sandbox was left"
"""What an attack prints, by its variable ``BREACH``, when it has got at something it must not get at."""


@dataclass(frozen=True)
class Attack:
    """A hostile submission.

    Attributes
    ----------
    name : str
    code : str
        A code cell of the student's own. Defined for it are ``COURSE``, ``SOLUTIONS``, ``HOME``, ``OUTSIDE``
        (folders of the grader), ``CLASSMATE`` (a folder that was handed in), ``PORT`` (a server of the
        grader's machine), ``MARK`` (a name like no other) and ``BREACH``.
    where : {"first", "middle", "last"}
        Before all answers, between the exercises, or after them.
    answers : dict
        Sources of answer cells by exercise.
    earns : dict
        Exactly these points by exercise.
    cells : tuple of str
        Further cells after the first.
    files : dict
        Content by name of further files that are handed in.
    links : dict
        Links that are handed in, by name: where they lead below the grader's folder.
    """

    name: str
    code: str = ""
    where: Literal["first", "middle", "last"] = "middle"
    answers: dict[str, str] = field(default_factory=lambda: DOUBLE)
    earns: dict[str, int] = field(default_factory=lambda: {"double": 3, "total": 0})
    cells: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def function(name: str, body: str, **more) -> Attack:
    """Return an attack by the function ``total`` itself; its body is given without indentation."""
    inside = indent(dedent(body).strip(), "    ")
    return Attack(name, answers=DOUBLE | {"total": f"def total(a, scale=1.0):\n{inside}"}, **more)


def cheat(name: str, code: str, answers: dict[str, str] | None = None, **more) -> Attack:
    """Return an attack that comes first and answers nothing rightly: it must earn nothing."""
    return Attack(name, code, "first", answers or {}, {"double": 0, "total": 0}, **more)
