"""AlexNet: with its two groups, simplified to one, and the narrower one of 2014.

Sources: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional neural
networks" (2012); A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014).
"""

from convnets.sizing.composition import Chain
from convnets.sizing.descriptions import Elementwise, FullyConnected
from convnets.sizing.windowed import Convolution, Pooling

__all__ = ["alexnet", "alexnet_one_tower", "classifier"]


def alexnet(groups=2):
    """Return AlexNet; with two groups as published, with one as the lectures simplify it."""
    layers = (
        Convolution(96, 11, stride=4, name="conv1"),
        Pooling(3, 2, name="pool1"),
        Elementwise("local response norm", is_inplace=False, name="norm1"),
        Convolution(256, 5, padding=2, groups=groups, name="conv2"),
        Pooling(3, 2, name="pool2"),
        Elementwise("local response norm", is_inplace=False, name="norm2"),
        Convolution(384, 3, padding=1, name="conv3"),
        Convolution(384, 3, padding=1, groups=groups, name="conv4"),
        Convolution(256, 3, padding=1, groups=groups, name="conv5"),
        Pooling(3, 2, name="pool5"),
        *classifier(),
    )
    return Chain(layers, name="AlexNet" if groups == 2 else f"AlexNet, {groups} group")


def alexnet_one_tower():
    """Return the narrower AlexNet of 2014 for 224×224 images, which torchvision offers by this name."""
    layers = (
        Convolution(64, 11, stride=4, padding=2, name="conv1"),
        Pooling(3, 2, name="pool1"),
        Convolution(192, 5, padding=2, name="conv2"),
        Pooling(3, 2, name="pool2"),
        Convolution(384, 3, padding=1, name="conv3"),
        Convolution(256, 3, padding=1, name="conv4"),
        Convolution(256, 3, padding=1, name="conv5"),
        Pooling(3, 2, name="pool5"),
        *classifier(),
    )
    return Chain(layers, name="AlexNet, one tower")


def classifier():
    """Return the three fully connected layers at the end, which VGG took over."""
    return tuple(
        FullyConnected(num_units, name=name)
        for name, num_units in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000))
    )
