"""R-CNN, Fast R-CNN, Faster R-CNN: the same scenes, and the seconds that each image takes (notebook *rcnn*).

R-CNN shows every region to its network by itself, Fast R-CNN cuts the regions out of the features of one
look, Faster R-CNN proposes them itself. Sources: R. Girshick et al., "Rich feature hierarchies" (CVPR 2014);
R. Girshick, "Fast R-CNN" (ICCV 2015); S. Ren et al., "Faster R-CNN" (2015). Proposals for the first two come
from windows, and from segments of like colour, the first step of selective search; what they take is counted.
The scenes are those of the notebook *yolo*, of which the first are taken; pretraining is left out.
"""

from dataclasses import replace
from functools import partial

import torch

from convnets.detection.backbone import Backbone
from convnets.detection.experiments import faster, yolo
from convnets.detection.rcnn import FasterRcnn, FastRcnn, Rcnn, segment_proposals, window_proposals
from convnets.detection.trainer import fit_detector, record_detector
from convnets.training.loop import clock
from convnets.training.settings import Settings

__all__ = [
    "ANCHORS",
    "CLASSES",
    "SIZES",
    "VARIANTS",
    "SeparateDetector",
    "detect_fast",
    "network",
    "propose",
    "run",
]

CLASSES = yolo.CLASSES
VARIANTS = ("R-CNN", "Fast R-CNN", "Faster R-CNN")
ANCHORS = faster.VARIANTS["three sizes of anchors"]
"""Sides of anchors, and of windows, as shares of the image's."""
MIN_AREA = 12
"""Segments of fewer pixels are no proposals: noise makes many of them."""
MIN_SCORE = -1.0
"""What a support vector machine says on the margin of the negatives; what is below is no detection."""

_SETTINGS = Settings(
    epochs=20,
    batch_size=8,
    optimizer="adamw",
    learning_rate=2e-3,
    weight_decay=0.01,
    schedule="one_cycle",
    test_every=20,
)

SIZES = {
    "full": {
        "seeds": 2,
        "says": "1,500 scenes of 64×64 to learn from and 300 to be asked, filters 16 to 64, 20 epochs, "
        "of R-CNN 10",
        "num": (1500, 300),
        "side": 64,
        "widths": (16, 32, 64),
        "pooled": 7,
        "crop": 32,
        "num_crops": 32,
        "epochs": {"R-CNN": 10},
        "settings": _SETTINGS,
    },
    "reduced": {
        "seeds": 2,
        "says": "800 scenes of 48×48 to learn from and 150 to be asked, filters 16 to 32, 24 epochs, "
        "of R-CNN 8",
        "num": (800, 150),
        "side": 48,
        "widths": (16, 32, 32),
        "pooled": 5,
        "crop": 32,
        "num_crops": 16,
        "epochs": {"R-CNN": 8},
        "settings": replace(_SETTINGS, epochs=24, test_every=24),
    },
    "smoke": {
        "seeds": 1,
        "says": "12 scenes of 32×32, filters 4 to 8, 5 epochs",
        "num": (12, 6),
        "side": 32,
        "widths": (4, 8),
        "pooled": 3,
        "crop": 8,
        "num_crops": 8,
        "epochs": {},
        "settings": replace(_SETTINGS, epochs=5, batch_size=4, learning_rate=5e-3, test_every=5),
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""


def network(size, variant):
    """Return the untrained network of a variant; all three look through the same backbone."""
    num_classes, backbone = len(CLASSES), Backbone(size["widths"])
    if variant == "R-CNN":
        return Rcnn(num_classes, backbone, size["crop"], context=1)
    if variant == "Fast R-CNN":
        return FastRcnn(num_classes, backbone, size["pooled"])
    sizes = tuple(share * size["side"] for share in ANCHORS)
    options = {"num_proposals": 20, "backbone": backbone, "size": size["pooled"]}
    return FasterRcnn(num_classes, sizes, aspect_ratios=(1.0,), **options)


def propose(image):
    """Return regions (L, 4) of an image (3, H, W), on its device: segments of like colour, and windows."""
    size = tuple(image.shape[1:])
    windows = window_proposals(size, [share * min(size) for share in ANCHORS])
    return torch.cat([segment_proposals(image, min_area=MIN_AREA), windows]).to(image)


def detect_fast(detector, batch):
    """Detect with Fast R-CNN; that the regions have to be proposed first is part of it."""
    return detector.detect(batch.images, [propose(image) for image in batch.images])


class SeparateDetector:
    """Detecting with R-CNN, whose last stage is fitted to the training scenes before it is first used.

    Parameters
    ----------
    train : ObjectImages
        With regions.

    Attributes
    ----------
    fit_seconds : float or None
        How long fitting took.
    """

    def __init__(self, train):
        self.train, self.fitted, self.fit_seconds = train, None, None

    def fit(self, detector):
        """Fit support vector machines and box regressions to the features of a trained network."""
        device = next(detector.parameters()).device
        train = self.train.to(device)
        start = clock(device)
        self.fitted = detector.eval().fit(list(train.images), train.regions, train.objects)
        self.fit_seconds = clock(device) - start

    def __call__(self, detector, batch):
        """Return :class:`Detections` of each image, proposals included."""
        if self.fitted is None:
            self.fit(detector)
        pairs = [(image, propose(image)) for image in batch.images]
        return [detector.detect(*pair, self.fitted, score_threshold=MIN_SCORE) for pair in pairs]


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train R-CNN, Fast and Faster R-CNN.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the scenes and of what is drawn to learn from.
    device, progress, folder
        As of :func:`convnets.detection.trainer.fit_detector`; each variant has a folder of its own.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with COCO's averages. ``seconds_per_image`` counts all that is done
        to detect in a new image; of R-CNN ``fit_seconds`` come on top of the seconds of training.
    """
    train, test = yolo.load(size, "train").with_regions(propose), yolo.load(size, "test")
    records = []
    for variant in VARIANTS:
        torch.manual_seed(seed)
        detector = network(size, variant)
        loss, detect = _ways(variant, train, size["num_crops"])
        epochs = size["epochs"].get(variant, size["settings"].epochs)
        done = fit_detector(
            detector,
            train,
            test,
            replace(size["settings"], seed=seed, epochs=epochs, test_every=epochs),
            loss=loss,
            detect=detect,
            folder=None if folder is None else folder / variant.replace(" ", "-"),
            device=device,
            progress=progress,
        )
        extra = {"num_train": len(train), "num_regions": _mean_length(train.regions)}
        if variant == "R-CNN":
            if detect.fitted is None:  # a run that had been finished before was not asked
                detect.fit(detector)
            extra["fit_seconds"] = float(f"{detect.fit_seconds:.4g}")
        records.append(record_detector(done, variant, detector, test, detect=detect, **extra))
    return records


def _ways(variant, train, num_crops):
    """Return how a variant is taught and how it detects; None is the detector's own way."""
    return {
        "R-CNN": (partial(_loss_of_crops, num=num_crops), SeparateDetector(train)),
        "Fast R-CNN": (_loss_of_regions, detect_fast),
        "Faster R-CNN": (faster.loss, None),
    }[variant]


def _loss_of_crops(detector, batch, generator, num):
    return detector.loss(list(batch.images), batch.regions, batch.objects, num, generator)


def _loss_of_regions(detector, batch, generator):
    return detector.loss(batch.images, batch.regions, batch.objects, generator).total


def _mean_length(regions):
    return round(sum(map(len, regions)) / len(regions), 2)
