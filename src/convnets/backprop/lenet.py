"""LeNet, built from this chapter's layers and trained on digits (chapter *Backprop*, training-lenet).

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
recognition" (1998), section II.B. Left out: the sparse connections of its layer C3 (here every filter sees
all maps), the scaled tanh, and the radial basis functions of its last layer (here logits for a softmax).
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from convnets.backprop.network import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, Subsample2d, Tanh
from convnets.backprop.training import fit
from convnets.data import load
from convnets.layers import pad, shift

__all__ = ["Training", "lenet", "train_on_digits", "train_on_mnist"]

FIRST_LAYERS = {8: (3, 1, 1), 28: (5, 2, 0), 32: (5, 0, 0)}
"""By the side of the images: kernel size of both convolutions, and padding of the first and of the second."""
MOVES = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
"""By how many pixels, down and to the right, digits are moved before they are learned."""


def lenet(rng, size=32, classical=False, num_classes=10, dtype=np.float32):
    """Build LeNet: convolution and pooling twice, then three fully connected layers.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the weights come from.
    size : {32, 28, 8}
        Side of the images in pixels. 32 is the original; 28 is padded by two pixels of zeros inside the
        network; for 8 the filters are 3×3 with padding 1, since 5×5 would leave nothing.
    classical : bool
        Whether to use tanh and learned subsampling as in 1998, instead of ReLU and maximum pooling.
    num_classes : int
        Number of logits.
    dtype : dtype
        Of the parameters; images should have the same.

    Returns
    -------
    Sequential
        Turns images (N, 1, size, size) into logits (N, num_classes).

    Raises
    ------
    ValueError
        If there is no LeNet for this size.
    """
    if size not in FIRST_LAYERS:
        raise ValueError(f"size must be one of {', '.join(map(str, FIRST_LAYERS))}, got {size!r}")
    K, *paddings = FIRST_LAYERS[size]
    like = {"rng": rng, "gain": 1.0 if classical else sqrt(2), "dtype": dtype}
    bend = Tanh if classical else ReLU
    pools = [Subsample2d(C, dtype=dtype) if classical else MaxPool2d(2) for C in (6, 16)]
    side = 2 if size == 8 else 5
    return Sequential(
        *(Conv2d(1, 6, K, padding=paddings[0], **like), bend(), pools[0]),
        *(Conv2d(6, 16, K, padding=paddings[1], **like), bend(), pools[1]),
        *(Flatten(), Linear(16 * side**2, 120, **like), bend()),
        *(Linear(120, 84, **like), bend()),
        Linear(84, num_classes, rng=rng, dtype=dtype),
    )


class Training(NamedTuple):
    """A trained network and how it came about.

    Attributes
    ----------
    network : Sequential
        Ready for use.
    history : list of Epoch
        See :func:`fit`.
    accuracy : float
        Share of right answers on the test images.
    seconds : float
        Processor time of training.
    """

    network: Sequential
    history: list
    accuracy: float
    seconds: float


def train_on_digits(seed=0, num_epochs=5, learning_rate=0.05, batch_size=32, **settings):
    """Train LeNet on scikit-learn's digits, and test it on the last 500.

    Each pixel is enlarged to 3×3, and a frame of two zeros makes 28×28 of 8×8. Every digit is learned at five
    places, as it is and moved by one of its own pixels in four directions: 1297 are few for 61,706 weights.

    Parameters
    ----------
    seed : int
        From which weights and order of images are drawn.
    num_epochs, learning_rate, batch_size
        As in :func:`fit`; an epoch sees every digit at all five places.
    **settings
        Further ones of :func:`lenet`, such as ``classical=True``.

    Returns
    -------
    Training
        The network, its history, its accuracy and its seconds.
    """
    train, test = load("digits", "train"), load("digits", "test")
    images = np.concatenate([shift(train.images, *move) for move in MOVES])
    labels = np.tile(train.labels, len(MOVES))
    fitting = {"num_epochs": num_epochs, "learning_rate": learning_rate, "batch_size": batch_size}
    return _train((_enlarged(images), labels), (_enlarged(test.images), test.labels), seed, settings, fitting)


def _enlarged(images):
    return pad(images.repeat(3, axis=2).repeat(3, axis=3), 2)


def train_on_mnist(seed=0, num_epochs=4, learning_rate=0.05, batch_size=64, **settings):
    """Train LeNet on the 60,000 digits of MNIST, and test it on the 10,000 others.

    Parameters and value are those of :func:`train_on_digits`; nothing is enlarged or moved.

    Raises
    ------
    DataUnavailableError
        If MNIST is not here and cannot be downloaded.
    """
    train, test = load("mnist", "train"), load("mnist", "test")
    fitting = {"num_epochs": num_epochs, "learning_rate": learning_rate, "batch_size": batch_size}
    return _train((train.images, train.labels), (test.images, test.labels), seed, settings, fitting)


def _train(train, test, seed, settings, fitting):
    rng = np.random.default_rng(seed)
    network = lenet(rng, train[0].shape[-1], **settings)
    history = fit(network, *train, rng, **fitting, test=test)
    return Training(network, history, history[-1].accuracy, history[-1].seconds)
