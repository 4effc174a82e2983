"""Small trainings on the embedded digits, a second each, for the pages of the book (chapter *Training*).

What a nonlinearity, batch normalisation, weight decay, dropout and augmentation are good for can be seen on
digits of 8×8 pixels within seconds, if the task is made hard enough: by a few hundred images, wrong labels,
or learning rates that are too large. Whether it is so on larger images, the training notebooks measure.
"""

import dataclasses
import itertools

import torch
from torch import nn

from convnets.training.augmentation import RandomAffine
from convnets.training.failures import NotFiniteError
from convnets.training.images import load_images
from convnets.training.initialisation import he_, xavier_
from convnets.training.normalisation import BatchNorm2d
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["broken_runs", "compare_remedies", "digit_network", "errors_by_rate", "with_wrong_labels"]

REMEDIES = {
    "nothing": {},
    "weight decay": {"settings": {"weight_decay": 0.03}},
    "dropout": {"network": {"dropout": 0.3}},
    "augmentation": {"augment": RandomAffine(0.1, 10, 1.1, 10)},
}
"""What can be done against learning by heart."""


def digit_network(depth=2, width=16, hidden=None, nonlinearity="relu", batch_norm=False, dropout=0.0):
    """Return an untrained network for digits of 8×8 pixels.

    Parameters
    ----------
    depth : int
        Convolutions of 3×3, with one max pooling after half of them.
    width : int
        Filters of each.
    hidden : int, optional
        Units of a fully connected layer before the last one; none by default.
    nonlinearity : {"relu", "tanh"}
        With the weights of He et al. or of Glorot and Bengio.
    batch_norm : bool
        Whether a batch normalisation follows each convolution.
    dropout : float
        Probability with which inputs of fully connected layers are dropped.

    Returns
    -------
    torch.nn.Sequential
    """
    units = {"relu": nn.ReLU, "tanh": nn.Tanh}[nonlinearity]
    network, channels = nn.Sequential(), 1
    for index in range(depth):
        network.append(nn.Conv2d(channels, width, 3, padding=1, bias=not batch_norm))
        network.extend([BatchNorm2d(width)] if batch_norm else [])
        network.append(units())
        network.extend([nn.MaxPool2d(2)] if index == (depth - 1) // 2 else [])
        channels = width
    sizes = [16 * width, *([hidden] if hidden else []), 10]
    network.append(nn.Flatten())
    for index, (num_in, num_out) in enumerate(itertools.pairwise(sizes)):
        network.extend([units()] if index else [])
        network.extend([nn.Dropout(dropout)] if dropout else [])
        network.append(nn.Linear(num_in, num_out))
    return he_(network) if nonlinearity == "relu" else xavier_(network)


def errors_by_rate(options, rates, num_train=500, epochs=6):
    """Train one network at several learning rates.

    Parameters
    ----------
    options : dict
        Arguments of :func:`digit_network`.
    rates : sequence of float
    num_train, epochs : int
        How many digits are learnt, and how often each is seen.

    Returns
    -------
    list of float
        The share of the test digits that is read wrongly, for each rate; 0.9, as good as guessing, where the
        loss stopped being a number.
    """
    train, test = load_images("digits", num=num_train), load_images("digits", "test")
    errors = []
    for rate in rates:
        settings = Settings(epochs=epochs, batch_size=50, learning_rate=rate, test_every=epochs)
        try:
            errors.append(_fit(options, train, test, settings).error)
        except NotFiniteError:
            errors.append(0.9)
    return errors


def with_wrong_labels(images, share, generator):
    """Return the same images, some of them with a label drawn by lot.

    Parameters
    ----------
    images : Images
    share : float
        Of the labels that are drawn anew; one in ten of these happens to be right.
    generator : torch.Generator

    Returns
    -------
    Images
    """
    drawn = torch.rand(len(images), generator=generator) < share
    labels = torch.randint(images.num_classes, (len(images),), generator=generator)
    return dataclasses.replace(images, labels=torch.where(drawn, labels, images.labels))


def compare_remedies(seeds=(0, 1, 2), num_train=300, share=0.2, epochs=30):
    """Train on a few digits, some of them labelled by lot, with one remedy at a time.

    Parameters
    ----------
    seeds : sequence of int
        From which weights, orders and augmentations are drawn; the wrong labels are always the same.
    num_train, epochs : int
    share : float
        Of the labels that are drawn by lot.

    Returns
    -------
    dict of str to list of Run
        By remedy, one run for each seed.
    """
    train, test = load_images("digits", num=num_train), load_images("digits", "test")
    train = with_wrong_labels(train, share, torch.Generator().manual_seed(0))
    runs = {}
    for name, remedy in REMEDIES.items():
        options = {"hidden": 128, **remedy.get("network", {})}
        common = {"epochs": epochs, "batch_size": 50, "learning_rate": 0.02, "schedule": "cosine"}
        runs[name] = [
            _fit(options, train, test, Settings(**common, **remedy.get("settings", {}), test_every=epochs,
                                                seed=seed), augment=remedy.get("augment"))
            for seed in seeds
        ]  # fmt: skip
    return runs


def broken_runs(epochs=20, num_train=600):
    """Train with one thing wrong at a time.

    Parameters
    ----------
    epochs, num_train : int

    Returns
    -------
    dict of str to Run
        By what is wrong, beginning with a run in which nothing is.
    """
    train, test = load_images("digits", num=num_train), load_images("digits", "test")
    mixed = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))
    settings = Settings(epochs=epochs, batch_size=50, learning_rate=0.03)
    change = dataclasses.replace
    each = {
        "nothing is wrong": (train, test, settings, ()),
        "the learning rate is too low": (train, test, change(settings, learning_rate=3e-5), ()),
        "the learning rate is too high": (train, test, change(settings, learning_rate=1.0), ()),
        "there are too few images": (train.first(40), test, change(settings, batch_size=10), ()),
        "the labels are shuffled": (change(train, labels=train.labels[mixed]), test, settings, ()),
        "there is a softmax too many": (train, test, settings, (nn.Softmax(dim=-1),)),
    }
    return {name: _fit({}, *arguments) for name, arguments in each.items()}


def _fit(options, train, test, settings, behind=(), augment=None):
    """Build a network, put modules behind it, and train it on the CPU."""
    with torch.random.fork_rng([]):
        torch.manual_seed(settings.seed)
        network = digit_network(**options).extend(behind)
    return fit(network, train, test, settings, augment=augment, device="cpu", progress=False)
