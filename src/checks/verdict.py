"""What a comparison found: whether the answer is right, and the sentence that says what is not."""

from dataclasses import dataclass

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """Result of judging one outcome.

    Attributes
    ----------
    passed : bool
    kind : str
        ``"passed"``, or what is wrong: ``"untouched"``, ``"missing"``, ``"lost"``, ``"timeout"``,
        ``"raised"``, ``"unsupported"``, ``"none"``, ``"type"``, ``"shape"``, ``"dtype"``, ``"nan"``,
        ``"values"``, ``"measure"``, ``"changed"`` or ``"banned"``.
    sentence : str
        What is wrong, for the student, with the numbers. Words between backticks are code.
    discreet : str
        The same without any input, output or expected value: for hidden cases.
    first_index : tuple of int or None
        Index of the first value that differs, in C order, where an array is compared with an array.
    path : tuple
        Where in a tuple, list or dict of results that array or value stands; ``()`` for the result itself.
    """

    passed: bool
    kind: str
    sentence: str
    discreet: str = ""
    first_index: tuple[int, ...] | None = None
    path: tuple = ()
