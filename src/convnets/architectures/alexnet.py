"""AlexNet: five convolutions and three fully connected layers (chapter *Architectures*, section alexnet).

Sources: A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional neural
networks" (2012), section 3; A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks"
(2014), the narrower network that torchvision offers. Left out: the paper's weights before training, normal
with a deviation of 0.01 and with biases of 1 in some layers; PyTorch's are used.
"""

from collections import OrderedDict

from torch import nn

from convnets.architectures.checking import Network, check_num_classes

__all__ = ["AlexNet", "alexnet", "check_dropout", "classifier_of_towers", "response_norm"]


class AlexNet(Network):
    """The network of :func:`alexnet`, in three parts.

    Parameters
    ----------
    features, avgpool, classifier : torch.nn.Module
        Convolutions; what makes maps of 6×6 of theirs; fully connected layers.
    image_shape : tuple of int
        As in :class:`~convnets.architectures.Network`.
    """

    def __init__(self, features, avgpool, classifier, image_shape):
        super().__init__()
        self.image_shape = image_shape
        self.features = features
        self.avgpool = avgpool
        self.classifier = classifier

    def forward(self, images):
        """Return logits (N, num_classes) of images (N, 3, H, W)."""
        x = self.avgpool(self.features(images))  # N 256 6 6
        return self.classifier(x.flatten(1))


def alexnet(num_classes=1000, towers=1, local_response_norm=None, dropout=0.5):
    """Build AlexNet.

    Parameters
    ----------
    num_classes : int
    towers : {1, 2}
        Two are the network of 2012, for images of 227×227: half of the maps lived on one graphics card and
        half on the other, and only conv3 sees both halves. One is the network of 2014, for images of 224×224,
        with the keys of torchvision's `alexnet`, so that its published weights fit.
    local_response_norm : bool, optional
        Whether conv1 and conv2 are followed by local response normalisation. By default as published: yes
        with two towers, no with one. It learns nothing and changes no key.
    dropout : float
        Share of numbers that are set to 0 in training, before fc7 and fc8 with two towers, and before fc6 and
        fc7 with one.

    Returns
    -------
    AlexNet
        Turns images (N, 3, H, W) into logits (N, num_classes). 60,965,224 parameters with two towers,
        61,100,840 with one, which averages the last maps of larger images down to 6×6 as torchvision does.

    Raises
    ------
    TypeError, ValueError
        If `num_classes` is no positive integer, `towers` neither 1 nor 2, or `dropout` no share.
    """
    if towers not in (1, 2):
        raise ValueError(f"towers must be 1 or 2, got {towers!r}")
    check_num_classes(num_classes, "fc8" if towers == 2 else "classifier.6")
    check_dropout(dropout)
    is_normed = towers == 2 if local_response_norm is None else local_response_norm
    norm = response_norm if is_normed else nn.Identity
    if towers == 2:
        return AlexNet(
            _two_towers(norm), nn.Identity(), classifier_of_towers(num_classes, dropout), (3, 227, 227)
        )
    before = _before(num_classes, dropout)
    return AlexNet(_one_tower(norm), nn.AdaptiveAvgPool2d(6), before, (3, 224, 224))


def check_dropout(dropout):
    """Raise ValueError if a share of numbers to drop is not between 0 and 1."""
    if not 0 <= dropout <= 1:
        raise ValueError(f"dropout must be a share from 0 to 1, got {dropout!r}")


def response_norm():
    """Return the normalisation of the paper's section 3.3: each number by those of 5 maps at its place.

    PyTorch divides its `alpha` by the number of maps, the paper does not: 5 · 10⁻⁴ here is 10⁻⁴ there.
    """
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def _two_towers(norm):
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 96, 11, stride=4),  # 96 55 55
            relu1=nn.ReLU(inplace=True),
            norm1=norm(),
            pool1=nn.MaxPool2d(3, 2),  # 96 27 27
            conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2),
            relu2=nn.ReLU(inplace=True),
            norm2=norm(),
            pool2=nn.MaxPool2d(3, 2),  # 256 13 13
            conv3=nn.Conv2d(256, 384, 3, padding=1),  # sees both towers
            relu3=nn.ReLU(inplace=True),
            conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2),
            relu4=nn.ReLU(inplace=True),
            conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2),
            relu5=nn.ReLU(inplace=True),
            pool5=nn.MaxPool2d(3, 2),  # 256 6 6
        )
    )


def _one_tower(norm):
    """Return the layers in the places that torchvision gives them: a norm stands with the ReLU before it."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2),  # 64 55 55
        nn.Sequential(nn.ReLU(inplace=True), norm()),
        nn.MaxPool2d(3, 2),  # 64 27 27
        nn.Conv2d(64, 192, 5, padding=2),
        nn.Sequential(nn.ReLU(inplace=True), norm()),
        nn.MaxPool2d(3, 2),  # 192 13 13
        nn.Conv2d(192, 384, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2),  # 256 6 6
    )


def classifier_of_towers(num_classes, dropout):
    """Return the three fully connected layers of 2012, which drop out what fc6 and fc7 give."""
    return nn.Sequential(
        OrderedDict(
            fc6=nn.Linear(256 * 6 * 6, 4096),
            relu6=nn.ReLU(inplace=True),
            drop6=nn.Dropout(dropout),
            fc7=nn.Linear(4096, 4096),
            relu7=nn.ReLU(inplace=True),
            drop7=nn.Dropout(dropout),
            fc8=nn.Linear(4096, num_classes),
        )
    )


def _before(num_classes, dropout):
    """Return the same as torchvision has them, which drop out what enters fc6 and fc7."""
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(256 * 6 * 6, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(dropout),
        nn.Linear(4096, 4096),
        nn.ReLU(inplace=True),
        nn.Linear(4096, num_classes),
    )
