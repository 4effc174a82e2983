"""Blood cells: a detector in one stage, from one map and from several (notebook *bccd*).

SSD asks several maps of different fineness at once, each for objects of its own size; the other variant asks
a single map for objects of all sizes. Data: BCCD, 364 photographs under a microscope, red cells, white cells
and platelets. Sources: W. Liu et al., "SSD" (ECCV 2016), section 2.2; J. Redmon and A. Farhadi, "YOLO9000"
(CVPR 2017), section 2, for anchors on a single map. Left out is SSD's own augmentation, which zooms in and
out.
"""

from dataclasses import replace

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.images import drawn_digits, load_objects
from convnets.detection.shipping import pack_images, pack_weights
from convnets.detection.ssd import Ssd
from convnets.detection.trainer import fit_detector, record_detector
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.settings import Settings

__all__ = ["AUGMENT", "CLASSES", "NUM_SHIPPED", "SHIPPED", "SIZES", "VARIANTS", "load", "network", "run"]

CLASSES = ("red cell", "white cell", "platelet")
AUGMENT = {"bccd": Compose(RandomFlip(), RandomCrop(8)), "digits": None}
"""What is done to each set; a digit in a mirror is another sign."""

VARIANTS = ("one map", "SSD, four maps")
SHIPPED, NUM_SHIPPED = VARIANTS[1], 3
"""The variant whose weights go with the record, and how many test photographs go with them."""

_SETTINGS = Settings(
    epochs=16, batch_size=8, optimizer="adamw", learning_rate=2e-3, weight_decay=0.01, schedule="one_cycle"
)

SIZES = {
    "full": {
        "seeds": 3,
        "says": "all photographs at 240×320, filters 16 to 96, 80 epochs",
        "data": "bccd",
        "size": (240, 320),
        "num": (None, None),
        "widths": (16, 32, 64, 96),
        "extra": (64, 64, 64),
        "scales": (0.1, 0.2, 0.35, 0.5, 0.7),
        "one_map": {"scales": (0.1, 0.2), "squares": (0.25, 0.5)},
        "settings": replace(_SETTINGS, epochs=80, batch_size=16, test_every=10),
    },
    "reduced": {
        "seeds": 2,
        "says": "all photographs at 120×160, filters 16 to 64, 28 epochs",
        "data": "bccd",
        "size": (120, 160),
        "num": (None, None),
        "widths": (16, 32, 32),
        "extra": (48, 64, 64),
        "scales": (0.1, 0.2, 0.35, 0.5, 0.7),
        "one_map": {"scales": (0.1, 0.2), "squares": (0.25, 0.5)},
        "settings": replace(_SETTINGS, epochs=28, test_every=7),
    },
    "smoke": {
        "seeds": 1,
        "says": "16 canvases of 32×32 with up to three digits, filters 4 to 8, 5 epochs",
        "data": "digits",
        "size": (32, 32),
        "num": (16, 6),
        "widths": (4, 8),
        "extra": (8, 8, 8),
        "scales": (0.2, 0.3, 0.4, 0.5, 0.7),
        "one_map": {"scales": (0.2, 0.45), "squares": (0.4, 0.5)},
        "settings": replace(_SETTINGS, epochs=5, batch_size=4, learning_rate=5e-3, test_every=5),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def load(size, split):
    """Return the images of a size as :class:`~convnets.detection.images.ObjectImages`."""
    num = size["num"][split == "test"]
    if size["data"] == "digits":
        return drawn_digits(int(split == "test"), num, size["size"][0], max_digits=3, split=split)
    return load_objects("bccd", split, size=size["size"]).spread(num)


def network(size, variant):
    """Return the untrained network of a variant: both have four boxes to a cell."""
    num_classes = len(CLASSES) if size["data"] == "bccd" else 10
    backbone = Backbone(size["widths"])
    if variant == "one map":
        return Ssd(num_classes, backbone, extra=(), aspect_ratios=(1.0,), **size["one_map"])
    return Ssd(num_classes, backbone, extra=size["extra"], scales=size["scales"])


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train both detectors.

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
        A record for each of `VARIANTS`, with COCO's averages, and ``num_anchors``, the default boxes of an
        image.
    """
    train, test = load(size, "train"), load(size, "test")
    records = []
    for number, variant in enumerate(VARIANTS):
        torch.manual_seed(seed)
        detector = network(size, variant)
        done = fit_detector(
            detector,
            train,
            test,
            replace(size["settings"], seed=seed),
            augment=AUGMENT[size["data"]],
            folder=None if folder is None else folder / f"variant-{number}",
            device=device,
            progress=progress,
        )
        extra = {"num_anchors": num_anchors(detector, test), "num_train": len(train)}
        if variant == SHIPPED:
            extra["tensors"] = pack_weights(detector) | pack_images(test.spread(NUM_SHIPPED))
        records.append(record_detector(done, variant, detector, test, **extra))
    return records


@torch.no_grad()
def num_anchors(detector, images):
    """Return how many default boxes a detector has in one of the images."""
    image = images.images[:1].to(next(detector.parameters()).device)
    was_training = detector.training
    num = len(detector.eval()(image).anchors)
    detector.train(was_training)
    return num
