"""The network of 1989 on as many small digits as it had then (notebook *lenet1989*).

Source: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989), sections 3 to
5. Its zip codes were never published; the first digits of MNIST stand in for them, as many and as small.
A. Karpathy, "Deep neural nets: 33 years ago and 33 years from now" (2022), had this idea first. Left out is
the paper's rate for each weight; batches of sixteen take its single digits' place.
"""

from dataclasses import replace

import torch

from convnets.architectures.lenet import lenet1989
from convnets.training.augmentation import RandomCrop
from convnets.training.images import load_images
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["PUBLISHED", "SHIFT", "SIZES", "VARIANTS", "run", "squared_error"]

SHIFT = RandomCrop(1)
"""Up to one pixel in each direction."""

VARIANTS = {
    "1989": ({}, None, False),
    "rate that falls": ({"schedule": "cosine"}, None, False),
    "and shifted digits": ({"schedule": "cosine"}, SHIFT, False),
    "and all of MNIST": ({"schedule": "cosine"}, SHIFT, True),
}
"""Name, settings beside those of the size, augmentation, and whether more digits are seen in fewer passes."""

_PAPER = Settings(epochs=23, batch_size=16, learning_rate=0.06, momentum=0.0)

SIZES = {
    "full": {
        "seeds": 5,
        "says": "7,291 and 2,007 digits of 16×16, 23 passes",
        "data": "mnist",
        "num": (7291, 60_000, 2007),
        "settings": _PAPER,
    },
    "reduced": {
        "seeds": 1,
        "says": "7,291 and 2,007 digits of 16×16, 23 passes",
        "data": "mnist",
        "num": (7291, 60_000, 2007),
        "settings": _PAPER,
    },
    "smoke": {
        "seeds": 1,
        "says": "300 and 100 enlarged digits of 8×8, 6 passes",
        "data": "digits",
        "num": (300, 900, 100),
        "settings": replace(_PAPER, epochs=6, batch_size=4, learning_rate=0.03),
    },
}
"""How large an experiment is; in `num` the digits to learn, those of the last variant, and those to test."""

PUBLISHED = [{"variant": "1989", "error": 0.05, "source": "lecun1989backpropagation"}]
"""Test error of section 5.1."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train the network of 1989 in several ways.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the digits and their shifts.
    device, progress, folder
        As of :func:`convnets.training.fit`; each variant has a folder of its own in `folder`.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with ``num``, how many digits were learned.
    """
    few, many, num_test = size["num"]
    train = _background_is_minus_one(load_images(size["data"], num=many, size=16))
    test = _background_is_minus_one(load_images(size["data"], "test", num=num_test, size=16))
    records = []
    for variant, (settings, augment, is_more) in VARIANTS.items():
        settings = replace(size["settings"], seed=seed, **settings)
        if is_more:  # the same number of steps
            settings = replace(settings, epochs=max(1, round(settings.epochs * few / many)))
        torch.manual_seed(seed)
        digits = train if is_more else train.first(few)
        done = fit(
            lenet1989(),
            digits,
            test,
            settings,
            augment=augment,
            loss=squared_error,
            folder=None if folder is None else folder / variant,
            device=device,
            progress=progress,
        )
        records.append(done.record(variant, num=len(digits)))
    return records


def _background_is_minus_one(images):
    return images.normalised_by((0.5,), (0.5,))


def squared_error(outputs, labels):
    """Return half the squared distance from +1 for the class and −1 for the others, one value per digit.

    Parameters
    ----------
    outputs : Tensor of shape (n, K)
    labels : Tensor of shape (n,)

    Returns
    -------
    Tensor of shape (n,)
    """
    targets = 2 * torch.nn.functional.one_hot(labels, outputs.shape[1]) - 1
    return (outputs - targets).square().sum(1) / 2
