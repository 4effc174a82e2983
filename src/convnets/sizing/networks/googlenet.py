"""GoogLeNet, of the paper and of torchvision. Source: C. Szegedy et al. (2015), table 1."""

from convnets.sizing.composition import Branches, Chain
from convnets.sizing.descriptions import BatchNorm, FullyConnected
from convnets.sizing.windowed import Convolution, Pooling

__all__ = [
    "INCEPTION",
    "convolution",
    "googlenet",
    "googlenet_auxiliary",
    "googlenet_batch_norm",
    "inception",
]

INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Numbers of filters: 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; 1×1 after the pooling."""


def inception(name, widths, large=5, batch_norm=False):
    """Return an Inception module: four branches, the wide filters behind 1×1 filters that make maps fewer.

    Parameters
    ----------
    name : str
    widths : tuple of int
        As in `INCEPTION`.
    large : int
        Side of the filters of the third branch.
    batch_norm : bool
        Whether convolutions are followed by batch normalisation and have no bias.
    """
    one, three_reduced, three, five_reduced, five, projected = widths
    branches = (
        convolution(one, 1, "1×1", batch_norm),
        convolution(three_reduced, 1, "3×3 reduce", batch_norm) + convolution(three, 3, "3×3", batch_norm),
        convolution(five_reduced, 1, "5×5 reduce", batch_norm)
        + convolution(five, large, f"{large}×{large}", batch_norm),
        (Pooling(3, 1, padding=1, name="pool"), *convolution(projected, 1, "pool proj", batch_norm)),
    )
    return Branches(branches, name=name)


def _halving(name, side=3):
    return Pooling(side, 2, rounding="ceil", name=name)


def _googlenet(last_pool, **module):
    batch_norm = module.get("batch_norm", False)
    stages = {
        stage: [
            inception(f"inception ({key})", INCEPTION[key], **module) for key in INCEPTION if stage in key
        ]
        for stage in "345"
    }
    stem = convolution(64, 7, "7×7", batch_norm, stride=2)
    second = convolution(64, 1, "3×3 reduce", batch_norm) + convolution(192, 3, "3×3", batch_norm)
    return (
        Chain(stem, name="convolution 1"),
        _halving("max pool 1"),
        Chain(second, name="convolution 2"),
        _halving("max pool 2"),
        *stages["3"],
        _halving("max pool 3"),
        *stages["4"],
        _halving("max pool 4", last_pool),
        *stages["5"],
        Pooling(None, operation="average", name="avg pool"),
        FullyConnected(1000, name="linear"),
    )


def googlenet():
    """Return GoogLeNet as the paper describes it, without the two classifiers that only help training."""
    return Chain(_googlenet(last_pool=3), name="GoogLeNet")


def googlenet_auxiliary(name):
    """Return one of the two classifiers that hang on modules 4a and 4d during training."""
    layers = (
        Pooling(5, 3, operation="average", name="avg pool"),
        Convolution(128, 1, name="1×1"),
        FullyConnected(1024, name="fc"),
        FullyConnected(1000, name="linear"),
    )
    return Chain(layers, name=name)


def googlenet_batch_norm():
    """Return torchvision's GoogLeNet: batch normalisation, and 3×3 filters where the paper has 5×5."""
    return Chain(_googlenet(last_pool=2, large=3, batch_norm=True), name="GoogLeNet, batch norm")


def convolution(width, side, name, batch_norm, stride=1):
    """Return a convolution that keeps the size at stride 1, with a bias or with batch normalisation."""
    layer = Convolution(width, side, stride, padding=side // 2, bias=not batch_norm, name=name)
    return (layer, BatchNorm(name=f"{name} norm")) if batch_norm else (layer,)
