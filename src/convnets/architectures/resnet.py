"""Residual networks for ImageNet, and the blocks they are made of (chapter *Architectures*, residual-block).

Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition" (2016), figure 5
and table 1; the three kinds of shortcuts are A, B and C of section 4.1. With their default settings the
networks have torchvision's keys and shapes. Left out: blocks with the normalisation first, of the year
after.
"""

import torch
from torch import nn

from convnets.architectures.checking import Network, check_num_classes

__all__ = [
    "SHORTCUTS",
    "BasicBlock",
    "Bottleneck",
    "ResNet",
    "ZeroPadded",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
]

SHORTCUTS = ("identity", "projection", "projections")
"""Options A, B and C: zeros for maps that are missing, 1×1 filters where the shape changes, or everywhere."""


class ZeroPadded(nn.Module):
    """A shortcut without parameters: every `stride`-th pixel, and maps of zeros for those that are missing.

    Parameters
    ----------
    extra_channels, stride : int
    """

    def __init__(self, extra_channels, stride):
        super().__init__()
        self.extra_channels, self.stride = extra_channels, stride

    def forward(self, maps):
        """Return maps (N, C_in + extra_channels, ⌈H / stride⌉, ⌈W / stride⌉) of maps (N, C_in, H, W)."""
        maps = maps[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(maps, (0, 0, 0, 0, 0, self.extra_channels))

    def extra_repr(self):
        """Return the settings for ``print``."""
        return f"extra_channels={self.extra_channels}, stride={self.stride}"


def _shortcut(kind, in_channels, out_channels, stride):
    """Return what leads around a block; None where the input itself is added."""
    fits = stride == 1 and in_channels == out_channels
    if fits and kind != "projections":
        return None
    if kind == "identity":
        return ZeroPadded(out_channels - in_channels, stride)
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )


class _Block(nn.Module):
    """What both blocks share: F(x) + x, then ReLU; without `residual`, ReLU of F(x) alone."""

    def __init__(self, in_channels, out_channels, stride, shortcut, residual):
        super().__init__()
        if shortcut not in SHORTCUTS:
            raise ValueError(f"shortcut must be one of {', '.join(SHORTCUTS)}, got {shortcut!r}")
        self.in_channels, self.out_channels, self.stride = in_channels, out_channels, stride
        self.residual = residual
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(shortcut, in_channels, out_channels, stride) if residual else None

    def branch(self, maps):
        """Return F(x), what the block has learned to add."""
        raise NotImplementedError(f"{type(self).__name__} has no branch")

    def forward(self, maps):
        """Return maps (N, out_channels, H_out, W_out) of maps (N, in_channels, H, W)."""
        changed = self.branch(maps)
        if self.residual:
            changed = changed + (maps if self.downsample is None else self.downsample(maps))
        return self.relu(changed)


class BasicBlock(_Block):
    """Two convolutions of 3×3, each followed by batch normalisation, and a shortcut around both.

    Parameters
    ----------
    in_channels, width : int
        The block gives `width` maps.
    stride : int
        Of the first convolution.
    shortcut : {"identity", "projection", "projections"}
        As in `SHORTCUTS`.
    residual : bool
        Whether there is a shortcut; without one this is two layers of a plain network.
    """

    expansion = 1

    def __init__(self, in_channels, width, stride=1, shortcut="projection", residual=True):
        super().__init__(in_channels, width, stride, shortcut, residual)
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def branch(self, maps):
        """Return F(x), what the block has learned to add."""
        maps = self.relu(self.bn1(self.conv1(maps)))
        return self.bn2(self.conv2(maps))


