"""GoogLeNet and the Inception module, naive and with 1×1 reduction (chapter *Architectures*, inception).

Source: C. Szegedy et al., "Going deeper with convolutions" (2015), figures 2 and 3, table 1. The net of the
paper has 5×5 filters and local response normalisation; the one that torchvision offers has batch
normalisation and, after a slip in its first version that its weights were trained with, 3×3 filters where
the paper has 5×5. Both are here. Left out: the paper's seven nets and 144 crops, which are a way of testing
and no network.
"""

from typing import NamedTuple

import torch
from torch import nn

from convnets.architectures.checking import Network, check_num_classes
from convnets.sizing.networks import INCEPTION

__all__ = ["Auxiliary", "BasicConv2d", "GoogLeNet", "Inception", "NaiveInception", "Outputs", "googlenet"]


class BasicConv2d(nn.Sequential):
    """A convolution and ReLU; between them, if asked for, batch normalisation, and then no bias.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding
        As of ``torch.nn.Conv2d``.
    batch_norm : bool
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, batch_norm=False):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=not batch_norm)
        if batch_norm:
            self.bn = nn.BatchNorm2d(out_channels, eps=0.001)
        self.relu = nn.ReLU(inplace=True)


class NaiveInception(nn.Module):
    """The Inception module as first thought of: filters of three sizes and a pooling, side by side.

    The pooling passes all maps on, so that the output always has more maps than the input: stacked a few
    times, the 5×5 filters become unaffordable.

    Parameters
    ----------
    in_channels : int
    one, three, five : int
        Numbers of 1×1, 3×3 and 5×5 filters.
    """

    def __init__(self, in_channels, one, three, five):
        super().__init__()
        self.branch1 = BasicConv2d(in_channels, one, 1)
        self.branch2 = BasicConv2d(in_channels, three, 3, padding=1)
        self.branch3 = BasicConv2d(in_channels, five, 5, padding=2)
        self.branch4 = nn.MaxPool2d(3, stride=1, padding=1)
        self.out_channels = one + three + five + in_channels

    def forward(self, maps):
        """Return the branches' maps (N, out_channels, H, W) of maps (N, in_channels, H, W)."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(maps) for branch in branches], dim=1)


