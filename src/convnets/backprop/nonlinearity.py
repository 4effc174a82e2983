"""Backward through ReLU and tanh: each unit on its own (chapter *Backprop*, nonlinearity-backward)."""

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output

__all__ = ["relu_backward", "tanh_backward"]


def relu_backward(grad_output, x):
    """Return the gradient at the input of ReLU: what comes back passes where x was positive.

    Parameters
    ----------
    grad_output : array_like
        Gradient at the output, of the shape of ``x``.
    x : array_like
        What went in.

    Returns
    -------
    ndarray
        ``grad_output`` where x > 0, else 0. At the kink x = 0 every slope from 0 to 1 would do; it is 0, as
        in PyTorch.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    x = as_floats("x", x)
    return check_grad_output(grad_output, x.shape) * (x > 0)


def tanh_backward(grad_output, y):
    """Return the gradient at the input of tanh, from its *output*: tanh' = 1 − tanh².

    Parameters
    ----------
    grad_output : array_like
        Gradient at the output, of the shape of ``y``.
    y : array_like
        What came out, tanh(x): the forward pass has it already, so x need not be kept.

    Returns
    -------
    ndarray
        ``grad_output * (1 - y**2)``.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    y = as_floats("y", y)
    return check_grad_output(grad_output, y.shape) * (1 - np.square(y))
