"""Batch normalisation, forward and backward, while training and afterwards (chapter *Backprop*).

Equations eq-batch-norm and eq-batch-norm-backward. One mean and one variance for each channel, over images
and places. While training they come from the batch, so that every pixel of a channel acts on every other
one's output, which is where the two extra terms of the backward pass come from.

Source: S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
covariate shift" (2015). Left out: a cumulative average of the statistics instead of the exponential one.
"""

import numpy as np

from convnets.backprop.arguments import as_floats, check_grad_output

__all__ = ["batch_norm2d", "batch_norm2d_backward"]

OVER = (0, 2, 3)
"""Axes over which a channel's statistics are taken."""


def batch_norm2d(x, weight, bias, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    """Normalise each channel, then scale and shift it.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        A batch of images.
    weight, bias : array_like of shape (C,)
        The learned scale and shift.
    running_mean, running_var : ndarray of shape (C,)
        Averages over the batches so far. While training they are changed in place, as in PyTorch: to
        (1 − momentum) · old + momentum · batch, with the variance of the batch taken without bias (divided by
        one less than the number of values). Otherwise they stand in for the statistics of the batch.
    training : bool
        Whether to use, and take note of, the statistics of this batch.
    momentum : float
        Share of the newest batch in the averages.
    eps : float
        What is added to the variance, under the root.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        weight · (x − mean) / √(var + eps) + bias, where while training the variance is the biased one.

    Raises
    ------
    ValueError
        If the shapes do not match, or while training there are fewer than two values per channel.
    """
    x, weight = _check(x, weight)
    bias = as_floats("bias", bias)
    for name, values in (("bias", bias), ("running_mean", running_mean), ("running_var", running_var)):
        if np.shape(values) != weight.shape:
            raise ValueError(f"{name} must have shape {weight.shape}, it has {np.shape(values)}")
    if training:
        mean, var, count = _statistics(x)
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var * count / (count - 1) - running_var)
    else:
        mean, var = running_mean, running_var
    scale = weight / np.sqrt(var + eps)
    return (x * _planes(scale) + _planes(bias - mean * scale)).astype(x.dtype, copy=False)


def batch_norm2d_backward(
    grad_output, x, weight, running_mean=None, running_var=None, training=True, eps=1e-5
):
    """Return the gradients of :func:`batch_norm2d`.

    Parameters
    ----------
    grad_output : array_like of shape (N, C, H, W)
        Gradient at the output.
    x : array_like of shape (N, C, H, W)
        What went in.
    weight : array_like of shape (C,)
        The scale.
    running_mean, running_var : ndarray of shape (C,), optional
        The averages; needed only if ``training`` is false.
    training : bool
        Whether the forward pass used the statistics of the batch.
    eps : float
        As in the forward pass.

    Returns
    -------
    grad_x : ndarray of shape (N, C, H, W)
        weight / √(var + eps) · grad_output; while training, what comes back through the mean and the variance
        is subtracted: the channel's mean of grad_output, and normalised x times the mean of their product.
    grad_weight : ndarray of shape (C,)
        Sum of grad_output · normalised x over images and places.
    grad_bias : ndarray of shape (C,)
        Sum of grad_output over images and places.

    Raises
    ------
    ValueError
        If the shapes do not match, or statistics are missing.
    """
    x, weight = _check(x, weight)
    grad_output = check_grad_output(grad_output, x.shape)
    if training:
        mean, var, count = _statistics(x)
    elif running_mean is None or running_var is None:
        raise ValueError("running_mean and running_var are needed where training is False")
    else:
        mean, var, count = running_mean, running_var, None
    normalised = (x - _planes(mean)) / _planes(np.sqrt(var + eps))
    grad_weight, grad_bias = (grad_output * normalised).sum(axis=OVER), grad_output.sum(axis=OVER)
    centred = grad_output
    if training:
        centred = grad_output - _planes(grad_bias / count) - normalised * _planes(grad_weight / count)
    grad_x = _planes(weight / np.sqrt(var + eps)) * centred
    return grad_x.astype(x.dtype, copy=False), grad_weight, grad_bias


def _statistics(x):
    count = x.size // x.shape[1]
    if count < 2:
        raise ValueError(f"fewer than two values per channel have no variance: x has shape {x.shape}")
    return x.mean(axis=OVER), x.var(axis=OVER), count


def _planes(values):
    """Let one number for each channel be broadcast over (N, C, H, W)."""
    return np.asarray(values)[:, None, None]


def _check(x, weight):
    x, weight = as_floats("x", x), as_floats("weight", weight)
    if x.ndim != 4 or weight.shape != x.shape[1:2]:
        raise ValueError(f"expected x (N, C, H, W) and weight (C,), got x {x.shape}, weight {weight.shape}")
    return x, weight
