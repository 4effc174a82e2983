"""The ideas of AlexNet, ZFNet, VGG, GoogLeNet and ResNet at 32×32, for training (chapter *Architectures*).

Each network keeps what its paper argued for and gives up the size: images of 32×32 have the room for fewer
halvings, ten classes need fewer filters. No paper describes these nets, and what they reach says nothing
about ImageNet; they are for watching, on real images and within minutes, what the ideas do. The module of
each idea is that of the full network: :class:`~convnets.architectures.googlenet.Inception` and the residual
blocks.
"""

from torch import nn

from convnets.architectures.checking import Network, check_num_classes
from convnets.architectures.googlenet import BasicConv2d, Inception
from convnets.architectures.resnet import BasicBlock, ResNet
from convnets.sizing.networks import INCEPTION

__all__ = ["Small", "small_alexnet", "small_inception", "small_resnet", "small_vgg", "small_zfnet"]


class Small(Network):
    """Layers that see images (N, 3, 32, 32), and a classifier on what they give.

    Parameters
    ----------
    features, classifier : sequence of torch.nn.Module
    """

    image_shape = (3, 32, 32)

    def __init__(self, features, classifier):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(*classifier)

    def forward(self, images):
        """Return scores (N, num_classes)."""
        return self.classifier(self.features(images).flatten(1))


def small_alexnet(num_classes=10, width=32, dropout=0.5):
    """Return the ideas of AlexNet: a coarse first look, local response norm, dropout.

    The first filters are 5×5 at a stride of 2, so that little of 32×32 is left early on; the windows of the
    poolings overlap.

    Parameters
    ----------
    num_classes : int
    width : int
        Filters of the first layer; the others have 2, 4, 4 and 2 times as many.
    dropout : float
        Before both hidden fully connected layers.

    Returns
    -------
    Small
    """
    return _alexnet_like(num_classes, width, dropout, first=(5, 2, 2), last_pool=False)


def small_zfnet(num_classes=10, width=32, dropout=0.5):
    """Return the idea of ZFNet: AlexNet with smaller filters at a smaller stride in the first layer.

    3×3 at a stride of 1 where :func:`small_alexnet` has 5×5 at 2; a last pooling makes up for it, so that
    both have the same fully connected layers. Arguments as there.
    """
    return _alexnet_like(num_classes, width, dropout, first=(3, 1, 1), last_pool=True)


def _alexnet_like(num_classes, width, dropout, first, last_pool):
    check_num_classes(num_classes, "classifier")
    features = (
        *(nn.Conv2d(3, width, *first), nn.ReLU(inplace=True), nn.LocalResponseNorm(5, 5e-4, 0.75, 2)),
        nn.MaxPool2d(3, 2),
        *(nn.Conv2d(width, 2 * width, 5, padding=2), nn.ReLU(inplace=True)),
        *(nn.LocalResponseNorm(5, 5e-4, 0.75, 2), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(2 * width, 4 * width, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(4 * width, 4 * width, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(4 * width, 2 * width, 3, padding=1), nn.ReLU(inplace=True)),
        *([nn.MaxPool2d(3, 2)] if last_pool else []),
    )
    classifier = (
        *(nn.Dropout(dropout), nn.Linear(2 * width * 3 * 3, 8 * width), nn.ReLU(inplace=True)),
        *(nn.Dropout(dropout), nn.Linear(8 * width, 8 * width), nn.ReLU(inplace=True)),
        nn.Linear(8 * width, num_classes),
    )
    return Small(features, classifier)


def small_vgg(num_classes=10, width=32, dropout=0.5, batch_norm=False):
    """Return the idea of VGG: nothing but 3×3 filters, in pairs, with twice the maps after each pooling.

    Parameters
    ----------
    num_classes : int
    width : int
        Filters of the first pair; the others have 2 and 4 times as many.
    dropout : float
        Before both fully connected layers.
    batch_norm : bool
        Whether each convolution is followed by batch normalisation, which came after VGG.

    Returns
    -------
    Small
    """
    check_num_classes(num_classes, "classifier")
    features, channels = [], 3
    for maps in (width, 2 * width, 4 * width):
        features.append(BasicConv2d(channels, maps, 3, padding=1, batch_norm=batch_norm))
        features.append(BasicConv2d(maps, maps, 3, padding=1, batch_norm=batch_norm))
        features.append(nn.MaxPool2d(2))
        channels = maps
    classifier = (
        *(nn.Dropout(dropout), nn.Linear(channels * 4 * 4, 8 * width), nn.ReLU(inplace=True)),
        *(nn.Dropout(dropout), nn.Linear(8 * width, num_classes)),
    )
    return Small(features, classifier)


def small_inception(num_classes=10, width=32, batch_norm=True):
    """Return the ideas of GoogLeNet: modules of filters of several sizes, averages instead of hidden layers.

    Five of the paper's nine modules: 3a and 3b on maps of 16×16, 4a and 4e on 8×8, 5b on 4×4.

    Parameters
    ----------
    num_classes : int
    width : int
        Filters of the first layer. At 64 the modules have the paper's numbers of filters, otherwise as many
        times more or fewer.
    batch_norm : bool
        Whether each convolution is followed by batch normalisation, as in all Inception nets after the first.

    Returns
    -------
    Small
    """
    check_num_classes(num_classes, "classifier")
    features = [
        BasicConv2d(3, width, 3, padding=1, batch_norm=batch_norm),
        nn.MaxPool2d(3, 2, padding=1),
        BasicConv2d(width, 3 * width, 3, padding=1, batch_norm=batch_norm),
    ]
    channels = 3 * width
    for key in ("3a", "3b", "pool", "4a", "4e", "pool", "5b"):
        if key == "pool":
            features.append(nn.MaxPool2d(3, 2, padding=1))
            continue
        widths = tuple(max(1, round(filters * width / 64)) for filters in INCEPTION[key])
        features.append(Inception(channels, widths, batch_norm=batch_norm))
        channels = features[-1].out_channels
    features.append(nn.AdaptiveAvgPool2d(1))
    return Small(features, (nn.Dropout(0.4), nn.Linear(channels, num_classes)))


def small_resnet(num_classes=10, width=32, **settings):
    """Return ResNet-18 with a first layer for small images: 3×3 filters at a stride of 1, no pooling.

    With a width of 64 these are the blocks of ResNet-18, and 11,173,962 parameters: what is usually meant by
    ResNet-18 on CIFAR-10.

    Parameters
    ----------
    num_classes : int
    width : int
        Maps of the first stage; the others have 2, 4 and 8 times as many.
    **settings
        Of :class:`~convnets.architectures.resnet.BasicBlock`.

    Returns
    -------
    ResNet
    """
    return ResNet(BasicBlock, (2, 2, 2, 2), num_classes, width, large_images=False, **settings)
