"""Figures of the chapter on backpropagation."""

from convnets.drawings.backprop.matrices import matrix_and_transpose, spread_gradient, tied_sums, winners
from convnets.drawings.backprop.measurements import digits_with_guesses, error_by_step, learning_curves

__all__ = [
    "digits_with_guesses",
    "error_by_step",
    "learning_curves",
    "matrix_and_transpose",
    "spread_gradient",
    "tied_sums",
    "winners",
]