class Bottleneck(_Block):
    """1×1 filters that reduce, 3×3 filters on fewer maps, 1×1 filters that restore, and a shortcut.

    Parameters
    ----------
    in_channels, width : int
        The 3×3 filters see `width` maps; the block gives four times as many.
    stride : int
    shortcut : {"identity", "projection", "projections"}
        As in `SHORTCUTS`.
    residual : bool
        Whether there is a shortcut.
    stride_first : bool
        Whether the first 1×1 convolution takes the step, as in the paper, or the 3×3 convolution, as in
        torchvision. The parameters are the same.
    """

    expansion = 4

    def __init__(
        self, in_channels, width, stride=1, shortcut="projection", residual=True, stride_first=False
    ):
        super().__init__(in_channels, width * self.expansion, stride, shortcut, residual)
        steps = (stride, 1) if stride_first else (1, stride)
        self.conv1 = nn.Conv2d(in_channels, width, 1, steps[0], bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, steps[1], 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, self.out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(self.out_channels)

    def branch(self, maps):
        """Return F(x), what the block has learned to add."""
        maps = self.relu(self.bn1(self.conv1(maps)))
        maps = self.relu(self.bn2(self.conv2(maps)))
        return self.bn3(self.conv3(maps))


class ResNet(Network):
    """Stages of blocks: each but the first halves the maps and doubles their number.

    Parameters
    ----------
    block : {BasicBlock, Bottleneck}
    lengths : sequence of int
        How many blocks each stage has.
    num_classes : int
    width : int
        Filters of the first layer and width of the first stage.
    large_images : bool
        Whether the first layer has 7×7 filters at a stride of 2 and a pooling after it, as for ImageNet, or
        3×3 filters at a stride of 1 and none, as for CIFAR.
    **settings
        Of the blocks.
    """

    def __init__(self, block, lengths, num_classes=1000, width=64, large_images=True, **settings):
        super().__init__()
        check_num_classes(num_classes, "fc")
        self.image_shape = (3, 224, 224) if large_images else (3, 32, 32)
        first = (7, 2, 3) if large_images else (3, 1, 1)
        self.conv1 = nn.Conv2d(3, width, *first, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if large_images else nn.Identity()
        self.stages, channels = [], width
        for number, length in enumerate(lengths, 1):
            stage, channels = _stage(block, channels, width * 2 ** (number - 1), length, number, settings)
            self.add_module(f"layer{number}", stage)
            self.stages.append(f"layer{number}")
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, images):
        """Return scores (N, num_classes) of images (N, 3, H, W)."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        for stage in self.stages:
            maps = getattr(self, stage)(maps)
        return self.fc(torch.flatten(self.avgpool(maps), 1))


def _stage(block, channels, width, length, number, settings):
    """Return a stage of blocks, of which the first takes the step, and the channels that it gives."""
    blocks = []
    for index in range(length):
        stride = 2 if number > 1 and index == 0 else 1
        blocks.append(block(channels, width, stride, **settings))
        channels = blocks[-1].out_channels
    return nn.Sequential(*blocks), channels


def resnet18(num_classes=1000, **settings):
    """Return ResNet-18 for images (N, 3, 224, 224): 11,689,512 parameters.

    Parameters
    ----------
    num_classes : int
    **settings
        Of :class:`ResNet` (width, large_images) and of its blocks (shortcut, residual; of
        bottlenecks, stride_first).

    Returns
    -------
    ResNet

    Raises
    ------
    ValueError, TypeError
        If `num_classes` is no positive integer, or there is no such shortcut.
    """
    return ResNet(BasicBlock, (2, 2, 2, 2), num_classes, **settings)


def resnet34(num_classes=1000, **settings):
    """Return ResNet-34: 21,797,672 parameters; arguments as of :func:`resnet18`."""
    return ResNet(BasicBlock, (3, 4, 6, 3), num_classes, **settings)


def resnet50(num_classes=1000, **settings):
    """Return ResNet-50: 25,557,032 parameters; arguments as of :func:`resnet18`."""
    return ResNet(Bottleneck, (3, 4, 6, 3), num_classes, **settings)


def resnet101(num_classes=1000, **settings):
    """Return ResNet-101: 44,549,160 parameters; arguments as of :func:`resnet18`."""
    return ResNet(Bottleneck, (3, 4, 23, 3), num_classes, **settings)


def resnet152(num_classes=1000, **settings):
    """Return ResNet-152: 60,192,808 parameters; arguments as of :func:`resnet18`."""
    return ResNet(Bottleneck, (3, 8, 36, 3), num_classes, **settings)
