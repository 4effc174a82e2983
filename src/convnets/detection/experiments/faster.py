"""Faster R-CNN on drawn shapes, with anchors of one size and of three (notebook *faster*).

The network proposes its own regions, and how well it can do so depends on the anchors that it starts from.
Source: S. Ren et al., "Faster R-CNN" (2015), sections 3.1 and 3.3, whose anchors have three sizes and three
ratios; the shapes here are about as high as they are wide, so all anchors are squares. The scenes are those
of the notebook *yolo*, of which the first are taken.
"""

from dataclasses import replace

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.experiments import yolo
from convnets.detection.overlaps import box_iou
from convnets.detection.rcnn import FasterRcnn
from convnets.detection.shipping import pack_images, pack_weights
from convnets.detection.trainer import fit_detector, record_detector
from convnets.training.augmentation import RandomFlip
from convnets.training.settings import Settings

__all__ = [
    "CLASSES",
    "PROPOSED",
    "SHIPPED",
    "SIZES",
    "VARIANTS",
    "loss",
    "network",
    "proposal_recall",
    "run",
]

CLASSES = yolo.CLASSES
VARIANTS = {"one size of anchors": (0.3,), "three sizes of anchors": (0.2, 0.3, 0.45)}
"""Name, and the sides of the anchors as shares of the image's."""
SHIPPED, NUM_SHIPPED = "three sizes of anchors", 3
PROPOSED = (1, 2, 3, 5, 10, 20)
"""After how many proposals it is counted which objects have one."""

_SETTINGS = Settings(
    epochs=12, batch_size=8, optimizer="adamw", learning_rate=2e-3, weight_decay=0.01, schedule="one_cycle"
)

SIZES = {
    "full": {
        "seeds": 2,
        "says": "3,000 scenes of 64×64 to learn from and 500 to be asked, filters 16 to 64, 15 epochs",
        "num": (3000, 500),
        "side": 64,
        "widths": (16, 32, 64),
        "options": {"num_proposals": 20, "size": 7},
        "settings": replace(_SETTINGS, epochs=15, batch_size=16, test_every=5),
    },
    "reduced": {
        "seeds": 2,
        "says": "1,500 scenes of 48×48 to learn from and 200 to be asked, filters 16 to 32, 16 epochs",
        "num": (1500, 200),
        "side": 48,
        "widths": (16, 32, 32),
        "options": {"num_proposals": 20, "size": 5},
        "settings": replace(_SETTINGS, epochs=16, test_every=4),
    },
    "smoke": {
        "seeds": 1,
        "says": "12 scenes of 32×32, filters 4 to 8, 6 epochs",
        "num": (12, 6),
        "side": 32,
        "widths": (4, 8, 8),
        "options": {"num_proposals": 20, "size": 3, "hidden": 32},
        "settings": replace(_SETTINGS, epochs=6, batch_size=4, learning_rate=5e-3, test_every=6),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def network(size, variant):
    """Return the untrained network of a variant."""
    sizes = tuple(share * size["side"] for share in VARIANTS[variant])
    backbone = Backbone(size["widths"])
    return FasterRcnn(len(CLASSES), sizes, aspect_ratios=(1.0,), backbone=backbone, **size["options"])


def loss(detector, batch, generator):
    """Return the sum of the four losses, as :func:`~convnets.detection.trainer.fit_detector` wants it."""
    return detector.loss(batch.images, batch.objects, generator).total


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train Faster R-CNN with each set of anchors.

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
        A record for each of `VARIANTS`, with COCO's averages, and ``proposal_recall``, the shares of objects
        that have one of the first `PROPOSED` proposals.
    """
    train, test = yolo.load(size, "train"), yolo.load(size, "test")
    records = []
    for number, variant in enumerate(VARIANTS):
        torch.manual_seed(seed)
        detector = network(size, variant)
        done = fit_detector(
            detector,
            train,
            test,
            replace(size["settings"], seed=seed),
            loss=loss,
            augment=RandomFlip(),
            folder=None if folder is None else folder / f"variant-{number}",
            device=device,
            progress=progress,
        )
        extra = {"proposal_recall": proposal_recall(detector, test), "num_train": len(train)}
        if variant == SHIPPED:
            extra["tensors"] = pack_weights(detector) | pack_images(test.spread(NUM_SHIPPED))
        records.append(record_detector(done, variant, detector, test, **extra))
    return records


@torch.no_grad()
def proposal_recall(detector, images, iou_threshold=0.5):
    """Return for each of `PROPOSED` the share of objects that overlap one of so many first proposals.

    Parameters
    ----------
    detector : FasterRcnn
    images : ObjectImages
    iou_threshold : float
        By how much they must overlap.

    Returns
    -------
    list of float
        Rounded.
    """
    images = images.to(next(detector.parameters()).device)
    was_training, found = detector.training, []
    detector.eval()
    for batch in images.split(16):
        proposed = detector.propose(detector.backbone(batch.images), batch.shape[1:])
        for proposals, entry in zip(proposed, batch.objects, strict=True):
            hits = box_iou(entry.boxes, proposals.boxes) >= iou_threshold
            found.append(torch.stack([hits[:, :num].any(dim=1) for num in PROPOSED]).cpu())
    detector.train(was_training)
    return [round(share, 5) for share in torch.cat(found, dim=1).double().mean(dim=1).tolist()]
