"""Deleting blocks from a trained network (chapter *Architectures*, deleting-blocks).

A residual network of n blocks is a sum over 2ⁿ paths, most of them far shorter than the network is deep. If
it behaves like the ensemble of these paths, taking a block out costs half of the paths and little of the
accuracy; in a plain network there is one path, and it breaks. Source: A. Veit, M. Wilber and S. Belongie,
"Residual networks behave like ensembles of relatively shallow networks" (2016), sections 3 and 4.
"""

from copy import deepcopy
from math import comb

from torch import nn

from convnets.architectures.resnet import BasicBlock, Bottleneck

__all__ = ["block_names", "path_lengths", "without_blocks"]


def block_names(network):
    """Return the names of a network's blocks, "layer1.0" and so on, from the image upwards."""
    return [name for name, each in network.named_modules() if isinstance(each, BasicBlock | Bottleneck)]


def path_lengths(num_blocks):
    """Return how many of the paths through residual blocks take 0, 1, …, `num_blocks` of them.

    Each block is either passed or gone around, so that the numbers are binomial and sum to 2 to the power of
    `num_blocks`.

    Examples
    --------
    >>> path_lengths(3)
    [1, 3, 3, 1]
    """
    return [comb(num_blocks, taken) for taken in range(num_blocks + 1)]


def without_blocks(network, indices):
    """Return a copy of a network in which blocks are replaced by what leads around them.

    Of a residual block its shortcut stays; a block of a plain network leaves nothing, its input goes on to
    the next. What follows the blocks is unchanged, and nothing is trained again.

    Parameters
    ----------
    network : torch.nn.Module
        A residual or plain network with blocks of :mod:`convnets.architectures.resnet`.
    indices : iterable of int
        Which blocks, counted from 0 at the image, as in :func:`block_names`.

    Returns
    -------
    torch.nn.Module
        With weights of its own; `network` is not changed.

    Raises
    ------
    IndexError
        If there is no such block.
    ValueError
        If a block of a plain network changes the shape, so that nothing fits without it.
    """
    names, copy = block_names(network), deepcopy(network)
    for index in indices:
        if not 0 <= index < len(names):
            raise IndexError(f"there is no block {index}: the network has {len(names)}, counted from 0")
        parent, _, place = names[index].rpartition(".")
        blocks = copy.get_submodule(parent)
        block = network.get_submodule(names[index])
        blocks[int(place)] = _around(names[index], block).train(block.training)
    return copy


def _around(name, block):
    """Return what stays of a block: its shortcut, and the ReLU after the addition."""
    if block.residual:
        shortcut = nn.Identity() if block.downsample is None else deepcopy(block.downsample)
        return nn.Sequential(shortcut, nn.ReLU())
    if block.stride != 1 or block.in_channels != block.out_channels:
        raise ValueError(
            f"block {name} of a plain network makes {block.out_channels} maps of {block.in_channels} at a "
            f"stride of {block.stride}: without it the next layer does not fit"
        )
    return nn.Identity()
