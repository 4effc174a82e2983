"""Stochastic gradient descent with momentum, and the loop around it (chapter *Backprop*, training-lenet)."""

import time
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from convnets.backprop.losses import cross_entropy, cross_entropy_backward

__all__ = ["SGD", "Epoch", "accuracy", "fit", "gradient_step"]


class SGD:
    """Stochastic gradient descent with momentum: equation eq-momentum.

    velocity ← momentum · velocity + gradient + weight_decay · parameter, and then
    parameter ← parameter − learning_rate · velocity, in place; as ``torch.optim.SGD`` without dampening.

    Parameters
    ----------
    network : Layer
        Whose parameters are trained.
    learning_rate, momentum, weight_decay : float
        As above; ``learning_rate`` is an attribute that may be changed on the way.
    """

    def __init__(self, network, learning_rate, momentum=0.9, weight_decay=0.0):
        self.network, self.learning_rate = network, learning_rate
        self.momentum, self.weight_decay = momentum, weight_decay
        self.velocities = [np.zeros_like(values) for values in network.parameters()]

    def step(self):
        """Change every parameter once, by the gradients of the latest backward pass."""
        changing = zip(self.network.parameters(), self.network.gradients(), self.velocities, strict=True)
        for values, gradient, velocity in changing:
            velocity *= self.momentum
            velocity += gradient + self.weight_decay * values
            values -= self.learning_rate * velocity


class Epoch(NamedTuple):
    """What is noted after each image has been seen once more.

    Attributes
    ----------
    epoch : int
        Counted from 1.
    loss : float
        Mean cross-entropy over the batches, each before its step.
    accuracy : float or None
        Share of right answers on the images that were kept for testing, if there are any.
    seconds : float
        Processor time of training since the start, on one thread, without the tests.
    """

    epoch: int
    loss: float
    accuracy: float | None
    seconds: float


def fit(
    network,
    images,
    labels,
    rng,
    num_epochs,
    batch_size=32,
    learning_rate=0.05,
    momentum=0.9,
    weight_decay=0.0,
    test=None,
):
    """Train a network on labelled images with :class:`SGD`; the learning rate falls linearly to zero.

    Parameters
    ----------
    network : Layer
        Turns images into logits; it is changed in place and left ready for use, not for training.
    images : ndarray of shape (N, C, H, W)
        In the dtype of the parameters.
    labels : ndarray of shape (N,)
        The right classes.
    rng : numpy.random.Generator
        From which the order of the images is drawn, anew for each epoch.
    num_epochs, batch_size : int
        How often each image is seen, and how many at once; the last batch may be smaller.
    learning_rate, momentum, weight_decay : float
        As in :class:`SGD`, the learning rate at the start.
    test : tuple of (images, labels), optional
        On which the accuracy is taken after each epoch; nothing is chosen by it.

    Returns
    -------
    list of Epoch
        One for each epoch. The same arguments and state of ``rng`` give the same losses on the same machine;
        other kernels of linear algebra round differently.

    Raises
    ------
    ValueError
        If the numbers of images and labels differ, there are none, or a number of epochs or the batch size is
        less than 1.
    """
    if len(images) != len(labels) or min(len(images), num_epochs, batch_size) < 1:
        raise ValueError(
            "expected as many images as labels, at least 1, and num_epochs and batch_size of at least 1, "
            f"got {len(images)} images, {len(labels)} labels, num_epochs {num_epochs} and batch_size "
            f"{batch_size}"
        )
    optimizer = SGD(network, learning_rate, momentum, weight_decay)
    num_steps = -(-len(images) // batch_size)
    history, seconds = [], 0.0
    for epoch in range(num_epochs):
        network.train()
        start, losses, order = time.process_time(), [], rng.permutation(len(images))
        with threadpool_limits(1):  # on matrices this small, threads wait for one another more than they work
            for k in range(num_steps):
                optimizer.learning_rate = learning_rate * (1 - (epoch + k / num_steps) / num_epochs)
                batch = order[k * batch_size : (k + 1) * batch_size]
                losses.append(gradient_step(network, optimizer, images[batch], labels[batch]))
        seconds += time.process_time() - start
        network.train(False)
        right = accuracy(network, *test) if test else None
        history.append(Epoch(epoch + 1, float(np.mean(losses)), right, seconds))
    return history


def gradient_step(network, optimizer, images, labels):
    """Learn from one batch: forward, loss, backward, step; return the loss before the step."""
    logits = network.forward(images)
    network.backward(cross_entropy_backward(logits, labels))
    optimizer.step()
    return float(cross_entropy(logits, labels))


def accuracy(network, images, labels, batch_size=500):
    """Return the share of images to which the network gives the right label.

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not len(images):
        raise ValueError("there is no image to be right or wrong about")
    starts = range(0, len(images), batch_size)
    answers = [network.forward(images[k : k + batch_size]).argmax(axis=1) for k in starts]
    return float(np.mean(np.concatenate(answers) == labels))
