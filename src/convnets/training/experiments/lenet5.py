"""LeNet-5 on MNIST, as it was in 1998 and as it is programmed today (notebook *lenet5*).

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
recognition" (1998), section III. Here both networks learn by the same recipe of today, a rate that rises and
falls once; the paper took 20 passes with a rate for each weight, from estimates of the curvature. Left out
are its boosted network, and the class of everything that is no digit in its loss.
"""

from dataclasses import replace

import torch
from torch.nn import functional as F

from convnets.architectures.lenet import lenet5
from convnets.training.augmentation import RandomAffine
from convnets.training.images import load_images
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["DISTORT", "PUBLISHED", "SIZES", "VARIANTS", "on_canvas", "run"]

DISTORT = RandomAffine(translation=0.05, rotation=10, stretch=1.15, shear=10)
"""As the paper distorts digits: moved, scaled, squeezed and sheared, by amounts that it does not give."""

VARIANTS = {
    "modern": ({"classical": False}, None, 1.0),
    "modern, distorted": ({"classical": False}, DISTORT, 1.0),
    "1998": ({"output": "rbf"}, None, 0.15),
}
"""Name, and what is built, how digits are augmented, and the learning rate as a part of the settings'."""

_RECIPE = Settings(
    epochs=3, batch_size=64, learning_rate=0.05, momentum=0.9, weight_decay=5e-4, schedule="one_cycle"
)

SIZES = {
    "full": {
        "seeds": 5,
        "says": "all 60,000 and 10,000 digits, 15 epochs",
        "data": "mnist",
        "num": (None, None),
        "settings": replace(_RECIPE, epochs=15, batch_size=256, learning_rate=0.1, test_every=5),
    },
    "reduced": {
        "seeds": 3,
        "says": "all 60,000 and 10,000 digits, 3 epochs",
        "data": "mnist",
        "num": (None, None),
        "settings": _RECIPE,
    },
    "smoke": {
        "seeds": 1,
        "says": "300 and 100 enlarged digits of 8×8, 4 epochs",
        "data": "digits",
        "num": (300, 100),
        "settings": replace(_RECIPE, epochs=4, batch_size=32),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""

PUBLISHED = [
    {"variant": "1998", "error": 0.0095, "source": "lecun1998gradient"},
    {"variant": "modern, distorted", "error": 0.008, "source": "lecun1998gradient"},
]
"""Test errors of section III.A and III.B; the second is of the network of 1998 on distorted digits."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train the networks, each once.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the digits and their distortions.
    device, progress, folder
        As of :func:`convnets.training.fit`; each variant has a folder of its own in `folder`.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`.
    """
    train, test = (
        on_canvas(load_images(size["data"], split, num=num, size=28))
        for split, num in zip(("train", "test"), size["num"], strict=True)
    )
    records = []
    for variant, (network, augment, factor) in VARIANTS.items():
        torch.manual_seed(seed)
        settings = size["settings"]
        done = fit(
            lenet5(**network),
            train,
            test,
            replace(settings, seed=seed, learning_rate=factor * settings.learning_rate),
            augment=augment,
            folder=None if folder is None else folder / variant,
            device=device,
            progress=progress,
        )
        records.append(done.record(variant))
    return records


def on_canvas(images):
    """Return digits of 28×28 on a canvas of 32×32: LeNet-5 wants to see past their ends."""
    return replace(images, images=F.pad(images.images, (2, 2, 2, 2)))
