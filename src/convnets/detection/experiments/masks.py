"""Mask R-CNN on drawn shapes, with features cut out by RoI pooling and by RoI align (notebook *masks*).

RoI pooling rounds the corners of a region to whole cells. A class does not mind, a mask does: its border is
off by as much. Source: K. He et al., "Mask R-CNN" (ICCV 2017), section 3 and table 2c. The scenes are those
of the notebook *yolo*, of which the first are taken; keypoints are left out.
"""

from dataclasses import replace

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.experiments import faster, yolo
from convnets.detection.rcnn import MaskRcnn
from convnets.detection.shipping import pack_images, pack_weights
from convnets.detection.trainer import fit_detector, record_detector
from convnets.training.augmentation import RandomFlip

__all__ = ["ANCHORS", "CLASSES", "SHIPPED", "SIZES", "VARIANTS", "network", "run"]

CLASSES = yolo.CLASSES
VARIANTS = {"RoI pooling": "pool", "RoI align": "align"}
SHIPPED, NUM_SHIPPED = "RoI align", 3
ANCHORS = faster.VARIANTS["three sizes of anchors"]

SIZES = {
    "full": {
        **faster.SIZES["full"],
        "options": {**faster.SIZES["full"]["options"], "mask_size": 28},
    },
    "reduced": {
        **faster.SIZES["reduced"],
        "says": "1,200 scenes of 48×48 to learn from and 200 to be asked, filters 16 to 32, 14 epochs",
        "num": (1200, 200),
        "options": {**faster.SIZES["reduced"]["options"], "mask_size": 14},
        "settings": replace(faster.SIZES["reduced"]["settings"], epochs=14, test_every=7),
    },
    "smoke": {
        **faster.SIZES["smoke"],
        "options": {**faster.SIZES["smoke"]["options"], "mask_size": 6},
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def network(size, variant):
    """Return the untrained network of a variant."""
    options = {"backbone": Backbone(size["widths"]), "pooling": VARIANTS[variant], **size["options"]}
    sizes = tuple(share * size["side"] for share in ANCHORS)
    return MaskRcnn(len(CLASSES), sizes=sizes, aspect_ratios=(1.0,), **options)


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train Mask R-CNN with either way to cut out features.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the scenes, their augmentation and of what is drawn to learn from.
    device, progress, folder
        As of :func:`convnets.detection.trainer.fit_detector`; each variant has a folder of its own.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with COCO's averages of boxes and of masks (``mask_ap`` and so on).
    """
    train, test = yolo.load(size, "train"), yolo.load(size, "test")
    records = []
    for variant, pooling in VARIANTS.items():
        torch.manual_seed(seed)
        detector = network(size, variant)
        done = fit_detector(
            detector,
            train,
            test,
            replace(size["settings"], seed=seed),
            loss=faster.loss,
            augment=RandomFlip(),
            folder=None if folder is None else folder / pooling,
            device=device,
            progress=progress,
        )
        extra = {"num_train": len(train)}
        if variant == SHIPPED:
            extra["tensors"] = pack_weights(detector) | pack_images(test.spread(NUM_SHIPPED))
        records.append(record_detector(done, variant, detector, test, with_masks=True, **extra))
    return records
