"""The six VGG nets.

Source: K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition"
(2015), table 1.
"""

from convnets.sizing.composition import Chain
from convnets.sizing.descriptions import Elementwise
from convnets.sizing.networks.alexnet import classifier
from convnets.sizing.windowed import Convolution, Pooling

__all__ = ["VGG", "vgg"]

VGG = {
    "A": ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    "A-LRN": ((64, "norm"), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    "B": ((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2),
    "C": ((64,) * 2, (128,) * 2, (256, 256, "1×1"), (512, 512, "1×1"), (512, 512, "1×1")),
    "D": ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
    "E": ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
}
"""Stages between the poolings: numbers of filters of 3×3; "1×1" is a layer of as many 1×1 filters."""


def vgg(letter="D"):
    """Return the VGG net of that column of the paper's table 1; D is known as VGG-16, E as VGG-19."""
    layers = []
    for number, stage in enumerate(VGG[letter], 1):
        for index, entry in enumerate(stage, 1):
            layers.append(_vgg_layer(entry, stage[0], f"{number}_{index}"))
        layers.append(Pooling(2, name=f"pool{number}"))
    return Chain((*layers, *classifier()), name=f"VGG-{letter}")


def _vgg_layer(entry, width, place):
    if entry == "norm":
        return Elementwise("local response norm", is_inplace=False, name=f"norm{place}")
    if entry == "1×1":
        return Convolution(width, 1, name=f"conv{place}")
    return Convolution(entry, 3, padding=1, name=f"conv{place}")
