"""Where is the head? One box in each photograph of a cat or a dog (notebook *pets*).

A network that tells cats from dogs gets a second head for the four numbers of a box. It is attached to the
features or to the hidden layer of the first, with one box for both classes or one for each. Sources: P.
Sermanet et al., "OverFeat" (2014); K. Simonyan and A. Zisserman (2015), appendix A; A. Toshev and C. Szegedy,
"DeepPose" (2014); for the photographs O. Parkhi et al., "Cats and dogs" (2012). Breeds and outlines are left
out, and so are photographs with several boxes.
"""

from dataclasses import replace

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.images import drawn_digits, load_objects
from convnets.detection.localization import Localizer, localization_accuracy
from convnets.detection.overlaps import box_iou
from convnets.detection.shipping import pack_weights
from convnets.detection.trainer import detect_all, fit_detector
from convnets.training.augmentation import ColourJitter, Compose, RandomCrop, RandomFlip
from convnets.training.settings import Settings

__all__ = ["AUGMENT", "CLASSES", "SHIPPED", "SIZES", "VARIANTS", "WEIGHT", "load", "network", "run"]

CLASSES = ("cat", "dog")
AUGMENT = {
    "pets": Compose(RandomFlip(), RandomCrop(8, padding_mode="reflect"), ColourJitter()),
    "digits": None,
}
"""What is done to each set; a digit in a mirror is another sign."""
WEIGHT = 20.0
"""What the box counts against the class, λ."""

VARIANTS = {
    "box from the features": {"attach": "features", "class_specific": False},
    "box from the hidden layer": {"attach": "hidden", "class_specific": False},
    "a box for each class": {"attach": "features", "class_specific": True},
}
SHIPPED = "box from the features"
"""The variant whose weights go with the record."""

_SETTINGS = Settings(
    epochs=40, batch_size=16, optimizer="adamw", learning_rate=1e-3, weight_decay=0.01, schedule="one_cycle"
)

SIZES = {
    "full": {
        "seeds": 3,
        "says": "photographs of 128×128, filters 16 to 128, 60 epochs",
        "data": "pets",
        "side": 128,
        "num": (None, None),
        "widths": (16, 32, 64, 96, 128),
        "hidden": 128,
        "settings": replace(_SETTINGS, epochs=60, batch_size=32, test_every=5),
    },
    "reduced": {
        "seeds": 2,
        "says": "photographs of 64×64, at most 300 to learn from and 100 to be asked, filters 16 to 64, "
        "160 epochs",
        "data": "pets",
        "side": 64,
        "num": (300, 100),
        "widths": (16, 32, 64, 64),
        "hidden": 64,
        "settings": replace(_SETTINGS, epochs=160, test_every=20),
    },
    "smoke": {
        "seeds": 1,
        "says": "24 canvases of 32×32 with one digit each, filters 4 to 8, 6 epochs",
        "data": "digits",
        "side": 32,
        "num": (24, 8),
        "widths": (4, 8, 8),
        "hidden": 16,
        "settings": replace(_SETTINGS, epochs=6, batch_size=6, learning_rate=3e-3),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def load(size, split):
    """Return the images of a size, those with exactly one object.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    split : {"train", "test"}

    Returns
    -------
    ObjectImages
    """
    num = size["num"][split == "test"]
    if size["data"] == "digits":
        return drawn_digits(int(split == "test"), num, size["side"], max_digits=1, split=split)
    images = load_objects("pets", split, size=(size["side"], size["side"]))
    single = [index for index, entry in enumerate(images.objects) if len(entry.boxes) == 1]
    return images.take(torch.tensor(single)).spread(num)


def network(size, variant):
    """Return the untrained network of a variant."""
    num_classes = len(CLASSES) if size["data"] == "pets" else 10
    backbone = Backbone(size["widths"])
    return Localizer(num_classes, backbone=backbone, hidden=size["hidden"], **VARIANTS[variant])


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train the network in each of `VARIANTS`.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the images and their augmentation.
    device, progress, folder
        As of :func:`convnets.detection.trainer.fit_detector`; each variant has a folder of its own.

    Returns
    -------
    list of dict
        A record for each variant. The error is the share of photographs whose class or box is wrong;
        ``class_error`` and ``mean_iou`` tell them apart, ``guess_error`` is that of guessing.
    """
    train, test = load(size, "train"), load(size, "test")
    records = []
    for number, variant in enumerate(VARIANTS):
        torch.manual_seed(seed)
        localizer = network(size, variant)
        done = fit_detector(
            localizer,
            train,
            test,
            replace(size["settings"], seed=seed),
            loss=_loss,
            measure=localization_accuracy,
            augment=AUGMENT[size["data"]],
            folder=None if folder is None else folder / f"variant-{number}",
            device=device,
            progress=progress,
        )
        extra = {**_apart(localizer, test), "guess_error": round(guess_error(train, test), 5)}
        extra |= {"num_train": len(train), "num_test": len(test)}
        if variant == SHIPPED:
            extra["tensors"] = pack_weights(localizer)
        records.append(done.record(variant, **extra))
    return records


def _loss(localizer, batch, generator):
    return localizer.loss(batch.images, batch.objects, WEIGHT).total


def _apart(localizer, test):
    """Return the error of the classes alone, and the mean overlap of the boxes alone."""
    found = detect_all(localizer, test.to(next(localizer.parameters()).device))
    pairs = list(zip(found.detections, found.objects, strict=True))
    wrong = [bool(seen.labels[0] != there.labels[0]) for seen, there in pairs]
    overlaps = [float(box_iou(seen.boxes, there.boxes)[0, 0]) for seen, there in pairs]
    return {
        "class_error": round(sum(wrong) / len(wrong), 5),
        "mean_iou": round(sum(overlaps) / len(overlaps), 5),
        "seconds_per_image": float(f"{found.seconds:.4g}"),
    }


def guess_error(train, test):
    """Return the error of always saying the most frequent class and the mean box of the training images."""
    labels = torch.cat([entry.labels for entry in train.objects])
    box = torch.cat([entry.boxes for entry in train.objects]).mean(dim=0, keepdim=True)
    guess = labels.mode().values
    right = [
        bool(entry.labels[0] == guess and box_iou(box, entry.boxes)[0, 0] > 0.5) for entry in test.objects
    ]
    return 1 - sum(right) / len(right)
