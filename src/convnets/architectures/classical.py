"""The layers of 1989 and 1998 that PyTorch does not have (chapter *Architectures*, section lenet).

Sources: Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989), section 3; Y.
LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998),
section II.B and appendix A. The drawings of digits in `DigitCodes` are our own: the paper shows its ones only
as a figure. In NumPy, `convnets.layers.subsample2d` is what `Subsampling` is here.
"""

import torch
from torch import nn
from torch.nn import functional as F

__all__ = [
    "DigitCodes",
    "ScaledTanh",
    "Subsampling",
    "TableConv2d",
    "UnitBias",
    "draw_uniformly_",
]


class ScaledTanh(nn.Module):
    """1.7159 · tanh(2x/3): ±1 are kept, and the slope is largest between them (1998, appendix A)."""

    def forward(self, x):
        """Return the bent numbers, in the shape of `x`."""
        return 1.7159 * torch.tanh(x * (2 / 3))


class UnitBias(nn.Module):
    """A bias for each unit, where a convolution has one for each map.

    Parameters
    ----------
    shape : tuple of int
        (C, H, W) of the maps.
    """

    def __init__(self, shape):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(shape))
        self.expects = f"maps of {'×'.join(map(str, shape))}"

    def forward(self, x):
        """Return `x` of shape (N, C, H, W) with the biases added."""
        if x.shape[1:] != self.bias.shape:  # an image of one pixel would be spread without a word
            raise RuntimeError(f"maps {tuple(x.shape[1:])} and biases {tuple(self.bias.shape)}")
        return x + self.bias


class TableConv2d(nn.Module):
    """A convolution whose filters see the maps that a table lists, and no others.

    The weights that do not exist are zeros of an ordinary convolution, put in afresh each time; they are
    neither stored nor learned.

    Parameters
    ----------
    table : sequence of sequences of int
        For each output map, which of the input maps it sees.
    in_channels : int
        C_in.
    kernel_size : int
        Side K of the filters.
    stride : int
    bias : bool
        Whether there is one bias for each output map.

    Attributes
    ----------
    weight : torch.nn.Parameter of shape (num_pairs, K, K)
        One filter for each pair of maps that the table connects, in the order of the table.
    """

    def __init__(self, table, in_channels, kernel_size, stride=1, bias=True):
        super().__init__()
        pairs = [(out, seen) for out, maps in enumerate(table) for seen in maps]
        self.shape, self.stride = (len(table), in_channels, kernel_size, kernel_size), stride
        self.register_buffer("pairs", torch.tensor(pairs), persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(len(table))) if bias else None
        self.expects = f"{in_channels} maps of {kernel_size}×{kernel_size} or more"
        self.fans_in = [len(maps) * kernel_size**2 for maps in table for _ in maps]
        self.draw_uniformly_()

    def draw_uniformly_(self):
        """Draw weights between ±2.4 / fan-in and set the bias to 0."""
        with torch.no_grad():
            for filters, fan_in in zip(self.weight, self.fans_in, strict=True):
                filters.uniform_(-2.4 / fan_in, 2.4 / fan_in)
            if self.bias is not None:
                self.bias.zero_()

    def dense(self):
        """Return the weights of the equal convolution, (C_out, C_in, K, K), zero where nothing is seen."""
        return self.weight.new_zeros(self.shape).index_put((self.pairs[:, 0], self.pairs[:, 1]), self.weight)

    def forward(self, x):
        """Return the maps (N, C_out, H_out, W_out) of `x` (N, C_in, H, W)."""
        return F.conv2d(x, self.dense(), self.bias, self.stride)


class Subsampling(nn.Module):
    """Sum up windows of 2×2, scale each map's sums and add a bias: pooling that learns (1998, layers S2, S4).

    Parameters
    ----------
    channels : int
        Number of maps, with two learned numbers each.
    """

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, 1, 1), 1 / 4))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))
        self.expects = f"{channels} maps of 2×2 or more"

    def forward(self, x):
        """Return maps (N, C, H // 2, W // 2) of `x` (N, C, H, W)."""
        return 4 * F.avg_pool2d(x, 2) * self.weight + self.bias


_DRAWINGS = """
.#####. ...#... .#####. .#####. ....##. ####### .#####. ####### .#####. .#####.
##...## ..##... ##...## ##...## ...###. ##..... ##...## .....## ##...## ##...##
##...## .###... .....## .....## ..####. ##..... ##..... .....## ##...## ##...##
##..### ...#... .....## .....## .##.##. ##..... ##..... ....##. ##...## ##...##
##.#### ...#... ....##. .....## ##..##. ######. ##..... ....##. ##...## ##...##
#####.. ...#... ...##.. ..####. ##..##. .....## ######. ...##.. .#####. .######
####.## ...#... ..##... .....## ####### .....## ##...## ...##.. ##...## .....##
###..## ...#... .##.... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...#... ##..... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...#... ##..... .....## ....##. ##...## ##...## ..##... ##...## ##...##
##...## ...#... ##...## ##...## ....##. ##...## ##...## ..##... ##...## ##...##
.#####. .#####. ####### .#####. ....##. .#####. .#####. ..##... .#####. .#####.
"""
"""The ten digits on 12 rows of 7 pixels, side by side."""


class DigitCodes(nn.Module):
    """LeNet-5's output: how close the 84 numbers of F6 come to a drawing of each digit, 7 pixels by 12.

    The drawings are chosen and not learned, −1 for paper and +1 for ink. Digits that look alike have codes
    that are close to one another, so that a confusion costs little; and a picture that is no digit is far
    from all ten, where a softmax would still have to share out its certainty.

    Attributes
    ----------
    codes : torch.Tensor of shape (10, 84)
    """

    def __init__(self):
        super().__init__()
        rows = [line.split() for line in _DRAWINGS.split("\n") if line]
        inks = [[1.0 if pixel == "#" else -1.0 for row in rows for pixel in row[d]] for d in range(10)]
        self.register_buffer("codes", torch.tensor(inks))
        self.expects = "84 numbers for each image"

    def forward(self, x):
        """Return scores (N, 10) of `x` (N, 84): minus the squared distance from each code."""
        return -(x[:, None, :] - self.codes).square().sum(2)


def draw_uniformly_(module):
    """Draw weights between ±2.4 / fan-in, as LeNet's authors did, and set biases to 0.

    A unit that many values enter gets small weights, so that its sum stays where the tanh is steep.

    Parameters
    ----------
    module : torch.nn.Module
        Convolutions, fully connected layers and `TableConv2d` in it are changed.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.uniform_(layer.weight, -2.4 / layer.weight[0].numel(), 2.4 / layer.weight[0].numel())
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, TableConv2d):
            layer.draw_uniformly_()
