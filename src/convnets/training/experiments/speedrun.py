"""94 % on CIFAR-10 as fast as it goes, one step after another (notebook *speedrun*).

A small network of three blocks, and nine changes to how it is trained, each kept when the next one comes:
five that need fewer epochs, one at test time, and three that make every step shorter. The ideas are those of
D. Page, "How to train your ResNet" (2018), and K. Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU"
(2024); the code is ours. Left out are their other learning rate for biases, averaging of weights, and flips
that take turns, which save a few epochs more.
"""

from dataclasses import replace

import torch

from convnets.sizing.tables import Table
from convnets.training.augmentation import Compose, RandomCrop, RandomFlip
from convnets.training.images import load_images
from convnets.training.settings import Settings
from convnets.training.trainer import fit

__all__ = [
    "PUBLISHED",
    "SIZES",
    "STEPS",
    "SpeedNetwork",
    "bought",
    "mirrored",
    "run",
    "start_as_identity",
    "unchanged",
    "whiten",
]

AUGMENT = Compose(RandomCrop(2, padding_mode="reflect"), RandomFlip())
ONE_CYCLE = {
    "schedule": "one_cycle",
    "schedule_options": {"rise": 0.22, "start": 0.2, "final": 0.05, "anneal": "linear"},
}


def unchanged(images):
    """Return the images as they are, one of the two views at test time."""
    return images


def mirrored(images):
    """Return the images (N, C, H, W) with left and right exchanged, the other view."""
    return images.flip(-1)


STEPS = {
    "start": {},
    "one cycle": {"settings": ONE_CYCLE},
    "smoothed labels": {"settings": {"label_smoothing": 0.2}},
    "flips and shifts": {"augment": AUGMENT},
    "whitening": {"whitened": True},
    "identities": {"identity": True},
    "two views": {"views": (unchanged, mirrored)},
    "channels last": {"settings": {"channels_last": True}},
    "bfloat16": {"settings": {"precision": "bfloat16"}},
    "compiled": {"settings": {"compile": True}},
}
"""What each step adds to those before it."""
UNCOMPILED = [name for name in STEPS if name != "compiled"]

_START = Settings(
    epochs=18,
    batch_size=1024,
    learning_rate=1.5,
    momentum=0.85,
    nesterov=True,
    weight_decay=1.3e-3,
    drop_last=True,
    test_every=100,
)

SIZES = {
    "full": {
        "seeds": 5,
        "says": "all images, 18 epochs, blocks of 64, 256 and 256 filters",
        "train": {"name": "cifar10"},
        "test": {"name": "cifar10"},
        "widths": (64, 256, 256),
        "settings": _START,
    },
    "reduced": {
        "seeds": 2,
        "says": "the first 5,000 training and 2,000 test images, 4 epochs, blocks of 16, 32 and 32 filters; "
        "nothing compiled",
        "train": {"name": "cifar10", "num": 5000},
        "test": {"name": "cifar10", "num": 2000},
        "widths": (16, 32, 32),
        "steps": UNCOMPILED,
        "settings": replace(_START, epochs=4, batch_size=125, learning_rate=0.4),
    },
    "smoke": {
        "seeds": 1,
        "says": "100 enlarged digits, 3 epochs, blocks of 4, 8 and 8 filters; nothing compiled",
        "train": {"name": "digits", "num": 100, "size": 32, "channels": 3},
        "test": {"name": "digits", "num": 50, "size": 32, "channels": 3},
        "widths": (4, 8, 8),
        "steps": UNCOMPILED,
        "settings": replace(_START, epochs=3, batch_size=10, learning_rate=0.1),
    },
}

PUBLISHED = [{"variant": "compiled", "error": 0.06, "source": "jordan2024ninety"}]
"""The mean that the runs of the paper reach, in 3.29 seconds on an A100."""


class SpeedNetwork(torch.nn.Module):
    """A first layer of 24 filters of 2×2, three blocks, and the maximum over what is left of the image.

    Parameters
    ----------
    widths : (int, int, int)
        Number of filters in each block.
    num_classes : int
    """

    def __init__(self, widths=(64, 256, 256), num_classes=10):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 24, 2)
        channels = (24, *widths)
        self.blocks = torch.nn.Sequential(*map(_block, channels[:-1], channels[1:]))
        self.last = torch.nn.Linear(widths[-1], num_classes, bias=False)

    def forward(self, x):
        """Turn images (N, 3, 32, 32) into logits (N, num_classes)."""
        x = torch.nn.functional.gelu(self.first(x))  # (N, 24, 31, 31)
        x = self.blocks(x)  # (N, widths[-1], 3, 3)
        return self.last(x.amax(dim=(2, 3))) / 9  # small logits at first, so that large steps are safe


