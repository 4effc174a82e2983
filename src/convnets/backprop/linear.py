"""Backward through a fully connected layer, and through the reshaping before it (chapter *Backprop*)."""

from math import prod

from convnets.backprop.arguments import as_floats, check_grad_output

__all__ = ["flatten_backward", "linear_backward"]


def linear_backward(grad_output, x, weight):
    """Return the gradients of a fully connected layer ``y = x @ weight.T + bias``.

    Parameters
    ----------
    grad_output : array_like of shape (N, num_outputs)
        Gradient at the output.
    x : array_like of shape (N, num_inputs)
        What went in.
    weight : array_like of shape (num_outputs, num_inputs)
        The matrix.

    Returns
    -------
    grad_x : ndarray of shape (N, num_inputs)
        ``grad_output @ weight``: the transposed matrix, one row of x at a time.
    grad_weight : ndarray of shape (num_outputs, num_inputs)
        ``grad_output.T @ x``: products of what comes back and what went in, summed over N.
    grad_bias : ndarray of shape (num_outputs,)
        ``grad_output`` summed over N.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    x, weight = as_floats("x", x), as_floats("weight", weight)
    if x.ndim != 2 or weight.ndim != 2 or x.shape[1] != weight.shape[1]:
        raise ValueError(
            "expected x (N, num_inputs) and weight (num_outputs, num_inputs), "
            f"got x {x.shape} and weight {weight.shape}"
        )
    grad_output = check_grad_output(grad_output, (len(x), len(weight)))
    return grad_output @ weight, grad_output.T @ x, grad_output.sum(axis=0)


def flatten_backward(grad_output, input_size):
    """Return the gradient at the input of ``flatten``: the same numbers in the shape they had.

    Parameters
    ----------
    grad_output : array_like of shape (N, C * H * W)
        Gradient at the output.
    input_size : tuple of int
        Shape of what went in, for example (N, C, H, W).

    Returns
    -------
    ndarray of shape ``input_size``
        A view where possible.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    return check_grad_output(grad_output, (input_size[0], prod(input_size[1:]))).reshape(input_size)
