"""All networks by name, with what was published about their sizes (chapter *Architectures*)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from convnets.architectures.alexnet import alexnet
from convnets.architectures.lenet import lenet5, lenet1989
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
}
"""Every network of the lectures, by a name that can be written in code."""
