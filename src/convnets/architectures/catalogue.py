"""All networks by name, with what was published about their sizes (chapter *Architectures*)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from convnets.architectures.alexnet import alexnet
from convnets.architectures.cifar_resnet import cifar_resnet
from convnets.architectures.googlenet import googlenet
from convnets.architectures.lenet import lenet5, lenet1989
from convnets.architectures.resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from convnets.architectures.vgg import vgg, vgg11, vgg13, vgg16, vgg19
from convnets.architectures.zfnet import zfnet
from convnets.sizing.published import TORCHVISION, VGG_PAPER

__all__ = ["NETWORKS", "Entry"]


@dataclass(frozen=True)
class Entry:
    """A network, and what is said about it elsewhere.

    Attributes
    ----------
    build : callable
        Returns it; takes ``num_classes=``.
    image_shape : tuple of int
        (C_in, H, W) of the images that it is made for.
    parameters : int
        How many numbers it learns with its default number of classes.
    published : int or str or None
        How many the source says, as a text where it rounds; None where it says nothing.
    source : str
        Of `published`, or of the network.
    differs : str
        Why the two counts are not the same, or what the network leaves out; empty if nothing.
    """

    build: Callable
    image_shape: tuple
    parameters: int
    published: int | str | None
    source: str
    differs: str = ""


IMAGENET = (3, 224, 224)


def _of_torchvision(build, title):
    parameters = TORCHVISION[title].parameters
    return Entry(build, IMAGENET, parameters, parameters, "torchvision, models and pre-trained weights")


def _vgg(column, parameters):
    source = "Simonyan and Zisserman (2015), table 2"
    return Entry(partial(vgg, column), IMAGENET, parameters, VGG_PAPER[column], source)


def _cifar(depth, parameters, published):
    return Entry(
        partial(cifar_resnet, depth), (3, 32, 32), parameters, published, "He et al. (2016), table 6"
    )


def _plain(depth, parameters):
    build = partial(cifar_resnet, depth, residual=False)
    return Entry(build, (3, 32, 32), parameters, None, "He et al. (2016), section 4.2")


NETWORKS = {
    "lenet1989": Entry(lenet1989, (1, 16, 16), 9760, 9760, "LeCun et al. (1989), section 3.2"),
    "lenet5": Entry(
        partial(lenet5, output="rbf"), (1, 32, 32), 60_000, 60_000, "LeCun et al. (1998), section II.B"
    ),
    "lenet5_linear": Entry(
        lenet5,
        (1, 32, 32),
        60_850,
        60_000,
        "LeCun et al. (1998), section II.B",
        "the output learns 84 weights and a bias for each digit, where the paper's drawings are chosen",
    ),
    "lenet5_modern": Entry(
        partial(lenet5, classical=False),
        (1, 32, 32),
        61_706,
        60_000,
        "LeCun et al. (1998), section II.B",
        "pooling learns nothing, C3 sees all maps, and the output is a layer that learns",
    ),
    "alexnet_two_towers": Entry(
        partial(alexnet, towers=2),
        (3, 227, 227),
        60_965_224,
        "60 million",
        "Krizhevsky et al. (2012), abstract",
        "images of 227×227, since 224 leaves no whole number of steps",
    ),
    "alexnet": _of_torchvision(alexnet, "AlexNet"),
    "zfnet": Entry(
        zfnet,
        IMAGENET,
        62_357_608,
        None,
        "Zeiler and Fergus (2014), figure 3",
        "the paper gives sizes and no count; how borders are treated is worked out from the sizes",
    ),
    "vgg_a_lrn": _vgg("A-LRN", 132_863_336),
    "vgg_c": _vgg("C", 133_638_952),
    "vgg11": _of_torchvision(vgg11, "VGG-11"),
    "vgg13": _of_torchvision(vgg13, "VGG-13"),
    "vgg16": _of_torchvision(vgg16, "VGG-16"),
    "vgg19": _of_torchvision(vgg19, "VGG-19"),
    "googlenet": Entry(
        partial(googlenet, auxiliary=False),
        IMAGENET,
        6_998_552,
        "6.8 million",
        "Szegedy et al. (2015), sum of table 1",
        "rows of the table are not what its sizes make; with the two heads there are 13,378,280 in training",
    ),
    "googlenet_batch_norm": _of_torchvision(
        partial(googlenet, auxiliary=False, published=False), "GoogLeNet"
    ),
    "resnet18": _of_torchvision(resnet18, "ResNet-18"),
    "resnet34": _of_torchvision(resnet34, "ResNet-34"),
    "resnet50": _of_torchvision(resnet50, "ResNet-50"),
    "resnet101": _of_torchvision(resnet101, "ResNet-101"),
    "resnet152": _of_torchvision(resnet152, "ResNet-152"),
    "cifar_plain20": _plain(20, 269_722),
    "cifar_plain56": _plain(56, 853_018),
    "cifar_resnet20": _cifar(20, 269_722, "0.27 million"),
    "cifar_resnet32": _cifar(32, 464_154, "0.46 million"),
    "cifar_resnet44": _cifar(44, 658_586, "0.66 million"),
    "cifar_resnet56": _cifar(56, 853_018, "0.85 million"),
    "cifar_resnet110": _cifar(110, 1_727_962, "1.7 million"),
}
"""Every network of the lectures, by a name that can be written in code."""