class Inception(nn.Module):
    """The Inception module with reduction: 1×1 filters make maps fewer before the wide filters see them.

    Parameters
    ----------
    in_channels : int
    widths : tuple of int
        Numbers of filters, as in a row of the paper's table 1: 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; 1×1
        after the pooling.
    large : int
        Side of the filters of the third branch: 5 in the paper, 3 in torchvision.
    batch_norm : bool
        Whether every convolution is followed by batch normalisation.
    """

    def __init__(self, in_channels, widths, large=5, batch_norm=False):
        super().__init__()
        one, three_reduced, three, five_reduced, five, projected = widths
        self.branch1 = BasicConv2d(in_channels, one, 1, batch_norm=batch_norm)
        self.branch2 = nn.Sequential(
            BasicConv2d(in_channels, three_reduced, 1, batch_norm=batch_norm),
            BasicConv2d(three_reduced, three, 3, padding=1, batch_norm=batch_norm),
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(in_channels, five_reduced, 1, batch_norm=batch_norm),
            BasicConv2d(five_reduced, five, large, padding=large // 2, batch_norm=batch_norm),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            BasicConv2d(in_channels, projected, 1, batch_norm=batch_norm),
        )
        self.out_channels = one + three + five + projected

    def forward(self, maps):
        """Return the branches' maps (N, out_channels, H, W) of maps (N, in_channels, H, W)."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(maps) for branch in branches], dim=1)


class Auxiliary(nn.Module):
    """A classifier halfway up, from which gradients reach the lower layers on a short path.

    Parameters
    ----------
    in_channels, num_classes : int
    pool : torch.nn.Module
        What makes maps of 4×4: windows of 5×5 at a stride of 3 in the paper.
    dropout : float
    batch_norm : bool
    """

    def __init__(self, in_channels, num_classes, pool, dropout=0.7, batch_norm=False):
        super().__init__()
        self.pool = pool
        self.conv = BasicConv2d(in_channels, 128, 1, batch_norm=batch_norm)
        self.fc1 = nn.Linear(4 * 4 * 128, 1024)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(dropout)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, maps):
        """Return scores (N, num_classes) of maps (N, in_channels, H, W)."""
        values = self.conv(self.pool(maps)).flatten(1)
        return self.fc2(self.dropout(self.relu(self.fc1(values))))


class Outputs(NamedTuple):
    """Scores (N, num_classes) of GoogLeNet while it is trained: of the net, and of its auxiliary heads.

    Attributes
    ----------
    logits, auxiliary1, auxiliary2 : Tensor
    """

    logits: torch.Tensor
    auxiliary1: torch.Tensor
    auxiliary2: torch.Tensor

    def loss(self, labels, criterion=nn.functional.cross_entropy, weight=0.3):
        """Return the loss of the net and, each times `weight`, of the two heads: the paper's, section 5."""
        heads = criterion(self.auxiliary1, labels) + criterion(self.auxiliary2, labels)
        return criterion(self.logits, labels) + weight * heads


class GoogLeNet(Network):
    """GoogLeNet; see :func:`googlenet`."""

    def __init__(self, num_classes=1000, auxiliary=True, published=True, dropout=None, transform_input=False):
        super().__init__()
        check_num_classes(num_classes, "fc")
        self.transform_input = transform_input
        self.settings = {"large": 5 if published else 3, "batch_norm": not published}
        norm = {"batch_norm": not published}
        self.conv1 = BasicConv2d(3, 64, 7, stride=2, padding=3, **norm)
        self.maxpool1 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.norm1 = _local_response_norm() if published else nn.Identity()
        self.conv2 = BasicConv2d(64, 64, 1, **norm)
        self.conv3 = BasicConv2d(64, 192, 3, padding=1, **norm)
        self.norm2 = _local_response_norm() if published else nn.Identity()
        self.maxpool2 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception3a = self._inception("3a", 192)
        self.inception3b = self._inception("3b", 256)
        self.maxpool3 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception4a = self._inception("4a", 480)
        self.inception4b = self._inception("4b", 512)
        self.inception4c = self._inception("4c", 512)
        self.inception4d = self._inception("4d", 512)
        self.inception4e = self._inception("4e", 528)
        self.maxpool4 = nn.MaxPool2d(3 if published else 2, 2, ceil_mode=True)
        self.inception5a = self._inception("5a", 832)
        self.inception5b = self._inception("5b", 832)
        self.aux1 = self.aux2 = None
        if auxiliary:
            self.aux1 = Auxiliary(512, num_classes, _four_by_four(published), **norm)
            self.aux2 = Auxiliary(528, num_classes, _four_by_four(published), **norm)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout if dropout is not None else 0.4 if published else 0.2)
        self.fc = nn.Linear(1024, num_classes)

    def _inception(self, key, in_channels):
        return Inception(in_channels, INCEPTION[key], **self.settings)

    def forward(self, images):
        """Return scores (N, num_classes); while training with auxiliary heads, `Outputs`."""
        if self.transform_input:
            images = _from_minus_one_to_one(images)
        maps = self.norm1(self.maxpool1(self.conv1(images)))
        maps = self.maxpool2(self.norm2(self.conv3(self.conv2(maps))))
        maps = self.maxpool3(self.inception3b(self.inception3a(maps)))
        low = self.inception4a(maps)
        high = self.inception4d(self.inception4c(self.inception4b(low)))
        maps = self.maxpool4(self.inception4e(high))
        maps = self.inception5b(self.inception5a(maps))
        logits = self.fc(self.dropout(self.avgpool(maps).flatten(1)))
        if self.training and self.aux1 is not None:
            return Outputs(logits, self.aux1(low), self.aux2(high))
        return logits


def _local_response_norm():
    """Return the layer that stands in the paper's figure 3; it gives no numbers, these are AlexNet's."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)


def _four_by_four(published):
    return nn.AvgPool2d(5, 3) if published else nn.AdaptiveAvgPool2d(4)


def _from_minus_one_to_one(images):
    """Return images normalised as for ImageNet with mean and deviation 0.5 instead, as the weights expect."""
    mean = images.new_tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    deviation = images.new_tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
    return (images * deviation + mean - 0.5) / 0.5


def googlenet(num_classes=1000, auxiliary=True, published=True, dropout=None, transform_input=False):
    """Return GoogLeNet for images (N, 3, 224, 224).

    Parameters
    ----------
    num_classes : int
    auxiliary : bool
        Whether the two heads that only help training are there. While the network trains, it then returns
        `Outputs`; in use it returns the scores alone.
    published : bool
        The net of the paper, 6,998,552 parameters and 13,378,280 with the heads; or, with False,
        torchvision's, with batch normalisation, 3×3 for 5×5 and its keys, 6,624,904 and 13,004,888.
    dropout : float, optional
        Before the last layer: 0.4 as in the paper, or 0.2 as in torchvision, if not given.
    transform_input : bool
        Whether images normalised as for the other networks are scaled to −1…1 first, which torchvision's
        published weights need.

    Returns
    -------
    GoogLeNet

    Raises
    ------
    ValueError, TypeError
        If `num_classes` is no positive integer.
    """
    return GoogLeNet(num_classes, auxiliary, published, dropout, transform_input)
