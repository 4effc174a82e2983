"""Plain and residual networks of 20 to 110 layers for images of 32×32 (chapter *Architectures*, degradation).

Source: K. He, X. Zhang, S. Ren and J. Sun (2016), section 4.2. A first layer, three stages of n blocks with
two layers each, and a fully connected layer make a depth of 6n + 2. With identity shortcuts a residual
network has exactly the parameters of the plain network of the same depth, so that what differs is the
addition alone.
"""

from convnets.architectures.resnet import BasicBlock, ResNet

__all__ = ["cifar_resnet"]


def cifar_resnet(depth, residual=True, shortcut="identity", num_classes=10, width=16):
    """Return a network of `depth` layers for images (N, 3, 32, 32): 269,722 parameters with 20 layers.

    Parameters
    ----------
    depth : int
        6n + 2: 8, 14, 20, 32, 44, 56, 110 …
    residual : bool
        With False, the plain network of the same layers.
    shortcut : {"identity", "projection", "projections"}
        Zeros for the maps that are missing where a stage begins, the paper's choice here; or 1×1 filters
        there (272,474 parameters with 20 layers); or everywhere. Of no effect in a plain network.
    num_classes : int
    width : int
        Maps of the first stage; the others have two and four times as many.

    Returns
    -------
    ResNet

    Raises
    ------
    ValueError
        If the depth is no 6n + 2 with n ≥ 1, or there is no such shortcut.
    TypeError
        If the depth is no integer.
    """
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise TypeError(f"depth must be an integer, got {depth!r}")
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"depth must be 6n + 2, as 20, 32, 44, 56 and 110, got {depth}")
    lengths = (depth // 6,) * 3
    settings = {"shortcut": shortcut, "residual": residual}
    return ResNet(BasicBlock, lengths, num_classes, width, large_images=False, **settings)
