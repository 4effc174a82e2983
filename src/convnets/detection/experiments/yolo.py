"""YOLO on drawn shapes, with a coarse and with a fine grid (notebook *yolo*).

Each cell of the grid answers for the objects whose centres lie in it, and knows one class only: two centres
in a cell are one object lost. Source: J. Redmon et al., "You only look once" (CVPR 2016), section 2. The
scenes are drawn, so their boxes are exact; pretraining on ImageNet, dropout and the paper's own augmentation
are left out.
"""

from dataclasses import replace

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.boxes import box_xyxy_to_cxcywh
from convnets.detection.images import drawn_shapes
from convnets.detection.shipping import pack_images, pack_weights
from convnets.detection.trainer import fit_detector, record_detector
from convnets.detection.yolo import Yolo
from convnets.training.augmentation import RandomFlip
from convnets.training.settings import Settings

__all__ = ["CLASSES", "SHIPPED", "SIZES", "VARIANTS", "load", "lost_share", "network", "run"]

CLASSES = ("disc", "square", "triangle")
VARIANTS = {"3×3 cells": 3, "7×7 cells": 7}
"""Name, and cells along a side."""
SHIPPED, NUM_SHIPPED = "7×7 cells", 3

_SETTINGS = Settings(
    epochs=16, batch_size=16, optimizer="adamw", learning_rate=2e-3, weight_decay=0.01, schedule="one_cycle"
)

SIZES = {
    "full": {
        "seeds": 3,
        "says": "8,000 scenes of 64×64 to learn from and 500 to be asked, filters 16 to 64, 30 epochs",
        "num": (8000, 500),
        "side": 64,
        "widths": (16, 32, 64, 64),
        "hidden": 256,
        "settings": replace(_SETTINGS, epochs=30, batch_size=32, test_every=5),
    },
    "reduced": {
        "seeds": 2,
        "says": "6,000 scenes of 48×48 to learn from and 200 to be asked, filters 16 to 64, 16 epochs",
        "num": (6000, 200),
        "side": 48,
        "widths": (16, 32, 64),
        "hidden": 192,
        "settings": replace(_SETTINGS, test_every=4),
    },
    "smoke": {
        "seeds": 1,
        "says": "16 scenes of 32×32, filters 4 to 8, 5 epochs",
        "num": (16, 6),
        "side": 32,
        "widths": (4, 8, 8),
        "hidden": 32,
        "settings": replace(_SETTINGS, epochs=5, batch_size=4, learning_rate=5e-3, test_every=5),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def load(size, split):
    """Return the scenes of a size: the same for every seed, others to learn from than to be asked."""
    is_test = split == "test"
    return drawn_shapes(int(is_test), size["num"][is_test], size["side"])


def network(size, variant):
    """Return the untrained network of a variant."""
    return Yolo(len(CLASSES), Backbone(size["widths"]), grid=VARIANTS[variant], hidden=size["hidden"])


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train YOLO with each of the grids.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the scenes and their augmentation.
    device, progress, folder
        As of :func:`convnets.detection.trainer.fit_detector`; each variant has a folder of its own.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with COCO's averages, and ``lost``, the share of test objects that no
        cell is left for.
    """
    train, test = load(size, "train"), load(size, "test")
    records = []
    for variant, grid in VARIANTS.items():
        torch.manual_seed(seed)
        detector = network(size, variant)
        done = fit_detector(
            detector,
            train,
            test,
            replace(size["settings"], seed=seed),
            augment=RandomFlip(),
            folder=None if folder is None else folder / f"grid-{grid}",
            device=device,
            progress=progress,
        )
        extra = {"lost": round(lost_share(test, grid), 5), "num_train": len(train)}
        if variant == SHIPPED:
            extra["tensors"] = pack_weights(detector) | pack_images(test.spread(NUM_SHIPPED))
        records.append(record_detector(done, variant, detector, test, **extra))
    return records


def lost_share(images, grid):
    """Return the share of objects whose cell of a grid × grid belongs to an earlier object already.

    Parameters
    ----------
    images : ObjectImages
    grid : int
        Cells along a side.

    Returns
    -------
    float
    """
    height, width = images.shape[1:]
    scale = grid / torch.tensor([width, height])
    taken = num = 0
    for entry in images.objects:
        cells = (box_xyxy_to_cxcywh(entry.boxes)[:, :2] * scale).floor()
        taken += len(cells.unique(dim=0))
        num += len(cells)
    return 1 - taken / num
