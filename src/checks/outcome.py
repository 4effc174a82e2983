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
        ``message`` its text, ``line`` the student's line. ``timeout``: it did not return in time.
        ``missing``: no function of that name was defined. ``lost``: the kernel died.
    value : object
        Returned data: numbers, strings, ndarrays, None, and lists, tuples, dicts of these.
    changed : tuple of int
        Positions of the arguments that the call changed in place.
    """

    kind: Literal["value", "unsupported", "raised", "timeout", "missing", "lost"]
    value: Any = None
    detail: str = ""
    message: str = ""
    line: str = ""
    changed: tuple[int, ...] = ()
