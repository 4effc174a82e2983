"""Plain against residual networks of 20 and 56 layers, and deleting their blocks (notebook *degradation*).

The figure of the lectures: more plain layers make the training error worse, more residual layers make it
better. Afterwards blocks are deleted from the trained networks, without training again. Sources: K. He et al.
(2016), section 4.2; A. Veit, M. Wilber and S. Belongie (2016), sections 4.1 and 4.2. Unlike in the paper no
images are set aside for validation, the border of the crops is mirrored and not black, and the learning rate
of all networks is the same. Left out are 110 layers, which need a start at a smaller learning rate.
"""

from dataclasses import replace

import torch

from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.architectures.deleting import block_names, without_blocks
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.images import load_images
from convnets.training.initialisation import he_
from convnets.training.metrics import evaluate
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = ["AUGMENT", "PUBLISHED", "SIZES", "VARIANTS", "run"]

AUGMENT = Compose(RandomCrop(4, padding_mode="reflect"), RandomFlip())
VARIANTS = {
    "plain-20": (20, False),
    "plain-56": (56, False),
    "residual-20": (20, True),
    "residual-56": (56, True),
}
"""Name, and depth and whether there are shortcuts."""

_PAPER = Settings(
    epochs=164,  # 64,000 steps
    batch_size=128,
    learning_rate=0.1,
    weight_decay=1e-4,
    schedule="step",
    schedule_options={"at": (0.5, 0.75)},
    precision="bfloat16",
    channels_last=True,
    compile=True,
    test_every=4,
)

SIZES = {
    "full": {
        "seeds": 3,
        "says": "all images of 32×32, 164 epochs or 64,000 steps",
        "train": {"name": "cifar10"},
        "test": {"name": "cifar10"},
        "width": 16,
        "settings": _PAPER,
        "deleted": {"images": None, "several": (1, 2, 4, 8, 12, 16), "draws": 10},
    },
    "reduced": {
        "seeds": 1,
        "says": "the first 4,000 training and 600 test images, at 16×16, nets half as wide, 10 epochs",
        "train": {"name": "cifar10", "num": 4000, "size": 16},
        "test": {"name": "cifar10", "num": 600, "size": 16},
        "width": 8,
        "settings": replace(
            _PAPER,
            epochs=10,
            batch_size=64,
            learning_rate=0.05,
            precision="float32",
            channels_last=False,
            compile=False,
            test_every=1,
        ),
        "deleted": {"images": 500, "several": (1, 2, 4, 8, 12, 16), "draws": 3},
    },
    "smoke": {
        "seeds": 1,
        "says": "60 enlarged digits of 16×16, networks of 8 and 14 layers, 4 epochs",
        "train": {"name": "digits", "num": 60, "size": 16, "channels": 3},
        "test": {"name": "digits", "num": 20, "size": 16, "channels": 3},
        "width": 4,
        "depths": {20: 8, 56: 14},
        "settings": Settings(epochs=4, batch_size=15, learning_rate=0.05),
        "deleted": {"images": None, "several": (1, 2), "draws": 2},
    },
}
"""How large an experiment is, on a GPU, on a CPU, and in the tests."""

PUBLISHED = [
    {"variant": "residual-20", "error": 0.0875, "source": "he2016deep"},
    {"variant": "residual-56", "error": 0.0697, "source": "he2016deep"},
]
"""Test errors of table 6; of plain networks the paper has curves only."""


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train the four networks and delete blocks from each.

    Parameters
    ----------
    size : dict
        One of `SIZES`.
    seed : int
        Of the weights, the order of the images and their augmentation, and of which blocks are deleted.
    device, progress, folder
        As of :func:`convnets.training.fit`; each variant has a folder of its own in `folder`.

    Returns
    -------
    list of dict
        A record for each of `VARIANTS`, with ``depth`` and ``deleted``, as :func:`deletions` returns it.
    """
    train, test = load_images(split="train", **size["train"]), load_images(split="test", **size["test"])
    records = []
    for variant, (depth, residual) in VARIANTS.items():
        depth = size.get("depths", {}).get(depth, depth)
        torch.manual_seed(seed)
        network = he_(cifar_resnet(depth, residual=residual, width=size["width"]), "fan_out")
        place = None if folder is None else folder / variant
        done = fit(
            network,
            train,
            test,
            replace(size["settings"], seed=seed),
            augment=AUGMENT,
            folder=place,
            device=device,
            progress=progress,
        )
        deleted = deletions(network, test, seed, **size["deleted"])
        records.append(done.record(variant, depth=depth, deleted=deleted))
    return records


def deletions(network, test, seed, images=None, several=(), draws=1):
    """Return the test error of a trained network without some of its blocks.

    Parameters
    ----------
    network : torch.nn.Module
        With blocks of :mod:`convnets.architectures.resnet`.
    test : Images
    seed : int
        Of which blocks are deleted together.
    images : int, optional
        How many of the test images are looked at; all by default.
    several : sequence of int
        How many blocks are deleted together; numbers of blocks that the network does not have are left out.
    draws : int
        How often each of these is drawn.

    Returns
    -------
    dict
        ``none``, the error with all blocks; ``one``, a list with the error without each block; ``several``, a
        dict from how many (as text, for JSON) to a list of errors; ``images``, how many were looked at. None
        stands for a plain block without which nothing fits; of a plain network ``several`` is empty.
    """
    test = test.first(images).to(next(network.parameters()).device)
    generator = torch.Generator().manual_seed(seed)
    names = block_names(network)
    one = [_error_without(network, [index], test) for index in range(len(names))]
    together = {}
    if None not in one:
        for num in (num for num in several if num <= len(names)):
            chosen = [torch.randperm(len(names), generator=generator)[:num].tolist() for _ in range(draws)]
            together[str(num)] = [_error_without(network, indices, test) for indices in chosen]
    none = round(evaluate(network, test).error, 4)
    return {"none": none, "one": one, "several": together, "images": len(test)}


def _error_without(network, indices, test):
    try:
        less = without_blocks(network, indices)
    except ValueError:  # a plain block that changes the shape
        return None
    return round(evaluate(less, test).error, 4)
