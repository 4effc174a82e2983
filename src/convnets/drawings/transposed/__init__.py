"""Figures of the chapter on transposed convolution."""

from convnets.drawings.transposed.numbers import (
    filter_matrices,
    shuffled,
    sizes_that_meet,
    stamps,
    zeros_between,
)
from convnets.drawings.transposed.patterns import checkerboards, overlaps, tents, with_readings

__all__ = [
    "checkerboards",
    "filter_matrices",
    "overlaps",
    "shuffled",
    "sizes_that_meet",
    "stamps",
    "tents",
    "with_readings",
    "zeros_between",
]
