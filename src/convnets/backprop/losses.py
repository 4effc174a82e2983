"""Softmax and cross-entropy: the loss of a classifier and where its gradient starts (chapter *Backprop*).

Equation eq-cross-entropy. The two belong together: apart, the logarithm of a probability that has been
rounded to zero is minus infinity; together, the largest logit is subtracted first and nothing overflows.
"""

import numpy as np

from convnets.backprop.arguments import as_floats

__all__ = ["cross_entropy", "cross_entropy_backward", "softmax"]


def softmax(logits):
    """Return probabilities: exponentials of the logits, divided by their sum.

    Parameters
    ----------
    logits : array_like of shape (N, num_classes)
        Any real numbers; adding the same number to all logits of a row changes nothing.

    Returns
    -------
    ndarray of shape (N, num_classes)
        Positive (or rounded to 0), each row sums to 1.
    """
    return np.exp(_log_softmax(_check_logits(logits)))


def cross_entropy(logits, labels):
    """Return the mean over N of −log(softmax(logits)[n, labels[n]]).

    Parameters
    ----------
    logits : array_like of shape (N, num_classes)
        One row of scores for each image.
    labels : array_like of shape (N,)
        The right classes, integers from 0 to num_classes − 1.

    Returns
    -------
    floating
        0 for certainty about the right class, log(num_classes) for equal scores.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not match, N is 0, or a label is no integer or out of range.
    """
    logits, labels = _check(logits, labels)
    return -_log_softmax(logits)[np.arange(len(labels)), labels].mean()


def cross_entropy_backward(logits, labels):
    """Return the gradient of :func:`cross_entropy` with respect to the logits.

    Parameters
    ----------
    logits, labels : array_like
        As in :func:`cross_entropy`.

    Returns
    -------
    ndarray of shape (N, num_classes)
        (softmax(logits) − one-hot labels) / N; each row sums to 0.

    Raises
    ------
    ValueError, TypeError
        As :func:`cross_entropy`.
    """
    logits, labels = _check(logits, labels)
    grad = np.exp(_log_softmax(logits))
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _check_logits(logits):
    logits = as_floats("logits", logits)
    if logits.ndim != 2:
        raise ValueError(f"logits must have shape (N, num_classes), their shape is {logits.shape}")
    return logits


def _check(logits, labels):
    logits, labels = _check_logits(logits), np.asarray(labels)
    if labels.shape != logits.shape[:1]:
        raise ValueError(f"labels must have shape {logits.shape[:1]}, one for each row, got {labels.shape}")
    if not len(labels):
        raise ValueError(f"there is nothing to take a mean of: logits are empty, {logits.shape}")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, their dtype is {labels.dtype}")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(
            f"labels must be from 0 to {logits.shape[1] - 1}, they go from {labels.min()} to {labels.max()}"
        )
    return logits, labels
