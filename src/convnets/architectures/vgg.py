"""The six VGG nets: small filters, many layers (chapter *Architectures*, section vgg).

Source: K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition"
(2015), table 1, whose columns are in `convnets.sizing.networks.VGG`. Left out: the paper's weights before
training, for which deep nets started from a trained shallow one; PyTorch's are used.
"""

from torch import nn

from convnets.architectures.alexnet import check_dropout, response_norm
from convnets.architectures.checking import Network, check_num_classes
from convnets.sizing.networks import VGG as COLUMNS

__all__ = ["VGG", "vgg", "vgg11", "vgg13", "vgg16", "vgg19"]


class VGG(Network):
    """The network of :func:`vgg`, in three parts.

    Parameters
    ----------
    features, avgpool, classifier : torch.nn.Module
        Convolutions; what makes maps of 7×7 of theirs; fully connected layers.
    """

    def __init__(self, features, avgpool, classifier):
        super().__init__()
        self.features = features
        self.avgpool = avgpool
        self.classifier = classifier

    def forward(self, images):
        """Return logits (N, num_classes) of images (N, 3, H, W)."""
        x = self.features(images)  # N 512 7 7
        x = self.avgpool(x)
        return self.classifier(x.flatten(1))


def vgg(configuration="D", num_classes=1000, dropout=0.5):
    """Build the VGG net of a column of the paper's table 1.

    Parameters
    ----------
    configuration : {"A", "A-LRN", "B", "C", "D", "E"}
        D and E are known as VGG-16 and VGG-19, by the number of layers that learn.
    num_classes : int
    dropout : float
        Share of what the first two fully connected layers give that is set to 0 in training.

    Returns
    -------
    VGG
        Turns images (N, 3, H, W) into logits (N, num_classes). Made for 224×224; the last maps of larger
        images are averaged down to 7×7, as torchvision does. A, B, D and E have the keys of torchvision's
        `vgg11`, `vgg13`, `vgg16` and `vgg19`, so that their published weights fit.

    Raises
    ------
    TypeError, ValueError
        If there is no such column, `num_classes` is no positive integer, or `dropout` no share.
    """
    if configuration not in COLUMNS:
        raise ValueError(f"configuration must be one of {', '.join(COLUMNS)}, got {configuration!r}")
    check_num_classes(num_classes, "classifier.6")
    check_dropout(dropout)
    layers, channels = [], 3
    for stage in COLUMNS[configuration]:
        for entry in stage:
            layers += _layers(entry, channels, stage[0])
            channels = stage[0]
        layers.append(nn.MaxPool2d(2))
    return VGG(nn.Sequential(*layers), nn.AdaptiveAvgPool2d(7), _classifier(num_classes, dropout))


def _layers(entry, channels, width):
    """Return what an entry of the table stands for: a width is that of a layer of 3×3 filters."""
    if entry == "norm":
        return [response_norm()]
    size = 1 if entry == "1×1" else 3
    return [nn.Conv2d(channels, width, size, padding=size // 2), nn.ReLU(inplace=True)]


def _classifier(num_classes, dropout):
    return nn.Sequential(
        nn.Linear(512 * 7 * 7, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(dropout),
        nn.Linear(4096, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(dropout),
        nn.Linear(4096, num_classes),
    )


def vgg11(num_classes=1000, dropout=0.5):
    """Build column A, of 11 layers; parameters are those of :func:`vgg`."""
    return vgg("A", num_classes, dropout)


def vgg13(num_classes=1000, dropout=0.5):
    """Build column B, of 13 layers; parameters are those of :func:`vgg`."""
    return vgg("B", num_classes, dropout)


def vgg16(num_classes=1000, dropout=0.5):
    """Build column D, of 16 layers; parameters are those of :func:`vgg`."""
    return vgg("D", num_classes, dropout)


def vgg19(num_classes=1000, dropout=0.5):
    """Build column E, of 19 layers; parameters are those of :func:`vgg`."""
    return vgg("E", num_classes, dropout)
