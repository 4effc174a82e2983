"""ZFNet: AlexNet with a finer first layer (chapter *Architectures*, section zfnet).

Source: M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks" (2014), figure 3 and
section 4.1. The figure gives the sizes 110, 55, 26, 13 and 6 and not how the borders are treated; here the
first convolution is padded by one pixel and pooling lets its last window hang over. Left out: the cap on the
length of each filter of the first layer in training, and the paper's weights before training.
"""

from collections import OrderedDict

from torch import nn

from convnets.architectures.alexnet import check_dropout, classifier_of_towers, response_norm
from convnets.architectures.checking import Network, check_num_classes

__all__ = ["ZFNet", "zfnet"]


class ZFNet(Network):
    """The network of :func:`zfnet`: `features`, then `classifier`."""

    def __init__(self, features, classifier):
        super().__init__()
        self.features = features
        self.classifier = classifier

    def forward(self, images):
        """Return logits (N, num_classes) of images (N, 3, 224, 224)."""
        x = self.features(images)  # N 256 6 6
        return self.classifier(x.flatten(1))


def zfnet(num_classes=1000, local_response_norm=True, dropout=0.5):
    """Build ZFNet: filters of 7×7 in steps of two where AlexNet has 11×11 in steps of four, and one tower.

    What its authors saw in AlexNet's first layers led them there: few filters for the middle frequencies,
    and false patterns in the second layer from the large steps of the first.

    Parameters
    ----------
    num_classes : int
    local_response_norm : bool
        Whether the first two poolings are followed by it.
    dropout : float
        Share of what fc6 and fc7 give that is set to 0 in training.

    Returns
    -------
    ZFNet
        Turns images (N, 3, 224, 224) into logits (N, num_classes). 62,357,608 parameters for 1000 classes.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is no positive integer, or `dropout` no share.
    """
    check_num_classes(num_classes, "fc8")
    check_dropout(dropout)
    norm = response_norm if local_response_norm else nn.Identity
    features = OrderedDict(
        conv1=nn.Conv2d(3, 96, 7, stride=2, padding=1),  # 96 110 110
        relu1=nn.ReLU(inplace=True),
        pool1=nn.MaxPool2d(3, 2, ceil_mode=True),  # 96 55 55
        norm1=norm(),
        conv2=nn.Conv2d(96, 256, 5, stride=2),  # 256 26 26
        relu2=nn.ReLU(inplace=True),
        pool2=nn.MaxPool2d(3, 2, ceil_mode=True),  # 256 13 13
        norm2=norm(),
        conv3=nn.Conv2d(256, 384, 3, padding=1),
        relu3=nn.ReLU(inplace=True),
        conv4=nn.Conv2d(384, 384, 3, padding=1),
        relu4=nn.ReLU(inplace=True),
        conv5=nn.Conv2d(384, 256, 3, padding=1),
        relu5=nn.ReLU(inplace=True),
        pool5=nn.MaxPool2d(3, 2, ceil_mode=True),  # 256 6 6
    )
    return ZFNet(nn.Sequential(features), classifier_of_towers(num_classes, dropout))