def _block(in_channels, out_channels):
    return torch.nn.Sequential(
        torch.nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        torch.nn.MaxPool2d(2),
        torch.nn.BatchNorm2d(out_channels, momentum=0.4),
        torch.nn.GELU(),
        torch.nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(out_channels, momentum=0.4),
        torch.nn.GELU(),
    )


@torch.no_grad()
def whiten(layer, images, epsilon=5e-4):
    """Let a convolution decorrelate what it sees: its filters become the patches' principal directions.

    Parameters
    ----------
    layer : torch.nn.Conv2d
        With twice as many filters as numbers in a patch, C·K_h·K_w: each direction comes with either sign,
        for the nonlinearity after it. Its weights are not trained any more; its bias is.
    images : Tensor of shape (N, C, H, W)
        Prepared as the network will see them.
    epsilon : float
        Added to each variance, so that directions without any are not blown up.

    Raises
    ------
    ValueError
        If the layer has another number of filters.
    """
    size = layer.weight[0].numel()
    if len(layer.weight) != 2 * size:
        raise ValueError(
            f"a patch of {size} numbers needs {2 * size} filters, the layer has {len(layer.weight)}"
        )
    patches = torch.nn.functional.unfold(images, layer.kernel_size).transpose(1, 2).reshape(-1, size)
    variances, directions = torch.linalg.eigh(torch.cov(patches.double().T))
    filters = (directions / (variances + epsilon).sqrt()).T.reshape(layer.weight[:size].shape)
    layer.weight.copy_(torch.cat([filters, -filters]))
    layer.bias.zero_()
    layer.weight.requires_grad_(False)


@torch.no_grad()
def start_as_identity(network):
    """Let the first filters of every 3×3 convolution hand on their input unchanged.

    Parameters
    ----------
    network : SpeedNetwork
        Changed in place; filters beyond the number of input channels stay as they were drawn.
    """
    for layer in network.blocks.modules():
        if isinstance(layer, torch.nn.Conv2d):
            num = min(layer.in_channels, layer.out_channels)
            torch.nn.init.dirac_(layer.weight[:num])


def run(size, seed, *, device=None, progress=True, folder=None):
    """Train once with each of the steps; return one record for each.

    Parameters
    ----------
    size : dict
        One of ``SIZES``.
    seed : int
        Of weights, order and augmentation.
    device, progress, folder
        As for :func:`convnets.training.fit`.

    Returns
    -------
    list of dict
    """
    train, test = load_images(split="train", **size["train"]), load_images(split="test", **size["test"])
    if device is not None:
        train, test = train.to(device), test.to(device)
    settings, told, records = replace(size["settings"], seed=seed), {}, []
    for name in size.get("steps", STEPS):
        added = STEPS[name]
        settings = replace(settings, **added.get("settings", {}))
        told |= added
        run = fit(
            _network(size, seed, train, told),
            train,
            test,
            settings,
            augment=told.get("augment"),
            views=told.get("views", ()),
            folder=None if folder is None else folder / name.replace(" ", "-"),
            device=device,
            progress=progress,
        )
        seen = settings.epochs * (len(train) // settings.batch_size) * settings.batch_size
        records.append(run.record(name, images_per_second=round(seen / run.seconds, 1)))
    return records


def bought(result):
    """Return what each step changed against the one before it, as a table.

    Parameters
    ----------
    result : convnets.training.Result
        Of this experiment.

    Returns
    -------
    convnets.sizing.tables.Table
    """
    header = ("step", "test error, %", "change, points", "images a second", "speed")
    rows, before = [], None
    for name in result.variants:
        error, speed = 100 * result.mean(name), result.mean(name, "images_per_second")
        changes = ("", "") if before is None else (_signed(error - before[0]), f"× {speed / before[1]:.2f}")
        rows.append((name, result.written(name), changes[0], f"{speed:,.0f}", changes[1]))
        before = error, speed
    return Table(header, rows, caption=result.conditions)


def _signed(points):
    return f"{points:+.2f}".replace("-", "−")


def _network(size, seed, train, told):
    torch.manual_seed(seed)
    network = SpeedNetwork(size["widths"])
    if told.get("identity"):
        start_as_identity(network)
    if told.get("whitened"):
        whiten(network.first, train.first(5000).prepared().cpu())
    return network
