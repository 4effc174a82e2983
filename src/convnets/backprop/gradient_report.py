"""What a gradient check found, argument by argument, in words (chapter *Backprop*, gradient-checking)."""

from dataclasses import dataclass

__all__ = ["ArgumentCheck", "GradientReport"]


@dataclass(frozen=True)
class ArgumentCheck:
    """What was found for one argument.

    Attributes
    ----------
    name : str
        Of the argument.
    size, num_checked : int
        How many entries it has, and how many of them were moved.
    error : float
        The largest relative error; infinity where a number is not finite.
    index : tuple of int or None
        Where that is; None where it is the joint move of the entries at kinks.
    analytic, numeric : float
        What backward says there, and the difference quotient (at a kink the nearer of the two slopes).
    kinks : tuple of tuple of int
        Entries at which the slopes to both sides differ.
    """

    name: str
    size: int
    num_checked: int
    error: float
    index: tuple | None
    analytic: float
    numeric: float
    kinks: tuple = ()

    def __str__(self):
        place = "all entries at kinks moved together" if self.index is None else f"index {self.index}"
        kinks = f", {len(self.kinks)} at a kink (first: {self.kinks[0]})" if self.kinks else ""
        return (
            f"{self.name}: {self.num_checked} of {self.size} entries checked{kinks}; worst relative error "
            f"{self.error:.1e} at {place}: backward gives {self.analytic:.6g}, the slope is "
            f"{self.numeric:.6g}"
        )


@dataclass(frozen=True)
class GradientReport:
    """What :func:`check_gradient` found; printed, it reads line by line.

    Attributes
    ----------
    tolerance : float
        Largest relative error that passes.
    arguments : tuple of ArgumentCheck
        One for each argument that was checked.
    notes : tuple of str
        What else the reader should know.
    """

    tolerance: float
    arguments: tuple
    notes: tuple = ()

    @property
    def worst(self):
        """The check with the largest error."""
        return max(self.arguments, key=lambda check: check.error)

    @property
    def passed(self):
        """Whether every error is within the tolerance."""
        return self.worst.error <= self.tolerance

    def __bool__(self):
        return self.passed

    def __str__(self):
        verdict = "agrees" if self.passed else f"DISAGREES, worst for {self.worst.name}"
        lines = [f"backward {verdict} (tolerance {self.tolerance:.0e})", *map(str, self.arguments)]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])
