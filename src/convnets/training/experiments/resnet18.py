"""ResNet-18 to 95 % on CIFAR-10, and what it takes (notebook *resnet18*).

The network of the paper with a first layer for small images, and a recipe grown since: one cycle of the
learning rate, label smoothing, and an answer averaged over the image and its mirror image. Beside it the same
without augmentation, and the recipe of 2015 in the same number of epochs. Sources: K. He et al. (2016); L.
Smith and N. Topin (2018); C. Szegedy et al., "Rethinking the Inception architecture" (2016), for the
smoothing. Left out are cutout, mixing of images, and averages of weights, which give a little more.
"""

from dataclasses import replace

import torch

from convnets.architectures.small import small_resnet
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.images import load_images
from convnets.training.initialisation import he_
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["AUGMENT", "SIZES", "VARIANTS", "mirrored", "run", "unchanged"]

AUGMENT = Compose(RandomCrop(4, padding_mode="reflect"), RandomFlip())

_RECIPE = Settings(
    epochs=50,
    batch_size=512,
    learning_rate=0.4,
    nesterov=True,
    weight_decay=5e-4,
    schedule="one_cycle",
    schedule_options={"rise": 0.25},
    label_smoothing=0.1,
    precision="bfloat16",
    channels_last=True,
    compile=True,
    drop_last=True,
    test_every=5,
)
_OF_2015 = {
    "nesterov": False,
    "weight_decay": 1e-4,
    "schedule": "step",
    "schedule_options": {"at": (0.5, 0.75)},
    "label_smoothing": 0.0,
}


def unchanged(images):
    """Return the images as they are, one of the two views at test time."""
    return images


def mirrored(images):
    """Return the images (N, C, H, W) with left and right exchanged, the other view."""
    return images.flip(-1)


VARIANTS = {
    "today": {"augment": AUGMENT, "views": (unchanged, mirrored), "changes": {}},
    "without augmentation": {"augment": None, "views": (unchanged, mirrored), "changes": {}},
    "as in 2015": {"augment": AUGMENT, "views": (), "changes": _OF_2015},
}
"""What tells the three runs from one another."""

SIZES = {
    "full": {
        "seeds": 5,
        "says": "all images of 32×32, ResNet-18 of 11.2 million parameters, 50 epochs",
        "train": {"name": "cifar10"},
        "test": {"name": "cifar10"},
        "width": 64,
        "settings": _RECIPE,
    },
    "reduced": {
        "seeds": 1,
        "says": "the first 2,000 training and 1,000 test images, 12 filters in the first layer, 6 epochs",
        "train": {"name": "cifar10", "num": 2000},
        "test": {"name": "cifar10", "num": 1000},
        "width": 12,
        "settings": replace(
            _RECIPE,
            epochs=6,
            batch_size=64,
            learning_rate=0.1,
            precision="float32",
            channels_last=False,
            compile=False,
            test_every=2,
        ),
    },
    "smoke": {
        "seeds": 1,
        "says": "60 enlarged digits of 16×16, 4 filters in the first layer, 4 epochs",
        "train": {"name": "digits", "num": 60, "size": 16, "channels": 3},
        "test": {"name": "digits", "num": 20, "size": 16, "channels": 3},
        "width": 4,
        "settings": replace(
            _RECIPE,
            epochs=4,
            batch_size=15,
            learning_rate=0.05,
            precision="float32",
            channels_last=False,
            compile=False,
            test_every=1,
        ),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train ResNet-18 in each of `VARIANTS`.

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
        A record for each variant, with ``augmented`` and ``views``, the number of views at test time.
    """
    train, test = load_images(split="train", **size["train"]), load_images(split="test", **size["test"])
    records = []
    for variant, how in VARIANTS.items():
        torch.manual_seed(seed)
        network = he_(small_resnet(width=size["width"]), "fan_out")
        done = fit(
            network,
            train,
            test,
            replace(size["settings"], seed=seed, **how["changes"]),
            augment=how["augment"],
            views=how["views"],
            folder=None if folder is None else folder / variant.replace(" ", "-"),
            device=device,
            progress=progress,
        )
        is_augmented = how["augment"] is not None
        records.append(done.record(variant, augmented=is_augmented, views=max(1, len(how["views"]))))
    return records
