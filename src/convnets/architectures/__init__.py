"""The networks of the lectures, in PyTorch: one file each, built, counted, checked (chapter *Architectures*).

Builders have lower-case names, torchvision's where it has the network, and then its keys and shapes too, so
that published weights fit. All take ``num_classes=`` and return a module for images (N, C_in, H, W), whose
errors name the layer. `NETWORKS` lists them with what was published about their sizes.
"""

from convnets.architectures.alexnet import alexnet
from convnets.architectures.baseline import hog_features, hog_svm
from convnets.architectures.catalogue import NETWORKS, Entry
from convnets.architectures.checking import Network, check_classes, check_num_classes, first_misfit
from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.architectures.deleting import block_names, path_lengths, without_blocks
from convnets.architectures.googlenet import GoogLeNet, Inception, NaiveInception, Outputs, googlenet
from convnets.architectures.lenet import lenet5, lenet1989
from convnets.architectures.pretrained import load_pretrained
from convnets.architectures.resnet import (
    BasicBlock,
    Bottleneck,
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
)
from convnets.architectures.sliding import as_convolutions
from convnets.architectures.small import (
    small_alexnet,
    small_inception,
    small_resnet,
    small_vgg,
    small_zfnet,
)
from convnets.architectures.vgg import vgg, vgg11, vgg13, vgg16, vgg19
from convnets.architectures.zfnet import zfnet

__all__ = [
    "NETWORKS",
    "BasicBlock",
    "Bottleneck",
    "Entry",
    "GoogLeNet",
    "Inception",
    "NaiveInception",
    "Network",
    "Outputs",
    "ResNet",
    "alexnet",
    "as_convolutions",
    "block_names",
    "check_classes",
    "check_num_classes",
    "cifar_resnet",
    "first_misfit",
    "googlenet",
    "hog_features",
    "hog_svm",
    "lenet5",
    "lenet1989",
    "load_pretrained",
    "path_lengths",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "small_alexnet",
    "small_inception",
    "small_resnet",
    "small_vgg",
    "small_zfnet",
    "vgg",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
    "without_blocks",
    "zfnet",
]
