"""Figures of the chapter on backpropagation."""

import numpy as np

from convnets.backprop import Epoch
from convnets.drawings import backprop as draw


def test_matrix_and_its_transpose(numbers):
    shown = numbers(draw.matrix_and_transpose([1, 2, -1], 5))
    matrix = np.array([[1, 2, -1, 0, 0], [0, 1, 2, -1, 0], [0, 0, 1, 2, -1]])
    assert shown == [*matrix.ravel(), *matrix.T.ravel()]


def test_matrix_colours_its_diagonals():
    svg = draw.matrix_and_transpose([1, 2, -1], 5).svg
    assert svg.count("var(--cn-blue") == svg.count("var(--cn-orange") == svg.count("var(--cn-green") == 6


def test_tied_sums(numbers):
    shown = numbers(draw.tied_sums([1, -1, 2], [2, 0, 1, -1, 3]))
    assert shown[:15] == list(np.outer([1, -1, 2], [2, 0, 1, -1, 3]).ravel())
    assert shown[15:] == [2, 0, 1, -1, 3, 1, -1, 2, 4, -3, 8]


def test_spread_gradient(numbers):
    shown = numbers(draw.spread_gradient([[1, -1], [2, 1]], [[1, 2], [0, 3]], stride=2))
    grad_x = [[1, 2, -1, -2], [0, 3, 0, -3], [2, 4, 1, 2], [0, 6, 0, 3]]
    assert shown == [1, -1, 2, 1, 1, 0, -1, 0, 0, 0, 2, 0, 1, 1, 2, 0, 3, *np.ravel(grad_x)]


def test_winners(numbers):
    x = [[1, 3, 2], [5, -1, 0], [-2, -4, 6]]
    shown = numbers(draw.winners(x, [[1, 2], [3, 4]], kernel_size=2, stride=1))
    assert shown == [*np.ravel(x), 5, 3, 5, 6, 1, 2, 3, 4, 0, 2, 0, 4, 0, 0, 0, 0, 4]


def test_error_by_step(texts):
    drawing = draw.error_by_step([1e-1, 1e-2], {"double": [1e-3, 1e-5], "single": [1e-2, 1e-1]})
    assert {"double", "single", "step", "relative error"} <= set(texts(drawing))


def test_learning_curves(texts):
    history = [Epoch(1, 1.5, 0.8, 2.0), Epoch(2, 0.4, 0.95, 4.0)]
    assert {"1", "2", "epoch", "mean loss", "accuracy"} <= set(texts(draw.learning_curves(history)))


def test_digits_with_guesses(texts):
    drawing = draw.digits_with_guesses(np.zeros((3, 8, 8)), [3, 1, 4], [8, 7, 9], columns=2)
    assert texts(drawing) == ["3 → 8", "1 → 7", "4 → 9"]
    assert drawing.svg.count("<image") == 3
