"""The adjoint test of a linear map and its transpose (chapter *Backprop*, equation eq-adjoint-test).

A linear layer is y = Cx for some matrix C, and its backward pass must be Cᵀ. Nobody has to write the matrix
down to find out: ⟨Cx, y⟩ = ⟨x, Cᵀy⟩ for all x and y holds for the transpose and for no other map, and two
random vectors give a wrong one away.

Source: J. Claerbout, *Earth Soundings Analysis* (1992), where it is called the dot-product test.
"""

import numpy as np

__all__ = ["adjoint_gap"]


def adjoint_gap(forward, backward, input_size, rng):
    """Return how far ⟨Cx, y⟩ and ⟨x, Cᵀy⟩ are apart for random x and y.

    Parameters
    ----------
    forward : callable
        Takes an array of shape ``input_size``, returns Cx. It has to be linear: without bias.
    backward : callable
        Takes an array of the shape of Cx, returns what should be Cᵀy.
    input_size : tuple of int
        Shape of x.
    rng : numpy.random.Generator
        Where x and y come from: standard normal, float64.

    Returns
    -------
    float
        |⟨Cx, y⟩ − ⟨x, Cᵀy⟩| / (‖Cx‖ ‖y‖ + ‖x‖ ‖Cᵀy‖): about 1e-16 for an adjoint pair in float64, about 1e-2
        or more for nearly all wrong ones. 0 if C is zero. One drawing proves nothing about pairs that differ
        only in a few entries among very many.

    Raises
    ------
    ValueError
        If ``backward`` does not return the shape of x.

    Examples
    --------
    >>> C = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 2.0]])
    >>> rng = np.random.default_rng(0)
    >>> adjoint_gap(lambda x: C @ x, lambda y: C.T @ y, (3,), rng) < 1e-15
    True
    """
    x = rng.standard_normal(input_size)
    forth = np.asarray(forward(x.copy()))
    y = rng.standard_normal(forth.shape)
    back = np.asarray(backward(y.copy()))
    if back.shape != x.shape:
        raise ValueError(
            f"backward must return the shape of x, {x.shape}, for y {y.shape}; it returned {back.shape}"
        )
    scale = _norm(forth) * _norm(y) + _norm(x) * _norm(back)
    return float(abs(np.vdot(forth, y) - np.vdot(x, back)) / scale) if scale else 0.0


def _norm(array):
    return np.linalg.norm(array.ravel())
