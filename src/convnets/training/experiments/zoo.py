"""Every network of the lectures on the same photographs, with the same budget (notebook *zoo*).

The networks of :mod:`convnets.architectures.small`, LeNet-5, and the baseline before networks. The budget is
the number of images seen; what differs besides the network is the largest learning rate, since those without
batch normalisation fall apart at the rate that is best for the others. Left out are the full networks, which
have too many poolings for 32×32 pixels, and a search for each network's best settings.
"""

import time
from dataclasses import replace
from functools import partial

import torch

from convnets.architectures.baseline import hog_svm
from convnets.architectures.lenet import lenet5
from convnets.architectures.small import (
    small_alexnet,
    small_inception,
    small_resnet,
    small_vgg,
    small_zfnet,
)
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.images import Images, load_images, mean_and_std
from convnets.training.initialisation import he_
from convnets.training.runs import CURVES
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["AUGMENT", "BASELINE", "SIZES", "VARIANTS", "grey", "run"]

AUGMENT = Compose(RandomCrop(4, padding_mode="reflect"), RandomFlip())
BASELINE = "HOG + SVM"
VARIANTS = {
    "LeNet-5": (partial(lenet5, classical=False), 0.2),
    "AlexNet": (small_alexnet, 0.2),
    "ZFNet": (small_zfnet, 0.2),
    "VGG": (small_vgg, 0.2),
    "VGG, batch norm": (partial(small_vgg, batch_norm=True), 1.0),
    "Inception": (small_inception, 1.0),
    "ResNet": (small_resnet, 1.0),
}
"""Name, and builder and share of the learning rate. LeNet-5 and the baseline see the images in grey."""

_RECIPE = Settings(
    epochs=30,
    batch_size=256,
    learning_rate=0.2,
    nesterov=True,
    weight_decay=5e-4,
    schedule="one_cycle",
    precision="bfloat16",
    channels_last=True,
    compile=True,
    drop_last=True,
    test_every=3,
)
_ON_CPU = {"precision": "float32", "channels_last": False, "compile": False, "test_every": 2}

SIZES = {
    "full": {
        "seeds": 5,
        "says": "all images, 30 epochs, networks with 64 filters in the first layer",
        "train": {"name": "cifar10"},
        "test": {"name": "cifar10"},
        "width": 64,
        "settings": _RECIPE,
    },
    "reduced": {
        "seeds": 1,
        "says": "the first 3,000 training and 1,000 test images, 6 epochs, 16 filters in the first layer",
        "train": {"name": "cifar10", "num": 3000},
        "test": {"name": "cifar10", "num": 1000},
        "width": 16,
        "settings": replace(_RECIPE, epochs=6, batch_size=64, learning_rate=0.1, **_ON_CPU),
    },
    "smoke": {
        "seeds": 1,
        "says": "60 enlarged digits, 4 epochs, 4 filters in the first layer",
        "train": {"name": "digits", "num": 60, "size": 32, "channels": 3},
        "test": {"name": "digits", "num": 20, "size": 32, "channels": 3},
        "width": 4,
        "settings": replace(_RECIPE, epochs=4, batch_size=12, learning_rate=0.05, **_ON_CPU),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train each of `VARIANTS` and the baseline.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the images and their augmentation.
    device, progress, folder
        As of :func:`convnets.training.fit`; each variant has a folder of its own in `folder`.

    Returns
    -------
    list of dict
        A record for each; the curves of the baseline are single points, since it is not trained in epochs.
    """
    train, test = load_images(split="train", **size["train"]), load_images(split="test", **size["test"])
    grey_train, grey_test = grey(train), grey(test)
    statistics = mean_and_std(grey_train.images)
    records = [_baseline(grey_train, grey_test, seed)]
    for variant, (build, share) in VARIANTS.items():
        is_grey = variant == "LeNet-5"
        torch.manual_seed(seed)
        network = he_(build() if is_grey else build(width=size["width"]))
        images = (grey_train.normalised_by(*statistics), grey_test.normalised_by(*statistics))
        settings = size["settings"]
        done = fit(
            network,
            *(images if is_grey else (train, test)),
            replace(settings, seed=seed, learning_rate=share * settings.learning_rate),
            augment=AUGMENT,
            folder=None if folder is None else folder / variant.replace(" ", "-"),
            device=device,
            progress=progress,
        )
        records.append(done.record(variant, is_grey=is_grey))
    return records


def grey(images):
    """Return images of one channel, the mean of red, green and blue, not normalised."""
    return Images(images.images.mean(1, keepdim=True), images.labels)


def _baseline(train, test, seed):
    """Return the record of histograms of gradients and a linear classifier."""
    machine, start = hog_svm(seed=seed), time.process_time()
    machine.fit(train.images.numpy(), train.labels.numpy())
    seconds = time.process_time() - start
    train_error, error = (
        1 - machine.score(images.images.numpy(), images.labels.numpy()) for images in (train, test)
    )
    weights = machine[-1].coef_
    error, train_error, seconds = (float(f"{value:.5g}") for value in (error, train_error, seconds))
    known = {"train_error": train_error, "test_error": error, "seconds": seconds}
    return {
        "variant": BASELINE,
        "seed": seed,
        "error": error,
        "train_error": train_error,
        "test_loss": None,
        "seconds": seconds,
        "parameters": weights.size + len(weights),
        "is_grey": True,
        "settings": {"C": machine[-1].C},
        "curves": {name: [known.get(name)] for name in CURVES},
    }
