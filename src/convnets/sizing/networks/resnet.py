"""Residual networks for ImageNet. Source: K. He, X. Zhang, S. Ren and J. Sun (2016), table 1."""

from convnets.sizing.composition import Chain, Residual
from convnets.sizing.descriptions import FullyConnected
from convnets.sizing.networks.googlenet import convolution
from convnets.sizing.windowed import Pooling

__all__ = ["resnet"]

_RESNET = {
    18: (False, (2, 2, 2, 2)),
    34: (False, (3, 4, 6, 3)),
    50: (True, (3, 4, 6, 3)),
    101: (True, (3, 4, 23, 3)),
    152: (True, (3, 8, 36, 3)),
}


def resnet(depth, stride_first=False):
    """Return a residual network for ImageNet.

    Parameters
    ----------
    depth : {18, 34, 50, 101, 152}
    stride_first : bool
        Whether the 1×1 convolution of a bottleneck takes the step of two, as in the paper, or the 3×3
        convolution after it, as in torchvision. The parameters are the same, the multiply-adds are not.
    """
    is_bottleneck, lengths = _RESNET[depth]
    layers = [Chain(convolution(64, 7, "7×7", True, stride=2), name="conv1")]
    layers.append(Pooling(3, 2, padding=1, name="max pool"))
    channels = 64
    for number, length in enumerate(lengths):
        for index in range(length):
            stride, width = (2 if number and not index else 1), 64 * 2**number
            name = f"conv{number + 2}_{index + 1}"
            layers.append(_block(name, channels, width, stride, is_bottleneck, stride_first))
            channels = width * (4 if is_bottleneck else 1)
    layers += [Pooling(None, operation="average", name="avg pool"), FullyConnected(1000, name="fc")]
    return Chain(tuple(layers), name=f"ResNet-{depth}")


def _block(name, channels, width, stride, is_bottleneck, stride_first):
    out_channels = width * (4 if is_bottleneck else 1)
    if is_bottleneck:
        strides = (stride, 1) if stride_first else (1, stride)
        body = convolution(width, 1, "1×1 reduce", True, strides[0])
        body += convolution(width, 3, "3×3", True, strides[1])
        body += convolution(out_channels, 1, "1×1 restore", True)
    else:
        body = convolution(width, 3, "3×3 first", True, stride) + convolution(width, 3, "3×3", True)
    fits = channels == out_channels and stride == 1
    shortcut = () if fits else convolution(out_channels, 1, "shortcut", True, stride)
    return Residual(body, shortcut, name=name)
