"""What every backward function accepts, checked in one place."""

import numpy as np

from convnets.layers.arguments import as_array

__all__ = ["as_floats", "check_grad_output"]


def as_floats(name, values, axes=None):
    """Return ``values`` as an array of real floats; integers become float64, floats stay as they are.

    Raises
    ------
    TypeError
        If the values are no real numbers.
    ValueError
        If axes are named and there are more or fewer.
    """
    array = np.asarray(values)
    array = as_array(name, array, ("",) * array.ndim if axes is None else axes)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def check_grad_output(grad_output, shape):
    """Return ``grad_output`` as floats if it has the shape of the layer's output.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If its shape is another.
    """
    grad_output = as_floats("grad_output", grad_output)
    if grad_output.shape != tuple(shape):
        raise ValueError(
            f"grad_output must have the shape of the output, {tuple(shape)}, it has {grad_output.shape}"
        )
    return grad_output
