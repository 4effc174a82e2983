"""What batch normalisation, dropout, augmentation and weight decay each do (notebook *ablation*).

One small network on few photographs of CIFAR-10, so that it can learn them by heart. It is trained as it is,
with one thing added or changed at a time, and with all that is added together. Sources: S. Ioffe and C.
Szegedy, "Batch normalization" (2015); N. Srivastava et al., "Dropout" (2014); A. Krizhevsky, I. Sutskever and
G. Hinton, "ImageNet classification with deep convolutional neural networks" (2012), sections 3.1, 4 and 5.
Each variant has the same learning rate and the same number of passes; a fair race would tune both for each.
"""

from dataclasses import replace

import torch
from torch import nn

from convnets.architectures.checking import Network, check_num_classes
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.images import load_images
from convnets.training.initialisation import he_, xavier_
from convnets.training.metrics import evaluate
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["AUGMENT", "SIZES", "VARIANTS", "Ablated", "run"]

AUGMENT = Compose(RandomCrop(2, padding_mode="reflect"), RandomFlip())
DECAY, DROPOUT = 5e-3, 0.5

VARIANTS = {
    "ReLU, nothing else": {},
    "tanh for ReLU": {"nonlinearity": "tanh"},
    "+ weight decay": {"weight_decay": DECAY},
    "+ dropout": {"dropout": DROPOUT},
    "+ batch norm": {"batch_norm": True},
    "+ augmentation": {"augment": AUGMENT},
    "all four": {"weight_decay": DECAY, "dropout": DROPOUT, "batch_norm": True, "augment": AUGMENT},
}
"""Name, and what differs from the first."""

_SETTINGS = Settings(epochs=20, batch_size=64, learning_rate=0.02, schedule="cosine")

SIZES = {
    "full": {
        "seeds": 5,
        "says": "all images of 32×32, filters 64 to 256, 40 epochs",
        "data": {"name": "cifar10"},
        "num": (None, None),
        "width": 64,
        "settings": replace(
            _SETTINGS, epochs=40, batch_size=256, precision="bfloat16", channels_last=True, test_every=4
        ),
    },
    "reduced": {
        "seeds": 2,
        "says": "the first 4,000 training and 2,000 test images, at 16×16, filters 16 to 64, 20 epochs",
        "data": {"name": "cifar10", "size": 16},
        "num": (4000, 2000),
        "width": 16,
        "settings": _SETTINGS,
    },
    "smoke": {
        "seeds": 1,
        "says": "200 and 100 digits of 8×8, filters 8 to 32, 4 epochs",
        "data": {"name": "digits", "channels": 3},
        "num": (200, 100),
        "width": 8,
        "settings": replace(_SETTINGS, epochs=4, batch_size=16),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""

PUBLISHED = []
"""No paper has this network on these images; the papers' own comparisons are on the notebook's page."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train the network in each of the ways.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the images, their augmentation and of what is dropped.
    device, progress, folder
        As of :func:`convnets.training.fit`; each variant has a folder of its own in `folder`.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with ``learned_error``: the error on the training images as they are,
        after training.
    """
    train, test = (
        load_images(split=split, num=num, **size["data"])
        for split, num in zip(("train", "test"), size["num"], strict=True)
    )
    records = []
    for number, (variant, changes) in enumerate(VARIANTS.items()):
        changes = dict(changes)
        augment, weight_decay = changes.pop("augment", None), changes.pop("weight_decay", 0.0)
        torch.manual_seed(seed)
        network = Ablated(train.shape, size["width"], **changes)
        done = fit(
            network,
            train,
            test,
            replace(size["settings"], seed=seed, weight_decay=weight_decay),
            augment=augment,
            folder=None if folder is None else folder / f"variant-{number}",
            device=device,
            progress=progress,
        )
        learned = evaluate(network, train.to(next(network.parameters()).device))
        records.append(done.record(variant, learned_error=round(learned.error, 5)))
    return records


class Ablated(Network):
    """Three pairs of 3×3 convolutions, each with half the size and twice the filters; two layers on top.

    Parameters
    ----------
    image_shape : tuple of int
        (C_in, H, W).
    width : int
        Number of filters of the first pair.
    nonlinearity : {"relu", "tanh"}
        Weights are drawn as He et al. for the one, as Glorot and Bengio for the other.
    batch_norm : bool
        Whether each convolution is followed by it.
    dropout : float
        Share of numbers dropped before each of the two layers on top.
    num_classes : int
    """

    def __init__(
        self, image_shape, width, nonlinearity="relu", batch_norm=False, dropout=0.0, num_classes=10
    ):
        super().__init__()
        check_num_classes(num_classes, "classifier.4")
        self.image_shape = image_shape
        if nonlinearity not in ("relu", "tanh"):
            raise ValueError(f"nonlinearity must be 'relu' or 'tanh', got {nonlinearity!r}")
        bend = nn.ReLU if nonlinearity == "relu" else nn.Tanh
        channels, H, W = image_shape
        layers = []
        for filters in (width, 2 * width, 4 * width):
            for seen, given in ((channels, filters), (filters, filters)):
                layers.append(nn.Conv2d(seen, given, 3, padding=1, bias=not batch_norm))
                layers += [nn.BatchNorm2d(given)] if batch_norm else []
                layers.append(bend())
            layers.append(nn.MaxPool2d(2))
            channels = filters
        self.features = nn.Sequential(*layers)
        numbers = channels * (H // 8) * (W // 8)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(numbers, 8 * width),
            bend(),
            nn.Dropout(dropout),
            nn.Linear(8 * width, num_classes),
        )
        he_(self) if nonlinearity == "relu" else xavier_(self)

    def forward(self, images):
        """Return logits (N, num_classes)."""
        return self.classifier(self.features(images).flatten(1))
