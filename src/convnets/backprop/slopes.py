"""Slopes of a function on both sides of a point, and whether they are one (chapter *Backprop*).

Equation eq-central-difference. A smooth function has one slope: the slopes to the left and to the right come
together as the step shrinks. At a kink they stay apart.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["SlopeMeter", "Slopes"]

EPSILON = np.finfo(np.float64).eps
STEP = EPSILON ** (1 / 3)
"""Relative step of a central difference in float64: where rounding and curvature err alike, about 6e-6."""
SHRINK = 8
"""By how much the step is made smaller to tell a kink from curvature."""
SUSPICIOUS = 1e-4
"""From which relative difference of the two slopes on that is done."""


class Slopes(NamedTuple):
    """What was measured.

    Attributes
    ----------
    left, right : float
        The slopes to both sides; the same number, the central difference, unless there is a kink.
    rounding : float
        How wrong rounding alone can make them.
    """

    left: float
    right: float
    rounding: float

    @property
    def is_kink(self):
        """Whether the sides differ."""
        return self.left != self.right

    def nearest(self, value):
        """Return the number between the slopes that is closest to ``value``."""
        return float(np.clip(value, min(self.left, self.right), max(self.left, self.right)))


class SlopeMeter:
    """Measures slopes of Σ grad_output · forward(*arguments) along entries of the k-th argument."""

    def __init__(self, forward, grad_output, arguments, k):
        self.forward, self.grad_output, self.arguments, self.k = forward, grad_output, arguments, k
        self.here = self._moved([], 0)
        self.scale = float(np.sqrt(np.mean(np.square(arguments[k])))) or 1.0

    def measure(self, entries):
        """Return the slopes as some entries, given by their flat indices, are moved together."""
        largest = np.abs(self.arguments[self.k].flat[entries]).max()
        step = STEP * max(self.scale, largest)
        wide = self._sides(entries, step)
        if not self._apart(wide, SUSPICIOUS * max(abs(wide.left), abs(wide.right))):
            return self._smooth(wide)
        narrow = self._sides(entries, step / SHRINK)
        by_curvature = abs(wide.right - wide.left) / 2  # would be an eighth of it
        return narrow if self._apart(narrow, by_curvature) else self._smooth(narrow)

    def _sides(self, entries, step):
        below, above = self._moved(entries, -step), self._moved(entries, step)
        touched = np.abs(self.grad_output * self.here)[below != above].sum()
        left, right = (
            float(np.vdot(self.grad_output, rise)) / step for rise in (self.here - below, above - self.here)
        )
        return Slopes(left, right, EPSILON * touched / step)

    def _moved(self, entries, step):
        moved = [argument.copy() for argument in self.arguments]
        moved[self.k].flat[entries] += step
        return np.asarray(self.forward(*moved))

    @staticmethod
    def _apart(slopes, by):
        return abs(slopes.right - slopes.left) > by + 100 * slopes.rounding

    @staticmethod
    def _smooth(slopes):
        middle = (slopes.left + slopes.right) / 2
        return Slopes(middle, middle, slopes.rounding)
