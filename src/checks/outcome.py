"""What came of calling a student's function: the one thing that is compared, diagnosed and shown."""

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Outcome"]


@dataclass(frozen=True)
class Outcome:
    """Result of one call, as plain data.

    Attributes
    ----------
    kind : {"value", "unsupported", "raised", "timeout", "missing", "lost"}
        ``value``: the call returned plain data. ``unsupported``: it returned something that is not data
        (a generator, an object); ``detail`` names its type. ``raised``: ``detail`` is the exception's type,
        ``message`` its text, ``line`` the student's line. ``timeout``: it did not return in time; ``line``
        is where it was stopped. ``missing``: no function of that name was defined. ``lost``: the kernel
        died or sent a reply that cannot be read; ``detail`` says why.
    value : object
        Returned data: numbers, strings, ndarrays, tensors, None, and lists, tuples, dicts of these; where
        the case has a trial, a `checks.plain.Network` (see `checks.plain`).
    line : str
        The student's line with its number: ``"line 3: y[i + j] = a[i]"``.
    changed : tuple of int
        Positions of the arguments that the call changed in place; keyword arguments count on
        after the others.
    printed : str
        The beginning of what the call printed.
    """

    kind: Literal["value", "unsupported", "raised", "timeout", "missing", "lost"]
    value: Any = None
    detail: str = ""
    message: str = ""
    line: str = ""
    changed: tuple[int, ...] = ()
    printed: str = ""
