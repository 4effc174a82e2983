"""How right a network is: its answers, its error, what it takes for what (chapter *Training*, trainer)."""

from typing import NamedTuple

import torch

__all__ = ["Evaluation", "confusion_matrix", "evaluate", "logits_of", "predict", "top_k_error"]


class Evaluation(NamedTuple):
    """What a network does on a set of images.

    Attributes
    ----------
    loss : float
        Mean over the images.
    error : float
        Share of images whose largest logit is not their label's.
    """

    loss: float
    error: float


def logits_of(outputs):
    """Return the logits (N, K) among what a network returns: itself, or the first where there are several."""
    return outputs if isinstance(outputs, torch.Tensor) else outputs[0]


@torch.no_grad()
def predict(network, images, *, views=(), batch_size=500):
    """Return the logits of a network, which is in evaluation mode meanwhile.

    Parameters
    ----------
    network : torch.nn.Module
    images : Images
        On the device of the network.
    views : sequence of callables
        Each takes prepared images and returns as many; the logits are averaged over the views.
    batch_size : int
        How many images at once.

    Returns
    -------
    Tensor of shape (N, K)
        float32, on the CPU; of shape (0,) without images.
    """
    was_training = network.training
    network.eval()
    try:
        found = [
            _mean_over_views(network, images.prepared(slice(start, start + batch_size)), views).cpu()
            for start in range(0, len(images), batch_size)
        ]
    finally:
        network.train(was_training)
    return torch.cat(found) if found else torch.empty(0)


def _mean_over_views(network, images, views):
    shown = [view(images) for view in views] or [images]
    return torch.stack([logits_of(network(each)).float() for each in shown]).mean(dim=0)


@torch.no_grad()
def evaluate(network, images, *, loss=None, views=(), batch_size=500):
    """Return loss and error of a network on a set of images.

    Parameters
    ----------
    network, images, views, batch_size
        As for :func:`predict`.
    loss : callable, optional
        Takes logits (n, K) and labels (n,), returns one value for each image; cross-entropy by default.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not len(images):
        raise ValueError("there is no image to be right or wrong about")
    logits, labels = predict(network, images, views=views, batch_size=batch_size), images.labels.cpu()
    values = (loss or cross_entropy)(logits, labels)
    return Evaluation(float(values.mean()), top_k_error(logits, labels))


def cross_entropy(logits, labels, label_smoothing=0.0):
    """Return the cross-entropy of each image: logits (N, K) and labels (N,) give shape (N,)."""
    functional = torch.nn.functional
    return functional.cross_entropy(logits, labels, reduction="none", label_smoothing=label_smoothing)


def top_k_error(logits, labels, k=1):
    """Return the share of images whose label is not among the k largest logits.

    Parameters
    ----------
    logits : Tensor of shape (N, K)
    labels : Tensor of shape (N,)
    k : int
        How many guesses are allowed. Which of several equal logits comes first is not guaranteed.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes do not fit, there is no image, or k is not from 1 to K.
    """
    if logits.dim() != 2 or labels.shape != logits.shape[:1] or not len(labels):
        raise ValueError(
            "expected logits (N, K) and labels (N,) of at least one image, "
            f"got {tuple(logits.shape)} and {tuple(labels.shape)}"
        )
    if not 1 <= k <= logits.shape[1]:
        raise ValueError(f"k must be from 1 to {logits.shape[1]}, the number of classes, got {k}")
    right = (logits.topk(k, dim=1).indices == labels[:, None]).any(dim=1)
    return 1 - float(right.double().mean())


def confusion_matrix(answers, labels, num_classes):
    """Return how many images of each class got which answer.

    Parameters
    ----------
    answers : Tensor of shape (N,) or (N, K)
        Classes, or logits of which the largest counts.
    labels : Tensor of shape (N,)
    num_classes : int

    Returns
    -------
    Tensor of shape (num_classes, num_classes)
        int64; rows are the labels, columns the answers.

    Raises
    ------
    ValueError
        If the numbers of answers and labels differ, or one of them is no class.
    """
    answers = answers.argmax(dim=1) if answers.dim() == 2 else answers
    if answers.shape != labels.shape:
        raise ValueError(f"got {tuple(answers.shape)} answers for {tuple(labels.shape)} labels")
    together = torch.cat([answers, labels])
    if len(together) and not 0 <= int(together.min()) <= int(together.max()) < num_classes:
        raise ValueError(f"classes must be from 0 to {num_classes - 1}, got up to {int(together.max())}")
    counts = torch.bincount(labels * num_classes + answers, minlength=num_classes**2)
    return counts.view(num_classes, num_classes)
