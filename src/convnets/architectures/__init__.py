"""The networks of the lectures, in PyTorch: one file each, built, counted, checked (chapter *Architectures*).

Builders have lower-case names, torchvision's where it has the network, and then its keys and shapes too, so
that published weights fit. All take ``num_classes=`` and return a module for images (N, C_in, H, W), whose
errors name the layer. `NETWORKS` lists them with what was published about their sizes.
"""

from convnets.architectures.alexnet import alexnet
from convnets.architectures.catalogue import NETWORKS, Entry
from convnets.architectures.checking import Network, check_classes, check_num_classes, first_misfit
from convnets.architectures.lenet import lenet5, lenet1989
from convnets.architectures.pretrained import load_pretrained
from convnets.architectures.vgg import vgg, vgg11, vgg13, vgg16, vgg19
from convnets.architectures.zfnet import zfnet

__all__ = [
    "NETWORKS",
    "Entry",
    "Network",
    "alexnet",
    "check_classes",
    "check_num_classes",
    "first_misfit",
    "lenet5",
    "lenet1989",
    "load_pretrained",
    "vgg",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
    "zfnet",
]
