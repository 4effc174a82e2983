"""The networks of the lectures, described by their sizes (chapter *Sizing*).

Each function returns a Chain for :func:`convnets.sizing.summary`; the image's shape is in `IMAGES`. Where a
paper, the lectures and torchvision mean different networks by one name, each has its description. Left out:
what changes no count, as the kind of nonlinearity, except where a table of the lectures lists it.
"""

from convnets.sizing.networks.alexnet import alexnet, alexnet_one_tower
from convnets.sizing.networks.deepface import deepface
from convnets.sizing.networks.googlenet import (
    INCEPTION,
    googlenet,
    googlenet_auxiliary,
    googlenet_batch_norm,
    inception,
)
from convnets.sizing.networks.lenet import (
    C3_TABLE,
    H2_TABLE,
    lenet,
    lenet_of_the_lectures,
    lenet_of_today,
    lenet_of_zip_codes,
)
from convnets.sizing.networks.overfeat import overfeat
from convnets.sizing.networks.resnet import resnet
from convnets.sizing.networks.vgg import VGG, vgg

__all__ = [
    "C3_TABLE",
    "H2_TABLE",
    "IMAGES",
    "INCEPTION",
    "VGG",
    "alexnet",
    "alexnet_one_tower",
    "deepface",
    "googlenet",
    "googlenet_auxiliary",
    "googlenet_batch_norm",
    "inception",
    "lenet",
    "lenet_of_the_lectures",
    "lenet_of_today",
    "lenet_of_zip_codes",
    "overfeat",
    "resnet",
    "vgg",
]

IMAGES = {
    "LeNet-1989": (1, 16, 16),
    "LeNet": (1, 32, 32),
    "AlexNet": (3, 227, 227),
    "ImageNet": (3, 224, 224),
    "OverFeat": (3, 231, 231),
    "DeepFace": (3, 152, 152),
}
"""Shapes (C, H, W) of the images: the digits of LeNet-5 are 28×28 on a canvas of 32×32."""
